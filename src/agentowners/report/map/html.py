"""A map as a page: one file, in which a tree is drawn as far as it is in view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from agentowners.map.folders import folders_of
from agentowners.map.model import DecisionMap
from agentowners.policy.model import Decision
from agentowners.proof.difference import Direction
from agentowners.report.map.report import VERBS, MapReport, alike, shade_words
from agentowners.report.page.frame import Assets, page, policies
from agentowners.report.shared.cut import count
from agentowners.report.shared.escape import for_html, printable

_DECISIONS: Final = (Decision.BLOCK, Decision.REQUIRE_APPROVAL, Decision.ALLOW)
_WAYS: Final = {
    Direction.SAME: 0,
    Direction.LOOSER: 1,
    Direction.STRICTER: 2,
    Direction.INCOMPARABLE: 3,
    Direction.UNKNOWN: 3,
}
_UP: Final = "/"
"""Ends a folder in the list of names; no name is a slash."""


def map_html(report: MapReport, assets: Assets) -> Iterator[str]:
    """The page in pieces. Names are escaped as they are for a terminal: whatever is in them, they are text that can be seen."""
    chart = report.chart
    name = printable(report.repository or "this repository")
    data = {
        "title": name,
        "other": None if report.other_name is None else printable(report.other_name),
        **_who(chart),
        **_tables(chart),
        **_tree(chart),
    }
    yield from page(f"Who may {VERBS[chart.action]} what in {name}", assets, _body(report, name), data)


def _who(chart: DecisionMap) -> dict[str, Any]:
    principals = list(dict.fromkeys(each.principal for each in chart.standpoints))
    refs = list(dict.fromkeys(each.ref for each in chart.standpoints))
    tables = {place: number for number, places in enumerate(alike(chart)) for place in places}
    standpoints = [
        {"who": principals.index(each.principal), "ref": refs.index(each.ref), "table": tables[place]}
        for place, each in enumerate(chart.standpoints)
    ]
    return {"principals": list(map(printable, principals)), "refs": list(map(printable, refs)), "standpoints": standpoints}


def _tables(chart: DecisionMap) -> dict[str, Any]:
    """Decisions of each class for all standpoints that differ, with the shades and rules that they name by number."""
    rules: dict[tuple[str, str], int] = {}
    written: list[dict[str, str]] = []
    shades = []
    for shade in chart.shades:
        numbers = []
        for rule in shade.rules:
            key = (rule.id, rule.text)
            if key not in rules:
                rules[key] = len(rules)
                written.append({"id": printable(rule.id), "text": printable(rule.text), "reason": printable(rule.reason or "")})
            numbers.append(rules[key])
        shades.append({"d": _DECISIONS.index(shade.decision), "w": printable(shade_words(shade)), "r": numbers})
    tables = [
        {
            "now": chart.now[place],
            "before": None if chart.before is None else chart.before[place],
            "ways": None if chart.before is None else [_WAYS[way] for way in chart.directions(place)],
        }
        for place, *_ in alike(chart)
    ]
    return {"tables": tables, "shades": shades, "rules": written}


def _tree(chart: DecisionMap) -> dict[str, Any]:
    """Names in the order of the tree, folders first, and the class of each file in that order as number and run."""
    tokens: list[str] = []
    runs: list[int] = []
    stack = [(folders_of(chart), True)]
    while stack:
        folder, entering = stack.pop()
        if entering:
            tokens += [f"{printable(folder.name)}{_UP}"] if folder.name else []
            stack.append((folder, False))
            stack += [(each, True) for each in reversed(folder.folders)]
            continue
        for place in folder.files:
            tokens.append(printable(chart.paths[place].rpartition("/")[2]))
            number = chart.classes[place]
            if runs and runs[-2] == number:
                runs[-1] += 1
            else:
                runs += [number, 1]
        tokens += [_UP] if folder.name else []
    return {"tree": "\n".join(tokens), "classes": runs}


def _body(report: MapReport, name: str) -> str:
    return f"""<header>
<h1>Who may {VERBS[report.chart.action]} what in {for_html(name)}</h1>
<p class="faint">{count(len(report.chart.paths), "file")}, decided by {policies(report.sources, report.other_name)}</p>
<div class="controls">
<label>contributor <select id="who"></select></label>
<label>branch <select id="ref"></select></label>
<label>search <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="part of a path"></label>
<label id="differing"><input id="changed" type="checkbox"> differences only</label>
<span id="found" role="status" class="faint"></span>
</div>
<div class="legend" aria-hidden="true">
<span class="badge block">\u25a0 blocked</span>
<span class="badge wait">\u25b2 needs approval</span>
<span class="badge allow">\u25cf allowed</span>
<span class="faint keys">a folder bears the strictest mark in it; arrows move, Enter opens, letters find a name</span>
</div>
</header>
<main>
<div id="view" role="tree" tabindex="0" aria-label="Files and folders with what is decided about them">
<div id="rows" role="none"></div>
<p id="none" class="faint" hidden>No file is like that.</p>
</div>
<aside aria-label="Rules">
<section aria-live="polite"><h2>Selected</h2><div id="details"></div></section>
<section><h2>Rules behind the colours</h2><ul id="rules"></ul></section>
</aside>
</main>
<noscript><p>This page draws its tree with a script of its own, which this browser does not run.
<code>agentowners map</code> prints the same in a terminal.</p></noscript>"""
