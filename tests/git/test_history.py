"""The commits of a range, and clones that do not hold all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.git.clone import inspect_clone
from agentowners.git.history import History, history_between, recent_commits
from agentowners.git.run import Git, GitError
from agentowners.identity.commits import Commit
from tests.git.repo import Repo


def between(git: Git, base: str, head: str) -> History:
    return history_between(git, inspect_clone(git, "HEAD"), base, head)


def commits_between(git: Git, base: str, head: str) -> tuple[Commit, ...]:
    return between(git, base, head).commits


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def test_a_commit_says_who_made_it(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    message = "subject\n\nbody\n\nCo-authored-by: Copilot <copilot@example.com>\n"
    head = repo.commit({"a": "2"}, author=("Ann", "ann@example.com"), committer=("Carl", "carl@example.com"), message=message)
    assert commits_between(Git(str(repo.path)), base, head) == (
        Commit(
            sha=head,
            author_name="Ann",
            author_email="ann@example.com",
            committer_name="Carl",
            committer_email="carl@example.com",
            message=message,
        ),
    )


def test_commits_of_every_parent_are_there(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    side = repo.commit({"b": "1"}, branch="side", parents=[base], author=("Side", "side@example.com"))
    main = repo.commit({"c": "1"})
    merge = repo.commit({"b": "1"}, parents=[main, side], message="merge")
    assert {commit.sha for commit in commits_between(Git(str(repo.path)), base, merge)} == {side, main, merge}


def test_names_that_are_not_utf8_keep_their_bytes(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    name = b"J\xf6rg".decode("utf-8", "surrogateescape")
    head = repo.commit({"a": "2"}, author=(name, "j@example.com"), message=name)
    (commit,) = commits_between(Git(str(repo.path)), base, head)
    assert (commit.author_name, commit.message.strip()) == (name, name)


def test_a_mailmap_changes_no_one(repo: Repo) -> None:
    base = repo.commit({".mailmap": "Good Person <good@example.com> <agent@example.com>\n"})
    head = repo.commit({"a": "2"}, author=("Agent", "agent@example.com"))
    repo.checkout("main")
    repo.git("config", "log.mailmap", "true")
    (commit,) = commits_between(Git(str(repo.path)), base, head)
    assert (commit.author_name, commit.author_email) == ("Agent", "agent@example.com")


def test_replaced_commits_are_not_believed(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    agent = repo.commit({"a": "2"}, author=("Agent", "agent@example.com"))
    innocent = repo.commit({"a": "2"}, branch="fake", parents=[base])
    repo.git("replace", agent, innocent)
    (commit,) = commits_between(Git(str(repo.path)), base, agent)
    assert commit.author_email == "agent@example.com"


def test_an_empty_range_has_no_commits(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    assert between(Git(str(repo.path)), base, base) == History((), (base,))


def test_a_head_that_is_behind_has_no_commits(repo: Repo) -> None:
    head = repo.commit({"a": "1"})
    base = repo.commit({"a": "2"})
    assert between(Git(str(repo.path)), base, head) == History((), (head,))


def test_what_the_base_has_alone_is_not_counted(repo: Repo) -> None:
    start = repo.commit({"a": "1"})
    topic = repo.commit({"b": "1"}, branch="topic", parents=[start])
    main = repo.commit({"c": "1"})
    history = between(Git(str(repo.path)), main, topic)
    assert [commit.sha for commit in history.commits] == [topic]
    assert history.bases == (start,)


def test_unrelated_histories_are_refused(repo: Repo) -> None:
    one = repo.commit({"a": "1"})
    other = repo.commit({"b": "1"}, branch="other", parents=[])
    with pytest.raises(GitError, match="no common ancestor") as caught:
        between(Git(str(repo.path)), one, other)
    assert "fetch-depth: 0" in str(caught.value.help)


def test_crossing_histories_part_in_several_places(repo: Repo) -> None:
    root = repo.commit({"base": "0"})
    left = repo.commit({"left": "1"}, branch="left", parents=[root])
    right = repo.commit({"right": "1"}, branch="right", parents=[root])
    base = repo.commit({"right": "1"}, branch="left", parents=[left, right])
    head = repo.commit({"left": "1", "new": "x"}, branch="right", parents=[right, left])
    assert set(between(Git(str(repo.path)), base, head).bases) == {left, right}


def shallow_clone(repo: Repo, path: Path, depth: int, *branches: str) -> Git:
    repo.git("clone", "-q", "--no-single-branch", f"--depth={depth}", repo.path.as_uri(), str(path))
    return Git(str(path))


def test_a_shallow_clone_that_may_hide_commits_is_refused(repo: Repo, tmp_path: Path) -> None:
    base = repo.commit({"a": "1"})
    repo.commit({"b": "1"}, branch="topic", parents=[base])
    repo.commit({"b": "2"}, branch="topic")
    git = shallow_clone(repo, tmp_path / "clone", 1)
    with pytest.raises(GitError, match="shallow") as caught:
        between(git, base, repo.resolve("topic"))
    assert "fetch-depth: 0" in str(caught.value.help)


def test_a_shallow_clone_cut_behind_the_range_is_accepted(repo: Repo, tmp_path: Path) -> None:
    base = [repo.commit({"a": str(number)}) for number in range(5)][-1]
    head = repo.commit({"b": "1"}, branch="topic", parents=[base])
    git = shallow_clone(repo, tmp_path / "clone", 3)
    between(git, base, head)
    assert [commit.sha for commit in commits_between(git, base, head)] == [head]


def test_a_side_branch_cut_off_by_the_clone_is_noticed(repo: Repo, tmp_path: Path) -> None:
    root = repo.commit({"a": "1"})
    side = root
    for number in range(4):
        side = repo.commit({"s": str(number)}, branch="side", parents=[side])
    head = repo.commit({"s": "3", "t": "1"}, branch="topic", parents=[root, side])
    repo.git("branch", "-D", "side")
    git = shallow_clone(repo, tmp_path / "clone", 2)
    with pytest.raises(GitError, match="shallow"):
        between(git, root, head)


def test_a_whole_clone_is_complete(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    between(Git(str(repo.path)), base, base)


def test_the_newest_commits_come_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "recent")
    ids = [repo.commit({"a": str(number)}, author=(f"P{number}", f"p{number}@example.com")) for number in range(4)]
    found = recent_commits(Git(str(repo.path)), "HEAD", 3)
    assert [(commit.sha, commit.author_name) for commit in found] == [(ids[n], f"P{n}") for n in (3, 2, 1)]
    with pytest.raises(GitError):
        recent_commits(Git(str(repo.path)), "refs/heads/none", 3)
