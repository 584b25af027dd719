"""Webhook payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer


def build(server: GitHubServer, event: str, action: str | None, **facts: Any) -> dict[str, Any]:
    """Not yet."""
    raise NotImplementedError(event)
