"""Trees compared through the API, against git's own comparison of the same trees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from agentowners.change.model import FileChange, Kind, Status
from agentowners.git.diff import files_since
from agentowners.git.run import Git
from agentowners.github import tree_changes
from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Patience
from agentowners.github.tree_changes import TreeChanges
from agentowners.github.trees import Trees
from tests.examples import examples
from tests.github_server.gitstore import Content, Executable, Rename, Submodule, Symlink
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer


@dataclass
class Place:
    """A repository on the server, and a client of it that counts."""

    server: GitHubServer
    repo: Repository
    api: Api
    said: list[str] = field(default_factory=list)

    def between(self, base: str, head: str) -> tuple[FileChange, ...]:
        self.server.requests.clear()
        return TreeChanges(Trees(self.api), self.said.append).between(base, head)

    @property
    def asked(self) -> int:
        return len(self.server.requests)

    def commits(self, before: Mapping[Any, Content], after: Mapping[Any, Content]) -> tuple[str, str]:
        """Two commits on a branch of their own."""
        name = f"b{len(self.repo.branches())}"
        self.repo.branch(name, self.repo.tip("main"))
        base = self.repo.commit(name, {"README.md": "hello\n"} | dict(before), message="before")
        return base, self.repo.commit(name, after, message="after")


@pytest.fixture(scope="module")
def shared() -> Iterator[Place]:
    with GitHubServer() as server:
        repo = server.add_repository("acme/shop")
        repo.commit("main", {"README.md": "hi\n"}, message="first")
        server.limits.rate = 10**9
        token = server.token("actions", permissions={"contents": "read"}, repository=repo)
        api = Api(token, server.url, "acme/shop", Patience(attempts=1))
        yield Place(server, repo, api)
        api.close()
        assert server.violations == []


@pytest.fixture
def place(shared: Place) -> Place:
    shared.server.limits.tree_entries = 100_000
    shared.said.clear()
    return shared


def names(found: tuple[FileChange, ...]) -> dict[str, tuple[Status, Kind, Kind]]:
    return {change.path: (change.status, change.before, change.after) for change in found}


def test_two_requests_compare_trees_that_github_lists_whole(place: Place) -> None:
    base, head = place.commits({"a/b/c": "1", "a/d": "2", "same/x": "3"}, {"a/b/c": "4", "a/d": None, "new/deep/e": "5"})
    assert names(place.between(base, head)) == {
        "a/b/c": (Status.MODIFIED, Kind.FILE, Kind.FILE),
        "a/d": (Status.REMOVED, Kind.FILE, Kind.NOTHING),
        "new/deep/e": (Status.ADDED, Kind.NOTHING, Kind.FILE),
    }
    assert place.asked == 2
    assert place.said == [f"compared the trees of {base[:7]} and {head[:7]}: 3 paths differ"]


def test_a_tree_that_github_cuts_is_descended_and_never_trusted(place: Place) -> None:
    many = {f"d{folder}/{number}": "x" for folder in range(8) for number in range(12)}
    base, head = place.commits(many, {"d3/5": "y", "d5/new": "z", "d7": None} | {f"d7/{n}": None for n in range(12)})
    place.server.limits.tree_entries = 40
    found = names(place.between(base, head))
    assert set(found) == {"d3/5", "d5/new", *(f"d7/{n}" for n in range(12))}
    changed = 4  # the root, d3, d5 and d7, which is gone and has one side only
    assert place.asked <= 2 * changed


@pytest.mark.parametrize(
    ("before", "after", "status", "kinds"),
    [
        ("x", Executable("x"), Status.CHANGED, (Kind.FILE, Kind.FILE)),
        ("x", Executable("y"), Status.MODIFIED, (Kind.FILE, Kind.FILE)),
        ("x", Symlink("elsewhere"), Status.CHANGED, (Kind.FILE, Kind.SYMLINK)),
        (Symlink("here"), Symlink("there"), Status.MODIFIED, (Kind.SYMLINK, Kind.SYMLINK)),
        (None, Submodule("1" * 40), Status.ADDED, (Kind.NOTHING, Kind.SUBMODULE)),
        (Submodule("1" * 40), Submodule("2" * 40), Status.MODIFIED, (Kind.SUBMODULE, Kind.SUBMODULE)),
        (Submodule("1" * 40), None, Status.REMOVED, (Kind.SUBMODULE, Kind.NOTHING)),
    ],
)
@pytest.mark.parametrize("limit", [100_000, 0])
def test_modes_links_and_submodules(
    place: Place, before: Content, after: Content, status: Status, kinds: tuple[Kind, Kind], limit: int
) -> None:
    base, head = place.commits({"d/it": before, "d/other": "o"} if before is not None else {"d/other": "o"}, {"d/it": after})
    if limit == 0:
        place.server.limits.tree_entries = 2
    assert names(place.between(base, head)) == {"d/it": (status, *kinds)}


def test_a_file_where_a_directory_was(place: Place) -> None:
    base, head = place.commits({"x/y": "1", "x/z": "2"}, {"x/y": None, "x/z": None, "x": "file"})
    place.server.limits.tree_entries = 2
    assert names(place.between(base, head)) == {
        "x": (Status.ADDED, Kind.NOTHING, Kind.FILE),
        "x/y": (Status.REMOVED, Kind.FILE, Kind.NOTHING),
        "x/z": (Status.REMOVED, Kind.FILE, Kind.NOTHING),
    }


def test_threat_01_a_rename_among_many_changes_has_its_old_path(place: Place) -> None:
    base, head = place.commits({"security/key": "k", "security/b": "k"}, {"docs/key": Rename("security/key")})
    (found,) = place.between(base, head)
    assert (found.path, found.status, found.previous_path) == ("docs/key", Status.RENAMED, "security/key")


def test_of_files_that_are_alike_those_of_one_name_belong_together(place: Place) -> None:
    gone: dict[str, Content] = {"a/one": None, "a/two": None, "a/three": None}
    base, head = place.commits(dict.fromkeys(gone, "same"), gone | {"b/two": "same", "b/new": "same"})
    found = {change.path: (change.status, change.previous_path) for change in place.between(base, head)}
    assert found == {
        "b/two": (Status.RENAMED, "a/two"),
        "b/new": (Status.RENAMED, "a/one"),
        "a/three": (Status.REMOVED, None),
    }


def test_threat_32_names_that_github_shows_alike(place: Place) -> None:
    base, head = place.commits(
        {b"d/\xff": "1", b"d/\xfe": "2", b"e\xff/x": "3", b"e\xfe/y": "4"}, {b"d/\xff": "5", b"e\xff/x": "6"}
    )
    for limit in (100_000, 5):
        place.server.limits.tree_entries = limit
        assert set(names(place.between(base, head))) == {"d/\ufffd", "e\ufffd/x"}


def test_more_directories_than_a_token_is_good_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    base, head = place.commits({f"d{n}/x": "1" for n in range(30)}, {f"d{n}/x": "2" for n in range(30)})
    place.server.limits.tree_entries = 40
    assert len(place.between(base, head)) == 30
    assert any(re.fullmatch(r"comparing trees: 20 requests, \d+ paths differ so far", line) for line in place.said)
    monkeypatch.setattr(tree_changes, "MAX_REQUESTS", 50)
    with pytest.raises(PlatformError, match="more than 50 directories") as caught:
        place.between(base, head)
    assert caught.value.trouble is Trouble.INCOMPLETE
    assert place.asked == 50


def test_more_paths_than_are_remembered(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    base, head = place.commits({}, {f"d/{n}": "1" for n in range(11)})
    monkeypatch.setattr(tree_changes, "MAX_PATHS", 10)
    with pytest.raises(PlatformError, match="more than 10 paths differ"):
        place.between(base, head)


_CONTENTS: st.SearchStrategy[Content] = st.sampled_from(["one", "two", Executable("one"), Symlink("one"), Submodule("3" * 40)])
_PATHS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join)


def _tree(contents: Mapping[str, Content]) -> dict[str, Content]:
    """Without files that others would need as directories."""
    return {path: content for path, content in contents.items() if not any(o.startswith(f"{path}/") for o in contents)}


@examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.dictionaries(_PATHS, _CONTENTS, max_size=8).map(_tree),
    after=st.dictionaries(_PATHS, _CONTENTS, max_size=8).map(_tree),
    limit=st.sampled_from([100_000, 6, 1]),
)
def test_what_differs_is_what_git_says(
    place: Place, before: dict[str, Content], after: dict[str, Content], limit: int, tmp_path: Path
) -> None:
    # a directory never has more entries than are listed, whatever lies below
    place.server.limits.tree_entries = max(limit, 4)
    name = f"h{len(place.repo.branches())}"
    place.repo.branch(name, place.repo.tip("main"))
    base = place.repo.commit(name, before, message="before")
    head = place.repo.commit(name, dict.fromkeys(before) | after, message="after")
    ours = place.between(base, head)
    git = files_since(Git(str(place.repo.store.path)), (base,), head)
    for change in git:
        for path in (change.path, change.previous_path):
            assert path is None or any(path in (mine.path, mine.previous_path) for mine in ours)
    assert _sides(ours) == _sides(git)


def _sides(changes: tuple[FileChange, ...]) -> set[tuple[str, Kind, Kind]]:
    """What stands at each path before and after, renames taken apart."""
    found = set()
    for change in changes:
        if change.previous_path is None:
            found.add((change.path, change.before, change.after))
        else:
            found |= {(change.previous_path, change.before, Kind.NOTHING), (change.path, Kind.NOTHING, change.after)}
    return found
