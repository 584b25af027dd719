from __future__ import annotations

import pytest

from tests.github_server.gitstore import Executable, Rename, Submodule, Symlink
from tests.github_server.model import MergeRefused, Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client


def test_a_pull_request_says_who_and_how_much(client: Client, pull: Pull) -> None:
    shown = client.get("pulls/1")
    assert (shown["user"]["login"], shown["user"]["id"], shown["user"]["type"]) == ("Copilot", 198982749, "Bot")
    assert (shown["head"]["sha"], shown["base"]["ref"], shown["changed_files"], shown["commits"]) == (pull.head_sha, "main", 2, 1)
    assert (shown["mergeable"], shown["mergeable_state"]) == (True, "clean")
    assert client("GET", "pulls/99").status_code == 404


def test_files_are_gits_own_diff(client: Client, repo: Repository) -> None:
    names: dict[str | bytes, str] = {
        "tab\there": "1\n",
        "new\nline": "1\n",
        'quote"s': "1\n",
        b"latin\xe9": "1\n",
        "naïve": "1\n",
    }
    long = "".join(f"{number}\n" for number in range(50))
    repo.commit("main", {"old/name.py": long, "gone": "1\n", "mode.sh": "x\n", "kind": "target", "bin": b"\0\1", **names})
    repo.commit(
        "copilot/all",
        {
            "new/name.py": Rename("old/name.py"),
            "gone": None,
            "mode.sh": Executable("x\n"),
            "kind": Symlink("README.md"),
            "bin": b"\0\2",
            "sub": Submodule("1" * 40),
            **dict.fromkeys(names, "2\n"),
        },
    )
    pull = repo.open_pull("copilot/all", author="Copilot")
    files = {file["filename"]: file for file in client.get(f"pulls/{pull.number}/files")}
    assert (files["new/name.py"]["status"], files["new/name.py"]["previous_filename"]) == ("renamed", "old/name.py")
    assert "patch" not in files["new/name.py"]
    assert "old/name.py" not in files
    assert (files["gone"]["status"], files["gone"]["deletions"]) == ("removed", 1)
    assert (files["mode.sh"]["status"], files["mode.sh"]["changes"], "patch" in files["mode.sh"]) == ("modified", 0, False)
    assert files["kind"]["status"] == "changed"
    assert ("patch" in files["bin"], files["bin"]["changes"]) == (False, 0)
    assert (files["sub"]["status"], files["sub"]["sha"]) == ("added", "1" * 40)
    assert {"tab\there", "new\nline", 'quote"s', "latin\ufffd", "naïve"} <= set(files)
    assert files["new\nline"]["patch"] == "@@ -1 +1 @@\n-1\n+2"


def test_a_patch_over_the_limit_is_left_out(client: Client, pull: Pull, github: GitHubServer) -> None:
    github.limits.patch_bytes = 5
    assert all("patch" not in file for file in client.get("pulls/1/files"))


def test_files_and_commits_are_cut_silently_but_the_counts_are_true(
    client: Client, repo: Repository, github: GitHubServer
) -> None:
    github.limits.files, github.limits.commits = 3, 2
    for number in range(5):
        repo.commit("copilot/many", {f"f{number}": "x"})
    pull = repo.open_pull("copilot/many", author="Copilot")
    assert len(client.get(f"pulls/{pull.number}/files")) == 3
    assert len(client.get(f"pulls/{pull.number}/commits")) == 2
    shown = client.get(f"pulls/{pull.number}")
    assert (shown["changed_files"], shown["commits"]) == (5, 5)


def test_commits_are_linked_to_accounts_by_e_mail(client: Client, repo: Repository, github: GitHubServer) -> None:
    github.add_user("Ann", emails=["ann@example.com"])
    people = [
        ("A", "ANN@example.com"),
        ("B", "Ann@users.noreply.github.com"),
        ("C", "198982749+whoever@users.noreply.github.com"),
    ]
    people += [("D", "nobody@example.com"), ("E", "1+Ann@users.noreply.github.com")]
    github.account("Copilot")
    for who in people:
        repo.commit("topic", {"x": who[0]}, author=who)
    pull = repo.open_pull("topic")
    commits = client.get(f"pulls/{pull.number}/commits")
    assert [it["author"] and it["author"]["login"] for it in commits] == ["Ann", "Ann", "Copilot", None, None]
    assert [it["commit"]["author"]["name"] for it in commits] == ["A", "B", "C", "D", "E"]


