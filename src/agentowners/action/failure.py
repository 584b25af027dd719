"""Outcome of what could not be judged; it never passes."""

from __future__ import annotations

from typing import Final

from agentowners.diagnostics import AgentownersError, PolicyError
from agentowners.engine.verdict import NoVerdict
from agentowners.github.errors import PlatformError, Trouble
from agentowners.identity.resolve import TooManyMakersError
from agentowners.report.shared.escape import printable

REPORT: Final = "this is a mistake of agentowners: please report it with this message"
_TITLES: Final = {
    Trouble.UNAUTHORIZED: "GitHub refuses the token",
    Trouble.FORBIDDEN: "A permission is missing",
    Trouble.NOT_FOUND: "Something needed was not found",
    Trouble.INVALID: "GitHub refused a request",
    Trouble.LIMITED: "The rate limit is used up",
    Trouble.UNAVAILABLE: "GitHub did not answer",
    Trouble.INCOMPLETE: "Facts are incomplete",
}


class JudgementError(AgentownersError):
    """A change that cannot be judged, with a title of its own."""

    def __init__(self, title: str, message: str, *, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.title = title


class StoppedError(BaseException):
    """The job was told to stop, or its time is over. Nothing that handles a failure and goes on may take this for one."""

    def __init__(self, *, in_time: bool = True) -> None:
        super().__init__()
        self.in_time = in_time
        """True if somebody wanted it; otherwise it took too long."""
        self.waited = False
        """True if most of the time went by waiting for GitHub."""


class TurnOverError(StoppedError):
    """A pull request judged beside others has taken longer than its own time; the others are judged all the same."""

    def __init__(self) -> None:
        super().__init__(in_time=False)


def no_verdict(
    error: BaseException,
    *,
    repository: str | None = None,
    pull_request: int | None = None,
    head: str | None = None,
    ref: str | None = None,
) -> NoVerdict:
    """An error as the outcome of a judgement. Of errors that nobody foresaw only the type is told: the text may hold anything."""
    return NoVerdict(
        *_said(error),
        diagnostics=error.diagnostics if isinstance(error, PolicyError) else (),
        head=head,
        repository=repository,
        pull_request=pull_request,
        ref=ref,
    )


def _said(error: BaseException) -> tuple[str, str, str | None]:
    match error:
        case JudgementError():
            return error.title, error.message, error.help
        case PlatformError():
            return _TITLES[error.trouble], error.message, error.help
        case TooManyMakersError():
            return "Too many people are named", error.message, error.help
        case PolicyError():
            return "Policy does not parse", error.message, error.help
        case StoppedError() if not error.in_time:
            what = "GitHub took too long to answer all that was asked" if error.waited else "judging took too long"
            return "Out of time", what, "run the job again"
        case StoppedError():
            return "Interrupted", "the job was told to stop before there was a verdict", "run the job again"
        case AgentownersError():
            return "Not judged", error.message, error.help
        case _:
            return "Internal error", f"agentowners stopped with {type(error).__name__}", REPORT


def one_line(error: BaseException) -> str:
    """An error and its way out, for the job's log."""
    _, message, help = _said(error)
    return printable(f"{message} ({help})" if help else message)
