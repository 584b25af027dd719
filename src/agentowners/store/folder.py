"""A folder of small files that this tool keeps: nothing in it is followed, and nothing of anybody else's is read."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from typing import Final

from agentowners.diagnostics import AgentownersError
from agentowners.text.wording import reason

_MOST_BYTES: Final = 256 << 10
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}")


class StateError(AgentownersError):
    """State on this machine that cannot be kept, or is not ours."""


class StateFolder:
    """One folder below a repository's state; its files are read and written whole."""

    def __init__(self, directory: str, name: str) -> None:
        """Remember the folder; it is made by the first write."""
        self._parent = directory
        self._name = name

    def names(self) -> list[str]:
        """Names of the files in it, sorted; none where it is not there.

        Raises:
            StateError: it is a link, or somebody else's.
        """
        with self._opened(make=False) as descriptor:
            if descriptor is None:
                return []
            return sorted(name for name in os.listdir(descriptor) if _NAME.fullmatch(name))

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None where it is not there, or is a link, somebody else's, or larger than anything kept here.

        Raises:
            StateError: the folder is a link, or somebody else's.
        """
        with self._opened(make=False) as folder:
            if folder is None or not _NAME.fullmatch(name):
                return None
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            try:
                descriptor = os.open(name, flags, dir_fd=folder)
            except OSError:
                return None
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                alone = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
                if not alone or status.st_uid != os.getuid() or status.st_size > _MOST_BYTES:
                    return None
                return file.read(_MOST_BYTES + 1)

    def write(self, name: str, data: bytes) -> None:
        """Put a file in its place, all of it or nothing.

        Raises:
            StateError: the folder is a link or somebody else's, or cannot be written.
        """
        with self._opened(make=True) as folder:
            if folder is None or not _NAME.fullmatch(name):
                raise StateError("this machine's state cannot be written")
            draft = f".{name}.{os.getpid()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(draft, dir_fd=folder)
                descriptor = os.open(draft, flags, 0o600, dir_fd=folder)
                with open(descriptor, "wb") as file:
                    file.write(data)
                os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError as error:
                raise StateError(f"this machine's state cannot be written: {reason(error)}") from None

    def remove(self, name: str) -> None:
        """Take a file away; nothing where it is not there.

        Raises:
            StateError: the folder is a link, or somebody else's.
        """
        with self._opened(make=False) as folder:
            if folder is not None and _NAME.fullmatch(name):
                with contextlib.suppress(OSError):
                    os.unlink(name, dir_fd=folder)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process out while the block changes files.

        Raises:
            StateError: the folder is a link or somebody else's, or cannot be written.
        """
        import fcntl  # not on Windows, where no state is kept

        with self._opened(make=True) as folder:
            if folder is None:
                raise StateError("this machine's state cannot be written")
            try:
                descriptor = os.open("lock", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
            except OSError as error:
                raise StateError(f"this machine's state cannot be locked: {reason(error)}") from None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def _opened(self, *, make: bool) -> Iterator[int | None]:
        parent = _directory(self._parent, None)
        if parent is None:
            if make:
                raise StateError(f"`{self._parent}` cannot be made")
            yield None
            return
        try:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(self._name, 0o700, dir_fd=parent)
            folder = _directory(self._name, parent)
        finally:
            os.close(parent)
        try:
            yield folder
        finally:
            if folder is not None:
                os.close(folder)


def _directory(path: str, within: int | None) -> int | None:
    """An open directory of ours; None where it is not there.

    Raises:
        StateError: it is a link, no directory, somebody else's, or others may write to it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=within)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"`{path}` in this machine's state is no directory of its own: {reason(error)}") from None
    status = os.fstat(descriptor)
    if status.st_uid != os.getuid() or status.st_mode & 0o022:
        os.close(descriptor)
        raise StateError(
            f"`{path}` in this machine's state is not only yours", help="let nobody else own it or write there: `chmod go-w`"
        )
    return descriptor
