"""The gallery's pictures show the pages as they are today."""

from __future__ import annotations

import json
from pathlib import Path

from tests.gallery.pictures import DIGESTS, SIZES, digest, pages, pictures


def test_the_pictures_show_the_pages_of_today(tmp_path: Path) -> None:
    taken = json.loads(DIGESTS.read_text("utf-8"))
    for name, path in pages(tmp_path).items():
        assert taken[name] == digest(path), "take them again: make pictures"
        for picture in pictures(name):
            data = picture.read_bytes()
            assert data.startswith(b"\x89PNG")
            assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == SIZES[name]
