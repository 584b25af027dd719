"""What an answer may leave out without leaving anything in doubt, and what a server may do in another way than GitHub does."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from agentowners.change.model import Account, AccountType
from agentowners.github.checks import Checks
from agentowners.github.client import Api
from agentowners.github.commits import Commits, listed_commit
from agentowners.github.conversation import Conversation
from agentowners.github.errors import PlatformError
from agentowners.github.model import ActingApp, RunOutput
from agentowners.github.people import People
from agentowners.github.reading import JsonNode, MalformedError
from agentowners.github.trees import Trees
from agentowners.policy.model import Permission
from tests.github.stub import Stub, pulls

Both = tuple[Stub, Api]
SHA, OTHER = "a" * 40, "b" * 40
OUTPUT = RunOutput(title="t", summary="s")
PULL: dict[str, Any] = {
    "number": 7,
    "state": "open",
    "user": {"login": "octocat", "id": 1, "type": "User"},
    "head": {"sha": SHA, "ref": "fix", "repo": {"full_name": "acme/shop"}},
    "base": {"sha": OTHER, "ref": "main", "repo": {"full_name": "acme/shop", "default_branch": "main"}},
    "changed_files": 1,
    "commits": 1,
}


def test_a_pull_request_without_what_only_people_read(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/pulls/7", PULL)
    pull = pulls(api).get(7)
    assert (pull.title, pull.body, pull.labels, pull.merged, pull.url) == ("", "", (), False, "")


def test_a_pull_request_that_does_not_name_the_default_branch(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/pulls/7", PULL | {"base": {"sha": OTHER, "ref": "release"}})
    with pytest.raises(PlatformError, match="GitHub answered 404"):
        pulls(api).get(7)
    stub.answer("", {"default_branch": "trunk"})
    assert pulls(api).get(7).default_branch == "trunk"


@pytest.mark.parametrize("name", ["state", "user", "head", "base", "changed_files", "commits"])
def test_a_pull_request_without_what_a_verdict_stands_on(stubbed: Both, name: str) -> None:
    stub, api = stubbed
    stub.answer("/pulls/7", {key: value for key, value in PULL.items() if key != name})
    with pytest.raises(MalformedError, match=f"{name}` is missing"):
        pulls(api).get(7)


def test_a_list_that_was_not_narrowed_down(stubbed: Both) -> None:
    stub, api = stubbed
    others = [
        PULL | {"number": 8, "state": "closed"},
        PULL | {"number": 9, "base": PULL["base"] | {"ref": "other"}},
        PULL | {"number": 10, "head": PULL["head"] | {"ref": "other"}},
    ]
    stub.answer("/pulls", [PULL, *others])
    asked = pulls(api)
    assert [pull.number for pull in asked.open_pulls()] == [7, 9, 10]
    assert [pull.number for pull in asked.open_pulls(base="main")] == [7, 10]
    assert [pull.number for pull in asked.open_pulls(head="acme:fix")] == [7, 9]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_app_that_is_not_told(stubbed: Both, status: int) -> None:
    stub, api = stubbed
    stub.answer("/issues/7", {"message": "Issues are disabled for this repo"}, status=status)
    stub.answer("", {"has_issues": False})
    assert pulls(api).app(7) == ActingApp(untold="issues are turned off in this repository")
    stub.answer("", {"has_issues": True})
    with pytest.raises(PlatformError, match="cannot be read") as raised:
        pulls(api).app(7)
    assert "`issues: read`" in (raised.value.help or "")


def test_an_app_about_which_nobody_answers(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/issues/7", {}, status=500)
    with pytest.raises(PlatformError, match="GitHub answered 500"):
        pulls(api).app(7)


def test_a_timeline_that_is_not_there(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/issues/7/timeline", {"message": "Gone"}, status=410)
    stub.answer("", {"has_issues": False})
    assert pulls(api).timelines.assignments(7) == ()
    stub.answer("", {"has_issues": True})
    with pytest.raises(PlatformError, match="GitHub answered 410"):
        pulls(api).timelines.assignments(7)
    stub.answer("/issues/7/timeline", [])
    with pytest.raises(PlatformError, match="lists nothing that happened"):
        pulls(api).timelines.assignments(7)
    stub.answer("/issues/7/timeline", {"message": "Resource not accessible by integration"}, status=403)
    with pytest.raises(PlatformError, match="GitHub answered 403"):
        pulls(api).timelines.assignments(7)


def test_a_commit_with_nothing_but_itself() -> None:
    found = listed_commit(JsonNode({"sha": SHA, "commit": {"message": "m", "author": None, "verification": {}}, "author": {}}))
    assert (found.parents, found.date, found.commit.verified, found.commit.author) == ((), "", False, None)


def test_pull_requests_of_a_commit_that_name_no_repository(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer(f"/commits/{SHA}/pulls", [PULL | {"base": {"ref": "main"}}])
    assert [pull.number for pull in Commits(api).pulls_of(SHA)] == [7]


def test_a_check_run_that_tells_its_state_only(stubbed: Both) -> None:
    stub, api = stubbed
    checks = Checks(api)
    stub.answer("/check-runs", {"id": 1, "status": "in_progress"}, status=201)
    run = checks.create(name="N", head=SHA, external_id="agentowners/1/1-1", details_url="u", output=OUTPUT)
    assert (run.name, run.head, run.annotations) == ("N", SHA, None)
    stub.answer("/check-runs/1", {"id": 1, "status": "completed", "conclusion": "success"})
    assert checks.complete(run, "success", OUTPUT, ()).conclusion == "success"


def test_check_runs_of_other_names_among_those_asked_for(stubbed: Both) -> None:
    stub, api = stubbed
    runs = [{"id": number, "name": name, "status": "completed"} for number, name in enumerate(("N", "N (push)"))]
    stub.answer(f"/commits/{SHA}/check-runs", {"check_runs": runs})
    assert [run.name for run in Checks(api).of_commit(SHA, "N")] == ["N"]


def test_a_permission_of_nobody_in_particular(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/collaborators/octocat/permission", {"permission": "write"})
    assert People(api).permission(Account("octocat", 1, AccountType.USER)) is Permission.WRITE


def test_a_branch_that_is_not_there(stubbed: Both) -> None:
    _, api = stubbed
    with pytest.raises(PlatformError, match="GitHub answered 404"):
        Trees(api).branch("gone")


def test_a_file_whose_size_is_not_told(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer(f"/git/blobs/{SHA}", {"encoding": "base64", "content": base64.b64encode(b"rule").decode()})
    assert Trees(api).blob(SHA) == b"rule"


def test_a_label_that_putting_it_on_does_not_create(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/issues/7/labels", {"message": "Validation Failed"}, status=422)
    with pytest.raises(PlatformError, match="GitHub answered 422 to `POST /repos/acme/shop/issues/7/labels`"):
        Conversation(api).add_label(7, "agentowners/blocked", "b60205", "d")
    stub.seen.clear()
    stub.answer("/labels", {"name": "agentowners/blocked"}, status=201)
    with pytest.raises(PlatformError, match="issues/7/labels"):
        Conversation(api).add_label(7, "agentowners/blocked", "b60205", "d")
    assert [line.removeprefix("POST /repos/acme/shop") for line in stub.seen] == [
        "/issues/7/labels",
        "/labels",
        "/issues/7/labels",
    ]


def test_a_label_whose_looks_are_not_told(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/issues/7/labels", [{"name": "agentowners/blocked"}])
    stub.answer("/labels/agentowners%2Fblocked", {})
    Conversation(api).add_label(7, "agentowners/blocked", "b60205", "d")
    assert stub.seen[-1] == "PATCH /repos/acme/shop/labels/agentowners%2Fblocked"
