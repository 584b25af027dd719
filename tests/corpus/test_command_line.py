"""Every case through the command line: a range of a real repository, a recorded event, or a list of what was read or run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from agentowners.cli.main import main
from agentowners.cli.shell import ExitCode
from tests.cli.run import as_process
from tests.corpus.expectation import mismatches
from tests.corpus.model import CASES, REPOSITORY, Case, File
from tests.corpus.repository import Written, groups
from tests.git.repo import CLEAN

_CODES = {"allow": ExitCode.ALLOWED, "require_approval": ExitCode.APPROVAL_REQUIRED, "block": ExitCode.BLOCKED}


_NOBODYS = "4-principals-24"
"""A commit of an address that GitHub links to nobody: a clone cannot tell it from a person's."""


def _linked(case: Case) -> bool:
    return case.id == _NOBODYS or (case.pull_request is not None and case.pull_request.linked)


JUDGED = [pytest.param(case, id=case.id) for case in CASES if not case.invalid and not _linked(case)]
LINKED = [pytest.param(case, id=case.id) for case in CASES if _linked(case)]
INVALID = [pytest.param(case, id=case.id) for case in CASES if case.invalid]
SOME = [pytest.param(case, id=case.id) for case in CASES if not case.invalid and not _linked(case)][::40]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, CLEAN[name])


def arguments(case: Case, written: Written, files: list[File], directory: Path) -> list[str]:
    """What to ask; whatever the clone cannot say is written to a file first."""
    if case.pull_request is not None:
        event = directory / "event.json"
        event.write_text(json.dumps(payload(case, written)))
        return ["check", "--event", str(event), "--format", "json"]
    who = [argument for name in case.principals for argument in ("--as", name)]
    where = ["--ref", case.ref, *who, "--format", "json"]
    if case.action is None:
        return ["check", "--base", "main", "--head", "topic", *where]
    listed = directory / "list"
    listed.write_bytes(b"".join(os.fsencode(file.path) + b"\0" for file in files))
    return ["check", "--changes", str(listed), "-z", "--action", case.action, *where]


def payload(case: Case, written: Written) -> dict[str, Any]:
    """The pull request as GitHub would send it."""
    pull = case.pull_request
    assert pull is not None
    author = {"login": pull.author.login, "id": pull.author.id, "type": pull.author.type.value} if pull.author else None
    return {
        "pull_request": {
            "number": 7,
            "user": author,
            "body": pull.body,
            "labels": [],
            "base": {"ref": case.ref.removeprefix("refs/heads/"), "sha": written.base},
            "head": {"ref": pull.branch, "sha": written.head},
        },
        "repository": {"full_name": REPOSITORY, "default_branch": "main"},
    }


def judge(case: Case, files: list[File], directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> dict[str, Any]:
    """The verdict on some of a case's files, printed by the command line; its exit code has to be the verdict's."""
    written = Written(directory / "repo", case, files)
    monkeypatch.chdir(directory / "repo")
    code = main(arguments(case, written, files, directory))
    said = capsys.readouterr()
    assert said.err == ""
    verdict: dict[str, Any] = json.loads(said.out)
    assert code == (ExitCode.ALLOWED if verdict["conclusion"] == "neutral" else _CODES[verdict["decision"]])
    return verdict


@pytest.mark.parametrize("case", JUDGED)
def test_as_a_range_or_an_event(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    parts = groups(case.files) if case.action is None else [list(case.files)]
    for number, files in enumerate(parts):
        directory = tmp_path / str(number)
        directory.mkdir()
        verdict = judge(case, files, directory, monkeypatch, capsys)
        assert mismatches(case, verdict, whole=len(parts) == 1) == [], case.says


@pytest.mark.parametrize("case", LINKED)
def test_what_only_github_knows_is_not_guessed(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    verdict = judge(case, list(case.files), tmp_path, monkeypatch, capsys)
    assert "@humans asserted" in [f"{p['name']} {p['strength']}" for p in verdict["principals"]]


@pytest.mark.parametrize("case", INVALID)
def test_errors_are_all_told(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    Written(tmp_path / "repo", case, [])
    monkeypatch.chdir(tmp_path / "repo")
    code = main(["check", "--base", "main", "--head", "topic", "--format", "json"])
    verdict = json.loads(capsys.readouterr().out)
    lines = sorted({d["line"] for d in verdict["diagnostics"] if d["severity"] == "error"})
    assert (code, verdict["decision"], verdict["conclusion"], lines) == (5, "", "failure", list(case.invalid))


@pytest.mark.parametrize("case", SOME)
def test_as_a_process(case: Case, tmp_path: Path) -> None:
    files = groups(case.files)[0]
    written = Written(tmp_path / "repo", case, files)
    done = as_process(*arguments(case, written, files, tmp_path), cwd=tmp_path / "repo")
    assert done.stderr == b""
    assert mismatches(case, json.loads(done.stdout), whole=False) == []
