"""OpenShell: whatever a sandbox may write or read, the policy allows."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given

from agentowners.change.model import Status
from agentowners.diagnostics import AgentownersError
from agentowners.export.model import Exported
from agentowners.export.openshell import MAX_PATHS, SandboxTree, file_decisions, openshell
from agentowners.export.standpoint import held
from agentowners.policy.model import Policy
from tests.examples import examples
from tests.export.reading import MAIN, PATHS, decisions, load, policies

ROOT = "/sandbox/shop"
FILES = tuple(path for path in PATHS if path.count("/") == 2 or path in ("c.py", ".env", "CLAUDE.md"))


def of(policy: Policy, *, later: bool = False, files: tuple[str, ...] = FILES) -> Exported:
    view = held(policy, "agents", MAIN, "acme/shop")
    return openshell(view, SandboxTree(files, ROOT), file_decisions(policy, "agents", MAIN, "acme/shop"), later=later)


def lists(exported: Exported) -> tuple[list[str], list[str]]:
    document: dict[str, Any] = yaml.safe_load(exported.document)
    assert document["version"] == 1
    assert set(document) == {"version", "filesystem_policy", "landlock"}
    found = document["filesystem_policy"]
    assert found["include_workdir"] is False
    both = found["read_only"] + found["read_write"]
    # the constraints of its own validation
    assert len(both) <= MAX_PATHS
    assert all(path.startswith("/") and ".." not in path.split("/") and len(path) <= 4096 for path in both)
    assert "/" not in found["read_write"]
    return [path for path in found["read_only"] if path.startswith(ROOT)], [
        path for path in found["read_write"] if path.startswith(ROOT)
    ]


def opens(places: list[str], path: str) -> bool:
    """True if a list holds a file, or a folder above it. None becomes the other: that takes the right to remove it."""
    whole = f"{ROOT}/{path}"
    folders = [place for place in places if place.removeprefix(f"{ROOT}/") not in FILES]
    return whole in set(places) - set(folders) or any(whole.startswith(f"{folder}/") for folder in folders)


def test_a_folder_is_open_where_nothing_below_it_can_be_restricted() -> None:
    policy = load("/a/ @agents block\n")
    read, written = lists(of(policy, later=True))
    assert f"{ROOT}/b" in written
    assert not opens([*read, *written], "a/a/a")
    assert opens(written, "b/new/file")
    # what is built in asks at any depth, so without --later no folder is written in, and only files that are there
    _, written = lists(of(policy))
    assert f"{ROOT}/b/a/a" in written
    assert not opens(written, "b/new/file")


@pytest.mark.parametrize("later", [False, True])
def test_what_git_keeps_stays_closed_where_nothing_is_restricted(later: bool) -> None:
    read, written = lists(of(load("/b/ @agents allow\n"), later=later))
    assert f"{ROOT}/b" in [*read, *written]
    assert not opens([*read, *written], ".git/hooks/pre-commit")


def test_an_allow_list_opens_what_it_names() -> None:
    policy = load("default @agents block\n/b/ @agents allow\n")
    _, written = lists(of(policy, later=True))
    assert written == [f"{ROOT}/b"]


def test_more_paths_than_there_is_room_for_stay_closed_and_it_is_said() -> None:
    files = tuple(f"d/{number}" for number in range(400))
    exported = of(load(""), files=files)
    lists(exported)
    assert any("more that the policy allows stay closed" in note for note in exported.notes)


def test_names_that_are_no_text_stay_closed() -> None:
    read, written = lists(of(load("*.x @agents block\n"), files=("a\nb/c", "ok", "\udc80")))
    assert read == []
    assert written == [f"{ROOT}/ok"]


@pytest.mark.parametrize("root", ["sandbox", "/", "/a/../b", ""])
def test_a_root_that_is_no_folder_is_refused(root: str) -> None:
    with pytest.raises(AgentownersError):
        SandboxTree((), root)


@pytest.mark.parametrize("later", [False, True])
@examples(30)
@given(policies())
def test_what_a_sandbox_may_touch_the_policy_allows(later: bool, policy: Policy) -> None:
    read, written = lists(of(policy, later=later))
    fine = ("allow", "require_approval") if later else ("allow",)
    statuses = (Status.MODIFIED, Status.ADDED, Status.READ)
    changed, added, seen = (decisions(policy, PATHS, "agents", status) for status in statuses)
    for path in PATHS:
        if opens(written, path):
            assert changed[path] in fine, path
            assert added[path] in fine or f"{ROOT}/{path}" in written, path
        if opens([*read, *written], path):
            assert seen[path] in fine, path
