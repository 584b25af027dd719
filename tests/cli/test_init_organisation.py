"""``agentowners init --organisation``: one policy for all repositories, the workflow that names it, and the ruleset for that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from agentowners.action.inputs import read_inputs
from agentowners.report.verdict.conclusion import Enforcement
from tests.cli.run import Runner
from tests.docs.pages import ROOT
from tests.git.repo import Repo

WORKFLOW = ".github/workflows/agentowners.yml"
RULESET = "agents/ruleset.json"
WRITTEN = ["agents/AGENTOWNERS", WORKFLOW, RULESET]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A clone of the repository that is to hold the policy; it is the current directory."""
    repo = Repo(tmp_path / "policies")
    repo.commit({"README.md": "x\n"})
    repo.checkout("main")
    repo.git("remote", "add", "origin", "git@github.com:acme/policies.git")
    monkeypatch.chdir(repo.path)
    return repo


@pytest.mark.parametrize(("syntax", "policy"), [("lines", "agents/AGENTOWNERS"), ("yaml", "agents/agentowners.yml")])
def test_the_policy_is_right_by_our_own_tools(home: Repo, run: Runner, syntax: str, policy: str) -> None:
    done = run("init", "--organisation", "--syntax", syntax)
    assert done.code == 0
    assert [line for line in done.out.splitlines() if line.startswith("written: ")] == [
        f"written: {path}" for path in (policy, WORKFLOW, RULESET)
    ]
    assert run("lint", "--policy-file", policy).code == 0
    assert run("fmt", "--check", policy).code == 0
    assert run("prove", "--policy-file", policy).code == 0
    assert run("explain", ".env", "--as", "@copilot", "--policy-file", policy).code == 3


def test_the_workflow_sets_both_inputs_and_fails_its_job(home: Repo, run: Runner) -> None:
    run("init", "--organisation")
    workflow = yaml.safe_load((home.path / WORKFLOW).read_text())
    assert set(workflow[True]) == {"pull_request_target", "merge_group", "workflow_call"}
    (job,) = workflow["jobs"].values()
    given = job["with"]
    known = yaml.safe_load((ROOT / WORKFLOW).read_text())[True]["workflow_call"]
    assert set(given) <= set(known["inputs"])
    assert set(job["secrets"]) <= set(known["secrets"])
    assert given["fail-job"] == "always"
    expression = given["organisation-enforcement"]
    assert "github.event.repository.custom_properties.agentowners == 'enforce'" in expression
    assert "contains(fromJSON('[]'), github.event.repository.name)" in expression
    inputs = {"INPUT_TOKEN": "t", "INPUT_ORGANISATION-POLICY": given["organisation-policy"]}
    found = read_inputs(inputs | {"INPUT_ORGANISATION-ENFORCEMENT": "evaluate"}).organisation
    assert found is not None
    assert (found.repository, found.path, found.ref) == ("acme/policies", "agents/AGENTOWNERS", "main")
    assert found.enforcement is Enforcement.EVALUATE


def test_the_ruleset_requires_the_workflow_and_only_evaluates(home: Repo, run: Runner) -> None:
    said = run("init", "--organisation").out
    body = json.loads((home.path / RULESET).read_text())
    assert (body["target"], body["enforcement"]) == ("branch", "evaluate")
    assert body["conditions"]["repository_name"] == {"include": ["~ALL"], "exclude": []}
    (rule,) = body["rules"]
    (workflow,) = rule["parameters"]["workflows"]
    assert (rule["type"], workflow["path"], workflow["ref"]) == ("workflows", WORKFLOW, "refs/heads/main")
    assert "gh api repos/acme/policies --jq .id" in said
    assert "gh api orgs/acme/rulesets --input -" in said
    assert "a review starts no run of a required workflow" in said
    assert "audit show s3://BUCKET/PREFIX --by repository --would" in said


def test_nothing_is_written_over_and_a_dry_run_writes_nothing(home: Repo, run: Runner) -> None:
    shown = run("init", "--organisation", "--dry-run")
    assert shown.code == 0
    assert not (home.path / "agents").exists()
    (home.path / "agents").mkdir()
    (home.path / RULESET).write_text("mine")
    assert "left alone: agents/ruleset.json: is there already" in run("init", "--organisation").out
    assert (home.path / RULESET).read_text() == "mine"
    for path in WRITTEN[:2]:
        assert f"==> {path} <==\n{(home.path / path).read_text()}" in shown.out
    assert run("init", "--organisation").code == 1


def test_what_makes_no_sense_is_refused(home: Repo, run: Runner) -> None:
    assert run("init", "--organisation", "--evaluate").code == 2
    assert run("init", "--organisation", "--teams").code == 2
    home.git("remote", "remove", "origin")
    done = run("init", "--organisation")
    assert (done.code, done.out) == (1, "")
    assert "git remote add origin" in done.err