def test_verification_is_what_the_test_said(client: Client, repo: Repository) -> None:
    for verified in (True, False, "unknown_key"):
        repo.commit("topic", {"x": str(verified)}, verified=verified)
    pull = repo.open_pull("topic")
    found = [it["commit"]["verification"] for it in client.get(f"pulls/{pull.number}/commits")]
    assert [(it["verified"], it["reason"]) for it in found] == [(True, "valid"), (False, "unsigned"), (False, "unknown_key")]


def test_a_push_moves_the_head_and_a_force_push_says_so(client: Client, repo: Repository, pull: Pull) -> None:
    first = pull.head_sha
    repo.commit("copilot/fix", {"more": "x"}, author="Copilot")
    assert client.get("pulls/1")["head"]["sha"] == pull.head_sha != first
    repo.force_push("copilot/fix", first, by="Copilot")
    assert client.get("pulls/1")["head"]["sha"] == first
    kinds = [event["event"] for event in client.get("issues/1/timeline")]
    assert kinds == ["committed", "committed", "head_ref_force_pushed"]
    moves = [it["activity_type"] for it in client.get("activity", ref="refs/heads/copilot/fix")]
    assert moves == ["force_push", "push", "branch_creation"]


def test_a_pull_request_from_a_fork(client: Client, repo: Repository) -> None:
    fork = repo.fork("mallory")
    fork.commit("topic", {"x": "1"}, author="mallory")
    pull = repo.open_pull("topic", fork=fork, author="mallory")
    shown = client.get(f"pulls/{pull.number}")
    assert (shown["head"]["label"], shown["head"]["repo"]["fork"]) == ("mallory:topic", True)
    assert client.get("git/ref/pull/1/head")["object"]["sha"] == pull.head_sha
    assert [it["number"] for it in client.get("pulls", head="mallory:topic")] == [pull.number]
    assert client.get("pulls", head="acme:topic") == []
    assert client.get("compare/main...mallory:topic")["ahead_by"] == 1


def test_lists_filter_by_state_base_and_head(client: Client, repo: Repository, pull: Pull) -> None:
    repo.branch("release")
    repo.commit("topic", {"x": "1"})
    other = repo.open_pull("topic", base="release")
    repo.close(other)
    assert [it["number"] for it in client.get("pulls")] == [1]
    assert [it["number"] for it in client.get("pulls", state="all")] == [2, 1]
    assert [it["number"] for it in client.get("pulls", state="closed", base="release")] == [2]
    assert client("GET", "pulls", params={"head": "copilot/fix"}).status_code == 422


def test_pull_requests_of_a_commit(client: Client, repo: Repository, pull: Pull) -> None:
    first = repo.tip("main")
    assert client.get(f"commits/{first}/pulls") == []
    assert [it["number"] for it in client.get(f"commits/{pull.head_sha}/pulls")] == [1]
    merged = repo.merge(pull)
    assert [it["number"] for it in client.get(f"commits/{merged}/pulls")] == [1]
    assert [it["number"] for it in client.get(f"commits/{pull.head_sha}/pulls")] == [1]
    assert client("GET", f"commits/{'0' * 40}/pulls").status_code == 422


def test_the_base_can_be_changed(client: Client, repo: Repository, pull: Pull) -> None:
    repo.branch("release")
    assert client("PATCH", "pulls/1", {"base": "release"}).json()["base"]["ref"] == "release"
    assert client("PATCH", "pulls/1", {"base": "nowhere"}).status_code == 422
    assert client("PATCH", "pulls/1", {"state": "closed"}).json()["state"] == "closed"
    assert client("PATCH", "pulls/1", {"base": "main"}).status_code == 422
    assert client("PATCH", "pulls/1", {"state": "open", "title": "T", "body": "B"}).json()["title"] == "T"
    kinds = [event["event"] for event in client.get("issues/1/timeline")]
    assert kinds == ["committed", "base_ref_changed", "closed", "reopened", "renamed"]


def test_the_base_sha_is_the_one_of_the_last_push(client: Client, repo: Repository, pull: Pull) -> None:
    old = repo.tip("main")
    new = repo.commit("main", {"later": "x"})
    assert client.get("pulls/1")["base"]["sha"] == old
    assert client.get("git/ref/heads/main")["object"]["sha"] == new
    repo.commit("copilot/fix", {"more": "x"})
    assert client.get("pulls/1")["base"]["sha"] == new


