"""Files that somebody meant as a policy, and that no command takes for one without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run import Runner
from tests.git.repo import Gone, Repo

RULE = "/security/ @agents block\n"
MISNAMED = [
    (".github/agentowners", ".github/AGENTOWNERS"),
    (".github/AGENTSOWNERS", ".github/AGENTOWNERS"),
    (".github/AGENT_OWNERS", ".github/AGENTOWNERS"),
    ("AGENTOWNERS.txt", ".github/AGENTOWNERS"),
    (".github/AGENTOWNERS.yml", ".agentowners.yml"),
    (".agentowners", ".github/AGENTOWNERS"),
    ("agentowners.yml", ".agentowners.yml"),
    ("docs/.agentowners.yml", ".agentowners.yml"),
]
COMMANDS = [
    ("lint",),
    ("explain", "security/x"),
    ("fmt",),
    ("prove",),
    ("check", "--base", "main"),
    ("check", "--changes", "list"),
    ("diff",),
]


@pytest.mark.parametrize(("name", "meant"), MISNAMED)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_policy_with_a_wrong_name_is_named_by_every_command(
    repo: Repo, run: Runner, name: str, meant: str, command: tuple[str, ...]
) -> None:
    repo.commit({".github/AGENTOWNERS": Gone(), name: RULE})
    repo.checkout("main")
    (repo.path / "list").write_text("security/x\n")
    ran = run(*command)
    assert (ran.code, ran.out) == (1, "")
    assert f"`{name}` is surely meant as a policy, and is not read" in ran.err
    assert f"help: rename it: `git mv {name} {meant}`" in ran.err


@pytest.mark.parametrize("command", [("map",), ("backtest",), ("export", "--to", "codeowners"), ("init",)], ids=lambda it: it[0])
def test_so_does_each_that_reads_or_writes_one(repo: Repo, run: Runner, command: tuple[str, ...]) -> None:
    repo.commit({".github/AGENTOWNERS": Gone(), ".github/agentowners": RULE})
    repo.checkout("main")
    ran = run(*command)
    assert (ran.code, ran.out) == (1, "")
    assert "`.github/agentowners` is surely meant as a policy, and is not read" in ran.err
    assert not (repo.path / ".github/AGENTOWNERS").exists()


def test_init_leaves_one_in_a_package_alone_and_says_so(repo: Repo, run: Runner) -> None:
    repo.commit({"packages/billing/AGENTOWNERS": RULE})
    repo.checkout("main")
    assert "left alone: `packages/billing/AGENTOWNERS` is called like a policy, and is not read" in run("init").out


def test_whoever_looks_after_the_hook_is_told_too(repo: Repo, run: Runner) -> None:
    repo.commit({".github/agentowners": RULE})
    repo.checkout("main")
    said = "`.github/agentowners` is surely meant as a policy"
    assert run("hook", "install", "--client", "claude").out.count(said) == 1
    ran = run("hook", "doctor")
    assert (ran.code, ran.out.count(said)) == (6, 1)


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if command[0] in ("lint", "explain", "prove", "fmt", "check")]
)
@pytest.mark.parametrize("name", [".github/agentowners", "packages/billing/AGENTOWNERS", "web/.agentowners.yml"])
def test_beside_a_policy_it_is_a_remark(repo: Repo, run: Runner, name: str, command: tuple[str, ...]) -> None:
    repo.commit({name: RULE, "docs/usage.md": "x", "x/agentowners.md": "x", ".github/workflows/agentowners.yml": "x"})
    repo.checkout("main")
    (repo.path / "list").write_text("README.md\n")
    ran = run(*command)
    assert f"`{name}` is" in ran.out + ran.err
    assert (ran.out + ran.err).count("is not read") == 1


def test_lint_and_check_end_as_without_it(repo: Repo, run: Runner) -> None:
    repo.commit({"packages/billing/AGENTOWNERS": RULE})
    repo.checkout("main")
    (remark,) = run("lint", "--format", "json").json["remarks"]
    assert remark.endswith("move its rules to `.github/AGENTOWNERS`, with paths from the root")
    (repo.path / "list").write_text("README.md\n")
    ran = run("check", "--changes", "list", "--format", "json")
    (said,) = ran.json["diagnostics"]
    assert (ran.code, said["id"], said["severity"], said["path"]) == (
        0,
        "policy-not-read",
        "warning",
        "packages/billing/AGENTOWNERS",
    )


def test_a_policy_that_is_named_leaves_no_doubt(repo: Repo, run: Runner) -> None:
    repo.commit({".github/AGENTOWNERS": Gone(), ".github/agentowners": RULE})
    repo.checkout("main")
    ran = run("explain", "security/x", "--policy-file", ".github/agentowners")
    assert (ran.code, ran.err) == (3, "")


def test_a_draft_in_the_work_tree_is_named_where_the_base_has_none(repo: Repo, run: Runner) -> None:
    repo.commit({".github/AGENTOWNERS": Gone()})
    repo.commit({"a": "1"}, branch="topic", parents=[repo.resolve("main")])
    repo.checkout("topic")
    Path(repo.path / ".github").mkdir(exist_ok=True)
    Path(repo.path / ".github/AGENTOWNERS").write_text(RULE)
    ran = run("check", "--base", "main")
    assert ran.code == 0
    assert "`--policy-file .github/AGENTOWNERS`" in ran.out
    assert "is in your work tree, but not on the branch that the change goes to" in ran.out
