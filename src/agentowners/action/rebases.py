"""Commits that were set on a newer base: the same by author, date, message and patch, and so whose they were before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from agentowners.action.base_merges import BaseMerges
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import ListedCommit
from agentowners.identity.commits import Commit

MAX_COMMITS: Final = 20
"""As many are held against the ones they were made of, for one pull request."""
_UNTOLD: Final = (Trouble.NOT_FOUND, Trouble.FORBIDDEN, Trouble.INCOMPLETE, Trouble.INVALID)


class Rebases:
    """Those of one pull request."""

    def __init__(self, merges: BaseMerges) -> None:
        self.merges = merges
        self._left = MAX_COMMITS
        self._known = {listed.sha: listed for listed in merges.history.commits}
        """Commits of the pull request, now or before a rebase."""
        self._made_of: dict[str, str] = {}

    def moved_onto(self, old: str, new: str) -> Mapping[str, str] | None:
        """The commits up to the old one, each with the same one on a newer base, up to the new one; None for anything else.

        Raises:
            PlatformError: GitHub does not answer.
        """
        copies = _line(new, self._known, self._left)
        if not copies or not self.merges.is_insiders():
            return None
        self._left -= len(copies)
        try:
            listed = self.merges.host.commits.few_between(self.merges.tip, old, len(copies))
            originals = _line(old, {each.sha: each for each in listed or ()}, len(copies))
            same = listed is not None and len(originals) == len(listed) == len(copies) and self._are_same(originals, copies)
        except PlatformError as error:
            if error.trouble not in _UNTOLD:
                raise
            return None
        if not same:
            return None
        self._known |= {original.sha: original for original in originals}
        found = {original.sha: copy.sha for original, copy in zip(originals, copies, strict=True)}
        self._made_of |= {copy: original for original, copy in found.items()}
        return found

    def original(self, listed: ListedCommit) -> Commit:
        """A commit as it was made, under the id that it has now: who rebased it is none of its makers."""
        sha = listed.sha
        while sha in self._made_of:
            sha = self._made_of[sha]
        return replace(self._known[sha].commit, sha=listed.sha)

    def _are_same(self, originals: list[ListedCommit], copies: list[ListedCommit]) -> bool:
        return all(
            one.identity == other.identity
            and self.merges.host.changes.is_merge(one.parents[0], other.parents[0], one.sha, other.sha, self.merges.allowance)
            for one, other in zip(originals, copies, strict=True)
        )


def _line(tip: str, known: Mapping[str, ListedCommit], most: int) -> list[ListedCommit]:
    """A commit and all that lead to it from the base, newest first; nothing where that is no line, or longer than ``most``."""
    found: list[ListedCommit] = []
    while tip in known:
        found.append(known[tip])
        if len(known[tip].parents) != 1 or len(found) > most:
            return []
        (tip,) = known[tip].parents
    return found
