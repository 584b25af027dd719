"""What in a verdict is worth a person's attention: the files that are restricted, how strongly, and which belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from agentowners.engine.verdict import AppliedRule, FileDecision, Judgement, SettledObligation, Verdict
from agentowners.identity.model import Principal
from agentowners.policy.model import Decision
from agentowners.report.conclusion import Enforcement, is_advisory


class Level(Enum):
    """How loudly a finding is said; the values are GitHub's annotation levels."""

    FAILURE = "failure"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Reported:
    """What is said of a file: the enforced decision, or the observed one where the verdict only observes."""

    decision: Decision
    principal: Principal | None
    rules: tuple[AppliedRule, ...]
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Group:
    """Files about which exactly the same is to be said, in the verdict's order."""

    said: Reported
    files: tuple[FileDecision, ...]
    obligations: tuple[SettledObligation, ...]
    """The approvals that these files need."""

    @property
    def met(self) -> bool:
        """Whether approvals are needed and all given."""
        return self.said.decision is Decision.REQUIRE_APPROVAL and _met(self.obligations)

    @property
    def rule(self) -> AppliedRule | None:
        """The first rule that carries the decision."""
        return self.said.rules[0] if self.said.rules else None


def reported(verdict: Verdict, file: FileDecision) -> Reported:
    """What is to be said of one file of this verdict."""
    judgement = file.judgement
    if verdict.observed_only and judgement.observed.restricts:
        return Reported(judgement.observed, judgement.observed_principal, judgement.observed_rules, judgement)
    return Reported(judgement.decision, judgement.principal, judgement.rules, judgement)


def offending(verdict: Verdict) -> Iterator[FileDecision]:
    """The files that are (or, where only observed, would be) anything but allowed, in the verdict's order."""
    return (file for file in verdict.files if verdict.decision_of(file).restricts)


def groups(verdict: Verdict) -> tuple[Group, ...]:
    """The offending files, grouped: blocked first, then what waits for approval, then what is approved."""
    return _grouped(verdict, [(reported(verdict, file), file) for file in offending(verdict)])


def observed_groups(verdict: Verdict) -> tuple[Group, ...]:
    """What observing layers would decide beside the enforced decisions; none where the verdict itself is only observed."""
    if verdict.observed_only:
        return ()
    seen = (file for file in verdict.files if file.judgement.observed.restricts)
    said = ((file.judgement, file) for file in seen)
    return _grouped(verdict, [(Reported(j.observed, j.observed_principal, j.observed_rules, j), file) for j, file in said])


def level(verdict: Verdict, file: FileDecision, enforcement: Enforcement) -> Level:
    """How loudly to speak of an offending file: one step lower where the verdict is only told, for nothing fails then.

    Raises:
        ValueError: the file is allowed.
    """
    decision = verdict.decision_of(file)
    advisory = is_advisory(verdict, enforcement)
    match decision:
        case Decision.BLOCK:
            return Level.WARNING if advisory else Level.FAILURE
        case Decision.REQUIRE_APPROVAL:
            return Level.NOTICE if advisory or _met(obligations_of(verdict, file.judgement)) else Level.WARNING
        case Decision.ALLOW:
            raise ValueError("an allowed file is no finding")
        case _:
            assert_never(decision)


def obligations_of(verdict: Verdict, judgement: Judgement) -> tuple[SettledObligation, ...]:
    """The approvals that a file with this judgement needs."""
    return tuple(verdict.approvals.obligations[index] for index in judgement.obligations)


def _met(obligations: tuple[SettledObligation, ...]) -> bool:
    return bool(obligations) and all(obligation.met for obligation in obligations)


def _grouped(verdict: Verdict, said: list[tuple[Reported, FileDecision]]) -> tuple[Group, ...]:
    members: dict[object, tuple[Reported, list[FileDecision]]] = {}
    keys: dict[int, object] = {}  # by the judgement's identity: hashing a judgement for each of many files costs too much
    for report, file in said:
        key = keys.get(id(report.judgement))
        if key is None:
            key = keys[id(report.judgement)] = (report.decision, report.principal, report.rules, report.judgement.obligations)
        members.setdefault(key, (report, []))[1].append(file)
    found = [
        Group(report, tuple(files), () if report.decision is Decision.BLOCK else obligations_of(verdict, report.judgement))
        for report, files in members.values()
    ]
    return tuple(sorted(found, key=lambda group: (-group.said.decision.strictness, group.met)))
