"""Every row of the table of verdicts, through the real entrypoint, with what a pull request shows of it."""

from __future__ import annotations

import json

import pytest

from tests.action.world import FILES, World
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

CHANGE = {"security/keys.py": "KEY = 2\n"}


def approve(world: World, pull: Pull, *logins: str) -> None:
    for login in logins:
        world.repo.review(pull, login, "APPROVED")


def test_every_file_allowed(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.status, run.conclusion, run.title) == ("completed", "success", "Allowed")
    assert run.annotations == []
    assert pull.labels == []
    assert world.outputs() == {
        "decision": "allow",
        "conclusion": "success",
        "approvals-required": "0",
        "approvals-granted": "0",
        "blocked-files": "0",
        "check-run-url": f"https://github.com/acme/shop/runs/{run.id}",
        "report": "",
    }


def test_approvals_needed_and_not_met(world: World) -> None:
    pull = world.pull({"infra/main.tf": "b\n"})
    approve(world, pull, "octocat")
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("action_required", "Waiting for approval (1 of 2)")
    assert [(a["path"], a["annotation_level"]) for a in run.annotations] == [("infra/main.tf", "warning")]
    assert pull.labels == ["agentowners/approvals-required-2"]
    outputs = world.outputs()
    assert (outputs["decision"], outputs["conclusion"]) == ("require_approval", "action_required")
    assert (outputs["approvals-required"], outputs["approvals-granted"]) == ("2", "1")


def test_approvals_needed_and_all_met(world: World) -> None:
    pull = world.pull({"infra/main.tf": "b\n"})
    approve(world, pull, "octocat", "hubot")
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("success", "Approved (2 of 2)")
    assert [a["annotation_level"] for a in run.annotations] == ["notice"]
    assert pull.labels == ["agentowners/approvals-required-2"]
    assert world.outputs()["decision"] == "require_approval"


def test_a_file_is_blocked(world: World) -> None:
    pull = world.pull({"security/keys.py": "KEY = 2\n", "security/b.py": "\n", "security/c.py": "\n", "docs/a.md": "\n"})
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("failure", "Blocked: 3 files")
    assert [(a["path"], a["annotation_level"]) for a in run.annotations] == [
        ("security/b.py", "failure"),
        ("security/c.py", "failure"),
        ("security/keys.py", "failure"),
    ]
    assert run.details_url == "https://github.com/acme/shop/actions/runs/1001"
    assert run.external_id == f"agentowners/{pull.number}/1001-1"
    assert pull.labels == ["agentowners/blocked"]
    assert world.outputs()["blocked-files"] == "3"


def test_both_labels_where_both_hold(world: World) -> None:
    pull = world.pull({"security/keys.py": "KEY = 2\n", "infra/main.tf": "b\n"})
    assert world.judge(pull) == 1
    assert sorted(pull.labels) == ["agentowners/approvals-required-2", "agentowners/blocked"]


def test_annotations_stand_on_the_first_changed_line(world: World) -> None:
    world.repo.commit("main", {"security/long.py": "".join(f"line {n}\n" for n in range(1, 21))})
    changed = "".join("changed\n" if n == 12 else f"line {n}\n" for n in range(1, 21))
    pull = world.pull({"security/long.py": changed})
    world.judge(pull)
    (annotation,) = world.check(pull.head_sha).annotations
    assert (annotation["start_line"], annotation["end_line"]) == (12, 12)
    assert annotation["title"] == "Blocked by .github/AGENTOWNERS:1"
    assert json.loads(annotation["raw_details"])["path"] == "security/long.py"


