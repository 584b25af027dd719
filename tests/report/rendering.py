"""Markdown as GitHub reads it, as far as it matters here: what became of hostile text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HARMLESS = {"text", "code_inline", "softbreak", "hardbreak", "strong_open", "strong_close", "em_open", "em_close"}
"""Inline tokens that a report may consist of: no link, image or HTML."""
REFERENCES = re.compile(
    r"""@[\w/]                         # a mention
    | \#\w | \bGH-\d                   # an issue
    | :// | \bwww\. | \w@\w            # autolinks, extended ones included
    | \b[0-9a-f]{7,40}\b               # a commit
    | :[\w+-]+:                        # emoji
    | \[\^? | \]\(                     # footnotes, links
    | \$ | <\w | <!-- | &\w+; | &\#    # formulas, HTML
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What GitHub turns into something in running text (it leaves code alone)."""


def parse(markdown: str) -> list[Token]:
    return PARSER.parse(markdown)


def inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def running_text(markdown: str) -> list[str]:
    """The text outside of code, joined as it is read: one string for each block."""
    blocks = []
    for token in parse(markdown):
        if token.type == "inline":
            parts = [child.content if child.type == "text" else "\N{BLACK SQUARE}" for child in token.children or ()]
            blocks.append("".join(parts))
    return blocks


def types(markdown: str) -> list[str]:
    return [token.type for token in parse(markdown)]
