"""A backtest for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.backtest.model import Fate, ReplayedChange
from agentowners.backtest.sums import Backtest
from agentowners.report.backtest.report import BacktestReport, day, fate_words, headline, remarks, short_id, worst_first
from agentowners.report.shared.cut import count, first, shorten
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style
from agentowners.report.shared.tables import number_table

_ROWS: Final = 12
_LISTED: Final = 20
_TITLE: Final = 70
_RULE: Final = 90


def backtest_text(report: BacktestReport, style: Style = PLAIN) -> str:
    """The report; ends in a newline."""
    sums = report.sums
    lines = [style.strong(for_terminal(headline(report)[:1].upper() + headline(report)[1:])), ""]
    columns = [*report.fates, "allowed", *report.compared]
    lines += number_table([("all changes", sums.total)], columns, "")
    for title, rows in (
        ("by month", sorted(sums.months.items())),
        ("by contributor", worst_first(sums.principals)),
        ("by rule", worst_first(sums.rules)),
        ("by folder", worst_first(sums.folders)),
    ):
        if rows:
            wanted = columns if title in ("by month", "by contributor") else report.fates
            excerpt = rows[-_ROWS:] if title == "by month" else rows[:_ROWS]
            if title == "by rule":
                excerpt = [
                    (shorten(f"{id}: {report.texts[id]}" if id in report.texts else id, _RULE), row) for id, row in excerpt
                ]
            lines += ["", *number_table([(for_terminal(name), row) for name, row in excerpt], wanted, title)]
            lines += [f"  and {len(rows) - _ROWS:,} more"] if len(rows) > _ROWS else []
    lines += _changes(report, style)
    lines += ["", *(f"note: {for_terminal(line)}" for line in remarks(report))] if remarks(report) else []
    return "\n".join(lines) + "\n"


def _changes(report: BacktestReport, style: Style) -> Iterator[str]:
    """Changes that would not have passed at once; of a comparison those that differ."""
    listed, compared = report.listed, report.is_compared
    if not listed:
        return
    title = f"what differs from {report.other_name}" if compared else "what would have been held up"
    yield ""
    yield style.strong(for_terminal(f"{title}, the newest first"))
    worst = listed if compared else [each for each in listed if each.now.restrictions]
    for each in worst[:_LISTED]:
        yield for_terminal(f"  {day(each.merged)} {short_id(each.id)} {_fates(each)}: {shorten(each.title, _TITLE)}")
        for restriction in each.now.restrictions[:1]:
            yield for_terminal(
                f"    {restriction.principal} by {', '.join(restriction.rules[:2])}: {restriction.example}"
                + (f" and {restriction.files - 1:,} more" if restriction.files > 1 else "")
            )
    left = len(worst) - _LISTED + report.sums.unlisted
    if left > 0:
        yield f"  and {count(left, 'more change', 'more changes')}"


def _fates(each: ReplayedChange) -> str:
    if each.before is None or each.before.rank == each.now.rank:
        return fate_words(each.now)
    return f"{fate_words(each.before)} -> {fate_words(each.now)}"


_IN_SHORT: Final = {Fate.BLOCKED: "blocked", Fate.WAITED: "needs approval"}
_FEW: Final = 5


def backtest_in_short(sums: Backtest) -> str:
    """A few lines for whoever asked about something else."""
    total = sums.total
    last = "the last merged change" if total.changes == 1 else f"the last {total.changes:,} merged changes"
    lines = [
        f"of {last}, judged by git alone, it would have allowed {total.allowed:,}, "
        f"asked for approval of {total.waited:,}, and blocked {total.blocked:,}"
    ]
    worst = sorted(sums.listed, key=lambda each: -each.now.fate.strictness)
    lines += first(
        worst, _FEW, lambda each: f"  {_IN_SHORT[each.now.fate]}: {short_id(each.id)} {each.title[:_TITLE]}", "  and {} more"
    )
    return "".join(f"{for_terminal(line)}\n" for line in lines)
