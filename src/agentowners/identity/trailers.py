"""Trailers of commit messages: who is named as a maker, wherever in a message a tool or a squash has put it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.policy.patterns import ascii_lower

MAX_TRAILERS: Final = 1000
"""As many of one message are looked at."""
_MAX_KEY: Final = 64
CO_AUTHORED_BY: Final = "co-authored-by"
_GIT_GENERATED: Final = ("signed-off-by: ", "(cherry picked from commit ")

Trailer = tuple[str, str]


def trailers(message: str) -> tuple[Trailer, ...]:
    """The ``(key, value)`` pairs of a message, each once, in order; keys as written, values on one line.

    A paragraph counts where git would take it for a trailer block if it stood last (only trailers, or one that git writes and
    a quarter of trailers), since squashed messages carry blocks in their middle. Of the last paragraph every line counts that
    has the shape of a trailer. ``Co-authored-by`` counts at the start of any line but the first: evidence only tightens, and
    what GitHub reads as a co-author is not specified to the line.

    Sources: https://git-scm.com/docs/git-interpret-trailers,
    https://docs.github.com/en/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/creating-a-commit-with-multiple-authors
    """
    found: dict[Trailer, None] = {}
    blocks = list(_paragraphs(message))
    for number, block in enumerate(blocks):
        pairs = [_parse(line) for line in block]
        whole = number + 1 == len(blocks) or (number > 0 and _is_trailer_block(block, pairs))
        for pair in pairs[1:] if number == 0 else pairs:
            if pair is not None and (whole or ascii_lower(pair[0]) == CO_AUTHORED_BY):
                found[pair] = None
                if len(found) == MAX_TRAILERS:
                    return tuple(found)
    return tuple(found)


def person(value: str) -> tuple[str | None, str | None]:
    """Name and e-mail of a value like ``Name <e-mail>``; what is not there is None."""
    start = value.rfind("<")
    end = value.find(">", start)
    if start < 0 or end < 0:
        text = value.strip()
        return (None, text) if "@" in text and " " not in text else (text or None, None)
    return value[:start].strip() or None, value[start + 1 : end].strip() or None


def _paragraphs(message: str) -> Iterator[list[str]]:
    """Runs of non-blank lines, a folded line joined to the one that it continues."""
    block: list[list[str]] = []
    folds = False
    for line in message.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.strip():
            if block:
                yield [" ".join(parts) for parts in block]
            block = []
        elif line[0] in " \t" and block and folds:
            block[-1].append(line.strip())
        else:
            block.append([line])
            folds = _parse(line) is not None
    if block:
        yield [" ".join(parts) for parts in block]


def _parse(line: str) -> Trailer | None:
    at = line.find(":", 0, _MAX_KEY + 1)
    key = line[:at].rstrip(" \t") if at > 0 else ""
    value = line[at + 1 :].strip()
    if not key or not value or value.startswith("//") or not (key.isascii() and key.replace("-", "").isalnum()):
        return None
    return key, value


def _is_trailer_block(block: list[str], pairs: list[Trailer | None]) -> bool:
    count = sum(pair is not None for pair in pairs)
    generated = any(ascii_lower(line).startswith(_GIT_GENERATED) for line in block)
    return count == len(block) or (generated and count * 4 >= len(block))
