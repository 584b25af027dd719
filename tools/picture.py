"""Draws docs/images/verdict.svg: what `agentowners check` prints in the documentation's shop, as a terminal shows it.

`python -m tools.picture` from the repository's root writes it; a test says when it is no longer what the product prints.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from html import escape
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from tests.docs import pages, shop

PICTURE = pages.ROOT / "docs/images/verdict.svg"
COMMAND = ("check", "--base", "main")
_TITLE = "agentowners"
_THEME = TerminalTheme(
    (13, 17, 23),
    (230, 237, 243),
    [
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (210, 153, 34),
        (88, 166, 255),
        (188, 140, 255),
        (57, 197, 207),
        (177, 186, 196),
    ],
    [
        (110, 118, 129),
        (255, 161, 152),
        (86, 211, 100),
        (227, 179, 65),
        (121, 192, 255),
        (210, 168, 255),
        (86, 212, 221),
        (255, 255, 255),
    ],
)
# The library's own frame loads fonts from the network; a picture in a repository must not.
_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>__TITLE__</title>
<style>
.{unique_id}-title {{ font-size: 18px; font-family: ui-sans-serif, system-ui, "DejaVu Sans", sans-serif; }}
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


def printed(*, color: bool) -> str:
    """The command and what it prints, with a real repository made for the occasion."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "shop"
        policy = next(block for block in pages.page("README.md").blocks if block.title == ".github/AGENTOWNERS")
        shop.build(path, {policy.title: policy.text})
        environment = shop.clean_environment() | ({"FORCE_COLOR": "1"} if color else {})
        process = subprocess.run(
            [sys.executable, "-m", "agentowners", *COMMAND], cwd=path, env=environment, capture_output=True, check=False
        )
    if process.stderr:
        raise SystemExit(process.stderr.decode())
    return f"$ agentowners {' '.join(COMMAND)}\n\n{process.stdout.decode()}"


def draw() -> str:
    """The picture."""
    text = Text.from_ansi(printed(color=True))
    width = max(len(line) for line in text.plain.split("\n"))
    console = Console(record=True, width=width, file=StringIO(), color_system="truecolor", legacy_windows=False)
    console.print(text, no_wrap=True, overflow="ignore", crop=False, highlight=False)
    drawn = console.export_svg(title=_TITLE, theme=_THEME, code_format=_FRAME, font_aspect_ratio=0.602, unique_id="verdict")
    label = escape(text.plain.strip().split("\n")[2], quote=True)
    return drawn.replace("__TITLE__", label) + "\n"


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw(), encoding="utf-8")
