"""What merging or rebasing a range writes beside the files that it lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from agentowners.change.model import Because, FileChange, Status
from agentowners.git.clone import inspect_clone
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.diff import changed_since
from agentowners.git.history import history_between
from agentowners.git.landing import MOST_BASES, MOST_COMMITS, RangeLanding, landing
from agentowners.git.run import Git, GitError
from tests.git.old import without_merging
from tests.git.repo import Content, Gone, Repo

LONG = "line\n" * 30


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def lands(repo: Repo, base: str = "main", head: str = "topic") -> RangeLanding:
    git = Git(str(repo.path))
    base, head = repo.resolve(base), repo.resolve(head)
    clone = inspect_clone(git, "main")
    history = history_between(git, clone, base, head)
    return landing(git, clone, base, head, history, CommitPaths(clone, [commit.sha for commit in history.commits]))


def said(found: RangeLanding) -> dict[str, tuple[Because, str | None, bool]]:
    return {file.path: (file.because, file.stands_for, file.everybodys) for file in found.files}


LISTED = (Because.LISTED, None, False)


def test_a_branch_that_is_up_to_date_writes_what_it_lists(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    repo.git("branch", "topic")
    repo.commit({"a": "2\n", "b": "1\n"}, branch="topic")
    assert said(lands(repo)) == {"a": LISTED, "b": LISTED}


def test_a_file_that_the_base_has_moved_lands_where_it_is_now(repo: Repo) -> None:
    repo.commit({"lib/auth.py": LONG})
    repo.git("branch", "topic")
    repo.commit({"lib/auth.py": Gone(), "security/auth.py": LONG})
    repo.commit({"lib/auth.py": LONG + "backdoor\n"}, branch="topic")
    found = lands(repo)
    assert said(found) == {"lib/auth.py": LISTED, "security/auth.py": (Because.LANDS, "lib/auth.py", False)}
    assert not found.conflict


def criss_cross(repo: Repo, more: dict[str | bytes, Content]) -> None:
    """main: a fix of security/keys.py and a merge of an older branch; topic: a merge of both that keeps the old content."""
    m0 = repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "docs\n", "README": "r\n"})
    m1 = repo.commit({"security/keys.py": "KEY = 2\n"})
    p1 = repo.commit({"README": "new\n"}, branch="older", parents=[m0])
    repo.commit({"README": "new\n"}, parents=[m1, p1])
    repo.commit({"security/keys.py": "KEY = 1\n", **more}, branch="topic", parents=[p1, m1])


def test_a_merge_of_two_histories_that_takes_a_fix_back_is_seen(repo: Repo) -> None:
    criss_cross(repo, {"docs/index.md": "typo\n"})
    found = lands(repo)
    assert {"security/keys.py", "docs/index.md"} == {file.path for file in found.files}
    merged = repo.git("merge-tree", "--write-tree", "main", "topic")
    assert repo.git("cat-file", "blob", f"{merged}:security/keys.py") == "KEY = 1"


def test_of_several_merge_bases_what_stands_as_at_the_tip_is_left_out(repo: Repo) -> None:
    criss_cross(repo, {})
    assert "README" not in {file.path for file in lands(repo).files}


def test_commits_whose_sum_is_nothing_are_replayed(repo: Repo) -> None:
    repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "docs\n"})
    repo.git("branch", "topic")
    repo.commit({"security/keys.py": "KEY = 2\n"})
    repo.commit({"security/keys.py": "KEY = 2\n"}, branch="topic")
    repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "typo\n"}, branch="topic")
    assert said(lands(repo)) == {"docs/index.md": LISTED, "security/keys.py": (Because.REPLAYED, None, False)}


def taken_back(repo: Repo) -> None:
    """main makes a change and takes it back; topic, from before, does the same, the first of it in another commit."""
    repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "docs\n"})
    repo.git("branch", "topic")
    repo.commit({"security/keys.py": "KEY = 2\n"})
    repo.commit({"security/keys.py": "KEY = 1\n"})
    repo.commit({"security/keys.py": "KEY = 2\n", "docs/index.md": "typo\n"}, branch="topic")
    repo.commit({"security/keys.py": "KEY = 1\n"}, branch="topic")


def test_what_the_base_has_made_and_taken_back_is_replayed(repo: Repo) -> None:
    taken_back(repo)
    assert said(lands(repo)) == {"docs/index.md": LISTED, "security/keys.py": (Because.REPLAYED, None, False)}


def test_what_takes_itself_back_is_not_replayed_where_the_base_has_not_touched_it(repo: Repo) -> None:
    repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "docs\n"})
    repo.git("branch", "topic")
    repo.commit({"README": "1\n"})
    repo.commit({"README": "2\n"})
    repo.commit({"security/keys.py": "KEY = 2\n", "docs/index.md": "typo\n"}, branch="topic")
    repo.commit({"security/keys.py": "KEY = 1\n"}, branch="topic")
    assert said(lands(repo)) == {"docs/index.md": LISTED}


@pytest.mark.parametrize("moves", [False, True])
def test_what_a_merge_of_two_own_branches_takes_back_is_replayed(repo: Repo, moves: bool) -> None:
    start = repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "docs\n"})
    ours = repo.commit({"docs/index.md": "typo\n"}, branch="topic", parents=[start])
    other = repo.commit({"security/keys.py": "KEY = 2\n"}, branch="other", parents=[start])
    repo.commit({"docs/index.md": "typo\n", "security/keys.py": "KEY = 1\n"}, branch="topic", parents=[ours, other])
    if moves:
        repo.commit({"README": "1\n"})
    assert said(lands(repo)) == {"docs/index.md": LISTED, "security/keys.py": (Because.REPLAYED, None, False)}


def test_what_undoes_itself_before_a_merge_of_the_base_is_replayed(repo: Repo) -> None:
    repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "docs\n"})
    repo.git("branch", "topic")
    main = repo.commit({"security/keys.py": "KEY = 2\n"})
    repo.commit({"security/keys.py": "KEY = 2\n"}, branch="topic")
    ours = repo.commit({"security/keys.py": "KEY = 1\n", "docs/index.md": "typo\n"}, branch="topic")
    repo.commit({"security/keys.py": "KEY = 2\n"}, branch="topic", parents=[ours, main])
    assert said(lands(repo))["security/keys.py"] == (Because.REPLAYED, None, False)


def test_what_is_replayed_where_the_base_has_moved_it_stands_for_where_it_was(repo: Repo) -> None:
    repo.commit({"lib/keys.py": LONG, "docs/index.md": "docs\n"})
    repo.git("branch", "topic")
    repo.commit({"lib/keys.py": Gone(), "security/keys.py": LONG + "more\n"})
    repo.commit({"lib/keys.py": LONG + "more\n"}, branch="topic")
    repo.commit({"lib/keys.py": LONG, "docs/index.md": "typo\n"}, branch="topic")
    assert said(lands(repo))["security/keys.py"] == (Because.REPLAYED, "lib/keys.py", False)


def test_beyond_some_number_of_commits_none_is_looked_at_and_that_is_said(repo: Repo) -> None:
    repo.commit({"security/keys.py": "KEY = 1\n"})
    repo.git("branch", "topic")
    repo.commit({"security/keys.py": "KEY = 2\n"})
    repo.commit({"security/keys.py": "KEY = 2\n"}, branch="topic")
    repo.commit({"security/keys.py": "KEY = 1\n"}, branch="topic")
    for number in range(MOST_COMMITS - 1):
        repo.commit({"docs/index.md": f"{number}\n"}, branch="topic")
    found = lands(repo)
    assert said(found) == {"docs/index.md": LISTED}
    assert found.notes == ("more than 30 commits were not looked at one by one, as a rebase would apply them",)


def test_what_conflicts_is_said(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    repo.git("branch", "topic")
    repo.commit({"a": "2\n"})
    repo.commit({"a": "3\n", "b": "1\n"}, branch="topic")
    found = lands(repo)
    assert (found.conflict, said(found)) == (True, {"a": LISTED, "b": LISTED})


def test_a_new_file_in_a_directory_that_the_base_has_moved_conflicts(repo: Repo) -> None:
    repo.commit({f"lib/{name}.py": f"{name}\n" + LONG for name in "abc"})
    repo.git("branch", "topic")
    files: dict[str | bytes, Content] = {f"lib/{name}.py": Gone() for name in "abc"}
    files |= {f"security/{name}.py": f"{name}\n" + LONG for name in "abc"}
    repo.commit(files)
    repo.commit({"lib/d.py": "d\n"}, branch="topic")
    assert lands(repo).conflict


def test_a_path_that_nothing_listed_explains_is_everybodys(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_renames(git: Git, base: str, head: str) -> tuple[FileChange, ...]:
        found = changed_since(git, base, head)
        return tuple(replace(f, status=Status.ADDED, previous_path=None) if f.previous_path else f for f in found)

    repo.commit({"a": LONG})
    repo.git("branch", "topic")
    repo.commit({"a": Gone(), "b": LONG})
    repo.commit({"a": LONG + "more\n"}, branch="topic")
    monkeypatch.setattr("agentowners.git.landing.changed_since", without_renames)
    assert said(lands(repo))["b"] == (Because.LANDS, None, True)


def test_a_git_that_cannot_merge_is_said(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"lib/auth.py": LONG})
    repo.git("branch", "topic")
    repo.commit({"lib/auth.py": Gone(), "security/auth.py": LONG})
    repo.commit({"lib/auth.py": LONG + "backdoor\n"}, branch="topic")
    without_merging(tmp_path, monkeypatch)
    found = lands(repo)
    assert [note.partition(" to ")[0] for note in found.notes] == ["this git is too old"]
    # what is replayed shows it all the same
    assert said(found)["security/auth.py"] == (Because.REPLAYED, "lib/auth.py", False)


def test_more_merge_bases_than_are_looked_at_are_an_error(repo: Repo) -> None:
    root = repo.commit({"a": "1\n"})
    tips = [repo.commit({f"f{n}": "x\n"}, branch=f"b{n}", parents=[root]) for n in range(MOST_BASES + 1)]
    repo.commit({f"f{n}": "x\n" for n in range(MOST_BASES + 1)}, parents=tips)
    repo.commit({f"f{n}": "x\n" for n in range(MOST_BASES + 1)}, branch="topic", parents=tips)
    with pytest.raises(GitError, match="11 merge bases"):
        lands(repo)


def test_nothing_that_a_clone_names_runs_and_nothing_is_written_into_it(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "1\n" * 9, ".gitattributes": "* merge=evil\n"})
    repo.git("branch", "topic")
    repo.commit({"a": "2\n" + "1\n" * 8})
    repo.commit({"a": "1\n" * 8 + "3\n"}, branch="topic")
    repo.commit({"b": "1\n"}, branch="topic")
    ran = tmp_path / "ran"
    repo.git("config", "merge.evil.driver", f"touch {ran}; cp %B %A")
    repo.git("config", "core.attributesFile", str(repo.path / ".gitattributes"))
    (repo.path / ".git" / "info" / "attributes").write_text("* merge=evil\n")
    repo.checkout("main")
    before = repo.git("count-objects", "-v")
    found = lands(repo)
    assert (found.conflict, set(said(found))) == (False, {"a", "b"})
    assert not ran.exists()
    assert repo.git("count-objects", "-v") == before
    # git itself would run it
    repo.git("merge-tree", "--write-tree", "main", "topic")
    assert ran.exists()


def test_a_shallow_clone_that_holds_what_lies_between_is_merged(repo: Repo, tmp_path: Path) -> None:
    for number in range(5):
        repo.commit({"old": f"{number}\n", "lib/auth.py": LONG})
    repo.git("branch", "topic")
    repo.commit({"lib/auth.py": Gone(), "security/auth.py": LONG})
    repo.commit({"lib/auth.py": LONG + "backdoor\n"}, branch="topic")
    repo.git("clone", "-q", "--depth=3", "--no-single-branch", f"file://{repo.path}", str(tmp_path / "shallow"))
    clone = Repo.__new__(Repo)
    clone.path = tmp_path / "shallow"
    found = lands(clone, "origin/main", "origin/topic")
    assert said(found)["security/auth.py"] == (Because.LANDS, "lib/auth.py", False)


def test_other_object_names(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "sha256", object_format="sha256")
    repo.commit({"lib/auth.py": LONG})
    repo.git("branch", "topic")
    repo.commit({"lib/auth.py": Gone(), "security/auth.py": LONG})
    repo.commit({"lib/auth.py": LONG + "backdoor\n"}, branch="topic")
    assert said(lands(repo))["security/auth.py"] == (Because.LANDS, "lib/auth.py", False)
