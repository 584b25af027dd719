"""The entrypoint of the GitHub Action: environment in, published verdict and exit code out. It never ends in a traceback."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from agentowners.action.environment import RunnerEnvironment, read_surroundings
from agentowners.action.events import target
from agentowners.action.failure import StoppedError, TurnOverError, one_line
from agentowners.action.files import inside
from agentowners.action.inputs import Inputs, read_inputs, secrets
from agentowners.action.job import run_job
from agentowners.action.policies import OrganisationLayer
from agentowners.action.publisher import Publisher, Session
from agentowners.action.pull_requests import PullRequests
from agentowners.action.result import exit_code, tell
from agentowners.action.stopping import Turn, stoppable
from agentowners.diagnostics import AgentownersError
from agentowners.github.app import Installation
from agentowners.github.host import GitHubHost
from agentowners.github.model import AppKey, Patience
from agentowners.github.runner import Runner


def main(environ: Mapping[str, str], *, patience: Patience | None = None) -> int:
    """Run the action.

    Args:
        environ: the runner's variables and the inputs.
        patience: how long to wait for GitHub, where it is not the usual.

    Returns:
        The job's exit code: 0 or 1.
    """
    runner = Runner()
    try:
        patience = patience or Patience()
        with stoppable(patience) as turn:
            return _run(environ, patience, runner, turn)
    except (Exception, StoppedError) as error:  # noqa: BLE001 (the last resort: one line instead of a traceback)
        runner.error(one_line(error))
        return 1


def _run(environ: Mapping[str, str], patience: Patience, runner: Runner, turn: Turn) -> int:
    for secret in secrets(environ):
        runner.mask(secret)
    inputs = read_inputs(environ)
    surroundings = read_surroundings(environ)
    wanted = target(surroundings.event_name, surroundings.payload)
    for name, value in (("report-file", inputs.report_file), ("sarif-file", inputs.sarif_file)):
        if value is not None:
            inside(surroundings.workspace, value, name)
    with ExitStack() as stack:
        token = inputs.token if inputs.app is None else _token_of(inputs, inputs.app, surroundings, patience, runner, stack)
        host = GitHubHost(token, surroundings.api_url, surroundings.repository, patience, runner.line)
        stack.callback(host.close)
        above = None
        if inputs.organisation is not None:
            other = GitHubHost(token, surroundings.api_url, inputs.organisation.repository, patience, runner.line)
            stack.callback(other.close)
            above = OrganisationLayer(inputs.organisation, other.policies)
        publisher = Publisher(Session(host, surroundings, inputs, runner.notice, lambda: _turn(turn, host, patience), above))
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
        return _finish(publisher, runner)


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


def _token_of(
    inputs: Inputs, app: AppKey, surroundings: RunnerEnvironment, patience: Patience, runner: Runner, stack: ExitStack
) -> str:
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


def _finish(publisher: Publisher, runner: Runner) -> int:
    try:
        tell(publisher, runner)
    except Exception as error:  # noqa: BLE001 (the verdict is published; that the rest failed is one line)
        publisher.errors.append(error)
    for problem in publisher.errors:
        runner.error(one_line(problem))
    return exit_code(publisher)
