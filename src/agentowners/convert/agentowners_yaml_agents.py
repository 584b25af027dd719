"""Agents of the other AGENTOWNERS: evidence for who they are, and what their actions are allowed."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from agentowners.convert.agentowners_yaml import ACTIONS, BY_ACTION, NEVER, OPENING
from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Piece, remark, title
from agentowners.convert.reading import OriginalYaml
from agentowners.diagnostics import Diagnostic, Span
from agentowners.policy.model import ALLOW, AgentEntry, Decision, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PatternError, PrincipalPattern
from agentowners.yamltext.nodes import Field

_LISTS = {
    "blocked": Outcome(Decision.BLOCK),
    "requires_approval": Outcome(Decision.REQUIRE_APPROVAL, 1),
}
_UNCERTAIN = frozenset((*OPENING, "modify_docs"))
"""Actions that a change of such files need not be taken for."""
_EVERYTHING = PathPattern("**")


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
    for key, one in match.items():
        if key not in ("actors", "commitEmails"):
            words = f"`{key}` is no evidence here: who is known by it alone is not taken for this agent"
            remarks.append(remark(LOOSER, words, yaml.span(one.key)))
    for key, one in fields.items():
        if key not in ("match", "allowed", *_LISTS):
            remarks.append(remark(LEFT_OUT, f"there is no `{key}` of an agent", yaml.span(one.key)))
    lists: dict[str, tuple[str, ...]] = {}
    for key in ("allowed", *_LISTS):
        items = yaml.texts(fields.get(key))
        lists[key] = tuple(item.text for item in items)
        for item in items:
            if item.text not in ACTIONS:
                yaml.nodes.error("unknown-action", f"there is no action `{item.text[:80]}`", item)
    logins = tuple(item.text for item in yaml.texts(match.get("actors")))
    emails = tuple(item.text for item in yaml.texts(match.get("commitEmails")))
    entry: AgentEntry | None = None
    try:
        PrincipalPattern.parse(name)
        for login in logins:
            PrincipalPattern.parse(f"login:{login}")
        if (logins or emails) and "*" not in name and not any("*" in text or " " in text for text in (*logins, *emails)):
            entry = AgentEntry(name, logins, (), emails)
    except PatternError:
        entry = None
    if entry is None:
        words = "nothing that a policy can hold tells who this agent is: what restricts it restricts everybody"
        remarks.append(remark(STRICTER, words, span))
    return OtherAgent(name, span, entry, lists, tuple(remarks))


def agent_pieces(agent: OtherAgent, audience: tuple[PrincipalPattern, ...], *, refuses: bool) -> list[Piece]:
    """The agent's entry, and a rule for each of its lists.

    Args:
        agent: the agent.
        audience: whom a rule is about where nothing tells who the agent is.
        refuses: whether a default refuses; then what may not match there refuses too, since a rule takes a default's place.
    """
    pieces = [Piece(title(agent.span, agent.name[:80]), (agent.entry,) if agent.entry else (), agent.remarks)]
    principals = (agent.principal,) if agent.entry else audience
    for key, outcome in _LISTS.items():
        patterns, said = _covered(agent, key)
        is_certain = agent.entry is not None and not _UNCERTAIN.intersection(agent.lists[key])
        if refuses and outcome.count and patterns and not is_certain:
            said = (*said, remark(STRICTER, f"`{key}` refuses here what a default may refuse", agent.span))
            outcome = _LISTS["blocked"]
        if patterns:
            rule = Rule(patterns, (), principals, outcome)
            pieces.append(Piece(title(agent.span, f"{agent.name[:80]}.{key}"), (rule,), said))
        elif said:
            pieces.append(Piece(title(agent.span, f"{agent.name[:80]}.{key}"), (), said))
    allowed = set(agent.lists["allowed"])
    if not allowed:
        return pieces
    place = title(agent.span, f"{agent.name[:80]}.allowed")
    if not agent.allows:
        words = "it takes `open_pr` and `update_pr` with the others, and known accounts, to allow a change here"
        pieces.append(Piece(place, (), (remark(STRICTER, words, agent.span),)))
        return pieces
    without = [pattern for action, patterns in BY_ACTION.items() if action not in allowed for pattern in patterns]
    negative = tuple(dict.fromkeys(replace(pattern, negative=True) for pattern in without))
    pieces.append(Piece(place, (Rule((_EVERYTHING, *negative), (), principals, ALLOW),)))
    return pieces


def _covered(agent: OtherAgent, key: str) -> tuple[tuple[PathPattern, ...], tuple[Diagnostic, ...]]:
    """Paths that a list's actions are about, and what is said of those that are about none."""
    actions = agent.lists[key]
    without = [action for action in actions if action not in BY_ACTION and action not in OPENING]
    said: list[Diagnostic] = []
    if without:
        never = [action for action in without if action in NEVER]
        words = f"of `{key}`, {_listed(without)} {'is' if len(without) == 1 else 'are'} no change of a file"
        if never:
            words += f"; nothing is taken for {_listed(never)} there either"
        said.append(remark(LEFT_OUT, words, agent.span))
    opening = set(actions).intersection(OPENING)
    if opening:
        if len(opening) < len(OPENING):
            words = f"`{key}` holds whenever a change is judged, and not only when it is opened, or pushed to"
            said.append(remark(STRICTER, words, agent.span))
        return (_EVERYTHING,), tuple(said)
    found = dict.fromkeys(pattern for action in actions for pattern in BY_ACTION.get(action, ()))
    return tuple(found), tuple(said)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))
