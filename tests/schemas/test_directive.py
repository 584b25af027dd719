"""What is written for people to edit begins with the line that tells editors its schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.policy.editor_schema import OF_CASES, OF_POLICIES
from tests.cli.run import as_process
from tests.git.repo import Repo
from tests.packaging import text
from tests.schemas.policies import SCHEMA


def test_the_lines_name_the_schemas_as_these_call_themselves() -> None:
    mark = "# yaml-language-server: $schema="
    assert f"{mark}{SCHEMA['$id']}" == OF_POLICIES
    name = OF_CASES.rpartition("/")[2]
    assert f'"$id": "{OF_CASES.removeprefix(mark)}"' in text(f"src/agentowners/schemas/{name}")


@pytest.mark.parametrize("syntax", ["lines", "yaml"])
def test_what_init_writes_in_yaml_begins_with_them(tmp_path: Path, syntax: str) -> None:
    Repo(tmp_path).commit({"package.json": "{}"})
    assert as_process("init", "--syntax", syntax, cwd=tmp_path).returncode == 0
    assert (tmp_path / ".github/agentowners-tests.yml").read_text().startswith(f"{OF_CASES}\n")
    if syntax == "yaml":
        assert (tmp_path / ".agentowners.yml").read_text().startswith(f"{OF_POLICIES}\n")
        done = as_process("fmt", "--check", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, b"")
