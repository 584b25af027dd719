from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.diagnostics import PolicyError
from agentowners.explain.model import RuleStatus
from agentowners.report.explain.text import text
from agentowners.report.shared.escape import for_terminal
from tests.report import golden
from tests.report.explanations import EXAMPLES, explained
from tests.report.strategies import frugal

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
ORIGIN = "in the work tree"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_kind_of_explanation(example: str) -> None:
    explanations = EXAMPLES[example]()
    golden.check(f"explain-{example}.txt", text(explanations, ORIGIN))


@pytest.mark.parametrize("example", EXAMPLES)
def test_color_says_nothing_that_words_do_not_say(example: str) -> None:
    explanations = EXAMPLES[example]()
    colored = text(explanations, ORIGIN, color=True)
    assert colored != text(explanations, ORIGIN)
    assert _ANSI.sub("", colored) == text(explanations, ORIGIN)


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_matches_is_shown_with_and_without_what_does_not(example: str) -> None:
    explanations = EXAMPLES[example]()
    whole, short = (text(explanations, ORIGIN, matching=matching).splitlines() for matching in (False, True))
    assert len(short) <= len(whole)
    marks = ("  decides", "  matches", "  withheld", "  observed", "  lifted", "  used", "  observes")
    assert [" ".join(line.split()) for line in whole if line.startswith(marks)] == [
        " ".join(line.split()) for line in short if line.startswith(marks)
    ]
    said = sum(int(n) for n in re.findall(r"^  (\d+) lines? do", "\n".join(short), re.MULTILINE))
    shown = [layer for one in explanations for layer in one.layers]
    standings = [row.status for layer in shown for row in layer.rules]
    standings += [row.status for layer in shown for row in layer.defaults]
    idle = sum(standing in (RuleStatus.NO, RuleStatus.UNUSED) for standing in standings)
    idle += sum(lift.status is not RuleStatus.LIFTED for one in explanations for layer in one.layers for lift in layer.unprotects)
    observers = [observer for one in explanations for layer in one.layers for observer in layer.observers]
    idle += sum(not any(who.applies for who in observer.principals) for observer in observers)
    assert said == idle


def test_the_decision_and_what_decides_stand_first() -> None:
    lines = text(EXAMPLES["blocked"](), ORIGIN).splitlines()
    assert lines[:3] == [
        "Blocked: security/keys.py",
        "  rule  .github/AGENTOWNERS:1: security/ @agents block",
        "  why   keys live here",
    ]


names = st.text(st.characters(exclude_characters="/\0", codec=None), min_size=1, max_size=20).filter(
    lambda s: s not in (".", "..")
)


@frugal
@given(names, names)
def test_nothing_of_a_path_or_a_file_name_reaches_the_terminal_as_it_is(path: str, name: str) -> None:
    path = path.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    try:
        explanation = explained(path, files={name: "** @agents block\n"})
    except PolicyError:  # a name that ends in .yml
        return
    for matching in (False, True):
        said = text([explanation], ORIGIN, matching=matching)
        assert all(line.isprintable() for line in said.splitlines())
        assert said.splitlines()[0] == f"Blocked: {for_terminal(path)}"
        assert said.splitlines()[-1] == f"Policy: {for_terminal(name)} in the work tree" or "`" in name + said.splitlines()[-1]