def test_a_deleted_head_branch_closes(client: Client, repo: Repository, pull: Pull) -> None:
    repo.delete_branch("copilot/fix")
    assert client.get("pulls/1")["state"] == "closed"
    assert len(client.get("pulls/1/files")) == 2


def test_reviews_keep_their_order_state_and_commit(client: Client, repo: Repository, pull: Pull, github: GitHubServer) -> None:
    first = pull.head_sha
    repo.review(pull, "ann", "APPROVED")
    repo.commit("copilot/fix", {"more": "x"})
    second = repo.review(pull, "bob", "CHANGES_REQUESTED", body="no")
    repo.review(pull, "eve", "PENDING")
    repo.dismiss(second)
    shown = client.get("pulls/1/reviews")
    assert [(it["user"]["login"], it["state"]) for it in shown] == [("ann", "APPROVED"), ("bob", "DISMISSED")]
    assert [it["commit_id"] for it in shown] == [first, pull.head_sha]
    assert client.get(f"pulls/1/reviews/{second.id}")["body"] == "no"
    assert client.use(github.token("user", login="eve")).get("pulls/1/reviews")[-1]["state"] == "PENDING"


def test_a_deleted_account_is_null(client: Client, repo: Repository, pull: Pull) -> None:
    repo.review(pull, "ghost", "APPROVED")
    repo.comment(pull, "ghost", "boo")
    assert client.get("pulls/1/reviews")[0]["user"] is None
    assert client.get("issues/1/comments")[0]["user"] is None
    assert [it["event"] for it in client.get("issues/1/timeline")] == ["committed", "reviewed", "commented"]


def test_nobody_approves_their_own_pull_request(client: Client, repo: Repository, github: GitHubServer) -> None:
    repo.commit("topic", {"x": "1"})
    repo.open_pull("topic", author="ann")
    client.use(github.token("user", login="ann"))
    assert client("POST", "pulls/1/reviews", {"event": "APPROVE"}).status_code == 422
    assert client("POST", "pulls/1/reviews", {"event": "COMMENT", "body": "hm"}).status_code == 200
    client.use(github.token("user", login="bob"))
    review = client("POST", "pulls/1/reviews", {"event": "APPROVE"}).json()
    assert review["state"] == "APPROVED"
    assert client("PUT", f"pulls/1/reviews/{review['id']}/dismissals", {"message": "old"}).status_code == 403
    repo.set_permission("bob", "write")
    assert client("PUT", f"pulls/1/reviews/{review['id']}/dismissals", {"message": "old"}).json()["state"] == "DISMISSED"


def test_the_timeline_tells_who_set_the_agent_to_work(client: Client, repo: Repository, pull: Pull, github: GitHubServer) -> None:
    pull.app = github.add_app("copilot-swe-agent")
    repo.assign(pull, "Copilot", by="ann")
    repo.request_review(pull, "ann", by="Copilot")
    repo.label(pull, "bug", by="ann")
    review = repo.review(pull, "ann", "APPROVED")
    repo.dismiss(review, by="bob")
    repo.comment(pull, "ann", "hi")
    timeline = client.get("issues/1/timeline")
    assert [it["event"] for it in timeline] == [
        "committed",
        "assigned",
        "review_requested",
        "labeled",
        "reviewed",
        "review_dismissed",
        "commented",
    ]
    assert (timeline[1]["actor"]["login"], timeline[1]["assignee"]["login"]) == ("ann", "Copilot")
    assert timeline[4]["state"] == "dismissed"
    events = client.get("issues/1/events")
    assert (events[0]["event"], events[0]["assigner"]["login"]) == ("assigned", "ann")
    issue = client.get("issues/1")
    assert (issue["performed_via_github_app"]["slug"], issue["pull_request"]["merged_at"]) == ("copilot-swe-agent", None)
    assert client.get("pulls/1/requested_reviewers") == {"users": [], "teams": []}


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_merging_waits_for_every_run_of_the_required_check(
    client: Client, repo: Repository, pull: Pull, github: GitHubServer, method: str
) -> None:
    repo.protect("main", [("AGENTOWNERS", github.actions.id)])
    asked = {"merge_method": method}
    assert client("PUT", "pulls/1/merge", asked).status_code == 405
    assert client.get("pulls/1")["mergeable_state"] == "blocked"
    repo.add_check_run("AGENTOWNERS", pull.head_sha, app=github.add_app("rival"))
    assert client("PUT", "pulls/1/merge", asked).status_code == 405
    red = repo.add_check_run("AGENTOWNERS", pull.head_sha, conclusion="action_required")
    green = repo.add_check_run("AGENTOWNERS", pull.head_sha, conclusion="success")
    assert client("PUT", "pulls/1/merge", asked).status_code == 405
    red.conclusion, green.conclusion = "success", "failure"
    assert client("PUT", "pulls/1/merge", asked).status_code == 405
    green.conclusion = "neutral"
    running = repo.add_check_run("AGENTOWNERS", pull.head_sha, status="in_progress")
    assert client("PUT", "pulls/1/merge", asked).status_code == 405
    running.status, running.conclusion = "completed", "skipped"
    assert client("PUT", "pulls/1/merge", {"sha": "0" * 40}).status_code == 409
    assert client("GET", "pulls/1/merge").status_code == 404
    merged = client("PUT", "pulls/1/merge", asked | {"sha": pull.head_sha})
    assert (merged.status_code, merged.json()["sha"]) == (200, repo.tip("main"))
    assert client("GET", "pulls/1/merge").status_code == 204
    assert client.get("contents/new.py")["size"] == 2
    assert client("PUT", "pulls/1/merge", asked).status_code == 405
    shown = client.get("pulls/1")
    assert (shown["merged"], shown["state"], shown["changed_files"], shown["commits"]) == (True, "closed", 2, 1)


