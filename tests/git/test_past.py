"""Merged changes with what they brought, from one git for many."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.change.model import Kind, Status
from agentowners.git.clone import inspect_clone
from agentowners.git.past import MergedChange, mainline, merged_changes
from agentowners.git.run import Git, GitError
from tests.git.repo import Gone, Repo, Submodule

LONG = "".join(f"line {number}\n" for number in range(40))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.commit({"README.md": "x\n", "old.py": LONG}, message="root")
    return made


def read(repo: Repo, *, last: int | None = None, since: int | None = None, at: Path | None = None) -> list[MergedChange]:
    git = Git(str(at or repo.path))
    line = mainline(git, "main", last=last, since=since)
    return list(merged_changes(git, inspect_clone(git, "main"), line)) if line else []


def paths(change: MergedChange) -> set[str]:
    return {file.path for file in change.files}


def test_a_push_a_squash_and_a_merge_each_bring_what_is_theirs(repo: Repo) -> None:
    squash = repo.commit({"a.py": "1\n"}, message="Add a (#1)\n\nmore\n")
    side = [repo.commit({f"b{n}.py": "1\n"}, branch="side", parents=[squash] if n == 0 else None) for n in range(2)]
    on_main = repo.commit({"c.py": "1\n"})
    merge = repo.commit(
        {"b0.py": "1\n", "b1.py": "1\n"},
        parents=[on_main, side[1]],
        message="Merge pull request #2 from acme/side\n\nAdd both\n",
    )
    first, second, third = read(repo)
    assert [each.sha for each in (first, second, third)] == [squash, on_main, merge]
    assert [each.title for each in (first, third)] == ["Add a (#1)", "Add both (#2)"]
    assert [commit.sha for commit in third.commits] == [merge, side[1], side[0]]
    assert paths(third) == {"b0.py", "b1.py"}
    assert third.paths_of(side[0]) == frozenset({"b0.py"})
    assert third.paths_of(merge) == frozenset(), "it is what merging its parents makes"
    assert third.paths_of(squash) is None
    assert not third.is_cut


def test_what_two_merges_reach_belongs_to_the_older_one(repo: Repo) -> None:
    root = repo.resolve("main")
    one = repo.commit({"a": "1\n"}, branch="side", parents=[root])
    first = repo.commit({"a": "1\n"}, parents=[root, one])
    two = repo.commit({"b": "1\n"}, branch="side", parents=[one])
    second = repo.commit({"b": "1\n"}, parents=[first, two])
    assert [[commit.sha for commit in each.commits] for each in read(repo)] == [[first, one], [second, two]]
    (alone,) = read(repo, last=1)
    assert [commit.sha for commit in alone.commits] == [second, two]


def test_a_merge_says_where_it_is_not_what_merging_makes(repo: Repo) -> None:
    root = repo.resolve("main")
    side = repo.commit({"a": "1\n"}, branch="side", parents=[root])
    main = repo.commit({"b": "1\n"})
    merge = repo.commit({"a": "1\n", "evil": "1\n"}, parents=[main, side])
    change = read(repo)[-1]
    assert paths(change) == {"a", "evil"}
    assert change.paths_of(merge) == frozenset({"evil"})


def test_a_history_that_comes_from_elsewhere_is_brought_whole(repo: Repo) -> None:
    main = repo.resolve("main")
    foreign = repo.commit({"lib/x.c": "1\n", "lib/y.c": "1\n"}, branch="foreign", parents=[])
    merge = repo.commit({"lib/x.c": "1\n", "lib/y.c": "1\n"}, parents=[main, foreign], message="Take it in\n")
    (change,) = read(repo)
    assert [commit.sha for commit in change.commits] == [merge, foreign]
    assert change.paths_of(foreign) == frozenset({"lib/x.c", "lib/y.c"})


def test_renames_submodules_and_names_of_any_bytes(repo: Repo) -> None:
    name = b"<img src=x>\n\xff.py"
    repo.commit({"old.py": Gone(), "new.py": LONG, "sub": Submodule(), name: "1\n", ":100644 x": "1\n", "/y"[1:]: "1\n"})
    (change,) = read(repo)
    by_path = {file.path: file for file in change.files}
    assert (by_path["new.py"].status, by_path["new.py"].previous_path) == (Status.RENAMED, "old.py")
    assert by_path["sub"].after is Kind.SUBMODULE
    assert by_path["<img src=x>\n\udcff.py"].status is Status.ADDED
    assert ":100644 x" in by_path
    assert change.paths_of(change.sha) == frozenset({*by_path, "old.py"})


def test_a_change_of_nothing_and_a_message_of_nothing(repo: Repo) -> None:
    repo.commit({}, message="")
    repo.commit({}, message="/fake\n\n:100644 100644 a b M\n")
    assert [(each.title, each.files) for each in read(repo)] == [("", ()), ("/fake", ())]


def test_so_many_and_since_then(repo: Repo) -> None:
    made = [repo.commit({f"{number}": "1\n"}) for number in range(4)]
    times = [commit.when for commit in mainline(Git(str(repo.path)), "main")]
    assert times == sorted(times, reverse=True)
    assert [each.sha for each in read(repo, last=2)] == made[2:]
    assert [each.sha for each in read(repo, since=times[2])] == made[1:]
    assert read(repo, since=times[0] + 1) == []


def test_a_shallow_clone_says_of_what_it_lacks_commits(repo: Repo, tmp_path: Path) -> None:
    root = repo.resolve("main")
    side = [repo.commit({f"b{n}": "1\n"}, branch="side", parents=[root] if n == 0 else None) for n in range(4)]
    pushes = [repo.commit({f"c{n}": "1\n"}) for n in range(2)]
    merge = repo.commit({f"b{n}": "1\n" for n in range(4)}, parents=[pushes[1], side[3]])
    repo.git("clone", "-q", "--depth=3", "--branch=main", f"file://{repo.path}", str(tmp_path / "shallow"))
    found = read(repo, at=tmp_path / "shallow")
    assert [(each.sha, each.is_cut) for each in found] == [(pushes[1], False), (merge, True)]


def test_a_clone_without_contents_takes_a_file_that_moved_and_changed_for_two(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"old.py": Gone(), "new.py": f"{LONG}more\n", "README.md": Gone(), "READ": "x\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    address = f"file://{repo.path}"
    repo.git("clone", "-q", "--filter=blob:none", "--no-checkout", "--branch=main", address, str(tmp_path / "partial"))
    (change,) = read(repo, at=tmp_path / "partial")
    assert {(file.path, file.previous_path) for file in change.files} == {
        ("READ", "README.md"),
        ("new.py", None),
        ("old.py", None),
    }


def test_a_revision_that_there_is_not(repo: Repo) -> None:
    with pytest.raises(GitError):
        mainline(Git(str(repo.path)), "nowhere")
