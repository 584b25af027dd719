"""Actions done to each path of a change, whatever the number of entries that name it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final, assert_never

from msgspec import Struct

from agentowners.change.model import FileChange, Kind, Status
from agentowners.policy.model import Action


class PathChange(Struct, frozen=True, dict=True):
    """Actions done to one path."""

    actions: tuple[Action, ...]
    before: Kind
    after: Kind
    first_line: int | None = None
    """First changed line in the new file, from 1."""

    @cached_property
    def is_plain(self) -> bool:
        """True if it is known that no link and no submodule stands or stood there."""
        return {self.before, self.after} <= {Kind.FILE, Kind.NOTHING}


def collect_path_changes(files: Iterable[FileChange]) -> dict[str, PathChange]:
    """The actions done to each path. A rename is judged twice: as leaving the old path and as taking the new one."""
    changes: dict[str, PathChange] = {}
    for file in files:
        for path, change in _ends(file):
            changes[path] = _both(changes[path], change) if path in changes else change
    return changes


def _ends(file: FileChange) -> tuple[tuple[str, PathChange], ...]:
    if file.status is not Status.RENAMED:
        return ((file.path, _change(file.status, file.before, file.after, file.first_line)),)
    if file.previous_path is None:
        return ((file.path, PathChange((Action.FILE_RENAME,), file.before, file.after, file.first_line)),)
    return (
        (file.previous_path, PathChange((Action.FILE_DELETE, Action.FILE_RENAME), file.before, Kind.NOTHING)),
        (file.path, _change(file.status, Kind.NOTHING, file.after, file.first_line)),
    )


def _both(first: PathChange, then: PathChange) -> PathChange:
    return PathChange(
        tuple(action for action in Action if action in first.actions or action in then.actions),
        then.before if first.before is Kind.NOTHING else first.before,
        then.after if first.after is Kind.NOTHING else first.after,
        first.first_line if then.first_line is None else then.first_line,
    )


@lru_cache
def _change(status: Status, before: Kind, after: Kind, first_line: int | None) -> PathChange:
    """Shared by the paths to which the same was done: of tens of thousands few differ."""
    return PathChange(actions_of(status), before, after, first_line)


def actions_of(status: Status) -> tuple[Action, ...]:
    """The actions by which a path that bears a file came to have this status."""
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
