"""Things that the hook of each client does not see, by the facts that the hook itself goes by."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.dispatch.clients import CLIENTS


def unseen_by_hooks() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each client by name, with what it does without asking its hooks."""
    return ((facts.name, facts.unseen) for facts in CLIENTS.values() if facts.unseen)
