"""How a checkup is said."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from agentowners.checkup.findings import Checkup, CheckupFinding, Guarantee, Question
from agentowners.report.doctor import doctor_json, doctor_markdown, doctor_text
from agentowners.report.shared.style import Style

HOSTILE = "`x` \x1b[31m| @everyone\n::error::boo \u202e"


def _finding(
    question: Question, guarantee: Guarantee, fix: str | None = None, why: str = "because", *, known: bool = True
) -> CheckupFinding:
    return CheckupFinding(question=question, subject=question.value, guarantee=guarantee, known=known, why=why, fix=fix)


def _checkup(*findings: CheckupFinding) -> Checkup:
    return Checkup("acme/shop", "main", ("main",), findings)


MIXED = _checkup(
    _finding(Question.FORKS, Guarantee.STRONG),
    _finding(Question.POLICY, Guarantee.BEST_EFFORT, "write one"),
    _finding(Question.BORROWED, Guarantee.UNAVAILABLE),
    _finding(Question.DEPLOY_KEYS, Guarantee.UNAVAILABLE, "ask again", "cannot be told: no", known=False),
    _finding(Question.GATE, Guarantee.UNAVAILABLE, "start it"),
)


def test_text() -> None:
    assert doctor_text(MIXED) == (
        "acme/shop: 3 unavailable, 1 best effort, 1 strong\n"
        "\n"
        "Unavailable\n"
        "  - gate: because\n"
        "    fix  start it\n"
        "  - deploy-keys: cannot be told: no\n"
        "    fix  ask again\n"
        "  - borrowed-accounts: because\n"
        "\n"
        "Best effort\n"
        "  - policy: because\n"
        "    fix  write one\n"
        "\n"
        "Strong\n"
        "  - forks: because\n"
        "\n"
        "Next: start it\n"
    )


def test_colors_say_nothing_that_the_words_do_not() -> None:
    colored = doctor_text(MIXED, Style(color=True))
    assert "\x1b[1;31mUnavailable\x1b[0m" in colored
    for code in ("\x1b[1;31m", "\x1b[1;33m", "\x1b[1;32m", "\x1b[1m", "\x1b[0m"):
        colored = colored.replace(code, "")
    assert colored == doctor_text(MIXED)


def test_where_nothing_can_be_better() -> None:
    best = _checkup(_finding(Question.FORKS, Guarantee.STRONG), _finding(Question.BORROWED, Guarantee.UNAVAILABLE))
    assert doctor_text(best).endswith("Nothing here can be better.\n")
    assert doctor_markdown(best).endswith("Nothing here can be better.\n")
    assert json.loads(doctor_json(best))["next"] is None


def test_markdown() -> None:
    lines = doctor_markdown(MIXED).splitlines()
    assert lines[4:7] == [
        "| unavailable | gate | because | start it |",
        "| not known | deploy-keys | cannot be told: no | ask again |",
        "| unavailable | borrowed-accounts | because |  |",
    ]


@pytest.mark.parametrize("render", [doctor_text, doctor_markdown])
def test_hostile_words_are_harmless(render: Callable[[Checkup], str]) -> None:
    hostile = _checkup(_finding(Question.DEPLOY_KEYS, Guarantee.BEST_EFFORT, HOSTILE, HOSTILE))
    said = render(hostile)
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert not any(line.lstrip().startswith("::") for line in said.splitlines())
    if render is doctor_markdown:
        (row,) = [line for line in said.splitlines() if line.startswith("| best")]
        assert row.count("|") == 5


def test_json_counts_what_it_lists() -> None:
    document = json.loads(doctor_json(MIXED))
    assert document["summary"] == {"strong": 1, "best_effort": 1, "unavailable": 3, "not_known": 1, "fixable": 3}
    assert [finding["id"] for finding in document["findings"]] == ["gate", "deploy-keys", "borrowed-accounts", "policy", "forks"]
    assert document["next"] == document["findings"][0]
