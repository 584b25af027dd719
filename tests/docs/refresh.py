"""Writes what is printed today into the documentation: sessions, verdicts, and the picture.

``python -m tests.docs.refresh``, or with the names of pages for those alone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools import picture

from tests.docs import consoles, tutorial
from tests.docs.pages import ROOT, Block, Page, user_pages


def main(names: Sequence[str] = ()) -> None:
    """Rewrite the pages that are named, or everything."""
    for page in user_pages():
        if not names or page.path in names:
            rewrite(page)
    if not names:
        picture.PICTURE.write_text(picture.draw(), encoding="utf-8")


def rewrite(page: Page) -> None:
    """Write what is printed today into one page."""
    lines = page.text.splitlines()
    for block in reversed(page.blocks):
        written = _written(page, block)
        if written is not None:
            lines[block.line : block.line + len(block.text.splitlines())] = written.splitlines()
    (ROOT / page.path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _written(page: Page, block: Block) -> str | None:
    with tempfile.TemporaryDirectory() as place:
        shop = Path(place) / "shop"
        if block.language == "console":
            session = consoles.today(page, block, shop)
            return _sound("\n".join(f"$ {command}\n{output}".rstrip("\n") for command, output in session))
        if "github" in block.attributes:
            return tutorial.walk(page).shown[block.line].rstrip("\n")
        if "made-by" in block.attributes:
            return _sound(consoles.document(page, block, shop))
    return None


def _sound(printed: str) -> str:
    if "this is a bug" in printed:
        raise SystemExit(printed)
    return printed


if __name__ == "__main__":
    main(sys.argv[1:])
