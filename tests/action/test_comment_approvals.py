"""Approvals in comments: what counts, what takes them back, and what somebody else tries with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.action.test_after_publishing import judged_while
from tests.action.world import World
from tests.github_server.faults import Action
from tests.github_server.model import Comment, Pull

WAITING = {"src/app.py": "x = 2\n"}
MET, UNMET = "Approved (1 of 1)", "Waiting for approval (0 of 1)"


@pytest.fixture
def pull(world: World) -> Pull:
    """An agent's pull request where a comment may approve."""
    policy = "src/** @agents require_approval\ndocs/** @agents allow\napprovals by_comment=others\n"
    world.repo.commit("main", {".github/AGENTOWNERS": policy})
    return world.pull(WAITING)


def title(world: World, pull: Pull) -> str:
    world.judge(pull)
    return world.check(pull.head_sha).title or ""


def approve(world: World, pull: Pull, who: str = "octocat", **facts: Any) -> Comment:
    return world.repo.comment(pull, who, f"/agentowners approve {pull.head_sha}", **facts)


def test_a_comment_with_the_heads_whole_id_approves_it(world: World, pull: Pull) -> None:
    approve(world, pull)
    assert title(world, pull) == MET
    assert "octocat" in (world.check(pull.head_sha).summary or "")
    world.repo.comment(pull, "octocat", "/agentowners unapprove\r\nI was wrong")
    assert title(world, pull) == UNMET
    approve(world, pull)
    assert title(world, pull) == MET


@pytest.mark.parametrize("more", [" ", ".", ": it breaks the build", "\t"])
def test_an_approval_is_taken_back_whatever_else_the_line_says(world: World, pull: Pull, more: str) -> None:
    approve(world, pull)
    assert title(world, pull) == MET
    world.repo.comment(pull, "octocat", f"/agentowners unapprove{more}")
    assert title(world, pull) == UNMET


@pytest.mark.parametrize(
    ("more", "setting", "approved"),
    [
        ("", "author", True),
        ("", "others", False),
        ("src/** @anyone require_approval\n", "author", False),
        ("default @humans require_approval\n", "author", False),
    ],
)
def test_whoever_opened_it_approves_in_a_comment_what_an_agent_made_and_nothing_asked_of_people(
    world: World, more: str, setting: str, approved: bool
) -> None:
    """Alone with an agent under one's own account: the commits, the pushes and the pull request are all of one person."""
    policy = f"src/** @agents require_approval\n{more}approvals by_comment={setting}\n"
    world.repo.commit("main", {".github/AGENTOWNERS": policy})
    world.repo.branch("fix", by="hubot")
    message = "Fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    world.repo.commit("fix", WAITING, author="hubot", message=message)
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    said = approve(world, pull, "hubot")
    world.inputs["report-file"] = "verdict.json"
    assert title(world, pull) == (MET if approved else UNMET)
    approvals = json.loads((world.directory / "workspace" / "verdict.json").read_text())["approvals"]
    url = f"https://github.com/acme/shop/pull/{pull.number}#issuecomment-{said.id}"
    assert approvals["counted"] == ([{"login": "hubot", "via": "comment", "url": url}] if approved else [])
    assert [each["reviewer"] for each in approvals["ignored"]] == ([] if approved else ["hubot"])


@pytest.mark.parametrize(
    "body",
    [
        "/agentowners approve {short}",
        "/agentowners approve {shout}",
        "/agentowners approve {head} please",
        " /agentowners approve {head}",
        "/agentowners approve",
        "> /agentowners approve {head}",
        "yes\n/agentowners approve {head}",
        "/agentowners  approve {head}",
    ],
)
def test_threat_11_and_44_anything_less_than_the_exact_words_does_not(world: World, pull: Pull, body: str) -> None:
    head = pull.head_sha
    world.repo.comment(pull, "octocat", body.format(short=head[:12], head=head, shout=head.upper()))
    assert title(world, pull) == UNMET


def test_it_is_for_the_commit_and_the_base_that_it_was_given_to(world: World, pull: Pull) -> None:
    approve(world, pull)
    world.repo.branch("next")
    world.repo.retarget(pull, "next")
    assert title(world, pull) == UNMET
    assert "gave it before the base branch was changed" in (world.check(pull.head_sha).summary or "")
    approve(world, pull)
    assert title(world, pull) == MET
    world.repo.commit("copilot/fix", {"src/b.py": "1\n"}, author="Copilot")
    assert title(world, pull) == UNMET


def test_a_comment_that_names_a_commit_of_another_change_approves_nothing(world: World, pull: Pull) -> None:
    policy = "src/** @agents require_approval\napprovals by_comment=others dismiss_stale=false\n"
    world.repo.commit("main", {".github/AGENTOWNERS": policy})
    world.repo.comment(pull, "octocat", f"/agentowners approve {'1' * 40}")
    assert title(world, pull) == UNMET
    approve(world, pull)
    assert title(world, pull) == MET


def test_threat_44_an_edited_comment_does_not_approve(world: World, pull: Pull) -> None:
    comment = world.repo.comment(pull, "octocat", "looks fine so far")
    world.repo.edit_comment(comment, f"/agentowners approve {pull.head_sha}", by="hubot")
    assert title(world, pull) == UNMET
    world.repo.edit_comment(comment, f"/agentowners approve {pull.head_sha}", by="octocat")
    assert title(world, pull) == UNMET


