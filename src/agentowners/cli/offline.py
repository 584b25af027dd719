"""Answers without a server: every need is answered that it is not known."""

from __future__ import annotations

from typing import Final, assert_never

from agentowners.engine.facts import KindsOf, MembersOf, Need, PathsOf, PermissionOf, Reply, Requesters, Unavailable

_NO_SERVER: Final = "`check` asks no server"


def answer(need: Need) -> Reply:
    """The answer to a need where nobody can be asked."""
    match need:
        case PermissionOf(account):
            return Unavailable(f"the permission of `{account.login}` is not known, {_NO_SERVER}")
        case MembersOf(owner, team):
            return Unavailable(f"the members of `{owner}/{team}` are not known, {_NO_SERVER}")
        case Requesters():
            return Unavailable(f"who set the agent to work is not known, {_NO_SERVER}")
        case PathsOf():
            return Unavailable("the commit's files were not looked at")
        case KindsOf():
            return Unavailable("a list of paths does not say whether a file became a link there")
        case _:
            assert_never(need)
