"""Finds the judged changes of a pull request: those of its head, and what merging it writes on the base branch besides.

GitHub lists what the head changed against one merge base. There may be several; the base may have moved a file since; and the
test merge, which would tell, is of the base as it was when the head was pushed. So the union is judged: of what was changed since
every merge base, of what the test merge writes, and of where the base has moved any of it since.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.action.base_merges import BaseMerges
from agentowners.change.model import Because, FileChange, Kind, Status
from agentowners.github.client import PER_PAGE
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import CommitChange, Difference, Pull
from agentowners.report.shared.escape import quoted

MAX_SIDES: Final = 10
"""As many commits at which a branch has left its base are looked into."""
_STOOD: Final = frozenset({Status.MODIFIED, Status.CHANGED, Status.WRITTEN})
"""Status of a file that stood there before and after."""
_UPDATE: Final = "update the branch: merge the base branch into it, or rebase it"


class Landing(Struct, frozen=True):
    """Everything that is judged of a change."""

    files: tuple[FileChange, ...]
    """Those that its head changed, and those that merging it changes beside them."""
    conflict: bool = False
    """True if it cannot be merged as it is."""
    notes: tuple[str, ...] = ()
    """Remarks for a person on how this was found."""


def every_path(files: Iterable[FileChange]) -> set[str]:
    """The paths that changes touch."""
    return {path for file in files for path in file.paths}


def beside(listed: Iterable[FileChange], written: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Changes that merging makes and no list has: nobody is known for them, so they are everybody's."""
    known = every_path(listed)
    return tuple(replace(file, because=Because.LANDS, everybodys=True) for file in written if not known.issuperset(file.paths))


def moved(files: Iterable[FileChange], moves: Difference) -> tuple[FileChange, ...]:
    """Changes written in place of files that the base branch has moved since.

    Raises:
        PlatformError: one of them is gone from there, and nothing tells where to.
    """
    changes: dict[str, FileChange] = {}
    renamed, gone = moves.renamed, {file.path for file in moves.files if file.status is Status.REMOVED}
    for file in files:
        for path in file.paths:
            to = renamed.get(path)
            if to is not None:
                changes.setdefault(to, _in_place_of(file, path, to))
        if file.path in gone and file.status in _STOOD:
            raise PlatformError(
                Trouble.INCOMPLETE,
                f"the base branch has no {quoted(file.path)} any more, which is changed here, and nothing tells where it went",
                help=_UPDATE,
            )
    return tuple(changes.values())


def _in_place_of(file: FileChange, path: str, to: str) -> FileChange:
    status = file.status if path == file.path else Status.REMOVED
    status = status if status in (Status.REMOVED, *_STOOD) else Status.WRITTEN
    after = Kind.NOTHING if status is Status.REMOVED else file.after
    stands_for = path if file.stands_for is None else file.stands_for
    return FileChange(to, status, None, file.before, after, None, Because.LANDS, stands_for, file.everybodys)


