"""Policy files on a commit, never in the work tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.diagnostics import Source
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, policy_sources
from agentowners.git.run import Git, GitError
from tests.git.repo import Content, Link, Repo, Submodule

NAMES = (".github/AGENTOWNERS", "AGENTOWNERS", "docs/AGENTOWNERS", ".agentowners.yml")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def read(repo: Repo, commit: str, branch: str | None = None) -> tuple[Source, ...]:
    git = Git(str(repo.path))
    with Objects.of(git) as objects:
        return policy_sources(objects, Revision("x", commit, branch), NAMES)


def test_every_file_that_is_there_in_the_order_asked(repo: Repo) -> None:
    commit = repo.commit({".agentowners.yml": "y", "docs/AGENTOWNERS": "d", ".github/AGENTOWNERS": "g", "sub/AGENTOWNERS": "s"})
    assert read(repo, commit, "refs/heads/main") == (
        Source(".github/AGENTOWNERS", b"g", "refs/heads/main"),
        Source("docs/AGENTOWNERS", b"d", "refs/heads/main"),
        Source(".agentowners.yml", b"y", "refs/heads/main"),
    )


def test_a_commit_without_a_branch_is_named_itself(repo: Repo) -> None:
    commit = repo.commit({"AGENTOWNERS": b"\xff\0\r\n"})
    assert read(repo, commit) == (Source("AGENTOWNERS", b"\xff\0\r\n", commit),)


def test_no_policy(repo: Repo) -> None:
    assert read(repo, repo.commit({"a": "1"})) == ()


def test_the_work_tree_is_not_looked_at(repo: Repo) -> None:
    commit = repo.commit({"AGENTOWNERS": "committed"})
    repo.checkout("main")
    (repo.path / "AGENTOWNERS").write_text("edited")
    (repo.path / ".agentowners.yml").write_text("not committed")
    assert [source.data for source in read(repo, commit)] == [b"committed"]


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"AGENTOWNERS": Link("elsewhere"), "elsewhere": "x"}, "a symbolic link"),
        ({"AGENTOWNERS": Submodule()}, "a submodule"),
        ({"AGENTOWNERS/file": "x"}, "a directory"),
    ],
)
def test_what_is_no_file_is_refused(repo: Repo, files: dict[str | bytes, Content], what: str) -> None:
    commit = repo.commit(files)
    with pytest.raises(GitError, match=f"`AGENTOWNERS` is {what}, not a file"):
        read(repo, commit)


def test_a_large_policy_and_large_trees(repo: Repo) -> None:
    files: dict[str | bytes, Content] = {f"file-{number:05}": "x" for number in range(3000)}
    commit = repo.commit({**files, "AGENTOWNERS": b"# \n" * 500_000})
    assert [len(source.data) for source in read(repo, commit)] == [1_500_000]
