from __future__ import annotations

import pytest

from agentowners.lint.equivalence import equivalent
from tests.engine.build import policy


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/a/** b @x block", "b /a/ @X block # why"),
        ("a @x block\nb @x block", "b @x block\na @x block\nb @x block"),
        ("a @x block actions=file_write", "a @x block actions=file_write,file_create"),
        ("a @x require_approval @p @q", "a @x require_approval @Q @p"),
        ("/docs/ !/src/ @x block", "/docs/ @x block"),
        ("docs/ !docs/a/ !docs/a/b/ @x block", "docs/ !docs/a/ @x block"),
        ("unprotect /AGENTS.md !src/b @x", "unprotect /AGENTS.md @x"),
        ("mode workspace-write @x /a/b\nmode workspace-write @X a/b", "mode workspace-write @x /a/b"),
    ],
)
def test_alike(before: str, after: str) -> None:
    assert equivalent(policy(before), policy(after))
    assert equivalent(policy(after), policy(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a @x block", ""),
        ("a @x block", "a @x block\nb @x block"),
        ("a @x block", "a @x require_approval"),
        ("a @x block", "a @y block"),
        ("a @x block", "a refs/heads/main @x block"),
        ("a @x block", "a @x block actions=file_read"),
        ("docs/ !docs/a/ @x block", "docs/ @x block"),
        ("docs/* !docs/a/ @x block", "docs/* @x block"),  # a link `docs/a` is in the one and not in the other
        ("!docs/a/ @x block", "** @x block"),
        ("default @x block", "default @x allow"),
        ("mode read-only @x", ""),
        ("unprotect AGENTS.md @x", ""),
        ("agent a login=b", "agent a login=c"),
        ("approvals dismiss_stale=false", ""),
    ],
)
def test_not_certainly_alike(before: str, after: str) -> None:
    assert not equivalent(policy(before), policy(after))


def test_layers_are_compared_one_by_one() -> None:
    assert not equivalent(policy("a @x block", ""), policy("", "a @x block"))
    assert not equivalent(policy("a @x block", "b @x block"), policy("a @x block"))
