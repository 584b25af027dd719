"""The JSON verdict, schema version 1, which other tools read; ``document`` has its types. Fields are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec import to_builtins

from agentowners import __version__
from agentowners.change.model import Evidence, Signal, Strength
from agentowners.diagnostics import AgentownersError, Source
from agentowners.dispatch.denial import Denial, denied_access
from agentowners.dispatch.model import Access
from agentowners.dispatch.remedies import remedies
from agentowners.engine.verdict import (
    AppliedRule,
    Approvals,
    FileDecision,
    NoVerdict,
    Outcome,
    SettledObligation,
    Verdict,
)
from agentowners.identity.model import Principal
from agentowners.policy.load import load_policy
from agentowners.report.shared.finding import diagnostic_entry
from agentowners.report.shared.json_text import encode, json_lines
from agentowners.report.verdict.conclusion import Enforcement, conclude
from agentowners.report.verdict.groups import reported

if TYPE_CHECKING:
    from agentowners.dispatch.document import DenialJson, RuleMissingJson
    from agentowners.report.verdict import document as types

_NAMES, _NAMES_IN_ALL = 100, 100_000
"""Names of principals told of each file at least, and of all together: only thousands of files that thousands made lack some."""
_REPLAYED: Final = 10
"""Paths for which it is worked out what would allow them."""
_NEAREST: Final = 20
"""Paths that are named as the change without those that are denied."""


def chunks(
    outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, audit: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """The whole verdict as ASCII text, one judged path a line, ending in a newline; equal verdicts give equal text. It comes in
    pieces, so that a large verdict is never held as text; lone surrogates stand for bytes that are not UTF-8.

    ``audit`` is the receipt of the entry in which it stands, where there is an audit trail.
    """
    concluded = conclude(outcome, enforcement)
    verdict = None if isinstance(outcome, NoVerdict) else outcome
    document: types.VerdictJson = {
        "schema": 1,
        "engine": __version__,
        "conflict": verdict is not None and verdict.conflict,
        "decision": verdict.decision.value if verdict else "",
        "conclusion": concluded.conclusion.value,
        "title": concluded.title,
        "ref": outcome.ref,
        "head_sha": outcome.head,
        "repository": outcome.repository,
        "pull_request": outcome.pull_request,
        "principals": [contributor_entry(verdict, index) for index in range(len(verdict.principals))] if verdict else [],
        "approvals": _approvals(verdict.approvals if verdict else Approvals()),
        "files": [],
        "policy": {
            "digest": verdict.digest if verdict else None,
            "sources": [source_entry(source) for source in verdict.sources] if verdict else [],
        },
        "diagnostics": [diagnostic_entry(diagnostic) for diagnostic in outcome.diagnostics],
    }
    if isinstance(outcome, NoVerdict):
        document["message"], document["help"] = outcome.message, outcome.help
    receipt = {} if audit is None else {"audit": audit}
    return json_lines(document | receipt, {"files": _file_lines(verdict) if verdict else ()})


def _file_lines(verdict: Verdict) -> Iterator[str]:
    denials = Denials(verdict)
    return (encode(file_entry(verdict, file, denials)) for file in verdict.files)


def file_entry(verdict: Verdict, file: FileDecision, denials: Denials | None = None) -> types.JudgedPathJson:
    """One judged path's entry in ``files``; of many, ``denials`` works the first ones out."""
    most = max(_NAMES, _NAMES_IN_ALL // max(1, len(verdict.files)))
    report, judgement = reported(verdict, file), file.judgement
    entry: types.JudgedPathJson = {
        "path": file.path,
        "actions": [action.value for action in file.actions],
        "because": file.because.value,
        "stands_for": file.stands_for,
        "denial": (denials or Denials(verdict)).entry(file),
        "decision": report.decision.value,
        "principal": report.principal.name if report.principal else None,
        "rules": [rule_entry(rule) for rule in report.rules],
        "matched": list(judgement.matched),
        "unprotected": list(judgement.unprotected),
    }
    if judgement.withheld:
        entry["withheld"] = list(judgement.withheld)
    if judgement.observed.restricts:
        entry["observed"] = {
            "decision": judgement.observed.value,
            "principal": judgement.observed_principal.name if judgement.observed_principal else None,
            "rules": [rule_entry(rule) for rule in judgement.observed_rules],
        }
    entry["principals"] = [principal.name for principal in file.principals[:most]]
    return entry


def rule_entry(rule: AppliedRule) -> types.RuleJson:
    """A rule or default as verdicts list it."""
    entry: types.RuleJson = {
        "id": rule.id,
        "source": rule.source,
        "line": rule.line,
        "text": rule.text,
        "decision": rule.decision.value,
        "reason": rule.reason,
    }
    return {**entry, "default": True} if rule.is_default else entry


def contributor_entry(verdict: Verdict, index: int) -> types.PrincipalJson:
    """A contributor, given by its index, as all JSON documents have it."""
    principal, paths = verdict.principals[index], verdict.paths[index] if verdict.paths else None
    return {
        "name": principal.name,
        "login": principal.account.login if principal.account else None,
        "group": principal.group.value,
        "strength": principal.strength.value,
        "evidence": list(principal.evidence),
        "scope": "everywhere" if principal.commits is None else "paths",
        "commits": None if principal.commits is None else list(principal.commits),
        "paths": None if paths is None else list(paths),
        "vouched": index in verdict.vouched,
    }


def _approvals(approvals: Approvals) -> types.ApprovalsJson:
    return {
        "required": approvals.required,
        "granted": approvals.granted,
        "obligations": [obligation_entry(obligation) for obligation in approvals.obligations],
        "ignored": to_builtins(approvals.ignored),
        "counted": [
            {"login": reviewer.login, "via": reviewer.via.value, "url": reviewer.url or None} for reviewer in approvals.counted
        ],
    }


def obligation_entry(obligation: SettledObligation) -> types.ObligationJson:
    """Approvals asked for, as all JSON documents have them."""
    entry: types.ObligationJson = {
        "count": obligation.count,
        "approvers": list(obligation.approvers),
        "granted_by": list(obligation.granted_by),
        "met": obligation.met,
        "rules": list(obligation.rules),
    }
    return entry if obligation.note is None else {**entry, "note": obligation.note}


def source_entry(source: Source) -> types.SourceJson:
    """A policy file as all JSON documents have it."""
    return {"path": source.path, "ref": source.ref, "sha256": sha256(source.data).hexdigest()}


class Denials:
    """Makes the denials of one verdict, path by path."""

    def __init__(self, verdict: Verdict) -> None:
        """Work nothing out yet."""
        self._verdict = verdict
        self._digest = verdict.digest
        self._replayed = 0

    def entry(self, file: FileDecision) -> DenialJson | None:
        """The denial of a path as data; None where it is allowed."""
        judged = reported(self._verdict, file)
        if not judged.decision.restricts:
            return None
        principal = judged.principal
        denial = Denial(
            boundary="change",
            digest=self._digest,
            principals=() if principal is None else (principal.name,),
            refs=(self._verdict.ref,),
            accesses=tuple(denied_access(action.value, file.path, judged.decision, judged.rules) for action in file.actions),
            remedies=() if principal is None else self._remedies(file, principal),
            allowed=self._nearest,
        )
        return denial.as_json()

    def _remedies(self, file: FileDecision, principal: Principal) -> tuple[RuleMissingJson, ...]:
        self._replayed += 1
        if self._replayed > _REPLAYED or self._verdict.observed_only:
            return ()
        verified = principal.strength is Strength.VERIFIED
        evidence = Evidence(Signal.DECLARED, Strength.VERIFIED if verified else Strength.ASSERTED, name=principal.name[1:])
        accesses = [Access(action, file.path) for action in file.actions]
        try:
            policy = load_policy(self._verdict.sources)
            return remedies(policy, accesses, evidence, (self._verdict.ref,), lifts=True)
        except AgentownersError:
            return ()

    @cached_property
    def _nearest(self) -> tuple[str, ...]:
        verdict = self._verdict
        return tuple(islice((file.path for file in verdict.files if not verdict.decision_of(file).restricts), _NEAREST))
