"""The entrypoint of the GitHub Action: environment in; published verdict, outputs, summary, reports and exit code out.

It never ends in a traceback.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

from agentowners.action.environment import RunnerEnvironment, append, inside, read_surroundings, replace
from agentowners.action.events import target
from agentowners.action.failure import StoppedError, TurnOverError, one_line
from agentowners.action.inputs import FailJob, Inputs, read_inputs, secrets
from agentowners.action.job import run_job
from agentowners.action.policies import OrganisationLayer
from agentowners.action.publisher import Published, Publisher
from agentowners.action.pull_requests import PullRequests
from agentowners.action.stopping import Turn, stoppable
from agentowners.diagnostics import AgentownersError
from agentowners.github import runner
from agentowners.github.app import Installation
from agentowners.github.host import GitHubHost
from agentowners.github.model import AppKey, Patience
from agentowners.report.shared.cut import shorten_bytes
from agentowners.report.shared.escape import for_markdown_prose, printable
from agentowners.report.verdict.conclusion import Conclusion, conclude, outputs
from agentowners.report.verdict.findings import commands
from agentowners.report.verdict.json import chunks
from agentowners.report.verdict.markdown import STEP_LIMIT, job_summary


def main(environ: Mapping[str, str], *, patience: Patience | None = None) -> int:
    """Run the action.

    Args:
        environ: the runner's variables and the inputs.
        patience: how long to wait for GitHub, where it is not the usual.

    Returns:
        The job's exit code: 0 or 1.
    """
    try:
        patience = patience or Patience()
        with stoppable(patience) as turn:
            return _run(environ, patience, turn)
    except (Exception, StoppedError) as error:  # noqa: BLE001 (the last resort: one line instead of a traceback)
        runner.error(one_line(error))
        return 1


def _run(environ: Mapping[str, str], patience: Patience, turn: Turn) -> int:
    for secret in secrets(environ):
        runner.mask(secret)
    inputs = read_inputs(environ)
    surroundings = read_surroundings(environ)
    wanted = target(surroundings.event_name, surroundings.payload)
    for name, value in (("report-file", inputs.report_file), ("sarif-file", inputs.sarif_file)):
        if value is not None:
            inside(surroundings.workspace, value, name)
    with ExitStack() as stack:
        token = inputs.token if inputs.app is None else _token_of(inputs, inputs.app, surroundings, patience, stack)
        host = GitHubHost(token, surroundings.api_url, surroundings.repository, patience, runner.line)
        stack.callback(host.close)
        above = None
        if inputs.organisation is not None:
            other = GitHubHost(token, surroundings.api_url, inputs.organisation.repository, patience, runner.line)
            stack.callback(other.close)
            above = OrganisationLayer(inputs.organisation, other.policies)
        publisher = Publisher(host, surroundings, inputs, runner.notice, lambda: _turn(turn, host, patience), above)
        try:
            if inputs.audit.any:
                from agentowners.action.auditing import open_audit

                publisher.audit = open_audit(surroundings, inputs, environ, runner.notice)
                if inputs.app is not None:
                    from agentowners.action.auditing import app_token_acts

                    publisher.audit.pending = app_token_acts(inputs.app, token, surroundings)
            with _waiting(host):
                run_job(PullRequests(publisher), wanted)
        except (Exception, StoppedError) as error:  # noqa: BLE001 (whatever it is, no check run is left as if it were still judging)
            if isinstance(error, StoppedError):
                host.hurry(patience.hurried())
            if not publisher.boards and isinstance(error, StoppedError):
                publisher.open_early(wanted)
            publisher.give_up(error)
        return _finish(publisher)


@contextmanager
def _waiting(host: GitHubHost) -> Iterator[None]:
    """Let what runs out of time in it know what the time went by with."""
    began, waited = time.monotonic(), host.waited
    try:
        yield
    except StoppedError as error:
        error.waited = host.waited - waited > (time.monotonic() - began) / 2
        raise


@contextmanager
def _turn(turn: Turn, host: GitHubHost, patience: Patience) -> Iterator[None]:
    try:
        with _waiting(host), turn():
            yield
    except TurnOverError:
        # on the connection that there was an answer may still be on its way
        host.hurry(patience)
        raise


def _token_of(inputs: Inputs, app: AppKey, surroundings: RunnerEnvironment, patience: Patience, stack: ExitStack) -> str:
    """A token of the App's, which is given back when the stack unwinds, whatever happens until then."""
    also = () if inputs.organisation is None else (inputs.organisation.repository,)
    installation = Installation(app, surroundings.api_url, surroundings.repository, patience, runner.mask, also)

    def give_back() -> None:
        try:
            installation.give_back()
        except AgentownersError as error:
            runner.notice(f"the App's token could not be revoked; it expires within the hour: {error.message}")

    stack.callback(give_back)
    return installation.token()


