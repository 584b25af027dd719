"""The gallery's pages, and the pictures of them in the documentation."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.browser.chromium import tab
from tests.docs.pages import ROOT
from tests.docs.sessions import environment
from tests.gallery.repository import build

_IMAGES: Final = ROOT / "docs/images"
DIGESTS: Final = _IMAGES / "gallery-pictures.json"
"""By page, the digest of what was drawn: a test without a browser knows by it that the pictures are of today."""
_SCHEMES: Final = ("light", "dark")
SIZES: Final = {"map": (1180, 620), "backtest": (1100, 1020)}


def pages(place: Path) -> dict[str, Path]:
    """The map and the backtest as the page's commands write them."""
    shop = place / "shop"
    build(shop)
    found = {}
    for name in SIZES:
        command = ["agentowners", name, "--compare", "main", "-o", f"{name}.html", "--quiet"]
        subprocess.run(command, cwd=shop, env=environment(), check=True)
        found[name] = shop / f"{name}.html"
    return found


def pictures(name: str) -> list[Path]:
    """A page's pictures, by day and by night."""
    return [_IMAGES / f"{name}-{scheme}.png" for scheme in _SCHEMES]


def digest(path: Path) -> str:
    """Digest of a page, but for the version that made it."""
    return hashlib.sha256(re.sub(r'(?m)^<meta name="generator".*$', "", path.read_text("utf-8")).encode()).hexdigest()


def take(program: str) -> None:
    """Take each picture, and note what it is of."""
    with tempfile.TemporaryDirectory() as place, tab(program) as page:
        found = pages(Path(place))
        for name, path in found.items():
            for scheme, picture in zip(_SCHEMES, pictures(name), strict=True):
                page.open(path, dark=scheme == "dark", size=SIZES[name])
                if name == "map":
                    page.run("document.getElementById('view').focus()")
                    page.press("ArrowRight")
                    for folder in "dis":
                        page.press(folder)
                        page.press("ArrowRight")
                    page.run("document.activeElement.blur()")
                    page.settle()
                picture.write_bytes(page.picture())
                print(f"written: {picture.relative_to(ROOT)}")
        DIGESTS.write_text(json.dumps({name: digest(path) for name, path in found.items()}, indent=1) + "\n", "utf-8")
