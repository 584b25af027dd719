"""Writing to the terminal, whatever its encoding, and to whatever reads a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from agentowners.diagnostics import AgentownersError

if TYPE_CHECKING:
    from agentowners.report.shared.style import Style


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
        raise OutputError(f"standard output cannot be written: {(error.strerror or str(error)).lower()}") from error


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
    """Emphasis that suits a stream: colors where they are wanted, links on a terminal only."""
    from shutil import get_terminal_size

    from agentowners.report.shared.style import Style

    color = wants_color(stream)
    is_terminal = stream is not None and stream.isatty()
    return Style(color, color and is_terminal, get_terminal_size().columns if is_terminal else None)


def wants_color(stream: TextIO | None) -> bool:
    """True if a stream should get colors: a terminal does, unless NO_COLOR is set; FORCE_COLOR gives them to a pipe too."""
    if stream is None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
