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


class Spinner:
    """The words beside a spinner, shown or not."""

    def __init__(self, words: str) -> None:
        """Begin with these words, which nobody sees yet."""
        self._words = words
        self._status: Status | None = None

    def show(self) -> None:
        """Show them on standard error."""
        from rich.console import Console
        from rich.text import Text

        self._status = Console(stderr=True).status(Text(self._words))
        self._status.start()

    def say(self, words: str) -> None:
        """Show other words from now on."""
        self._words = words
        if self._status is not None:
            from rich.text import Text

            self._status.update(Text(words))

    def stop(self) -> None:
        """Take them away."""
        if self._status is not None:
            self._status.stop()


@contextmanager
def working(words: str, *, quiet: bool = False, after: float = AFTER) -> Iterator[Spinner]:
    """Show a spinner on standard error while the block takes long; nothing where no terminal is there to show it."""
    spinner = Spinner(words)
    stream = sys.stderr
    if quiet or stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield spinner
        return
    from threading import Timer

    timer = Timer(after, spinner.show)
    timer.start()
    try:
        yield spinner
    finally:
        timer.cancel()
        timer.join()
        spinner.stop()
