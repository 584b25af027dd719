"""``agentowners export``, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agentowners.export.model import Target
from tests.cli.run import Runner
from tests.git.repo import Repo
from tests.packaging import ROOT

SCHEMA: dict[str, Any] = json.loads((ROOT / "src/agentowners/schemas/export-1.schema.json").read_text(encoding="utf-8"))
POLICY = "/security/ @agents block\n/infra/ @agents require_approval @acme/sre\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "AGENTOWNERS").write_text(POLICY)
    return tmp_path


def test_the_document_goes_to_standard_output_and_remarks_to_standard_error(place: Path, run: Runner) -> None:
    done = run("export", "--to", "claude-code")
    assert done.code == 0
    assert "Edit(/security)" in done.json["permissions"]["deny"]
    assert "AGENTOWNERS:2:1: warning[not-held]: " in done.err
    assert done.err.splitlines()[-1].startswith("exported for claude-code: not held in ")
    assert run("export", "--to", "claude-code", "-q").out == ""


@pytest.mark.parametrize("target", list(Target))
def test_json_holds_the_document_and_every_remark(place: Path, run: Runner, target: Target) -> None:
    done = run("export", "--to", target, "--format", "json")
    Draft202012Validator(SCHEMA).validate(done.json)
    assert done.json["target"] == target
    assert done.json["summary"]["not_held"] == sum(one["id"] == "not-held" for one in done.json["remarks"])


@pytest.mark.parametrize("target", list(Target))
def test_check_says_when_the_file_is_out_of_date(place: Path, run: Runner, target: Target) -> None:
    given = ("export", "--to", target, "-o", "out")
    if target is Target.OPENSHELL:  # it is made of the files that git lists
        repo = Repo(place)
        repo.commit({"AGENTOWNERS": POLICY, "security/keys.py": "k\n"})
        repo.git("reset", "-q", "--hard")
    assert run(*given, "--check").code == 6
    assert run(*given).code == 0
    assert run(*given, "--check").code == 0
    (place / "AGENTOWNERS").write_text(
        "/x/ @anyone block actions=file_write\n/y/ @anyone require_approval @octocat actions=file_write\n"
    )
    stale = run(*given, "--check")
    assert (stale.code, stale.out) == (6, "out is out of date\n")
    assert run(*given).code == 0
    assert run(*given, "--check").code == 0


def test_settings_beside_those_that_are_exported_are_kept(place: Path, run: Runner) -> None:
    kept = {"hooks": {"x": []}, "permissions": {"deny": ["Bash"], "additionalDirectories": ["../y"]}}
    (place / "settings.json").write_text(json.dumps(kept))
    assert run("export", "--to", "claude-code", "-o", "settings.json").code == 0
    found = json.loads((place / "settings.json").read_text())
    assert found["hooks"] == {"x": []}
    assert found["permissions"]["additionalDirectories"] == ["../y"]
    assert "Edit(/security)" in found["permissions"]["deny"]
    (place / "settings.json").write_text(json.dumps(found, indent=8))
    assert run("export", "--to", "claude-code", "-o", "settings.json", "--check").code == 0
    (place / "settings.json").write_text("[]")
    assert run("export", "--to", "claude-code", "-o", "settings.json").code == 1
    assert (place / "settings.json").read_text() == "[]"


def test_usage(place: Path, run: Runner) -> None:
    assert run("export").code == 2
    assert run("export", "--to", "elsewhere").code == 2
    assert run("export", "--to", "copilot", "--check").code == 2
    (place / "AGENTOWNERS").write_text("/a @agents blok\n")
    broken = run("export", "--to", "copilot")
    assert (broken.code, broken.out) == (5, "")
    assert "AGENTOWNERS:1:" in broken.err


def test_whom_and_which_branch_it_is_for_can_be_said(place: Path, run: Runner) -> None:
    (place / "AGENTOWNERS").write_text("/a @copilot block\n/b refs/heads/next @claude block\n")
    listed = run("export", "--to", "claude-code").json["permissions"]["deny"]
    assert listed == []
    assert run("export", "--to", "claude-code", "--as", "@copilot").json["permissions"]["deny"][0] == "Edit(/a)"
    assert run("export", "--to", "claude-code", "--ref", "next").json["permissions"]["deny"][0] == "Edit(/b)"
