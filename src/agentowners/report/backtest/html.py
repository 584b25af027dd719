"""A backtest as a page: bars with the numbers beside them, and the changes that would not have passed at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from agentowners.backtest.model import Fate, JudgedChange, ReplayedChange
from agentowners.backtest.sums import FateCounts
from agentowners.report.backtest.report import BacktestReport, day, fate_words, headline, remarks, short_id, worst_first
from agentowners.report.page.frame import Assets, page, policies
from agentowners.report.shared.cut import count, shorten
from agentowners.report.shared.escape import for_html, printable

_LOOKS: Final = {"blocked": "is-block", "waited": "is-wait", "approved": "is-given", "allowed": "is-fine"}
_BADGES: Final = {Fate.BLOCKED: "block", Fate.WAITED: "wait", Fate.APPROVED: "differ", Fate.ALLOWED: "allow"}
_ROWS: Final = 30
_MONTHS: Final = 60
_LISTED: Final = 500
_TITLE: Final = 120
_LEFT: Final = 44
_TOP: Final = 8
_HEIGHT: Final = 180
_COLUMN: Final = 44
_GAP: Final = 12
_BELOW: Final = 22
_WIDE: Final = 160
"""Length of the longest bar of a row."""
_LABELS: Final = 16
"""Columns of which each has its name below it; of more, some have."""


def backtest_html(report: BacktestReport, assets: Assets) -> Iterator[str]:
    """The page in pieces."""
    name = printable(report.repository or "this repository")
    yield from page(f"What the policy would have done in {name}", assets, "\n".join(_body(report, name)))


def _body(report: BacktestReport, name: str) -> Iterator[str]:
    sums = report.sums
    yield f"<header><h1>What the policy would have done in {for_html(name)}</h1>"
    named = policies(report.sources, report.other_name)
    yield f'<p class="faint">{for_html(headline(report))}; the policy is {named}</p></header>'
    yield "<main>"
    yield _cards(report)
    if remarks(report):
        yield f'<ul class="notes faint">{"".join(f"<li>{for_html(line)}</li>" for line in remarks(report))}</ul>'
    if sums.months:
        months = sorted(sums.months.items())[-_MONTHS:]
        rows = [(month, _parts(report, counts)) for month, counts in months]
        legend = "".join(f'<span class="{_LOOKS[fate]}">{fate}</span>' for fate in _fates(report))
        drawn = f'<p class="legend" aria-hidden="true">{legend}</p><div class="scroll">{columns("Changes by month", rows)}</div>'
        yield f"<section><h2>By month</h2>{drawn}"
        yield f"<details><summary>the numbers</summary>{_table(report, 'month', months, whole=True)}</details></section>"
    for title, counted, whole in (
        ("contributor", sums.principals, True),
        ("rule", sums.rules, False),
        ("folder", sums.folders, False),
    ):
        if counted:
            yield f"<section><h2>By {title}</h2>{_table(report, title, worst_first(counted), whole=whole)}</section>"
    yield from _changes(report)
    yield "</main>"


def _fates(report: BacktestReport, *, whole: bool = True) -> list[str]:
    return [*report.fates, *(["allowed"] if whole else [])]


def _parts(report: BacktestReport, counts: FateCounts, *, whole: bool = True) -> list[BarPart]:
    return [BarPart(getattr(counts, fate), _LOOKS[fate], fate) for fate in _fates(report, whole=whole)]


def _cards(report: BacktestReport) -> str:
    total = report.sums.total
    cards = [(getattr(total, fate), fate) for fate in _fates(report)]
    cards += [] if report.other_name is None else [(total.looser, "looser now"), (total.stricter, "stricter now")]
    return f'<ul class="cards">{"".join(f"<li><strong>{number:,}</strong>{words}</li>" for number, words in cards)}</ul>'


def _table(report: BacktestReport, title: str, rows: Sequence[tuple[str, FateCounts]], *, whole: bool) -> str:
    fates = _fates(report, whole=whole)
    numbered = [*fates, *(report.compared if whole else [])]
    most = max(sum(getattr(counts, fate) for fate in fates) for _, counts in rows)
    head = "".join(f'<th scope="col" class="number">{each}</th>' for each in numbered)
    lines = [f'<table><thead><tr><th scope="col">{title}</th><th class="bar" aria-hidden="true"></th>{head}</tr></thead><tbody>']
    for name, counts in rows if title == "month" else rows[:_ROWS]:
        numbers = "".join(f'<td class="number">{getattr(counts, each):,}</td>' for each in numbered)
        drawn = bar(_parts(report, counts, whole=whole), most)
        text = (
            f'<br><span class="faint">{for_html(report.texts[name])}</span>' if title == "rule" and name in report.texts else ""
        )
        lines.append(f'<tr><td class="name"><code>{for_html(name)}</code>{text}</td><td class="bar">{drawn}</td>{numbers}</tr>')
    left = 0 if title == "month" else len(rows) - _ROWS
    return "".join([*lines, "</tbody></table>", f'<p class="faint">and {left:,} more</p>' if left > 0 else ""])


def _changes(report: BacktestReport) -> Iterator[str]:
    """Changes that would not have passed at once; of a comparison those that differ."""
    listed, compared = report.listed, report.is_compared
    if not listed:
        return
    title = "Changes that would have fared otherwise" if compared else "Changes that would have been held up"
    yield f"<section><h2>{title}</h2><table><thead><tr>"
    heads = ["merged", "change", *(["before"] if compared else []), "now" if compared else "", "who, by which rule, where"]
    yield "".join(f'<th scope="col">{head}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    yield from (_change(each, compared=compared) for each in listed[:_LISTED])
    yield "</tbody></table>"
    left = len(listed) - _LISTED + report.sums.unlisted
    yield f'<p class="faint">and {count(left, "more change", "more changes")}</p></section>' if left > 0 else "</section>"


def _change(each: ReplayedChange, *, compared: bool) -> str:
    cells = [
        f'<td class="day">{day(each.merged)}</td>',
        f'<td class="name">{for_html(shorten(each.title, _TITLE))} <code class="faint">{for_html(short_id(each.id))}</code></td>',
        *([f"<td>{_badge(each.before)}</td>"] if compared and each.before is not None else []),
        f"<td>{_badge(each.now)}</td>",
        f'<td class="name">{_why(each)}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _badge(judged: JudgedChange) -> str:
    return f'<span class="badge {_BADGES[judged.fate]}">{for_html(fate_words(judged))}</span>'


def _why(each: ReplayedChange) -> str:
    restrictions = each.now.restrictions or (() if each.before is None else each.before.restrictions)
    if not restrictions:
        return ""
    first = restrictions[0]
    more = f" and {first.files - 1:,} more" if first.files > 1 else ""
    rules = ", ".join(first.rules[:2])
    return f"{for_html(first.principal)} by <code>{for_html(rules)}</code><br><code>{for_html(first.example)}</code>{more}"


class BarPart(Struct, frozen=True):
    """A part of a bar: a number, its class in the page's style, and words for it."""

    number: int
    look: str
    words: str


