"""The other AGENTOWNERS, version 1: its classes of files, its vocabulary, and its agents with what they are allowed.

Source: https://github.com/streamentry/AGENTOWNERS, ``docs/policy-reference.md`` and ``packages/core``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from msgspec import Struct

from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Piece, negated, remark, title
from agentowners.convert.reading import OriginalYaml
from agentowners.diagnostics import Diagnostic, Span
from agentowners.policy.model import ALLOW, BLOCK, AgentEntry, Decision, Outcome, Rule
from agentowners.policy.patterns import EVERYTHING, PathPattern, PatternError, PrincipalPattern
from agentowners.yamltext.nodes import Field


def _patterns(texts: str) -> tuple[PathPattern, ...]:
    return tuple(PathPattern(text) for text in texts.split())


DOCS: Final = _patterns("/*.md /docs /*.rst /*.adoc")
TESTS: Final = _patterns("**/*.test.* **/*.spec.* /tests /__tests__")
DEPENDENCIES: Final = _patterns(
    "/package.json /package-lock.json /pnpm-lock.yaml /yarn.lock /bun.lockb /requirements.txt /uv.lock /poetry.lock /Pipfile"
    " /Pipfile.lock /Cargo.toml /Cargo.lock /go.mod /go.sum /pom.xml /build.gradle /composer.json /composer.lock /Gemfile"
    " /Gemfile.lock"
)
WORKFLOWS: Final = _patterns("/.github/workflows /.github/actions")
INFRA: Final = _patterns("/infra /terraform /k8s /helm /deploy /Dockerfile /docker-compose.yml /*.tf /*.tfvars")
AUTH: Final = _patterns("**/auth **/security **/permissions **/roles **/policy **/rbac")
SECRETS: Final = _patterns("/.env /.env.* /*.pem /*.key /id_rsa /id_ed25519 /secrets.*")
"""The last of the classes of ``classifier.ts``; most of their patterns match from the root on."""

OPENING: Final = ("open_pr", "update_pr")
"""Actions of every pull request: the first of its opening, the second of each push to it."""
BY_ACTION: Final = {
    "edit_workflows": WORKFLOWS,
    "modify_tests": TESTS,
    "modify_docs": DOCS,
    "modify_dependencies": DEPENDENCIES,
    "modify_auth": AUTH,
    "modify_infra": INFRA,
    "touch_secrets": SECRETS,
}
"""Actions that changed files are taken for."""
NEVER: Final = ("change_permissions", "merge_pr")
"""Actions that nothing is taken for."""
ACTIONS: Final = frozenset(
    (
        *("comment", "review_comment", "approve_pr", "request_changes"),
        *("label_issue", "close_issue", "reopen_issue", "assign_issue"),
        *(*OPENING, *BY_ACTION, *NEVER),
    )
)
"""All there are; those on the first two lines are no change of a file."""
BY_FLAG: Final = {
    "changes_package_files": DEPENDENCIES,
    "changes_workflows": WORKFLOWS,
    "changes_permissions": AUTH,
    "changes_auth": AUTH,
    "changes_infra": INFRA,
    "docs_only": DOCS,
    "tests_only": TESTS,
}
KNOWN_ACTORS: Final = ("github-copilot[bot]", "copilot-swe-agent[bot]", "dependabot[bot]", "renovate[bot]")
"""Accounts that are agents without being named."""
DEFAULTS: Final = {
    "unknown_agent": "require_approval",
    "known_agent": "require_approval",
    "docs_only": "allow",
    "workflows": "block",
    "secrets": "block",
}
_LISTS: Final = {"blocked": BLOCK, "requires_approval": Outcome(Decision.REQUIRE_APPROVAL, 1)}
_UNCERTAIN = frozenset((*OPENING, "modify_docs"))
"""Actions that a change of such files need not be taken for."""


class OtherAgent(Struct, frozen=True):
    """One of ``agents``."""

    name: str
    span: Span
    entry: AgentEntry | None
    """None where nothing that a policy can hold tells who it is."""
    lists: dict[str, tuple[str, ...]]
    """``allowed``, ``requires_approval`` and ``blocked``: actions."""
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def principal(self) -> PrincipalPattern:
        """The name by which rules are about it."""
        return PrincipalPattern(self.name)

    @property
    def allows(self) -> bool:
        """True if its list allows changes here."""
        return self.entry is not None and set(self.lists["allowed"]).issuperset(OPENING)

    def is_decided(self, action: str) -> bool:
        """True if whatever holds a file of one class is decided by its lists, so that no default is asked."""
        restricted = {*self.lists["blocked"], *self.lists["requires_approval"]}
        return action in restricted or restricted.issuperset(OPENING)


def read_agent(yaml: OriginalYaml, name: str, field: Field) -> OtherAgent:
    """An agent with its evidence and its lists."""
    fields = yaml.fields(field.value, "an agent")
    span = yaml.span(field.key)
    match = yaml.below(fields, "match")
    remarks: list[Diagnostic] = []
    for key, value in match.items():
        if key not in ("actors", "commitEmails"):
            words = f"`{key}` is no evidence here: who is known by it alone is not taken for this agent"
            remarks.append(remark(LOOSER, words, yaml.span(value.key)))
    for key, value in fields.items():
        if key not in ("match", "allowed", *_LISTS):
            remarks.append(remark(LEFT_OUT, f"there is no `{key}` of an agent", yaml.span(value.key)))
    lists = {key: read_actions(yaml, fields.get(key)) for key in ("allowed", *_LISTS)}
    logins = tuple(item.text for item in yaml.texts(match.get("actors")))
    emails = tuple(item.text for item in yaml.texts(match.get("commitEmails")))
    entry: AgentEntry | None = None
    with suppress(PatternError):
        for text in (name, *(f"login:{login}" for login in logins)):
            PrincipalPattern.parse(text)
        if (logins or emails) and "*" not in name and not any("*" in text or " " in text for text in (*logins, *emails)):
            entry = AgentEntry(name, logins, (), emails)
    if entry is None:
        words = "nothing that a policy can hold tells who this agent is: what restricts it restricts everybody"
        remarks.append(remark(STRICTER, words, span))
    return OtherAgent(name, span, entry, lists, tuple(remarks))


def read_actions(yaml: OriginalYaml, field: Field | None) -> tuple[str, ...]:
    """The actions in a list; one that is none is an error."""
    items = yaml.texts(field)
    for item in items:
        if item.text not in ACTIONS:
            yaml.nodes.error("unknown-action", f"there is no action `{item.text[:80]}`", item)
    return tuple(item.text for item in items)


def agent_pieces(agent: OtherAgent, audience: tuple[PrincipalPattern, ...], *, refuses: bool) -> list[Piece]:
    """The agent's entry, and a rule for each of its lists, about the audience where nothing tells who the agent is.

    Where a default ``refuses``, what may not match there refuses too, since a rule takes a default's place.
    """
    pieces = [Piece(title(agent.span, agent.name[:80]), (agent.entry,) if agent.entry else (), agent.remarks)]
    principals = (agent.principal,) if agent.entry else audience
    for key, outcome in _LISTS.items():
        patterns, remarks = _covered(agent, key)
        is_certain = agent.entry is not None and not _UNCERTAIN.intersection(agent.lists[key])
        if refuses and outcome.count and patterns and not is_certain:
            remarks = (*remarks, remark(STRICTER, f"`{key}` refuses here what a default may refuse", agent.span))
            outcome = BLOCK
        if patterns or remarks:
            rules = (Rule(patterns, (), principals, outcome),) if patterns else ()
            pieces.append(Piece(title(agent.span, f"{agent.name[:80]}.{key}"), rules, remarks))
    allowed = set(agent.lists["allowed"])
    if not allowed:
        return pieces
    place = title(agent.span, f"{agent.name[:80]}.allowed")
    if not agent.allows:
        words = "it takes `open_pr` and `update_pr` with the others, and known accounts, to allow a change here"
        pieces.append(Piece(place, (), (remark(STRICTER, words, agent.span),)))
        return pieces
    without = [pattern for action, patterns in BY_ACTION.items() if action not in allowed for pattern in patterns]
    pieces.append(Piece(place, (Rule((EVERYTHING, *negated(without)), (), principals, ALLOW),)))
    return pieces


def _covered(agent: OtherAgent, key: str) -> tuple[tuple[PathPattern, ...], tuple[Diagnostic, ...]]:
    """Paths that a list's actions are about, and what is said of those that are about none."""
    actions = agent.lists[key]
    without = [action for action in actions if action not in BY_ACTION and action not in OPENING]
    remarks: list[Diagnostic] = []
    if without:
        never = [action for action in without if action in NEVER]
        words = f"of `{key}`, {_listed(without)} {'is' if len(without) == 1 else 'are'} no change of a file"
        if never:
            words += f"; nothing is taken for {_listed(never)} there either"
        remarks.append(remark(LEFT_OUT, words, agent.span))
    opening = set(actions).intersection(OPENING)
    if opening:
        if len(opening) < len(OPENING):
            words = f"`{key}` holds whenever a change is judged, and not only when it is opened, or pushed to"
            remarks.append(remark(STRICTER, words, agent.span))
        return (EVERYTHING,), tuple(remarks)
    patterns = dict.fromkeys(pattern for action in actions for pattern in BY_ACTION.get(action, ()))
    return tuple(patterns), tuple(remarks)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))
