"""Draws docs/images/check-*.png: the check on a pull request as GitHub shows it, written by the gate on the tests' server.

`make pictures` writes them; needs Chromium (`CHROMIUM`, by default `chromium`). Beside them stands a digest of each page that was
drawn, by which a test without a browser knows that the pictures show what the gate writes today.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from tests.action.world import World
from tests.github_server.model import CheckRun
from tests.github_server.server import GitHubServer

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
DIGESTS: Final = IMAGES / "check-pictures.json"
WIDTHS: Final = {"": 1012, "-phone": 390}
"""Pixels across: the column of a check on a desk, and a phone."""
_POLICY: Final = b"""\
/security/ .env*         @agents  block                # keys and secrets
/infra/                  @agents  require_approval(2)  # what runs in production
package.json             @agents  require_approval     # new dependencies
"""
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable("table")
_COLORS: Final = {
    "light": "--fg:#1f2328;--bg:#fff;--muted:#59636e;--line:#d1d9e0;--code:#818b981f;--link:#0969da;--pre:#f6f8fa",
    "dark": "--fg:#f0f6fc;--bg:#0d1117;--muted:#9198a1;--line:#3d444d;--code:#656c7633;--link:#4493f8;--pre:#151b23",
}
_MARKS: Final = {"success": ("✓", "#1a7f37"), "failure": ("✕", "#cf222e"), "action_required": ("!", "#9a6700")}
_STYLE: Final = """\
body { margin: 0; padding: 16px; color: var(--fg); background: var(--bg); font: 14px/1.5 "DejaVu Sans", sans-serif; }
h1 { margin: 0; padding-bottom: 12px; border-bottom: 1px solid var(--line); font-size: 20px; font-weight: 600; }
h1 b { display: inline-block; width: 24px; margin-right: 8px; border-radius: 12px; color: #fff; text-align: center; }
h2 { margin: 16px 0 8px; font-size: 16px; font-weight: 600; }
h1 span, summary { color: var(--muted); font-weight: 400; }
a { color: var(--link); text-decoration: none; }
ul { padding-left: 24px; }
p, ul, details { margin: 0 0 12px; overflow-wrap: anywhere; }
code { padding: 2px 5px; border-radius: 6px; background: var(--code); font: 12px "DejaVu Sans Mono", monospace; }
pre { padding: 12px; overflow: auto; border-radius: 6px; background: var(--pre); }
pre code { padding: 0; background: none; }
"""


def blocked(world: World) -> CheckRun:
    """One blocked file, and one that waits."""
    change = {"security/keys.py": "KEY = 2\n", "package.json": "{}\n", "src/cart.py": "x = 2\n"}
    return _judged(world, change)


def many(world: World) -> CheckRun:
    """570 files with two obligations."""
    change = {f"infra/{number:03}.tf": "x\n" for number in range(400)} | {f"web/{number:03}.ts": "x\n" for number in range(170)}
    return _judged(world, change)


def together(world: World) -> CheckRun:
    """A person with an agent under one account."""
    world.repo.branch("cart", world.repo.tip("main"))
    message = "Count items\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    world.repo.commit("cart", {"package.json": "{}\n", "src/cart.py": "x = 2\n"}, message=message, author="octocat")
    pull = world.repo.open_pull("cart", base="main", author="octocat", title="Count items", body="")
    world.judge(pull)
    return world.check(pull.head_sha)


def unparsed(world: World) -> CheckRun:
    """A policy that does not parse."""
    world.repo.commit("main", {".github/AGENTOWNERS": "/security/  @agents  blok\n/infra/\n"}, message="policy")
    return _judged(world, {"src/cart.py": "x = 2\n"})


def approved(world: World) -> CheckRun:
    """Everything approved."""
    pull = world.pull({"infra/main.tf": "b\n", "src/cart.py": "x = 2\n"})
    for login in ("octocat", "hubot"):
        world.repo.review(pull, login, "APPROVED")
    world.judge(pull)
    return world.check(pull.head_sha)


SCENES: Final[dict[str, Callable[[World], CheckRun]]] = {
    "blocked": blocked,
    "many": many,
    "together": together,
    "unparsed": unparsed,
    "approved": approved,
}


def _judged(world: World, change: dict[str, str]) -> CheckRun:
    pull = world.pull(change)
    world.judge(pull)
    return world.check(pull.head_sha)


def page(run: CheckRun, colors: str) -> str:
    """A check run as a page of its own, in ``light`` or ``dark``."""
    mark, color = _MARKS[run.conclusion or ""]
    texts = "".join(_MARKDOWN.render(text) for text in (run.summary, run.text) if text)
    return (
        f'<!doctype html><meta charset="utf-8"><style>:root {{ {_COLORS[colors]} }}\n{_STYLE}</style>'
        f'<h1><b style="background: {color}">{mark}</b>{escape(run.name)} <span>{escape(run.conclusion or "")}</span></h1>'
        f"<h2>{escape(run.title or '')}</h2>{texts}"
    )


def drawn(name: str, place: Path) -> CheckRun:
    """The check run of a scene; ``place`` is an empty directory."""
    with GitHubServer() as server:
        return SCENES[name](World.make(server, place, policy=_policy(name)))


def digest(run: CheckRun) -> str:
    """Digest of all that a picture of a check run shows."""
    return hashlib.sha256("".join(page(run, colors) for colors in _COLORS).encode()).hexdigest()


def pictures(name: str) -> Iterator[tuple[str, int, Path]]:
    """Colors, width and file of each picture of a scene."""
    for colors in _COLORS:
        for suffix, width in WIDTHS.items():
            yield colors, width, IMAGES / f"check-{name}{suffix}-{colors}.png"


def main() -> int:
    """Draw them all: each scene light and dark, on a desk and on a phone."""
    digests = {}
    for name in SCENES:
        with tempfile.TemporaryDirectory() as directory:
            run = drawn(name, Path(directory))
            for colors, width, target in pictures(name):
                _shot(Path(directory), page(run, colors), target, width)
            digests[name] = digest(run)
    DIGESTS.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    return 0


def _policy(name: str) -> bytes:
    return _POLICY + {"many": b"/web/  @agents  require_approval @acme/web\n"}.get(name, b"")


def _shot(place: Path, html: str, target: Path, width: int) -> None:
    source = place / "page.html"
    source.write_text(html, encoding="utf-8")
    browser = [os.environ.get("CHROMIUM", "chromium"), "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]
    height = _height(browser, source, width)
    options = [f"--user-data-dir={place}/profile", f"--window-size={width},{height}", f"--screenshot={target}"]
    subprocess.run([*browser, *options, source.as_uri()], check=True, capture_output=True)


def _height(browser: list[str], source: Path, width: int) -> int:
    """Pixels that a page is high at this width."""
    measuring = source.with_name("measure.html")
    # a window that is only measured may be wider than it is told to be
    script = f"<style>html {{ width: {width}px }}</style><script>document.title = document.documentElement.offsetHeight</script>"
    measuring.write_text(source.read_text(encoding="utf-8") + script, encoding="utf-8")
    options = [f"--user-data-dir={source.parent}/profile", f"--window-size={width},100", "--dump-dom"]
    dom = subprocess.run([*browser, *options, measuring.as_uri()], check=True, capture_output=True, text=True).stdout
    return int(dom.partition("<title>")[2].partition("</title>")[0])


if __name__ == "__main__":
    sys.exit(main())
