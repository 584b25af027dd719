"""Workflow files, and which of them run the gate, set up how."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.checkup.gate import Gate, check_name, gates
from agentowners.checkup.workflows import may_write, read_workflow
from tests.checkup.repository import GATE, OWN_APP_GATE
from tests.docs.pages import ROOT

REUSABLE = """\
on:
  workflow_call:
    inputs:
      enforcement: {type: string, default: evaluate}
      check-name: {type: string, default: AGENTOWNERS}
jobs:
  gate:
    runs-on: x
    permissions: {checks: write}
    steps:
      - uses: agentowners/agentowners-action@v1.0.0
        with:
          token: ${{ secrets.token || github.token }}
          enforcement: ${{ inputs.enforcement }}
          check-name: ${{ inputs.check-name }}
"""
CALLER = """\
on: {pull_request_target: {types: [opened]}}
jobs:
  gate:
    uses: ./.github/workflows/reusable.yml
    with: {check-name: Gate}
"""


def _gates(**texts: str) -> tuple[Gate, ...]:
    return gates(read_workflow(f".github/workflows/{name}.yml", text.encode()) for name, text in texts.items())


@pytest.mark.parametrize("events", ["on: push", "on: [push]", "on: {push: }", '"on": push', "on:\n  push:\n"])
def test_events_are_read_in_every_form(events: str) -> None:
    workflow = read_workflow("w.yml", f"{events}\njobs: {{a: {{}}}}\n".encode())
    assert (workflow.readable, workflow.events) == (True, {"push": {}})


@pytest.mark.parametrize("text", ["", "a", "[", "jobs: []", "jobs: {}", "on: push", "- a", "on: 1\njobs: [", "\0", "a: &a [*a]"])
def test_what_is_no_workflow_is_not_taken_for_one(text: str) -> None:
    assert not read_workflow("w.yml", text.encode()).readable


_NODES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["${{ secrets.X }}", "write-all", "inherit"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["on", "jobs", "permissions", "steps", "uses", "with", "secrets", "environment", "name", "push", "a"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(_NODES, _NODES)
def test_no_file_is_too_odd_to_be_read(events: object, jobs: object) -> None:
    data = json.dumps({"on": events, "jobs": {"a": jobs, "b": {"steps": jobs, "uses": "x", "with": events}}}).encode()
    gates([read_workflow(".github/workflows/a.yml", data)])


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd_to_be_read(data: bytes) -> None:
    read_workflow("a.yml", b"on: push\njobs: {a: {x: " + data)
    read_workflow("a.yml", data)


def test_aliases_that_would_unfold_without_end_do_not() -> None:
    lines = ["x0: &x0 {s: '${{ secrets.DEEP }}'}"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 60)]
    text = "\n".join([*lines, "on: push", "jobs: {a: {env: *x59}}"])
    workflow = read_workflow("a.yml", text.encode())
    assert workflow.jobs[0].secrets == {"DEEP"}


def test_what_is_not_utf8_or_too_large_is_not_read() -> None:
    assert not read_workflow("w.yml", b"on: push\njobs: {a: {name: \xff}}\n").readable
    assert not read_workflow("w.yml", b"on: push\njobs: {a: {}}\n" + b"#" * (1 << 20)).readable


@pytest.mark.parametrize(
    ("permissions", "writes"),
    [
        ("write-all", True),
        ("read-all", False),
        ("{}", False),
        ("{checks: write}", True),
        ("{checks: read}", False),
        ("odd", True),
    ],
)
def test_permissions(permissions: str, writes: bool) -> None:
    workflow = read_workflow("w.yml", f"on: push\npermissions: {permissions}\njobs: {{a: {{}}}}\n".encode())
    assert workflow.permissions is not None
    assert may_write(workflow.permissions, "checks") is writes


def test_a_job_that_says_nothing_has_the_permissions_of_its_workflow() -> None:
    workflow = read_workflow("w.yml", b"on: push\npermissions: {checks: write}\njobs: {a: {}, b: {permissions: {}}}\n")
    assert [workflow.of(job) for job in workflow.jobs] == [{"checks": "write"}, {}]
    assert read_workflow("w.yml", b"on: push\njobs: {a: {}}\n").permissions is None


def test_a_reusable_workflow_may_call_the_gate_s_without_inputs() -> None:
    own, elsewhere = "agentowners/agentowners-action", "acme/.github"
    for home, told in ((own, "active"), (elsewhere, None)):
        reusable = f"on: workflow_call\njobs: {{gate: {{uses: {home}/.github/workflows/agentowners.yml@v1}}}}\n"
        (gate,) = _gates(reusable=reusable, caller=CALLER)
        assert gate.input("enforcement", "active") == told


@pytest.mark.parametrize(
    "uses",
    [
        "agentowners/agentowners-action@v1",
        "agentowners/agentowners-action@0123456789012345678901234567890123456789",
        "Acme/AgentOwners-Action@v1",
        "agentowners/agentowners-action/.github/workflows/agentowners.yml@v1",
        "acme/.github/.github/workflows/agentowners.yml@main",
    ],
)
def test_the_gate_is_recognized(uses: str) -> None:
    if ".yml" in uses:
        assert len(_gates(a=f"on: push\njobs: {{a: {{uses: '{uses}'}}}}\n")) == 1
    else:
        assert len(_gates(a=f"on: push\njobs: {{a: {{steps: [{{uses: '{uses}'}}]}}}}\n")) == 1


def test_the_environment_of_the_reusable_workflow_that_has_one_is_known() -> None:
    text = """
