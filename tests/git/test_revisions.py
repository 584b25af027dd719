"""Revisions, the branches they name, and what a clone knows about its origin."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, find_branch, resolve
from agentowners.git.run import Git, GitError
from tests.git.repo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


@pytest.fixture
def clone(repo: Repo, tmp_path: Path) -> Git:
    repo.commit({"a": "1"})
    repo.commit({"a": "2"}, branch="release/1.x")
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    return Git(str(tmp_path / "clone"))


def test_a_revision_is_a_commit(repo: Repo) -> None:
    first = repo.commit({"a": "1"})
    second = repo.commit({"a": "2"})
    repo.git("-c", "user.name=t", "-c", "user.email=t@example.com", "tag", "-a", "-m", "tag", "v1", first)
    with Objects.of(Git(str(repo.path))) as objects:
        assert resolve(objects, "main") == Revision("main", second)
        assert resolve(objects, "HEAD~1").commit == first
        assert resolve(objects, "v1").commit == first
        assert resolve(objects, first[:10]).commit == first


@pytest.mark.parametrize("name", ["", "-x", "--all", "main\nHEAD", "a..b", "HEAD...main", "x\0y", "main\x1b[31m"])
def test_what_is_no_revision_is_refused(repo: Repo, name: str) -> None:
    repo.commit({"a": "1"})
    with Objects.of(Git(str(repo.path))) as objects, pytest.raises(GitError, match="is not a revision"):
        resolve(objects, name)


@pytest.mark.parametrize("name", ["nope", "main:a", "main^{tree}", "^main", "0" * 40, "x missing", "é"])
def test_a_revision_that_is_not_there(repo: Repo, name: str) -> None:
    repo.commit({"a": "1"})
    with Objects.of(Git(str(repo.path))) as objects, pytest.raises(GitError, match="there is no revision"):
        resolve(objects, name)


def test_a_branch_that_only_the_remote_has_is_suggested(clone: Git) -> None:
    with Objects.of(clone) as objects, pytest.raises(GitError) as caught:
        resolve(objects, "release/1.x")
    assert caught.value.help == "a remote branch has that name: write `origin/release/1.x`"


def test_a_branch_without_a_commit(repo: Repo) -> None:
    with Objects.of(Git(str(repo.path))) as objects, pytest.raises(GitError) as caught:
        resolve(objects, "HEAD")
    assert caught.value.help == "this branch has no commit yet: make one, or name another revision"


def test_digits_that_begin_several_commits(repo: Repo) -> None:
    stream = b"".join(
        b"commit refs/heads/main\ncommitter P <p@example.com> %d +0000\ndata 1\nx\n" % (1_700_000_000 + number)
        for number in range(900)
    )
    repo.git("fast-import", "--quiet", stdin=stream)
    commits = sorted(repo.git("rev-list", "main").split())
    same = next(one[:4] for one, other in pairwise(commits) if one[:4] == other[:4])
    with Objects.of(Git(str(repo.path))) as objects, pytest.raises(GitError, match="there is no revision"):
        resolve(objects, same)


def test_a_branch_is_found_at_origin_first(clone: Git, repo: Repo) -> None:
    with Objects.of(clone) as objects:
        found = find_branch(objects, "refs/heads/release/1.x")
        assert found == Revision("refs/remotes/origin/release/1.x", repo.resolve("release/1.x"), "refs/heads/release/1.x")
        assert find_branch(objects, "refs/heads/none") is None
    with Objects.of(Git(str(repo.path))) as objects:
        local = find_branch(objects, "refs/heads/main")
        assert local is not None
        assert local.name == "refs/heads/main"


@pytest.mark.parametrize(
    ("tag", "name", "meant"),
    [
        ("main", "main", "refs/heads/main"),
        ("main", "main~0", "refs/heads/main"),
        ("main", "main^{commit}", "refs/heads/main"),
        ("origin/main", "origin/main", "refs/remotes/origin/main"),
        ("origin", "origin", "refs/remotes/origin/HEAD"),
    ],
)
def test_a_tag_of_a_branchs_name_is_not_taken_for_it(clone: Git, tag: str, name: str, meant: str) -> None:
    """git takes the tag, and an agent that may push one would choose the base of its own change."""
    clone.run("tag", tag, "refs/remotes/origin/release/1.x")
    with Objects.of(clone) as objects:
        with pytest.raises(GitError, match=f"`{re.escape(name)}` may mean `refs/tags/{tag}` or `{meant}`"):
            resolve(objects, name)
        assert resolve(objects, meant).commit != resolve(objects, f"refs/tags/{tag}").commit


def test_a_full_name_means_one_thing_only(clone: Git) -> None:
    for ref in ("refs/tags/refs/heads/main", "refs/heads/refs/heads/main"):
        clone.run("update-ref", ref, "refs/remotes/origin/release/1.x")
    with Objects.of(clone) as objects:
        assert resolve(objects, "refs/heads/main").commit == resolve(objects, "refs/remotes/origin/main").commit
