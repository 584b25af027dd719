"""The audit trail of a run: what is about to be done is written down before it is done."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.action.board import Board
from agentowners.action.environment import RunnerEnvironment, inside
from agentowners.action.failure import JudgementError, no_verdict
from agentowners.action.inputs import AuditInputs, Inputs
from agentowners.audit.acts import Act, ActVerb, act_event
from agentowners.audit.canonical import Json, JsonValue
from agentowners.audit.entry import NOTHING, LogEntry, Receipt, uid
from agentowners.audit.events import Occasion, path_digest, verdict_event
from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import Outcome, Verdict
from agentowners.github.model import AppKey
from agentowners.policy.model import Decision
from agentowners.report.verdict.conclusion import Enforcement, conclude
from agentowners.report.verdict.labels import labels

if TYPE_CHECKING:
    from agentowners.sinks.log import ObjectLog

TITLE: Final = "The audit log cannot be written"
MISSING: Final = "audit: missing"
_FALL_BACK: Final = frozenset({"pull_request", "pull_request_review"})
_NO_ENVIRONMENT: Final = (
    "a workflow of the event `pull_request` is the branch's own, and has no environment with credentials: "
    "use `pull_request_target`"
)


Sink = Callable[[LogEntry, Receipt | None], Receipt | None]
"""Writes an entry behind the last one, and gives its receipt; or tells of an entry, with the receipt that it has."""


class Audit(Struct):
    """Writes down what a run is about to do."""

    log: str
    repository_id: int
    surroundings: RunnerEnvironment
    inputs: Inputs
    notice: Callable[[str], None]
    sinks: list[tuple[Sink, bool]]
    """Each with whether a verdict waits for it; the first receipt is told, to later ones too."""
    clock: Callable[[], float] = time.time
    pending: tuple[Act, ...] = ()
    """Acts that the next entry tells of, too."""
    _said: dict[str, int] = field(default_factory=dict)
    _down: dict[int, AgentownersError] = field(default_factory=dict)
    """By their place, sinks that did not take an entry of this run, and are not waited for again."""

    def announce(self, board: Board, outcome: Outcome) -> tuple[Outcome, Receipt | None, str | None]:
        """Write an outcome down that is about to be published.

        Returns:
            What to publish, which is a failure where it has to be written down and cannot; its receipt; a warning.
        """
        receipt, problem, required = self._write(self._entry(board, outcome))
        if problem is None:
            return outcome, receipt, None
        if not required:
            return outcome, receipt, f"{MISSING}: {problem.message}"
        help = _NO_ENVIRONMENT if self.surroundings.event_name in _FALL_BACK else problem.help
        error = JudgementError(TITLE, problem.message, help=help)
        about = {"repository": outcome.repository, "head": outcome.head, "ref": outcome.ref}
        return no_verdict(error, pull_request=outcome.pull_request, **about), receipt, None

    def note(self, acts: Sequence[Act], target: str) -> tuple[Receipt | None, AgentownersError | None]:
        """Write acts down that are about to be done.

        Returns:
            The entry's receipt; why it could not be written, where it has to be.
        """
        own, now = self._uid(target), int(self.clock())
        receipt, problem, required = self._write(LogEntry(self.log, 0, NOTHING, own, now, self._events(acts, own, now)))
        return receipt, problem if required else None

    def _write(self, entry: LogEntry) -> tuple[Receipt | None, AgentownersError | None, bool]:
        """The entry's receipt, what went wrong, and whether the entry has to be written."""
        receipt: Receipt | None = None
        problem: AgentownersError | None = None
        required = False
        for place, (sink, needed) in enumerate(self.sinks):
            try:
                if place in self._down:
                    raise self._down[place]
                written = sink(entry, receipt)
                receipt = receipt or written
            except AgentownersError as error:
                problem, required = problem or error, required or needed
                if place not in self._down:
                    self._down[place] = error
                    self.notice(f"the audit trail: {error.message}")
        return receipt, problem, required

    def _events(self, acts: Sequence[Act], own: str, now: int) -> tuple[Json, ...]:
        return tuple(act_event(act, at=now, uid=own, log=self.log) for act in acts)

    def _uid(self, target: str) -> str:
        number = self._said[target] = self._said.get(target, -1) + 1
        return uid(self.repository_id, self.surroundings.run_id, self.surroundings.attempt, target, number)

    def _entry(self, board: Board, outcome: Outcome) -> LogEntry:
        concluded = conclude(outcome, self.inputs.enforcement)
        target = "" if board.run is None else board.run.external_id.split("/")[1:2][0]
        target = target or str(outcome.pull_request or self.surroundings.event_name)
        own, now = self._uid(target), int(self.clock())
        intends = [f"check run `{board.name}`: {concluded.conclusion.value}"] if board.run is not None else []
        if board.run is not None:
            wanted = labels(outcome, self.inputs.enforcement, self.inputs.label_prefix)
            intends += [f"label `{name}`" for name in sorted(wanted)]
            intends += ["comment"] if self.inputs.comment else []
            intends += [f"review of `{name}`, where it could count" for name in _reviewers(outcome, self.inputs)]
        intends += [f"token of the App `{self.inputs.app.app_id}`, to be revoked"] if self.inputs.app is not None else []
        occasion = Occasion(
            at=now,
            uid=own,
            log=self.log,
            repository=self.surroundings.repository,
            run=self.surroundings.run_url,
            attempt=self.surroundings.attempt,
            check=board.name,
            head=board.head,
            target=target,
            conclusion=concluded.conclusion.value,
            title=concluded.title,
            enforced=self.inputs.enforcement is Enforcement.ACTIVE,
            intends=tuple(intends),
        )
        beside, self.pending = self._events(self.pending, own, now), ()
        return LogEntry(self.log, 0, NOTHING, own, now, (verdict_event(outcome, occasion), *beside))


