"""Restricted files of a verdict, grouped by what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from msgspec import Struct

from agentowners.diagnostics import Severity
from agentowners.engine.verdict import AppliedRule, FileDecision, Judgement, SettledObligation, Verdict
from agentowners.identity.model import Principal
from agentowners.policy.model import Decision
from agentowners.report.verdict.conclusion import Enforcement, is_advisory


class Reported(Struct, frozen=True):
    """The reported decision on a file: the enforced decision, or the observed one where the verdict only observes."""

    decision: Decision
    principal: Principal | None
    rules: tuple[AppliedRule, ...]
    judgement: Judgement


class FileGroup(Struct, frozen=True):
    """Files about which exactly the same is to be said, in the verdict's order."""

    said: Reported
    files: tuple[FileDecision, ...]
    obligations: tuple[SettledObligation, ...]
    """The approvals that these files need."""

    @property
    def met(self) -> bool:
        """True if approvals are needed and all given."""
        return self.said.decision is Decision.REQUIRE_APPROVAL and is_met(self.obligations)

    @property
    def rule(self) -> AppliedRule | None:
        """The first rule that carries the decision."""
        return self.said.rules[0] if self.said.rules else None


def state(group: FileGroup, *, advisory: bool) -> str:
    """``Blocked``, ``Needs approval``, ``Approved``; what only would be, where a verdict is only told."""
    if group.said.decision is Decision.BLOCK:
        return "Would be blocked" if advisory else "Blocked"
    if group.met:
        return "Approved"
    return "Would need approval" if advisory else "Needs approval"


def reported(verdict: Verdict, file: FileDecision) -> Reported:
    """The reported decision on one file of this verdict."""
    judgement = file.judgement
    if verdict.observed_only and judgement.observed.restricts:
        return _observed(judgement)
    return Reported(judgement.decision, judgement.principal, judgement.rules, judgement)


def _observed(judgement: Judgement) -> Reported:
    return Reported(judgement.observed, judgement.observed_principal, judgement.observed_rules, judgement)


def offending(verdict: Verdict) -> Iterator[FileDecision]:
    """The files that are (or, where only observed, would be) anything but allowed, in the verdict's order."""
    return (file for file in verdict.files if verdict.decision_of(file).restricts)


def groups(verdict: Verdict) -> tuple[FileGroup, ...]:
    """The offending files, grouped: blocked first, then what waits for approval, then what is approved."""
    return _grouped(
        (reported(verdict, file), file, () if verdict.decision_of(file) is Decision.BLOCK else verdict.obligations_of(file))
        for file in offending(verdict)
    )


def observed_groups(verdict: Verdict) -> tuple[FileGroup, ...]:
    """Decisions of observing layers beside the enforced ones; none where the verdict itself is only observed."""
    if verdict.observed_only:
        return ()
    return _grouped((_observed(file.judgement), file, ()) for file in verdict.files if file.judgement.observed.restricts)


def level(verdict: Verdict, file: FileDecision, enforcement: Enforcement) -> Severity:
    """Severity of an offending file: one step lower where the verdict is only told, for nothing fails then.

    Raises:
        ValueError: the file is allowed.
    """
    decision = verdict.decision_of(file)
    advisory = is_advisory(verdict, enforcement)
    match decision:
        case Decision.BLOCK:
            return Severity.WARNING if advisory else Severity.ERROR
        case Decision.REQUIRE_APPROVAL:
            return Severity.NOTE if advisory or is_met(verdict.obligations_of(file)) else Severity.WARNING
        case Decision.ALLOW:
            raise ValueError("an allowed file is no finding")
        case _:
            assert_never(decision)


def is_met(obligations: tuple[SettledObligation, ...]) -> bool:
    """True if approvals are asked for and all given; asking for none in particular is never met."""
    return bool(obligations) and all(obligation.met for obligation in obligations)


def strongest(obligations: Iterable[SettledObligation]) -> tuple[SettledObligation, ...]:
    """The obligations less those that another includes: two of anyone include one of anyone, and so do two of `@acme/sre`."""
    candidates = largest(obligations)
    return tuple(o for o in candidates if not any(other.count >= o.count and counts_for(other, o) for other in candidates))


def largest(obligations: Iterable[SettledObligation]) -> tuple[SettledObligation, ...]:
    """The obligations, of those on the same people the largest alone."""
    by_people: dict[frozenset[str], SettledObligation] = {}
    for obligation in obligations:
        key = _people(obligation)
        if key not in by_people or by_people[key].count < obligation.count:
            by_people[key] = obligation
    return tuple(by_people.values())


def counts_for(obligation: SettledObligation, other: SettledObligation) -> bool:
    """True if the approvals of an obligation count for the other, wider one too, and nothing says otherwise."""
    narrow, wide = _people(obligation), _people(other)
    return bool(narrow) and (not wide or narrow < wide) and (other.met or not obligation.met)


def _people(obligation: SettledObligation) -> frozenset[str]:
    return frozenset(name.lower() for name in obligation.approvers)


def _grouped(entries: Iterable[tuple[Reported, FileDecision, tuple[SettledObligation, ...]]]) -> tuple[FileGroup, ...]:
    members: dict[object, tuple[Reported, list[FileDecision], tuple[SettledObligation, ...]]] = {}
    keys: dict[int, tuple[Judgement, object]] = {}  # by identity: hashing a judgement for each of many files costs too much
    for report, file, obligations in entries:
        judgement = report.judgement
        if id(judgement) not in keys:
            keys[id(judgement)] = judgement, (report.decision, report.principal, report.rules, obligations, judgement.withheld)
        members.setdefault(keys[id(judgement)][1], (report, [], obligations))[1].append(file)
    file_groups = [FileGroup(report, tuple(files), obligations) for report, files, obligations in members.values()]
    return tuple(sorted(file_groups, key=lambda group: (-group.said.decision.strictness, group.met)))
