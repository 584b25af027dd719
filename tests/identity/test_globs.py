from __future__ import annotations

import pytest

from agentowners.diagnostics import AgentownersError
from agentowners.identity.globs import matches, searches


@pytest.mark.parametrize(
    ("glob", "text", "match"),
    [
        ("octocat", "OctoCat", True),
        ("octocat", "octocats", False),
        ("codex/**", "codex/a/b", True),
        ("codex/**", "Codex/", True),
        ("codex/**", "my-codex/x", False),
        ("codex/*", "codex/a", True),
        ("codex/*", "codex/a/b", False),
        ("**", "", True),
        ("*@bots.example", "a@bots.example", True),
        ("*@bots.example", "a/b@bots.example", False),
        ("**@bots.example", "a/b@bots.example", True),
        ("*@bots.example", "a@bots.example.evil", False),
        ("jules-*-*", "jules-123-abc", True),
        ("jules-*-*", "jules-123", False),
        ("op-*[bot]", "op-a[bot]", True),
        ("op-*[bot]", "op-ab", False),
        ("a***", "a/b", True),
        ("a.c*", "abc", False),
        ("x*", "x\ny", True),
        ("x*y", "x\udcffy", True),
        ("x*z", "x\ud800z", True),
        ("*", "\u212a", True),
        ("k", "\u212a", False),
        ("*k", "\u212a", False),
    ],
)
def test_globs_match_the_whole_text_without_regard_to_ascii_case(glob: str, text: str, match: bool) -> None:
    assert matches(glob, text) is match


def test_an_expression_is_found_anywhere_in_any_text() -> None:
    assert searches(r"(?m)^b+$", "a\nbbb\n\udc80")
    assert not searches(r"(?m)^b+$", "abbb")


def test_a_glob_too_large_to_compile_is_a_clear_failure() -> None:
    with pytest.raises(AgentownersError) as caught:
        matches("*" + "\U0001f916?" * 2_000_000, "x")
    assert caught.value.message.startswith("a pattern for identities does not compile: `(?s)^[^/]*")
    assert len(caught.value.message) < 120
    assert caught.value.help is not None
