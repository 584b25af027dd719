"""The places that a path may mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentowners.dispatch.model import CallError
from agentowners.store.places import Spot, SpotCache, spots


@pytest.fixture
def caseless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory on a disk that takes other letter case for the same name, as macOS and Windows have it."""
    (tmp_path / "Security").mkdir()
    (tmp_path / "Security" / "keys.py").touch()
    (tmp_path / "straße").touch()
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
    assert SpotCache().as_listed(f"{caseless}/SECURITY/KEYS.py") == f"{caseless}/Security/keys.py"
    assert SpotCache().as_listed(f"{caseless}/SECURITY/new.py") == f"{caseless}/Security/new.py"
    assert SpotCache().as_listed(f"{caseless}/STRAßE") == f"{caseless}/straße"
    together = SpotCache()
    for name in ("Security", "straße", "keys.py", "SECURITY", "SECURITY/KEYS.PY", "Straße"):
        assert together.as_listed(f"{caseless}/{name}") == SpotCache().as_listed(f"{caseless}/{name}")


def test_each_place_is_looked_at_once_and_letter_case_once_for_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    look = os.lstat
    for name in "abc":
        (tmp_path / name).touch()

    def lstat(path: bytes) -> os.stat_result:
        asked.append(os.path.relpath(path, os.fsencode(tmp_path)).decode())
        return look(path)

    monkeypatch.setattr("agentowners.store.places.os.lstat", lstat)
    together = SpotCache()
    for name in ("a", "b", "b", "c"):
        assert spots(name, str(tmp_path), None, together) == (Spot(f"{tmp_path}/{name}"),)
    assert [name for name in asked if len(name) == 1 and name.isalpha()] == ["a", "A", "b", "c"]


def test_names_are_told_apart_where_the_disk_does(tmp_path: Path) -> None:
    (tmp_path / "Security").mkdir()
    (tmp_path / "sECURITY").mkdir()
    for name in ("SECURITY/KEYS.py", "sECURITY/x", "security"):
        assert SpotCache().as_listed(f"{tmp_path}/{name}") == f"{tmp_path}/{name}"
        assert {spot.path for spot in spots(name, str(tmp_path), None)} == {f"{tmp_path}/{name}"}


SPELLINGS = [
    *(
        "a",
        "dir/a",
        "dir/./a",
        "dir/",
        "dir/../a",
        "dir//a",
        "to-dir/a",
        "to-dir/../a",
        "to-dir/to-a",
        "dir/to-a",
        "to-a/x",
        "a/x",
    ),
    *("away/x", "away", "missing/b/c", "missing/../a", "chain/a", "chain/to-dir", "round/x", "round", "/", "//etc/x", "/etc/.."),
]


def test_paths_that_are_looked_up_at_the_same_time_are_what_each_is_by_itself(tmp_path: Path) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir/a").touch()
    links = {
        "to-dir": "dir",
        "to-a": "dir/a",
        "dir/to-a": "a",
        "chain": "to-dir",
        "dir/to-dir": ".",
        "away": "/nowhere/x",
        "round": "round",
    }
    for link, target in links.items():
        (tmp_path / link).symlink_to(target)

    def meant(path: str, looked_up: SpotCache | None) -> tuple[Spot, ...] | str:
        try:
            return spots(path, str(tmp_path), None, looked_up)
        except CallError as error:
            return error.message

    together = SpotCache()
    for path in [*SPELLINGS, *SPELLINGS]:
        assert meant(path, together) == meant(path, None), path
    assert meant("to-dir/a", together) == (Spot(f"{tmp_path}/to-dir/a"), Spot(f"{tmp_path}/dir/a"))
    (directory,) = spots("dir", str(tmp_path), None, together)
    assert directory == Spot(f"{tmp_path}/dir", directory=True)
    assert Spot(f"{tmp_path}/to-dir", link=True, directory=True) in spots("to-dir", str(tmp_path), None, together)
    assert Spot(f"{tmp_path}/away", link=True) in spots("away", str(tmp_path), None, together)


def test_a_path_may_have_as_many_parts_as_fit() -> None:
    path = "/nowhere" + "/a" * 1_900
    assert {spot.path for spot in spots(path, "/", None)} == {path}


@pytest.mark.parametrize("path", ["file:///a%00", "file:///1%00", "FILE:/%00/a", "file:a%00b"])
def test_a_nul_that_a_uri_spells_is_none_of_a_path(path: str) -> None:
    with pytest.raises(CallError, match="holds a NUL"):
        spots(path, "/nowhere", None)
