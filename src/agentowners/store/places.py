"""Resolves a path: as it is spelled, and through the links on its way. Paths are text; on disk they are UTF-8, whatever the
locale says."""

from __future__ import annotations

import errno
import os
import re
from typing import Final

from msgspec import Struct

from agentowners.dispatch.model import CallError
from agentowners.policy.spelling import one_spelling

_MAX: Final = 4096
_OWN_CWD: Final = re.compile(r"(?:/+\.)*/+proc/[./]*(?:self|thread-self)/[./]*(?:task/[./]*\d+/[./]*)?cwd(?:/|$)")


class Spot(Struct, frozen=True):
    """One absolute path that a call may mean."""

    path: str
    link: bool = False
    """True if a symbolic link stands there."""


class Directories:
    """Directories that were looked up, for paths that are looked up at the same time."""

    def __init__(self) -> None:
        self._reals: dict[str, str] = {}
        self._listed: dict[bytes, bytes] = {}
        self._links: dict[str, bool] = {}

    def is_link(self, path: str) -> bool:
        """True if a symbolic link stands there."""
        if path not in self._links:
            self._links[path] = os.path.islink(path.encode("utf-8", "surrogateescape"))
        return self._links[path]

    def real(self, path: str) -> str:
        """Real path of an absolute path, as far as it exists.

        Raises:
            CallError: its links go in a circle.
        """
        directory, _, name = path.rpartition("/")
        if not directory or name in ("", ".", ".."):
            return _real(path, path)
        if directory not in self._reals:
            self._reals[directory] = _real(directory, path)
        place = os.path.join(self._reals[directory], name)
        return _real(path, path) if self.is_link(place) else place

    def as_listed(self, path: str) -> str:
        """An absolute path with the names that directories list, where the disk takes other letter case for the same name."""
        directory, _, name = path.encode("utf-8", "surrogateescape").rpartition(b"/")
        if directory not in self._listed:
            place = b"/"
            for part in directory.split(b"/")[1:]:
                place = os.path.join(place, _listed_name(place, part))
            self._listed[directory] = place
        place = self._listed[directory]
        return os.path.join(place, _listed_name(place, name)).decode("utf-8", "surrogateescape")


def spots(path: str, base: str, home: str | None, directories: Directories | None = None) -> tuple[Spot, ...]:
    """The absolute paths that a path of a call may mean, each once: as it is spelled, and where links lead to.

    A client may take ``..`` out before the links on the way are followed, or after; both are among them.

    Args:
        path: as the call spells it.
        base: absolute path of the directory it is relative to.
        home: the home directory, which some clients put in for ``~``.
        directories: those that were looked up at the same time.

    Raises:
        CallError: it cannot be a path, or its links go in a circle.
    """
    _check(path)
    directories = directories or Directories()
    spellings = [path]
    if path[:5].lower() == "file:":  # some clients take URIs for paths
        from urllib.parse import unquote  # costs a hook's start-up

        spellings.append("/" + unquote(path[5:].removeprefix("//localhost").lstrip("/")))
    if home is not None and (path == "~" or path.startswith("~/")):
        spellings.append(home + path[1:])
    own = _OWN_CWD.match(path)
    if own is not None:  # that of the process that runs the call is meant, not of this one
        spellings.append(f"{base}/{path[own.end() :]}")
    found: dict[str, Spot] = {}
    for spelling in spellings:
        joined = spelling if spelling.startswith("/") else f"{base}/{spelling}"
        tidy = os.path.normpath(joined)
        tidy = tidy[1:] if tidy.startswith("//") else tidy
        reals = tuple(map(directories.real, dict.fromkeys((joined, tidy))))
        for candidate in dict.fromkeys((tidy, *reals, *map(directories.as_listed, dict.fromkeys(reals)))):
            found.setdefault(candidate, Spot(candidate, directories.is_link(candidate)))
    return tuple(found.values())


def _real(path: str, whole: str) -> str:
    encoded = path.encode()
    try:
        os.stat(encoded)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise CallError(f"the links of `{whole}` go in a circle") from None
    return os.path.realpath(encoded).decode("utf-8", "surrogateescape")


def _listed_name(directory: bytes, name: bytes) -> bytes:
    other = name.swapcase()
    if other == name or not _same(os.path.join(directory, name), os.path.join(directory, other)):
        return name
    try:
        names = os.listdir(directory)
    except OSError:
        return name
    key = _spelled(name)
    return name if name in names else next((each for each in names if _spelled(each) == key), name)


def _same(path: bytes, other: bytes) -> bool:
    try:
        return os.path.samestat(os.lstat(other), os.lstat(path))
    except OSError:
        return False


def _spelled(name: bytes) -> str:
    return one_spelling(name.decode("utf-8", "surrogateescape"))


def directory_exists(path: str) -> bool:
    """True if a directory is there."""
    _check(path)
    return os.path.isdir(path.encode())


def _check(path: str) -> None:
    if "\0" in path:
        raise CallError("a path holds a NUL")
    if len(path) > _MAX:
        raise CallError(f"a path is longer than {_MAX:,} characters")
    if not path:
        raise CallError("a path is empty")
    try:
        path.encode()
    except UnicodeEncodeError:
        raise CallError("a path is no valid text") from None
