"""Events as the Open Cybersecurity Schema Framework (OCSF 1.8.0) has it: a verdict is a Compliance Finding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agentowners import __version__
from agentowners.audit.canonical import Json, JsonValue
from agentowners.audit.redaction import redacted, without_addresses
from agentowners.engine.verdict import FileDecision, NoVerdict, Outcome, Verdict
from agentowners.identity.model import Principal
from agentowners.policy.builtin import POLICY_NAMES

_SCHEMA: Final = "1.8.0"
PRODUCT: Final = "AGENTOWNERS"
_COMPLIANCE: Final = {"success": 1, "action_required": 2, "failure": 3, "neutral": 99}
_ACTION: Final = {"success": 1, "action_required": 2, "failure": 2, "neutral": 3}
"""Allowed, denied, observed."""
_DISPOSITION: Final = {"success": 1, "action_required": 23, "failure": 2, "neutral": 17}
"""Allowed, unauthorized, blocked, logged."""
_SEVERITY: Final = {"success": 1, "neutral": 1, "action_required": 3, "failure": 4}
"""Informational, medium, high."""
_FINDINGS: Final = 2003
_CREATE: Final = 1


class Occasion(Struct, frozen=True, kw_only=True):
    """Context of a verdict's event."""

    at: int
    """In seconds since 1970."""
    uid: str
    """The entry's."""
    log: str
    repository: str
    """``owner/name``."""
    run: str
    """Page of the workflow run."""
    attempt: str
    check: str
    """Name of the check run that shows it."""
    head: str
    target: str
    """Number of the pull request, ``push`` or ``merge-group``."""
    conclusion: str
    """In GitHub's words."""
    title: str
    enforced: bool
    """True if the verdict is held against the change."""
    intends: tuple[str, ...] = ()
    """Action that is about to be taken because of it."""


def verdict_event(outcome: Outcome, occasion: Occasion) -> Json:
    """The event of a verdict, or of that there is none."""
    verdict = None if isinstance(outcome, NoVerdict) else outcome
    rules = [] if verdict is None else sorted({rule.id for file in verdict.files for rule in file.judgement.rules})
    conclusion = occasion.conclusion
    compliance: Json = {
        "control": occasion.check,
        "standards": [PRODUCT],
        "status_id": _COMPLIANCE[conclusion],
        "status_details": _reasons(outcome),
    }
    event: Json = {
        "activity_id": _CREATE,
        "category_uid": _FINDINGS // 1000,
        "class_uid": _FINDINGS,
        "type_uid": _FINDINGS * 100 + _CREATE,
        "time": occasion.at * 1000,
        "severity_id": _SEVERITY[conclusion],
        "action_id": _ACTION[conclusion],
        "disposition_id": _DISPOSITION[conclusion],
        "message": occasion.title,
        "metadata": metadata(occasion.log, occasion.uid),
        "finding_info": {"uid": occasion.uid, "title": occasion.title, "src_url": occasion.run},
        "compliance": compliance | ({"requirements": list[JsonValue](rules)} if rules else {}),
        "resources": _resources(outcome, occasion),
        "unmapped": {"agentowners": _details(outcome, occasion)},
    }
    if verdict is not None:
        event["policy"] = {"name": PRODUCT, "uid": verdict.digest, "is_applied": occasion.enforced}
    return event


def metadata(log: str, uid: str) -> Json:
    """The part of every event by which it is found: the log's name, and the entry's or the call's ``uid``."""
    product: Json = {"name": PRODUCT, "vendor_name": PRODUCT, "version": __version__}
    return {"version": _SCHEMA, "profiles": ["security_control"], "product": product, "log_name": log, "uid": uid}


def _reasons(outcome: Outcome) -> list[JsonValue]:
    if isinstance(outcome, NoVerdict):
        return [without_addresses(text) for text in (outcome.title, outcome.message, outcome.help) if text]
    demands = [
        f"{len(each.granted_by)} of {each.count} approvals of {', '.join(each.approvers) or 'anyone'}"
        f", for {', '.join(each.rules)}"
        for each in outcome.approvals.obligations
    ]
    ignored = [
        f"the review of {review.reviewer} does not count: {review.reviewer} {review.why}" for review in outcome.approvals.ignored
    ]
    return [without_addresses(text) for text in (*demands, *ignored)]


