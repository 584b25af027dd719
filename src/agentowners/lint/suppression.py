"""Comments that say which findings are known and meant: ``# lint: ignore=<id>[,<id>]`` directly above a statement."""

from __future__ import annotations

import re
from typing import Final

from agentowners.diagnostics import Span
from agentowners.lint.model import LintFinding
from agentowners.policy.model import Layer
from agentowners.policy.places import Statement
from agentowners.text.source import PlacedText

_COMMENT: Final = re.compile(r"\s*#")
_IGNORE: Final = re.compile(r"\s*#\s*lint:\s*ignore\s*=\s*([^\s,]+(?:\s*,\s*[^\s,]+)*)")
_ID: Final = re.compile(r"[^\s,]+")


class Suppressions:
    """The comments of one policy file."""

    def __init__(self, layer: Layer) -> None:
        """Read the comments of a layer that was read from a source."""
        self.ignored: list[tuple[str, Span]] = []
        """Every id of every comment with its place, in file order."""
        self._meant: dict[int, set[str]] = {}
        if layer.tree is not None and layer.source is not None and b"lint:" in layer.source.data:
            self._read_comments(layer.tree, _ends(layer))

    def cover(self, finding: LintFinding) -> bool:
        """True if a comment says of a finding in this file that it is meant."""
        return finding.diagnostic.id in self._meant.get(finding.diagnostic.span.line, ())

    def _read_comments(self, text: PlacedText, ends: dict[int, int]) -> None:
        start = 0
        ids: set[str] = set()
        for number, line in enumerate((*text.lines, ""), start=1):
            if _COMMENT.match(line) is None:
                # the comment lines that stand together, and the statement, or the line, below them
                for covered in range(start, ends.get(number, number) + 1) if ids else ():
                    self._meant.setdefault(covered, set()).update(ids)
                start, ids = 0, set()
                continue
            start = start or number
            match = _IGNORE.match(line)
            for id in _ID.finditer(line, match.start(1), match.end(1)) if match is not None else ():
                ids.add(id[0])
                self.ignored.append((id[0], text.span(number, id.start() + 1, number, id.end() + 1)))


def _ends(layer: Layer) -> dict[int, int]:
    """The last line of each statement, by its first."""
    ends: dict[int, int] = {}
    statements: tuple[Statement, ...] = (*layer.rules, *layer.defaults, *layer.modes, *layer.unprotects, *layer.agents)
    for statement in statements:
        span = statement.span
        if span is not None:
            ends[span.line] = max(span.end_line, ends.get(span.line, 0))
    return ends
