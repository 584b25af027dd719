"""The picture on the front page shows what the product prints."""

from __future__ import annotations

from xml.etree import ElementTree

from tools import picture

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
