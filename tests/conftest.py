"""Shared fixtures, and how Hypothesis works here: never by the clock, and in CI the same examples every time."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import agentowners
from tests.examples import examples
from tests.tiers import marks

pytest_plugins = ["tests.github_server.fixtures"]

settings.register_profile("here", examples(25), suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Where tests run, let coverage watch every module's import, and after that nothing but measured tests.

    A module that an unmeasured test imports first would stay uncovered down to its definitions; and watching every line takes as
    long again as running it.
    """
    controller = coverage_of(session.config)
    if controller is not None and controller.cov is not None:
        import_everything()
        controller.pause()


def import_everything() -> None:
    """Import every module there is."""
    for module in pkgutil.walk_packages(agentowners.__path__, "agentowners."):
        import_module(module.name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test's tiers."""
    for item in items:
        for mark in sorted(marks(item)):
            item.add_marker(mark)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure examples that somebody thought of, which are the same each time, not those that Hypothesis makes up."""
    controller = coverage_of(item.config)
    measured = controller is not None and item.get_closest_marker("property") is None
    if measured:
        controller.resume()
    try:
        return (yield)
    finally:
        if measured:
            controller.pause()


def coverage_of(config: pytest.Config) -> Any:
    """What starts and stops coverage; None where nothing is measured."""
    return getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
