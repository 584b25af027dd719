"""``agentowners test --record``: real changes become cases that pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import Ran, Runner, as_process
from tests.git.repo import Executable, Gone, Link, Repo

AGENT = ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com")
FILE = ".github/agentowners-tests.yml"
RECORDED = """\
version: 1
tests:
  - name: "agent/work at {head}: blocked"
    as: "@copilot"
    evidence: asserted
    paths: [{{path: security/key.py, status: removed}}]
    expect: block
    rule: "security/** @agents block"
  - name: "agent/work at {head}: needs approval"
    as: "@copilot"
    evidence: asserted
    paths: [package.json]
    expect: require_approval
    rule: "package.json @agents require_approval(2) @acme/sre"
    approvals: 2
    approvers: ["@acme/sre"]
  - name: "agent/work at {head}: allowed"
    as: "@copilot"
    evidence: asserted
    paths: [{{path: run.sh, status: added}}]
    expect: allow
"""


@pytest.fixture
def work(repo: Repo) -> str:
    """The repository with an agent's branch checked out; the short name of its commit."""
    head = repo.commit(
        {"package.json": "{ }", "security/key.py": Gone(), "run.sh": Executable("x")},
        branch="agent/work",
        parents=[repo.resolve("main")],
        author=AGENT,
    )
    repo.checkout("agent/work")
    return head[:7]


def test_a_branch_is_recorded_and_passes(repo: Repo, run: Runner, work: str) -> None:
    ran = run("test", "--record", "--base", "main")
    assert ran == Ran(
        0,
        f"3 test cases written to {FILE}\n"
        f"  agent/work at {work}: blocked\n  agent/work at {work}: needs approval\n  agent/work at {work}: allowed\n",
        "",
    )
    directive, _, text = (repo.path / FILE).read_text().partition("\n")
    assert (directive.partition("=")[0], text) == ("# yaml-language-server: $schema", RECORDED.format(head=work))
    assert run("test").code == 0


def test_what_is_there_already_is_not_written_twice(repo: Repo, run: Runner, work: str) -> None:
    run("test", "--record", "--base", "main")
    before = (repo.path / FILE).read_bytes()
    ran = run("test", "--record", "--base", "main", "--head", "agent/work")
    assert ran == Ran(0, "3 cases are there already and not written again\n", "")
    assert (repo.path / FILE).read_bytes() == before


def test_a_dry_run_writes_nothing(repo: Repo, run: Runner, work: str) -> None:
    ran = run("test", "--record", "--base", "main", "--dry-run")
    assert ran == Ran(0, RECORDED.format(head=work).removeprefix("version: 1\ntests:\n"), "")
    assert not (repo.path / FILE).exists()
    assert run("test", "--record", "--base", "main", "--dry-run", "-q").out == ""


def test_the_policy_is_the_one_in_the_work_tree(repo: Repo, run: Runner, work: str) -> None:
    (repo.path / ".github/AGENTOWNERS").write_text("** @agents block id=all\n")
    ran = run("test", "--record", "--base", "main", "--dry-run")
    assert (ran.out.count("- name"), "rule: all" in ran.out) == (1, True)


def test_a_list_of_paths(repo: Repo, run: Runner) -> None:
    repo.checkout("main")
    listed = b'[{"path": "docs/b", "previous_path": "security/b", "status": "renamed"}]'
    done = as_process(
        "test", "--record", "--changes", "-", "--as", "@copilot", "--ref", "refs/tags/v1", cwd=repo.path, stdin=listed
    )
    assert (done.returncode, done.stderr) == (0, b"")
    text = (repo.path / FILE).read_text()
    assert '"listed paths: blocked"' in text
    assert "ref: refs/tags/v1" in text
    assert "{path: security/b, actions: [file_delete, file_rename]}" in text
    assert run("test").code == 0
    (repo.path / "list").write_text("new/path\n")
    run("test", "--record", "--changes", "list", "--action", "file_create")
    assert (repo.path / FILE).read_text().startswith(text)
    assert run("test", "-v").out.count("passed  ") == 3


def test_an_event_names_its_author_and_everybody_else(repo: Repo, run: Runner, work: str) -> None:
    event = {
        "pull_request": {
            "number": 7,
            "user": {"login": "octocat", "id": 583231, "type": "User"},
            "body": None,
            "labels": [],
            "base": {"ref": "main", "sha": repo.resolve("main")},
            "head": {"ref": "agent/work", "sha": repo.resolve("agent/work")},
        },
        "repository": {"full_name": "acme/shop", "default_branch": "main"},
    }
    (repo.path / "event.json").write_text(json.dumps(event))
    ran = run("test", "--record", "--event", "event.json")
    assert (ran.code, ran.err) == (0, "")
    text = (repo.path / FILE).read_text()
    assert f"pull request 7 at {work}: blocked" in text
    assert 'as: ["@octocat", {name: "@copilot", evidence: asserted}]' in text
    assert run("test").code == 0


