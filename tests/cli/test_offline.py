"""What is not known without a server is said to be not known."""

from __future__ import annotations

import pytest

from agentowners.change.model import Account
from agentowners.cli.offline import answer
from agentowners.engine.facts import KindsOf, MembersOf, Need, PermissionOf, Requesters, Unavailable


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (PermissionOf(Account("octocat")), "the permission of `octocat` is not known, `check` asks no server"),
        (MembersOf("acme", "core"), "the members of `acme/core` are not known, `check` asks no server"),
        (Requesters(), "who set the agent to work is not known, `check` asks no server"),
        (KindsOf("x"), "a list of paths does not say whether a file became a link there"),
    ],
)
def test_every_need_is_answered(need: Need, why: str) -> None:
    assert answer(need) == Unavailable(why)
