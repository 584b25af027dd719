"""The hooks for pre-commit: a valid manifest, about exactly the files that are policies, and each does what it is for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentowners.cases.model import FILE_NAMES
from agentowners.cli.commands import COMMANDS
from agentowners.policy.builtin import POLICY_NAMES
from tests.git.repo import CLEAN, Repo
from tests.packaging import ROOT, text

MANIFEST = ".pre-commit-hooks.yaml"
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in yaml.safe_load(text(MANIFEST))}
COPILOT = ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com")
POLICY = "/security/ @agents block\n/infra/ @agents require_approval\n"
OTHERS = ("agentowners", "docs/x/AGENTOWNERS", "AGENTOWNERS.md", "x/.agentowners.yml", ".github/.agentowners.yml", "xacp.yml", "")


def test_the_manifest_is_one_that_pre_commit_takes() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_each_hook_runs_a_command_that_there_is_as_it_is_called() -> None:
    assert list(HOOKS) == ["agentowners-lint", "agentowners-fmt", "agentowners-test", "agentowners-check"]
    for id, hook in HOOKS.items():
        name = id.removeprefix("agentowners-")
        assert name in COMMANDS
        assert hook["entry"].startswith(f"agentowners {name}")
        assert hook["name"] == f"agentowners {name}"
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)
        assert hook["description"].endswith(".")


@pytest.mark.parametrize("id", ["agentowners-lint", "agentowners-fmt", "agentowners-test"])
def test_a_hook_runs_for_exactly_the_files_that_it_reads(id: str) -> None:
    wanted = [*POLICY_NAMES, *(FILE_NAMES if id == "agentowners-test" else ())]
    others = [*OTHERS, *(() if id == "agentowners-test" else FILE_NAMES)]
    assert [name for name in wanted if not re.search(HOOKS[id]["files"], name)] == []
    assert [name for name in others if re.search(HOOKS[id]["files"], name)] == []
    for name in wanted:
        for changed in (f"x{name}", f"{name}x", name.replace(".", "x", 1) if "." in name else name.lower()):
            assert not re.search(HOOKS[id]["files"], changed), changed


class Clone:
    """A clone with the hooks installed, as a person has it, less the network: the tool is the one that is tested here."""

    def __init__(self, path: Path) -> None:
        self.remote = Repo(path / "remote")
        self.remote.commit({".github/AGENTOWNERS": POLICY, "src/a": "1\n"})
        self.path = path / "clone"
        self.env = CLEAN | {
            "PRE_COMMIT_HOME": str(path / "home"),
            "HOME": str(path),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }
        self.env |= {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in self._person().items()}
        subprocess.run(["git", "clone", "-q", self.remote.path, self.path], check=True, env=self.env)
        # Where pre-commit would install the repository into an environment of its own, it runs what PATH has.
        hooks = [hook | {"language": "unsupported"} for hook in HOOKS.values()]
        config = path / "config.yaml"
        config.write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
        for stage in ("pre-commit", "pre-push"):
            done = self.run(sys.executable, "-m", "pre_commit", "install", "--config", str(config), "--hook-type", stage)
            assert done.returncode == 0, done.stdout
        self.git("checkout", "-q", "-b", "topic")

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """A command in the clone; what it says comes on standard output."""
        return subprocess.run(
            command, cwd=self.path, env=self.env | env, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def commit(
        self, files: dict[str, str], *, hook: str | None = None, author: tuple[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Write files and try to commit them; with only this hook of those there are, where one is named."""
        for name, content in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(content)
        self.git("add", "--all")
        env = {"GIT_AUTHOR_NAME": author[0], "GIT_AUTHOR_EMAIL": author[1]} if author else {}
        if hook is not None:
            env["SKIP"] = ",".join(set(HOOKS) - {hook})
        return self.run("git", "commit", "-m", "a change", **env)

    def push(self) -> subprocess.CompletedProcess[str]:
        return self.run("git", "push", "origin", "topic")

    @property
    def pushed(self) -> str | None:
        return self.remote.try_resolve("refs/heads/topic")

    @staticmethod
    def _person() -> dict[str, str]:
        return {"NAME": "Pat Person", "EMAIL": "pat@example.com"}


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_lint_keeps_a_policy_that_does_not_parse_out_of_a_commit(clone: Clone) -> None:
    done = clone.commit({".github/AGENTOWNERS": "/security/ @agents blok\n"}, hook="agentowners-lint")
    assert done.returncode == 1
    assert "`blok` is not a decision" in done.stdout
    assert ".github/AGENTOWNERS:1:20" in done.stdout
    assert "did you mean `block`?" in done.stdout


def test_fmt_puts_a_policy_into_form_and_asks_to_look_at_it(clone: Clone) -> None:
    policy = "/security/    @agents block   # keys\n/infra/ @agents   require_approval\n"
    done = clone.commit({".github/AGENTOWNERS": policy}, hook="agentowners-fmt")
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert (clone.path / ".github/AGENTOWNERS").read_text() != policy
    done = clone.commit({}, hook="agentowners-fmt")
    assert done.returncode == 0, done.stdout


def test_test_keeps_a_policy_that_decides_otherwise_out_of_a_commit(clone: Clone) -> None:
    cases = "version: 1\ntests:\n  - name: keys\n    as: copilot\n    paths: [security/key]\n    expect: allow\n"
    done = clone.commit({".github/agentowners-tests.yml": cases}, hook="agentowners-test")
    assert done.returncode == 1
    assert "agentowners test" in done.stdout
    assert "keys" in done.stdout


def test_a_commit_without_a_policy_runs_nothing(clone: Clone) -> None:
    done = clone.commit({"src/a": "2\n"})
    assert done.returncode == 0
    assert done.stdout.count("(no files to check)Skipped") == 3


def test_check_keeps_what_is_blocked_from_being_pushed(clone: Clone) -> None:
    assert clone.commit({"security/key": "x\n"}, author=COPILOT).returncode == 0
    done = clone.push()
    assert done.returncode != 0
    assert "Blocked: 1 file" in done.stdout
    assert "rule  .github/AGENTOWNERS:1: /security/ @agents block" in done.stdout
    assert clone.pushed is None


def test_check_lets_through_what_waits_for_approvals_and_says_so(clone: Clone) -> None:
    assert clone.commit({"infra/a": "x\n"}, author=COPILOT).returncode == 0
    done = clone.push()
    assert done.returncode == 0, done.stdout
    assert "Waiting for approval (0 of 1)" in done.stdout
    assert clone.pushed is not None


def test_check_lets_a_person_through(clone: Clone) -> None:
    assert clone.commit({"security/key": "x\n"}).returncode == 0
    assert clone.push().returncode == 0
