"""One policy's decision about the accesses of a tool call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Change, Evidence
from agentowners.dispatch.model import Access, Reach
from agentowners.engine.context import EvaluationContext
from agentowners.engine.evaluator import Evaluator
from agentowners.engine.facts import NO_FACTS
from agentowners.engine.matcher import Numbers
from agentowners.engine.verdict import AppliedRule, Judgement
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Action, Decision, Policy

_UNHEARD = "\udcff\udcfe\udcfd" * 8
"""A name that no pattern spells, since no pattern holds such bytes: what matches it matches every name."""
_KEPT = 10_000
"""Judgements, of a few kilobytes each: whoever calls chooses the paths."""


class AccessDecision(Struct, frozen=True):
    """Decision about one access."""

    access: Access
    decision: Decision
    speaks: bool
    """True if a rule or a default says so; where none does, the tool's annotations may."""
    rules: tuple[AppliedRule, ...] = ()
    """Those that carry the decision, first in file order first."""
    root: str = ""
    """Root of the repository; empty for a path outside of every repository."""

    @property
    def rank(self) -> tuple[int, bool]:
        """To take the strictest by; of two that allow, one that says so."""
        return self.decision.strictness, self.speaks


class AccessJudge:
    """Judges accesses by one policy, for one principal, on each of some refs; the strictest stands."""

    def __init__(self, policy: Policy, evidence: Evidence, refs: Sequence[str], repository: str | None, *, lifts: bool) -> None:
        """Prepare the policy.

        Args:
            policy: all layers.
            evidence: who calls.
            refs: full names; the branch that changes go to, and the one that is checked out.
            repository: ``owner/name``, where it is known.
            lifts: whether ``unprotect`` lines hold; not for a principal who is only declared.

        Raises:
            MatcherError: the patterns do not fit into memory.
        """
        if not lifts:
            policy = replace(policy, layers=tuple([replace(layer, unprotects=()) for layer in policy.layers]))
        self._policy = policy
        self._evidence = evidence
        self._repository = repository
        named = any(rule.refs for layer in policy.layers for rule in layer.rules)
        self._refs = tuple(dict.fromkeys(refs))[: None if named else 1]
        self._courts = [self._court(policy, ref) for ref in self._refs]

    @property
    def principal(self) -> str:
        """Caller as the policy names it, without the at-sign."""
        return self._courts[0].evaluator.context.principals[0].name.removeprefix("@")

    def decide(self, accesses: Iterable[Access], root: str = "") -> list[AccessDecision]:
        """Decision about each access."""
        return [self.decision(access, root) for access in accesses]

    def decision(self, access: Access, root: str = "") -> AccessDecision:
        """Decision about an access."""
        return _strictest(self._courts, access, root)

    def unknown_write(self, root: str = "") -> AccessDecision:
        """Decision of the policy's modes about a write to a path that is not known; nothing where the principal has no mode."""
        access = Access(Action.FILE_WRITE, _UNHEARD)
        if not any(layer.modes for layer in self._policy.layers):
            return AccessDecision(access, Decision.ALLOW, speaks=False, root=root)
        layers = tuple(
            [replace(layer, rules=(), defaults=()) if layer.source is not None else layer for layer in self._policy.layers]
        )
        modes = replace(self._policy, layers=layers)
        return _strictest([self._court(modes, ref) for ref in self._refs], access, root)

    def _court(self, policy: Policy, ref: str) -> _Court:
        change = Change(ref, (), (self._evidence,), repository=self._repository)
        known = definitions(policy)
        principals = contributors(policy, change.evidence, known, None)
        return _Court(Evaluator(EvaluationContext(policy, change, principals, known, NO_FACTS)))


class _Court:
    """One policy on one ref, with its judgements: paths that the same patterns match have the same."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._known: dict[tuple[tuple[Numbers, ...], Action], Judgement] = {}

    def judge(self, path: str, action: Action, *, link: bool) -> Judgement:
        """The judgement on an action on a path."""
        match = self.evaluator.context.matcher.match
        plain = match(path)
        views = (plain, (*plain, *match(f"{path}/"))) if link else (plain,)
        known = self._known.get((views, action))
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            principals = tuple(range(len(self.evaluator.context.principals)))
            known = self._known[views, action] = self.evaluator.judge(views, (action,), principals)
        return known


def _strictest(courts: Sequence[_Court], access: Access, root: str) -> AccessDecision:
    decided = [_decide(court, access, root) for court in courts]
    return decided[0] if len(decided) == 1 else max(decided, key=lambda each: each.rank)


def _decide(court: _Court, access: Access, root: str) -> AccessDecision:
    if access.reach is Reach.PLACE or access.reach is Reach.SEARCH:
        # a rule holds for a place if it covers what lies right below and what lies far below
        deeper = [_below(access.path, 1), _below(access.path, 3)]
        return min((_of_path(court, access, path, root) for path in deeper), key=lambda decided: decided.rank)
    return _of_path(court, access, access.path, root)


def _below(path: str, depth: int) -> str:
    return "/".join([*([] if path == "." else [path]), *[_UNHEARD] * depth])


def _of_path(court: _Court, access: Access, path: str, root: str) -> AccessDecision:
    judgement = court.judge(path, access.action, link=access.link)
    return AccessDecision(access, judgement.decision, bool(judgement.rules), judgement.rules, root)
