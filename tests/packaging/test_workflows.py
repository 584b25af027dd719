"""The workflows hold the rights they need, run nothing of a pull request, and never let go of a stale pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.packaging import WORKFLOWS, load_yaml, text

GATE = ["agentowners.yml", "agentowners-audit.yml", "gate.yml", "review-signal.yml"]
OWN = re.compile(r"agentowners/agentowners-action@v\d+\.\d+\.\d+|\./\.github/workflows/agentowners\.yml")


def named(name: str) -> dict[str, Any]:
    return load_yaml(f".github/workflows/{name}")


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", [])


def test_all_workflows_are_looked_at() -> None:
    assert {path.name for path in WORKFLOWS} == {*GATE, "ci.yml", "docs.yml", "nightly.yml", "release.yml"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_rights_are_given_job_by_job(path: Path) -> None:
    workflow = load_yaml(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert "permissions" in job, name
        assert isinstance(job["permissions"], dict), name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_other_peoples_actions_are_named_by_hash_with_their_version(path: Path) -> None:
    used = re.findall(r"^\s*(?:- )?uses: (.*)$", path.read_text("utf-8"), re.MULTILINE)
    for reference in used:
        assert OWN.fullmatch(reference) or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", reference), reference


def test_one_action_is_one_version() -> None:
    used = {line for path in WORKFLOWS for line in re.findall(r"uses: (\S+@[0-9a-f]{40} # \S+)", path.read_text("utf-8"))}
    assert len({line.partition("@")[0] for line in used}) == len(used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_keeps_its_token_and_no_script_holds_an_expression(path: Path) -> None:
    for step in steps(load_yaml(path)):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", GATE)
def test_the_gate_checks_nothing_out_and_cancels_nothing(name: str) -> None:
    written = text(f".github/workflows/{name}")
    assert not re.search(r"uses:.*checkout", written)
    assert "cancel-in-progress: true" not in written
    allowed = {"contents": "read", "pull-requests": "write", "checks": "write"}
    if name == "agentowners-audit.yml":
        allowed["id-token"] = "write"
    for job in named(name)["jobs"].values():
        assert job["permissions"].items() <= allowed.items()


def test_the_gate_runs_only_the_action() -> None:
    judge, keep = steps(named("agentowners.yml"))
    assert judge["uses"].startswith("agentowners/agentowners-action@v")
    assert keep["uses"].startswith("actions/upload-artifact@")
    assert "run" not in judge
    assert "run" not in keep


def test_what_asks_for_an_identity_is_in_an_environment_and_runs_nothing_else() -> None:
    """A role that is bound to the environment is out of reach for every branch that may not use it."""
    workflow = named("agentowners-audit.yml")
    (job,) = workflow["jobs"].values()
    assert (job["permissions"]["id-token"], job["environment"]) == ("write", "${{ inputs.environment }}")
    assert workflow["on"]["workflow_call"]["inputs"]["environment"]["required"] == "true"
    assume, judge, keep = job["steps"]
    assert assume["uses"].startswith("aws-actions/configure-aws-credentials@")
    assert set(assume["with"]) == {"role-to-assume", "aws-region", "role-session-name"}, "no key that outlives the job"
    assert judge["uses"].startswith("agentowners/agentowners-action@v")
    assert judge["env"] == {"DD_API_KEY": "${{ secrets.DD_API_KEY }}"}
    assert keep["uses"].startswith("actions/upload-artifact@")
    assert not [step for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("name", GATE)
def test_threat_34_no_workflow_of_a_branch_can_cancel_the_gate_by_a_concurrency_group(name: str) -> None:
    """A group's name is the repository's: whoever knows it cancels what waits in it. So there is none to know."""
    workflow = named(name)
    assert "concurrency" not in workflow
    assert all("concurrency" not in job for job in workflow["jobs"].values())


def test_the_gate_is_wired_as_supported() -> None:
    events = named("gate.yml")["on"]
    assert events["pull_request_target"]["types"] == [
        "opened",
        "reopened",
        "synchronize",
        "edited",
        "ready_for_review",
        "labeled",
        "unlabeled",
        "closed",
    ]
    assert events["merge_group"] == {"types": ["checks_requested"]}
    assert events["workflow_run"] == {"workflows": [named("review-signal.yml")["name"]], "types": ["completed"]}
    assert events["push"] == {"branches": ["main"]}
    assert set(events["workflow_dispatch"]["inputs"]) == {"pull-request"}
    assert "pull_request" not in events, "that one takes the workflow from the pull request"
    assert "schedule" in events


def test_the_review_signal_can_do_nothing() -> None:
    signal = named("review-signal.yml")
    assert signal["on"] == {"pull_request_review": {"types": ["submitted", "edited", "dismissed"]}}
    (job,) = signal["jobs"].values()
    assert job["permissions"] == {}
    assert [set(step) for step in job["steps"]] == [{"run"}]


def test_only_the_gate_runs_on_events_that_carry_rights_into_a_pull_request() -> None:
    risky = {
        path.name for path in WORKFLOWS if {"pull_request_target", "workflow_run", "issue_comment"} & set(load_yaml(path)["on"])
    }
    assert risky == {"gate.yml"}


def test_continuous_integration_needs_no_rights_and_covers_every_supported_python() -> None:
    workflow = named("ci.yml")
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    commands = [step["run"] for step in steps(workflow) if "run" in step]
    assert [command for command in commands if command.startswith("make ")] == [
        *(
            "make lint",
            "make test",
            "make demo",
            "make coverage",
            "make fresh-test",
            "make clients-test",
            "make servers-test",
            "make browser-test REQUIRED=1",
            "make dist",
            "make site",
            "make image-test",
        )
    ]
    assert commands.count("python -m tests.command_line") == 1
    assert "secrets." not in text(".github/workflows/ci.yml")


def test_every_night_takes_more_examples_and_every_fault_everywhere() -> None:
    nightly = named("nightly.yml")
    assert set(nightly["on"]) == {"schedule", "workflow_dispatch"}
    *longer, api = [step for step in steps(nightly) if "run" in step]
    assert api["run"] == "make api-test"
    assert [set(step["env"]) for step in longer] == [{"AGENTOWNERS_EXAMPLES"}, {"AGENTOWNERS_ALL_FAULTS"}, {"NIGHTLY"}]
    assert all(step["run"].startswith("make test ") for step in longer[:2])
    assert longer[2]["run"] == "make clients-test"
    assert "test -z '$(NIGHTLY)'" in text("Makefile")
    assert 'os.environ.get("AGENTOWNERS_EXAMPLES"' in text("tests/examples.py")
    assert 'os.environ.get("AGENTOWNERS_ALL_FAULTS"' in text("tests/action/test_every_fault.py")
    assert [job["permissions"] for job in nightly["jobs"].values()] == [{"contents": "read"}] * 4


def test_a_release_is_checked_first_reviewed_and_built_from_nothing_cached() -> None:
    release = named("release.yml")
    jobs = release["jobs"]
    assert (jobs["image"]["needs"], jobs["publish"]["needs"]) == ("check", ["image", "index"])
    assert (jobs["wheel"]["needs"], jobs["index"]["needs"]) == ("check", ["wheel", "image"])
    assert {jobs[name]["environment"] for name in ("image", "index", "publish")} == {"release"}
    assert jobs["index"]["permissions"] == {"id-token": "write"}
    assert not [step for step in jobs["index"]["steps"] if "run" in step], "nothing of ours runs where the index's trust is"
    assert jobs["check"]["permissions"] == {"contents": "read"}
    assert not re.search(r"actions/cache@|cache-from|cache-to|^\s*cache:", text(".github/workflows/release.yml"), re.MULTILINE)
    build = next(step for step in jobs["image"]["steps"] if step.get("id") == "build")["with"]
    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert (build["no-cache"], build["sbom"], build["provenance"]) == ("true", "true", "mode=max")
    attest = jobs["image"]["steps"][-1]
    assert attest["uses"].startswith("actions/attest-build-provenance@")
    assert attest["with"]["subject-digest"] == "${{ steps.build.outputs.digest }}"
    commands = [step.get("run", "") for step in jobs["check"]["steps"]]
    assert ".ci/run" in commands
    assert 'python3 tools/release.py "$GITHUB_REF_NAME"' in commands


def test_dependabot_looks_after_everything_that_is_pinned() -> None:
    updates = load_yaml(".github/dependabot.yml")["updates"]
    assert {(update["package-ecosystem"], update["directory"]) for update in updates} == {
        ("github-actions", "/"),
        ("pip", "/requirements"),
        ("docker", "/"),
        ("npm", "/"),
    }
    assert all(int(update["cooldown"]["default-days"]) >= 7 for update in updates)
