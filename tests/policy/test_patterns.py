"""Section 4 of the policy reference: what may be written, how it is kept, and what it matches."""

from __future__ import annotations

import pytest
import re2

from agentowners.policy.expressions import ascii_lower, glob_regex, subject
from agentowners.policy.patterns import (
    MAX_PATTERN_BYTES,
    Approver,
    PathPattern,
    PatternError,
    PrincipalPattern,
    RefPattern,
)
from tests.policy.reading import covers


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "empty pattern"),
        ("!", 1, "empty pattern"),
        ("/", 0, "`/` alone names nothing"),
        ("!/", 1, "`/` alone names nothing"),
        ("//", 0, "`//` in a pattern"),
        ("//a", 0, "`//` in a pattern"),
        ("a//", 1, "`//` in a pattern"),
        ("!a//b", 2, "`//` in a pattern"),
        (".", 0, "`.` cannot be a segment of a pattern"),
        ("a/./b", 2, "`.` cannot be a segment of a pattern"),
        ("a/..", 2, "`..` cannot be a segment of a pattern"),
        (r"a/\.\.", 2, r"`\.\.` cannot be a segment of a pattern"),
        ("a[b", 1, "unclosed `[`"),
        ("[]", 0, "unclosed `[`"),
        ("[!]", 0, "unclosed `[`"),
        ("[a-", 0, "unclosed `[`"),
        ("[a\\", 0, "unclosed `[`"),
        ("x[a/b]", 3, "`/` in a character class"),
        ("[[:alpha]]", 1, "unknown character class name"),
        ("[[:name:]]", 1, "unknown character class name"),
        ("[z-a]", 3, "range of a character class runs backwards"),
        ("a\0b", 1, "NUL in a pattern"),
        ("a\\\0b", 2, "NUL in a pattern"),
        ("a\\", 1, "`\\` at the end of a pattern escapes nothing"),
        ("a\\/b", 1, "`\\/` in a pattern"),
        ("a\U0010f800", 1, "character U+10F800 in a pattern"),
        ("a\ud800", 1, "character U+D800 in a pattern"),
        ("a" * (MAX_PATTERN_BYTES + 1), 0, "pattern is longer than 4,096 bytes"),
        ("é" * (MAX_PATTERN_BYTES // 2 + 1), 0, "pattern is longer than 4,096 bytes"),
    ],
)
def test_what_is_refused(text: str, offset: int, message: str) -> None:
    for parse, mark in ((PathPattern.parse, ""), (RefPattern.parse, "refs/heads/a")):
        if mark:
            if text.startswith(("!", "/", ".")) or text == "" or len(text) > 100:
                continue
            text, offset = mark + text, offset + len(mark)
        with pytest.raises(PatternError) as caught:
            parse(text)
        assert (caught.value.message, caught.value.offset) == (message, offset)


@pytest.mark.parametrize("text", ["main", "!main", "/refs/heads/main", "\\refs/heads/main", ""])
def test_a_ref_is_named_in_full(text: str) -> None:
    with pytest.raises(PatternError, match="is not the full name of a ref"):
        RefPattern.parse(text)


def test_the_longest_pattern() -> None:
    assert PathPattern.parse("a" * MAX_PATTERN_BYTES).text == "a" * MAX_PATTERN_BYTES


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (r"\a\ \#\@\.x", "a #@.x"),
        (r"\*\?\[\\", r"\*\?\[\\"),
        (r"\!a\!", r"\!a!"),
        (r"a\]", "a]"),
        (r"[a\ b\#]", "[a b#]"),
        (r"[\]\-\\\!\^]", r"[\]\-\\\!\^]"),
        (r"[[:alpha:]\:]", r"[[:alpha:]\:]"),
        ("[!a]", "[!a]"),
        ("\udcff", "\udcff"),
    ],
)
def test_needless_escapes_are_dropped(text: str, canonical: str) -> None:
    assert PathPattern.parse(text) == PathPattern(canonical)
    assert PathPattern.parse(f"!{text}") == PathPattern(canonical, negative=True)
    assert PathPattern.parse(canonical) == PathPattern(canonical)
    assert str(PathPattern.parse(f"!{text}")) == f"!{canonical}"


