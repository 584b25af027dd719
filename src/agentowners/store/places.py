"""Resolves a path: as it is spelled, and through the links on its way. Paths are text; on disk they are UTF-8, whatever the
locale says."""

from __future__ import annotations

import errno
import os
import re
import stat
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
    directory: bool = False
    """True if a directory stands there, or a link leads to one."""


class SpotCache:
    """SpotCache on disk that were looked up, each once, for paths that are looked up at the same time."""

    def __init__(self) -> None:
        self._spots: dict[str, Spot] = {}
        self._reals: dict[str, str] = {}
        self._listed: dict[str, str] = {}

    def at(self, path: str) -> Spot:
        """The place of an absolute path."""
        spot = self._spots.get(path)
        if spot is None:
            spot = self._spots[path] = _spot(path)
        return spot

    def real(self, path: str) -> str:
        """Real path of an absolute path, as far as it exists.

        Raises:
            CallError: its links go in a circle.
        """
        directory, _, name = path.rpartition("/")
        if not directory or name in ("", ".", ".."):
            return _real(path, path)
        above = self._reals.get(directory)
        if above is None:
            above = self._reals[directory] = _real(directory, path).rstrip("/")
        place = f"{above}/{name}"
        return _real(path, path) if self.at(place).link else place

    def as_listed(self, path: str) -> str:
        """An absolute path with the names that directories list, where the disk takes other letter case for the same name."""
        directory, _, name = path.rpartition("/")
        above = self._listed.get(directory)
        if above is None:
            above = ""
            for part in directory.split("/")[1:]:
                above = f"{above}/{_listed_name(above, part)}"
            self._listed[directory] = above
        return f"{above}/{_listed_name(above, name)}"


def spots(path: str, base: str, home: str | None, known: SpotCache | None = None) -> tuple[Spot, ...]:
    """The absolute paths that a path of a call may mean, each once: as it is spelled, and where links lead to.

    A client may take ``..`` out before the links on the way are followed, or after; both are among them.

    Args:
        path: as the call spells it.
        base: absolute path of the directory it is relative to.
        home: the home directory, which some clients put in for ``~``.
        known: those that were looked up at the same time.

    Raises:
        CallError: it cannot be a path, or its links go in a circle.
    """
    _check(path)
    known = known or SpotCache()
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
        reals = [known.real(each) for each in ((tidy,) if joined == tidy else (joined, tidy))]
        for candidate in (tidy, *reals, *map(known.as_listed, reals)):
            if candidate not in found:
                found[candidate] = known.at(candidate)
    return tuple(found.values())


def _spot(path: str) -> Spot:
    encoded = path.encode("utf-8", "surrogateescape")
    try:
        mode = os.lstat(encoded).st_mode
    except OSError:
        return Spot(path)
    if stat.S_ISLNK(mode):
        return Spot(path, link=True, directory=os.path.isdir(encoded))
    return Spot(path, directory=stat.S_ISDIR(mode))


def _real(path: str, whole: str) -> str:
    encoded = path.encode()
    try:
        os.stat(encoded)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise CallError(f"the links of `{whole}` go in a circle") from None
    return os.path.realpath(encoded).decode("utf-8", "surrogateescape")


def _listed_name(directory: str, name: str) -> str:
    other = name.swapcase()
    if other == name or not _same(f"{directory}/{name}", f"{directory}/{other}"):
        return name
    try:
        listed = os.listdir(directory.encode("utf-8", "surrogateescape") or b"/")
    except OSError:
        return name
    names = [each.decode("utf-8", "surrogateescape") for each in listed]
    key = one_spelling(name)
    return name if name in names else next((each for each in names if one_spelling(each) == key), name)


def _same(path: str, other: str) -> bool:
    try:
        found = os.lstat(other.encode("utf-8", "surrogateescape"))
        return os.path.samestat(found, os.lstat(path.encode("utf-8", "surrogateescape")))
    except OSError:
        return False


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
