"""The audit trail of the repository that ``doctor`` looks at: its store is asked, and ``--apply`` writes into it."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from agentowners.audit.acts import Act, ActVerb, act_event
from agentowners.audit.entry import NOTHING, LogEntry, Receipt, uid
from agentowners.cli.shell import complain
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Known
from agentowners.sinks.log import ObjectLog
from agentowners.sinks.probe import probe
from agentowners.sinks.s3 import S3Store, read_address

if TYPE_CHECKING:
    from agentowners.checkup.facts import RepositoryFacts
    from agentowners.github.protection import ProtectionChange

NOT_ASKED: Final = "none"
_INPUTS: Final = ("audit-s3", "audit-s3-endpoint", "audit-epoch", "audit-required")
_UNANSWERED: Final = "not answered: "
_VERBS: Final = {"POST": ActVerb.CREATE, "PUT": ActVerb.UPDATE, "PATCH": ActVerb.UPDATE, "DELETE": ActVerb.DELETE}


class Trail(Struct, frozen=True):
    """Bucket of a repository's audit trail."""

    where: str
    """As ``s3://bucket/prefix``."""
    endpoint: str | None = None
    epoch: int = 0
    required: bool = True
    named: bool = True
    """True if the command line names it, and False if a workflow does."""


def trail_of(facts: RepositoryFacts, where: str | None, endpoint: str | None) -> Trail | str | None:
    """The repository's trail: the one that is named, else the one of the gate's workflow.

    Returns:
        None where there is none; a text, where there may be one, that says why it cannot be told which.
    """
    from agentowners.checkup.gate import gates

    if where == NOT_ASKED:
        return None
    all_gates = gates(facts.workflows.value) if isinstance(facts.workflows, Known) else ()
    # set up in another repository's workflow, it may have one or not: that nothing names one here is no finding
    gate = next((gate for gate in all_gates if gate.inputs.get("audit-s3", "") != ""), None)
    ours = None if gate is None else tuple(gate.input(name, "") for name in _INPUTS)
    if where is not None:
        epoch, required = ("", "") if ours is None or ours[0] != where else ours[2:]
        return Trail(where, endpoint, _number(epoch), required != "false")
    if ours is None:
        return None
    bucket, server, epoch, required = ours
    if bucket is None or server is None:
        return "a workflow names its bucket by an expression, or in another repository"
    return Trail(bucket, server or None, _number(epoch), required != "false", named=False)


def with_store(facts: RepositoryFacts, trail: Trail | str | None) -> RepositoryFacts:
    """The facts, with the store's six answers, or why there are none.

    Raises:
        AgentownersError: the trail is named, and its store cannot be asked.
    """
    if trail is None:
        return facts
    if isinstance(trail, str):
        return replace(facts, audit_unasked=trail)
    try:
        address = read_address(trail.where)
        answers = probe(S3Store(address.bucket, trail.endpoint), address.prefix)
    except AgentownersError as error:
        if trail.named:
            raise
        return replace(facts, audit_unasked=error.message)
    if not trail.named and all(answer.seen.startswith(_UNANSWERED) for answer in answers):
        why = f"`{trail.where}` gives no answer from here: {answers[0].seen.removeprefix(_UNANSWERED)}"
        return replace(facts, audit_unasked=why)
    return replace(facts, audit_store=tuple((answer.question, answer.holds, answer.seen) for answer in answers))


class SetupLog:
    """Writes into a trail what ``--apply`` is about to do."""

    def __init__(self, trail: Trail, facts: RepositoryFacts, api: str) -> None:
        """Name the trail, the repository, and the address of GitHub's API."""
        self._trail = trail
        self._repository = facts.repository
        self._id = facts.repository_id
        # the host that a log is named by, as the Action names it
        server = os.environ.get("GITHUB_SERVER_URL", "").strip()
        self._host = urlsplit(server).hostname or (urlsplit(api).hostname or "").removeprefix("api.")
        self._log = f"{self._host}/{self._id}"
        self._run = f"doctor-{secrets.token_hex(8)}"
        self._written = 0

    def announce(self, steps: Sequence[ProtectionChange]) -> Receipt | None:
        """Write down what is about to be done; None where it cannot be written, and need not be.

        Raises:
            AgentownersError: it cannot be written, and has to be.
        """
        try:
            return self._append(steps, None)
        except AgentownersError as error:
            if self._trail.required:
                message = f"nothing was changed: the audit log cannot be written: {error.message}"
                raise AgentownersError(message, help=f"`--audit {NOT_ASKED}` changes the settings all the same") from None
            complain(f"audit: missing: {error.message}\n")
            return None

    def add_failure(self, steps: Sequence[ProtectionChange], why: str) -> None:
        """Write down that not all of it was done."""
        with suppress(AgentownersError):
            self._append(steps[:1], f"not all of it was done: {why}")

    def _append(self, steps: Sequence[ProtectionChange], message: str | None) -> Receipt:
        address = read_address(self._trail.where)
        entries = ObjectLog(S3Store(address.bucket, self._trail.endpoint), address.prefix, self._log, self._trail.epoch)
        own, now = uid(self._id, self._run, "1", "doctor", self._written), int(time.time())
        self._written += 1
        events = tuple(act_event(self._act(step, message), at=now, uid=own, log=self._log) for step in steps)
        return entries.append(LogEntry(self._log, 0, NOTHING, own, now, events))

    def _act(self, step: ProtectionChange, message: str | None) -> Act:
        return Act(
            kind="label" if step.is_label else "protection",
            verb=_VERBS.get(step.verb, ActVerb.OTHER),
            operation=f"{step.verb} /repos/{self._repository}{step.path}",
            message=message or f"about to {step.words}",
            service=self._host,
            source="agentowners doctor --apply",
            resources=({"type": "repository", "name": self._repository, "uid": self._log},),
            details={"target": "doctor", "body": step.body},
        )


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 7 else 0
