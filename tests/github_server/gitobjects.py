"""Git's objects written, listed and walked in this process, as git does it: a test makes dozens.

What is rare, large or has more than one right answer is left to git: these functions return None then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

FOLDER = "40000"
MANY = 100
"""Files from which git is quicker, with all its start."""
RESERVED = frozenset({b"", b".", b"..", b".git"})

Leaf = tuple[str, str]
"""Mode and id."""


class Objects(Protocol):
    """What holds the objects."""

    def read(self, sha: str) -> tuple[str, bytes]:
        """Type and content; KeyError where there is none."""
        ...

    def write(self, kind: str, content: bytes) -> str:
        """Keeps an object; its id."""
        ...


def entries(objects: Objects, sha: str) -> Iterator[tuple[bytes, Leaf]]:
    """Name, mode and id of each entry of a tree; KeyError where it is none."""
    kind, content = objects.read(sha)
    if kind != "tree":
        raise KeyError(sha)
    start = 0
    while start < len(content):
        space = content.index(b" ", start)
        end = content.index(b"\0", space)
        yield content[space + 1 : end], (content[start:space].decode(), content[end + 1 : end + 21].hex())
        start = end + 21


class Folder:
    """A tree while it is changed; the folders in it are read when something in them changes."""

    def __init__(self, objects: Objects, sha: str | None) -> None:
        self.objects = objects
        self.inside: dict[bytes, Leaf | Folder] = dict(entries(objects, sha)) if sha else {}

    def put(self, path: Sequence[bytes], leaf: Leaf | None) -> None:
        """Put something at a path, in place of whatever is in its way, or take away what is there."""
        name, *rest = path
        there = self.inside.get(name)
        if isinstance(there, tuple) and there[0] == FOLDER and rest:
            there = self.inside[name] = Folder(self.objects, there[1])
        if rest and (leaf or isinstance(there, Folder)):
            inner = there if isinstance(there, Folder) else Folder(self.objects, None)
            inner.put(rest, leaf)
            self.inside[name] = inner
            if not inner.inside:
                del self.inside[name]
        elif leaf and not rest:
            self.inside[name] = leaf
        elif not rest:
            self.inside.pop(name, None)

    def write(self) -> str:
        """Write the tree and those in it; its id."""
        leaves = {name: (FOLDER, each.write()) if isinstance(each, Folder) else each for name, each in self.inside.items()}
        # git sorts as if a folder's name ended with a slash
        ordered = sorted(leaves.items(), key=lambda entry: entry[0] + b"/" if entry[1][0] == FOLDER else entry[0])
        return self.objects.write("tree", b"".join(b"%s %s\0%s" % (m.encode(), n, bytes.fromhex(s)) for n, (m, s) in ordered))


def change(objects: Objects, tree: str | None, leaves: Mapping[bytes, Leaf | None]) -> str | None:
    """Write a tree with some paths changed; its id, or None for paths that git takes care of better."""
    paths = {path: path.split(b"/") for path in leaves}
    if len(leaves) > MANY or any(RESERVED & set(path) for path in paths.values()):
        return None
    root = Folder(objects, tree)
    for removing in (True, False):
        for path, leaf in leaves.items():
            if (leaf is None) is removing:
                root.put(paths[path], leaf)
    return root.write()


def listed(objects: Objects, tree: str, *, recursive: bool, prefix: bytes = b"") -> Iterator[tuple[bytes, Leaf]]:
    """Paths of a tree with modes and ids, a folder before what is in it."""
    for name, (mode, sha) in entries(objects, tree):
        yield prefix + name, (mode, sha)
        if recursive and mode == FOLDER:
            yield from listed(objects, sha, recursive=True, prefix=prefix + name + b"/")


class History:
    """Who descends from whom."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self._parents: dict[str, tuple[str, ...]] = {}

    def parents(self, sha: str) -> tuple[str, ...]:
        """A commit's parents; KeyError where there is no such commit."""
        if sha not in self._parents:
            kind, content = self.objects.read(sha)
            if kind != "commit":
                raise KeyError(sha)
            head = content.partition(b"\n\n")[0].split(b"\n")
            self._parents[sha] = tuple(line[7:].decode() for line in head if line.startswith(b"parent "))
        return self._parents[sha]

    def ancestors(self, *shas: str) -> set[str]:
        """The commits and all they descend from."""
        reached: set[str] = set()
        waiting = list(shas)
        while waiting:
            sha = waiting.pop()
            if sha not in reached:
                reached.add(sha)
                waiting += self.parents(sha)
        return reached

    def base(self, one: str, other: str) -> tuple[str, ...] | None:
        """The best common ancestor of two commits, if any; None where there are several, which git has an order for."""
        try:
            common = self.ancestors(one) & self.ancestors(other)
        except KeyError:
            return None
        best = common.difference(*(self.parents(sha) for sha in common))
        return tuple(best) if len(best) < 2 else None

    def chain(self, head: str, exclude: Iterable[str]) -> list[str] | None:
        """The commits reachable from head and not from the others, the oldest first; None where they are not one line."""
        try:
            wanted = self.ancestors(head) - self.ancestors(*exclude)
        except KeyError:
            return None
        found: list[str] = []
        ahead = [head] if head in wanted else []
        while len(ahead) == 1:
            found += ahead
            ahead = [parent for parent in dict.fromkeys(self.parents(ahead[0])) if parent in wanted]
        return found[::-1] if len(found) == len(wanted) else None
