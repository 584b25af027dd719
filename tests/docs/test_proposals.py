"""The page about proposals says what the program goes by."""

from __future__ import annotations

from agentowners.proposals.fakes import FAKES
from agentowners.proposals.model import ProposalState
from agentowners.proposals.reading import read_proposal
from tests.docs.pages import codes, page

PAGE = page("docs/proposals.md")


def test_every_fake_is_named() -> None:
    (table,) = [table for table in PAGE.tables if table.header[0] == "faked"]
    assert [tuple(row) for row in table.rows] == list(FAKES.items())


def test_every_state_is_explained() -> None:
    (table,) = [table for table in PAGE.tables if table.header[0] == "state"]
    assert [codes(row[0])[0] for row in table.rows] == [state.value for state in ProposalState]


def test_the_example_is_a_proposal() -> None:
    (block,) = [block for block in PAGE.blocks if block.language == "json"]
    assert read_proposal(block.text.encode()).denial == "d-0123456789abcdef"
