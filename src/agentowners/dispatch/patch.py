"""The files that a patch in the form of ``apply_patch`` names."""

from __future__ import annotations

from typing import Final

from agentowners.dispatch.model import CallError

_HEADS: Final = ("*** Add File:", "*** Update File:", "*** Delete File:", "*** Move to:")


def patched_files(patch: str) -> tuple[str, ...]:
    """The paths that a patch writes, in its order; also those in heads that a lenient reader might take for heads.

    Raises:
        CallError: it names none, so that nobody can tell what it writes.
    """
    paths: dict[str, None] = {}
    for line in patch.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        stripped = line.strip()
        for head in _HEADS:
            if stripped.startswith(head):
                paths[stripped[len(head) :].strip()] = None
    if not paths:
        raise CallError("the patch names no file", help="`*** Update File: <path>` names one")
    return tuple(paths)
