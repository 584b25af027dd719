"""Backtests as pages: bars that are as long as what they stand for, and nothing that a browser would take for more than text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.backtest.model import Fate, JudgedChange, ReplayedChange, Restriction
from agentowners.backtest.sums import Backtest
from agentowners.cli.formats import assets
from agentowners.diagnostics import Source
from agentowners.policy.model import Decision
from agentowners.report.backtest.html import BarPart, backtest_html, bar, columns
from agentowners.report.backtest.report import BacktestReport
from agentowners.report.backtest.text import backtest_text
from tests.examples import examples
from tests.report.strategies import names
from tests.report.test_map import elements

MARCH = 1_772_323_200  # 2026-03-01


def report(name: str = "src/", *, compare: bool = False, by_github: bool = False) -> BacktestReport:
    found = Backtest()
    blocks = Restriction(Decision.BLOCK, f"@{name}", (name,), (name,), 2, name)
    for fate, restrictions in ((Fate.BLOCKED, (blocks,)), (Fate.ALLOWED, ())):
        before = JudgedChange(Fate.ALLOWED, 0, False, ("@copilot",)) if compare else None
        found.add(ReplayedChange(name, name, MARCH, JudgedChange(fate, 0, False, ("@copilot", f"@{name}"), restrictions), before))
    return BacktestReport(
        found,
        (Source(name, b""),),
        f"refs/heads/{name}",
        2,
        other=() if compare else None,
        other_name=name if compare else None,
        by_github=by_github,
        repository=name,
        texts={name: name},
        interrupted=True,
    )


def rendered(made: BacktestReport) -> str:
    return "".join(backtest_html(made, assets("backtest")))


@given(names, st.booleans())
@examples(12)
def test_names_that_are_more_than_text_stay_text(name: str, compare: bool) -> None:
    page = rendered(report(name, compare=compare))
    plain = rendered(report(compare=compare))
    assert [tag for tag, _ in elements(page).tags] == [tag for tag, _ in elements(plain).tags]
    assert not set(page) & set("\u202e\u2066\u200b\ufeff\u2028\u2029\x1b\x00")
    assert not set(backtest_text(report(name, compare=compare))) & set("\u202e\u200b\x1b\x00")


def test_a_page_runs_no_script_and_asks_for_nothing() -> None:
    page = rendered(report())
    found = elements(page)
    (said,) = [attributes["content"] or "" for tag, attributes in found.tags if attributes.get("http-equiv")]
    assert said.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in page
    assert not [attributes for _, attributes in found.tags if {"src", "href", "style"} & set(attributes)]
    assert "http" not in page.replace("http-equiv", "")


def test_numbers_stand_beside_their_bars() -> None:
    page = rendered(report(compare=True, by_github=True))
    for words in ("<strong>1</strong>blocked", "<strong>1</strong>stricter now", "2026-03: 1 blocked", "approved"):
        assert words in page
    (row,) = re.findall(r"<tr><td class=\"name\"><code>@copilot.*?</tr>", page)
    assert re.findall(r'class="number">(\d+)', row) == ["0", "0", "0", "2", "0", "0"]


@pytest.mark.parametrize(
    ("most", "lines"), [(0, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (4_210, [0, 1000, 2000, 3000, 4000, 5000])]
)
def test_a_scale_has_round_numbers_and_room_for_the_longest(most: int, lines: list[int]) -> None:
    drawn = columns("x", [("2026-01", [BarPart(most, "is-block", "blocked")])])
    assert [int(number.replace(",", "")) for number in re.findall(r'text-anchor="end">([\d,]+)<', drawn)] == lines
    heights = [float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', drawn)]
    assert heights == ([] if most == 0 else [pytest.approx(180 * most / lines[-1], abs=0.1)])


def test_the_parts_of_a_bar_are_as_long_as_their_share() -> None:
    drawn = bar([BarPart(3, "a", ""), BarPart(0, "b", ""), BarPart(1, "c", "")], 8)
    assert re.findall(r'<rect class="(\w)" x="([\d.]+)" y="0" width="([\d.]+)"', drawn) == [
        ("a", "0.0", "60.0"),
        ("c", "60.0", "20.0"),
    ]
