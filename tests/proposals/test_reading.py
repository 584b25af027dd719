"""A proposal is read strictly, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agentowners.diagnostics import AgentownersError
from agentowners.proposals.model import AddException, AddRule, PolicyProposal, RemoveRule
from agentowners.proposals.reading import read_proposal
from tests.schemas.published import validator

SCHEMA = validator("proposal-1", "PolicyProposal")
ADD = {"add_rule": {"text": "docs/ @claude allow"}}


def proposal(**members: Any) -> bytes:
    return json.dumps({"intent_summary": "why", "operations": [ADD], **members}).encode()


def test_every_operation_is_read_in_either_spelling() -> None:
    operations = [
        {"add_rule": {"text": "a @claude allow", "file": "AGENTOWNERS"}},
        {"addRule": {"text": "b @claude allow"}},
        {"add_exception": {"rule": "AGENTOWNERS:1", "pattern": "!/x"}},
        {"addException": {"rule": "AGENTOWNERS:2", "pattern": "!/y"}},
        {"remove_rule": {"rule": "AGENTOWNERS:3"}},
        {"removeRule": {"rule": "AGENTOWNERS:4"}},
    ]
    handed_in = proposal(operations=operations, denial="d-0123456789abcdef")
    SCHEMA.validate(json.loads(handed_in))
    assert read_proposal(handed_in) == PolicyProposal(
        "why",
        (
            AddRule("a @claude allow", "AGENTOWNERS"),
            AddRule("b @claude allow"),
            AddException("AGENTOWNERS:1", "!/x"),
            AddException("AGENTOWNERS:2", "!/y"),
            RemoveRule("AGENTOWNERS:3"),
            RemoveRule("AGENTOWNERS:4"),
        ),
        "d-0123456789abcdef",
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (proposal()[:-5], "not JSON"),
        (b"[]", "not a JSON object"),
        (b"\xff", "not JSON"),
        (b'{"intent_summary": "a", "intent_summary": "b", "operations": []}', "names `intent_summary` twice"),
        (proposal(intent_summary="\ud800"), "not JSON"),
        (b" " * 65_537, "larger than 64 KiB"),
        (b"[" * 60_000, "not JSON"),
        (proposal(intent_summary=""), "`intent_summary`"),
        (proposal(intent_summary="x" * 2_001), "`intent_summary`"),
        (proposal(intent_summary=None), "`intent_summary`"),
        (proposal(more=1), "has a member `more`"),
        (proposal(denial="d-1"), "`denial`"),
        (proposal(operations=[]), "1 to 20"),
        (proposal(operations=[ADD] * 21), "1 to 20"),
        (proposal(operations={}), "1 to 20"),
        (proposal(operations=["add_rule"]), "operation 1 is not an object"),
        (proposal(operations=[ADD | {"remove_rule": {"rule": "x"}}]), "with one member"),
        (proposal(operations=[{"set_rule": {}}]), "operation 1 is `set_rule`"),
        (proposal(operations=[{"add_rule": "docs/"}]), "not an object"),
        (proposal(operations=[{"add_rule": {"text": "a", "approve": True}}]), "has a member `approve`"),
        (proposal(operations=[{"remove_rule": {}}]), "`remove_rule.rule`"),
        (proposal(operations=[{"add_rule": {"text": 1}}]), "`add_rule.text`"),
    ],
)
def test_whatever_else_comes_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(AgentownersError, match=says):
        read_proposal(data)
    if "not JSON" not in says and "twice" not in says and "larger" not in says:
        assert not SCHEMA.is_valid(json.loads(data))


def test_no_beginning_of_a_proposal_is_one() -> None:
    whole = proposal(denial="d-0123456789abcdef")
    for length in range(len(whole)):
        with pytest.raises(AgentownersError):
            read_proposal(whole[:length])