def _finish(publisher: Publisher) -> int:
    try:
        tell(publisher)
    except Exception as error:  # noqa: BLE001 (the verdict is published; that the rest failed is one line)
        publisher.errors.append(error)
    for problem in publisher.errors:
        runner.error(one_line(problem))
    return exit_code(publisher)


_SUMMARIES: Final = 20
"""As many verdicts of one job have a summary of their own."""
_NO_CHECKS: Final = (
    "the token may not write check runs, so this job's own result is the verdict; "
    "give the job `checks: write`, or use `pull_request_target` for pull requests from forks"
)


def tell(publisher: Publisher) -> None:
    """Write everything that is to be written.

    Raises:
        FileError: a file cannot be written.
    """
    surroundings, inputs = publisher.surroundings, publisher.inputs
    for published in publisher.published:
        if published.board.run is None:
            # the runner shows ten commands of a level: what is no part of the verdict takes the place of none
            for line in (*map(printable, _notes(published)), *commands(published.outcome, inputs.enforcement)):
                runner.line(line)
        else:
            for note in published.notes:
                runner.notice(note)
            title = conclude(published.outcome, inputs.enforcement).title
            runner.notice(f"{published.board.name}: {title} {published.board.url}")
    append(surroundings.summary, _summary(publisher, inputs), "the job's summary")
    strictest = max(publisher.published, key=lambda p: publisher.conclusion(p).rank, default=None)
    if strictest is None:
        return
    written = _reports(strictest, surroundings, inputs)
    values = outputs(strictest.outcome, inputs.enforcement) | {"check-run-url": strictest.board.url, "report": written}
    append(surroundings.output, "".join(runner.output_lines(name, value) for name, value in values.items()), "the job's outputs")


def _notes(published: Published) -> tuple[str, ...]:
    return published.notes if published.board.run is not None else (*published.notes, _NO_CHECKS)


def _summary(publisher: Publisher, inputs: Inputs) -> str:
    verdicts = sorted(publisher.published, key=lambda p: -publisher.conclusion(p).rank)
    # the runner counts bytes and takes nothing of a summary that is too long
    room = STEP_LIMIT // max(1, min(len(verdicts), _SUMMARIES)) - 4096
    parts = []
    for published in verdicts[:_SUMMARIES]:
        notes = "".join(f"\n{for_markdown_prose(note)}\n" for note in _notes(published)[-10:])
        section = "" if published.board.run is not None else shorten_bytes(published.board.section, room // 2)
        left = room - len(section.encode("utf-8", "surrogatepass"))
        summary = job_summary(published.outcome, inputs.enforcement, left, published.board.server)
        parts.append("".join([summary, notes, *(["\n", section] if section else [])]))
    if len(verdicts) > _SUMMARIES:
        parts.append(f"and {len(verdicts) - _SUMMARIES} more verdicts: see the check runs\n")
    return "\n".join(parts)


def _reports(published: Published, surroundings: RunnerEnvironment, inputs: Inputs) -> str:
    if inputs.report_file is not None:
        receipts = published.board.receipts
        lines = chunks(published.outcome, inputs.enforcement, receipts[-1].json() if receipts else None)
        replace(inside(surroundings.workspace, inputs.report_file, "report-file"), lines)
    if inputs.sarif_file is not None:
        from agentowners.report.verdict.sarif import sarif

        log = sarif(published.outcome, inputs.enforcement)
        replace(inside(surroundings.workspace, inputs.sarif_file, "sarif-file"), (log,))
    return inputs.report_file or ""


def exit_code(publisher: Publisher) -> int:
    """The job's own result.

    An error that kept a verdict from being reached or published fails the job in any case: nothing else may tell of it.
    """
    if publisher.errors:
        return 1
    when = publisher.inputs.fail_job
    failing = [published for published in publisher.published if not publisher.conclusion(published).passes]
    if when is FailJob.AUTO:
        # of outstanding approvals a check run tells, where there is one
        asks = Conclusion.ACTION_REQUIRED
        failing = [each for each in failing if publisher.conclusion(each) is not asks or each.board.run is None]
    return int(bool(failing) and when is not FailJob.NEVER)
