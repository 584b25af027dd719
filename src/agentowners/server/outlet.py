"""The stream to a client, which a server's bytes and this tool's own frames share."""

from __future__ import annotations

import contextlib
import os
from threading import Condition
from typing import Final

_MOST: Final = 1 << 20
"""Bytes of frames that wait for the end of a server's frame before their sender has to wait too."""

_PIPE: Final = 1 << 20


class Outlet:
    """Writes a server's bytes as they come, and whole frames between its frames."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._turn = Condition()
        self._within = False
        self._waiting: list[bytes] = []
        self._size = 0
        self._closed = False

    def relay(self, data: bytes) -> None:
        """Write bytes of the server.

        Raises:
            OSError: the client takes nothing any more.
        """
        with self._turn:
            write_all(self._descriptor, data)
            self._within = not data.endswith(b"\n")
            if not self._within and self._waiting:
                write_all(self._descriptor, b"".join(self._waiting))
                self._waiting.clear()
                self._size = 0
                self._turn.notify_all()

    def insert(self, frame: bytes) -> None:
        """Write a frame, at once or as soon as the server's own has ended.

        Raises:
            OSError: the client takes nothing any more.
        """
        with self._turn:
            self._turn.wait_for(lambda: self._closed or not self._within or self._size < _MOST)
            if self._closed:
                return
            if self._within:
                self._waiting.append(frame)
                self._size += len(frame)
            else:
                write_all(self._descriptor, frame)

    def close(self) -> None:
        """Write nothing any more, and let the client see the end."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._descriptor)
            os.close(nowhere)


def write_all(descriptor: int, data: bytes) -> None:
    """Write everything, however little the other side takes at a time.

    Raises:
        OSError: it takes nothing any more.
    """
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def widen(descriptor: int) -> None:
    """Let a pipe hold more, where the system can: fewer turns for a large frame."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)
