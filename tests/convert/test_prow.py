"""Prow's OWNERS: for each path the converted policy asks those who could approve it in Prow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.convert.from_prow import from_prow
from agentowners.convert.model import LEFT_OUT, STRICTER, Conversion
from agentowners.convert.policy_text import policy_text
from agentowners.diagnostics import AgentownersError, PolicyError, Source
from tests.convert.judging import ANYONE, answer, loaded
from tests.examples import examples

TREE = {
    "OWNERS_ALIASES": "aliases:\n  Best-approvers:\n  - carl\n  - cjwagner\n",
    "OWNERS": "approvers:\n- cjwagner\nreviewers:\n- Alice\n- bob\nrequired_reviewers:\n- chris\nlabels:\n- EVERYTHING\n",
    "src/OWNERS": "approvers:\n- Best-Approvers\n",
    "src/dir/OWNERS": "approvers:\n- bob\nemeritus_approvers:\n- mml\n",
    "src/dir/conformance/OWNERS": "options: {no_parent_owners: true, auto_approve_unowned_subfolders: true}\napprovers: [mml]\n",
    "labels/OWNERS": "labels: [x]\n",
    "re/OWNERS": 'filters:\n  ".*":\n    approvers: [alice]\n  "\\\\.go$":\n    approvers: [gopher]\n    labels: [go]\n',
    "re/a/OWNERS": 'filters:\n  "\\\\.md$":\n    approvers: [writer]\n',
}


def convert(tree: dict[str, str]) -> Conversion:
    return from_prow([Source(path, text.encode()) for path, text in tree.items()], ANYONE)


def ids(conversion: Conversion) -> list[tuple[str, int, str]]:
    return sorted((remark.span.path, remark.span.line, remark.id) for remark in conversion.remarks)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("README.md", "1: @cjwagner"),
        ("labels/x", "1: @cjwagner"),  # an OWNERS file without approvers leaves it to those above
        ("src/a.go", "1: @carl @cjwagner"),  # an alias, and whoever is named above
        ("src/dir/a.go", "1: @bob @carl @cjwagner"),
        ("src/dir/deep/er/a.go", "1: @bob @carl @cjwagner"),
        ("src/dir/conformance/a.go", "1: @mml"),  # no_parent_owners
        ("src/dir/conformance/sub/a.go", "allow"),  # auto_approve_unowned_subfolders
        ("re/x.py", "1: @alice @cjwagner"),
        ("re/x.go", "1: @alice @cjwagner @gopher"),
        ("re/b/x.go", "1: @alice @cjwagner @gopher"),
        ("re/a/x.py", "1: @alice @cjwagner"),
        ("re/a/x.md", "1: @alice @cjwagner @writer"),
    ],
)
def test_a_path_asks_those_of_its_folder_and_above(path: str, asked: str) -> None:
    assert answer(loaded(convert(TREE)), path) == asked


def test_what_is_of_no_effect_or_stricter_is_said_with_its_place() -> None:
    assert ids(convert(TREE)) == [
        ("OWNERS", 3, LEFT_OUT),
        ("OWNERS", 6, LEFT_OUT),
        ("OWNERS", 8, LEFT_OUT),
        ("labels/OWNERS", 1, LEFT_OUT),
        ("re/OWNERS", 6, LEFT_OUT),
        # gopher may approve `re/a/x.go` in Prow, and not here: said of the filter's rule and of the rest's
        ("re/a/OWNERS", 1, STRICTER),
        ("re/a/OWNERS", 1, STRICTER),
        ("src/dir/OWNERS", 3, LEFT_OUT),
    ]


def test_where_nobody_is_named_nobody_can_approve() -> None:
    policy = loaded(convert({"a/OWNERS": "approvers: [x]\n", "b/OWNERS": "approvers: ['k8s-ci-bot[bot]']\n"}))
    assert [answer(policy, path) for path in ("a/f", "f", "b/f")] == ["1: @x", "block", "block"]


@pytest.mark.parametrize("text", ["approvers: {a: b}\n", "approvers: [[x]]\n", "- a\n", "approvers: [a\n"])
def test_an_owners_file_of_another_form_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(PolicyError, match="a/OWNERS:1:"):
        convert({"OWNERS": "approvers: [x]\n", "a/OWNERS": text})


def test_a_tree_without_owners_is_an_error() -> None:
    with pytest.raises(AgentownersError, match="no OWNERS file"):
        convert({})


def test_a_folder_whose_name_is_a_pattern_is_that_folder() -> None:
    policy = loaded(convert({"OWNERS": "approvers: [r]\n", "[a]*/OWNERS": "approvers: [x]\n", "a/OWNERS": "approvers: [y]\n"}))
    assert [answer(policy, path) for path in ("[a]*/f", "a/f", "ab/f")] == ["1: @r @x", "1: @r @y", "1: @r"]


_FOLDERS = st.sampled_from(["", "a/", "a/b/", "a/b/c/", "b/"])
_FILTERS = st.dictionaries(st.sampled_from([".*", r"\.go$", "^x", "c/", "b.py", "(x|y)+"]), st.sampled_from("pqr"), max_size=3)
_LISTS = st.lists(st.sampled_from("stuv"), max_size=2, unique=True)


def in_prow(tree: dict[str, tuple[dict[str, str], bool]], path: str) -> set[str]:
    """Who may approve a path, as ``entriesForFile`` of ``pkg/repoowners`` finds them."""
    found: set[str] = set()
    folder = path.rpartition("/")[0]
    while True:
        filters, no_parents = tree.get(folder, ({}, False))
        relative = path[len(folder) + 1 :] if folder else path
        for expression, people in filters.items():
            if expression == ".*" or re.search(expression, relative):
                found |= set(people)
        if not folder or (no_parents and found):
            return found
        folder = folder.rpartition("/")[0]


@examples(26)
@given(st.dictionaries(_FOLDERS, st.tuples(st.one_of(_FILTERS, _LISTS), st.booleans()), min_size=1))
def test_nobody_may_approve_who_could_not_in_prow(tree: dict[str, tuple[dict[str, str] | list[str], bool]]) -> None:
    files, read = {}, {}
    for folder, (named, no_parents) in tree.items():
        options = f"options:\n  no_parent_owners: {str(no_parents).lower()}\n"
        if isinstance(named, list):
            files[f"{folder}OWNERS"] = options + f"approvers: {named}\n"
            read[folder.removesuffix("/")] = ({".*": "".join(named)} if named else {}, no_parents)
        else:
            entries = "".join(f"  '{expression}':\n    approvers: [{who}]\n" for expression, who in named.items())
            files[f"{folder}OWNERS"] = options + ("filters:\n" + entries if named else "")
            read[folder.removesuffix("/")] = (named, no_parents)
    found = convert(files)
    policy = loaded(found)
    exact = not any(remark.id == STRICTER for remark in found.remarks) and all(len(filters) < 2 for filters, _ in read.values())
    for path in ("f", "x.go", "a/x.go", "a/b.py", "a/b/f", "a/b/c/x", "b/y.go", "c/f"):
        people = in_prow(read, path)
        said = answer(policy, path)
        mine = set(said.removeprefix("1:").replace("@", "").split()) if said != "block" else set()
        assert said != "allow", policy_text(found)
        assert mine <= people, (path, people, policy_text(found))
        assert not exact or mine == people, (path, people, policy_text(found))