class Ground(Struct, dict=True):
    """The base branch under one pull request, as far as it was asked for; each question is asked once."""

    host: GitHubHost
    pull: Pull
    merges: BaseMerges
    waits: bool = True
    """True if to wait while GitHub still works out whether it can be merged; not any longer where it took too long."""
    _asked: int = 0
    _moves: dict[str, Difference | None] = field(default_factory=dict)
    """Changes of the base branch since it was at a commit, with all files."""

    def landing(self, listed: tuple[FileChange, ...]) -> Landing:
        """Everything that is judged of the pull request, beside what only a rebase would write.

        Raises:
            PlatformError: a part of it cannot be had, or not whole.
        """
        while self._is_unsettled() and self._ask_again():
            pass
        changed, notes = self._changed(listed), []
        if len(self.sides) > 1:
            names = " and ".join(sha[:7] for sha in self.sides)
            notes.append(
                f"the branch has left {quoted(self.pull.base_ref)} at {names}: what it changed since each of them is judged"
            )
        if self.pull.mergeable is False:
            return Landing(changed, conflict=True, notes=tuple(notes))
        if not self.base_moved:
            return Landing(changed, notes=tuple(notes))
        trial, sha = self.trial, self.pull.merge_commit
        if trial is None or sha is None:
            notes.append(
                f"GitHub has no test merge with {quoted(self.pull.base_ref)} as it is: judged is what the head changed, and where"
                " the base branch has moved that since"
            )
            files = changed
            for side in self.sides:
                files = _joined(files, moved(changed, self.moves_since(side)))
            return Landing(files, notes=tuple(notes))
        return Landing(self._with_trial(changed, trial, sha), notes=tuple(notes))

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """The merge bases of the head and the base branch: one in nearly every case, and then nothing is asked for.

        Raises:
            PlatformError: there are too many to look into, or none.
        """
        sides = self.merges.own.base_of(self.pull.head)
        own = self.merges.history.commits
        if len(sides) < 2:
            if not sides:
                raise PlatformError(Trouble.INCOMPLETE, "the head shares no commit with the base branch")
            return tuple(sides)
        newest = next(sha for listed in reversed(own) for sha in listed.parents if sha in sides)
        if self.host.commits.difference(newest, self.pull.head).ahead == len(own):
            # all the others are its ancestors
            return (newest,)
        if len(sides) > MAX_SIDES:
            raise PlatformError(
                Trouble.INCOMPLETE, f"the branch has left the base branch at {len(sides)} commits", help="rebase the branch"
            )
        rest = set(sides)
        for sha in sorted(sides):
            if sha in rest:
                rest -= self._behind(sha, rest)
        return tuple(sorted(rest))

    @cached_property
    def forks(self) -> tuple[str, ...]:
        """The commits of the base branch on which commits of the pull request stand, the oldest such commits first."""
        forks = self.merges.own.base_of(self.pull.head)
        return tuple(dict.fromkeys(sha for each in self.merges.history.commits for sha in each.parents if sha in forks))

    def _behind(self, sha: str, others: Iterable[str]) -> set[str]:
        """Those of other commits that the head stands on which lead to one; each is looked up where one request does not tell."""
        contains = self.host.commits.contains
        listed = self.host.commits.few_between(sha, self.pull.head, PER_PAGE)
        since = None if listed is None else {each.sha for each in listed}
        return {each for each in others if each != sha and (contains(sha, each) if since is None else each not in since)}

    @property
    def base_moved(self) -> bool:
        """True if the base branch has commits that the head has not."""
        return self.sides != (self.merges.tip,)

    @cached_property
    def trial(self) -> CommitChange | None:
        """GitHub's test merge of this head with the base branch, or a commit that it has been at; None without one."""
        trial = self._trial_of(self.pull)
        if trial is None or trial.parents[1] != self.pull.head:
            return None
        base = trial.parents[0]
        # after a change of the base branch it may be of another one
        return trial if base == self.merges.tip or self.moves(base) is not None else None

    def moves(self, base: str) -> Difference | None:
        """Changes of the base branch since it was at a commit; None where it never was."""
        if base not in self._moves:
            tip = self.merges.tip
            difference = self.host.commits.difference(base, tip)
            came = difference.status in ("ahead", "identical")
            self._moves[base] = replace(difference, files=self.host.changes.whole(difference, base, tip)) if came else None
        return self._moves[base]

    def moves_since(self, base: str) -> Difference:
        """Changes of the base branch since the head left it there.

        Raises:
            PlatformError: GitHub does not answer, or the base branch was set back.
        """
        moves = self.moves(base)
        if moves is None:
            message = f"the base branch was set back: {base[:7]}, on which the head stands, is not on it"
            raise PlatformError(Trouble.INCOMPLETE, message, help=_UPDATE)
        return moves

    def _changed(self, listed: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
        """Changes of the head against each merge base; where they are several, without what the base branch has as well."""
        if len(self.sides) == 1:
            return listed
        differ = every_path(self.host.changes.between(self.merges.tip, self.pull.head))
        files = [file for file in listed if not differ.isdisjoint(file.paths)]
        known = every_path(files)
        for side in self.sides:
            for file in self.host.changes.between(side, self.pull.head):
                paths = file.paths
                if not (known.issuperset(paths) or differ.isdisjoint(paths)):
                    files.append(replace(file, because=Because.LANDS, everybodys=True))
                    known.update(paths)
        return tuple(files)

    def _with_trial(self, changed: tuple[FileChange, ...], trial: CommitChange, sha: str) -> tuple[FileChange, ...]:
        base = trial.parents[0]
        written = self.host.changes.whole(trial, base, sha)
        known = every_path(changed)
        unlisted = [file for file in written if not known.issuperset(file.paths)]
        origins: dict[str, str] = {}
        if unlisted:
            for side in self.sides:
                origins |= {to: path for path, to in self.moves_since(side).renamed.items() if path in known}
        files = [*changed, *_other_effects(changed, written)]
        for file in unlisted:
            origin = origins.get(file.path)
            files.append(replace(file, because=Because.LANDS, stands_for=origin, everybodys=origin is None))
        moves = None if base == self.merges.tip else self.moves(base)
        return tuple(files) if moves is None else _joined(files, moved(files, moves))

    def _is_unsettled(self) -> bool:
        """True if GitHub has yet to say whether it can be merged, or to make the test merge of this head."""
        if self.pull.mergeable is None:
            return True
        trial = self._trial_of(self.pull) if self.pull.mergeable and self.base_moved else None
        return trial is not None and trial.parents[1] != self.pull.head

    def _trial_of(self, pull: Pull) -> CommitChange | None:
        if pull.mergeable is None or pull.merge_commit is None:
            return None
        with suppress_trouble(Trouble.NOT_FOUND, Trouble.INVALID):
            commit = self.host.commits.opened(pull.merge_commit)
            if len(commit.parents) != 2:
                raise PlatformError(Trouble.UNAVAILABLE, f"GitHub's test merge {pull.merge_commit[:7]} is no merge")
            return commit
        return None

    def _ask_again(self) -> bool:
        """True if GitHub was asked again, and speaks of the same head and base branch."""
        later = self.host.pulls.later(self.pull.number, self._asked) if self.waits else None
        self._asked += 1
        if later is None or (later.head, later.base_ref) != (self.pull.head, self.pull.base_ref):
            # one that has moved on is judged again
            self.waits = self.waits and later is not None
            return False
        self.pull = later
        return True


def _other_effects(changed: Iterable[FileChange], written: Iterable[FileChange]) -> list[FileChange]:
    """Effect of merging on a changed path beside what the head did to it."""
    effects = {(path, file.status) for file in changed for path in file.paths}
    known = {path for path, _ in effects}
    return [
        replace(file, stands_for=None)
        for file in written
        if known.issuperset(file.paths) and any((path, file.status) not in effects for path in file.paths)
    ]


def _joined(files: Iterable[FileChange], further: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Changes, and those further ones of which the path is not among them."""
    files = tuple(files)
    known = every_path(files)
    return (*files, *(file for file in further if file.path not in known))
