"""A map for a terminal: what is decided for everybody, then folders with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.map.folders import Counting, FileCounts, Folder, folders_of
from agentowners.map.model import DecisionMap
from agentowners.report.map.report import VERBS, MapReport, alike
from agentowners.report.shared.cut import count, shorten
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style
from agentowners.report.shared.tables import number_table
from agentowners.values import gathered

_RULE: Final = 72
"""Characters of a rule that are shown."""


def map_text(report: MapReport, style: Style = PLAIN, *, trees: bool = True) -> str:
    """The report; ends in a newline. With ``trees`` every standpoint gets its tree, else the first alone."""
    chart = report.chart
    root = folders_of(chart)
    lines = [style.strong(f"What may be done: {VERBS[chart.action]} any of {count(len(chart.paths), 'file')}"), ""]
    groups = alike(chart)
    summary = [(for_terminal(_standpoint_names(chart, each)), Counting(chart, each[0]).of(root.classes)) for each in groups]
    lines += number_table(summary, _columns(chart), "who, and on which branch")
    for members in groups if trees else groups[:1]:
        lines += ["", style.strong(for_terminal(_standpoint_names(chart, members)))]
        lines += number_table(list(_rows(chart, members[0], root, report.depth)), _columns(chart), "folder")
    if not trees and len(groups) > 1:
        lines += ["", "`--as` and `--ref` choose whose folders are listed"]
    return "\n".join(lines) + "\n"


def _standpoint_names(chart: DecisionMap, members: Sequence[int]) -> str:
    """``@agents, @copilot on refs/heads/main; @codex on refs/heads/release``."""
    refs = gathered((chart.standpoints[place].ref, chart.standpoints[place].principal) for place in members)
    merged = gathered((tuple(principals), ref) for ref, principals in refs.items())
    return "; ".join(f"{', '.join(principals)} on {', '.join(named)}" for principals, named in merged.items())


def _columns(chart: DecisionMap) -> tuple[str, ...]:
    return ("blocked", "approval", "allowed", *(() if chart.before is None else ("looser", "stricter", "other")))


def _rows(chart: DecisionMap, standpoint: int, root: Folder, depth: int) -> Iterator[tuple[str, FileCounts]]:
    """Folders in which not everything is decided alike, and those in them, so deep."""
    counting = Counting(chart, standpoint)
    stack = [(0, root)]
    while stack:
        level, folder = stack.pop()
        row = counting.of(folder.classes)
        indent = "  " * level
        name = for_terminal(f"{folder.name}/")
        yield f"{indent}{name}{_deciding_rule(chart, standpoint, folder.classes)}", row
        if row.is_mixed and level < depth:
            if folder.files and folder.folders:
                own = Counter(chart.classes[place] for place in folder.files)
                yield f"{indent}  (files of this folder){_deciding_rule(chart, standpoint, own)}", counting.of(own)
            stack += [(level + 1, each) for each in reversed(folder.folders)]


def _deciding_rule(chart: DecisionMap, standpoint: int, classes: Counter[int]) -> str:
    """The rule that decides about all files of some classes, where it is one."""
    shades = {chart.now[standpoint][number] for number in classes}
    rules = chart.shades[shades.pop()].rules if len(shades) == 1 else ()
    return f"  <- {shorten(for_terminal(f'{rules[0].id}: {rules[0].text}'), _RULE)}" if rules else ""
