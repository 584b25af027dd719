"""The documentation as the tests read it: each page's fenced blocks, tables, headings and links, with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"|(\S+)')
_CODE = re.compile(r"(`+)(.*?)\1")


@dataclass(frozen=True)
class Block:
    """A fenced block: what its info string says, and what stands in it."""

    page: str
    line: int
    language: str
    words: tuple[str, ...]
    attributes: dict[str, str]
    text: str

    @property
    def title(self) -> str:
        return self.attributes.get("title", "")

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Table:
    """A table, its cells as Markdown."""

    page: str
    line: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Page:
    """A page of documentation; ``path`` is relative to the repository's root."""

    path: str
    text: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...]
    headings: tuple[tuple[int, str], ...]
    links: tuple[tuple[int, str], ...]

    @property
    def anchors(self) -> frozenset[str]:
        """The fragments that GitHub makes of the headings."""
        seen: dict[str, int] = {}
        found = []
        for _, heading in self.headings:
            slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            found.append(slug if slug not in seen else f"{slug}-{seen[slug]}")
            seen[slug] = seen.get(slug, 0) + 1
        return frozenset(found)


def pages() -> tuple[Page, ...]:
    """Every page: the README, and whatever else stands at the root or in ``docs/``."""
    return tuple(read(path) for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]))


def user_pages() -> tuple[Page, ...]:
    """The README and the pages in ``docs/``, less those whose tables the tests of other rooms write."""
    found = (page for page in pages() if page.path == "README.md" or page.path.startswith("docs/"))
    return tuple(page for page in found if page.path not in ("docs/agents.md", "docs/requests.md"))


@cache
def read(path: Path) -> Page:
    """One page, parsed."""
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return Page(
        name,
        text,
        tuple(_blocks(name, tokens)),
        tuple(_tables(name, tokens)),
        tuple(_headings(tokens)),
        tuple(_links(tokens)),
    )


def page(name: str) -> Page:
    return read(ROOT / name)


def codes(cell: str) -> list[str]:
    """What a cell has in backticks."""
    return [match[2] for match in _CODE.finditer(cell)]


def _blocks(name: str, tokens: list[Token]) -> Iterator[Block]:
    for token in tokens:
        if token.type == "code_block":
            yield Block(name, _line(token), "", ("indented",), {}, token.content)
        if token.type == "fence":
            language, _, rest = token.info.strip().partition(" ")
            found = list(_ATTRIBUTE.finditer(rest))
            attributes = {match[1]: match[2] for match in found if match[1]}
            yield Block(name, _line(token), language, tuple(m[3] for m in found if m[3]), attributes, token.content)


def _tables(name: str, tokens: list[Token]) -> Iterator[Table]:
    rows: list[list[str]] = []
    line = 0
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "table_open":
            rows, line = [], _line(token)
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open") and following is not None:
            rows[-1].append(following.content)
        elif token.type == "table_close":
            yield Table(name, line, tuple(rows[0]), tuple(tuple(row) for row in rows[1:]))


def _headings(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            said = (child.content for child in following.children or () if child.type in ("text", "code_inline"))
            yield _line(token), "".join(said)


def _links(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    line = 0
    for token in tokens:
        line = _line(token) if token.map else line
        for child in token.children or ():
            target = child.attrs.get("href") or child.attrs.get("src")
            if target:
                yield line, str(target)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
