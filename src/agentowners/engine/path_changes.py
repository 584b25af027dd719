"""What was done to each path of a change, whatever the number of entries that name it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Generic, TypeVar, assert_never

from agentowners.change.model import FileChange, Kind, Status
from agentowners.policy.model import Action

_T = TypeVar("_T")
_PLAIN = frozenset({Kind.FILE, Kind.NOTHING})
_ORDER = {action: index for index, action in enumerate(Action)}


class PathChange(Generic[_T]):  # noqa: PLW1641 (no hash: what is kept in it changes)
    """What was done to a path. Files to which the same was done share one, so there are few of them."""

    __slots__ = ("actions", "after", "before", "first_line", "judged")

    def __init__(
        self,
        actions: tuple[Action, ...],
        before: Kind,
        after: Kind,
        first_line: int | None,
        judged: dict[object, _T] | None,
    ) -> None:
        """Keep the facts; see the attributes."""
        self.actions = actions
        self.before = before
        self.after = after
        self.first_line = first_line
        """First changed line in the new file, from 1."""
        self.judged = judged
        """Room to keep what was judged about plain files with these actions, by the patterns that match; None where a link or
        a submodule was there, or may have been."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PathChange):
            return NotImplemented
        return (self.actions, self.before, self.after, self.first_line) == (
            other.actions,
            other.before,
            other.after,
            other.first_line,
        )


class PathChanges(Generic[_T]):
    """Collects what was done to each path. A rename is judged twice: as leaving the old path and as taking the new one."""

    def __init__(self, files: Iterable[FileChange]) -> None:
        """Take up every entry of a change."""
        self.of: dict[str, PathChange[_T]] = {}
        self._judged: dict[tuple[Action, ...], dict[object, _T]] = {}
        self._shared: dict[tuple[tuple[Action, ...], Kind, Kind, int | None], PathChange[_T]] = {}
        of = self.of
        path_change = self._deed((), Kind.NOTHING, Kind.NOTHING)
        known: Status | None = None
        for file in files:
            status, before, after = file.status, file.before, file.after
            if status is Status.RENAMED:
                self._rename(file)
                continue
            if (
                status is not known
                or before is not path_change.before
                or after is not path_change.after
                or file.first_line is not path_change.first_line
            ):
                known, path_change = status, self._deed(_ACTIONS[status], before, after, file.first_line)
            if of.setdefault(file.path, path_change) is not path_change:
                self._add(file.path, path_change)

    @property
    def judged(self) -> Iterable[_T]:
        """Everything that was kept in ``Deed.judged``."""
        return (judged for by_match in self._judged.values() for judged in by_match.values())

    def _rename(self, file: FileChange) -> None:
        if file.previous_path is None:
            self._add(file.path, self._deed((Action.FILE_RENAME,), file.before, file.after, file.first_line))
            return
        self._add(file.previous_path, self._deed((Action.FILE_DELETE, Action.FILE_RENAME), file.before, Kind.NOTHING))
        self._add(file.path, self._deed(_ACTIONS[file.status], Kind.NOTHING, file.after, file.first_line))

    def _deed(self, actions: tuple[Action, ...], before: Kind, after: Kind, first_line: int | None = None) -> PathChange[_T]:
        key = (actions, before, after, first_line)
        path_change = self._shared.get(key)
        if path_change is None:
            plain = before in _PLAIN and after in _PLAIN
            judged = self._judged.setdefault(actions, {}) if plain else None
            path_change = self._shared[key] = PathChange(actions, before, after, first_line, judged)
        return path_change

    def _add(self, path: str, path_change: PathChange[_T]) -> None:
        other = self.of.setdefault(path, path_change)
        if other is not path_change:
            self.of[path] = self._deed(
                tuple(sorted({*other.actions, *path_change.actions}, key=_ORDER.__getitem__)),
                path_change.before if other.before is Kind.NOTHING else other.before,
                path_change.after if other.after is Kind.NOTHING else other.after,
                other.first_line if path_change.first_line is None else path_change.first_line,
            )


def actions_of(status: Status) -> tuple[Action, ...]:
    """What a status says was done to the path that now bears the file."""
    match status:
        case Status.ADDED | Status.COPIED:
            return (Action.FILE_CREATE,)
        case Status.MODIFIED | Status.CHANGED:
            return (Action.FILE_MODIFY,)
        case Status.REMOVED:
            return (Action.FILE_DELETE,)
        case Status.RENAMED:
            return (Action.FILE_CREATE, Action.FILE_RENAME)
        case Status.WRITTEN:
            return (Action.FILE_WRITE,)
        case Status.READ:
            return (Action.FILE_READ,)
        case Status.EXECUTED:
            return (Action.SHELL_EXECUTE,)
        case _:
            assert_never(status)


STATUS_OF: Final = {
    Action.FILE_READ: Status.READ,
    Action.FILE_WRITE: Status.WRITTEN,
    Action.FILE_CREATE: Status.ADDED,
    Action.FILE_MODIFY: Status.MODIFIED,
    Action.FILE_DELETE: Status.REMOVED,
    Action.FILE_RENAME: Status.RENAMED,
    Action.SHELL_EXECUTE: Status.EXECUTED,
}
"""The status of a file to which just this action is done."""
_ACTIONS = {status: actions_of(status) for status in Status}
