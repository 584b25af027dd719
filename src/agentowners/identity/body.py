"""Finds the author's own text in a pull request's description, without what is quoted from elsewhere."""

from __future__ import annotations

from typing import Final

_FENCES: Final = ("```", "~~~")
_REGIONS: Final = (("<!--", "-->"), ("<details", "</details"), ("<blockquote", "</blockquote"))
"""HTML in which changelogs, release notes and templates stand."""


def own_text(body: str) -> str:
    """The lines of a description that are neither quoted, code, folded away nor in a comment of several lines.

    Descriptions of dependency updates quote whole changelogs, other projects' footers included, and people paste them; a
    footer that counts stands by itself, as its tool put it there. Nothing is lost by leaving much out: a description proves
    nothing, and whoever wants no footer writes none.
    """
    kept: list[str] = []
    fence = ""
    region = ("", "")
    depth = 0
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        text = line.strip()
        lower = text.lower()
        if depth > 0:
            depth += _opened(lower, region)
        elif fence:
            if text.startswith(fence) and not text.strip(fence[0]):
                fence = ""
        elif text.startswith(_FENCES):
            fence = text[: len(text) - len(text.lstrip(text[0]))]
        elif found := next((region for region in _REGIONS if lower.startswith(region[0]) and _opened(lower, region) > 0), None):
            region, depth = found, _opened(lower, found)
        elif not lower.startswith((">", "<details", "<blockquote")) and not line.startswith(("    ", "\t")):
            kept.append(line)
    return "\n".join(kept)


def _opened(lower: str, region: tuple[str, str]) -> int:
    """Number of regions that a line opens and does not close."""
    return lower.count(region[0]) - lower.count(region[1])
