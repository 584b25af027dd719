"""Shell sessions of the documentation that talk to GitHub: to the loopback server, where a shop is set up by halves."""

from __future__ import annotations

from pathlib import Path

from tests.cli.doctor.shop import administrator, shop
from tests.docs.pages import Block
from tests.docs.sessions import session
from tests.github_server.server import GitHubServer

WORD = "on-github"
"""What the info string of such a session says."""


def on_github(block: Block, place: Path) -> list[tuple[str, str]]:
    """The commands of a session, each with its output; asked by the shop's administrator."""
    place.mkdir(parents=True, exist_ok=True)
    with GitHubServer() as server:
        repo = shop(server)
        variables = {
            "GITHUB_TOKEN": administrator(server),
            "GITHUB_API_URL": server.url,
            "GITHUB_REPOSITORY": repo.full_name,
        }
        found = session(block, place, variables)
    assert not server.violations, server.violations
    return found
