"""``agentowners map`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import Runner
from tests.git.repo import Link, Repo, Submodule


@pytest.fixture
def shop(repo: Repo) -> Repo:
    repo.commit({"docs/a.md": "", "security": Link("docs"), "sub": Submodule(), "<img src=x>\u202e.md": ""}, branch="main")
    repo.checkout("main")
    return repo


def counts(run: Runner, *arguments: str) -> dict[str, tuple[int, int, int]]:
    document = run("map", "--format", "json", *arguments).json
    return {
        f"{each['principal']} {each['ref']}": (
            each["counts"]["block"],
            each["counts"]["require_approval"],
            each["counts"]["allow"],
        )
        for each in document["standpoints"]
    }


def test_everybody_that_the_policy_names_is_looked_at(shop: Repo, run: Runner) -> None:
    found = counts(run)
    assert found == {"@agents refs/heads/main": (1, 2, 4), "@copilot refs/heads/main": (1, 2, 4)}
    assert counts(run, "--as", "octocat", "--ref", "refs/heads/x") == {"@octocat refs/heads/x": (0, 0, 7)}


def test_a_link_is_what_the_rules_about_its_name_say(shop: Repo, run: Runner) -> None:
    document = run("map", "--format", "json", "--as", "@agents").json
    (link,) = [file for file in document["files"] if file["path"] == "security"]
    shade = document["shades"][document["standpoints"][0]["shades"][link["class"]]]
    assert shade["decision"] == "block", "`security/**` matches a link that stands for the directory"


def test_the_work_trees_policy_against_a_file_and_against_a_revision(shop: Repo, run: Runner) -> None:
    Path(".github/AGENTOWNERS").write_text("/docs/ @agents block\n")
    Path("other").write_text("/docs/ @agents block\nREADME.md @agents block\n")
    by_file = run("map", "--compare", "other", "--format", "json", "--as", "@agents").json["standpoints"][0]["counts"]
    assert (by_file["looser"], by_file["stricter"]) == (1, 0)
    by_revision = run("map", "--compare", "main", "--format", "json", "--as", "@agents").json["standpoints"][0]["counts"]
    assert (by_revision["looser"], by_revision["stricter"]) == (2, 1)


def test_a_name_that_is_a_file_and_a_revision_is_refused(shop: Repo, run: Runner) -> None:
    Path("main").write_text("")
    ran = run("map", "--compare", "main")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "agentowners: `--compare main` may be a file or a revision\nhelp: write `./main` for the file, or the revision's id\n"
    )
    assert run("map", "--compare", "./main").code == 0
    assert run("map", "--compare", "nowhere").code == 2


def test_the_name_of_the_file_says_the_format(shop: Repo, run: Runner) -> None:
    ran = run("map", "-o", "map.html")
    assert (ran.code, ran.out) == (0, "written: map.html\n")
    page = Path("map.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<img" not in page
    assert "\u202e" not in page
    assert run("map", "-o", "map.json", "--quiet").out == ""
    assert json.loads(Path("map.json").read_text())["schema"] == 1
    assert run("map", "-o", "map", "--format", "text").code == 0
    assert Path("map").read_text().startswith("What may be done")


def test_of_more_contributors_and_branches_than_are_shown_it_is_said(shop: Repo, run: Runner) -> None:
    lines = [f"agent bot{number} login=bot{number}" for number in range(20)]
    lines += [f"/x/ refs/heads/r{number} @bot{number} block" for number in range(20)]
    Path(".github/AGENTOWNERS").write_text("\n".join(lines) + "\n")
    ran = run("map", "--format", "json")
    assert len(ran.json["standpoints"]) == 16 * 8
    assert ran.err == (
        "note: the policy speaks of 21 contributors, of which 16 are shown; `--as` shows others\n"
        "note: the policy speaks of 21 refs, of which 8 are shown; `--ref` shows others\n"
    )


def test_a_repository_without_files(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    Repo(tmp_path / "empty")
    monkeypatch.chdir(tmp_path / "empty")
    assert run("map").out.startswith("What may be done: change any of 0 files\n")
    assert run("map", "--format", "html").code == 0
    assert run("backtest").err.splitlines()[0] == "agentowners: the branch `refs/heads/main` is not in this clone"


def test_what_is_asked_in_vain(shop: Repo, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("map", "--as", "@copiot").code == 2
    assert run("map", "--depth", "-1").code == 2
    assert run("map", "-o", "no/such/folder.html").code == 1
    Path(".github/AGENTOWNERS").write_text("/docs/ @agents blok\n")
    assert run("map").code == 5
    monkeypatch.chdir(tmp_path)
    ran = run("map")
    assert (ran.code, ran.out) == (1, "")
