"""The gallery's pages, and the pictures of them in the documentation."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.browser.chromium import tab
from tests.docs.pages import ROOT
from tests.docs.sessions import environment
from tests.gallery.repository import build

IMAGES: Final = ROOT / "docs/images"
_SIZES: Final = {"map": (1180, 620), "backtest": (1100, 1020)}


def pages(place: Path) -> dict[str, Path]:
    """The map and the backtest as the page's commands write them."""
    shop = place / "shop"
    build(shop)
    found = {}
    for name in _SIZES:
        command = ["agentowners", name, "--compare", "main", "-o", f"{name}.html", "--quiet"]
        subprocess.run(command, cwd=shop, env=environment(), check=True)
        found[name] = shop / f"{name}.html"
    return found


def take(program: str) -> None:
    """Take each picture by day and by night."""
    with tempfile.TemporaryDirectory() as place, tab(program) as page:
        for name, path in pages(Path(place)).items():
            for scheme in ("light", "dark"):
                page.open(path, dark=scheme == "dark", size=_SIZES[name])
                if name == "map":
                    page.run("document.getElementById('view').focus()")
                    page.press("ArrowRight")
                    for folder in "dis":
                        page.press(folder)
                        page.press("ArrowRight")
                    page.run("document.activeElement.blur()")
                    page.settle()
                picture = IMAGES / f"{name}-{scheme}.png"
                picture.write_bytes(page.picture())
                print(f"written: {picture.relative_to(ROOT)}")
