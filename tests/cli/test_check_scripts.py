"""``check`` in scripts and hooks: what is said where nobody reads, and which decisions stop."""

from __future__ import annotations

import pytest

from tests.cli.run import Runner
from tests.git.repo import Repo


@pytest.fixture
def listed(repo: Repo) -> Repo:
    for name, path in (("blocked", "security/x"), ("asked", "package.json"), ("allowed", "README.md")):
        (repo.path / name).write_text(f"{path}\n")
    return repo


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "markdown"])
@pytest.mark.parametrize(("change", "code"), [("blocked", 3), ("asked", 4), ("allowed", 0)])
@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_says_nothing_and_ends_the_same(listed: Repo, run: Runner, option: str, change: str, code: int, form: str) -> None:
    ran = run("check", "--changes", change, "--format", form, option)
    assert (ran.code, ran.out, ran.err) == (code, "", "")


def test_quiet_still_says_what_went_wrong(listed: Repo, run: Runner) -> None:
    ran = run("check", "--changes", "nowhere", "--quiet")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("agentowners: the list of paths `nowhere` cannot be read: ")


@pytest.mark.parametrize(
    ("change", "mildest", "code"),
    [
        ("blocked", "block", 3),
        ("blocked", "require_approval", 3),
        ("asked", "block", 0),
        ("asked", "require_approval", 4),
        ("allowed", "block", 0),
    ],
)
def test_what_waits_for_approvals_may_pass(listed: Repo, run: Runner, change: str, mildest: str, code: int) -> None:
    plain = run("check", "--changes", change)
    ran = run("check", "--changes", change, "--fail-on", mildest)
    assert (ran.code, ran.out) == (code, plain.out)


@pytest.mark.parametrize("policy", ["security/** @agents blok\n", None])
def test_what_cannot_be_judged_never_passes(listed: Repo, run: Runner, policy: str | None) -> None:
    if policy is not None:
        (listed.path / "draft").write_text(policy)
    ran = run("check", "--changes", "allowed", "--policy-file", "draft", "--fail-on", "block")
    assert ran.code == (1 if policy is None else 5)
