"""Changed files of a range with the entries before and after, from git's raw diff between trees."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.change.model import FileChange, Kind, Status
from agentowners.git.run import PLAIN, Git, GitError, text

_DIFF = ("diff-tree", "-r", "-M", "-l1000", "--no-relative", *PLAIN)
"""Renames are looked for because a rule may name ``file_rename``; the old path is judged either way, as one that is deleted.
Copies are not: a copy is a file that is created."""

_STATUS = {"A": Status.ADDED, "M": Status.MODIFIED, "D": Status.REMOVED, "R": Status.RENAMED, "T": Status.CHANGED}


def files_since(git: Git, bases: tuple[str, ...], head: str) -> tuple[FileChange, ...]:
    """Changes of a commit relative to each of some ancestors.

    Where histories cross there are several merge bases, and what counts as changed depends on which is taken: all count, and a
    path has an entry for each way in which it changed, with links and submodules first.
    """
    if len(bases) == 1:
        return changed_since(git, bases[0], head)
    files = {file: None for base in bases for file in changed_since(git, base, head)}
    return tuple(sorted(files, key=lambda file: file.before in (Kind.FILE, Kind.NOTHING)))


def changed_since(git: Git, base: str, head: str) -> tuple[FileChange, ...]:
    """Differences between two commits or trees."""
    fields = iter(git.run(*_DIFF, "--raw", "-z", base, head).split(b"\0")[:-1])
    return tuple(raw_entry(header, fields) for header in fields)


def differing(git: Git, tree: str, other: str) -> frozenset[str]:
    """The paths at which two commits do not have the same."""
    return frozenset(text(git.run(*_DIFF, "--no-renames", "--name-only", "-z", tree, other)).split("\0")[:-1])


def raw_entry(header: bytes, fields: Iterator[bytes]) -> FileChange:
    """An entry of a raw diff, ``:<mode> <mode> <id> <id> <status>NUL<path>NUL``, with a second path for a rename.

    Args:
        header: everything before the first NUL.
        fields: what comes after it, of which as much is taken as belongs to the entry.

    Raises:
        GitError: it is not understood.
    """
    words = text(header).split(" ")
    if len(words) != 5 or not words[0].startswith(":"):
        raise GitError("git's list of changed files has a form that is not understood")
    old_mode, new_mode, old, new, code = words[0][1:], *words[1:]
    status = _STATUS.get(code[:1])
    if status is None:
        raise GitError(f"git reports a change of kind `{code}`, which is not understood")
    if status is Status.MODIFIED and old == new:
        status = Status.CHANGED
    try:
        first = text(next(fields))
        previous, path = (first, text(next(fields))) if status is Status.RENAMED else (None, first)
    except StopIteration:
        raise GitError("git's list of changed files has a form that is not understood") from None
    return FileChange(path=path, status=status, previous_path=previous, before=kind_of(old_mode), after=kind_of(new_mode))


def kind_of(mode: str) -> Kind:
    """Kind of an entry by its mode, as git writes it: ``100644``."""
    if mode == "000000":
        return Kind.NOTHING
    if mode.startswith("100"):
        return Kind.FILE
    return {"120000": Kind.SYMLINK, "160000": Kind.SUBMODULE}.get(mode, Kind.UNKNOWN)


def first_lines(git: Git, bases: tuple[str, ...], head: str) -> dict[str, int]:
    """The first changed line of each file's new version, for files whose diff shows one."""
    lines: dict[str, int] = {}
    for base in bases:
        patch = git.lines(*_DIFF, "-p", "-U0", "--inter-hunk-context=0", "--submodule=short", "--no-prefix", base, head)
        for path, line in _first_lines(patch):
            lines.setdefault(path, line)
    return lines


def _first_lines(patch: Iterator[bytes]) -> Iterator[tuple[str, int]]:
    path: str | None = None
    remaining = 0
    for line in patch:
        if remaining > 0:
            # A changed line may look like a header, so changed lines are counted, not recognised.
            remaining -= not line.startswith(b"\\")
        elif line.startswith(b"+++ "):
            path = _unquoted(line[4:])
        elif line.startswith(b"@@ "):
            old, new = (_range(word) for word in line.split(b" ", 3)[1:3])
            remaining = old[1] + new[1]
            if path is not None:
                yield path, max(new[0], 1)
                path = None


def _range(word: bytes) -> tuple[int, int]:
    start, comma, count = word[1:].partition(b",")
    return int(start), int(count) if comma else 1


_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


def _unquoted(name: bytes) -> str | None:
    """A path as git writes it in a patch header: in C quotes where it holds anything unusual. None for ``/dev/null``."""
    name = name.removesuffix(b"\t")
    if name == b"/dev/null":
        return None
    if not name.startswith(b'"'):
        return text(name)
    out = bytearray()
    at = 1
    while at < len(name) - 1:
        if name[at : at + 1] != b"\\":
            out += name[at : at + 1]
            at += 1
        elif name[at + 1 : at + 2] in _ESCAPES:
            out.append(_ESCAPES[name[at + 1 : at + 2]])
            at += 2
        else:
            out.append(int(name[at + 1 : at + 4], 8))
            at += 4
    return text(bytes(out))
