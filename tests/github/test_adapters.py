"""Answers that make no sense, or are not whole, are errors and never an answer."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from agentowners.change.model import Account, AccountType, FileChange, Kind, ReviewState, Status
from agentowners.diagnostics import AgentownersError
from agentowners.github.checks import Checks
from agentowners.github.client import Api
from agentowners.github.commits import Commits
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.files import file_change, reverse
from agentowners.github.model import RunOutput
from agentowners.github.people import People
from agentowners.github.policy_files import PolicyFiles
from agentowners.github.reading import JsonNode, MalformedError
from agentowners.github.trees import Trees
from agentowners.policy.model import Permission
from tests.github.stub import Stub, pulls

Both = tuple[Stub, Api]
SHA, OTHER, TREE = "a" * 40, "b" * 40, "c" * 40
OUTPUT = RunOutput(title="t", summary="s")


def tree(*entries: tuple[str, str], truncated: bool = False) -> dict[str, Any]:
    return {"sha": SHA, "truncated": truncated, "tree": [{"path": p, "mode": m, "sha": OTHER} for p, m in entries]}


def test_a_directory_that_is_not_listed_whole(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer(f"/git/trees/{SHA}", tree(truncated=True))
    with pytest.raises(PlatformError) as caught:
        Trees(api).tree(SHA)
    assert caught.value.trouble is Trouble.INCOMPLETE


@pytest.mark.parametrize(
    "blob",
    [
        {"encoding": "utf-8", "content": "x", "size": 1},
        {"encoding": "base64", "content": "!!!", "size": 9},
        {"encoding": "base64", "content": "YWI", "size": 2},
        {"encoding": "base64", "content": base64.b64encode(b"ab").decode(), "size": 3},
    ],
)
def test_a_file_that_is_not_what_it_is_said_to_be(stubbed: Both, blob: dict[str, Any]) -> None:
    stub, api = stubbed
    stub.answer(f"/git/blobs/{SHA}", blob)
    with pytest.raises(MalformedError):
        Trees(api).blob(SHA)


def test_a_file_is_fetched_once(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer(f"/git/blobs/{SHA}", {"encoding": "base64", "content": "YWI=\n", "size": 2})
    trees = Trees(api)
    assert trees.blob(SHA) == trees.blob(SHA) == b"ab"
    assert len(stub.seen) == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("file", Kind.FILE),
        ("link", Kind.SYMLINK),
        ("module", Kind.SUBMODULE),
        ("dir", Kind.NOTHING),
        ("nothing", Kind.NOTHING),
        ("file/x", Kind.NOTHING),
        ("same", Kind.FILE),
        ("twins", Kind.UNKNOWN),
        ("twins/x", Kind.UNKNOWN),
        ("dir/inner", Kind.FILE),
    ],
)
def test_what_stands_at_a_path(stubbed: Both, path: str, kind: Kind) -> None:
    stub, api = stubbed
    root = [
        ("file", "100755"),
        ("link", "120000"),
        ("module", "160000"),
        ("dir", "040000"),
        ("same", "100644"),
        ("same", "100755"),
    ]
    stub.answer(f"/git/trees/{SHA}", tree(*root, ("twins", "100644"), ("twins", "120000")))
    stub.answer(f"/git/trees/{OTHER}", tree(("inner", "100644")))
    assert Trees(api).kind(SHA, path) is kind


@pytest.mark.parametrize(
    ("mode", "what"), [("120000", "a symbolic link"), ("160000", "a submodule"), ("040000", "a directory"), ("7", "no file")]
)
def test_threat_05_a_policy_that_is_no_file_is_an_error(stubbed: Both, mode: str, what: str) -> None:
    stub, api = stubbed
    stub.answer("/git/trees/refs%2Fheads%2Fmain", tree(("AGENTOWNERS", mode)))
    with pytest.raises(AgentownersError, match=f"`AGENTOWNERS` on refs/heads/main is {what}, not a file"):
        PolicyFiles(Trees(api)).on_branch("main", ["AGENTOWNERS"])


def test_a_folder_of_policies_that_is_a_file(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/git/trees/refs%2Fheads%2Fmain", tree((".github", "100644")))
    assert PolicyFiles(Trees(api)).on_branch("main", [".github/AGENTOWNERS"]) == ()


def entry(**facts: Any) -> JsonNode:
    return JsonNode({"filename": "x", "status": "modified", "sha": SHA} | facts)


def test_kinds_that_can_be_seen() -> None:
    added = entry(status="added", patch=f"@@ -0,0 +1 @@\n+Subproject commit {SHA}")
    moved = entry(patch=f"@@ -1 +1 @@\n-Subproject commit {OTHER}\n+Subproject commit {SHA}")
    gone = entry(status="removed", patch=f"@@ -1 +0,0 @@\n-Subproject commit {SHA}")
    forged = entry(status="added", patch=f"@@ -0,0 +1 @@\n+Subproject commit {OTHER}")
    assert [(f.before, f.after) for f in map(file_change, (added, moved, gone, forged))] == [
        (Kind.NOTHING, Kind.SUBMODULE),
        (Kind.SUBMODULE, Kind.SUBMODULE),
        (Kind.SUBMODULE, Kind.NOTHING),
        (Kind.NOTHING, Kind.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("word", "status"), [("unchanged", Status.MODIFIED), ("brand-new-word", Status.WRITTEN), ("copied", Status.COPIED)]
)
def test_statuses(word: str, status: Status) -> None:
    assert file_change(entry(status=word)).status is status


def test_reverse() -> None:
    assert reverse(FileChange("a", Status.ADDED)).status is Status.REMOVED
    assert reverse(FileChange("a", Status.COPIED)).status is Status.WRITTEN
    renamed = reverse(FileChange("new", Status.RENAMED, "old"))
    assert (renamed.path, renamed.previous_path) == ("old", "new")
    assert reverse(FileChange("new", Status.RENAMED)).status is Status.WRITTEN


@pytest.mark.parametrize(
    ("answer", "permission"),
    [
        ({"permission": "write", "role_name": "maintain"}, Permission.MAINTAIN),
        ({"permission": "read", "role_name": "triage"}, Permission.TRIAGE),
        ({"permission": "read", "role_name": "admin"}, Permission.READ),
        ({"permission": "write", "role_name": "security-engineer"}, Permission.WRITE),
        ({"permission": "none"}, Permission.NONE),
    ],
)
def test_threat_10_a_role_is_worth_what_it_builds_on(stubbed: Both, answer: dict[str, str], permission: Permission) -> None:
    stub, api = stubbed
    stub.answer("/collaborators/octocat/permission", answer | {"user": {"login": "octocat", "id": 1}})
    assert People(api).permission(Account("octocat", 1, AccountType.USER)) is permission


@pytest.mark.parametrize(
    "answer",
    [
        {"permission": "write", "user": {"login": "octocat", "id": 2}},
        {"permission": "write", "user": None},
        {"permission": "emperor", "user": {"login": "octocat", "id": 1}},
    ],
)
def test_threat_19_an_answer_about_somebody_else(stubbed: Both, answer: dict[str, Any]) -> None:
    stub, api = stubbed
    stub.answer("/collaborators/octocat/permission", answer)
    with pytest.raises(MalformedError):
        People(api).permission(Account("octocat", 1, AccountType.USER))


def test_threat_08_a_review_in_a_state_that_is_not_known_takes_back(stubbed: Both) -> None:
    stub, api = stubbed
    review = {"id": 1, "user": None, "state": "WITHDRAWN", "commit_id": None, "body": None}
    stub.answer("/pulls/1/reviews", [review, review | {"state": "approved"}])
    stub.answer("/issues/1/timeline", [{"event": "committed"}])
    assert [r.state for r in pulls(api).reviews(1)] == [ReviewState.DISMISSED, ReviewState.APPROVED]


def test_threat_12_a_commit_with_more_files_than_are_listed(stubbed: Both) -> None:
    stub, api = stubbed
    files = [{"filename": f"f{n}", "status": "added", "sha": SHA} for n in range(3000)]
    stub.answer(f"/commits/{SHA}", {"files": files})
    with pytest.raises(PlatformError, match="no more than 3,000 files of commit aaaaaaa"):
        Commits(api).files_of(SHA)


def test_threat_12_fewer_check_runs_than_there_are(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer(f"/commits/{SHA}/check-runs", {"total_count": 2, "check_runs": []})
    with pytest.raises(PlatformError, match="0 of the 2 check runs"):
        Checks(api).of_commit(SHA, "AGENTOWNERS")


def run(**facts: Any) -> dict[str, Any]:
    shown = {"id": 1, "name": "N", "head_sha": SHA, "status": "in_progress", "conclusion": None, "app": {"id": 9}}
    return shown | {"output": {"annotations_count": 0}} | facts


@pytest.mark.parametrize("facts", [{"status": "queued"}, {"head_sha": OTHER}, {"name": "M"}])
def test_a_check_run_that_is_not_the_one_asked_for(stubbed: Both, facts: dict[str, Any]) -> None:
    stub, api = stubbed
    stub.answer("/check-runs", run(**facts), status=201)
    with pytest.raises(PlatformError, match="did not create the check run as asked"):
        Checks(api).create(name="N", head=SHA, external_id="agentowners/1/1-1", details_url="u", output=OUTPUT)


def test_a_pull_request_without_a_fork_or_an_author(stubbed: Both) -> None:
    stub, api = stubbed
    base = {"ref": "main", "sha": OTHER, "repo": {"full_name": "acme/shop", "default_branch": "main"}}
    facts = {"labels": [], "changed_files": 0, "commits": 1, "merge_commit_sha": None, "html_url": "u", "merged": False}
    pull = {
        "number": 1,
        "state": "open",
        "user": None,
        "title": "t",
        "body": None,
        "head": {"ref": "x", "sha": SHA, "repo": None},
    }
    stub.answer("/pulls/1", pull | {"base": base} | facts)
    found = pulls(api).get(1)
    assert (found.author, found.head_repository, found.body) == (None, None, "")


@pytest.mark.parametrize(("changed", "commits"), [(3001, 1), (1, 251)])
def test_threat_12_a_list_that_github_cuts_is_not_even_asked_for(stubbed: Both, changed: int, commits: int) -> None:
    stub, api = stubbed
    base = {"ref": "main", "sha": OTHER, "repo": {"full_name": "acme/shop", "default_branch": "main"}}
    facts = {"labels": [], "changed_files": changed, "commits": commits, "html_url": "u", "merged": False, "user": None}
    pull = {"number": 1, "state": "open", "title": "t", "head": {"ref": "x", "sha": SHA, "repo": None}}
    stub.answer("/pulls/1", pull | {"base": base} | facts)
    found = pulls(api).get(1)
    with pytest.raises(PlatformError):
        (pulls(api).files if changed > 1 else pulls(api).history)(found)
    assert [path for path in stub.seen if "/pulls/" in path] == ["GET /repos/acme/shop/pulls/1"]
    assert "GET /repos/acme/shop/branches/main" in stub.seen
