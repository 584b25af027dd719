"""Files that the action writes: whole or not at all, and only where they may be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentowners.action.environment import FileError, append, inside, replace


def test_replace_writes_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    replace(path, ("a", "b\n"))
    replace(path, ("c\ud800\n",))
    assert path.read_bytes() == b"c?\n"
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text("old")

    def chunks() -> Iterator[str]:
        yield "new"
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match=r"`file\.json` cannot be written: no space left on device"):
        replace(path, chunks())
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.json"]


def test_append_adds(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    append(path, "a\n", "it")
    append(path, "\ud800\u20ac\n", "it")
    append(path, "", "it")
    append(None, "x", "it")
    assert path.read_text(encoding="utf-8") == "a\n?\u20ac\n"


def test_append_to_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the summary cannot be written: is a directory"):
        append(tmp_path, "x", "the summary")


def test_inside(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert inside(tmp_path, "a/b.json", "report-file") == tmp_path / "a" / "b.json"
    assert inside(tmp_path, "link/b.json", "report-file") == tmp_path / "real" / "b.json"
    assert inside(tmp_path, str(tmp_path / "c.json"), "report-file") == tmp_path / "c.json"


@pytest.mark.parametrize("name", ["real", "..", ".", "real/..", "x\0y", "loop/x"])
def test_what_is_no_file_inside(tmp_path: Path, name: str) -> None:
    (tmp_path / "real").mkdir()
    os.symlink("loop", tmp_path / "loop")
    with pytest.raises(FileError, match="the input `report-file` names"):
        inside(tmp_path, name, "report-file")


def test_without_a_workspace() -> None:
    with pytest.raises(FileError, match="needs GITHUB_WORKSPACE"):
        inside(None, "a.json", "report-file")
    with pytest.raises(FileError, match="cannot be reached"):
        inside(Path("/nowhere/at/all"), "a.json", "report-file")
