"""``agentowners backtest`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agentowners.cli import past
from agentowners.identity import resolve
from tests.cli.run import Runner
from tests.docs.pages import ROOT
from tests.git.repo import Content, Repo, Submodule

COPILOT = ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com")
MONA = ("Mona", "1+octocat@users.noreply.github.com")
VALIDATOR = Draft202012Validator(json.loads((ROOT / "src/agentowners/schemas/backtest-1.schema.json").read_text()))


@pytest.fixture
def shop(repo: Repo) -> Repo:
    """A history of a push by a person, a squash of an agent, merges of one and of both, and a submodule."""
    repo.commit({"src/a.py": "1\n"}, author=MONA, message="Add a")
    repo.commit({"security/key.py": "2\n"}, author=COPILOT, message="Turn \x1b[2J the key (#1)")
    base = repo.resolve("main")
    side = repo.commit({"package.json": "[]"}, branch="side", parents=[base], author=COPILOT)
    side = repo.commit({"security/by-mona": "1\n"}, branch="side", parents=[side], author=MONA)
    files: dict[str | bytes, Content] = {"package.json": "[]", "security/by-mona": "1\n"}
    repo.commit(files, parents=[base, side], author=MONA, message="Merge pull request #2 from x/side\n\nBoth")
    repo.commit({"docs/x.md": "1\n", "sub": Submodule()}, author=COPILOT, message="Docs")
    repo.checkout("main")
    return repo


def document(run: Runner, *arguments: str) -> dict[str, Any]:
    found = run("backtest", "--format", "json", *arguments).json
    VALIDATOR.validate(found)
    return found


def test_every_change_fares_as_check_says_of_it(shop: Repo, run: Runner) -> None:
    found = document(run)
    listed = {each["id"]: each["fate"] for each in found["changes"]}
    words = {3: "blocked", 4: "waited"}
    commits = shop.git("log", "--first-parent", "--format=%H", "--max-count=4", "main").split()
    for sha in commits:
        code = run("check", "--base", f"{sha}^1", "--head", sha, "--policy-file", ".github/AGENTOWNERS").code
        assert listed.get(sha) == words.get(code), sha
    total = found["total"]
    assert (total["allowed"], total["waited"], total["blocked"]) == (2, 1, 1)
    assert [row["name"] for row in found["principals"]] == ["@copilot", "@humans"]
    assert found["rules"][-1]["name"] == ".github/AGENTOWNERS:1"


def test_text_shows_nothing_but_text(shop: Repo, run: Runner) -> None:
    said = run("backtest").out
    assert "4 merged changes of refs/heads/main, 2023-11-14 to 2023-11-14, judged by git alone" in said
    assert "blocked: Turn \\x1b[2J the key (#1)\n    @copilot by .github/AGENTOWNERS:1: security/key.py\n" in said
    assert "2 approvals needed: Both (#2)" in said
    assert "note: git does not tell who approved" in said


def test_what_a_change_of_the_policy_would_have_changed(shop: Repo, run: Runner) -> None:
    Path(".github/AGENTOWNERS").write_text("security/** @agents require_approval\ndocs/** @agents block\n")
    found = document(run, "--compare", "main")
    assert (found["total"]["looser"], found["total"]["stricter"]) == (2, 1)
    said = run("backtest", "--compare", "main").out
    assert "what differs from main, the newest first" in said
    assert "blocked -> 1 approval needed: Turn" in said
    assert "allowed -> blocked: Docs" in said


def test_the_last_and_those_since(shop: Repo, run: Runner) -> None:
    assert document(run, "--last", "1")["total"]["allowed"] == 1
    assert document(run, "--since", "2023-11-14")["asked"] == 4
    assert document(run, "--since", "2023-11-15")["asked"] == 0
    assert "0 merged changes of refs/heads/main" in run("backtest", "--since", "2023-11-15").out
    for arguments in (["--since", "yesterday"], ["--last", "0"], ["--last", "x"], ["--last", "1", "--since", "2023-11-14"]):
        assert run("backtest", *arguments).code == 2


def test_an_interrupted_run_says_what_it_has(shop: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = past.past_changes

    def cut_off(*arguments: Any) -> Iterator[Any]:
        changes = whole(*arguments)
        yield next(changes)
        yield next(changes)
        raise KeyboardInterrupt

    monkeypatch.setattr(past, "past_changes", cut_off)
    ran = run("backtest")
    assert ran.code == 130
    assert "interrupted: 2 of 4 changes were looked at, the newest first" in ran.out
    assert "Both (#2)" in ran.out
    found = document(run)
    assert (found["interrupted"], found["total"]["allowed"], found["total"]["waited"]) == (True, 1, 1)


def test_a_shallow_clone_says_from_when(shop: Repo, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.git("clone", "-q", "--depth=3", "--branch=main", f"file://{shop.path}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    found = document(run)
    assert found["shallow_since"] == "2023-11-14"
    assert found["not_judged"]["cut"] == 1
    said = run("backtest").out
    assert "this clone is shallow: its history begins on 2023-11-14" in said
    assert "not judged since the clone lacks some of their commits: 1 change" in said


def test_what_cannot_be_judged_is_counted_and_the_rest_goes_on(shop: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "MAX_MAKERS", 1)
    found = document(run)
    assert [each["why"].partition(" people")[0] for each in found["not_judged"]["failed"]] == ["more than 1"]
    assert (found["total"]["allowed"], found["total"]["blocked"]) == (2, 1)
    assert "note: not judged: " in run("backtest").out


def test_where_it_cannot_begin(shop: Repo, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run("backtest", "--ref", "refs/heads/nowhere")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "agentowners: the branch `refs/heads/nowhere` is not in this clone")
    assert run("backtest", "--ref", "heads/x").code == 2
    assert document(run, "--ref", "main")["asked"] == 4
    Path(".github/AGENTOWNERS").write_text("/docs/ @agents blok\n")
    assert run("backtest").code == 5
    monkeypatch.chdir(tmp_path)
    assert run("backtest").code == 1