MATCHES = [
    # no slash inside: the base name at any depth, and everything below a directory of that name
    ("Cargo.toml", ["Cargo.toml", "a/Cargo.toml", "a/b/Cargo.toml/x"], ["Cargo.tomlx", "xCargo.toml"]),
    ("*.pem", ["x.pem", "a/.pem", "a/x.pem/y"], ["x.pemx"]),
    # a slash at the start or inside anchors
    ("/docs", ["docs", "docs/x", "docs/x/y"], ["a/docs", "docsx"]),
    ("a/b", ["a/b", "a/b/c"], ["x/a/b", "a/bc"]),
    # a slash at the end: everything below
    ("docs/", ["docs/x", "a/docs/x/y", "docs/"], ["docs", "a/docs"]),
    ("/docs/", ["docs/x", "docs/"], ["docs", "a/docs/x"]),
    # stars and question marks do not cross slashes
    ("a*b", ["ab", "axb", "x/aab"], ["a/b"]),
    ("/a?c", ["abc", "aéc", "a😀c"], ["ac", "a/c", "abbc"]),
    ("/a/*/c", ["a/b/c", "a/b/c/d"], ["a/c", "a/b/b/c"]),
    # two stars cross them where they are a whole segment
    ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/z"], ["a", "ab"]),
    ("**/b", ["b", "a/b", "a/x/b/c"], ["ab"]),
    ("a/**", ["a/x", "a/x/y", "a/"], ["a", "b/a/x"]),
    ("**", ["a", "a/b", "a\nb"], []),
    ("a**b", ["ab", "axb"], ["a/b"]),
    ("x/**/", ["x/d/f"], ["x/f", "x"]),
    # classes
    ("[a-c]x", ["ax", "d/bx"], ["dx", "x"]),
    ("[!a-c]x", ["dx"], ["ax", "/x"]),
    ("[^a]x", ["bx"], ["ax"]),
    ("a[+-9]b", ["a.b", "a0b"], ["a/b"]),
    ("a[!x]b", ["ayb"], ["a/b"]),
    ("[]]x", ["]x"], ["[]x"]),
    ("[a-]x", ["-x", "ax"], ["bx"]),
    ("[[:digit:][:upper:]]", ["1", "A", "x/7"], ["a", "12"]),
    (r"[\d]", ["d"], ["1", "\\"]),
    ("[[:cntrl:]]", ["\n"], ["a"]),
    # directories, and the one exception
    ("a/b*", ["a/bc", "a/bc/d"], ["a/c", "b"]),
    ("docs/*", ["docs/x", "docs/"], ["docs/x/y", "docs", "a/docs/x"]),
    ("/*", ["x"], ["x/y"]),
    ("*", ["x", "x/y"], []),
    # case, spaces, control characters, bytes
    ("readme", ["readme"], ["README"]),
    ("a b", ["a b", "x/a b/c"], ["ab"]),
    ("a*b", ["a\nb", "a\tb", "a\udcffb", "a\x00b"], []),
    ("secrets/", ["x\ny/secrets/z"], []),
    ("a\\*b", ["a*b"], ["axb"]),
    ("a.b", ["a.b"], ["axb"]),
    ("\udcff", ["\udcff", "a/\udcff"], ["\udcfe"]),
    ("é", ["é"], ["e"]),
    ("{a,b}", ["{a,b}"], ["a"]),
    ("(a|b)+$", ["(a|b)+$"], ["a"]),
]


