"""The first changed line, against what git itself prints."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.change.hunks import first_line, submodule_commits
from tests.examples import examples


@pytest.mark.parametrize(
    ("patch", "line"),
    [
        (None, None),
        ("", None),
        ("Binary files differ", None),
        ("@@ -0,0 +1,3 @@\n+a\n+b\n+c", 1),
        ("@@ -1,3 +1,4 @@\n a\n+b\n c\n d", 2),
        ("@@ -1,3 +1,3 @@\n a\n-b\n+c\n d", 2),
        ("@@ -10,7 +12,6 @@ def f():\n a\n b\n c\n-d\n e\n f\n g", 15),
        ("@@ -1,3 +1,2 @@\n a\n b\n-c", 2),
        ("@@ -1,2 +0,0 @@\n-a\n-b", None),
        ("@@ -5,2 +4,0 @@\n-a\n-b", 4),
        ("@@ -1 +1 @@\n-a\n+b", 1),
        ("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b", 1),
        ("@@ -1,2 +1,2 @@\n line with \x0b and \u2028 in it\n-a\n+b", 2),
        ("@@ -1 +99999999999999 @@\n-a\n+b", None),
        ("@@ nonsense @@\n+a", None),
    ],
)
def test_first_line(patch: str | None, line: int | None) -> None:
    assert first_line(patch) == line


@examples(10)
@given(
    old=st.lists(st.sampled_from("abcdef"), max_size=12),
    new=st.lists(st.sampled_from("abcdef"), max_size=12),
)
def test_first_line_is_where_the_files_first_differ(
    old: list[str], new: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("diff")
    for name, lines in (("old", old), ("new", new)):
        (directory / name).write_text("".join(f"{line}\n" for line in lines))
    done = subprocess.run(
        ["git", "diff", "--no-index", "--no-color", "old", "new"], cwd=directory, capture_output=True, text=True, check=False
    )
    start = done.stdout.find("@@")
    found = first_line(done.stdout[start:].removesuffix("\n") if start >= 0 else None)
    if old == new or not new:
        assert found is None
        return
    # git may slide a hunk along equal lines, so it can begin later than the first difference, but never before it
    differs = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    assert found is not None
    assert min(differs + 1, len(new)) <= found <= len(new)


def test_a_path_of_this_repository_is_no_patch() -> None:
    assert first_line(Path(__file__).name) is None


SHA = "a" * 40
OTHER = "b" * 40


@pytest.mark.parametrize(
    ("patch", "commits"),
    [
        (None, (None, None)),
        (f"@@ -0,0 +1 @@\n+Subproject commit {SHA}", (None, SHA)),
        (f"@@ -1 +0,0 @@\n-Subproject commit {SHA}", (SHA, None)),
        (f"@@ -1 +1 @@\n-Subproject commit {SHA}\n+Subproject commit {OTHER}", (SHA, OTHER)),
        (f"@@ -1 +1,2 @@\n-Subproject commit {SHA}\n+Subproject commit {OTHER}\n+more", (None, None)),
        ("@@ -1 +1 @@\n-a\n+b", (None, None)),
    ],
)
def test_submodule_commits(patch: str | None, commits: tuple[str | None, str | None]) -> None:
    assert submodule_commits(patch) == commits
