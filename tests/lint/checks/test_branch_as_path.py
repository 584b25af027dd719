from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "branch-as-path"


@pytest.mark.parametrize(
    ("pattern", "branch"),
    [
        ("main", "refs/heads/main"),
        ("!production", "!refs/heads/production"),
        ("heads/main", "refs/heads/main"),
        ("origin/master", "refs/heads/master"),
    ],
)
def test_it_names_the_branch(pattern: str, branch: str) -> None:
    found = findings(ID, subject(f"src/** {pattern}  @agents  block\n", ["src/a.py"]))
    assert said(found) == [f"1 `{pattern}`: `{pattern}` is a path, and there is none of that name"]
    short = branch.replace("refs/heads/", "")
    assert helps(found) == [f"the branch is `{branch}` (in YAML under `branches`: `{short}`)"]


def test_in_yaml() -> None:
    found = findings(ID, subject("rules: [{patterns: [main], decision: block}]", ["src/a.py"], name=YAML))
    assert said(found) == ["1 `main`: `main` is a path, and there is none of that name"]


@pytest.mark.parametrize("files", [["main"], ["cmd/main/x.go"], ["main/x.go"], ["x/main"]])
def test_silent_where_there_is_such_a_path(files: list[str]) -> None:
    assert findings(ID, subject("main  @agents  block\n", files)) == ()


@pytest.mark.parametrize(
    "text", ["/main", "main/", "main/**", "Main", "main.py", "origin/main.py", "feature", "heads/x", "refs/heads/main"]
)
def test_silent_where_it_may_well_be_a_path(text: str) -> None:
    assert findings(ID, subject(f"{text}  @agents  block\n", ["src/a.py"])) == ()


def test_silent_where_the_files_are_not_known() -> None:
    assert findings(ID, subject("main  @agents  block\n")) == ()