@pytest.mark.parametrize(("pattern", "inside", "outside"), MATCHES, ids=[repr(case[0]) for case in MATCHES])
def test_what_a_pattern_matches(pattern: str, inside: list[str], outside: list[str]) -> None:
    patterns = (PathPattern.parse(pattern),)
    assert [path for path in inside if not covers(patterns, path)] == []
    assert [path for path in outside if covers(patterns, path)] == []


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("refs/heads/main", ["refs/heads/main"], ["refs/heads/main2", "refs/heads/main/x", "xrefs/heads/main", "heads/main"]),
        ("refs/heads/release", ["refs/heads/release"], ["refs/heads/release/1"]),
        (
            "refs/heads/release/",
            ["refs/heads/release/1", "refs/heads/release/1/2"],
            ["refs/heads/release", "refs/heads/release/"],
        ),
        ("refs/heads/release/**", ["refs/heads/release/1", "refs/heads/release/1/2"], ["refs/heads/release"]),
        ("refs/heads/*", ["refs/heads/x"], ["refs/heads/x/y"]),
        ("refs/heads/v?", ["refs/heads/v1"], ["refs/heads/v", "refs/heads/v12"]),
        ("refs/**/x", ["refs/heads/x", "refs/x", "refs/a/b/x"], ["refs/heads/xy", "refs/x/y"]),
        ("refs/heads/a.b", ["refs/heads/a.b"], ["refs/heads/axb"]),
        ("!refs/heads/main", ["refs/heads/main"], ["refs/heads/x"]),
    ],
)
def test_what_a_ref_pattern_matches(pattern: str, inside: list[str], outside: list[str]) -> None:
    found = RefPattern.parse(pattern)
    expression = re2.compile(found.regex())
    assert [ref for ref in inside if not expression.search(subject(ref))] == []
    assert [ref for ref in outside if expression.search(subject(ref))] == []
    assert str(found) == pattern


@pytest.mark.parametrize(
    ("text", "key", "group", "wildcard"),
    [
        ("@Copilot", "copilot", None, False),
        ("octocat", "octocat", None, False),
        ("@AGENTS", "agents", "agents", False),
        ("@anyone", "anyone", "anyone", False),
        ("@login:agents", "login:agents", None, False),
        ("@Login:Agents", "login:agents", None, False),
        ("@smooth-operative/*", "smooth-operative/*", None, True),
        ("@copilot-swe-agent[bot]", "copilot-swe-agent[bot]", None, False),
        ("@KÉLVINK", "kÉlvink", None, False),
    ],
)
def test_principals(text: str, key: str, group: str | None, wildcard: bool) -> None:
    found = PrincipalPattern.parse(text)
    assert (found.key, found.group, found.is_wildcard) == (key, group, wildcard)
    assert str(found) == "@" + text.removeprefix("@")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@login:",
        "@LOGIN:",
        "@login:login:a",
        "a:b",
        "a b",
        "@@x",
        "x@",
        "a,b",
        "a!",
        "a\n",
        "a\u202eb",
        "x" * 257,
        "@acme/",
        "@/x",
        "acme//x",
        "@acme/..",
        "@..",
        ".",
        "acme/./x",
        "@login:..",
        "@acme/*/",
    ],
)
def test_what_is_no_principal(text: str) -> None:
    for parse in (PrincipalPattern.parse, Approver.parse):
        with pytest.raises(PatternError):
            parse(text)


def test_approvers() -> None:
    assert Approver.parse("@login:agents") == Approver.parse("@LOGIN:agents") == Approver("agents")
    assert str(Approver.parse("@login:Agents")) == "@login:Agents"
    assert (str(Approver.parse("Acme/Core")), Approver.parse("Acme/Core").key) == ("@Acme/Core", "acme/core")
    for text in ("@x*", "@Agents", "bots"):
        with pytest.raises(PatternError):
            Approver.parse(text)


def test_case_is_ignored_for_ascii_alone() -> None:
    assert ascii_lower("ABCé") == "abcé"
    assert ascii_lower("K\u212aÉ") == "k\u212aÉ"


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("smooth-operative/*", ["smooth-operative/a", "smooth-operative/"], ["smooth-operative/a/b", "smooth-operative"]),
        ("**/x", ["a/x", "a/b/x"], ["x"]),
        ("A.b", ["a.b"], ["axb", "a.bc", "xa.b"]),
        ("*", ["", "a"], ["a/b"]),
        ("***", ["a/b"], []),
        ("a*", ["a\nb"], []),
    ],
)
def test_globs_of_names(glob: str, inside: list[str], outside: list[str]) -> None:
    expression = re2.compile(glob_regex(glob))
    assert [text for text in inside if not expression.search(text)] == []
    assert [text for text in outside if expression.search(text)] == []
