"""Which paths are one place, and that an ordinary path costs nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.engine.matcher import Matcher, _RegexSet
from agentowners.policy.builtin import builtin, protected_patterns
from agentowners.policy.patterns import PathPattern
from agentowners.policy.spelling import one_spelling


@pytest.mark.parametrize(
    ("path", "same"),
    [
        (".Claude/settings.json", ".claude/settings.json"),
        ("CLAUDE.MD", "claude.md"),
        ("a./b../c .d. /e.", "a/b/c .d/e"),
        ("cafe\u0301/x", "caf\u00e9/x"),
        ("STRASSE", "stra\u00dfe"),
        (".git\u200dhub/x\ufeff", ".github/x"),
        ("\u212aelvin", "kelvin"),
        ("...", "..."),
    ],
)
def test_spellings_of_one_place(path: str, same: str) -> None:
    assert one_spelling(path) == one_spelling(same)


@pytest.mark.parametrize(("path", "other"), [("a b", "ab"), ("a.b", "ab"), ("a\u200bb", "ab"), (".a", "a"), ("a/b", "ab")])
def test_what_is_another_place(path: str, other: str) -> None:
    assert one_spelling(path) != one_spelling(other)


@given(st.text(max_size=12) | st.text("aA. /\u200c\u0301e\u00df\u0130", max_size=12))
def test_a_spelling_is_its_own(path: str) -> None:
    assert one_spelling(one_spelling(path)) == one_spelling(path)


def test_an_ordinary_path_is_not_written_anew() -> None:
    path = "src/agentowners/engine/matcher.py"
    assert one_spelling(path) is path


def test_an_ordinary_path_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = Matcher([pattern.text for pattern in protected_patterns(())], [pattern.text for pattern in protected_patterns(())])
    seen: list[str] = []
    plain = _RegexSet.match

    def looking(self: _RegexSet, text: str) -> tuple[int, ...]:
        seen.append(text)
        return plain(self, text)

    monkeypatch.setattr(_RegexSet, "match", looking)
    assert matcher.match("src/main.py") == ()
    assert seen.count("main.py") == 1
    assert matcher.match("src/Main.py") == ()
    assert (seen.count("Main.py"), seen.count("main.py")) == (1, 2)


def test_every_built_in_pattern_is_of_any_spelling_and_no_other_is() -> None:
    assert all(pattern.any_spelling for rule in builtin(["x/policy"]).rules for pattern in rule.patterns)
    assert not PathPattern.parse("CLAUDE.md").any_spelling


@given(st.sampled_from(["CLAUDE.md", "/.github/workflows", "**/.vscode/mcp.json", ".roorules*", "/a b. "]), st.data())
def test_only_a_pattern_of_any_spelling_matches_another(text: str, data: st.DataObject) -> None:
    pattern = PathPattern(text)
    spelled = replace(pattern, any_spelling=True)
    matcher = Matcher.of([pattern, spelled, PathPattern(one_spelling(text))])
    written = text.removeprefix("**").lstrip("/").replace("*", "x").replace("\\", "")
    path = "".join(data.draw(st.sampled_from([char, char.swapcase(), char + "\u200c"])) for char in written)
    found = matcher.match(path)
    assert matcher.number(spelled) in found
    assert (matcher.number(pattern) in found) == (path == written)
