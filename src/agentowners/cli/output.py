"""Writing to the terminal, whatever its encoding, and to whatever reads a pipe."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def say(text: str) -> None:
    """Write text for people to standard output; what its encoding lacks appears as an escape."""
    _write(sys.stdout, text, sys.stdout.encoding or "utf-8")


def emit(text: str) -> None:
    """Write a document for programs to standard output: UTF-8, whatever the locale says."""
    _write(sys.stdout, text, "utf-8")


def complain(text: str) -> None:
    """Write text for people to standard error."""
    _write(sys.stderr, text, sys.stderr.encoding or "utf-8")


def _write(stream: TextIO, text: str, encoding: str) -> None:
    data = text.encode(encoding, "backslashreplace")
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(data.decode(encoding))
    else:
        stream.flush()
        buffer.write(data)
    stream.flush()


def wants_color(stream: TextIO) -> bool:
    """Whether a stream should get colors: a terminal does, unless NO_COLOR is set; FORCE_COLOR gives them to a pipe too."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