@pytest.mark.parametrize("count", [50, 51, 120])
def test_annotations_go_out_in_batches_of_50(world: World, count: int) -> None:
    pull = world.pull({f"security/f{n:03}.py": "x\n" for n in range(count)})
    world.judge(pull)
    run = world.check(pull.head_sha)
    assert [a["path"] for a in run.annotations] == [f"security/f{n:03}.py" for n in range(count)]
    assert sum(r.startswith("PATCH /check-runs/") for r in world.requests) == -(-count // 50)
    # in progress until the last batch
    assert run.history == [("in_progress", None)] * (-(-count // 50)) + [("completed", "failure")]


def test_a_human_is_not_restricted_by_rules_about_agents(world: World) -> None:
    pull = world.pull(CHANGE, branch="fix", author="hubot")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Allowed"


def test_a_policy_that_does_not_parse(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "docs/** @agents allow\nsrc/** @agents perhaps\n\nno-principal block\n"})
    pull = world.pull(CHANGE)
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("failure", "Policy does not parse")
    assert [(a["path"], a["start_line"], a["annotation_level"]) for a in run.annotations] == [
        (".github/AGENTOWNERS", 2, "failure"),
        (".github/AGENTOWNERS", 4, "failure"),
    ]
    assert world.outputs()["decision"] == ""
    assert world.outputs()["conclusion"] == "failure"


def test_every_policy_file_is_a_layer(world: World) -> None:
    world.repo.commit("main", {"docs/AGENTOWNERS": "docs/** @agents block\n", ".agentowners.yml": "version: 1\n"})
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_named_policy_files_are_the_only_ones(world: World) -> None:
    world.repo.commit("main", {"policy/agents": "docs/** @agents block\n"})
    world.inputs["policy-file"] = "policy/agents"
    pull = world.pull({"docs/index.md": "new\n"})
    other = world.pull({"src/app.py": "x = 2\n"}, branch="copilot/other")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"
    assert world.judge(other) == 0
    assert world.check(other.head_sha).title == "Allowed"


def test_a_named_policy_file_that_does_not_exist(world: World) -> None:
    world.inputs["policy-file"] = ".github/AGENTOWNERS\nelsewhere/AGENTOWNERS"
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("failure", "Policy file not found")
    assert "`elsewhere/AGENTOWNERS`" in (run.summary or "")


def test_no_policy_at_all(github: GitHubServer, world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": None})
    pull = world.pull({"src/app.py": "x = 2\n"})
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("neutral", "No policy")
    assert "Add a policy" in (run.summary or "")
    guarded = world.pull({".github/workflows/ci.yml": "on: push\n"}, branch="copilot/ci")
    assert world.judge(guarded) == 0
    assert world.check(guarded.head_sha).title == "Waiting for approval (0 of 1)"


@pytest.mark.parametrize(
    ("files", "title"),
    [
        ({"security/keys.py": "KEY = 2\n"}, "Would be: Blocked: 1 file"),
        ({"infra/main.tf": "b\n"}, "Would be: Waiting for approval (0 of 2)"),
        ({"docs/index.md": "new\n"}, "Would be: Allowed"),
    ],
)
def test_enforcement_evaluate(world: World, files: dict[str, str], title: str) -> None:
    world.inputs["enforcement"] = "evaluate"
    pull = world.pull(files)
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("neutral", title)
    assert pull.labels == []


def test_enforcement_evaluate_does_not_hide_a_policy_that_does_not_parse(world: World) -> None:
    world.inputs["enforcement"] = "evaluate"
    world.repo.commit("main", {".github/AGENTOWNERS": "nonsense\n"})
    pull = world.pull(CHANGE)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_observe_only(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "security/** @agents block\nmode observe-only @agents\n"})
    pull = world.pull(CHANGE)
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("neutral", "Would be: Blocked: 1 file")


@pytest.mark.parametrize(
    ("fail_job", "blocked", "waiting", "allowed"),
    [("auto", 1, 0, 0), ("always", 1, 1, 0), ("never", 0, 0, 0)],
)
def test_fail_job(world: World, fail_job: str, blocked: int, waiting: int, allowed: int) -> None:
    world.inputs["fail-job"] = fail_job
    for files, branch, code in (
        (CHANGE, "copilot/a", blocked),
        ({"infra/main.tf": "b\n"}, "copilot/b", waiting),
        ({"docs/index.md": "new\n"}, "copilot/c", allowed),
    ):
        assert world.judge(world.pull(files, branch=branch)) == code


def test_an_empty_change_is_allowed(world: World) -> None:
    world.repo.branch("copilot/empty")
    world.repo.commit("copilot/empty", {}, message="nothing", author="Copilot")
    pull = world.repo.open_pull("copilot/empty", base="main", author="Copilot", title="Nothing", body="")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Allowed"


def test_a_closed_pull_request(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(CHANGE)
    world.repo.close(pull)
    assert world.run(action="closed", pull=pull) == 0
    assert world.checks(pull.head_sha) == []
    assert world.requests == ["GET /pulls/1", "GET /pulls"]
    assert "nothing to judge: #1 is closed" in capfd.readouterr().out


def test_check_name_with_base(world: World) -> None:
    world.inputs["check-name"] = "Gate ({base})"
    pull = world.pull(CHANGE)
    world.judge(pull)
    assert world.check(pull.head_sha, "Gate (main)").conclusion == "failure"
    assert world.checks(pull.head_sha) == []


def test_the_files_exist_on_the_base(world: World) -> None:
    """The world's own files are what these tests think they are."""
    assert set(FILES) | {".github/AGENTOWNERS"} == {
        entry.path.decode()
        for entry in world.repo.store.tree(world.repo.store.read_commit(world.repo.tip("main")).tree, recursive=True)
        if entry.type == "blob"
    }
