"""Default audience of a token for a repository."""

from __future__ import annotations

from agentowners.policy.patterns import ascii_lower


def standard_audiences(host: str, repository: str, id: int | None = None) -> tuple[str, ...]:
    """The audiences of a repository on a host, ``github.com`` and ``owner/name``, and by number where that is known."""
    by_name = ascii_lower(f"agentowners:{host}/{repository}")
    return (by_name,) if id is None else (by_name, ascii_lower(f"agentowners:{host}/id/{id}"))
