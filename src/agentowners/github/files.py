"""Changed files, from the entries that GitHub lists for pull requests, comparisons and commits alike."""

from __future__ import annotations

from typing import Final

from agentowners.change.hunks import first_line, submodule_commits
from agentowners.change.model import FileChange, Kind, Status
from agentowners.github.reading import JsonNode, MalformedError

_STATUSES: Final = {
    "added": Status.ADDED,
    "modified": Status.MODIFIED,
    "removed": Status.REMOVED,
    "renamed": Status.RENAMED,
    "copied": Status.COPIED,
    "changed": Status.CHANGED,
    "unchanged": Status.MODIFIED,
}


def file_change(entry: JsonNode) -> FileChange:
    """One entry of a list of files; a status that is not known becomes ``WRITTEN``, which every restriction matches.

    GitHub does not tell the kind of what stands at a path. Only for a submodule it can be seen: the patch names the commit,
    and the entry's object id is that commit, which no file's could be.
    Source: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files

    Raises:
        MalformedError: it is not what GitHub documents, such as a rename without the old path.
    """
    status = _STATUSES.get(entry["status"].text(), Status.WRITTEN)
    patch, previous, sha = (entry.maybe(name, JsonNode.text) for name in ("patch", "previous_filename", "sha"))
    before = Kind.NOTHING if status is Status.ADDED else Kind.UNKNOWN
    after = Kind.NOTHING if status is Status.REMOVED else Kind.UNKNOWN
    old, new = submodule_commits(patch)
    if status is Status.REMOVED:
        before = Kind.SUBMODULE if old is not None and old == sha else before
    elif new is not None and new == sha:
        after = Kind.SUBMODULE
        before = Kind.SUBMODULE if old is not None else before
    if status is Status.RENAMED and previous is None:
        raise MalformedError(f"`{entry.where}` is renamed, and does not say from where")
    return FileChange(
        path=entry["filename"].text(),
        status=status,
        previous_path=previous,
        before=before,
        after=after,
        first_line=first_line(patch),
    )


_REVERSED: Final = {Status.ADDED: Status.REMOVED, Status.REMOVED: Status.ADDED, Status.MODIFIED: Status.MODIFIED}


def reverse(file: FileChange) -> FileChange:
    """The change that takes this one back."""
    if file.status is Status.RENAMED and file.previous_path is not None:
        return FileChange(file.previous_path, Status.RENAMED, file.path, file.after, file.before)
    return FileChange(file.path, _REVERSED.get(file.status, Status.WRITTEN), None, file.after, file.before)
