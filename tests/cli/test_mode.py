"""``agentowners mode`` as people run it."""

from __future__ import annotations

import pytest

from agentowners.cli.commands import COMMANDS
from agentowners.diagnostics import Source
from agentowners.dispatch.clients import CLIENTS, guarantees
from agentowners.dispatch.matrix import Enforcer, matrix
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.model import Mode
from agentowners.proof.mode_guide import WORDS, Hold, rules_of
from tests.cli.run import Runner
from tests.docs.pages import ROOT
from tests.schemas.published import validator


def test_every_mode_is_listed(run: Runner) -> None:
    done = run("mode", "list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == [mode.value for mode in Mode]


@pytest.mark.parametrize("mode", list(Mode))
def test_its_rules_can_be_written_out(run: Runner, mode: Mode) -> None:
    done = run("mode", "show", mode.value)
    layer, diagnostics = parse_lines(Source("AGENTOWNERS", done.out.encode()))
    assert diagnostics == ()
    assert [rule.outcome for rule in layer.rules] == [rule.outcome for rule in rules_of(mode)]


def test_the_matrix_is_the_same_in_every_form(run: Runner) -> None:
    for mode in Mode:
        text, document = run("mode", "explain", mode.value).out, run("mode", "explain", mode.value, "--format", "json").json
        validator("mode-1").validate(document)
        (entry,) = document["modes"]
        assert (entry["mode"], entry["may"]) == (mode.value, WORDS[mode])
        cells = [(one["where"], one["access"], one["holds"], one["why"]) for one in entry["enforced"]]
        assert cells == [
            (row.where, kind.value, cell.hold.value, cell.why)
            for row in matrix(COMMANDS, mode)
            for kind, cell in row.cells.items()
        ]
        assert all(f"{access:20}  {hold:11}  {why}" in text for _, access, hold, why in cells)


def test_a_hooks_row_is_what_is_known_of_its_client(run: Runner) -> None:
    (entry,) = run("mode", "explain", "read-only", "--format", "json").json["modes"]
    for client, facts in CLIENTS.items():
        found = {one["access"]: one["holds"] for one in entry["enforced"] if one["client"] == client.value}
        assert found == {kind.value: cell.hold.value for kind, cell in guarantees(client).items()}
        assert f"never seen by its hooks: {'; '.join(facts.unseen)}" in run("mode", "explain", "read-only").out


def test_what_is_not_built_is_said_to_be_until_there_is_its_command() -> None:
    rows = {row.enforcer: row for row in matrix(["check"])}
    assert set(rows) == set(Enforcer)
    assert {entry.hold for entry in rows[Enforcer.GATEWAY].cells.values()} == {Hold.NOT_BUILT}
    built = {row.enforcer: row for row in matrix(["check", "mcp-gateway"])}[Enforcer.GATEWAY]
    assert {entry.hold for entry in built.cells.values()} == {Hold.BEST_EFFORT, Hold.UNAVAILABLE}
    observed = matrix(COMMANDS, Mode.OBSERVE_ONLY)
    assert {entry.hold for row in observed if row.enforcer is not Enforcer.GATEWAY for entry in row.cells.values()} == {
        Hold.UNAVAILABLE
    }


def test_the_policy_reference_says_the_same_of_each(run: Runner) -> None:
    page = (ROOT / "docs/policy-reference.md").read_text(encoding="utf-8")
    for mode in (Mode.READ_ONLY, Mode.WORKSPACE_WRITE):
        assert f"| `{mode.value}` | {WORDS[mode]} |" in page


def test_a_mode_that_there_is_not(run: Runner) -> None:
    done = run("mode", "show", "read-onyl")
    assert (done.code, done.out) == (2, "")
    assert "there is no mode `read-onyl`" in done.err
    assert "did you mean `read-only`?" in done.err
