"""A server that answers what the test says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agentowners.github.client import Api
from tests.github.stub import Stub, serving


@pytest.fixture
def stubbed() -> Iterator[tuple[Stub, Api]]:
    """A stub and a client of it."""
    with serving() as both:
        yield both
