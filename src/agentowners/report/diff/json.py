"""A change of a policy as JSON, schema version 1: ``schemas/diff-1.schema.json`` describes it; and what is proved of a policy."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import to_builtins

from agentowners.diagnostics import Source
from agentowners.policy.model import Decision
from agentowners.proof.demands import Demand, Demands
from agentowners.proof.difference import BesidePoints, Counterexample, Region
from agentowners.proof.promises import ModeResult, ProofResult
from agentowners.proof.signals import PolicySignals
from agentowners.report.shared.json_text import json_document
from agentowners.report.verdict.json import rule_entry, source_entry

if TYPE_CHECKING:
    from agentowners.report.diff import document as types

_COVERS = ("paths", "links", "actions", "actors", "refs", "approvals", "settings", "identities")


def policy_digest(sources: Sequence[Source], version: str) -> str:
    """Digest of a policy: names, bytes, and the tool's version, since a new catalogue decides otherwise under the same
    bytes."""
    digest = hashlib.sha256(version.encode())
    for source in sources:
        for part in (source.path.encode("utf-8", "surrogateescape"), source.data):
            digest.update(len(part).to_bytes(8, "big") + part)
    return f"sha256:{digest.hexdigest()}"


def to_json(signals: PolicySignals, old: Sequence[Source], new: Sequence[Source], version: str) -> types.DiffJson:
    """The document."""
    difference = signals.difference
    digests: types.DigestsJson = {"old": policy_digest(old, version), "new": policy_digest(new, version)}
    return {
        "schema": 1,
        "engine": version,
        "result": difference.direction.value,
        "prover": {
            "status": signals.prover.value,
            "unknown": to_builtins(signals.unknown),
            "covers": list(_COVERS),
            "effort": {"spent": difference.spent, "limit": difference.limit},
        },
        "old": policy_entry(old, version),
        "new": policy_entry(new, version),
        "regions": [_region(region) for region in signals.shown.regions],
        "everywhere": [_everywhere(shift) for shift in signals.shown.everywhere],
        "promises": [_promise(promise) for promise in signals.promises],
        "modes": [_mode(mode) for mode in signals.modes],
        "eligible_for_auto_approval": {
            "eligible": signals.eligibility.eligible,
            "because": list(signals.eligibility.because),
        },
        "reviewers": [
            {
                "name": reviewer.name,
                "recommends": reviewer.advice.value,
                "head_sha": reviewer.head,
                "digests": digests,
                "why": reviewer.why,
                "counts_as_approval": reviewer.counts,
            }
            for reviewer in signals.reviewers
        ],
        "no_effect": list(signals.shown.no_effect),
    }


def diff_json(signals: PolicySignals, old: Sequence[Source], new: Sequence[Source], version: str) -> str:
    """The document as ASCII text that ends in a newline."""
    return json_document(to_json(signals, old, new, version))


def prove_json(promises: Sequence[ProofResult], modes: Sequence[ModeResult], sources: Sequence[Source], version: str) -> str:
    """Proofs about a policy, as ASCII text that ends in a newline."""
    document: types.ProveJson = {
        "schema": 1,
        "engine": version,
        "policy": policy_entry(sources, version),
        "promises": [_promise(promise) for promise in promises],
        "modes": [_mode(mode) for mode in modes],
    }
    return json_document(document)


def policy_entry(sources: Sequence[Source], version: str) -> types.ComparedPolicyJson:
    """A policy by its digest and its sources."""
    return {"digest": policy_digest(sources, version), "sources": [source_entry(source) for source in sources]}


def _region(region: Region) -> types.RegionJson:
    key = repr((region.direction, sorted(map(str, region.old)), sorted(map(str, region.new)), region.old_cause, region.new_cause))
    return {
        "id": f"r-{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}",
        "change": region.direction.value,
        "from": _decision(region.old),
        "to": _decision(region.new),
        "lost": [_obligation(demand) for demand in _sorted(region.old) if not any(other.covers(demand) for other in region.new)],
        "gained": [
            _obligation(demand) for demand in _sorted(region.new) if not any(other.covers(demand) for other in region.old)
        ],
        "principals": list(region.principals),
        "strength": region.trust.value,
        "actions": [action.value for action in region.actions] or ["*"],
        "refs": list(region.refs) or ["*"],
        "cause": {"old": list(region.old_cause), "new": list(region.new_cause)},
        "where": list(region.where) or ["**"],
        "replaces_default": region.replaces_default,
        "witness": _witness(region.example),
        "files": {"count": region.files, "examples": list(region.examples)},
    }


def _sorted(demands: Demands) -> list[Demand]:
    return sorted(demands, key=lambda demand: (-demand.count, sorted(demand.approvers)))


def _decision(demands: Demands) -> types.DemandsJson:
    if any(demand.blocks for demand in demands):
        return {"decision": Decision.BLOCK.value, "obligations": []}
    decision = Decision.REQUIRE_APPROVAL if demands else Decision.ALLOW
    return {"decision": decision.value, "obligations": [_obligation(demand) for demand in _sorted(demands)]}


def _obligation(demand: Demand) -> types.DemandJson:
    if demand.blocks:
        return {"decision": "block"}
    return {"count": demand.count, "approvers": demand.names}


def _witness(example: Counterexample) -> types.WitnessJson:
    return {
        "path": example.path,
        "kind": "link" if example.as_link else "file",
        "action": example.cell.action.value,
        "principal": example.cell.actor.name,
        "strength": example.cell.actor.trust.value,
        "ref": example.cell.ref,
        "exists": example.exists,
        "confirmed": True,
        "old_rules": [rule_entry(rule) for rule in example.old_rules],
        "new_rules": [rule_entry(rule) for rule in example.new_rules],
    }


def _everywhere(shift: BesidePoints) -> types.BesidePointsJson:
    return {
        "kind": shift.kind.value,
        "name": shift.name,
        "from": shift.old,
        "to": shift.new,
        "change": shift.direction.value,
        "witness": dict(shift.witness),
    }


def _promise(promise: ProofResult) -> types.PromiseJson:
    return {
        "id": promise.id,
        "text": promise.text,
        "status": promise.status.value,
        "reason": promise.reason,
        "witness": None if promise.witness is None else _witness(promise.witness),
        "unknown": to_builtins(promise.unknown),
        "overrules": [{"rule": rule.id, "witness": _witness(rule.witness)} for rule in promise.overrules],
    }


def _mode(mode: ModeResult) -> types.ModeProofJson:
    return {
        "mode": mode.line.mode.value,
        "principals": [str(principal) for principal in mode.line.principals],
        "status": mode.status.value,
        "witness": None if mode.witness is None else _witness(mode.witness),
    }
