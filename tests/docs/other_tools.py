"""Blocks of the documentation that are no policy and no session: test cases, hooks, editors, shells, edits, what GitHub shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from agentowners.cases.compare import compare
from agentowners.cases.model import FILE_NAMES
from agentowners.cases.reader import read_cases
from agentowners.cases.rules import RuleBook
from agentowners.cases.run import judge
from agentowners.diagnostics import Source
from agentowners.policy.builtin import POLICY_NAMES
from tests.docs import sessions, tutorial
from tests.docs.pages import ROOT, Block, Page
from tests.docs.policies import in_force, load
from tests.schemas.policies import SCHEMA

_REPOSITORY: Final = "https://github.com/agentowners/agentowners-action"


def check_hooks(block: Block, tmp: Path) -> None:
    """A configuration that pre-commit takes, of hooks that there are in the version that there is."""
    config = tmp / "config.yaml"
    config.write_text(block.text)
    done = subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", str(config)], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b""), f"{block}: {done.stdout.decode()}"
    (shown,) = yaml.safe_load(block.text)["repos"]
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in shown["hooks"]] == [hook["id"] for hook in offered]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (shown["repo"], shown["rev"]) == (_REPOSITORY, f"v{version}")


def check_cases(page: Page, block: Block) -> None:
    """Test cases are read, fit the schema for editors, and pass under the policy that the page shows before them."""
    schema = json.loads((ROOT / "src/agentowners/schemas/agentowners-tests.schema.json").read_text())
    jsonschema.Draft7Validator(schema).validate(yaml.safe_load(block.text))
    file = read_cases(Source(block.title, block.text.encode()))
    policy = load(in_force(page, block.line))
    failed = [one.case.title for one in judge(file.cases, policy) if not compare(one, RuleBook(policy)).passed]
    assert (failed, file.warnings) == ([], ()), f"{block}: {failed}"


def check_settings(found: Any) -> None:
    """VS Code's settings name each schema, with every file that is found."""
    named = [name for name in POLICY_NAMES if name.endswith((".yml", ".yaml"))]
    of_cases = SCHEMA["$id"].replace("agentowners.schema", "agentowners-tests.schema")
    assert found == {"yaml.schemas": {SCHEMA["$id"]: named, of_cases: list(FILE_NAMES)}}


_BEFORE: Final = {"bash": "", "zsh": "autoload -U compinit; compinit -u -D; ", "fish": ""}
"""What stands in the start-up file of each shell before what a page says to put there."""


def check_shell(page: Page, block: Block, tmp: Path) -> None:
    """What a person is to type, or to put into a shell's start-up file, runs there and says nothing."""
    shell = block.language
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    env = sessions.environment() | {"HOME": str(tmp)}
    plain = {"bash": "--norc", "zsh": "-f", "fish": "--no-config"}[shell]
    done = subprocess.run(
        [shell, plain, "-c", _BEFORE[shell] + block.text], cwd=tmp, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), str(block)


def check_edit(page: Page, block: Block, tmp: Path) -> None:
    """An edit can be made where it stands in the story."""
    assert page.path == tutorial.PAGE
    tutorial.walk(page)


def check_github(page: Page, block: Block, tmp: Path) -> None:
    """GitHub shows today what the page says it shows."""
    shown = tutorial.walk(page).shown[block.line]
    assert shown == block.text, f"{block}: GitHub shows\n{shown}"
