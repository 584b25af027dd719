"""What is judged of a change: what its head changed, and what merging it writes on the base branch beside that."""

from __future__ import annotations

from collections.abc import Iterable

from agentowners.change.model import Because, FileChange
from agentowners.records import record, replace


@record
class Landing:
    """Everything that is judged of a change."""

    files: tuple[FileChange, ...]
    """Those that its head changed, and those that merging it changes beside them."""
    conflict: bool = False
    """Whether it cannot be merged as it is."""
    notes: tuple[str, ...] = ()
    """What a person should know of how this was found."""


def paths_of(file: FileChange) -> tuple[str, ...]:
    """The paths that a change touches: of a rename both."""
    return (file.path,) if file.previous_path is None else (file.path, file.previous_path)


def every_path(files: Iterable[FileChange]) -> set[str]:
    """The paths that changes touch."""
    return {path for file in files for path in paths_of(file)}


def beside(listed: Iterable[FileChange], written: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Of the changes that merging makes those that no list has: nobody is known for them, so they are everybody's."""
    known = every_path(listed)
    return tuple(
        replace(file, because=Because.LANDS, everybodys=True) for file in written if not known.issuperset(paths_of(file))
    )
