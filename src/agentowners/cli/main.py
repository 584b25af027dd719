"""The entry point: finds the command, runs it, and says what went wrong.

Imports here are paid for by ``agentowners --version``, so everything that a command needs is imported when it runs.
"""

from __future__ import annotations

import sys

from agentowners import __version__
from agentowners.cli.commands import COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


_ASKS_VERSION = (["--version"], ["-V"])
_NO_CALL = (["install"], ["doctor"], ["--help"], ["-h"])
"""First arguments of ``hook`` by which it answers no client."""
_VERSION = f"agentowners {__version__}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``agentowners`` with the given arguments (by default those of the process) and return its exit code.

    Nothing is raised: whatever goes wrong is said on standard error in one line, with a help line where there is a way out.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in _ASKS_VERSION and sys.stdout is not None:
        try:
            print(_VERSION, flush=True)
            return 0
        except OSError:
            pass  # said below, as every command says it
    if argv is None:
        if sys.getfilesystemencoding() != "utf-8":
            _start_again_in_utf8()
        # A process that lives for a moment: collecting garbage, at exit above all, would take a tenth of its time.
        import gc

        gc.disable()
        try:
            if arguments[:1] == ["hook"] and arguments[1:2] not in _NO_CALL:
                from agentowners.cli.hook_shield import shielded

                return shielded(lambda: _run(arguments), arguments)
            return _run(arguments)
        finally:
            gc.freeze()
    return _run(arguments)


def _start_again_in_utf8() -> None:
    """Restart in UTF-8 mode where the locale is another: arguments and names of files are read as git stores them.

    What is printed for people stays in the locale's encoding. Where Python cannot be started again, things stay as they are.
    """
    import contextlib
    import os

    if sys.flags.utf8_mode or not sys.executable or sys.stdout is None:
        return
    printing = {"PYTHONIOENCODING": f"{sys.stdout.encoding}:backslashreplace"}
    with contextlib.suppress(OSError):
        os.execve(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]], printing | os.environ)  # noqa: S606 (itself)


def _run(arguments: list[str]) -> int:
    from agentowners.cli.shell import guarded

    return guarded(lambda: _dispatch(arguments))


def _dispatch(arguments: list[str]) -> int:
    from agentowners.cli.shell import ExitCode, UsageError, suggestion

    if arguments[:1] in _ASKS_VERSION:
        from agentowners.cli.shell import say

        say(f"{_VERSION}\n")
        return ExitCode.ALLOWED
    import os

    if not arguments and "_ARGCOMPLETE" in os.environ:
        from agentowners.cli.completion import complete

        complete()
    if arguments[:1] == ["help"] and arguments[1:2] and arguments[1] not in ("--help", "-h"):
        arguments = [*arguments[1:], "--help"]
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        from agentowners.cli.help import overview
        from agentowners.cli.shell import complain, say

        if arguments:
            say(overview())
            return ExitCode.ALLOWED
        complain(overview())
        return ExitCode.USAGE
    name, *rest = arguments
    command = COMMANDS.get(name)
    if command is None:
        kind = "option" if name.startswith("-") else "command"
        raise UsageError(f"unknown {kind} `{name}`", help=suggestion(name, [*COMMANDS, "--help", "--version"]))
    return command.load()(rest)
