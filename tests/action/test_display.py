"""Labels, the sticky comment, the summary, outputs and report files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agentowners.action.run import main
from tests.action.world import PATIENCE, PERMISSIONS, World
from tests.github_server.faults import Action

CHANGE = {"infra/main.tf": "b\n"}


def test_labels_are_created_with_color_and_description(world: World) -> None:
    pull = world.pull(CHANGE)
    world.judge(pull)
    label = world.repo.find_label("agentowners/approvals-required-2")
    assert label is not None
    assert label.color == "fbca04"
    assert label.description == "2 people have to approve this pull request (set by AGENTOWNERS)"


def test_a_label_that_exists_keeps_its_looks(world: World) -> None:
    first, second = world.pull(CHANGE), world.pull({"infra/x.tf": "b\n"}, branch="copilot/b")
    world.judge(first)
    label = world.repo.find_label("agentowners/approvals-required-2")
    assert label is not None
    label.color, label.description = "123456", "ours"
    world.judge(second)
    assert (label.color, label.description) == ("123456", "ours")
    assert not any(request.startswith("PATCH /labels") for request in world.requests)


def test_stale_labels_of_the_prefix_go_and_others_stay(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    for name in ("agentowners/blocked", "agentowners/approvals-required-7", "bug", "agentowners/mine", "other/blocked"):
        world.repo.label(pull, name, by="octocat")
    world.judge(pull)
    assert sorted(pull.labels) == ["agentowners/mine", "bug", "other/blocked"]


def test_a_label_that_is_on_already_costs_no_request(world: World) -> None:
    pull = world.pull(CHANGE)
    world.judge(pull)
    world.judge(pull)
    assert not [request for request in world.requests if "labels" in request]


def test_label_prefix(world: World) -> None:
    world.inputs["label-prefix"] = "ai"
    pull = world.pull(CHANGE)
    world.judge(pull)
    assert pull.labels == ["ai/approvals-required-2"]


def test_a_label_that_cannot_be_created_is_no_line_of_the_check(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    world.token = world.server.token("actions", permissions=PERMISSIONS | {"issues": "read"}, repository=world.repo)
    pull = world.pull(CHANGE)
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert run.conclusion == "action_required"
    assert pull.labels == []
    assert "label" not in (run.summary or "") + (run.text or "")
    told = capfd.readouterr()
    assert "cannot be put on #1" in told.out
    assert "`agentowners doctor --apply` creates it" in told.out
    assert "create it once by hand, or give the job `issues: write`" in told.out
    assert told.err == ""


def test_a_label_that_cannot_be_created_is_told_of_once(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    world.token = world.server.token("actions", permissions=PERMISSIONS | {"issues": "read"}, repository=world.repo)
    for number in range(3):
        world.pull(CHANGE, branch=f"copilot/{number}")
    assert world.run("schedule", None) == 0
    assert capfd.readouterr().out.count("cannot be put on") == 1
    assert sum(request.endswith("/labels") for request in world.requests) == 2


def test_a_label_made_by_hand_is_put_on_without_a_word(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    # plain gray and without a description, as somebody makes one: it looks as if GitHub had created it by itself
    world.server.faults.add("403", method="PATCH", path=r"/labels/")
    pull = world.pull(CHANGE)
    world.judge(pull)
    assert pull.labels == ["agentowners/approvals-required-2"]
    assert "label" not in capfd.readouterr().out
    assert "label" not in (world.check(pull.head_sha).summary or "")


@pytest.mark.parametrize("fault", ["403", "404", "500"])
def test_labels_that_fail_never_fail_the_verdict(world: World, fault: Action) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.repo.label(pull, "agentowners/blocked", by="octocat")
    world.server.faults.add(fault, method="DELETE", times=10)
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).conclusion == "success"


def test_the_sticky_comment(world: World) -> None:
    world.inputs["comment"] = "true"
    pull = world.pull(CHANGE)
    world.repo.comment(pull, "octocat", "<!-- agentowners:AGENTOWNERS --> not ours")
    world.judge(pull)
    world.judge(pull)
    assert len(pull.comments) == 2
    assert "Waiting for approval (0 of 2)" in pull.comments[1].body
    world.repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    assert len(pull.comments) == 2
    assert "Waiting for approval (1 of 2)" in pull.comments[1].body
    assert pull.comments[0].body == "<!-- agentowners:AGENTOWNERS --> not ours"


def test_every_link_leads_to_the_server_that_the_job_runs_on(world: World) -> None:
    world.inputs["comment"] = "true"
    pull = world.pull(CHANGE)
    payload = world.server.payload("pull_request_target", "synchronize", pull=pull)
    main(world.environ("pull_request_target", payload, GITHUB_SERVER_URL="https://git.acme.example"), patience=PATIENCE)
    check = world.check(pull.head_sha)
    for text in (check.summary, pull.comments[0].body, (world.directory / "summary").read_text("utf-8")):
        hosts = set(re.findall(r"\]\(https://([^/)]+)/(?!agentowners/)", text or ""))
        assert hosts == {"git.acme.example"}


def test_a_comment_whose_answer_is_lost_is_not_written_twice(world: World) -> None:
    world.inputs["comment"] = "true"
    pull = world.pull(CHANGE)
    world.server.faults.add("reset-after", method="POST", path="/comments$")
    assert world.judge(pull) == 0
    assert len(pull.comments) == 1


def test_no_comment_unless_asked(world: World) -> None:
    pull = world.pull(CHANGE)
    world.judge(pull)
    assert pull.comments == []


def test_a_change_of_which_nothing_was_asked_gets_no_comment_until_something_is(world: World) -> None:
    world.inputs["comment"] = "true"
    pull = world.pull({"docs/index.md": "new\n"})
    world.judge(pull)
    assert pull.comments == []
    world.repo.commit(pull.head_ref, {"infra/main.tf": "b\n"}, author="Copilot")
    world.judge(pull)
    assert "Waiting for approval" in pull.comments[0].body
    world.repo.commit(pull.head_ref, {"infra/main.tf": "a\n"}, author="Copilot")
    world.judge(pull)
    assert len(pull.comments) == 1


def test_the_jobs_summary(world: World) -> None:
    pull = world.pull(CHANGE)
    world.judge(pull)
    assert (
        world.summary.startswith("## AGENTOWNERS: Waiting for approval \\(0 of 2\\)") or "Waiting for approval" in world.summary
    )
    assert "infra/main.tf" in world.summary


def test_report_and_sarif_files(world: World) -> None:
    world.inputs |= {"report-file": "out/verdict.json", "sarif-file": "agentowners.sarif"}
    pull = world.pull({"security/keys.py": "KEY = 2\n"})
    world.judge(pull)
    workspace = world.directory / "workspace"
    verdict = json.loads((workspace / "out" / "verdict.json").read_text("utf-8"))
    assert (verdict["decision"], verdict["conclusion"], verdict["pull_request"]) == ("block", "failure", pull.number)
    assert verdict["head_sha"] == pull.head_sha
    assert json.loads((workspace / "agentowners.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert world.outputs()["report"] == "out/verdict.json"
    assert sorted(path.name for path in workspace.iterdir()) == ["agentowners.sarif", "out"]


@pytest.mark.parametrize("name", ["../outside.json", "/etc/agentowners.json", "out/../../x.json", "link/x.json", "."])
def test_reports_stay_inside_the_workspace(world: World, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    (world.directory / "workspace").mkdir()
    (world.directory / "elsewhere").mkdir()
    (world.directory / "workspace" / "link").symlink_to(world.directory / "elsewhere")
    world.inputs["report-file"] = name
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 1
    assert "is no file inside the workspace" in capfd.readouterr().err
    assert list((world.directory / "elsewhere").iterdir()) == []
    assert world.requests == []


def test_a_link_at_the_reports_name_is_replaced_not_followed(world: World) -> None:
    victim = world.directory / "victim"
    victim.write_text("precious")
    (world.directory / "workspace").mkdir()
    (world.directory / "workspace" / "verdict.json").symlink_to(victim)
    world.inputs["report-file"] = "verdict.json"
    world.judge(world.pull({"docs/index.md": "new\n"}))
    assert victim.read_text() == "precious"
    written = world.directory / "workspace" / "verdict.json"
    assert not written.is_symlink()
    assert json.loads(written.read_text())["decision"] == "allow"


def test_a_report_that_cannot_be_written_fails_the_job_after_the_verdict(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    (world.directory / "workspace").mkdir()
    Path(world.directory / "workspace" / "file").write_text("in the way")
    world.inputs["report-file"] = "file/verdict.json"
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "success"
    assert "cannot be written" in capfd.readouterr().err


def test_without_the_runners_files_nothing_is_missed(world: World) -> None:
    from agentowners.action.run import main
    from tests.action.world import PATIENCE

    pull = world.pull({"docs/index.md": "new\n"})
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "opened", pull=pull))
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        del environ[name]
    assert main(environ, patience=PATIENCE) == 0
    assert world.check(pull.head_sha).conclusion == "success"
