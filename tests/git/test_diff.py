"""What a range changes, in repositories that hold whatever git can hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.change.model import FileChange, Kind, Status
from agentowners.git.clone import inspect_clone
from agentowners.git.diff import files_since, first_lines
from agentowners.git.history import history_between
from agentowners.git.run import Git, GitError
from tests.git.repo import Executable, Gone, Link, Repo, Submodule

LONG = "".join(f"line {number}\n" for number in range(40))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def changed(repo: Repo, base: str, head: str) -> dict[str, FileChange]:
    git = Git(str(repo.path))
    base, head = repo.resolve(base), repo.resolve(head)
    bases = history_between(git, inspect_clone(git, "HEAD"), base, head).bases
    return {file.path: file for file in files_since(git, bases, head)}


def test_every_kind_of_change(repo: Repo) -> None:
    base = repo.commit(
        {"modified": "a", "removed": "b", "mode": "c", "moved/from": LONG, "file-to-link": "x", "was-link": Link("modified")}
    )
    head = repo.commit(
        {
            "added": "new",
            "modified": "A",
            "removed": Gone(),
            "mode": Executable("c"),
            "moved/from": Gone(),
            "moved/to": LONG + "more\n",
            "file-to-link": Link("added"),
            "was-link": Submodule(),
            "link": Link("added"),
            "sub": Submodule(),
        }
    )
    file, nothing = Kind.FILE, Kind.NOTHING
    assert changed(repo, base, head) == {
        "added": FileChange("added", Status.ADDED, None, nothing, file),
        "modified": FileChange("modified", Status.MODIFIED, None, file, file),
        "removed": FileChange("removed", Status.REMOVED, None, file, nothing),
        "mode": FileChange("mode", Status.CHANGED, None, file, file),
        "moved/to": FileChange("moved/to", Status.RENAMED, "moved/from", file, file),
        "file-to-link": FileChange("file-to-link", Status.CHANGED, None, file, Kind.SYMLINK),
        "was-link": FileChange("was-link", Status.CHANGED, None, Kind.SYMLINK, Kind.SUBMODULE),
        "link": FileChange("link", Status.ADDED, None, nothing, Kind.SYMLINK),
        "sub": FileChange("sub", Status.ADDED, None, nothing, Kind.SUBMODULE),
    }


def test_a_submodule_is_seen_although_gitmodules_says_ignore(repo: Repo) -> None:
    modules = '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = all\n'
    base = repo.commit({".gitmodules": modules, "sub": Submodule("1" * 40)})
    head = repo.commit({"sub": Submodule("2" * 40)})
    repo.git("config", "diff.ignoreSubmodules", "all")
    assert changed(repo, base, head)["sub"].after is Kind.SUBMODULE


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "new\nline",
        "tab\there",
        "carriage\rreturn",
        'quote"and\\backslash',
        "umlaut-ä-日本",
        ":(top)magic",
        "-dash",
        "*",
        "[x]",
        " lead and trail ",
        "R100",
        b"not-utf8-\xff\xfe".decode("utf-8", "surrogateescape"),
    ],
)
def test_any_name_comes_through(repo: Repo, name: str) -> None:
    base = repo.commit({"other": "x", f"d/{name}": "1\n2\n3\n"})
    head = repo.commit({name: "content\n", f"d/{name}": "1\n2\nthree\n"})
    assert changed(repo, base, head).keys() == {name, f"d/{name}"}
    git = Git(str(repo.path))
    assert first_lines(git, (base,), head) == {name: 1, f"d/{name}": 3}


def test_a_change_is_counted_from_the_common_ancestor(repo: Repo) -> None:
    start = repo.commit({"a": "1"})
    repo.commit({"on-topic": "x"}, branch="topic", parents=[start])
    repo.commit({"on-main": "x"})
    assert changed(repo, "main", "topic").keys() == {"on-topic"}


def test_an_empty_range_changes_nothing(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    assert changed(repo, base, base) == {}


def test_crossing_histories_count_every_common_ancestor(repo: Repo) -> None:
    root = repo.commit({"base": "0"})
    left = repo.commit({"left": "1"}, branch="left", parents=[root])
    right = repo.commit({"right": "1"}, branch="right", parents=[root])
    main = repo.commit({"right": "1"}, branch="left", parents=[left, right])
    head = repo.commit({"left": "1", "new": "x"}, branch="right", parents=[right, left])
    assert changed(repo, main, head).keys() == {"left", "right", "new"}


def test_links_come_first_where_common_ancestors_disagree(repo: Repo) -> None:
    root = repo.commit({"x": "file"})
    left = repo.commit({"x": Link("target")}, branch="left", parents=[root])
    right = repo.commit({"y": "1"}, branch="right", parents=[root])
    head = repo.commit({"x": "end"}, branch="head", parents=[left, right])
    git = Git(str(repo.path))
    for bases in ((left, right), (right, left)):
        entries = [file for file in files_since(git, bases, head) if file.path == "x"]
        assert [file.before for file in entries] == [Kind.SYMLINK, Kind.FILE]


def test_settings_of_the_repository_change_nothing(repo: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    base = repo.commit({".gitattributes": "* diff=evil\n", "a": "1\n"})
    head = repo.commit({"a": "2\n", "b": "x\n"})
    repo.checkout("main")
    for key, value in {
        "diff.external": f"touch {trap}",
        "diff.evil.command": f"touch {trap}",
        "diff.evil.textconv": f"touch {trap}; cat",
        "core.fsmonitor": f"touch {trap}",
        "log.showSignature": "true",
        "gpg.program": f"touch {trap}",
        "diff.renames": "false",
        "diff.relative": "true",
        "diff.noprefix": "false",
        "diff.mnemonicPrefix": "true",
        "color.ui": "always",
        "core.quotePath": "false",
    }.items():
        repo.git("config", key, value)
    assert changed(repo, base, head).keys() == {"a", "b"}
    assert first_lines(Git(str(repo.path)), (base,), head) == {"a": 1, "b": 1}
    assert not trap.exists()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (LONG, LONG.replace("line 7\n", "seven\n"), 8),
        (LONG, LONG.replace("line 7\n", "").replace("line 20\n", "twenty\n"), 7),
        ("a\nb\n", "", 1),
        ("no end", "no end at all", 1),
        ("x\n", "x\n+++ forged\n", 2),
        ("x\n--- a\n+++ b\n@@ -1 +9 @@\n", "x\n", 1),
        ("x", "x\ny\n@@ -1 +99 @@\n", 1),
        (b"\0binary", b"\0other", None),
    ],
)
def test_the_first_changed_line(repo: Repo, before: str | bytes, after: str | bytes, line: int | None) -> None:
    base = repo.commit({"file": before, "z": "1\n2\n"})
    head = repo.commit({"file": after, "z": "1\nzwei\n"})
    expected = {"z": 2} if line is None else {"file": line, "z": 2}
    assert first_lines(Git(str(repo.path)), (base,), head) == expected


def test_a_removed_file_has_no_line(repo: Repo) -> None:
    base = repo.commit({"file": "x\n", "kept": "x"})
    head = repo.commit({"file": Gone()})
    assert first_lines(Git(str(repo.path)), (base,), head) == {}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b":100644 100644 1 2 X\0a\0", "a change of kind `X`"),
        (b":100644 100644 1 2 U\0a\0", "a change of kind `U`"),
        (b"100644 100644 1 2 M\0a\0", "has a form that is not understood"),
        (b":100644 M\0a\0", "has a form that is not understood"),
        (b":100644 100644 1 2 R100\0a\0", "has a form that is not understood"),
        (b":100644 100644 1 2 M\0", "has a form that is not understood"),
    ],
)
def test_a_list_that_is_not_understood_is_no_list(repo: Repo, monkeypatch: pytest.MonkeyPatch, raw: bytes, message: str) -> None:
    git = Git(str(repo.path))
    monkeypatch.setattr(git, "run", lambda *_: raw)
    with pytest.raises(GitError, match=message):
        files_since(git, ("1",), "2")
