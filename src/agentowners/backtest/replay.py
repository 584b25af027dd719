"""Judges merged changes by the engine."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from agentowners.backtest.model import Fate, JudgedChange, PastChange, ReplayedChange, Restriction
from agentowners.change.model import Change, FileChange
from agentowners.engine.context import EvaluationContext
from agentowners.engine.facts import NO_FACTS
from agentowners.engine.matcher import Matcher
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.identity.model import Group, Principal
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Decision, Layer, Policy, Rule

_MOST_REMEMBERED = 10_000
"""Sets of contributors."""
LONG = 200
"""A policy with more rules is narrowed; to prepare a shorter one takes no longer than to narrow it."""
_MOST_NARROWED = 200
_LEVELS = 2
"""Levels of folders that are told apart."""
_MOST_FOLDERS = 50
"""Folders of one change and rule that are told; a change of everything says little about any of them."""


class Replay:
    """One policy, or two that are compared, applied to one change after the other."""

    def __init__(self, policy: Policy, other: Policy | None = None) -> None:
        """Judge by a policy, and by the one that it is compared with."""
        self.texts: dict[str, str] = {}
        """Text of each rule of the policy that has restricted something, by its id."""
        self._policy = _Judge(policy, self.texts)
        self._other = None if other is None else _Judge(other, {})

    def judge(self, past: PastChange) -> ReplayedChange:
        """The fate of a change.

        Raises:
            AgentownersError: it cannot be judged.
        """
        now = self._policy.judge(past)
        before = None if self._other is None else self._other.judge(past)
        return ReplayedChange(past.id, past.title, past.merged, now, before)


class _Judge:
    """A policy that remembers whom it restricts nowhere: most of what is merged is theirs."""

    def __init__(self, policy: Policy, texts: dict[str, str]) -> None:
        self._policy = policy
        self._narrowed = NarrowedPolicy(policy)
        self._texts = texts
        self._definitions = definitions(policy)
        self._restricts: dict[tuple[object, ...], bool] = {}

    def judge(self, past: PastChange) -> JudgedChange:
        """The fate of a change under the policy."""
        change = past.change
        principals = contributors(self._policy, change.evidence, self._definitions, change.author)
        if not self._may_restrict(change, principals):
            return JudgedChange(Fate.ALLOWED, 0, False, _contributor_names(principals))
        verdict = inquire(self._narrowed.of(change.files), change, past.answer)
        return JudgedChange(
            fate=_fate(verdict),
            approvals=verdict.approvals.required,
            approvals_given=verdict.approvals.required > 0 and verdict.approvals.met,
            principals=_contributor_names(verdict.principals),
            restrictions=_restrictions(verdict, self._texts),
            observed=verdict.observed_only,
        )

    def _may_restrict(self, change: Change, principals: tuple[Principal, ...]) -> bool:
        """True unless no rule and no default for these contributors restricts anything."""
        makers = tuple([(each.group, each.strength, each.identity, each.account, each.itself) for each in principals])
        key = (change.ref, change.by_writer, change.author, makers)
        if key not in self._restricts:
            if len(self._restricts) == _MOST_REMEMBERED:
                self._restricts.clear()
            context = EvaluationContext(self._policy, change, principals, self._definitions, NO_FACTS)
            self._restricts[key] = context.restricts
        return self._restricts[key] or not principals


def _contributor_names(principals: tuple[Principal, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(name_of, principals)))


def name_of(principal: Principal) -> str:
    """Name of a contributor in counts: people are counted together, whoever they are."""
    return f"@{Group.HUMANS.value}" if principal.group is Group.HUMANS else principal.name


def _fate(verdict: Verdict) -> Fate:
    if verdict.decision is Decision.BLOCK:
        return Fate.BLOCKED
    if verdict.decision is Decision.ALLOW:
        return Fate.ALLOWED
    return Fate.APPROVED if verdict.approvals.met else Fate.WAITED


def _restrictions(verdict: Verdict, texts: dict[str, str]) -> tuple[Restriction, ...]:
    """Restricted files by decision, contributor and rules, the strictest first; ``texts`` takes what the rules say."""
    groups: dict[tuple[Decision, str, tuple[str, ...]], list[str]] = {}
    for file in verdict.files if verdict.decision.restricts else ():
        judgement = file.judgement
        decision = verdict.decision_of(file)
        if decision.restricts:
            seen = verdict.observed_only
            principal = judgement.observed_principal if seen else judgement.principal
            rules = judgement.observed_rules if seen else judgement.rules
            key = (decision, "" if principal is None else name_of(principal), tuple([rule.id for rule in rules]))
            groups.setdefault(key, []).append(file.path)
            for rule in rules:
                if rule.id not in texts:
                    texts[rule.id] = rule.text
    restrictions = [
        Restriction(decision, principal, rules, tuple(_folders(paths)), len(paths), paths[0])
        for (decision, principal, rules), paths in groups.items()
    ]
    return tuple(sorted(restrictions, key=lambda each: (-each.decision.strictness, -each.files)))


def _folders(paths: list[str]) -> list[str]:
    folders: dict[str, None] = {}
    for path in paths:
        folders.setdefault("".join(f"{name}/" for name in path.split("/")[:-1][:_LEVELS]) or "/")
        if len(folders) == _MOST_FOLDERS:
            break
    return list(folders)


class NarrowedPolicy:
    """A policy that is asked about one change after the other: a rule that matches none of its paths decides about none."""

    def __init__(self, policy: Policy) -> None:
        """Note which rules wait for which patterns."""
        self._policy = policy
        rules = [rule for layer in policy.layers for rule in layer.rules]
        patterns = (pattern for rule in rules for pattern in rule.patterns)
        self._matcher = Matcher.of(patterns) if len(rules) > LONG else None
        self._kept: dict[frozenset[int], Policy] = {}

    def of(self, files: Iterable[FileChange]) -> Policy:
        """A policy that decides about these files as the whole one does.

        Raises:
            MatcherError: a path could not be matched within the memory allowed.
        """
        matcher = self._matcher
        if matcher is None:
            return self._policy
        paths = {path for file in files for path in (file.path, file.previous_path) if path is not None}
        numbers = frozenset(number for path in paths for view in (path, f"{path}/") for number in matcher.match(view))
        if numbers not in self._kept:
            if len(self._kept) == _MOST_NARROWED:
                self._kept.clear()
            layers = tuple([self._narrowed(layer, matcher, numbers) for layer in self._policy.layers])
            self._kept[numbers] = replace(self._policy, layers=layers)
        return self._kept[numbers]

    def _narrowed(self, layer: Layer, matcher: Matcher, numbers: frozenset[int]) -> Layer:
        def may_match(rule: Rule) -> bool:
            positive = [matcher.number(pattern) for pattern in rule.patterns if not pattern.negative]
            return not positive or not numbers.isdisjoint(positive)

        if layer.source is None:  # by its rules modes mean what they protect
            return layer
        return replace(layer, rules=tuple([rule for rule in layer.rules if may_match(rule)]))
