"""``check --changes``: what would happen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import Runner, as_process
from tests.git.repo import Repo


@pytest.fixture
def bare_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in no repository."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(directory: Path, *paths: str) -> str:
    (directory / "list").write_text("".join(f"{path}\n" for path in paths))
    return str(directory / "list")


def test_a_list_is_judged_as_an_unnamed_verified_agent(repo: Repo, run: Runner, tmp_path: Path) -> None:
    ran = run("check", "--changes", listed(tmp_path, "security/x", "README.md"), "--format", "json")
    (principal,) = ran.json["principals"]
    assert (ran.code, principal["group"], principal["strength"], principal["login"]) == (3, "agents", "verified", None)
    assert ran.json["ref"] == "refs/heads/main"


def test_a_list_from_standard_input(repo: Repo) -> None:
    done = as_process("check", "--changes", "-", "-z", "--format", "json", cwd=repo.path, stdin=b"security/a\nb\0package.json\0")
    verdict = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (3, b"")
    assert [file["path"] for file in verdict["files"]] == ["package.json", "security/a\nb"]
    assert all(file["actions"] == ["file_modify"] for file in verdict["files"])


def test_the_policy_is_the_one_on_the_ref(repo: Repo, run: Runner, tmp_path: Path) -> None:
    repo.commit({"AGENTOWNERS": "README.md @agents block\n"}, branch="release", parents=[repo.resolve("main")])
    paths = listed(tmp_path, "README.md")
    assert run("check", "--changes", paths).code == 0
    assert run("check", "--changes", paths, "--ref", "refs/heads/release").code == 3
    assert run("check", "--changes", paths, "--ref", "refs/heads/none").code == 0


def test_the_policy_is_never_the_work_trees(repo: Repo, run: Runner, tmp_path: Path) -> None:
    repo.checkout("main")
    (repo.path / ".github/AGENTOWNERS").write_text("# nothing\n")
    assert run("check", "--changes", listed(tmp_path, "security/x")).code == 3


def test_where_there_is_no_main_the_policy_is_heads(repo: Repo, run: Runner, tmp_path: Path) -> None:
    repo.git("branch", "-m", "main", "trunk")
    assert run("check", "--changes", listed(tmp_path, "security/x")).code == 3


def test_a_repository_without_commits(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = Repo(tmp_path / "empty")
    monkeypatch.chdir(empty.path)
    ran = run("check", "--changes", listed(tmp_path, "a"))
    assert (ran.code, "there is no revision `HEAD`" in ran.err) == (1, True)


def test_outside_a_repository_a_policy_has_to_be_named(run: Runner, bare_directory: Path) -> None:
    paths = listed(bare_directory, "security/x")
    ran = run("check", "--changes", paths)
    assert (ran.code, ran.err) == (
        1,
        "agentowners: this is not a git repository\nhelp: run it inside a clone, or name the policy with `--policy-file`\n",
    )
    (bare_directory / "AGENTOWNERS").write_text("security/** @agents block\n")
    ran = run("check", "--changes", paths, "--policy-file", "AGENTOWNERS", "--format", "json")
    assert (ran.code, ran.json["ref"], ran.json["repository"]) == (3, "refs/heads/main", None)


def test_several_policy_files_are_layers(run: Runner, bare_directory: Path) -> None:
    (bare_directory / "one").write_text("* @agents allow\n")
    (bare_directory / "two.yml").write_text('rules: [{patterns: ["a"], decision: require_approval}]\n')
    arguments = ("check", "--changes", listed(bare_directory, "a"), "--policy-file", "one", "--policy-file", "two.yml")
    ran = run(*arguments, "--format", "json")
    assert (ran.code, [source["path"] for source in ran.json["policy"]["sources"]]) == (4, ["one", "two.yml"])


@pytest.mark.parametrize(
    ("principal", "code", "name", "group"),
    [
        ("@copilot", 3, "@copilot", "agents"),
        ("claude", 3, "@claude", "agents"),
        ("@agents", 3, "@agents", "agents"),
        ("@bots", 0, "@bots", "bots"),
        ("@dependabot", 0, "@dependabot", "bots"),
        ("@humans", 0, "@humans", "humans"),
        ("@unattributed", 0, "@unattributed", "unattributed"),
        ("@octocat", 0, "@octocat", "humans"),
        ("@some[bot]", 3, "@some[bot]", "agents"),
        ("@acme/worker", 3, "@acme/worker", "agents"),
    ],
)
def test_who_is_named(repo: Repo, run: Runner, tmp_path: Path, principal: str, code: int, name: str, group: str) -> None:
    ran = run("check", "--changes", listed(tmp_path, "security/x"), "--as", principal, "--format", "json")
    (found,) = ran.json["principals"]
    assert (ran.code, found["name"], found["group"], found["strength"]) == (code, name, group, "verified")


@pytest.mark.parametrize("principal", ["@anyone", "@ANYONE", "anyone", "@copilot*", "", "@", "@a b"])
def test_who_is_nobody(repo: Repo, run: Runner, tmp_path: Path, principal: str) -> None:
    ran = run("check", "--changes", listed(tmp_path, "a"), "--as", principal)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("agentowners: `--as")


@pytest.mark.parametrize(
    ("action", "done"),
    [
        ("file_read", "file_read"),
        ("file_write", "file_write"),
        ("file_create", "file_create"),
        ("file_modify", "file_modify"),
        ("file_delete", "file_delete"),
        ("file_rename", "file_rename"),
        ("shell_execute", "shell_execute"),
    ],
)
def test_what_is_done(run: Runner, bare_directory: Path, action: str, done: str) -> None:
    (bare_directory / "p").write_text(f"a @agents block actions={action}\nb @agents block actions=file_delete,file_read\n")
    arguments = ("--changes", listed(bare_directory, "a", "c"), "--policy-file", "p", "--format", "json")
    ran = run("check", *arguments, "--action", action)
    assert [(file["actions"], file["decision"]) for file in ran.json["files"]] == [([done], "block"), ([done], "allow")]


def test_a_list_in_json_says_what_is_done(repo: Repo, run: Runner, tmp_path: Path) -> None:
    entries = [
        {"path": "open/x", "status": "renamed", "previous_path": "security/x"},
        {"path": "new", "status": "added"},
        {"path": "same", "status": "unchanged"},
    ]
    (tmp_path / "list").write_text(json.dumps(entries))
    ran = run("check", "--changes", str(tmp_path / "list"), "--format", "json")
    assert ran.code == 3
    assert {file["path"]: file["actions"] for file in ran.json["files"]} == {
        "new": ["file_create"],
        "open/x": ["file_create", "file_rename"],
        "security/x": ["file_delete", "file_rename"],
    }


def test_an_empty_list_is_allowed(repo: Repo, run: Runner, tmp_path: Path) -> None:
    ran = run("check", "--changes", listed(tmp_path), "--format", "json")
    assert (ran.code, ran.json["files"]) == (0, [])


def test_a_list_that_is_not_there(repo: Repo, run: Runner) -> None:
    ran = run("check", "--changes", "none")
    assert (ran.code, ran.err) == (1, "agentowners: the list of paths `none` cannot be read: no such file or directory\n")


def test_a_list_that_is_not_clear(repo: Repo, run: Runner, tmp_path: Path) -> None:
    ran = run("check", "--changes", listed(tmp_path, "/abs"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[1].startswith("help: ")


def test_a_team_that_cannot_be_read_is_matched_by_what_restricts_alone(repo: Repo, run: Runner, tmp_path: Path) -> None:
    repo.git("remote", "add", "origin", "https://github.com/acme/shop")
    repo.commit({".github/AGENTOWNERS": "default @humans require_approval\na @acme/core block\nb @acme/core allow\n"})
    for path, code in (("a", 3), ("b", 4)):
        assert run("check", "--changes", listed(tmp_path, path), "--as", "@octocat").code == code
