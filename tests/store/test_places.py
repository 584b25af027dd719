"""The places that a path may mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentowners.store.places import as_listed, spots


@pytest.fixture
def caseless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory on a disk that takes other letter case for the same name, as macOS and Windows have it."""
    (tmp_path / "Security").mkdir()
    (tmp_path / "Security" / "keys.py").touch()
    look = os.lstat

    def lstat(path: bytes) -> os.stat_result:
        found = b"/"
        for part in path.split(b"/")[1:]:
            listed = os.listdir(found) if os.access(found, os.R_OK) and os.path.isdir(found) else []
            found = os.path.join(found, next((name for name in listed if name.lower() == part.lower()), part))
        return look(found)

    monkeypatch.setattr("agentowners.store.places.os.lstat", lstat)
    return tmp_path


def test_a_name_in_other_letter_case_is_the_one_that_is_listed(caseless: Path) -> None:
    assert as_listed(f"{caseless}/SECURITY/KEYS.py") == f"{caseless}/Security/keys.py"
    assert as_listed(f"{caseless}/SECURITY/new.py") == f"{caseless}/Security/new.py"


def test_names_are_told_apart_where_the_disk_does(tmp_path: Path) -> None:
    (tmp_path / "Security").mkdir()
    (tmp_path / "sECURITY").mkdir()
    for name in ("SECURITY/KEYS.py", "sECURITY/x", "security"):
        assert as_listed(f"{tmp_path}/{name}") == f"{tmp_path}/{name}"
        assert {spot.path for spot in spots(name, str(tmp_path), None)} == {f"{tmp_path}/{name}"}
