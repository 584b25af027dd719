"""The stage on which the loops are played."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action.loops.stage import FakeStage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeStage:
    """A repository `acme/shop` with a policy, on the fake."""
    return FakeStage(tmp_path, monkeypatch)
