"""Writing to the terminal, whatever its encoding, and to whatever reads a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO


def say(text: str) -> None:
    """Write text for people to standard output; what its encoding lacks appears as an escape."""
    _write(sys.stdout, text, sys.stdout.encoding or "utf-8")


def emit(parts: Iterable[str]) -> None:
    """Write a document for programs, given in parts, to standard output: UTF-8, whatever the locale says."""
    for part in parts:
        _write(sys.stdout, part, "utf-8", flush=False)
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write text for people to standard error."""
    _write(sys.stderr, text, sys.stderr.encoding or "utf-8")


def _write(stream: TextIO, text: str, encoding: str, *, flush: bool = True) -> None:
    data = text.encode(encoding, "backslashreplace")
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(data.decode(encoding))
    else:
        buffer.write(data)
    if flush:
        stream.flush()


def wants_color(stream: TextIO) -> bool:
    """Whether a stream should get colors: a terminal does, unless NO_COLOR is set; FORCE_COLOR gives them to a pipe too."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
