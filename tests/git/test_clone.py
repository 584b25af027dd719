"""What a clone knows about itself and its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.git.clone import (
    branches,
    current_branch,
    default_branch,
    home_repository,
    inspect_clone,
    origin_host,
    origin_repository,
    repository_of,
    top_level,
)
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


def test_a_revision_that_is_not_there(clone: Git) -> None:
    with pytest.raises(GitError):
        inspect_clone(clone, "nothing")


def test_a_whole_clone_is_cut_nowhere(clone: Git) -> None:
    assert inspect_clone(clone, "HEAD").boundary == frozenset()


def test_the_root_of_the_work_tree(repo: Repo, tmp_path: Path) -> None:
    (repo.path / "sub").mkdir()
    assert top_level(Git(str(repo.path / "sub"))) == str(repo.path)
    assert top_level(Git(str(Repo(tmp_path / "bare", bare=True).path))) is None


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
    ],
)
def test_the_branch_that_a_revision_names(clone: Git, name: str, branch: str | None) -> None:
    assert inspect_clone(clone, name).branch == branch


def test_a_commit_or_tag_names_no_branch(repo: Repo) -> None:
    commit = repo.commit({"a": "1"})
    repo.git("tag", "v1")
    git = Git(str(repo.path))
    assert (inspect_clone(git, commit).branch, inspect_clone(git, "v1").branch) == (None, None)


def test_the_default_branch_is_what_origin_points_to(clone: Git, repo: Repo) -> None:
    assert default_branch(clone) == "refs/heads/main"
    assert default_branch(Git(str(repo.path))) is None


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
    assert (origin_repository(Git(str(repo.path))), origin_host(Git(str(repo.path)))) == ("acme/shop", "github.com")
    repo.git("remote", "set-url", "origin", "https://me@Git.Example.com:8443/acme/shop")
    assert (origin_repository(Git(str(repo.path))), origin_host(Git(str(repo.path)))) == ("acme/shop", "git.example.com")
    repo.git("remote", "set-url", "origin", "ssh://git@ssh.github.com:443/acme/shop.git")
    assert (origin_repository(Git(str(repo.path))), origin_host(Git(str(repo.path)))) == ("acme/shop", "github.com")
    repo.git("remote", "remove", "origin")
    assert origin_host(Git(str(repo.path))) is None


def test_branches_are_those_here_and_those_of_origin(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "branches")
    git = Git(str(repo.path))
    assert (branches(git), current_branch(git)) == ((), "refs/heads/main")
    repo.commit({"a": ""})
    repo.commit({"a": ""}, branch="release/1")
    for name in ("origin/main", "origin/x", "other/y"):
        repo.git("update-ref", f"refs/remotes/{name}", "main")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    assert branches(git) == ("refs/heads/main", "refs/heads/release/1", "refs/heads/x")
    repo.git("checkout", "-q", "--detach", "main")
    assert current_branch(git) is None


def test_a_fork_names_what_it_was_forked_from(repo: Repo) -> None:
    git = Git(str(repo.path))
    assert home_repository(git) is None
    repo.git("remote", "add", "origin", "git@github.com:mona/shop.git")
    assert home_repository(git) == "mona/shop"
    repo.git("remote", "add", "upstream", "https://github.com/acme/shop")
    assert home_repository(git) == "acme/shop"
    repo.git("remote", "set-url", "upstream", str(repo.path))
    assert home_repository(git) == "mona/shop"
