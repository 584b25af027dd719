"""Revisions, the branches they name, and what a clone knows about its origin."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, branch_of, default_branch, find_branch, origin_repository, repository_of, resolve
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


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("main", "refs/heads/main"),
        ("HEAD", "refs/heads/main"),
        ("refs/heads/main", "refs/heads/main"),
        ("origin/release/1.x", "refs/heads/release/1.x"),
        ("origin/HEAD", "refs/heads/main"),
        ("origin", "refs/heads/main"),
        ("HEAD~0", None),
        ("nothing", None),
    ],
)
def test_the_branch_that_a_revision_names(clone: Git, name: str, branch: str | None) -> None:
    assert branch_of(clone, name) == branch


def test_a_commit_or_tag_names_no_branch(repo: Repo) -> None:
    commit = repo.commit({"a": "1"})
    repo.git("tag", "v1")
    git = Git(str(repo.path))
    assert (branch_of(git, commit), branch_of(git, "v1")) == (None, None)


def test_the_default_branch_is_what_origin_points_to(clone: Git, repo: Repo) -> None:
    assert default_branch(clone) == "refs/heads/main"
    assert default_branch(Git(str(repo.path))) is None


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
    ("url", "repository"),
    [
        ("https://github.com/acme/shop.git", "acme/shop"),
        ("https://github.com/acme/shop", "acme/shop"),
        ("https://github.com/acme/shop/", "acme/shop"),
        ("https://x-access-token:secret@github.com/acme/shop", "acme/shop"),
        ("ssh://git@github.com:22/acme/shop.git", "acme/shop"),
        ("git@github.com:acme/my.shop.git", "acme/my.shop"),
        ("https://example.com/group/sub/shop.git", None),
        ("../shop", None),
        ("/srv/git/acme/shop.git", None),
        ("file:///srv/acme/shop", None),
        ("", None),
        ("https://github.com/acme/shop\nx", None),
    ],
)
def test_owner_and_name_from_a_url(url: str, repository: str | None) -> None:
    assert repository_of(url) == repository


def test_the_repository_of_a_clone(clone: Git, repo: Repo) -> None:
    assert origin_repository(clone) is None
    assert origin_repository(Git(str(repo.path))) is None
    repo.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    assert origin_repository(Git(str(repo.path))) == "acme/shop"