def test_a_file_that_is_named(repo: Repo, run: Runner, work: str) -> None:
    assert run("test", "--record", "--base", "main", "more/cases.yml").code == 0
    assert run("test", "more/cases.yml").code == 0
    assert not (repo.path / FILE).exists()


def test_comments_and_everything_else_stay(repo: Repo, run: Runner, work: str) -> None:
    before = "# ours\ntests:   # these\n  - paths: [ security/x ]   # blanks\n    expect: 'block'\n\n# the end\n"
    repo.path.joinpath(FILE).write_text(before)
    repo.path.joinpath(FILE).chmod(0o640)
    assert run("test", "--record", "--base", "main").code == 0
    after = repo.path.joinpath(FILE).read_text()
    head, tail = before.split("\n\n")
    assert after.startswith(head + "\n  - name:")
    assert after.endswith("\n\n" + tail)
    assert repo.path.joinpath(FILE).stat().st_mode & 0o777 == 0o640
    assert run("test").code == 0


def test_what_cannot_be_added_to_is_left_alone(repo: Repo, run: Runner, work: str) -> None:
    before = "tests: [{paths: [security/x], expect: block}]\n"
    repo.path.joinpath(FILE).write_text(before)
    ran = run("test", "--record", "--base", "main")
    assert (ran.code, ran.out, "stands in brackets" in ran.err) == (1, "", True)
    assert repo.path.joinpath(FILE).read_text() == before
    assert [path.name for path in (repo.path / ".github").iterdir() if path.name.startswith(".agentowners-")] == []


def test_a_file_of_cases_that_cannot_be_read(repo: Repo, run: Runner, work: str) -> None:
    repo.path.joinpath(FILE).write_text("tests: [x]\n")
    ran = run("test", "--record", "--base", "main")
    assert (ran.code, "must be a mapping" in ran.err) == (1, True)


def test_a_policy_that_does_not_parse(repo: Repo, run: Runner, work: str) -> None:
    (repo.path / ".github/AGENTOWNERS").write_text("a @agents blok\n")
    ran = run("test", "--record", "--base", "main")
    assert (ran.code, ".github/AGENTOWNERS:1:11: error" in ran.err, (repo.path / FILE).exists()) == (5, True, False)


def test_links_and_odd_names(repo: Repo, run: Runner) -> None:
    names = ["a b", "]]>&<", "tab\there", "new\nline", "\u202eevil", "'q\"", "-dash", "#c", "star*", "é", "security", "@x", "- y"]
    files: dict[str | bytes, str | Link] = dict.fromkeys(names, "x")
    repo.commit({**files, "security": Link("/etc")}, branch="odd", parents=[repo.resolve("main")], author=AGENT)
    repo.checkout("main")
    ran = run("test", "--record", "--base", "main", "--head", "odd")
    assert (ran.code, ran.err) == (0, "")
    ran = run("test", "--format", "json")
    assert ran.code == 0
    assert {path["path"] for case in ran.json["cases"] for path in case["paths"]} == {*names, "security/key.py"}


def test_a_name_that_is_not_utf_8_is_refused(repo: Repo, run: Runner) -> None:
    repo.checkout("main")
    repo.commit({b"caf\xe9": "x"}, branch="odd", parents=[repo.resolve("main")], author=AGENT)
    ran = run("test", "--record", "--base", "main", "--head", "odd")
    assert (ran.code, ran.out, "is not UTF-8" in ran.err) == (1, "", True)
    assert not (repo.path / FILE).exists()


def test_an_empty_change_is_nothing_to_record(repo: Repo, run: Runner) -> None:
    repo.checkout("main")
    ran = run("test", "--record", "--base", "main")
    assert (ran.code, "nothing is changed" in ran.err) == (1, True)


def test_a_revision_that_is_not_there(repo: Repo, run: Runner, work: str, tmp_path: Path) -> None:
    ran = run("test", "--record", "--base", "nowhere")
    assert (ran.code, "there is no revision `nowhere`" in ran.err) == (1, True)


def test_each_contributor_is_recorded_on_the_paths_of_their_commits(repo: Repo, run: Runner) -> None:
    base = repo.resolve("main")
    repo.commit({"security/x": "x"}, branch="topic", parents=[base], author=("Octo", "1+octocat@users.noreply.github.com"))
    repo.commit({"README.md": "typo\n"}, branch="topic", author=("Claude", "noreply@anthropic.com"))
    repo.checkout("main")
    ran = run("test", "--record", "--base", "main", "--head", "topic", "--dry-run")
    assert (ran.code, "block" in ran.out) == (0, False)
    assert [line.strip() for line in ran.out.splitlines() if "paths" in line] == [
        "paths: [README.md]",
        "paths: [{path: security/x, status: added}]",
    ]
