"""The lines that would let a denied access through."""

from __future__ import annotations

import pytest

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.diagnostics import Source
from agentowners.dispatch.model import Access
from agentowners.dispatch.remedies import remedies
from agentowners.policy.load import load_policy
from agentowners.policy.model import Action

CLAUDE = Evidence(Signal.DECLARED, Strength.VERIFIED, name="claude")
NAME = ".github/AGENTOWNERS"


def told(*policies: str, paths: tuple[str, ...] = ("docs/a.md",)) -> list[str]:
    """What is told of writes to some paths, by the policies of a branch and of the default branch."""
    policy = load_policy([Source(NAME, text.encode(), f"refs/heads/{number}") for number, text in enumerate(policies)])
    accesses = [Access(action, path) for path in paths for action in (Action.FILE_CREATE, Action.FILE_MODIFY)]
    return [line["rule"] for line in remedies(policy, accesses, CLAUDE, ("refs/heads/0",), lifts=True)]


@pytest.mark.parametrize(
    ("branch", "default_branch", "lines"),
    [
        ("docs/** @agents allow\n", "** @anyone block\n", ["** !/docs/a.md @anyone block"]),
        ("** @anyone block\n", "docs/** @agents allow\n", ["** !/docs/a.md @anyone block"]),
        ("infra/** @agents block\n", "default @agents block\n", ["/docs/a.md @claude allow"]),
        ("** @agents block\n", "** @agents block\n", ["** !/docs/a.md @agents block"]),
    ],
)
def test_a_line_of_the_other_file_of_that_name_is_let_be(branch: str, default_branch: str, lines: list[str]) -> None:
    assert told(branch, default_branch) == lines


def test_several_paths_are_taken_out_of_one_rule() -> None:
    lines = told("docs/** @agents block\ndefault @agents require_approval\n", paths=("docs/a.md", "docs/b.md", "src/a.py"))
    assert lines == [
        "docs/** !/docs/a.md !/docs/b.md @agents block",
        "/src/a.py @claude allow",
        "/docs/a.md @claude allow",
        "/docs/b.md @claude allow",
    ]