def _reviewers(outcome: Outcome, inputs: Inputs) -> tuple[str, ...]:
    """Those of whom a review may be asked for."""
    if not inputs.request_reviews or not isinstance(outcome, Verdict) or outcome.decision is not Decision.REQUIRE_APPROVAL:
        return ()
    return tuple(
        dict.fromkeys(name for obligation in outcome.approvals.obligations if not obligation.met for name in obligation.approvers)
    )


def open_audit(
    surroundings: RunnerEnvironment, inputs: Inputs, environ: Mapping[str, str], notice: Callable[[str], None]
) -> Audit:
    """The audit trail that the inputs ask for. A sink that cannot be made takes nothing, and says why."""
    wanted, id = inputs.audit, _repository_id(surroundings, environ)
    log = f"{urlsplit(surroundings.server_url).hostname}/{id}"
    needed = wanted.required is not False
    sinks: list[tuple[Sink, bool]] = []
    if id == 0:
        sinks.append((_nowhere, needed))
    else:
        sinks += [(_to_bucket(wanted.s3, wanted, log), needed)] if wanted.s3 is not None else []
        sinks += [(_to_file(surroundings, wanted.file, log), needed)] if wanted.file is not None else []
        site = wanted.datadog_site
        sinks += [(_to_datadog(site, environ), wanted.required is True)] if site is not None else []
    return Audit(log, id, surroundings, inputs, notice, sinks)


def _nowhere(entry: LogEntry, receipt: Receipt | None) -> None:
    raise AgentownersError("GITHUB_REPOSITORY_ID is not set", help="the runner sets it, and a log is named by it")


def _to_bucket(s3: str, wanted: AuditInputs, log: str) -> Sink:
    @cache
    def made() -> ObjectLog:
        from agentowners.sinks.log import ObjectLog
        from agentowners.sinks.s3 import S3Store, read_address

        address = read_address(s3)
        return ObjectLog(S3Store(address.bucket, wanted.s3_endpoint), address.prefix, log, wanted.epoch)

    return lambda entry, _: made().append(entry)