def _resources(outcome: Outcome, occasion: Occasion) -> list[JsonValue]:
    resources: list[JsonValue] = [
        {"type": "repository", "name": occasion.repository, "uid": occasion.log},
        {"type": "commit", "uid": occasion.head or "none"},
    ]
    if outcome.ref is not None:
        resources.append({"type": "ref", "name": outcome.ref})
    if isinstance(outcome, Verdict):
        resources += [_file(outcome, file) for file in outcome.files]
    return resources


def _file(verdict: Verdict, file: FileDecision) -> Json:
    rules = [f"rule:{rule.id}" for rule in file.judgement.rules]
    actions = [f"action:{action.value}" for action in file.actions]
    unprotected = [f"unprotect:{id}" for id in file.judgement.unprotected]
    labels: list[JsonValue] = [f"decision:{verdict.decision_of(file).value}", *rules, *actions, *unprotected]
    return {"type": "file", "name": file.path, "uid": path_digest(file.path), "labels": labels}


def path_digest(path: str) -> str:
    """The SHA-256 of a path's bytes: a name that is redacted, or that nobody can read, still tells which file it was."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character that stands for no byte
        data = path.encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _details(outcome: Outcome, occasion: Occasion) -> Json:
    details: Json = {
        "kind": "no_verdict" if isinstance(outcome, NoVerdict) else "verdict",
        "conclusion": occasion.conclusion,
        "target": occasion.target,
        "attempt": occasion.attempt,
        "intends": list[JsonValue](occasion.intends),
    }
    if isinstance(outcome, NoVerdict):
        return details | {
            "diagnostics": [
                f"{diagnostic.id} {diagnostic.span.path}:{diagnostic.span.line}" for diagnostic in outcome.diagnostics[:50]
            ]
        }
    approvals = outcome.approvals
    return details | {
        "decision": outcome.decision.value,
        "conflict": outcome.conflict,
        "observed_only": outcome.observed_only,
        "principals": [_principal(principal) for principal in outcome.principals],
        "approvals": {
            "required": approvals.required,
            "granted": approvals.granted,
            "asked": [
                {"count": obligation.count, "of": list[JsonValue](obligation.approvers), "for": list[JsonValue](obligation.rules)}
                for obligation in approvals.obligations
            ],
            "counted": [{"login": reviewer.login, "via": reviewer.via.value} for reviewer in approvals.counted],
            "ignored": [{"reviewer": review.reviewer, "why": without_addresses(review.why)} for review in approvals.ignored],
        },
        "sources": [
            {"path": source.path, "ref": source.ref, "sha256": hashlib.sha256(source.data).hexdigest()}
            for source in outcome.sources
        ],
        "policy_files": [file.path for file in outcome.files if file.path in POLICY_NAMES],
    }


def _principal(principal: Principal) -> Json:
    account = principal.account
    return {
        "name": without_addresses(principal.name),
        "group": principal.group.value,
        "strength": principal.strength.value,
        "login": None if account is None else redacted(account.login),
        "id": None if account is None else account.id,
        "evidence": [without_addresses(phrase) for phrase in principal.evidence],
    }


def shortened(event: Json, files: int) -> Json:
    """The event with this many files at the most, those that are blocked or asked about first; how many are left out is said."""
    resources = event.get("resources")
    items = resources if isinstance(resources, list) else []
    listed = [item for item in items if isinstance(item, dict) and item.get("type") == "file"]
    others = [item for item in items if not (isinstance(item, dict) and item.get("type") == "file")]
    worst = sorted(listed, key=_strictness, reverse=True)[:files]
    details = event.get("unmapped")
    inner = details.get("agentowners") if isinstance(details, dict) else None
    inner_details: Json = (inner if isinstance(inner, dict) else {}) | {"files_omitted": len(listed) - len(worst)}
    return event | {"resources": [*others, *worst], "unmapped": {"agentowners": inner_details}}


def _strictness(file: Json) -> int:
    labels = file.get("labels")
    first = labels[0] if isinstance(labels, Sequence) and labels else ""
    return ["decision:allow", "decision:require_approval", "decision:block"].index(str(first)) if first else -1
