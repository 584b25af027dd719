"""A bot that nothing but its account's kind makes an agent: the check says so, and the line that makes it automation."""

from __future__ import annotations

import re

from tests.action.world import World


def test_the_line_that_the_check_gives_makes_an_unknown_bot_automation(world: World) -> None:
    app = world.server.add_app("renovate-sh-app")
    world.repo.branch("renovate/x", world.repo.tip("main"))
    world.repo.commit("renovate/x", {"infra/main.tf": "b\n"}, message="bump", author=app.account.login)
    pull = world.repo.open_pull("renovate/x", base="main", author=app.account.login, title="Bump", body="")
    world.judge(pull)
    run = world.check(pull.head_sha)
    assert run.title == "Waiting for approval (0 of 2)"
    line = re.search(
        r"No agent is known by this name; if it is other automation, the policy can say so: `([^`]+)`", run.summary or ""
    )
    assert line is not None
    assert line[1] == "agent renovate-sh-app login=renovate-sh-app[bot] group=bots"
    world.repo.commit("main", {".github/AGENTOWNERS": f"infra/** @agents require_approval(2)\n{line[1]}\n"})
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Allowed"


def test_a_known_agent_gets_no_such_line(world: World) -> None:
    pull = world.pull({"infra/main.tf": "b\n"})
    world.judge(pull)
    assert "known by this name" not in (world.check(pull.head_sha).summary or "")
