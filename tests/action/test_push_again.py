"""A push to a base branch judges those open pull requests again whose verdict it can have changed, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from agentowners.action.sweep import ENOUGH, SweepBatch
from tests.action.world import POLICY, World
from tests.github_server.gitstore import Rename
from tests.github_server.model import Pull

MANY = {f"lib/{n:03}.py": "x\n" for n in range(310)}


def push(world: World, files: dict[str, Any], *, branch: str = "main", by: str = "octocat") -> int:
    before = world.repo.tip(branch)
    after = world.repo.commit(branch, files, author=by, message="work")
    facts = {"repo": world.repo, "ref": f"refs/heads/{branch}", "before": before, "after": after}
    return world.run("push", None, pusher=by, sender=by, **facts)


def judged(world: World) -> list[int]:
    """The pull requests that the last run judged, in order."""
    paths = [path.split("/") for path in world.requests]
    return list(dict.fromkeys(int(path[2]) for path in paths if path[:2] == ["GET ", "pulls"] and len(path) == 3))


def allowed(world: World, files: dict[str, Any], branch: str = "copilot/fix", **facts: Any) -> Pull:
    pull = world.pull(files, branch=branch, **facts)
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Allowed"
    return pull


def approved(world: World, files: dict[str, Any], branch: str = "copilot/fix") -> Pull:
    pull = world.pull(files, branch=branch)
    world.repo.review(pull, "octocat", "APPROVED")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"
    return pull


def test_threat_35_a_file_that_the_push_moves_under_protection(world: World) -> None:
    world.repo.commit("main", {"lib/auth.py": "".join(f"line {n}\n" for n in range(30))}, message="lib")
    pull = allowed(world, {"lib/auth.py": "".join(f"line {n}\n" for n in range(30)) + "more\n"})
    other = allowed(world, {"docs/index.md": "more\n"}, "copilot/docs")
    assert push(world, moved(world)) == 0
    assert judged(world) == [pull.number]
    assert world.check(other.head_sha).title == "Allowed"


def moved(world: World) -> dict[str, Any]:
    """The file at its new place, as people have moved it."""
    text = "".join(f"line {n}\n" for n in range(30))
    return {"lib/auth.py": None, "security/auth.py": text}


@pytest.mark.parametrize("files", [{"docs/other.md": "x\n"}, {"README.md": "x\n"}, {"docs/new.md": "x\n", "README.md": None}])
def test_a_push_that_touches_nothing_of_theirs_judges_none_again(world: World, files: dict[str, Any]) -> None:
    allowed(world, {"docs/index.md": "more\n"})
    approved(world, {"src/app.py": "x = 2\n"}, "copilot/src")
    assert push(world, files) == 0
    assert judged(world) == []
    assert [path for path in world.requests if "graphql" in path] == ["POST /graphql"]


def test_threat_36_what_is_changed_on_both_sides_is_judged_again_where_reviews_count(world: World) -> None:
    allowed(world, {"docs/index.md": "more\n"})
    by_review = approved(world, {"src/app.py": "x = 2\n", "docs/index.md": "more\n"}, "copilot/src")
    assert push(world, {"docs/index.md": "d\nother\n"}) == 0
    assert judged(world) == [by_review.number]


def test_one_404_on_the_timeline_leaves_no_pull_request_waiting(world: World) -> None:
    pull = approved(world, {"src/app.py": "x = 2\n", "docs/index.md": "more\n"})
    fault = world.server.faults.add("404", method="GET", path=r"/timeline$")
    assert push(world, {"docs/index.md": "more\n"}) == 0
    assert fault.hits == 1
    assert judged(world) == [pull.number]
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"


def test_a_removed_file_judges_again_whoever_changes_it(world: World) -> None:
    pull = allowed(world, {"docs/index.md": "more\n"})
    push(world, {"docs/index.md": None})
    assert judged(world) == [pull.number]


@pytest.mark.parametrize("title", ["Conflicts with main", "Would be: Approved (1 of 1)", "GitHub did not answer", None])
def test_what_says_that_it_conflicts_or_is_being_judged_is_judged_again_too(world: World, title: str | None) -> None:
    pull = allowed(world, {"docs/index.md": "more\n"})
    run = world.check(pull.head_sha)
    if title is None:
        run.status, run.conclusion = "in_progress", None
    run.title = title
    push(world, {"docs/index.md": "d\nother\n"})
    assert judged(world) == [pull.number]


def test_three_hundred_files_count_as_every_path(world: World) -> None:
    first, second = allowed(world, {"docs/index.md": "more\n"}), allowed(world, {"docs/b.md": "b\n"}, "copilot/b")
    assert push(world, MANY) == 0
    assert judged(world) == [first.number, second.number]


def test_more_than_a_hundred_files_of_a_pull_request_count_as_every_path(world: World) -> None:
    pull = allowed(world, {f"docs/{n:03}.md": "x\n" for n in range(101)})
    push(world, {"README.md": None})
    assert judged(world) == [pull.number]


def test_a_file_that_the_pull_request_moves_may_have_been_any(world: World) -> None:
    pull = allowed(world, {"docs/moved.md": Rename("docs/index.md")})
    push(world, {"docs/index.md": None})
    assert judged(world) == [pull.number]


def test_pull_requests_to_other_branches_are_left_alone(world: World) -> None:
    world.repo.branch("dev")
    allowed(world, {"docs/index.md": "more\n"}, base="dev")
    assert push(world, {"docs/index.md": None}) == 0
    assert judged(world) == []


@pytest.mark.parametrize("fault", ["404", "403", "500", "graphql-errors", "not-json"])
def test_where_nothing_can_be_seen_all_are_judged(world: World, fault: Any, capfd: pytest.CaptureFixture[str]) -> None:
    pulls = [allowed(world, {"docs/index.md": "more\n"}), allowed(world, {"docs/b.md": "b\n"}, "copilot/b")]
    world.server.faults.add(fault, path="^/graphql$", times=1000)
    push(world, {"README.md": "x\n"})
    assert judged(world) == [pull.number for pull in pulls]
    assert "could not be looked at, so all are judged" in capfd.readouterr().out


def test_more_than_a_page_of_them(world: World) -> None:
    pulls = [world.pull({f"docs/{number}.md": "x\n"}, branch=f"copilot/{number}") for number in range(101)]
    assert push(world, {"docs/100.md": "y\n"}) == 0
    assert judged(world) == []
    push(world, {"docs/100.md": None})
    assert judged(world) == [pulls[100].number]
    assert [path for path in world.requests if path == "POST /graphql"] == ["POST /graphql"] * 2


def test_no_more_than_half_of_a_sweeps_requests_go_into_it(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    for number in range(8):
        allowed(world, {"docs/index.md": f"{number}\n"}, f"copilot/{number}")
    world.server.limits.rate = 500
    world.server.used[world.token] = 500 - 100 - 4 * ENOUGH
    assert push(world, {"docs/index.md": None}) == 0
    assert 0 < len(judged(world)) < 8
    assert world.server.used[world.token] <= 500 - 100 - ENOUGH
    assert "open pull requests are left for the next sweep" in capfd.readouterr().out


def test_the_pushs_own_verdict_is_the_jobs(world: World) -> None:
    pull = allowed(world, {"docs/index.md": "more\n"})
    world.repo.label(pull, "codex")
    world.repo.commit("main", {".github/AGENTOWNERS": b"docs/** @agents block\n"}, message="nobody told the gate")
    assert push(world, {"docs/index.md": None}) == 0
    assert not world.check(pull.head_sha).passing
    assert world.outputs()["conclusion"] == "success"


# --- a policy that is pushed ---


@pytest.mark.parametrize(
    ("files", "again"),
    [
        ({".github/AGENTOWNERS": b"# only a remark more\n" + POLICY}, False),
        ({".github/AGENTOWNERS": POLICY.replace(b"   ", b" ")}, False),
        ({".github/AGENTOWNERS": POLICY + b"x/** @agents block\n"}, True),
        ({".github/AGENTOWNERS": b"nonsense\n"}, True),
        ({".github/AGENTOWNERS": None}, True),
        ({"docs/AGENTOWNERS": b"x/** @agents block\n"}, True),
    ],
)
def test_a_policy_that_means_the_same_judges_nothing_again(world: World, files: dict[str, Any], again: bool) -> None:
    pull = allowed(world, {"docs/index.md": "more\n"})
    push(world, files)
    assert judged(world) == ([pull.number] if again else [])


@pytest.mark.parametrize(
    ("files", "taken_back"),
    [
        ({".github/AGENTOWNERS": POLICY.replace(b"block ", b"require_approval ")}, False),
        ({".github/AGENTOWNERS": POLICY + b"approvals minimum_permission=triage\n"}, False),
        ({".github/AGENTOWNERS": POLICY + b"x/** @agents block\n"}, True),
        ({".github/AGENTOWNERS": POLICY + b"approvals minimum_permission=admin\n"}, True),
        ({".github/AGENTOWNERS": b"nonsense\n"}, True),
        ({".github/AGENTOWNERS": None}, True),
    ],
)
def test_passes_are_taken_back_unless_it_is_proved_that_nothing_became_stricter(
    world: World, monkeypatch: pytest.MonkeyPatch, files: dict[str, Any], taken_back: bool
) -> None:
    pull = allowed(world, {"docs/index.md": "more\n"})
    taken: list[bool] = []
    real = SweepBatch.take_back

    def take_back(self: SweepBatch) -> None:
        taken.append(True)
        real(self)

    monkeypatch.setattr(SweepBatch, "take_back", take_back)
    push(world, files)
    assert bool(taken) is taken_back
    assert judged(world) == [pull.number]
