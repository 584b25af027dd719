"""A repository's files, by directory and by name."""

from __future__ import annotations

from functools import cached_property


class FileTree:
    """The files of a repository; each index is made by the first question that needs it."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        """Take paths from the repository's root, in any order."""
        self.paths = paths

    @cached_property
    def files(self) -> frozenset[str]:
        """Every path."""
        return frozenset(self.paths)

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory, without a slash at its end."""
        found: set[str] = set()
        for path in self.paths:
            directory = path.rpartition("/")[0]
            while directory and directory not in found:
                found.add(directory)
                directory = directory.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Paths of files and directories by their last segment in lower case, the shorter ones first."""
        found: dict[str, list[str]] = {}
        for path in sorted((*self.paths, *self.directories), key=lambda path: (path.count("/"), path)):
            found.setdefault(path.rpartition("/")[2].lower(), []).append(path)
        return found

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Entries directly in each directory; the root is the empty name."""
        found: dict[str, list[str]] = {}
        for path in (*self.paths, *self.directories):
            parent, _, name = path.rpartition("/")
            found.setdefault(parent, []).append(name)
        return found

    def has(self, path: str) -> bool:
        """True if a file or a directory of that path is there."""
        return path in self.files or path in self.directories
