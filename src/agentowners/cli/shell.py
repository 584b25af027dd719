"""The frame of every command: how it ends, what it writes to a terminal or a pipe, and how errors become one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import IntEnum
from typing import TYPE_CHECKING, TextIO

from agentowners.diagnostics import AgentownersError, Diagnostic, PolicyError
from agentowners.text.wording import reason

if TYPE_CHECKING:
    from agentowners.policy.model import Decision
    from agentowners.report.shared.style import Style

DEBUG = "AGENTOWNERS_DEBUG"


class ExitCode(IntEnum):
    """Exit codes of every command; part of the interface, never renumbered."""

    ALLOWED = 0
    """Judged, and nothing stands in the way (or: the command did what it was asked)."""
    FAILED = 1
    """The tool failed: no verdict was reached."""
    USAGE = 2
    """The command line was not understood."""
    BLOCKED = 3
    """A file is blocked."""
    APPROVAL_REQUIRED = 4
    """Nothing is blocked, and approvals are needed."""
    POLICY_INVALID = 5
    """The policy does not parse."""
    NOT_PROVED = 6
    """A check does not hold: a test case fails, ``lint`` warns, ``fmt --check`` finds another form, a token is refused."""
    CONFLICT = 7
    """Nothing is blocked or waited for, but the change conflicts with the branch it goes to."""
    INTERRUPTED = 130
    """Ended by the keyboard."""


def exit_code_of(decision: Decision) -> ExitCode:
    """The exit code of a decision."""
    return {"allow": ExitCode.ALLOWED, "require_approval": ExitCode.APPROVAL_REQUIRED, "block": ExitCode.BLOCKED}[decision.value]


class UsageError(AgentownersError):
    """The command line was not understood."""

    code = ExitCode.USAGE


class TokenRefusedError(AgentownersError):
    """A token that proves nothing."""

    code = ExitCode.NOT_PROVED


class OutputError(AgentownersError):
    """Standard output takes nothing; whoever reads it must not take silence for a verdict."""


def say(text: str) -> None:
    """Write text for people to standard output; what its encoding lacks appears as an escape."""
    stream = _stdout()
    _say(stream, text, stream.encoding or "utf-8")


def emit(parts: Iterable[str]) -> None:
    """Write a document for programs, given in parts, to standard output: UTF-8, whatever the locale says."""
    stream = _stdout()
    for part in parts:
        _say(stream, part, "utf-8", flush=False)
    _say(stream, "", "utf-8")


def complain(text: str) -> None:
    """Write text for people to standard error, where there is one that takes it."""
    stream: TextIO | None = sys.stderr
    if stream is not None:
        with suppress(OSError):
            _write(stream, text, stream.encoding or "utf-8")


def _stdout() -> TextIO:
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise OutputError("standard output is closed")
    return stream


def _say(stream: TextIO, text: str, encoding: str, *, flush: bool = True) -> None:
    try:
        _write(stream, text, encoding, flush=flush)
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_stdout()
        raise OutputError(f"standard output cannot be written: {reason(error)}") from error


def _write(stream: TextIO, text: str, encoding: str, *, flush: bool = True) -> None:
    data = text.encode(encoding, "backslashreplace")
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(data.decode(encoding))
    else:
        buffer.write(data)
    if flush:
        stream.flush()


def discard_stdout() -> None:
    """Leave nothing for the interpreter to flush, at its end, to where nothing can be written."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def style_of(stream: TextIO | None) -> Style:
    """Emphasis that suits a stream: colors where they are wanted, links on a terminal only, addresses in a job's log."""
    from shutil import get_terminal_size

    from agentowners.report.shared.style import Style

    color = wants_color(stream)
    is_terminal = stream is not None and stream.isatty()
    columns = get_terminal_size().columns if is_terminal else None
    # in continuous integration, by the variable that GitHub, GitLab and others set
    in_a_job = os.environ.get("CI", "").lower() not in ("", "0", "false")
    return Style(color, color and is_terminal, columns, _page if in_a_job and not is_terminal else None)


def _page(id: str) -> str | None:
    from agentowners.report.lint.findings import documented

    return documented(id)


def wants_color(stream: TextIO | None) -> bool:
    """True if a stream should get colors: a terminal does, unless NO_COLOR is set; FORCE_COLOR gives them to a pipe too."""
    if stream is None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """A help line that names the known word nearest to one that is not known."""
    from difflib import get_close_matches

    names = list(known)
    nearest = get_close_matches(word, names, n=1, cutoff=0.5)
    return f"did you mean `{nearest[0]}`?" if nearest else f"there are: {', '.join(f'`{name}`' for name in names)}"


def guarded(command: Callable[[], int]) -> int:
    """Run a command and return its exit code, or that of whatever it ran into."""
    try:
        return command()
    except PolicyError as error:
        show(error.diagnostics)
        return ExitCode.POLICY_INVALID
    except AgentownersError as error:
        report_error(error)
        return error.code if isinstance(error, UsageError | TokenRefusedError) else ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        discard_stdout()
        return ExitCode.FAILED
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 (whatever it is, people get one line)
        return _bug(error)


def show(diagnostics: Iterable[Diagnostic], end: str = "\n") -> None:
    """Show what is wrong with a policy's text on standard error, everything with its place."""
    from agentowners.report.shared.diagnostic_text import diagnostics_text

    complain(diagnostics_text(diagnostics, style_of(sys.stderr)) + end)


def report_error(error: AgentownersError) -> None:
    """Say what went wrong, and a way out where there is one, on standard error."""
    from agentowners.report.shared.escape import for_terminal

    lines = [f"agentowners: {for_terminal(error.message)}"]
    if error.help is not None:
        lines.append(f"help: {for_terminal(error.help)}")
    complain("\n".join(lines) + "\n")


def _bug(error: Exception) -> int:
    from agentowners.report.shared.escape import for_terminal

    if os.environ.get(DEBUG) == "1":
        import traceback

        complain("".join(traceback.format_exception(error)))
    message = for_terminal(str(error).partition("\n")[0])
    complain(
        f"agentowners: this is a bug in agentowners: {type(error).__name__}: {message}\n"
        f"help: please report it; with {DEBUG}=1 in the environment you see where it happened\n"
    )
    return ExitCode.FAILED