def test_threat_44_one_that_somebody_else_edits_takes_the_approval_back(world: World, pull: Pull) -> None:
    """It may have taken it back before it was edited."""
    approve(world, pull)
    comment = world.repo.comment(pull, "octocat", "/agentowners unapprove")
    assert title(world, pull) == UNMET
    world.repo.edit_comment(comment, "nice", by="hubot")
    assert title(world, pull) == UNMET
    approve(world, pull)
    assert title(world, pull) == MET


def test_what_is_edited_by_its_author_or_of_others_takes_nothing_back(world: World, pull: Pull) -> None:
    mine = world.repo.comment(pull, "octocat", "hm")
    others = world.repo.comment(pull, "hubot", "hm")
    approve(world, pull)
    world.repo.edit_comment(mine, "well", by="octocat")
    world.repo.edit_comment(others, "well", by="octocat")
    assert title(world, pull) == MET


def test_threat_44_one_that_somebody_else_deletes_takes_the_approval_back(world: World, pull: Pull) -> None:
    approve(world, pull)
    comment = world.repo.comment(pull, "octocat", "/agentowners unapprove")
    world.repo.delete_comment(comment, by="hubot")
    assert title(world, pull) == UNMET
    approve(world, pull)
    comment = world.repo.comment(pull, "octocat", "never mind")
    world.repo.delete_comment(comment, by="octocat")
    comment = world.repo.comment(pull, "hubot", "never mind")
    world.repo.delete_comment(comment, by="hubot")
    assert title(world, pull) == MET


@pytest.mark.parametrize("edited", [False, True])
def test_threat_08_and_44_a_review_that_was_taken_back_in_a_comment_which_somebody_else_made_away_with(
    world: World, pull: Pull, edited: bool
) -> None:
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == MET
    comment = world.repo.comment(pull, "octocat", "/agentowners unapprove")
    assert title(world, pull) == UNMET
    if edited:
        world.repo.edit_comment(comment, "looks good", by="hubot")
    else:
        world.repo.delete_comment(comment, by="hubot")
    assert title(world, pull) == UNMET
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == MET


def test_threat_44_one_that_an_app_made_in_a_persons_name_does_not_count(world: World, pull: Pull) -> None:
    approve(world, pull, via_app=world.server.add_app("helpful"))
    assert title(world, pull) == UNMET


@pytest.mark.parametrize("who", ["Copilot", "claude[bot]", "stranger"])
def test_threat_10_who_may_not_approve_in_a_review_may_not_in_a_comment(world: World, pull: Pull, who: str) -> None:
    if who == "stranger":
        world.server.add_user(who)
    approve(world, pull, who)
    assert title(world, pull) == UNMET


def test_reviews_and_comments_make_one_order_in_time(world: World, pull: Pull) -> None:
    approve(world, pull)
    world.repo.review(pull, "octocat", "CHANGES_REQUESTED")
    assert title(world, pull) == UNMET
    approve(world, pull)
    assert title(world, pull) == MET
    world.repo.review(pull, "octocat", "APPROVED")
    world.repo.comment(pull, "octocat", "/agentowners unapprove")
    assert title(world, pull) == UNMET


def test_without_the_setting_no_comment_is_asked_for(world: World) -> None:
    pull = world.pull(WAITING)
    approve(world, pull)
    assert title(world, pull) == UNMET
    assert not any("comments" in request or "graphql" in request for request in world.requests)


def test_nor_where_nobody_has_to_approve(world: World, pull: Pull) -> None:
    docs = world.pull({"docs/a.md": "a\n"}, branch="copilot/docs")
    approve(world, docs)
    assert title(world, docs) == "Allowed"
    assert not any("comments" in request for request in world.requests)
    # and of nobody's edits where no comment says anything
    world.repo.comment(pull, "octocat", "hello")
    assert title(world, pull) == UNMET
    assert not any(request == "POST /graphql" for request in world.requests)


@pytest.mark.parametrize(
    "fault", ["403", "404", "graphql-errors", "graphql-partial", "graphql-null", "empty-page", "500", "reset"]
)
def test_where_it_cannot_be_told_who_edited_or_deleted_no_comment_counts(world: World, pull: Pull, fault: Action) -> None:
    world.repo.delete_comment(world.repo.comment(pull, "octocat", "hm"), by="octocat")
    approve(world, pull)
    assert title(world, pull) == MET
    asked = sum(request == "POST /graphql" for request in world.requests)
    for skip in range(asked):
        world.server.faults.all.clear()
        world.server.faults.add(fault, path="^/graphql$", after=skip, times=99)
        world.judge(pull)
        assert world.check(pull.head_sha).conclusion in ("action_required", "failure"), skip


@pytest.mark.parametrize("word", ["unapprove", "edit", "delete"])
def test_what_is_said_or_taken_away_while_the_check_is_published_is_heard(world: World, pull: Pull, word: str) -> None:
    approve(world, pull)
    other = world.repo.comment(pull, "octocat", "hm")
    happens = {
        "unapprove": lambda: world.repo.comment(pull, "octocat", "/agentowners unapprove"),
        "edit": lambda: world.repo.edit_comment(other, "well", by="hubot"),
        "delete": lambda: world.repo.delete_comment(other, by="hubot"),
    }
    judged_while(world, pull, happens[word], at=f"GET /commits/{pull.head_sha}/check-runs")
    assert world.check(pull.head_sha).title == UNMET
