"""Test cases are judged by the engine, as any change is; many at once where they differ in nothing but their paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct, field

from agentowners.cases.model import Case, Expectation, Who
from agentowners.change.model import Change, FileChange
from agentowners.engine.facts import Need, Unavailable
from agentowners.engine.ruling import required
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import FileDecision, SettledObligation, Verdict
from agentowners.policy.model import Decision, Policy
from agentowners.policy.patterns import Approver
from agentowners.values import gathered

_OPEN: Final = 16
"""Batches that a further case may still join."""


class Judged(Struct, frozen=True):
    """The policy's answer to one case."""

    case: Case
    files: tuple[FileDecision, ...]
    """Every path of the case, in the case's order."""
    obligations: tuple[SettledObligation, ...]
    """Obligations of all its paths."""

    @property
    def approvals(self) -> int:
        """Approvals required for all of its paths."""
        return required(self.obligations)

    @property
    def approvers(self) -> tuple[str, ...]:
        """Everyone who is asked to approve it; see ``everyone_asked``."""
        return everyone_asked(self.obligations)


def everyone_asked(obligations: Iterable[SettledObligation]) -> tuple[str, ...]:
    """Those who are asked to approve, in order of appearance, with at-signs; those named by several once."""
    named: dict[str, str] = {}
    for name in (name for obligation in obligations for name in obligation.approvers):
        named.setdefault(name.lower(), name)
    return tuple(named.values())


def expectation(decision: Decision, rules: tuple[str, ...], obligations: Sequence[SettledObligation]) -> Expectation:
    """The expectation that just this is answered."""
    if decision is not Decision.REQUIRE_APPROVAL:
        return Expectation(decision, rules)
    approvers = tuple(map(Approver.parse, everyone_asked(obligations)))
    return Expectation(decision, rules, required(obligations), approvers or None)


def judge(cases: Sequence[Case], policy: Policy, repository: str | None = None) -> tuple[Judged, ...]:
    """Judge every case, in their order. Nobody is asked for facts: teams, permissions and requesters are not known.

    Raises:
        AgentownersError: the policy's patterns do not fit into memory.
    """
    outcomes = dict(judged for batch in _batches(cases) for judged in batch.judge(policy, repository))
    return tuple(outcomes[index] for index in range(len(cases)))


def facts_unknown(need: Need) -> Unavailable:
    """The answer to every need: a case holds all that is known."""
    return Unavailable("a test case asks no server")


class _Batch(Struct):
    """Cases that are judged as one change: of the same people, to the same ref, and no path in two different ways."""

    who: tuple[Who, ...]
    ref: str
    done: dict[str, frozenset[FileChange]] = field(default_factory=dict)
    """Actions on each path."""
    cases: list[tuple[int, Case]] = field(default_factory=list)

    def takes(self, changes: dict[str, frozenset[FileChange]]) -> bool:
        """True if the actions of a case on its paths are those done to them here, if any are."""
        return all(self.done.get(path, files) == files for path, files in changes.items())

    def judge(self, policy: Policy, repository: str | None) -> Iterator[tuple[int, Judged]]:
        files = tuple(dict.fromkeys(file for _, case in self.cases for file in case.files))
        change = Change(self.ref, files, tuple(principal.evidence for principal in self.who), repository=repository)
        verdict = inquire(policy, change, facts_unknown)
        decisions = {file.path: file for file in verdict.files}
        for index, case in self.cases:
            judged_files = tuple(decisions[path] for path in case.paths)
            yield index, Judged(case, judged_files, obligations_of(verdict, judged_files))


def _batches(cases: Sequence[Case]) -> Iterable[_Batch]:
    batches: list[_Batch] = []
    open_batches: dict[tuple[tuple[Who, ...], str], list[_Batch]] = {}
    for index, case in enumerate(cases):
        changes = _done(case)
        recent = open_batches.setdefault((case.who, case.ref), [])
        batch = next((other for other in recent if other.takes(changes)), None)
        if batch is None:
            batch = _Batch(case.who, case.ref)
            batches.append(batch)
            recent.append(batch)
            del recent[:-_OPEN]
        batch.done |= changes
        batch.cases.append((index, case))
    return batches


def _done(case: Case) -> dict[str, frozenset[FileChange]]:
    sides = ((path, file) for file in case.files for path in (file.path, file.previous_path) if path is not None)
    return {path: frozenset(files) for path, files in gathered(sides).items()}


def obligations_of(verdict: Verdict, files: Sequence[FileDecision]) -> tuple[SettledObligation, ...]:
    """Enforced obligations of some paths of a verdict."""
    # Where nothing of the whole batch is enforced, the verdict holds what would be asked for instead.
    if verdict.observed_only:
        return ()
    places = dict.fromkeys(place for file in files for place in file.judgement.obligations)
    return tuple(verdict.approvals.obligations[place] for place in places)
