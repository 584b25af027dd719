"""``agentowners skill``: a static text at the place where every denial points to."""

from __future__ import annotations

import json
import re

import pytest

from agentowners.cli.commands import COMMANDS
from agentowners.dispatch.denial import SKILL as PLACE
from agentowners.proposals.reading import read_proposal
from agentowners.proposals.skill import SKILL
from tests.cli.agents_desk import Office, office

__all__ = ["office"]


def test_it_is_written_once_where_denials_point_to(office: Office) -> None:
    assert office.call("security/keys.py") == "deny"
    assert {"action": "read_skill", "path": PLACE} in office.denial()["next_steps"]
    assert office.run("skill").out == f"written: {PLACE}\n"
    assert (office.root / PLACE).read_text() == SKILL == office.run("skill", "--print").out
    assert office.run("skill").out == f"there already: {PLACE}\n"
    (office.root / PLACE).write_text("mine")
    assert office.run("skill").code == 1
    assert (office.root / PLACE).read_text() == "mine"
    assert office.run("skill", "--force").code == 0
    assert (office.root / PLACE).read_text() == SKILL


def test_a_link_is_not_followed(office: Office) -> None:
    (office.root / ".agentowners").symlink_to(office.home)
    done = office.run("skill", "--force")
    assert (done.code, "is a symbolic link" in done.err) == (1, True)
    assert list(office.home.iterdir()) == []


def test_its_example_is_a_proposal_and_its_commands_are_there() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", SKILL, re.DOTALL)
    assert read_proposal(example.encode()).operations == read_proposal(json.dumps(json.loads(example)).encode()).operations
    commands = {words.split()[0] for words in re.findall(r"`agentowners ([a-z][^`]*)`", SKILL)}
    assert commands == {"lint", "explain", "denials", "check", "propose", "inbox"}
    assert commands <= set(COMMANDS)


@pytest.mark.parametrize("word", ["agentowners inbox approve", "--token"])
def test_it_teaches_nobody_to_approve(word: str) -> None:
    assert word not in SKILL
