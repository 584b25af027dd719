"""Who an agent is taken for, through the gate: entries, names, wildcards, accounts that go, bots that carry others' work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.action.world import POLICY, World
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

SECURITY = {"security/keys.py": "KEY = 2\n"}
DOCS = {"docs/index.md": "mended\n"}
FOOTER = "🤖 Generated with [Claude Code](https://claude.com/claude-code)"
TRAILER = "fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n"


def opened(world: World, files: dict[str, str], *, by: str = "hubot", message: str = "fix", body: str = "", **facts: Any) -> Pull:
    """A pull request from a branch `fix`, all of it one person's."""
    world.repo.branch("fix", by=facts.get("pushed_by", by))
    world.repo.commit("fix", files, message=message, author=facts.pop("author", by), **facts)
    return world.repo.open_pull("fix", base="main", author=by, title="Fix", body=body)


def title(world: World, pull: Pull) -> str:
    world.judge(pull)
    return world.check(pull.head_sha).title or ""


BLOCKED, ALLOWED = "Blocked: 1 file", "Allowed"


@pytest.mark.parametrize("line", [b"login=acme-claude[bot] id=9", b"email=ai@acme.example", b"branch=ai/**"])
def test_threat_43_a_line_that_adds_to_a_known_agent_takes_no_footer_away(
    github: GitHubServer, tmp_path: Path, line: bytes
) -> None:
    world = World.make(github, tmp_path, policy=POLICY + b"agent claude " + line + b"\n")
    assert title(world, opened(world, SECURITY, body=f"Does it.\n\n{FOOTER}\n")) == BLOCKED


def test_g1_a_footer_in_a_persons_commit_message_is_the_agents(world: World) -> None:
    assert title(world, opened(world, SECURITY, message=f"fix\n\n{FOOTER}\n")) == BLOCKED


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        (rb"trailer=Assisted-by:\ Robo*", "fix\n\nAssisted-by: robo 4.5 (beta/2)\n"),
        (rb"trailer=Co-authored-by:\ Robo*", "fix\n\nCo-authored-by: Robo <robo@acme.example>\n"),
        (rb"description=Made\ by\ Robo,\ */session/*", "fix\n\n  made by robo, https://acme.example/session/1\nmore\n"),
    ],
)
def test_g1_a_policy_teaches_what_an_agents_messages_say(
    github: GitHubServer, tmp_path: Path, signal: bytes, message: str
) -> None:
    world = World.make(github, tmp_path, policy=POLICY + b"agent robo " + signal + b"\n")
    assert title(world, opened(world, SECURITY, message=message)) == BLOCKED


@pytest.mark.parametrize("branch_by", ["acme-robo", "hubot"])
def test_threat_38_the_agents_account_is_deleted_after_it_made_the_change(
    github: GitHubServer, tmp_path: Path, branch_by: str
) -> None:
    world = World.make(github, tmp_path, policy=POLICY + b"agent robo login=acme-robo\n")
    github.add_user("acme-robo")
    world.repo.set_permission("acme-robo", "write")
    world.repo.branch("fix", by=branch_by)
    world.repo.commit("fix", SECURITY, author=("dev", "dev@corp.example"), pushed_by="acme-robo")
    pull = world.repo.open_pull("fix", base="main", author=branch_by, title="Fix", body="")
    assert title(world, pull) == BLOCKED
    github.delete_account("acme-robo")
    assert world.run("pull_request_target", "labeled", pull=pull) == 1
    assert world.check(pull.head_sha).title == BLOCKED


def test_threat_38_whoever_registers_a_login_that_fits_waits_for_approval(github: GitHubServer, tmp_path: Path) -> None:
    policy = b"default @anyone require_approval\nagent fleet/* login=acme-fleet-*\ndocs/** @fleet/* allow\n"
    world = World.make(github, tmp_path, policy=policy)
    github.add_user("acme-fleet-evil")
    assert title(world, opened(world, DOCS, by="acme-fleet-evil")) == "Waiting for approval (0 of 1)"


@pytest.mark.parametrize("name", [b"@claude-code", b"@claude[bot]", b"@anthropic-claude"])
def test_threat_43_a_rule_under_the_name_that_people_use_holds(github: GitHubServer, tmp_path: Path, name: bytes) -> None:
    world = World.make(github, tmp_path, policy=b"security/** " + name + b" block\n")
    assert title(world, opened(world, SECURITY, message=TRAILER)) == BLOCKED


def test_threat_38_a_bot_that_copies_an_agents_commits_at_a_comments_word(world: World) -> None:
    world.server.add_user("mergify[bot]", type="Bot").id = 37929162
    pull = opened(world, SECURITY, by="mergify[bot]", author="hubot", committer="mergify[bot]", pushed_by="mergify[bot]")
    assert title(world, pull) == BLOCKED


def test_b6_a_policy_may_trust_such_a_bot(github: GitHubServer, tmp_path: Path) -> None:
    world = World.make(github, tmp_path, policy=POLICY + b"agent mergify group=bots\n")
    world.server.add_user("mergify[bot]", type="Bot").id = 37929162
    pull = opened(world, SECURITY, by="mergify[bot]", author="hubot", committer="mergify[bot]", pushed_by="mergify[bot]")
    assert title(world, pull) == ALLOWED


def test_d3_an_honest_trailer_blocks_nothing_that_is_allowed_to_the_person_and_to_the_agent(
    github: GitHubServer, tmp_path: Path
) -> None:
    world = World.make(github, tmp_path, policy=b"default @agents block\ndocs/** @agents allow\n")
    pull = opened(world, DOCS, message=TRAILER)
    assert title(world, pull) == ALLOWED
    world.repo.set_permission("hubot", "read")
    assert title(world, pull) == BLOCKED


def test_threat_40_sixteen_thousand_co_authors_are_refused_and_not_compared(world: World) -> None:
    world.repo.branch("fix", by="hubot")
    for number in range(16):
        lines = "\n".join(f"Co-authored-by: n <n{number}x{i}@users.noreply.github.com>" for i in range(1000))
        world.repo.commit("fix", {"docs/a.md": f"{number}\n"}, author="hubot", message=f"x\n\n{lines}\n")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert title(world, pull) == "Too many people are named"
    assert world.check(pull.head_sha).conclusion == "failure"