def test_a_conflict_and_a_draft_do_not_merge(client: Client, repo: Repository, pull: Pull) -> None:
    repo.commit("main", {"README.md": "other\n"})
    shown = client.get("pulls/1")
    assert (shown["mergeable"], shown["mergeable_state"], shown["merge_commit_sha"]) == (False, "dirty", None)
    assert client("PUT", "pulls/1/merge", {}).status_code == 405
    repo.commit("topic", {"x": "1"})
    draft = repo.open_pull("topic", draft=True)
    assert client("PUT", f"pulls/{draft.number}/merge", {}).status_code == 405


def test_changes_in_different_lines_merge(client: Client, repo: Repository) -> None:
    lines = [f"{number}\n" for number in range(20)]
    repo.commit("main", {"long": "".join(lines)})
    repo.commit("topic", {"long": "".join(["first\n", *lines[1:]])})
    repo.commit("main", {"long": "".join([*lines[:-1], "last\n"])})
    pull = repo.open_pull("topic")
    trial = client.get(f"pulls/{pull.number}")["merge_commit_sha"]
    assert client.get("git/ref/pull/1/merge")["object"]["sha"] == trial
    assert client("PUT", f"pulls/{pull.number}/merge", {}).status_code == 200
    merged = repo.store.lookup(repo.tip("main"), b"long")
    assert merged
    assert repo.store.read(merged.sha)[1].decode() == "".join(["first\n", *lines[1:-1], "last\n"])


def test_the_queue_builds_one_commit_for_the_group(client: Client, repo: Repository, pull: Pull, github: GitHubServer) -> None:
    repo.commit("topic", {"x": "1"})
    second = repo.open_pull("topic")
    base = repo.tip("main")
    group = github.queue(repo, [pull, second])
    assert group.head_ref == f"refs/heads/gh-readonly-queue/main/pr-2-{base}"
    payload = github.payload("merge_group", group=group)["merge_group"]
    assert (payload["head_sha"], payload["base_sha"], payload["base_ref"]) == (group.head_sha, base, "refs/heads/main")
    compared = client.get(f"compare/{base}...{group.head_sha}")
    assert {file["filename"] for file in compared["files"]} == {"README.md", "new.py", "x"}
    repo.protect("main", ["AGENTOWNERS"])
    repo.add_check_run("AGENTOWNERS", pull.head_sha)
    with pytest.raises(MergeRefused):
        github.land(group)
    numbers = {it["number"] for sha in (c["sha"] for c in compared["commits"]) for it in client.get(f"commits/{sha}/pulls")}
    assert numbers == {1, 2}
    repo.add_check_run("AGENTOWNERS", group.head_sha)
    github.land(group)
    assert [client.get(f"pulls/{number}")["merged"] for number in (1, 2)] == [True, True]
    assert repo.tip("main") == group.head_sha
