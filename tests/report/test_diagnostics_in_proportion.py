"""However many mistakes one long line holds, telling of them costs in proportion to the policy's size."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

import pytest

from agentowners.diagnostics import Source
from agentowners.engine.verdict import NoVerdict
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.yaml_syntax import parse_yaml
from agentowners.report.shared.cut import AROUND, around
from agentowners.report.verdict.annotations import annotate
from agentowners.report.verdict.sarif import sarif
from agentowners.report.verdict.text import text
from tests.report.documents import dumps

WRITERS: Final[list[Callable[[NoVerdict], str]]] = [
    dumps,
    text,
    sarif,
    lambda outcome: json.dumps([one.payload() for one in annotate(outcome)]),
]
LINES: Final[dict[str, Callable[[int], str]]] = {
    "attributes": lambda number: "a @x block" + " x=1" * number,
    "names": lambda number: "a" + " @x,y" * number + " block",
    "patterns": lambda number: "a//b " * number + "@x block",
    "what nobody sees": lambda number: "a\u200bb" * number + " @x block",
    "words": lambda number: "a @x block" + " %" * number,
}


def no_verdict(line: str) -> NoVerdict:
    return NoVerdict(title="t", message="m", diagnostics=parse_lines(Source("AGENTOWNERS", line.encode()))[1])


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("write", WRITERS, ids=["json", "text", "sarif", "annotations"])
def test_twice_the_mistakes_on_one_line_make_twice_the_output(
    write: Callable[[NoVerdict], str], line: Callable[[int], str]
) -> None:
    one, two = (no_verdict(line(number)) for number in (1_200, 2_400))
    assert (len(one.diagnostics), len(two.diagnostics)) == (1_200, 2_400)
    assert len(write(two)) < 2.2 * len(write(one))


def test_ten_thousand_mistakes_on_a_line_of_fifty_kilobytes() -> None:
    outcome = no_verdict(LINES["attributes"](12_500))
    assert len(outcome.diagnostics) == 10_001
    assert len(dumps(outcome)) < 20_000_000


def test_mistakes_in_yaml_on_one_line() -> None:
    policy = "rules: [{decision: block, patterns: [" + ", ".join(["a//b"] * 3_000) + "]}]"
    found = parse_yaml(Source("p.yml", policy.encode()))[1]
    assert len(found) == 3_000
    assert len(dumps(NoVerdict(title="t", message="m", diagnostics=found))) < 3_000 * 1_400


@pytest.mark.parametrize("column", [1, 2, 499, 501, 2_500, 4_999, 5_000, 5_001])
def test_a_long_line_is_cut_around_the_column(column: int) -> None:
    line = "".join(chr(0x4E00 + at) for at in range(5_000))
    shown = around(line, column)
    assert len(shown) <= AROUND
    assert line[column - 1 : column] in shown
    assert shown.strip("…") in line
    assert (shown[0] == "…") == (not shown.startswith(line[:100]))


def test_a_line_of_a_thousand_characters_is_not_cut() -> None:
    assert around("x" * AROUND, 700) == "x" * AROUND
