"""CODEOWNERS and rulesets: whoever has to approve is asked, what is blocked cannot be pushed, or it is said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.engine.facts import Unavailable
from agentowners.engine.settle import find_out
from agentowners.export.codeowners_file import codeowners
from agentowners.export.model import NOT_HELD, STRICTER, Exported
from agentowners.export.rulesets import MAX_PATHS, rulesets
from agentowners.export.standpoint import held
from agentowners.policy.model import Policy
from agentowners.policy.patterns import Approver
from tests.convert.judging import owns
from tests.examples import examples
from tests.export.reading import MAIN, PATHS, decisions, load, matches, policies
from tests.github_server.openapi import check_body, find

LIKE_A_GROUP = "/infra/ @agents require_approval @login:bots\n"
CORE = (Approver("acme/core"),)


def of(policy: Policy, *owners: Approver) -> Exported:
    return codeowners(held(policy, "agents", MAIN, "acme/shop"), owners)


def lines(exported: Exported) -> list[list[str]]:
    return [line.replace("\\ ", "\0").split() for line in exported.document.splitlines() if not line.startswith("#")]


def asked(found: list[list[str]], path: str) -> list[str]:
    """Owners of the last line that matches."""
    return next((names for pattern, *names in reversed(found) if owns(pattern.replace("\0", " "), path)), [])


def approvers(policy: Policy, path: str) -> list[set[str]]:
    """Those whom each obligation of a path names."""
    file = FileChange(path, Status.MODIFIED, None, Kind.FILE, Kind.FILE)
    change = Change(MAIN, (file,), (Evidence(Signal.DECLARED, Strength.VERIFIED, name="agents"),), repository="acme/shop")
    ruling, _ = find_out(policy, change, lambda need: Unavailable("nobody is asked"))
    (judged,) = ruling.judgements
    return [{str(who) for who in ruling.obligations[place].approvers} for place in judged.obligations]


def bodies(policy: Policy, **teams: int) -> Exported:
    return rulesets(held(policy, "agents", MAIN, "acme/shop"), MAIN, {name.replace("_", "/"): id for name, id in teams.items()})


def restricted(exported: Exported) -> list[str]:
    for body in exported.document:
        if body["target"] == "push":
            found: list[str] = body["rules"][0]["parameters"]["restricted_file_paths"]
            return found
    return []


def ids(exported: Exported) -> set[tuple[int, str]]:
    return {(remark.span.line, remark.id) for remark in exported.remarks if remark.span.path == "AGENTOWNERS"}


@pytest.mark.parametrize(
    ("policy", "path", "names"),
    [
        ("/a/ @agents require_approval @x\n", "a/f", ["@x"]),
        ("/a/b/ @agents require_approval @x\n/a/ @agents require_approval @y\n", "a/b/f", ["@x", "@y"]),
        ("/a/b/ @agents require_approval @x\n/a/ @agents require_approval @y\n", "a/f", ["@y"]),
        ("default @agents require_approval @z\n/a/ @agents allow\n/a/b/ @agents require_approval @x\n", "f", ["@z"]),
        ("default @agents require_approval @z\n/a/ @agents allow\n/a/b/ @agents require_approval @x\n", "a/f", []),
        ("default @agents require_approval @z\n/a/ @agents allow\n/a/b/ @agents require_approval @x\n", "a/b/f", ["@x"]),
        ("/a\\ b/ @agents require_approval @x\n", "a b/f", ["@x"]),
        ("\\#a @agents require_approval @x\n", "d/#a", ["@x"]),
    ],
)
def test_github_asks_whom_the_policy_names(policy: str, path: str, names: list[str]) -> None:
    assert asked(lines(of(load(policy))), path) == names


def test_where_nobody_is_named_an_owner_may_be() -> None:
    policy = load("/a/ @agents require_approval\n/b/ @agents block\n")
    assert lines(of(policy)) == []
    assert ids(of(policy)) == {(1, NOT_HELD), (2, NOT_HELD)}
    found = lines(of(policy, *CORE))
    assert asked(found, "a/f") == asked(found, "b/f") == asked(found, "CLAUDE.md") == ["@acme/core"]


def test_a_line_that_stands_twice_counts_where_it_stands_last() -> None:
    """A default and a rule may ask alike, with what is free between them."""
    policy = load("default @agents block\n/a @agents allow\n", "** @agents block\n")
    assert asked(lines(of(policy, *CORE)), "a") == ["@acme/core"]


def test_exceptions_are_asked_about_and_said() -> None:
    found = of(load("/a/ !/a/b/ @agents require_approval @x\n"))
    assert asked(lines(found), "a/b/f") == ["@x"]
    assert (1, STRICTER) in ids(found)


@examples(15)
@given(policies())
def test_whoever_has_to_approve_is_asked(policy: Policy) -> None:
    found = lines(of(policy))
    with_owner = lines(of(policy, *CORE))
    decided = decisions(policy, PATHS, "agents")
    closed = any(remark.id == NOT_HELD and "default" in remark.span.text for remark in of(policy, *CORE).remarks)
    for path in PATHS:
        if any(approvers(policy, path)):
            assert asked(found, path), (path, found)
        if decided[path] != "allow" and not closed:
            assert asked(with_owner, path), (path, with_owner)


@examples(15)
@given(policies())
def test_what_is_blocked_cannot_be_pushed_or_it_is_said(policy: Policy) -> None:
    exported = bodies(policy, acme_core=7)
    operation, _ = find("POST", "/repos/acme/shop/rulesets") or (None, None)
    assert operation is not None
    for body in exported.document:
        assert check_body(operation, body, present=True) == []
    paths = restricted(exported)
    said = any(remark.id == NOT_HELD and "nothing allows" in remark.message for remark in exported.remarks)
    for path, decision in decisions(policy, PATHS, "agents").items():
        if decision == "block" and not said:
            assert any(matches(glob, path, below=False) for glob in paths), (path, paths)


def test_reviews_are_required_of_a_team_whose_id_is_known() -> None:
    policy = load(
        "/infra/ @agents require_approval(2) @acme/sre\n** @agents require_approval\n/x @agents require_approval @acme/sre @bob\n"
    )
    exported = bodies(policy, acme_sre=42)
    (body,) = exported.document
    parameters: dict[str, Any] = body["rules"][0]["parameters"]
    assert parameters["required_approving_review_count"] == 1
    assert parameters["require_code_owner_review"] is True
    assert [
        (one["file_patterns"][0], one["minimum_approvals"], one["reviewer"]["id"]) for one in parameters["required_reviewers"]
    ] == [("infra", 2, 42)]
    assert (3, NOT_HELD) in ids(exported)
    assert "required_reviewers" not in bodies(policy).document[0]["rules"][0]["parameters"]
    assert (1, NOT_HELD) in ids(bodies(policy))


def test_what_has_no_room_is_said() -> None:
    many = " ".join(f"/p{number}/" for number in range(MAX_PATHS))
    exported = bodies(load(f"{many} @agents block\n/a/ @agents block\n"))
    assert restricted(exported) == ["a", "a/**/*", "a/**/.*"]
    assert (1, NOT_HELD) in ids(exported)


def test_an_account_that_is_called_like_a_group_is_named_as_the_platform_has_it() -> None:
    assert lines(of(load(LIKE_A_GROUP))) == [["/infra/", "@bots"]]
