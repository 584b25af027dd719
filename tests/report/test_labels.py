from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import Approvals, Outcome
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.labels import (
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    check_prefix,
    is_ours,
    label_style,
    labels,
    stale,
)
from tests.report.verdicts import EXAMPLES, allowed, approved, blocked, blocked_and_waiting, unparsed, waiting

REQUIRED = "agentowners/approvals-required-2"
BLOCKED = "agentowners/blocked"


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (allowed(), set()),
        (waiting(), {REQUIRED}),
        (approved(), {REQUIRED}),
        (blocked(), {BLOCKED}),
        (blocked_and_waiting(), {REQUIRED, BLOCKED}),
        (EXAMPLES["only-observed"](), set()),
        (EXAMPLES["observed-approvals"](), set()),
        (unparsed(), set()),
    ],
)
def test_labels_show_what_is_enforced(outcome: Outcome, wanted: set[str]) -> None:
    assert labels(outcome) == wanted
    assert labels(outcome, Enforcement.EVALUATE) == set()


def test_the_prefix_is_the_callers() -> None:
    assert labels(blocked_and_waiting(), prefix="gate") == {"gate/approvals-required-2", "gate/blocked"}


def test_stale_labels_are_ours_and_not_wanted() -> None:
    present = [
        "bug",
        "agentowners/approvals-required-1",
        "AgentOwners/Approvals-Required-2",
        "agentowners/blocked",
        "agentowners/help",
        "agentowners/approvals-required-",
        "other/blocked",
    ]
    assert stale(present, {REQUIRED}) == {"agentowners/approvals-required-1", "agentowners/blocked"}
    assert not is_ours("agentowners/blocked", "gate")


@pytest.mark.parametrize("prefix", ["agentowners", "a", "Gate 1", "x" * 26])
def test_prefixes_that_leave_room(prefix: str) -> None:
    assert check_prefix(prefix) == prefix
    many = replace(blocked_and_waiting(), approvals=Approvals(required=123_456))
    for name in labels(many, prefix=prefix):
        assert len(name) <= NAME_LIMIT
        assert is_ours(name, prefix)


@pytest.mark.parametrize("prefix", ["", " a", "a\n", "a\u202e", "a,b"])
def test_prefixes_that_make_no_label(prefix: str) -> None:
    with pytest.raises(AgentownersError, match="cannot begin a label's name"):
        check_prefix(prefix)


def test_a_prefix_that_is_too_long() -> None:
    with pytest.raises(AgentownersError, match="has 27 characters, and labels have room for 26") as caught:
        check_prefix("x" * 27)
    assert "50 characters" in (caught.value.help or "")


@pytest.mark.parametrize(
    ("name", "color", "description"),
    [
        (REQUIRED, "fbca04", "2 people have to approve this pull request (set by AGENTOWNERS)"),
        ("a/approvals-required-1", "fbca04", "1 person has to approve this pull request (set by AGENTOWNERS)"),
        (BLOCKED, "b60205", "An agent changed what the policy blocks (set by AGENTOWNERS)"),
    ],
)
def test_a_label_says_what_it_means(name: str, color: str, description: str) -> None:
    assert label_style(name) == (color, description)
    assert len(description) <= DESCRIPTION_LIMIT