def columns(title: str, rows: Sequence[tuple[str, Sequence[BarPart]]]) -> str:
    """Columns side by side, each of parts one upon the other, over a scale."""
    most = max((sum(part.number for part in parts) for _, parts in rows), default=0)
    step = _step(most)
    top = max(step, -(-most // step) * step)
    width = _LEFT + len(rows) * (_COLUMN + _GAP) + _GAP
    height = _TOP + _HEIGHT + _BELOW
    pieces = [f'<svg class="columns" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{for_html(title)}">']
    for value in range(0, top + 1, step):
        y = _TOP + _HEIGHT - _HEIGHT * value / top
        pieces.append(f'<path class="rule" d="M{_LEFT} {y:.1f}H{width}"/>')
        pieces.append(f'<text class="scale" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')
    every = -(-len(rows) // _LABELS)
    for place, (name, parts) in enumerate(rows):
        x = _LEFT + _GAP + place * (_COLUMN + _GAP)
        pieces += _column(x, parts, top, name)
        if place % every == 0:
            middle = x + _COLUMN // 2
            pieces.append(f'<text class="scale" x="{middle}" y="{height - 6}" text-anchor="middle">{for_html(name)}</text>')
    return "".join([*pieces, "</svg>"])


def bar(parts: Sequence[BarPart], most: int) -> str:
    """A bar of parts beside each other, as long as their sum is of ``most``; the numbers stand beside it."""
    pieces = [f'<svg class="row-bar" viewBox="0 0 {_WIDE} 12" width="{_WIDE}" height="12" aria-hidden="true">']
    x = 0.0
    for part in parts:
        width = _WIDE * part.number / max(most, 1)
        if part.number:
            pieces.append(f'<rect class="{part.look}" x="{x:.1f}" y="0" width="{max(width, 1):.1f}" height="12"/>')
        x += width
    return "".join([*pieces, "</svg>"])


def _column(x: int, parts: Sequence[BarPart], top: int, name: str) -> Iterator[str]:
    y = float(_TOP + _HEIGHT)
    for part in parts:
        height = _HEIGHT * part.number / top
        y -= height
        if part.number:
            words = for_html(f"{name}: {part.number:,} {part.words}")
            yield (
                f'<rect class="{part.look}" x="{x}" y="{y:.1f}" width="{_COLUMN}" height="{max(height, 1):.1f}">'
                f"<title>{words}</title></rect>"
            )


def _step(most: int) -> int:
    """Distance of two lines of a scale: 1, 2 or 5 times a power of ten, so that there are at most five."""
    step = 1
    while most > 5 * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step
