"""A repository of one person, as the recipe sets it up, with what Copilot and Claude Code write into their commits."""

from __future__ import annotations

import re

import pytest

from tests.action.world import World
from tests.docs.pages import page
from tests.github_server.model import Pull

CHANGE = {"src/auth/login.py": "x = 2\n"}
MET, UNMET = "Approved (1 of 1)", "Waiting for approval (0 of 1)"
BY_COPILOT = "Harden the login\n\nCo-authored-by: octocat <{octocat}+octocat@users.noreply.github.com>"
BY_CLAUDE_CODE = """Harden the login

\N{ROBOT FACE} Generated with [Claude Code](https://claude.com/claude-code)

Co-Authored-By: Claude <noreply@anthropic.com>"""


@pytest.fixture
def alone(world: World) -> World:
    """The world under the recipe's policy."""
    (policy,) = [block.text for block in page("docs/recipes.md").blocks if block.title == "alone"]
    world.repo.commit("main", {".github/AGENTOWNERS": policy})
    return world


def title(world: World, pull: Pull) -> str:
    world.judge(pull)
    return world.check(pull.head_sha).title or ""


def test_copilots_pull_request_is_approved_by_who_asked_for_it_in_a_review(alone: World) -> None:
    alone.repo.branch("copilot/login", alone.repo.tip("main"))
    message = BY_COPILOT.format(octocat=alone.server.account("octocat").id)
    alone.repo.commit("copilot/login", CHANGE, message=message, author="Copilot")
    pull = alone.repo.open_pull("copilot/login", base="main", author="Copilot", title="Harden the login", body="")
    alone.repo.assign(pull, "Copilot", by="octocat")
    assert title(alone, pull) == UNMET
    alone.repo.review(pull, "octocat", "APPROVED")
    assert title(alone, pull) == MET


def test_claude_codes_change_under_ones_own_account_is_approved_by_the_line_that_the_check_gives(alone: World) -> None:
    alone.repo.branch("login", by="octocat")
    alone.repo.commit("login", CHANGE, message=BY_CLAUDE_CODE, author="octocat")
    pull = alone.repo.open_pull("login", base="main", author="octocat", title="Harden the login", body="")
    assert title(alone, pull) == UNMET
    summary = alone.check(pull.head_sha).summary or ""
    assert "- **Author** (`@octocat`, working with `@claude`): ask for 1 approval" in summary
    line = re.search(r"approve it yourself, in a comment whose first line is `([^`]+)`", summary)
    assert line is not None
    alone.repo.comment(pull, "octocat", line[1])
    assert title(alone, pull) == MET


def test_without_the_setting_the_check_names_the_line_that_would_do(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "src/** @agents require_approval\n"})
    world.repo.branch("login", by="octocat")
    world.repo.commit("login", CHANGE, message=BY_CLAUDE_CODE, author="octocat")
    pull = world.repo.open_pull("login", base="main", author="octocat", title="Harden the login", body="")
    assert title(world, pull) == UNMET
    summary = world.check(pull.head_sha).summary or ""
    (line,) = re.findall(r"the line `([^`]+)` in the policy lets the author approve in a comment", summary)
    world.repo.commit("main", {".github/AGENTOWNERS": f"src/** @agents require_approval\n{line}\n"})
    world.repo.comment(pull, "octocat", f"/agentowners approve {pull.head_sha}")
    assert title(world, pull) == MET