def _to_file(surroundings: RunnerEnvironment, name: str, log: str) -> Sink:
    from agentowners.sinks.file import FileLog

    return lambda entry, _: FileLog(inside(surroundings.workspace, name, "audit-file"), log).append(entry)


def _to_datadog(site: str, environ: Mapping[str, str]) -> Sink:
    from agentowners.sinks.datadog import DatadogEvents

    key = environ.get("DD_API_KEY", "")
    events = DatadogEvents(site, key)

    def send(entry: LogEntry, receipt: Receipt | None) -> None:
        if not key:
            raise AgentownersError("the input `audit-datadog-site` is given, and DD_API_KEY is not set", help="pass it as `env`")
        events.send(entry, receipt)

    return send


def _repository_id(surroundings: RunnerEnvironment, environ: Mapping[str, str]) -> int:
    """The repository's number, which a rename keeps; 0 where nobody tells."""
    id_text = environ.get("GITHUB_REPOSITORY_ID", "")
    if id_text.isascii() and id_text.isdecimal() and len(id_text) < 20:
        return int(id_text)
    repository = surroundings.payload.get("repository")
    number = repository.get("id") if isinstance(repository, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else 0


_FILES: Final = 50


def _act(
    where: RunnerEnvironment, kind: str, verb: ActVerb, operation: str, message: str, details: Json, *resources: Json
) -> Act:
    """An act of a run, on the repository and what else is named."""
    return Act(
        kind=kind,
        verb=verb,
        operation=operation,
        message=message,
        service=urlsplit(where.server_url).hostname or where.server_url,
        source=where.run_url,
        resources=({"type": "repository", "name": where.repository}, *resources),
        details=details,
    )


def app_token_acts(app: AppKey, token: str, where: RunnerEnvironment) -> tuple[Act, ...]:
    """A token of an App that was made for this run, and that the run gives back when it ends.

    GitHub's own audit log names the same SHA-256 as ``hashed_token``.
    """
    details: Json = {"app": app.app_id, "token_sha256": hashlib.sha256(token.encode()).hexdigest()}
    operation = "POST /app/installations/{installation_id}/access_tokens"
    message = f"a token of the App `{app.app_id}` was made for this run"
    act = _act(where, "app_token", ActVerb.CREATE, operation, message, details)
    message = f"the token of the App `{app.app_id}` is revoked when this run ends"
    return act, replace(act, verb=ActVerb.DELETE, operation="DELETE /installation/token", message=message)


def taken_back_acts(numbers: Mapping[tuple[str, str], int], where: RunnerEnvironment) -> tuple[Act, ...]:
    """Passes that do not stand any more, by commit and name of the check, each with the number of its pull request."""
    return tuple(
        _act(
            where,
            "taken_back",
            ActVerb.CREATE,
            "POST /repos/{owner}/{repo}/check-runs",
            f"the pass of #{number} is taken back: the policy has changed, and it is judged again",
            {"check": name, "target": str(number), "attempt": where.attempt},
            {"type": "commit", "uid": head},
        )
        for (head, name), number in numbers.items()
    )


def policy_change_act(
    section: Mapping[str, Any],
    files: Iterable[str],
    digests: tuple[str, str],
    board: Board,
    number: int,
    where: RunnerEnvironment,
) -> Act:
    """A change of the policy and what is proved of it, before it is shown.

    Args:
        section: the signals, as the comparing child names them.
        files: those of the policy, and of the gate's own set-up, that the change changes.
        digests: of the policy before and after.
        board: shows it.
        number: of the pull request.
        where: the run.
    """
    listed = [Json(type="file", name=path, uid=path_digest(path)) for path in files][:_FILES]
    message = f"#{number} changes the policy; the prover says {section.get('prover', 'unknown')}"
    details: dict[str, JsonValue] = {"check": board.name, "target": str(number), "attempt": where.attempt, "before": digests[0]}
    details |= {"after": digests[1], "proof": dict(section)}
    operation = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}"
    commit: Json = {"type": "commit", "uid": board.head}
    return _act(where, "policy_change", ActVerb.UPDATE, operation, message, details, commit, *listed)
