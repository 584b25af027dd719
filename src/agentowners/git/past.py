"""Changes that were merged into a branch, read with the commits they brought: one git for hundreds of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Final, NamedTuple

from msgspec import Struct

from agentowners.change.model import FileChange
from agentowners.git.clone import Clone
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.diff import raw_entry
from agentowners.git.history import COMMIT_FIELDS, commit_of
from agentowners.git.run import PLAIN_LOG, Git, GitError, text
from agentowners.identity.commits import Commit

AT_ONCE: Final = 500
"""Changes read by one git, and held in memory with what they brought."""
_FIELDS: Final = ("/%P", *COMMIT_FIELDS)
"""The slash begins a commit: the fields of a diff begin with a colon."""
_DIFF: Final = ("--diff-merges=first-parent", "--raw", "--root", "-l1000", "--no-relative")
_FORMAT: Final = f"--format=tformat:{'%x00'.join(_FIELDS)}"
_LOG: Final = (*PLAIN_LOG, "--reverse", "--topo-order", *_DIFF, "--encoding=UTF-8", _FORMAT)
_ALIKE: Final = "-M"
_UNCHANGED: Final = "-M100%"


class MainlineCommit(NamedTuple):
    """A commit on the first-parent line of a branch: what one merge brought, whether squashed, rebased or neither."""

    sha: str
    parents: tuple[str, ...]
    when: int
    """Seconds since 1970 at which it was committed."""


class MergedChange(Struct, frozen=True):
    """One merge, with everything that it brought."""

    sha: str
    when: int
    title: str
    """The first line of its message; of a pull request's merge the request's own title."""
    files: tuple[FileChange, ...]
    """Seen from the first parent."""
    commits: tuple[Commit, ...]
    """Those that it brought and itself, newest first. Nothing is proved."""
    paths_of: Callable[[str], frozenset[str] | None]
    """Tells the paths of each of these commits; of a merge those at which it is not what merging its parents makes."""
    is_cut: bool
    """True if the clone is shallow and may lack some of the commits."""


def mainline(git: Git, tip: str, *, last: int | None = None, since: int | None = None) -> tuple[MainlineCommit, ...]:
    """The first-parent line of a branch, the newest first, without commits that have no parent.

    Args:
        git: runs in the repository.
        tip: the commit to begin at.
        last: as many are listed at most.
        since: seconds since 1970; it ends at the first commit that is older.
    """
    limit = () if last is None else (f"--max-count={last}",)
    line: list[MainlineCommit] = []
    for field in git.fields("log", "-z", "--first-parent", "--no-patch", *limit, "--format=tformat:%H %ct %P", tip, "--"):
        sha, when, *parents = text(field).split(" ")
        commit = MainlineCommit(sha, tuple(filter(None, parents)), int(when))
        if since is not None and commit.when < since:
            break
        if commit.parents:
            line.append(commit)
    return tuple(line)


def merged_changes(git: Git, clone: Clone, line: Sequence[MainlineCommit]) -> Iterator[MergedChange]:
    """Changes of some neighbouring commits of a mainline, the oldest first.

    A commit belongs to the oldest merge that reaches it.

    Args:
        git: runs in the repository.
        clone: the repository.
        line: as ``mainline`` lists them.
    """
    on_line = {commit.sha: commit for commit in line}
    below = line[-1].parents[0]

    @cache
    def of_merges() -> CommitPaths:
        listed = git.run("rev-list", "--merges", "--reverse", "--topo-order", line[0].sha, f"^{below}", "--")
        return CommitPaths(clone, text(listed).split())

    # contents of files may be missing, by which renames of changed files are told
    is_partial = git.run("config", "--get-regexp", r"^remote\..*\.promisor$", accept=(0, 1)) != b""
    renames = _UNCHANGED if is_partial else _ALIKE
    unclaimed: dict[str, _Read] = {}
    for read in _read_log(git, renames, line[0].sha, below):
        sha = read.commit.sha
        if sha not in on_line:
            unclaimed[sha] = read
            continue
        brought = _claim(read, unclaimed)
        commits = tuple(each.commit for each in brought)
        yield MergedChange(
            sha=sha,
            when=on_line[sha].when,
            title=_title(read.commit.message),
            files=read.files,
            commits=commits,
            paths_of=partial(_paths_of, {each.commit.sha: each for each in brought}, of_merges),
            is_cut=any(each.commit.sha in clone.boundary for each in brought),
        )


def _title(message: str) -> str:
    """A merge made by GitHub names a branch in its first line, and the title in the next."""
    first, *rest = message.splitlines() or [""]
    title = next((line for line in rest if line.strip()), None)
    number = re.match(r"Merge pull request (#[0-9]+) from ", first, re.ASCII)
    return first if number is None or title is None else f"{title} ({number[1]})"


def _paths_of(brought: Mapping[str, _Read], of_merges: Callable[[], CommitPaths], sha: str) -> frozenset[str] | None:
    """The paths of a commit; git is asked about merges once somebody wants to know."""
    read = brought.get(sha)
    return None if read is None else read.paths if len(read.parents) < 2 else of_merges().of(sha)


class _Read(NamedTuple):
    """A commit as git lists it, with its differences from its first parent."""

    commit: Commit
    parents: tuple[str, ...]
    files: tuple[FileChange, ...]

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(path for file in self.files for path in (file.path, file.previous_path) if path is not None)


def _claim(merge: _Read, unclaimed: dict[str, _Read]) -> list[_Read]:
    """A merge with all that it reaches and nothing before it did, newest first; these are unclaimed no more."""
    brought = [merge]
    stack = list(merge.parents)
    claimed: set[str] = set()
    while stack:
        read = unclaimed.get(stack.pop())
        if read is not None and read.commit.sha not in claimed:
            claimed.add(read.commit.sha)
            stack += read.parents
    brought += [read for sha, read in reversed(unclaimed.items()) if sha in claimed]
    for sha in claimed:
        del unclaimed[sha]
    return brought


def _read_log(git: Git, renames: str, tip: str, below: str) -> Iterator[_Read]:
    fields = git.fields(*_LOG, renames, tip, f"^{below}", "--")
    field = next(fields, None)
    while field is not None:
        if not field.startswith(b"/"):
            raise GitError("git's list of commits has a form that is not understood")
        try:
            values = [text(field)[1:], *(text(next(fields)) for _ in _FIELDS[1:])]
        except (StopIteration, RuntimeError):
            raise GitError("git's list of commits has a form that is not understood") from None
        files: list[FileChange] = []
        field = next(fields, None)
        while field is not None and field.lstrip(b"\n").startswith(b":"):
            files.append(raw_entry(field.lstrip(b"\n"), fields))
            field = next(fields, None)
        parents, *row = values
        yield _Read(commit_of(row), tuple(parents.split()), tuple(files))
