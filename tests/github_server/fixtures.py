"""The pytest fixture `github`: a fresh server per test; requests or responses that break GitHub's description fail it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.github_server.server import GitHubServer


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    """A running server; violations left at the end of the test fail the test."""
    with GitHubServer() as server:
        yield server
        violations = list(server.violations)
    assert not violations, "\n".join(str(violation) for violation in violations)
