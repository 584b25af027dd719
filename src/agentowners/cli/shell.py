"""The frame of every command: errors become one line for people, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from agentowners.cli.exit_codes import ExitCode
from agentowners.cli.output import complain, discard_stdout, style_of
from agentowners.diagnostics import AgentownersError, Diagnostic, PolicyError

DEBUG = "AGENTOWNERS_DEBUG"


class UsageError(AgentownersError):
    """The command line was not understood."""


class TokenRefusedError(AgentownersError):
    """A token that proves nothing."""


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
    except UsageError as error:
        report_error(error)
        return ExitCode.USAGE
    except PolicyError as error:
        show(error.diagnostics)
        return ExitCode.POLICY_INVALID
    except TokenRefusedError as error:
        report_error(error)
        return ExitCode.NOT_PROVED
    except AgentownersError as error:
        report_error(error)
        return ExitCode.FAILED
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
    said = for_terminal(str(error).partition("\n")[0])
    complain(
        f"agentowners: this is a bug in agentowners: {type(error).__name__}: {said}\n"
        f"help: please report it; with {DEBUG}=1 in the environment you see where it happened\n"
    )
    return ExitCode.FAILED
