"""Shared fixtures, and how Hypothesis works here: never by the clock, and in CI the same examples every time."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import examples
from tests.tiers import marks

pytest_plugins = ["tests.github_server.fixtures"]

settings.register_profile("here", examples(25), suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test's tiers."""
    for item in items:
        for mark in sorted(marks(item)):
            item.add_marker(mark)
