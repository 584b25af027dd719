"""A map for a terminal: what is decided for everybody, then folders with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.map.counting import Counting, FileCounts
from agentowners.map.folders import Folder, folders_of
from agentowners.map.model import DecisionMap
from agentowners.report.map.report import MapReport
from agentowners.report.map.words import action_words
from agentowners.report.shared.cut import count, shorten
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style

_RULE: Final = 72
"""Characters of a rule that are shown."""


def map_text(report: MapReport, style: Style = PLAIN, *, trees: bool = True) -> str:
    """The report; ends in a newline.

    Args:
        report: the map, with what it is of.
        style: emphasis.
        trees: whether every standpoint gets its tree, or the first alone.
    """
    chart = report.chart
    root = folders_of(chart)
    lines = [style.strong(f"What may be done: {action_words(chart.action)} any of {count(len(chart.paths), 'file')}"), ""]
    groups = _groups(chart)
    lines += _table([_summary(chart, members, root) for members in groups], _columns(chart, "who, and on which branch"))
    for members in groups if trees else groups[:1]:
        lines += ["", style.strong(for_terminal(_names(chart, members)))]
        lines += _table(list(_rows(chart, members[0], root, report.depth)), _columns(chart, "folder"))
    if not trees and len(groups) > 1:
        lines += ["", "`--as` and `--ref` choose whose folders are listed"]
    return "\n".join(lines) + "\n"


def _groups(chart: DecisionMap) -> list[list[int]]:
    """Places of standpoints for which everything is decided alike."""
    groups: dict[object, list[int]] = {}
    for place in range(len(chart.standpoints)):
        before = None if chart.before is None else chart.before[place]
        groups.setdefault((chart.now[place], before), []).append(place)
    return list(groups.values())


def _names(chart: DecisionMap, members: Sequence[int]) -> str:
    """``@agents, @copilot on refs/heads/main; @codex on refs/heads/release``."""
    refs: dict[str, list[str]] = {}
    for place in members:
        refs.setdefault(chart.standpoints[place].ref, []).append(chart.standpoints[place].principal)
    merged: dict[tuple[str, ...], list[str]] = {}
    for ref, principals in refs.items():
        merged.setdefault(tuple(principals), []).append(ref)
    return "; ".join(f"{', '.join(principals)} on {', '.join(named)}" for principals, named in merged.items())


_Row = tuple[FileCounts, str]


def _columns(chart: DecisionMap, last: str) -> tuple[str, ...]:
    compared = () if chart.before is None else ("looser", "stricter", "other")
    return ("blocked", "approval", "allowed", *compared, last)


def _table(rows: Sequence[_Row], columns: Sequence[str]) -> list[str]:
    numbers = [_numbers(row, len(columns) - 1) for row, _ in rows]
    widths = [max(len(cell) for cell in column) for column in zip(columns[:-1], *numbers, strict=True)]
    lines = [(cells, text) for cells, (_, text) in zip(numbers, rows, strict=True)]
    return [
        "  ".join([*(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)), text]).rstrip()
        for cells, text in [(list(columns[:-1]), columns[-1]), *lines]
    ]


def _numbers(row: FileCounts, wanted: int) -> list[str]:
    counts = (row.blocked, row.approval, row.allowed, row.looser, row.stricter, row.other)
    return [f"{number:,}" if number else "-" for number in counts[:wanted]]


def _summary(chart: DecisionMap, members: Sequence[int], root: Folder) -> _Row:
    return Counting(chart, members[0]).of(root.classes), for_terminal(_names(chart, members))


def _rows(chart: DecisionMap, standpoint: int, root: Folder, depth: int) -> Iterator[_Row]:
    """Folders in which not everything is decided alike, and those in them, so deep."""
    counting = Counting(chart, standpoint)
    stack = [(0, root)]
    while stack:
        level, folder = stack.pop()
        row = counting.of(folder.classes)
        indent = "  " * level
        name = for_terminal(f"{folder.name}/")
        yield row, f"{indent}{name}{_rule(chart, standpoint, folder.classes)}"
        if row.is_mixed and level < depth:
            if folder.files and folder.folders:
                own = Counter(chart.classes[place] for place in folder.files)
                yield counting.of(own), f"{indent}  (files of this folder){_rule(chart, standpoint, own)}"
            stack += [(level + 1, each) for each in reversed(folder.folders)]


def _rule(chart: DecisionMap, standpoint: int, classes: Counter[int]) -> str:
    """The rule that decides about all files of some classes, where it is one."""
    shades = {chart.now[standpoint][number] for number in classes}
    rules = chart.shades[shades.pop()].rules if len(shades) == 1 else ()
    return f"  <- {shorten(for_terminal(f'{rules[0].id}: {rules[0].text}'), _RULE)}" if rules else ""
