"""The paths that single commits change."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from agentowners.git.clone import inspect_clone
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.run import Git
from tests.git.old import without_merging
from tests.git.repo import Gone, Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def paths(repo: Repo, *commits: str) -> list[set[str]]:
    clone = inspect_clone(Git(str(repo.path)), "main")
    found = CommitPaths(clone, commits)
    return [set(found.of(commit) or ()) for commit in commits]


def test_what_a_commit_changes_against_its_parent(repo: Repo) -> None:
    first = repo.commit({"a": "1\n", "b": "1\n"})
    second = repo.commit({"a": "2\n", "b": Gone(), "d/c": "3\n"})
    empty = repo.commit({})
    assert paths(repo, empty, second, first) == [set(), {"a", "b", "d/c"}, {"a", "b"}]


def test_a_rename_is_both_its_paths(repo: Repo) -> None:
    repo.commit({"a": "content\n" * 20})
    moved = repo.commit({"a": Gone(), "b": "content\n" * 20})
    assert paths(repo, moved) == [{"a", "b"}]


def test_a_commit_that_is_none_of_the_range_is_not_known(repo: Repo) -> None:
    first, second = repo.commit({"a": "1\n"}), repo.commit({"a": "2\n"})
    assert CommitPaths(inspect_clone(Git(str(repo.path)), "main"), [second]).of(first) is None


@pytest.mark.parametrize(
    "name", ["\nx", "/x"[1:], "diff: warning: Skipping remerge-diff for octopus merges.\n/{}", "commit {}", "\udcff", "a b\tc"]
)
def test_a_paths_name_cannot_be_taken_for_a_commit(repo: Repo, name: str) -> None:
    first = repo.commit({"b": "1\n"})
    name = name.format(first)
    second = repo.commit({"a": "1\n", name: "2\n", "zz": "3\n"})
    third = repo.commit({name: "3\n"})
    assert paths(repo, third, second, first) == [{name}, {"a", name, "zz"}, {"b"}]


def merge(repo: Repo, one: str, *others: str, extra: dict[str, str] | None = None) -> str:
    repo.git("checkout", "-q", "-f", one)
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    subprocess.run(["git", *identity, "merge", "-q", "--no-commit", "--no-ff", *others], cwd=repo.path, check=False, env=env)
    for name, content in (extra or {}).items():
        (repo.path / name).write_text(content)
    repo.git("add", "-A")
    repo.git(*identity, "commit", "-q", "--allow-empty", "-m", "merge")
    return repo.resolve("HEAD")


def two_sides(repo: Repo) -> tuple[str, str]:
    base = repo.commit({"a": "1\n" * 9, "b": "1\n" * 9, "c": "1\n"})
    repo.git("branch", "topic", base)
    one = repo.commit({"a": "2\n" + "1\n" * 8, "b": "2\n" + "1\n" * 8})
    other = repo.commit({"a": "1\n" * 8 + "3\n", "c": "3\n"}, branch="topic")
    return one, other


def test_a_merge_as_git_would_make_it_changes_nothing(repo: Repo) -> None:
    two_sides(repo)
    assert paths(repo, merge(repo, "topic", "main")) == [set()]


def test_a_merge_changes_what_is_not_what_merging_makes(repo: Repo) -> None:
    two_sides(repo)
    assert paths(repo, merge(repo, "topic", "main", extra={"b": "evil\n", "new": "x\n"})) == [{"b", "new"}]


def test_a_resolved_conflict_is_a_change_of_the_merge(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    repo.git("branch", "topic")
    repo.commit({"a": "2\n"})
    repo.commit({"a": "3\n"}, branch="topic")
    assert paths(repo, merge(repo, "topic", "main", extra={"a": "4\n"})) == [{"a"}]


def test_where_git_cannot_merge_a_merge_changes_what_differs_from_any_parent(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_sides(repo)
    merged = merge(repo, "topic", "main")
    without_merging(tmp_path, monkeypatch)
    assert paths(repo, merged) == [{"a", "b", "c"}]


def test_a_merge_of_three_changes_what_differs_from_any_parent(repo: Repo) -> None:
    base = repo.commit({"a": "1\n"})
    tips = [repo.commit({name: "2\n"}, branch=name, parents=[base]) for name in ("b", "c")]
    octopus = repo.commit({"b": "2\n", "c": "2\n"}, parents=[base, *tips])
    after = repo.commit({"d": "1\n"})
    assert paths(repo, after, octopus, tips[0]) == [{"d"}, {"b", "c"}, {"b"}]


def many(repo: Repo, number: int) -> Sequence[str]:
    return [repo.commit({f"f{index}": "x\n"}) for index in range(number)]


def test_many_commits_take_few_gits(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = many(repo, 30)
    started: list[str] = []
    attempt = Git.attempt

    def counted(git: Git, *arguments: str) -> tuple[int, bytes, bytes]:
        started.append(arguments[0])
        return attempt(git, *arguments)

    monkeypatch.setattr(Git, "attempt", counted)
    assert paths(repo, *commits) == [{f"f{index}"} for index in range(30)]
    assert started.count("log") == 1


def test_other_object_names(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "sha256", object_format="sha256")
    two_sides(repo)
    assert paths(repo, merge(repo, "topic", "main", extra={"new": "x\n"})) == [{"new"}]
