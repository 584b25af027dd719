from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "ref-nowhere"


@pytest.mark.parametrize(
    ("ref", "near"),
    [("refs/main", "refs/heads/main"), ("refs/remotes/origin/main", "refs/heads/main"), ("refs/origin/main", "refs/heads/main")],
)
def test_it_suggests_the_branch(ref: str, near: str) -> None:
    found = findings(ID, subject(f"src/** {ref}  @agents  block\n"))
    assert said(found) == [f"1 `{ref}`: no branch and no tag is called `{ref}`"]
    assert helps(found) == [f"a branch is `refs/heads/<name>`: did you mean `{near}`?"]


def test_in_yaml() -> None:
    found = findings(ID, subject("rules: [{refs: [refs/heads/x, refs/main], decision: block}]", name=YAML))
    assert said(found) == ["1 `refs/main`: no branch and no tag is called `refs/main`"]


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/tags/v*", "refs/*/x", "refs/**"])
def test_silent(ref: str) -> None:
    assert findings(ID, subject(f"{ref}  @agents  block\n")) == ()
