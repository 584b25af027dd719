"""Which open pull requests a push to their base branch can have given another verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agentowners.change.model import FileChange, Status
from agentowners.github.model import Glance, PullSummary

_SETTLED: Final = ("Allowed", "Blocked: ", "Waiting for approval", "No policy")
"""So begin the titles of those to which neither a review that was not heard nor a conflict makes a difference. Others pass by
approvals, say that they conflict, or could not be judged."""
_WOULD_BE: Final = "Would be: "


def touched(glances: Iterable[Glance], files: Sequence[FileChange], *, complete: bool) -> tuple[PullSummary, ...]:
    """The pull requests to judge again after a push.

    Those that change a path which the push moves or removes: what they change lands elsewhere now, or nowhere. And of those that
    pass by approvals, say that they conflict, or could not be judged, the ones that change a path which it changes: there may be
    a conflict now, or none any more.

    Args:
        glances: the open pull requests to the branch.
        files: what the push changed.
        complete: whether those are all; otherwise every path counts.
    """
    moved = {path for file in files for path in _former(file)}
    changed = moved | {file.path for file in files}
    return tuple(
        glance.pull
        for glance in glances
        if _meets(glance, moved, complete) or (_depends_on_reviews(glance) and _meets(glance, changed, complete))
    )


def _former(file: FileChange) -> tuple[str, ...]:
    if file.previous_path is not None:
        return (file.previous_path,)
    return (file.path,) if file.status is Status.REMOVED else ()


def _meets(glance: Glance, paths: set[str], complete: bool) -> bool:
    if glance.paths is None or not complete:
        return bool(paths) or not complete
    return not paths.isdisjoint(glance.paths)


def _depends_on_reviews(glance: Glance) -> bool:
    # what is in progress may pass by what it saw before the push
    return glance.says is None or not all(title.removeprefix(_WOULD_BE).startswith(_SETTLED) for title in glance.says)