on: push
jobs:
  gate:
    uses: agentowners/agentowners-action/.github/workflows/agentowners-audit.yml@v1
    with: {environment: audit, audit-s3: "s3://b/p", app-id: "7"}
    secrets: {AGENTOWNERS_APP_KEY: "${{ secrets.AGENTOWNERS_APP_KEY }}", DD_API_KEY: "${{ secrets.DD_API_KEY }}"}
"""
    (gate,) = _gates(a=text)
    assert (gate.environment, gate.own_app, gate.input("audit-s3", "")) == ("audit", True, "s3://b/p")
    assert gate.secrets == {"AGENTOWNERS_APP_KEY"}
    (plain,) = _gates(a=text.replace(', app-id: "7"', ""))
    assert not plain.own_app


@pytest.mark.parametrize("uses", ["actions/checkout@v4", "evil/x-agentowners-action-y@v1", "acme/ci/.github/workflows/ci.yml@v1"])
def test_what_is_not_the_gate_is_not_taken_for_it(uses: str) -> None:
    assert _gates(a=f"on: push\njobs: {{a: {{uses: '{uses}', steps: [{{uses: '{uses}'}}]}}}}\n") == ()


def test_inputs_come_through_a_reusable_workflow_of_the_repository() -> None:
    (gate,) = _gates(reusable=REUSABLE, caller=CALLER)
    assert gate.workflow.path == ".github/workflows/caller.yml"
    assert (gate.input("enforcement", "active"), gate.input("check-name", "AGENTOWNERS")) == ("evaluate", "Gate")
    assert not gate.own_app
    assert check_name([gate], "main") == "Gate"
    (with_secret,) = _gates(reusable=REUSABLE, caller=CALLER + "    secrets: {token: '${{ secrets.KEY }}'}\n")
    assert with_secret.own_app
    assert with_secret.secrets == {"KEY"}


def test_this_repositorys_own_wiring_is_understood() -> None:
    folder = ROOT / ".github" / "workflows"
    (gate,) = gates(read_workflow(f".github/workflows/{path.name}", path.read_bytes()) for path in sorted(folder.glob("*.yml")))
    assert gate.workflow.path == ".github/workflows/gate.yml"
    assert (gate.input("enforcement", "?"), gate.input("fail-job", "?"), gate.own_app) == ("active", "auto", False)


@pytest.mark.parametrize(
    ("token", "own"),
    [
        ("${{ github.token }}", False),
        ("${{ secrets.GITHUB_TOKEN }}", False),
        ("${{ steps.app.outputs.token }}", True),
        ("${{ secrets.KEY }}", True),
    ],
)
def test_a_token_that_is_not_the_workflows_own_is_an_apps(token: str, own: bool) -> None:
    (gate,) = _gates(a=OWN_APP_GATE.replace("${{ steps.app.outputs.token }}", token))
    assert gate.own_app is own


def test_an_app_by_its_inputs_is_an_app_of_ones_own() -> None:
    with_inputs = OWN_APP_GATE.replace("token: ${{ steps.app.outputs.token }}", "app-id: 4242")
    (gate,) = _gates(a=with_inputs)
    assert (gate.own_app, gate.input("app-id", "")) == (True, "4242")


def test_secrets_that_are_inherited_make_no_app_of_ones_own() -> None:
    (gate,) = _gates(a=GATE + "    secrets: inherit\n")
    assert not gate.own_app
