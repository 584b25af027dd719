"""A folder of small files that this tool keeps: nothing in it is followed, and nothing of anybody else's is read."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import msgspec

from agentowners.diagnostics import AgentownersError
from agentowners.text.wording import reason

_MOST_BYTES: Final = 256 << 10
_ID: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,75}")
_Kept = TypeVar("_Kept")


class StateError(AgentownersError):
    """State on this machine that cannot be kept, or is not ours."""


class StateFolder(Generic[_Kept]):
    """One folder below a repository's state, of values of one kind; each is a JSON file that is read and written whole."""

    def __init__(self, directory: str, name: str, kind: type[_Kept]) -> None:
        """Remember the folder; it is made by the first write."""
        self._parent = directory
        self._name = name
        self._kind = kind

    def every(self) -> Iterator[tuple[str, _Kept]]:
        """The values that can be read, each with its id, in the order of their files.

        Raises:
            StateError: the folder is a link, or somebody else's.
        """
        with self._opened(make=False) as folder:
            names = [] if folder is None else sorted(os.listdir(folder))
        for id in (name.removesuffix(".json") for name in names if name.endswith(".json")):
            value = self.get(id)
            if value is not None:
                yield id, value

    def get(self, id: str) -> _Kept | None:
        """A value; None where there is none, or its file is a link, somebody else's, too large, or not as this tool writes it.

        Raises:
            StateError: the folder is a link, or somebody else's.
        """
        with self._opened(make=False) as folder:
            if folder is None or not _ID.fullmatch(id):
                return None
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            try:
                descriptor = os.open(f"{id}.json", flags, dir_fd=folder)
            except OSError:
                return None
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                alone = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
                if not alone or status.st_uid != os.getuid() or status.st_size > _MOST_BYTES:
                    return None
                data = file.read(_MOST_BYTES + 1)
        try:
            return msgspec.json.decode(data, type=self._kind)
        except (msgspec.DecodeError, RecursionError):
            return None

    def put(self, id: str, value: _Kept) -> None:
        """Put a value in its place, all of it or nothing.

        Raises:
            StateError: the folder is a link or somebody else's, or cannot be written.
        """
        with self._opened(make=True) as folder:
            if folder is None or not _ID.fullmatch(id):
                raise StateError("this machine's state cannot be written")
            draft = f".{id}.json.{os.getpid()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(draft, dir_fd=folder)
                descriptor = os.open(draft, flags, 0o600, dir_fd=folder)
                with open(descriptor, "wb") as file:
                    file.write(msgspec.json.encode(value))
                os.replace(draft, f"{id}.json", src_dir_fd=folder, dst_dir_fd=folder)
            except OSError as error:
                raise StateError(f"this machine's state cannot be written: {reason(error)}") from None

    def remove(self, id: str) -> None:
        """Take a value away; nothing where it is not there.

        Raises:
            StateError: the folder is a link, or somebody else's.
        """
        with self._opened(make=False) as folder:
            if folder is not None and _ID.fullmatch(id):
                with contextlib.suppress(OSError):
                    os.unlink(f"{id}.json", dir_fd=folder)

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
