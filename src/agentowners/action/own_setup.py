"""Files by which the gate itself is set up: the workflow that runs it, and what that calls of its own repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from agentowners.checkup.workflows import read_workflow

_ACTIONS: Final = ".github/actions/"
"""Folder of actions that are called by others of their kind, too."""
_WORKFLOWS: Final = ".github/workflows/"
_MOST: Final = 10
"""As many workflows that call each other are looked into."""


def setup_changes(workflow: str | None, changed: Sequence[str], read: Callable[[str], bytes | None]) -> list[str]:
    """Changed files that belong to the gate's set-up.

    Args:
        workflow: path of the workflow that runs; None where that is not known, and so nothing is.
        changed: paths, in order.
        read: gives the bytes of a workflow, None where there is none.
    """
    if workflow is None:
        return []
    texts: dict[str, str] = {}
    called, waiting = {workflow, _ACTIONS}, [workflow]
    while waiting and len(texts) < _MOST:
        path = waiting.pop()
        data = read(path) or b""
        texts[path] = data.decode("utf-8", "replace")
        for name in _calls(path, data):
            if name not in called and name.startswith(_WORKFLOWS):
                waiting.append(name)
            called.add(name)
    return [path for path in changed if _is_called(path, called) or any(_names(text, path) for text in texts.values())]


def _calls(path: str, data: bytes) -> Iterator[str]:
    """Workflows and folders of actions that a workflow calls of its own repository."""
    for job in read_workflow(path, data).jobs:
        for uses in (job.uses, *(step.uses for step in job.steps)):
            if uses.startswith("./"):
                yield uses.removeprefix("./").rstrip("/")


def _is_called(path: str, called: set[str]) -> bool:
    return path in called or any(path.startswith(f"{name.rstrip('/')}/") for name in called)


def _names(text: str, path: str) -> bool:
    """True if a text names a path: with its folder, or as ``./name``."""
    dot = r"(?:\./)?" if "/" in path else r"\./"
    return re.search(rf"(?<![\w./-]){dot}{re.escape(path)}(?![\w/-])", text) is not None
