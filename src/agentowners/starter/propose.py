"""A survey becomes a proposal: the same repository, the same policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from agentowners.convert.codeowners import AGENT_NAMES
from agentowners.engine.matcher import Matcher
from agentowners.identity.model import Group
from agentowners.policy.egress import EGRESS
from agentowners.policy.model import Rule
from agentowners.policy.patterns import RefPattern
from agentowners.starter.cases import MatchingRules, cases_for
from agentowners.starter.concerns import BRANCHES
from agentowners.starter.findings import FoundConcern, find, is_plain
from agentowners.starter.model import AGENTS, ALONE, ASK, BLOCK, Proposal, Section, Seen, Survey, workflows_rule
from agentowners.starter.owners import OwnerRules, owner_rules

_NAMED: Final = 6
_PROW: Final = frozenset({"OWNERS", "OWNERS_ALIASES"})
AHEAD: Final = "lint: ignore=unmatched-pattern (the rule is to hold before there is such a file)"
ONE_LEVEL: Final = "lint: ignore=one-level-pattern (one level only, as in CODEOWNERS)"
ROOTED: Final = "lint: ignore=root-anchored-manifest (the one at the root only, as in CODEOWNERS)"


def propose(survey: Survey, *, teams: bool = False) -> Proposal:
    """The policy for a repository, and the cases that go with it. With ``teams`` those that own code may be asked for: the
    workflow then needs a token that can tell who is in them."""
    concerns = find(survey.files, survey.public)
    block = concerns[0].rule(BLOCK)
    owners = _owners(survey, concerns, block)
    has_teams = any(_names_team(rule) for rule in owners.rules)
    if not teams:
        owners = replace(owners, rules=tuple(_of_anyone(rule) if _names_team(rule) else rule for rule in owners.rules))
    # Whoever owns a file is asked about it anyway.
    owned = MatchingRules(owners.rules)
    questions = (find(path for path in survey.files if not owned.of(path)[0]) if owners.rules else concerns)[1:]
    branches = _branches(survey)
    rules = (
        Section((), (block,)),
        Section((), tuple(concern.rule(ASK) for concern in questions)),
        Section(
            _owner_comments(owners, survey, spared=len(questions) < len(concerns) - 1, teams=has_teams and not teams),
            owners.rules,
        ),
        Section((), tuple(rule for rule, _ in branches)),
    )
    sections = (Section(_header(survey)), *(section for section in rules if section.rules or section.comments))
    on_paths = tuple(rule for section in rules for rule in section.rules if not rule.refs)
    cases = cases_for(on_paths, branches, survey.files, survey.default_branch)
    promises = (replace(block, reason="whatever else is written here"), workflows_rule("/.github/workflows/"))
    return Proposal(sections, cases, _remarks(on_paths, survey.files), has_teams and teams, promises)


def _names_team(rule: Rule) -> bool:
    return any("/" in approver.text for approver in rule.outcome.approvers)


def _of_anyone(rule: Rule) -> Rule:
    """The rule without approvers: a team that the workflow's token cannot read would never be seen to have approved."""
    owners = [str(approver) for approver in rule.outcome.approvers]
    more = " and others" if len(owners) > _NAMED else ""
    return replace(rule, outcome=ASK, reason=f"its code owners: {', '.join(owners[:_NAMED])}{more}")


def _owners(survey: Survey, concerns: tuple[FoundConcern, ...], block: Rule) -> OwnerRules:
    if survey.owners is None:
        return OwnerRules()
    matcher = Matcher.of(pattern for concern in concerns for pattern in concern.patterns)
    return owner_rules(survey.owners, survey.files, AGENT_NAMES, lambda path: bool(matcher.match(path)), block)


def _branches(survey: Survey) -> tuple[tuple[Rule, str], ...]:
    rules: list[tuple[Rule, str]] = []
    others = [branch for branch in sorted(survey.branches) if branch != survey.default_branch and is_plain(branch)]
    for pattern in BRANCHES:
        name = pattern.removesuffix("*")
        is_family = name != pattern or name.endswith("/")
        branch = next((other for other in others if (other.startswith(name) if is_family else other == name)), None)
        if branch is not None:
            ref = RefPattern.parse(f"refs/heads/{pattern}")
            rules.append((Rule((), (ref,), AGENTS, ASK, reason="what is shipped"), branch))
    return tuple(rules)


