"""``check --event``: recorded webhook payloads, judged by what the local clone holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.run import Ran, Runner, as_process
from tests.git.repo import Repo

COPILOT = {"login": "Copilot", "id": 198982749, "type": "Bot"}
PERSON = {"login": "octocat", "id": 583231, "type": "User"}
REPOSITORY = {"full_name": "acme/shop", "default_branch": "main"}


def pull_request(base: str, head: str, /, **more: Any) -> dict[str, Any]:
    pull = {
        "number": 7,
        "user": COPILOT,
        "body": None,
        "labels": [],
        "base": {"ref": "main", "sha": base},
        "head": {"ref": "topic", "sha": head},
        **more,
    }
    return {"action": "opened", "number": 7, "pull_request": pull, "repository": REPOSITORY}


def push(before: str, after: str, **more: Any) -> dict[str, Any]:
    return {
        "ref": "refs/heads/main",
        "before": before,
        "after": after,
        "sender": COPILOT,
        "repository": REPOSITORY,
        "commits": [],
        **more,
    }


@pytest.fixture
def judge(run: Runner, tmp_path: Path) -> Any:
    """Judges a payload."""

    def judged(payload: object, *arguments: str) -> Ran:
        (tmp_path / "event.json").write_text(payload if isinstance(payload, str) else json.dumps(payload))
        return run("check", "--event", str(tmp_path / "event.json"), *arguments, "--format", "json")

    return judged


@pytest.fixture
def base(repo: Repo) -> str:
    return repo.resolve("main")


def person_commit(repo: Repo, files: dict[str | bytes, Any], **more: Any) -> str:
    return repo.commit(files, author=("octocat", "583231+octocat@users.noreply.github.com"), **more)


def test_a_pull_request_is_its_authors(repo: Repo, judge: Any, base: str) -> None:
    head = person_commit(repo, {"security/x": "x"}, branch="topic", parents=[base])
    ran = judge(pull_request(base, head))
    verdict = ran.json
    assert (ran.code, verdict["pull_request"], verdict["repository"], verdict["head_sha"]) == (3, 7, "acme/shop", head)
    assert ("@copilot", "verified") in [(p["name"], p["strength"]) for p in verdict["principals"]]
    assert [diagnostic["id"] for diagnostic in verdict["diagnostics"]] == ["event-judged-offline"]
    assert judge(pull_request(base, head, user=PERSON)).code == 0


def test_the_base_of_the_event_gives_the_policy(repo: Repo, judge: Any, base: str) -> None:
    head = person_commit(repo, {"security/x": "x"}, branch="topic", parents=[base])
    repo.commit({".github/AGENTOWNERS": "# nothing\n"})
    assert judge(pull_request(base, head)).code == 3


def test_a_base_without_a_policy_is_judged_by_the_default_branchs(repo: Repo, judge: Any) -> None:
    old = repo.commit({"a": "1"}, branch="old", parents=[])
    head = person_commit(repo, {"security/x": "x"}, branch="work", parents=[old])
    payload = pull_request(old, head, base={"ref": "old", "sha": old})
    ran = judge(payload)
    assert (ran.code, ran.json["ref"], ran.json["policy"]["sources"][0]["ref"]) == (3, "refs/heads/old", "refs/heads/main")


def test_what_is_written_in_a_pull_request_restricts(repo: Repo, judge: Any, base: str) -> None:
    person = person_commit(repo, {"security/x": "x"}, branch="topic", parents=[base])
    body = "Generated with [Claude Code](https://claude.com/claude-code)"
    assert judge(pull_request(base, person, user=PERSON, body=body)).code == 3


def test_a_renamed_branch_alone_makes_no_agent_of_a_person(repo: Repo, judge: Any, base: str) -> None:
    head = person_commit(repo, {"security/x": "x"}, branch="topic", parents=[base])
    assert judge(pull_request(base, head, user=PERSON, head={"ref": "copilot/fix", "sha": head})).code == 0


def test_our_own_labels_are_no_evidence(repo: Repo, judge: Any, base: str) -> None:
    repo.commit({".github/AGENTOWNERS": "x @agents block\n"})
    base = repo.resolve("main")
    head = person_commit(repo, {"x": "x"}, branch="topic", parents=[base])
    labels = [{"name": "agentowners/approvals-required-2"}, {"name": "bug"}]
    assert judge(pull_request(base, head, user=PERSON, labels=labels)).code == 0


def test_a_pull_request_whose_author_is_gone_is_judged(repo: Repo, judge: Any, base: str) -> None:
    head = repo.commit({"security/x": "x"}, branch="topic", parents=[base], author=("Claude", "noreply@anthropic.com"))
    assert judge(pull_request(base, head, user=None)).code == 3


def test_threat_07_an_author_whom_the_event_does_not_name_is_somebody(repo: Repo, judge: Any, base: str) -> None:
    head = repo.commit({"security/x": "x"}, branch="topic", parents=[base], author=("Claude", "noreply@anthropic.com"))
    (somebody,) = [p for p in judge(pull_request(base, head, user=None)).json["principals"] if p["group"] == "unattributed"]
    assert "author has no account" in somebody["evidence"]


def test_approvals_cannot_be_known(repo: Repo, judge: Any, base: str) -> None:
    head = person_commit(repo, {"package.json": "x"}, branch="topic", parents=[base])
    ran = judge(pull_request(base, head))
    assert (ran.code, ran.json["approvals"]["required"], ran.json["approvals"]["granted"]) == (4, 2, 0)


def test_a_push_is_the_pushers(repo: Repo, judge: Any, base: str) -> None:
    after = person_commit(repo, {"security/x": "x"})
    ran = judge(push(base, after))
    assert (ran.code, ran.json["ref"], ran.json["pull_request"]) == (3, "refs/heads/main", None)
    assert judge(push(base, after, sender=PERSON)).code == 0


def test_a_push_is_judged_by_the_policy_before_it(repo: Repo, judge: Any, base: str) -> None:
    after = person_commit(repo, {".github/AGENTOWNERS": "# nothing\n", "security/x": "x"})
    ran = judge(push(base, after))
    assert {file["path"]: file["decision"] for file in ran.json["files"]} == {
        ".github/AGENTOWNERS": "require_approval",
        "security/x": "block",
    }


def test_a_push_that_takes_commits_back_is_judged_by_what_it_changes(repo: Repo, judge: Any, base: str) -> None:
    before = person_commit(repo, {"security/new": "x"})
    ran = judge(push(before, base))
    assert (ran.code, [file["path"] for file in ran.json["files"]]) == (3, ["security/new"])


def test_a_push_to_another_branch_has_the_default_branchs_policy_as_a_layer(repo: Repo, judge: Any) -> None:
    before = repo.commit({"AGENTOWNERS": "mine @agents block\n"}, branch="side", parents=[])
    after = person_commit(repo, {"security/x": "x"}, branch="side")
    ran = judge(push(before, after, ref="refs/heads/side"))
    assert (ran.code, [source["path"] for source in ran.json["policy"]["sources"]]) == (3, ["AGENTOWNERS", ".github/AGENTOWNERS"])


def test_a_push_that_makes_a_branch_is_judged_from_the_default_branch(repo: Repo, judge: Any, base: str) -> None:
    after = person_commit(repo, {"security/x": "x"}, branch="side", parents=[base])
    ran = judge(push("0" * 40, after, ref="refs/heads/side"))
    assert (ran.code, [file["path"] for file in ran.json["files"]]) == (3, ["security/x"])


def test_a_push_that_deletes_is_nothing_to_judge(repo: Repo, judge: Any, base: str) -> None:
    ran = judge(push(base, "0" * 40))
    assert (ran.code, "was deleted" in ran.err) == (1, True)


def test_who_is_named_stands_instead(repo: Repo, judge: Any, base: str) -> None:
    head = person_commit(repo, {"security/x": "x"}, branch="topic", parents=[base])
    ran = judge(pull_request(base, head), "--as", "@octocat")
    assert (ran.code, [p["name"] for p in ran.json["principals"]]) == (0, ["@octocat"])


def test_a_policy_file_from_disk(repo: Repo, judge: Any, base: str, tmp_path: Path) -> None:
    head = person_commit(repo, {"x": "x"}, branch="topic", parents=[base])
    (tmp_path / "p").write_text("x @agents block\n")
    assert judge(pull_request(base, head)).code == 0
    assert judge(pull_request(base, head), "--policy-file", str(tmp_path / "p")).code == 3


def test_commits_that_the_clone_lacks(repo: Repo, judge: Any, base: str) -> None:
    ran = judge(pull_request(base, "1" * 40))
    assert (ran.code, ran.json["conclusion"]) == (1, "failure")
    assert "there is no revision" in ran.err


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"pull_request": {}, "repository": {}}', "`event.pull_request"),
        ('{"pull_request": null}', "is malformed"),
        ('{"ref": "main", "before": "", "after": ""}', "`event.ref` is not the full name of a ref"),
        ('{"ref": "refs/heads/x", "before": "--all", "after": "x"}', "is not a commit id"),
    ],
)
def test_a_malformed_payload(repo: Repo, judge: Any, payload: str, message: str) -> None:
    ran = judge(payload)
    assert (ran.code, message in ran.err) == (1, True), ran.err
    assert ran.err.startswith("agentowners: the event")


@pytest.mark.parametrize(("payload", "arguments"), [({"action": "opened"}, ()), ({}, ("--event-name", "issues"))])
def test_an_event_that_cannot_be_judged_here(repo: Repo, judge: Any, payload: object, arguments: tuple[str, ...]) -> None:
    assert judge(payload, *arguments).code == 2


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target", "pull_request_review"])
def test_every_kind_that_carries_a_pull_request(repo: Repo, judge: Any, base: str, name: str) -> None:
    head = person_commit(repo, {"security/x": "x"}, branch="topic", parents=[base])
    assert judge(pull_request(base, head), "--event-name", name).code == 3


def test_a_payload_from_standard_input(repo: Repo, base: str) -> None:
    head = person_commit(repo, {"security/x": "x"}, branch="topic", parents=[base])
    done = as_process("check", "--event", "-", cwd=repo.path, stdin=json.dumps(pull_request(base, head)).encode())
    assert (done.returncode, done.stderr) == (3, b"")
