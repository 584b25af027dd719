"""Progress of long work, for people at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.status import Status

AFTER: Final = 1.0
"""Seconds after which work counts as long; shorter work imports nothing for it."""


@contextmanager
def working(words: str, *, quiet: bool = False, after: float = AFTER) -> Iterator[None]:
    """Show a spinner on standard error while the block takes long; nothing where no terminal is there to show it."""
    stream = sys.stderr
    if quiet or stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    from threading import Timer

    shown: list[Status] = []

    def show() -> None:
        from rich.console import Console
        from rich.text import Text

        shown.append(Console(stderr=True).status(Text(words)))
        shown[0].start()

    timer = Timer(after, show)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        for status in shown:
            status.stop()