def _header(survey: Survey) -> tuple[str, ...]:
    lines = [
        "What AI agents may change here, and where a person has to approve it.",
        "The strictest rule that matches stands, whatever the order; what no rule matches, agents may change.",
        "Built in, and not repeated: this file, workflows, CODEOWNERS and what instructs agents ask for an approval.",
        "See what it says: agentowners explain <path> --as @copilot, agentowners lint, agentowners test",
    ]
    agents = [seen for seen in survey.seen if seen.group is Group.AGENTS]
    bots = [seen for seen in survey.seen if seen.group is Group.BOTS]
    if agents:
        sample = ", ".join(f"{seen.name} ({seen.commits:,})" for seen in agents[:_NAMED])
        last = "the last commit" if survey.commits == 1 else f"the last {survey.commits:,} commits"
        lines.append(f"Agents in {last}: {sample}. For a rule about one, write its name for @agents.")
    if bots:
        sample = ", ".join(f"{seen.name} ({seen.commits:,})" for seen in bots[:_NAMED])
        lines.append(f"Bots: {sample}. Rules about @agents leave them alone; a rule for them names them, or @bots.")
    lines += _unknown_bots(agents)
    if survey.is_shallow:
        lines.append("This clone is shallow: it does not tell which agents and how many people work here.")
    prow = [path for path in survey.files if path.rpartition("/")[2] in _PROW]
    if prow:
        sample = f", {prow[0]} say" if is_plain(prow[0]) else ""
        lines.append(f"Prow's files are not read ({len(prow):,} of them{sample}): agentowners convert . --from prow reads them.")
    if survey.has_one_person:
        lines.append("Only one person appears in the history. Where nobody else can approve, take the hash off the next line:")
        lines.append(ALONE)
        lines += [
            "That does for agents with an account of their own. Where one works under yours, GitHub lets you approve nothing:",
            "add by_comment=author to that line, and approve in a comment, as the check says; the gate's workflow listens to",
            "issue_comment for it. It is a record, and no barrier to an agent that can use your account.",
        ]
    return tuple(lines)


def _unknown_bots(agents: list[Seen]) -> list[str]:
    """The line that makes an agent automation, for each bot that nobody knows."""
    bots = [seen.name.removeprefix("@") for seen in agents if seen.name.endswith("[bot]")][:_NAMED]
    if not bots:
        return []
    heading = (
        "Nobody knows these bots, so they count as agents. For one that is other automation take the hash away, and add its id:"
    )
    return [heading, *(f"agent {login.removesuffix('[bot]')} login={login} group=bots" for login in bots)]


def _owner_comments(owners: OwnerRules, survey: Survey, *, spared: bool, teams: bool) -> tuple[str, ...]:
    if survey.owners is None:
        return ()
    lines: list[str] = []
    if owners.rules:
        lines.append(f"From {survey.owners.path}: what has owners needs an approval whenever an agent changes it.")
        if spared:
            lines.append("That includes dependencies, infrastructure and their kind, as far as these people own them.")
        if teams:
            lines.append("Where a team owns it, anyone who may write can approve: the workflow's own token cannot read teams.")
            lines.append(
                "With a token that can (docs/recipes.md#teams of agentowners-action), name the team after require_approval."
            )
    if owners.notes:
        lines += [f"Not taken from {survey.owners.path}:", *(f"  {note}" for note in owners.notes)]
    return tuple(lines)


def _remarks(rules: tuple[Rule, ...], files: tuple[str, ...]) -> dict[Rule, tuple[str, ...]]:
    """Findings of ``lint`` that are meant, for each rule about paths that has any: said above it, so that none is left."""
    matcher = Matcher.of(pattern for rule in rules for pattern in rule.patterns)
    seen = {number for path in files for number in matcher.match(path)}
    manifests = Matcher.of(pattern for pattern in EGRESS if "/" not in pattern.text)
    nested = {name for path in files if "/" in path and manifests.match(name := path.rpartition("/")[2])}

    def about(rule: Rule) -> Iterator[str]:
        positive = [pattern.text for pattern in rule.patterns if not pattern.negative]
        if any(matcher.number(pattern) not in seen for pattern in rule.patterns):
            yield AHEAD
        if any(text.endswith("/*") and text.strip("/*") for text in positive):
            yield ONE_LEVEL
        if any(text.startswith("/") and text[1:] in nested for text in positive):
            yield ROOTED

    return {rule: texts for rule in rules if (texts := tuple(about(rule)))}
