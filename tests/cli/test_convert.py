"""``agentowners convert``, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.run import Runner
from tests.git.repo import Repo
from tests.packaging import ROOT

SCHEMA: dict[str, Any] = json.loads((ROOT / "src/agentowners/schemas/conversion-1.schema.json").read_text(encoding="utf-8"))
OWNERS = "* @acme/core\n/docs/ docs@example.com\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "CODEOWNERS").write_text(OWNERS)
    return tmp_path


def test_the_policy_goes_to_standard_output_and_remarks_to_standard_error(place: Path, run: Runner) -> None:
    done = run("convert", "CODEOWNERS")
    assert done.code == 0
    assert "* !/docs/  @anyone  require_approval  @acme/core\n" in done.out
    assert "#   looser, line 2: " in done.out
    assert "CODEOWNERS:2:1: warning[looser]: " in done.err
    assert done.err.endswith("converted from codeowners: 2 statements; looser in 1, stricter in 0, left out 0\n")
    quiet = run("convert", "CODEOWNERS", "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_json_holds_the_policy_and_every_remark(place: Path, run: Runner) -> None:
    done = run("convert", "CODEOWNERS", "--format", "json")
    Draft202012Validator(SCHEMA).validate(done.json)
    assert done.json["policy"] == run("convert", "CODEOWNERS").out
    assert [(one["id"], one["line"]) for one in done.json["remarks"]] == [("looser", 2)]
    assert done.json["summary"] == {"statements": 2, "looser": 1, "stricter": 0, "left_out": 0}


@pytest.mark.parametrize(("name", "start"), [("AGENTOWNERS", "# Made of"), (".agentowners.yml", "# Made of")])
def test_a_new_file_is_written_in_the_syntax_of_its_name_and_never_over_anything(
    place: Path, run: Runner, name: str, start: str
) -> None:
    done = run("convert", "CODEOWNERS", "-o", name)
    assert (done.code, done.out) == (0, "")
    text = (place / name).read_text()
    assert text.startswith(start)
    assert run("lint", "--policy-file", name).code == 0
    assert run("convert", "CODEOWNERS", "-o", name).code == 1
    assert (place / name).read_text() == text
    explained = run("explain", "docs/x", "--as", "octocat", "--policy-file", name)
    assert "Needs approval" in explained.out.splitlines()[0]


def test_whom_the_rules_are_about_can_be_said(place: Path, run: Runner) -> None:
    assert "* !/docs/  @agents @bots  require_approval" in run("convert", "CODEOWNERS", "--for", "@agents", "--for", "bots").out
    assert run("convert", "CODEOWNERS", "--for", "a b").code == 2


def test_prow_is_read_from_the_root_of_its_tree(repo: Repo, run: Runner) -> None:
    root = repo.path
    (root / "pkg/x").mkdir(parents=True)
    (root / "OWNERS").write_text("approvers: [alice]\n")
    (root / "pkg/OWNERS").write_text("approvers: [bob]\n")
    (root / "pkg/x/OWNERS_ALIASES").write_text("aliases: {}\n")
    by_file, by_folder = run("convert", str(root / "OWNERS")), run("convert", str(root), "--from", "prow")
    assert (by_file.code, by_file.out) == (0, by_folder.out), by_file.err
    assert "/pkg/  @anyone  require_approval  @bob @alice\n" in by_file.out
    assert run("convert", str(root / "pkg/OWNERS")).code == 2
    assert run("convert", str(root)).code == 2
    (root / "pkg/OWNERS").write_text("approvers: [\n")
    broken = run("convert", str(root / "OWNERS"))
    assert (broken.code, broken.out) == (5, "")
    assert "pkg/OWNERS:" in broken.err


def test_a_link_in_the_tree_is_not_followed(tmp_path: Path, run: Runner) -> None:
    (tmp_path / "outside").write_text("approvers: [mallory]\n")
    (tmp_path / "r/sub").mkdir(parents=True)
    (tmp_path / "r/OWNERS").write_text("approvers: [alice]\n")
    (tmp_path / "r/sub/OWNERS").symlink_to(tmp_path / "outside")
    assert "mallory" not in run("convert", str(tmp_path / "r"), "--from", "prow").out


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("x.txt", "", "tells of no tool"),
        ("x.yml", "a: 1\n", "tells of no tool"),
        ("AGENTOWNERS.yml", "version: 1\nrules:\n  - {patterns: [a], decision: block}\n", "already"),
        ("x.yml", "version: 1\npolicy: {}\ndefaults: {known_agent: allow}\n", "two tools"),
        ("x.yml", "a: [\n", "tells of no tool"),
    ],
)
def test_doubt_about_whose_file_it_is_is_a_usage_error(place: Path, run: Runner, name: str, text: str, why: str) -> None:
    (place / name).write_text(text)
    done = run("convert", name)
    assert (done.code, done.out) == (2, "")
    assert why in done.err
    assert "--from" in done.err


@pytest.mark.parametrize(
    ("name", "text", "origin"),
    [
        (".policy.yml", "policy: {approval: [a]}\napproval_rules: [{name: a, requires: {count: 1, users: [x]}}]\n", "policy-bot"),
        ("any.yaml", "approval_rules: []\n", "policy-bot"),
        (
            "AGENTOWNERS.yml",
            "version: 1\nrules: [{name: a, when: {files: [a]}, effect: block, reason: r}]\n",
            "agentowners-yaml-1",
        ),
        (".agentowners.yml", "version: 1\nagents: {x: {match: {actors: [a]}}}\n", "agentowners-yaml-1"),
        ("x.yml", "version: 1\ndefaults: {unknown_agent: block}\n", "agentowners-yaml-1"),
    ],
)
def test_content_tells_whose_a_yaml_file_is(place: Path, run: Runner, name: str, text: str, origin: str) -> None:
    (place / name).write_text(text)
    told = run("convert", name, "--format", "json")
    assert (told.code, told.json["from"]) == (0, origin)
    Draft202012Validator(SCHEMA).validate(told.json)
    assert run("convert", name, "--format", "json", "--from", origin).out == told.out


@pytest.mark.parametrize("origin", ["policy-bot", "agentowners-yaml-1"])
def test_an_original_that_cannot_be_read_is_shown_with_its_errors(place: Path, run: Runner, origin: str) -> None:
    (place / "x.yml").write_text("policy: {approval: [a]}\n")
    done = run("convert", "x.yml", "--from", origin)
    assert (done.code, done.out) == (5, "")
    assert "x.yml:1:" in done.err
