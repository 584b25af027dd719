"""Comments, issues and accounts: what people write, change, take back, and what is left of them."""

from __future__ import annotations

import pytest

from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client


def test_the_time_of_a_change_says_nothing_about_who_edited(client: Client, pull: Pull, repo: Repository) -> None:
    repo.comment(pull, "ann", "one")
    [shown] = client.get("issues/1/comments")
    assert shown["created_at"] < shown["updated_at"]
    assert shown["performed_via_github_app"] is None


def test_a_comment_through_an_app_names_it(client: Client, pull: Pull, repo: Repository, github: GitHubServer) -> None:
    repo.comment(pull, "ann", "one", via_app=github.add_app("relay"))
    [shown] = client.get("issues/1/comments")
    assert (shown["user"]["login"], shown["performed_via_github_app"]["slug"]) == ("ann", "relay")


def test_payloads_of_comments(pull: Pull, repo: Repository, github: GitHubServer) -> None:
    comment = repo.comment(pull, "ann", "one")
    created = github.payload("issue_comment", "created", pull=pull, comment=comment)
    assert (created["comment"]["body"], created["sender"]["login"]) == ("one", "ann")
    assert created["issue"]["pull_request"]["url"].endswith("/pulls/1")
    repo.edit_comment(comment, "two", by="bob")
    edited = github.payload("issue_comment", "edited", pull=pull, comment=comment, sender="bob")
    assert (edited["changes"], edited["comment"]["body"], edited["sender"]["login"]) == ({"body": {"from": "one"}}, "two", "bob")
    repo.delete_comment(comment, by="bob")
    assert github.payload("issue_comment", "deleted", pull=pull, comment=comment)["comment"]["id"] == comment.id


def test_an_issue_is_no_pull_request(client: Client, pull: Pull, repo: Repository, github: GitHubServer) -> None:
    issue = repo.open_issue("ann", "Please", "@copilot do it")
    comment = repo.comment(issue, "bob", "yes")
    repo.assign(issue, "Copilot", by="ann")
    repo.label(issue, "bug")
    shown = client.get("issues/2")
    assert (shown["number"], shown["body"], shown["user"]["login"], "pull_request" in shown) == (
        2,
        "@copilot do it",
        "ann",
        False,
    )
    assert [it["body"] for it in client.get("issues/2/comments")] == ["yes"]
    assert client.get(f"issues/comments/{comment.id}")["html_url"].endswith(f"/issues/2#issuecomment-{comment.id}")
    assert [it["event"] for it in client.get("issues/2/timeline")] == ["commented", "assigned", "labeled"]
    assert client("GET", "pulls/2").status_code == 404
    payload = github.payload("issue_comment", "created", repo=repo, comment=comment)
    assert (payload["issue"]["number"], "pull_request" in payload["issue"]) == (2, False)
    repo.close(issue, "ann")
    assert client.get("issues/2")["state"] == "closed"


def test_where_issues_are_switched_off_pull_requests_still_speak(client: Client, pull: Pull, repo: Repository) -> None:
    repo.open_issue("ann", "Please")
    repo.settings.has_issues = False
    assert client("GET", "issues/2").status_code == 410
    assert client("GET", "issues/3").status_code == 410
    assert client.get("issues/1")["number"] == 1
    assert client.get("/repos/acme/shop")["has_issues"] is False


def test_a_comment_on_a_line_stands_in_the_timeline_alone(client: Client, pull: Pull, repo: Repository) -> None:
    repo.comment_line(pull, "ann", "@copilot why", path="README.md")
    [event] = [it for it in client.get("issues/1/timeline") if it["event"] == "line-commented"]
    assert [(it["user"]["login"], it["body"], it["path"]) for it in event["comments"]] == [("ann", "@copilot why", "README.md")]
    assert client.get("issues/1/comments") == []


def test_a_login_changes_and_the_id_stays(client: Client, repo: Repository, github: GitHubServer) -> None:
    robot = github.add_user("acme-robo")
    repo.set_permission("acme-robo", "write")
    repo.commit("robo", {"x": "1"}, author="acme-robo")
    pull = repo.open_pull("robo", author="acme-robo")
    github.rename("acme-robo", "acme-robo2")
    assert (client.get(f"pulls/{pull.number}")["user"]["login"], pull.user.id) == ("acme-robo2", robot.id)
    assert client("GET", "/users/acme-robo").status_code == 404
    assert client.get(f"/user/{robot.id}")["login"] == "acme-robo2"
    assert client.get("collaborators/acme-robo2/permission")["permission"] == "write"
    assert client.get(f"pulls/{pull.number}/commits")[0]["author"]["login"] == "acme-robo2"
    assert github.add_user("acme-robo").id != robot.id


