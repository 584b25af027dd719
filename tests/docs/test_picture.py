"""The pictures show what the product prints."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tools import check_pictures, picture

_SVG = "{http://www.w3.org/2000/svg}"


def _text(svg: str) -> list[str]:
    """The lines of text in a picture, put together by their place."""
    lines: dict[float, list[tuple[float, str]]] = {}
    (matrix,) = [group for group in ElementTree.fromstring(svg).iter(f"{_SVG}g") if "matrix" in group.get("class", "")]
    for text in matrix.iter(f"{_SVG}text"):
        lines.setdefault(float(text.get("y", "")), []).append((float(text.get("x", "")), text.text or ""))
    width = 20 * 0.602
    said = []
    for _, parts in sorted(lines.items()):
        line = ""
        for x, part in sorted(parts):
            line = line.ljust(round(x / width)) + part.replace("\N{NO-BREAK SPACE}", " ")
        said.append(line.rstrip())
    return said


def test_the_picture_shows_what_is_printed_today() -> None:
    shown = _text(picture.PICTURE.read_text(encoding="utf-8"))
    printed = [line.rstrip() for line in picture.printed(color=False).rstrip("\n").split("\n")]
    assert shown[: len(printed)] == printed
    assert not any(shown[len(printed) :])
    assert len(printed) > 20


def test_the_picture_is_as_it_would_be_drawn() -> None:
    assert picture.PICTURE.read_text(encoding="utf-8") == picture.draw()


def test_the_picture_loads_nothing() -> None:
    drawn = picture.PICTURE.read_text(encoding="utf-8")
    assert "url(http" not in drawn
    assert "@import" not in drawn
    assert "<script" not in drawn
    assert drawn.count("http") == 1  # the namespace


@pytest.mark.parametrize("name", check_pictures.SCENES)
def test_the_pictures_of_the_check_show_what_the_gate_writes_today(tmp_path: Path, name: str) -> None:
    drawn = json.loads(check_pictures.DIGESTS.read_text(encoding="utf-8"))
    assert drawn[name] == check_pictures.digest(check_pictures.drawn(name, tmp_path)), "draw them again: make pictures"
    for _, width, file in check_pictures.pictures(name):
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG")
        assert int.from_bytes(data[16:20]) == width
