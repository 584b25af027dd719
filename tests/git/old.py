"""A git of before 2.35: it does not know how to merge without a work tree."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_OLD = """#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    --write-tree) echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129 ;;
    --diff-merges=remerge) echo 'fatal: unknown value for --diff-merges: remerge' >&2; exit 128 ;;
  esac
done
exec {git} "$@"
"""


def without_merging(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put such a git before the one there is."""
    git = shutil.which("git")
    assert git is not None
    tool = directory / "old" / "git"
    tool.parent.mkdir()
    tool.write_text(_OLD.format(git=git))
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
