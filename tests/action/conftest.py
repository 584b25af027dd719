"""The world that the action's tests act in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action.world import World
from tests.github_server.server import GitHubServer


@pytest.fixture
def world(github: GitHubServer, tmp_path: Path) -> World:
    """A repository with a policy; see ``World``."""
    return World.make(github, tmp_path)
