"""The frame of every page: one file, nothing from outside, and no script but its own."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from agentowners import __version__
from agentowners.diagnostics import Source
from agentowners.report.shared.escape import for_html
from agentowners.report.shared.json_text import encode

_NEVER_IN_SCRIPTS: Final = "</"


class Assets(Struct, frozen=True):
    """Style and script of a page, as they are written into it."""

    style: str
    script: str = ""
    """Nothing for a page that runs none."""

    def __post_init__(self) -> None:
        if _NEVER_IN_SCRIPTS in self.style or _NEVER_IN_SCRIPTS in self.script or "<!--" in self.script:
            raise ValueError("a style or a script that would end its element")


def page(title: str, assets: Assets, body: str, data: Any = None) -> Iterator[str]:
    """A page in pieces: ``title`` is plain text, ``body`` HTML in which everything of a user's is escaped, ``data`` for the
    script, as JSON."""
    scripts = f" script-src {_digest(assets.script)};" if assets.script else ""
    policy = f"default-src 'none'; style-src {_digest(assets.style)};{scripts} base-uri 'none'; form-action 'none'"
    yield f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="AGENTOWNERS {__version__}">
<title>{for_html(title)}</title>
<style>{assets.style}</style>
</head>
<body>
{body}
"""
    if assets.script:
        yield '<script type="application/json" id="data">'
        # JSON that no HTML parser reads as anything else
        yield encode(data).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        yield f"</script>\n<script>{assets.script}</script>\n"
    yield "</body>\n</html>\n"


def policies(sources: Iterable[Source], other_name: str | None) -> str:
    """HTML that names the policy files, and the policy that they are compared with."""
    named = ", ".join(f"<code>{for_html(source.path)}</code>" for source in sources) or "the built-in rules"
    return named if other_name is None else f"{named}, compared with <code>{for_html(other_name)}</code>"


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
