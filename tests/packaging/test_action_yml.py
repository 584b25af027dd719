"""action.yml, the reusable workflow and the code declare the same inputs and outputs."""

from __future__ import annotations

import pytest

from agentowners.action.inputs import INPUTS
from tests.packaging import load_yaml

ACTION = load_yaml("action.yml")
WORKFLOW = load_yaml(".github/workflows/agentowners.yml")
CALL = WORKFLOW["on"]["workflow_call"]
GATE = WORKFLOW["jobs"]["gate"]
JUDGE = GATE["steps"][0]

# the tables of the Action reference
DEFAULTS = {
    "token": "${{ github.token }}",
    "app-id": "",
    "private-key": "",
    "policy-file": "",
    "enforcement": "active",
    "check-name": "AGENTOWNERS",
    "label-prefix": "agentowners",
    "comment": "false",
    "request-reviews": "false",
    "fail-job": "auto",
    "sarif-file": "",
    "report-file": "",
    "organisation-policy": "",
    "organisation-enforcement": "active",
    "audit-s3": "",
    "audit-s3-endpoint": "",
    "audit-datadog-site": "",
    "audit-file": "",
    "audit-required": "",
    "audit-epoch": "0",
}
SECRETS = ["token", "private-key"]
OUTPUTS = ["decision", "conclusion", "approvals-required", "approvals-granted", "blocked-files", "check-run-url", "report"]


def test_the_action_is_the_container() -> None:
    assert ACTION["runs"] == {"using": "docker", "image": "Dockerfile"}


def test_the_inputs_are_those_of_the_reference_with_their_defaults() -> None:
    assert {name: declared["default"] for name, declared in ACTION["inputs"].items()} == DEFAULTS


def test_the_code_reads_exactly_the_declared_inputs_with_the_same_defaults() -> None:
    assert {declared.name: declared.default for declared in INPUTS} == DEFAULTS


def test_no_input_is_required() -> None:
    assert {declared["required"] for declared in ACTION["inputs"].values()} == {"false"}


def test_the_outputs_are_those_of_the_reference() -> None:
    assert list(ACTION["outputs"]) == OUTPUTS


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_everything_is_described(kind: str) -> None:
    for name, declared in [*ACTION[kind].items(), *CALL[kind].items()]:
        assert len(declared["description"]) > 15, name


def test_the_reusable_workflow_takes_the_inputs_of_the_action() -> None:
    inputs = {name: declared["default"] for name, declared in CALL["inputs"].items()}
    assert inputs == {name: default for name, default in DEFAULTS.items() if name not in SECRETS}
    assert {declared["type"] for declared in CALL["inputs"].values()} == {"string"}
    assert list(CALL["secrets"]) == SECRETS
    assert {declared["required"] for declared in CALL["secrets"].values()} == {"false"}


def test_the_reusable_workflow_passes_every_input_on() -> None:
    passed = {name: f"${{{{ inputs.{name} }}}}" for name in DEFAULTS}
    secret = {"token": "${{ secrets.token || github.token }}", "private-key": "${{ secrets.private-key }}"}
    assert JUDGE["with"] == passed | secret


def test_the_reusable_workflow_gives_the_outputs_that_outlive_the_job() -> None:
    lasting = [name for name in OUTPUTS if name != "report"]  # a path in a workspace that is gone
    assert {name: declared["value"] for name, declared in CALL["outputs"].items()} == {
        name: f"${{{{ jobs.gate.outputs.{name} }}}}" for name in lasting
    }
    assert GATE["outputs"] == {name: f"${{{{ steps.judge.outputs.{name} }}}}" for name in lasting}
    assert JUDGE["id"] == "judge"


def test_the_workflow_with_an_environment_is_the_same_otherwise() -> None:
    audited = load_yaml(".github/workflows/agentowners-audit.yml")
    call, job = audited["on"]["workflow_call"], audited["jobs"]["gate"]
    own = {"environment", "aws-role", "aws-region"}
    described = {name: declared["default"] for name, declared in call["inputs"].items() if name not in own}
    assert described == {name: declared["default"] for name, declared in CALL["inputs"].items()}
    assert call["outputs"] == CALL["outputs"]
    judge = next(step for step in job["steps"] if step.get("id") == "judge")
    secret = {"token": "${{ github.token }}", "private-key": "${{ secrets.AGENTOWNERS_APP_KEY }}"}
    assert judge["with"] == JUDGE["with"] | secret
    assert judge["uses"] == JUDGE["uses"]
    assert job["outputs"] == GATE["outputs"]
