"""Section 9 of the policy reference: names that hardly mean what they are taken for."""

from __future__ import annotations

import pytest

from agentowners.engine.warnings import meant_group
from tests.engine.build import change, decisions, verdict


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("agent", "agents"),
        ("agnets", "agents"),
        ("agenst", "agents"),
        ("aagents", "agents"),
        ("agemts", "agents"),
        ("bot", "bots"),
        ("human", "humans"),
        ("humanss", "humans"),
        ("any-one", "anyone"),
        ("everyone", "anyone"),
        ("all", "anyone"),
        ("unatributed", "unattributed"),
    ],
)
def test_a_slip_for_a_group(name: str, group: str) -> None:
    assert meant_group(name) == group


@pytest.mark.parametrize(
    "name",
    ["agents", "bots", "anyone", "boots", "robots", "alice", "agentsmith", "a*gents", "acme/agent", "login:agent", "stnega"],
)
def test_no_slip(name: str) -> None:
    assert meant_group(name) is None


def test_it_is_said_once_with_both_ways_out() -> None:
    result = verdict("x @Agnets block\ny @agnets block\n", change("x"))
    assert decisions(result) == {"x": "allow"}
    (found,) = result.diagnostics
    assert (found.id, found.span.line) == ("misspelled-group", 1)
    assert found.message == "`@Agnets` is an account of that name, and no group"
    assert found.help == "did you mean `@agents`? if it is an account, write `@login:Agnets`"


def test_a_name_that_the_policy_defines_is_no_slip() -> None:
    result = verdict("agent agent login=acme-agent[bot]\nx @agent block\n", change("x"))
    assert result.diagnostics == ()


@pytest.mark.parametrize("name", ["ai", "llms", "ai-agents"])
def test_what_agents_are_called_elsewhere(name: str) -> None:
    assert meant_group(name) == "agents"


def test_b3_and_e6_logins_on_which_nothing_should_rest_are_warned_of() -> None:
    text = "agent robo login=acme-robo\nagent fleet/* login=acme-fleet-*\nx @fleet/* allow\nagent sure login=a id=5\n"
    found = verdict(text, change("x")).diagnostics
    assert [(d.id, d.span.line) for d in found] == [("login-without-id", 1), ("login-by-wildcard", 2)]
