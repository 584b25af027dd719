"""The paths that single commits change; of a merge, those at which it is not what merging its parents makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agentowners.git.clone import Clone, scratch
from agentowners.git.run import PLAIN_LOG, text

_AT_ONCE: Final = 200
"""Commits looked into by one git."""
_LOG: Final = (*PLAIN_LOG, "--no-walk=unsorted", "--name-only", "--no-renames", "--format=tformat:/%H")
"""No path begins with a slash, so that no path is taken for a commit's line."""
_OF_MERGES: Final = "--diff-merges=remerge"
_AGAINST_ANY: Final = "-m"
_OCTOPUS: Final = "diff: warning: Skipping remerge-diff for octopus merges.\n"


class CommitPaths:
    """Reads the paths of a range's commits as they are asked for, many at once."""

    def __init__(self, clone: Clone, commits: Sequence[str]) -> None:
        """Read nothing yet.

        Args:
            clone: where the commits are.
            commits: ids of the commits of the range, in the order in which they will be asked for.
        """
        self._clone = clone
        self._commits = commits
        self._places = {commit: place for place, commit in enumerate(commits)}
        self._read: dict[str, frozenset[str]] = {}

    def of(self, commit: str) -> frozenset[str] | None:
        """The paths of a commit; None where it is none of the range.

        Raises:
            GitError: the commit, or a tree of it, is missing from the clone.
        """
        place = self._places.get(commit)
        if place is None:
            return None
        if commit not in self._read:
            later = (other for other in self._commits[place:] if other not in self._read)
            self._read |= _look(self._clone, [other for other, _ in zip(later, range(_AT_ONCE), strict=False)])
        return self._read[commit]


def _look(clone: Clone, commits: Sequence[str]) -> dict[str, frozenset[str]]:
    with scratch(clone, commits[0]) as git:
        code, out, _ = git.attempt(*_LOG, _OF_MERGES, *commits)
        if code != 0:
            # a git that cannot merge here, or a merge for which contents are missing
            return _parse(git.run(*_LOG, _AGAINST_ANY, *commits), commits)[0]
        paths, octopuses = _parse(out, commits)
        return paths | (_parse(git.run(*_LOG, _AGAINST_ANY, *octopuses), octopuses)[0] if octopuses else {})


def _parse(out: bytes, commits: Iterable[str]) -> tuple[dict[str, frozenset[str]], list[str]]:
    """The paths of each commit, and the commits of which git says that it does not merge so many parents.

    A commit's line ends in a NUL; a line feed leads to its paths, which end in NULs; what git says instead of paths ends in a
    line feed.
    """
    by_commit: dict[str, set[str]] = {commit: set() for commit in commits}
    octopuses: list[str] = []
    current, at_start = "", True
    for field in text(out).split("\0"):
        if not at_start and field.startswith(_OCTOPUS):
            octopuses.append(current)
            field = field.removeprefix(_OCTOPUS)
        if field.startswith("/"):
            current, at_start = field[1:], False
        elif field:
            by_commit[current].add(field if at_start else field.removeprefix("\n"))
            at_start = True
    return {commit: frozenset(paths) for commit, paths in by_commit.items()}, octopuses