def test_an_account_that_is_gone_leaves_a_ghost(client: Client, repo: Repository, github: GitHubServer) -> None:
    robot = github.add_user("acme-robo")
    repo.set_permission("acme-robo", "write")
    repo.commit("robo", {"x": "1"}, author="acme-robo")
    pull = repo.open_pull("robo", author="acme-robo")
    repo.comment(pull, "acme-robo", "hi")
    repo.review(pull, "acme-robo", "COMMENTED", body="hm")
    repo.assign(pull, "acme-robo", by="ann")
    github.delete_account("acme-robo")
    shown = client.get(f"pulls/{pull.number}")
    assert (shown["user"]["login"], shown["user"]["id"], shown["assignees"]) == ("ghost", 10137, [])
    assert client.get(f"issues/{pull.number}/comments")[0]["user"] is None
    assert client.get(f"pulls/{pull.number}/reviews")[0]["user"] is None
    assert client.get(f"pulls/{pull.number}/commits")[0]["author"] is None
    assert client.get("activity", ref="refs/heads/robo")[0]["actor"] is None
    assert client("GET", "/users/acme-robo").status_code == 404
    assert client("GET", f"/user/{robot.id}").status_code == 404
    query = '{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { author { login } } } }'
    assert client("POST", "/graphql", {"query": query}).json()["data"]["repository"]["pullRequest"] == {"author": None}


# --- the record of what was moved ---


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_merge_into_a_feature_branch_is_told_as_one(client: Client, repo: Repository, method: str) -> None:
    repo.branch("feature", by="ann")
    repo.commit("feature", {"f": "1"}, author="ann")
    repo.branch("help", repo.tip("feature"), by="Copilot")
    repo.commit("help", {"h": "1"}, author="ann", pushed_by="Copilot")
    repo.merge(repo.open_pull("help", base="feature", author="Copilot"), "bob", method=method)
    moves = client.get("activity", ref="refs/heads/feature")
    assert [(it["activity_type"], it["actor"]["login"]) for it in moves] == [
        ("pr_merge", "bob"),
        ("push", "ann"),
        ("branch_creation", "ann"),
    ]
    assert moves[0]["after"] == repo.tip("feature")
    assert [it["number"] for it in client.get(f"commits/{moves[0]['after']}/pulls")] == [1]


def test_the_record_may_be_cut_off(client: Client, repo: Repository) -> None:
    for number in range(5):
        repo.commit("topic", {"x": str(number)}, author="ann")
    repo.activity_told = 3
    moves = client.get("activity", ref="refs/heads/topic")
    assert moves[0]["after"] == repo.tip("topic")
    assert len(moves) == 3
    repo.delete_branch("topic")
    assert client.get("activity", ref="refs/heads/topic")[0]["activity_type"] == "branch_deletion"


def test_the_record_goes_by_pages(client: Client, repo: Repository) -> None:
    for number in range(5):
        repo.commit("topic", {"x": str(number)}, author="ann")
    answer = client("GET", "activity", params={"ref": "refs/heads/topic", "per_page": 2})
    seen = answer.json()
    while "next" in answer.links:
        answer = client("GET", answer.links["next"]["url"])
        seen += answer.json()
    assert len(seen) == len({it["id"] for it in seen})


def test_a_pull_request_to_a_merged_branch_goes_where_that_went(client: Client, repo: Repository) -> None:
    repo.commit("feature", {"f": "1"})
    repo.branch("help", repo.tip("feature"))
    repo.commit("help", {"h": "1"})
    inner = repo.open_pull("help", base="feature")
    repo.merge(repo.open_pull("feature"))
    repo.delete_branch("feature")
    shown = client.get(f"pulls/{inner.number}")
    assert (shown["state"], shown["base"]["ref"]) == ("open", "main")
    assert [it["event"] for it in client.get(f"issues/{inner.number}/timeline")][-2:] == [
        "base_ref_deleted",
        "automatic_base_change_succeeded",
    ]


# --- large things ---


def test_the_files_of_a_commit_go_by_three_hundred_and_end_at_the_limit(
    client: Client, repo: Repository, github: GitHubServer
) -> None:
    sha = repo.commit("topic", {f"d/{number:04}": "1" for number in range(650)})
    pages = [client("GET", f"commits/{sha}", params={"page": number} if number > 1 else {}) for number in (1, 2, 3)]
    assert [len(it.json()["files"]) for it in pages] == [300, 300, 50]
    assert "next" in pages[0].links
    github.limits.files = 310
    assert len(client.get(f"commits/{sha}", page=2)["files"]) == 10
    compared = client.get(f"compare/main...{sha}")
    assert (len(compared["files"]), compared["total_commits"]) == (300, 1)


def test_many_open_pull_requests_are_listed_without_looking_into_any(client: Client, repo: Repository) -> None:
    for number in range(120):
        repo.branch(f"t{number}", repo.tip("main"))
        repo.open_pull(f"t{number}")
    first, second = (client.get("pulls", state="open", per_page=100, page=number) for number in (1, 2))
    assert (len(first), len(second), first[0]["merge_commit_sha"]) == (100, 20, None)
    made = client.get("pulls/120")["merge_commit_sha"]
    assert client.get("pulls", per_page=1)[0]["merge_commit_sha"] == made is not None


def test_payloads_of_a_pushed_base_and_a_closed_pull_request(repo: Repository, pull: Pull, github: GitHubServer) -> None:
    before = repo.tip("main")
    after = repo.merge(pull, "bob")
    pushed = github.payload("push", repo=repo, ref="refs/heads/main", before=before, after=after, pusher="bob")
    assert (pushed["before"], pushed["after"], len(pushed["commits"]), pushed["sender"]["login"]) == (before, after, 2, "bob")
    closed = github.payload("pull_request_target", "closed", pull=pull, sender="bob")
    assert (closed["pull_request"]["merged"], closed["pull_request"]["merge_commit_sha"]) == (True, after)
    assert closed["pull_request"]["merged_by"]["login"] == "bob"
