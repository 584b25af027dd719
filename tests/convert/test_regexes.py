"""Go's regular expressions as patterns: the same paths, or no pattern at all."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from agentowners.convert.regexes import path_patterns, ref_patterns
from agentowners.engine.matcher import Matcher
from agentowners.policy.patterns import PathPattern, RefPattern
from tests.examples import examples


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        (r"^staging/.*$", ("/staging/**",)),
        (r"\.go$", ("*.go",)),
        (r"^\.github/workflows/", ("/.github/workflows/**",)),
        (r"^server/views/.*\.tmpl$", ("/server/views/**/*.tmpl",)),
        (r"^config/special\.file$", ("/config/special.file",)),
        (r"^(docs|examples)/", ("/docs/**", "/examples/**")),
        (r"^go\.(mod|sum)$", ("/go.mod", "/go.sum")),
        (r"(^|/)vendor/", ("/vendor/**", "/*/**/vendor/**")),
        (r"^docs", ("/docs*",)),
        (r"^a/[^/]+\.py$", ("/a/?*.py",)),
        (r"(?i)^readme$", ("/[rR][eE][aA][dD][mM][eE]",)),
        (r".*", ("**",)),
        (r"^a//b", ()),
        (r"^/a", ()),
    ],
)
def test_what_people_write_has_the_pattern_that_people_would_write(expression: str, texts: tuple[str, ...]) -> None:
    assert path_patterns(expression) == texts


@pytest.mark.parametrize(
    "expression",
    [
        "a{2}",
        r"\bx",
        "a(?=b)",
        "(a|b)+",
        "[^a]*",
        r"\pL",
        "(",
        "a)",
        "[",
        "*a",
        "a$b",
        r"\Qa\E",
        "x" * 2000,
        "." * 900,
        "." * 90 + "//x",
        ".*a" * 90,
    ],
)
def test_what_has_no_patterns_is_not_guessed(expression: str) -> None:
    assert path_patterns(expression) is None


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("^(master|develop)$", ("refs/heads/master", "refs/heads/develop")),
        ("^release/.*$", ("refs/heads/release/**",)),
        ("^release-", ("refs/heads/release-*", "refs/heads/release-*/**")),
    ],
)
def test_branches_are_matched_whole(expression: str, texts: tuple[str, ...]) -> None:
    assert ref_patterns(expression) == texts


_ATOMS = (
    "a",
    "b",
    "/",
    r"\.",
    r"\.go",
    ".",
    ".*",
    ".+",
    "[^/]*",
    "[^/]+",
    "[ab]",
    "(a|b)",
    "(a/)?",
    "b?",
    "(^|/)a",
    "(a|b)/",
    "*?",
)
_EXPRESSIONS = st.builds(
    lambda start, atoms, end: start + "".join(atoms) + end,
    st.sampled_from(["", "^"]),
    st.lists(st.sampled_from(_ATOMS), min_size=1, max_size=5),
    st.sampled_from(["", "$"]),
)
_NAMES = st.sampled_from(["a", "b", "ab", ".a", "a.b", "ba", "c.go", ".go"])
_PATHS = st.lists(st.lists(_NAMES, min_size=1, max_size=3).map("/".join), min_size=1, max_size=12, unique=True)


@examples(30)
@given(_EXPRESSIONS, _PATHS)
def test_the_patterns_match_what_the_expression_matches(expression: str, paths: list[str]) -> None:
    found, refs = path_patterns(expression), ref_patterns(expression)
    if found is None or refs is None:
        return
    files = Matcher.of(PathPattern(text) for text in found)
    branches = [re2.compile(RefPattern(text).regex()) for text in refs]
    for path in paths:
        wanted = re.search(expression, path) is not None
        # a pattern that matches a file's name covers what would lie below it, were it a directory
        parents = [path[: slash.start()] for slash in re.finditer("/", path)]
        assert wanted or not files.match(path) or any(re.search(expression, parent) for parent in parents), path
        assert files.match(path) or not wanted, path
        assert any(branch.search(f"refs/heads/{path}") for branch in branches) == wanted, path
