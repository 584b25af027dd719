"""Resolves a path: as it is spelled, and through the links on its way. Paths are text; on disk they are UTF-8, whatever the
locale says."""

from __future__ import annotations

import errno
import os
import re
import stat
from string import ascii_letters
from typing import Final

from msgspec import Struct

from agentowners.dispatch.model import CallError
from agentowners.policy.spelling import one_spelling

_MAX: Final = 4096
_OWN_CWD: Final = re.compile(r"(?:/+\.)*/+proc/[./]*(?:self|thread-self)/[./]*(?:task/[./]*\d+/[./]*)?cwd(?:/|$)")


_OTHER_CASE: Final = {ord(letter): letter.swapcase() for letter in ascii_letters}
"""Letters that all disks which fold letter case fold; of others they differ in which they do, and how."""


class Spot(Struct, frozen=True):
    """One absolute path that a call may mean."""

    path: str
    link: bool = False
    """True if a symbolic link stands there."""
    directory: bool = False
    """True if a directory stands there, or a link leads to one."""


class SpotCache:
    """Places on disk that were looked up, each once, for paths that are looked up at the same time."""

    def __init__(self) -> None:
        self._statuses: dict[str, os.stat_result | None] = {}
        self._reals: dict[str, str] = {}
        self._listed: dict[str, str] = {}
        self._exact: set[str] = set()
        """Directories that tell letter case apart."""

    def at(self, path: str) -> Spot:
        """The place of an absolute path."""
        status = self._status(path)
        if status is None:
            return Spot(path)
        if stat.S_ISLNK(status.st_mode):
            return Spot(path, link=True, directory=os.path.isdir(_encoded(path)))
        return Spot(path, directory=stat.S_ISDIR(status.st_mode))

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
        status = self._status(place)
        return place if status is None or not stat.S_ISLNK(status.st_mode) else _real(path, path)

    def as_listed(self, path: str) -> str:
        """An absolute path with the names that directories list, where the disk takes other letter case for the same name."""
        directory, _, name = path.rpartition("/")
        above = self._listed.get(directory)
        if above is None:
            above = ""
            for part in directory.split("/")[1:]:
                above = f"{above}/{self._listed_name(above, part)}"
            self._listed[directory] = above
        return f"{above}/{self._listed_name(above, name)}"

    def _status(self, path: str) -> os.stat_result | None:
        if path not in self._statuses:
            try:
                self._statuses[path] = os.lstat(_encoded(path))
            except OSError:
                self._statuses[path] = None
        return self._statuses[path]

    def _listed_name(self, directory: str, name: str) -> str:
        other = name.translate(_OTHER_CASE)
        sure = other != name
        if directory in self._exact or (not sure and (other := name.swapcase()) == name):
            return name
        status, twin = self._status(f"{directory}/{name}"), self._status(f"{directory}/{other}")
        if status is None or twin is None or not os.path.samestat(status, twin):
            if sure and status is not None:
                self._exact.add(directory)
            return name
        try:
            names = [entry.decode("utf-8", "surrogateescape") for entry in os.listdir(_encoded(directory) or b"/")]
        except OSError:
            return name
        key = one_spelling(name)
        return name if name in names else next((each for each in names if one_spelling(each) == key), name)


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
        _check(spellings[-1])
    if home is not None and (path == "~" or path.startswith("~/")):
        spellings.append(home + path[1:])
    own = _OWN_CWD.match(path)
    if own is not None:  # that of the process that runs the call is meant, not of this one
        spellings.append(f"{base}/{path[own.end() :]}")
    by_path: dict[str, Spot] = {}
    for spelling in spellings:
        joined = spelling if spelling.startswith("/") else f"{base}/{spelling}"
        tidy = os.path.normpath(joined)
        tidy = tidy[1:] if tidy.startswith("//") else tidy
        real_paths = [known.real(each) for each in ((tidy,) if joined == tidy else (joined, tidy))]
        for candidate in (tidy, *real_paths, *map(known.as_listed, real_paths)):
            if candidate not in by_path:
                by_path[candidate] = known.at(candidate)
    return tuple(by_path.values())


def _encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _real(path: str, whole: str) -> str:
    encoded = path.encode()
    try:
        os.stat(encoded)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise CallError(f"the links of `{whole}` go in a circle") from None
    return os.path.realpath(encoded).decode("utf-8", "surrogateescape")


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
