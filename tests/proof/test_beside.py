"""Differences beside the points: settings of approvals and of tool calls, each by itself."""

from __future__ import annotations

import pytest

from agentowners.proof.beside import beside_points
from tests.proof.points import policy

Entry = tuple[str, str, str, str]


def beside(old: str, new: str) -> list[Entry]:
    found = beside_points(policy(old), policy(new))
    assert all(one.witness for one in found)
    return [(one.name, one.old, one.new, one.direction.value) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("", "approvals minimum_permission=triage", ("minimum_permission", "write", "triage", "looser")),
        ("approvals dismiss_stale=false", "", ("dismiss_stale", "false", "true", "stricter")),
        ("", "approvals requester_counts=true", ("requester_counts", "false", "true", "looser")),
        ("", "approvals contributors_count=true", ("contributors_count", "false", "true", "looser")),
        ("", "approvals by_comment=author", ("by_comment", "never", "author", "looser")),
        ("dispatch opaque=block", "", ("dispatch opaque", "block", "flow", "looser")),
        ("", "dispatch opaque=require_approval", ("dispatch opaque", "flow", "require_approval", "stricter")),
        ("", "dispatch at_call=later", ("dispatch at_call", "ask", "later", "looser")),
        ("dispatch at_call=later", "", ("dispatch at_call", "later", "ask", "stricter")),
    ],
)
def test_a_setting_that_differs_is_told_with_an_example(old: str, new: str, wanted: Entry) -> None:
    assert beside(old, new) == [wanted]


def test_the_standard_written_out_is_no_difference() -> None:
    assert beside("", "approvals minimum_permission=write\ndispatch opaque=flow at_call=ask") == []


def _tool(name: str, actions: str, paths: str = "path") -> str:
    return f'version: 1\ndispatch: {{tools: {{"{name}": {{actions: [{actions}], paths: [{paths}]}}}}}}\n'


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (_tool("t", "file_write, file_read"), _tool("t", "file_read"), "looser"),
        (_tool("t", "file_read"), _tool("t", "file_write, file_read"), "stricter"),
        (_tool("t", "file_read"), _tool("t", "file_write"), "incomparable"),
        (_tool("t", "file_read"), "version: 1\n", "incomparable"),
        ("version: 1\n", _tool("t", "file_read"), "incomparable"),
        (_tool("t", "file_read", "a, b"), _tool("t", "file_read", "a"), "looser"),
    ],
)
def test_what_a_tool_is_said_to_do_is_compared(old: str, new: str, change: str) -> None:
    ((name, _, _, found),) = beside(old, new)
    assert (name, found) == ("tool t", change)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("agent h login=amy", "", ("@amy", "agent", "person", "looser")),
        ("", "agent h login=amy", ("@amy", "person", "agent", "stricter")),
        ("agent h id=7", "agent h id=8", ("account 7", "agent", "person", "looser")),
        ("agent n/* login=x-*", "", ("@x-", "agent", "person", "looser")),
        ("agent n/* login=*-x", "agent n/* login=y*-x", ("@-x", "agent", "person", "looser")),
    ],
)
def test_who_becomes_a_person_may_approve(old: str, new: str, wanted: Entry) -> None:
    assert wanted in beside(old, new)
    assert beside(old, old) == []


def test_a_promise_that_is_gone_is_said_once() -> None:
    found = beside("assert a @agents block\nmode read-only @bots", "mode read-only @bots")
    assert found == [("assert a @agents block", "held", "gone", "looser")]
