"""Shared fixtures, and how Hypothesis works here: never by the clock, and in CI the same examples every time."""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import agentowners

pytest_plugins = ["tests.github_server.fixtures"]

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

TESTS = Path(__file__).parent
MEASURED = ("audit", "change", "corpus", "engine", "identity", "policy", "policy_patterns", "tokens")
"""Where the rooms are tested that are held to a coverage. Watching every line takes as long again as running it, so it is done
here only: a room is covered by its own tests, not by what happens to pass through it, and by examples that somebody thought of,
which are the same each time, not by those that Hypothesis makes up."""
BY_INTERPRETER = (
    *("action", "checkup", "cli", "git", "github", "issuers", "lint", "policy", "report", "starter"),
    *("sinks", "test_records.py", "tokens"),
    *("demo_tests", "docs", "packaging"),  # what is printed, and what is installed
)
"""What depends on the interpreter: how arguments, paths, processes, signals, addresses and characters are taken is the standard
library's, and changes from one Python to the next. `make newer-test` runs it with each newer one; a test compares imports."""
EXHAUSTIVE = ("action/test_every_fault.py", "action/test_model.py")
"""What goes through everything that can happen in whatever order: once is enough, the tests beside it take the same ways."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what depends on the interpreter, and, for pytest-cov, what is not measured."""
    import_everything()
    for item in items:
        place = item.path.relative_to(TESTS)
        room = place.parts[0]
        if room in BY_INTERPRETER and place.as_posix() not in EXHAUSTIVE:
            item.add_marker("interpreter")
        if room not in MEASURED or getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")


def import_everything() -> None:
    """Import every module while coverage watches: one that a test imports first which is not measured would stay uncovered
    down to its definitions, in whichever process that happened.
    """
    for module in pkgutil.walk_packages(agentowners.__path__, "agentowners."):
        import_module(module.name)
