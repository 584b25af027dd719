"""Git trees and blobs, each fetched once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final
from urllib.parse import quote

from agentowners.change.model import Kind
from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.reading import JsonNode, MalformedError
from agentowners.values import PartlyCompared

_LINK: Final = "120000"
_SUBMODULE: Final = "160000"
_TREE: Final = "040000"
_EMPTY: Final = frozenset(
    {"4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"}
)
"""The tree without entries, which a commit may have that leaves no file; by either kind of id."""


class TreeEntry(PartlyCompared, frozen=True):
    """An entry of a tree."""

    uncompared: ClassVar = frozenset({"size"})

    mode: str
    sha: str
    size: int | None = None
    """A file's, in bytes; None where it is not told."""

    @property
    def kind(self) -> Kind:
        """Kind of the entry, a directory being no file."""
        if self.mode == _LINK:
            return Kind.SYMLINK
        if self.mode == _SUBMODULE:
            return Kind.SUBMODULE
        return Kind.NOTHING if self.mode == _TREE else Kind.FILE

    @property
    def is_tree(self) -> bool:
        """True if it is a directory."""
        return self.mode == _TREE


Tree = Mapping[str, Sequence[TreeEntry]]
"""Entries by name; more than one where GitHub shows several names alike, which it does where they are not valid UTF-8."""


class Trees:
    """The repository's trees and blobs."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._trees: dict[str, Tree] = {}
        self._blobs: dict[str, bytes] = {}

    def branch(self, name: str) -> tuple[str, Tree]:
        """The root directory at a branch's tip and its id, always asked for anew.

        The ref is named in full, so that no tag of the branch's name is taken for it.
        """
        return self._fetch(f"refs/heads/{name}")

    def tree(self, sha: str) -> Tree:
        """A directory, by the id of its tree or of a commit."""
        if sha not in self._trees:
            self._trees[sha] = self._fetch(sha)[1]
        return self._trees[sha]

    def below(self, tree: Tree, folders: Sequence[str]) -> Tree | None:
        """The directory that these names lead to, one below the other; None where one of them is no directory."""
        for folder in folders:
            entries = tree.get(folder, ())
            if not entries or not entries[0].is_tree:
                return None
            tree = self.tree(entries[0].sha)
        return tree

    def whole(self, sha: str, *, attempts: int | None = None) -> Tree | None:
        """A directory and all that lies below it, entries by their path from there; None where GitHub does not list it whole.

        It is asked for as often as the client's patience has it, or ``attempts`` times.

        Source: https://docs.github.com/en/rest/git/trees#get-a-tree
        """
        _, entries = self._list(sha, {"recursive": "1"}, attempts)
        if entries is None:
            return None
        # an answer to the question without its query, as it comes after a redirect, has directories with nothing below them
        filled = {path.rpartition("/")[0] for path in entries}
        empty = any(path not in filled for path, here in entries.items() if any(entry.is_tree for entry in here))
        return None if empty else entries

    def _fetch(self, name: str) -> tuple[str, Tree]:
        sha, entries = self._list(name)
        if entries is None:
            raise PlatformError(Trouble.INCOMPLETE, "a directory has more entries than GitHub lists", help="split the directory")
        return sha, entries

    def _list(self, name: str, query: Mapping[str, str] | None = None, attempts: int | None = None) -> tuple[str, Tree | None]:
        """The id of a tree, and its entries; None in their place where GitHub cut them off."""
        node = self._api.get(f"{self._api.root}/git/trees/{quote(name, safe='')}", query, attempts=attempts)
        sha = node["sha"].sha()
        if node.is_on("truncated"):
            return sha, None
        if not node["tree"].items() and sha not in _EMPTY:
            raise PlatformError(Trouble.UNAVAILABLE, "GitHub lists nothing in a directory, and git has no empty ones")
        entries: dict[str, list[TreeEntry]] = {}
        for item in node["tree"].items():
            entry = TreeEntry(item["mode"].text(), item["sha"].sha(), item.maybe("size", JsonNode.number))
            entries.setdefault(item["path"].text(), []).append(entry)
        return sha, entries

    def blob(self, sha: str) -> bytes:
        """A file's bytes.

        Raises:
            MalformedError: they are not what GitHub says they are.
        """
        if sha not in self._blobs:
            node = self._api.get(f"{self._api.root}/git/blobs/{sha}")
            if node["encoding"].text() != "base64":
                raise MalformedError(f"GitHub sent a file in the encoding `{node['encoding'].text()}`")
            try:
                data = base64.b64decode(node["content"].text())
            except binascii.Error:
                raise MalformedError("GitHub sent a file that is not valid base64") from None
            if node.maybe("size", JsonNode.number) not in (None, len(data)):
                raise MalformedError("GitHub sent a part of a file only")
            self._blobs[sha] = data
        return self._blobs[sha]

    def kind(self, commit: str, path: str) -> Kind:
        """Kind of entry at a path in a commit."""
        tree = self.tree(commit)
        *folders, name = path.split("/")
        for folder in folders:
            entries = tree.get(folder, ())
            if len(entries) > 1:
                return Kind.UNKNOWN
            if not entries or not entries[0].is_tree:
                return Kind.NOTHING
            tree = self.tree(entries[0].sha)
        return kind_of(tree.get(name, ()))


def kind_of(entries: Sequence[TreeEntry]) -> Kind:
    """Kind of entry at one path; not known where several names look alike and are of different kinds."""
    kinds = {entry.kind for entry in entries}
    if len(kinds) > 1:
        return Kind.UNKNOWN
    return kinds.pop() if kinds else Kind.NOTHING
