"""The commits of a pull request as a graph: which of them others lead to; and which of them GitHub made of another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from agentowners.github.model import ListedCommit
from agentowners.identity.accounts import is_web_flow

Commits = int
"""A set of a pull request's commits: a bit for each."""


class OwnCommits:
    """The commits that the head has and the base branch has not, with their parents."""

    def __init__(self, parents: Mapping[str, Sequence[str]]) -> None:
        """Number the commits, oldest first as far as ``parents`` lists them so."""
        self.parents = parents
        self._numbers = {sha: number for number, sha in enumerate(parents)}
        self._leading: dict[str, Commits] = {}

    def __contains__(self, sha: object) -> bool:
        """True if a commit is one of them."""
        return sha in self.parents

    @cached_property
    def boundary(self) -> frozenset[str]:
        """The commits of the base branch that some of them stand on."""
        return frozenset(parent for parents in self.parents.values() for parent in parents if parent not in self.parents)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Those that stand on commits of the base branch alone: whatever holds any of the commits holds one of these."""
        return tuple(sha for sha, parents in self.parents.items() if not any(parent in self.parents for parent in parents))

    @property
    def every(self) -> Commits:
        """All of them."""
        return (1 << len(self._numbers)) - 1

    def only(self, *shas: str) -> Commits:
        """Some of them, by their ids."""
        return sum({1 << self._numbers[sha] for sha in shas})

    def upto(self, sha: str | None) -> Commits:
        """A commit and all that lead to it; nothing for one that is none of them."""
        if sha is None or sha not in self.parents:
            return 0
        todo = [sha]
        while todo:
            tip = todo[-1]
            missing = [each for each in self.parents[tip] if each in self.parents and each not in self._leading]
            if missing and tip not in self._leading:
                todo += missing
                continue
            todo.pop()
            if tip not in self._leading:
                bits = 1 << self._numbers[tip]
                for parent in self.parents[tip]:
                    bits |= self._leading.get(parent, 0)
                self._leading[tip] = bits
        return self._leading[sha]

    def names(self, commits: Commits) -> tuple[str, ...]:
        """The ids of some, in the opposite order of that in which they are numbered: newest first."""
        bits = bin(commits)[:1:-1]
        return tuple(sha for sha, number in reversed(self._numbers.items()) if bits[number : number + 1] == "1")

    def base_of(self, sha: str) -> set[str]:
        """The commits of the base branch on which one of them, and all that lead to it, stand."""
        return {parent for each in self.names(self.upto(sha)) for parent in self.parents[each]} & self.boundary


_MERGE: Final = re.compile(r"Merge pull request #(?P<number>[1-9][0-9]{0,9}) from \S+")
_SQUASH: Final = re.compile(r".*\(#(?P<number>[1-9][0-9]{0,9})\)")


def number_in(listed: ListedCommit) -> int | None:
    """The pull request for which the merge queue made a commit, None for a commit that GitHub did not make."""
    if not (listed.commit.verified and is_web_flow(listed.commit.committer, None)):
        return None
    first_line = listed.commit.message.partition("\n")[0]
    match = _MERGE.fullmatch(first_line) if len(listed.parents) > 1 else _SQUASH.fullmatch(first_line)
    return None if match is None else int(match["number"])
