"""Whether a merge has added anything, against git's own merges of the same commits."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from agentowners.github import three_way
from agentowners.github.client import Api
from agentowners.github.model import Patience
from agentowners.github.three_way import Allowance, is_merge, unlike_merge
from agentowners.github.trees import Trees
from tests.examples import examples
from tests.github_server.gitstore import Content, Executable, Signature, Submodule, Symlink
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

Files = Mapping[str, Content]
WHO = Signature("mona", "mona@example.com", 1)


@dataclass
class Place:
    """A repository on the server, and a client of it."""

    server: GitHubServer
    repo: Repository
    api: Api

    def commit(self, files: Files, parents: tuple[str, ...] = ()) -> str:
        """A commit of these files and no others."""
        changes: dict[str, Content] = dict(files)
        if parents:
            gone = {entry.path.decode() for entry in self.repo.store.tree(parents[0], recursive=True) if entry.type != "tree"}
            changes |= dict.fromkeys(gone - files.keys())
        return self.repo.store.commit("refs/heads/scratch", changes, "m", WHO, WHO, parents)

    def merge(self, ours: str, theirs: str) -> str | None:
        """The commit that git makes of two, None where it finds a conflict."""
        try:
            tree = self.repo.store.git("merge-tree", "--write-tree", ours, theirs).decode().split("\n")[0]
        except subprocess.CalledProcessError as error:
            if error.returncode != 1:
                raise
            return None
        return self.repo.store.commit_tree(tree, "m", WHO, WHO, (ours, theirs))

    def is_merge(self, base: str, ours: str, theirs: str, merged: str) -> bool:
        self.server.requests.clear()
        return is_merge(Trees(self.api), base, ours, theirs, merged, Allowance())

    def unlike_merge(self, base: str, ours: str, theirs: str, merged: str) -> frozenset[str] | None:
        return unlike_merge(Trees(self.api), base, ours, theirs, merged, Allowance())


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with GitHubServer() as server:
        repo = server.add_repository("acme/shop")
        repo.commit("main", {"README.md": "hi\n"}, message="first")
        server.limits.rate = 10**9
        token = server.token("actions", permissions={"contents": "read"}, repository=repo)
        api = Api(token, server.url, "acme/shop", Patience(attempts=1))
        yield Place(server, repo, api)
        api.close()
        assert server.violations == []


PATHS = ["a", "b", "d/a", "d/b", "d/e/a", "d/e/b", "f/a", "f/b"]
LONG = "".join(f"{n}\n" for n in range(30))
CONTENTS: list[Content] = [
    "1\n",
    "2\n",
    LONG,
    f"first\n{LONG}",
    f"{LONG}last\n",
    Executable("1\n"),
    Symlink("a"),
    Submodule("1" * 40),
]
contents = st.sampled_from(CONTENTS)
bases = st.dictionaries(st.sampled_from(PATHS), contents, min_size=2)
edits = st.dictionaries(st.sampled_from(PATHS), contents | st.none(), max_size=3)


def edited(files: Files, changes: Files) -> Files:
    return {path: content for path, content in (dict(files) | dict(changes)).items() if content is not None}


def plainly(base: Files, ours: Files, theirs: Files) -> Files | None:
    """The merge by paths; None where a path was changed on both sides, and not alike."""
    merged: dict[str, Content] = {}
    for path in base.keys() | ours.keys() | theirs.keys():
        was, one, other = base.get(path), ours.get(path), theirs.get(path)
        if one != other and was not in (one, other):
            return None
        merged[path] = one if was == other else other
    return {path: content for path, content in merged.items() if content is not None}


def same_tree(place: Place, one: str, other: str) -> bool:
    return place.repo.store.read_commit(one).tree == place.repo.store.read_commit(other).tree


def differing(place: Place, one: str, other: str) -> frozenset[str]:
    names = place.repo.store.git("diff", "--name-only", "--no-renames", "-z", one, other).decode()
    return frozenset(name for name in names.split("\0") if name)


@examples(20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(base=bases, one=edits, other=edits, tamper=edits)
def test_threat_09_it_is_never_anything_but_gits_own_merge(
    place: Place, base: Files, one: Files, other: Files, tamper: Files
) -> None:
    ours, theirs = edited(base, one), edited(base, other)
    start = place.commit(base)
    heads = place.commit(ours, (start,)), place.commit(theirs, (start,))
    by_git, by_path = place.merge(*heads), plainly(base, ours, theirs)
    if by_path is None:
        # a file that both changed: what git makes of it, something else, or a person's where git does not know
        made = place.commit(edited(ours, tamper), heads)
        if by_git is None:
            assert not place.is_merge(start, *heads, made)
        elif not same_tree(place, by_git, made):
            assert not place.is_merge(start, *heads, made)
            unlike = place.unlike_merge(start, *heads, made)
            assert unlike is None or differing(place, by_git, made) <= unlike
        return
    plain = place.commit(by_path, heads)
    assert place.is_merge(start, *heads, plain)
    assert place.is_merge(start, heads[1], heads[0], plain)
    if by_git is not None:
        assert same_tree(place, plain, by_git)
    changed = edited(by_path, tamper)
    commit = place.commit(changed, heads)
    assert place.is_merge(start, *heads, commit) is (changed == by_path)
    assert place.unlike_merge(start, *heads, commit) == differing(place, plain, commit)


def test_a_directory_that_one_side_left_alone_is_not_looked_into(place: Place) -> None:
    base = {f"d{n}/e/f": "1\n" for n in range(30)}
    start = place.commit(base)
    ours, theirs = place.commit(base | {"d1/e/f": "2\n"}, (start,)), place.commit(base | {"d2/e/f": "2\n"}, (start,))
    merged = place.merge(ours, theirs)
    assert merged is not None
    assert place.is_merge(start, ours, theirs, merged)
    assert len(place.server.requests) == 4


def test_no_more_directories_are_read_than_is_decent(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    start = place.commit({"d/a": "1\n", "d/b": "1\n"})
    ours, theirs = place.commit({"d/a": "2\n", "d/b": "1\n"}, (start,)), place.commit({"d/a": "1\n", "d/b": "2\n"}, (start,))
    merged = place.merge(ours, theirs)
    assert merged is not None
    assert place.is_merge(start, ours, theirs, merged)
    monkeypatch.setattr(three_way, "MAX_TREES", 7)
    assert not place.is_merge(start, ours, theirs, merged)


def test_names_that_look_alike_are_not_told_apart(place: Place) -> None:
    store = place.repo.store

    def with_name(raw: bytes, parents: tuple[str, ...]) -> str:
        return store.commit("refs/heads/scratch", {b"x" + raw: "1\n", "a": str(len(parents))}, "m", WHO, WHO, parents)

    start = place.commit({"a": "0\n"})
    ours, theirs = with_name(b"\xff", (start,)), place.commit({"a": "0\n"}, (start,))
    renamed = with_name(b"\xfe", (theirs, ours))
    assert not place.is_merge(start, ours, theirs, renamed)


def versions(place: Place, base: str, one: str, other: str) -> tuple[str, str, str]:
    start = place.commit({"f": base})
    return start, place.commit({"f": one}, (start,)), place.commit({"f": other}, (start,))


def test_a_file_that_both_changed_in_different_places_is_merged_as_git_does(place: Place) -> None:
    commits = versions(place, LONG, f"first\n{LONG}", f"{LONG}last\n")
    merged = place.merge(*commits[1:])
    assert merged is not None
    assert place.is_merge(*commits, merged)
    assert not place.is_merge(*commits, place.commit({"f": f"first\n{LONG}"}, commits[1:]))


@pytest.mark.parametrize("bound", ["MAX_BYTES", "MAX_TEXTS"])
def test_no_larger_and_no_more_files_are_merged_than_is_decent(place: Place, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    commits = versions(place, LONG, f"first\n{LONG}", f"{LONG}last\n")
    merged = place.merge(*commits[1:])
    assert merged is not None
    if bound == "MAX_BYTES":
        monkeypatch.setattr(three_way, bound, 20)
        assert not place.is_merge(*commits, merged)
    else:
        assert not is_merge(Trees(place.api), *commits, merged, Allowance(texts=0))
    assert not any("/git/blobs/" in request.path for request in place.server.requests)
