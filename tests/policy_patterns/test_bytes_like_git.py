"""Git is the oracle for names with any bytes in them: ``git check-ignore`` and a policy's pattern say the same."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given
from hypothesis import strategies as st

from agentowners.policy.patterns import PathPattern, PatternError
from tests.examples import examples
from tests.git.repo import CLEAN
from tests.policy.reading import covers

LITERALS = [*"ab.- #!é日\n\r\t\x1b+({|$^~\udcff\udce9", "ab"]
WILD = ["*", "?", "[ab]", "[!a]", "[a-c]", "[^.]", "[[:alpha:]]", "[]a]", "\\*", "\\?", "\\[", "\\\\", "\\!", "\\#"]

segment_pattern = st.one_of(
    st.lists(st.sampled_from([*LITERALS, *WILD]), min_size=1, max_size=4).map("".join), st.sampled_from(["*", "**", "a", "b"])
)
patterns = st.tuples(
    st.sampled_from(["", "/"]), st.lists(segment_pattern, min_size=1, max_size=4).map("/".join), st.sampled_from(["", "/", "/**"])
).map("".join)
segment = st.lists(st.sampled_from([*LITERALS, "*", "?", "[", "]", "\\"]), min_size=1, max_size=3).map("".join)
paths = st.lists(st.one_of(segment, st.sampled_from(["a", "b", "ab"])), min_size=1, max_size=4).map("/".join)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("oracle")
    subprocess.run(["git", "init", "-q", str(path)], check=True, env=CLEAN)
    return path


def ignored(repository: Path, pattern: str, listed: list[str]) -> set[str]:
    """The paths that git ignores for one pattern."""
    (repository / ".git/info/exclude").write_bytes(os.fsencode(pattern) + b"\n")
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=repository,
        input=b"".join(os.fsencode(path) + b"\0" for path in listed),
        capture_output=True,
        check=False,
        env=CLEAN,
    )
    assert done.returncode in (0, 1), done.stderr
    return {os.fsdecode(path) for path in done.stdout.split(b"\0")[:-1]}


@given(patterns, st.lists(paths, min_size=20, max_size=40, unique=True))
@examples(50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@example("*.pem", ["a\nb.pem", "\n.pem", "x/\ry.pem", "\udcff.pem", "a.pem\n"])
@example("security/**", ["security/\udcff\n", "security/a\nb/c", "\nsecurity/x"])
@example("[!a]", ["\n", "x/\n/y", "b"])
@example("/a[!b]c", ["a/c", "axc", "a\nc"])
def test_a_pattern_means_what_git_means(repository: Path, text: str, listed: list[str]) -> None:
    assume(all({".", ".."}.isdisjoint(path.split("/")) for path in listed))
    try:
        pattern = PathPattern.parse(text)
    except PatternError:
        assume(False)
        return
    assume(not _means_otherwise(text))
    if any(sign in text for sign in ("?", "[!", "[^", "[[:")):
        listed = [path for path in listed if path.isascii()]
    assert {path for path in listed if covers((pattern,), path)} == ignored(repository, text, listed)


def _means_otherwise(text: str) -> bool:
    """Where a pattern here means something else than a line of a ``.gitignore``, as the policy reference says.

    In ``.gitignore`` a ``#`` in front begins a comment, a ``!`` takes a file back in, blanks at the end are cut off, a line ends
    at its line feed, and ``x/*`` covers what lies below ``x/y``. (Of two stars beside something else git before 2.41 compared
    unrelated bytes.)
    """
    segments = text.strip("/").split("/")
    anchored = text.startswith("/") or len(segments) > 1
    return (
        text.startswith(("#", "!"))
        or "\n" in text
        or text.endswith((" ", "\t", "\r"))
        or (anchored and segments[-1] == "*")
        or any("**" in part and part.strip("*") for part in segments)
    )


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("/?", "é"), ("/a?", "a日"), ("/[é]", "é"), ("/[!a]", "日"), ("/[à-ü]x", "éx"), ("/???", "日本語")],
)
def test_a_wildcard_takes_a_character_where_git_takes_a_byte(repository: Path, pattern: str, path: str) -> None:
    assert covers((PathPattern.parse(pattern),), path)
    assert ignored(repository, pattern, [path]) == set()


@pytest.mark.parametrize(("pattern", "path"), [("/docs/*", "docs/a/b"), ("/*", "a/b"), ("a/b/*", "a/b/c/d")])
def test_a_last_star_is_one_level_where_git_goes_deeper(repository: Path, pattern: str, path: str) -> None:
    assert not covers((PathPattern.parse(pattern),), path)
    assert ignored(repository, pattern, [path]) == {path}
