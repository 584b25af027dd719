"""Tables of GitHub's Markdown, and of numbers for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already, in which a pipe is escaped."""
    lines = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(header)}", *lines[1:]])


def number_table(rows: Sequence[tuple[str, object]], columns: Sequence[str], title: str) -> list[str]:
    """Numbers under the names of their columns, which are attributes of each row's, then the row's name, escaped already."""
    cells = [[f"{number:,}" if (number := getattr(counts, column)) else "-" for column in columns] for _, counts in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    named = [(list(columns), title), *((row, name) for row, (name, _) in zip(cells, rows, strict=True))]
    return ["  ".join([*(c.rjust(width) for c, width in zip(row, widths, strict=True)), name]).rstrip() for row, name in named]
