"""Git is the oracle: ``git check-ignore`` and a path pattern say the same, but where CODEOWNERS differs."""

from __future__ import annotations

import subprocess
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from agentowners.policy.patterns import PathPattern, PatternError
from tests.examples import examples
from tests.policy.reading import covers

NAMES = ["a", "b", "ab", "a.b", "*", "[a]"]
PATHS = ["/".join(names) for depth in (1, 2, 3) for names in product(NAMES, repeat=depth)]
PARTS = ["a", "b", "*", "**", "?", "/", "[ab]", "[!a]", "[a-b]", ".", "\\*", "\\[", "ab"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    return path


def ignored(repository: Path, pattern: str) -> set[str]:
    """The paths that git ignores for one pattern."""
    (repository / ".git" / "info" / "exclude").write_text(pattern + "\n", encoding="utf-8")
    command = ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "--stdin", "-z"]
    done = subprocess.run(command, cwd=repository, input="\0".join(PATHS) + "\0", capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return set(done.stdout.split("\0")) - {""}


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("".join))
@examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pattern_means_what_git_means(repository: Path, text: str) -> None:
    try:
        pattern = PathPattern.parse(text)
    except PatternError:
        return
    if _one_level_only(pattern.text) or _is_undefined(text):
        return
    assert {path for path in PATHS if covers((pattern,), path)} == ignored(repository, text)


def _one_level_only(text: str) -> bool:
    """CODEOWNERS: ``docs/*`` is one level, where git ignores what lies below an ignored directory too."""
    _, slash, last = text.rpartition("/")
    return slash == "/" and last != "" and set(last) == {"*"} and last != "**"


def _is_undefined(text: str) -> bool:
    """Two stars beside something else are one star (see test_patterns.py); git before 2.41 compared unrelated pointers there."""
    return any("**" in segment and segment.strip("*") for segment in text.split("/"))
