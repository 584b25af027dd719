"""PyGithub, unchanged, talks to the server as it does to GitHub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import github as pygithub
from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

NOTE = {
    "path": "a",
    "start_line": 1,
    "end_line": 1,
    "annotation_level": "warning",
    "message": "m",
    "title": "t",
    "raw_details": "{}",
}


@pytest.fixture
def hub(github: GitHubServer) -> Iterator[pygithub.Github]:
    token = github.token("actions")
    hub = pygithub.Github(
        base_url=github.url,
        auth=pygithub.Auth.Token(token),
        per_page=2,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    yield hub
    hub.close()


def test_reading_a_pull_request(hub: pygithub.Github, repo: Repository, pull: Pull) -> None:
    for number in range(3):
        repo.commit("copilot/fix", {f"f{number}": "x"})
    repo.review(pull, "ann", "APPROVED")
    seen = hub.get_repo("acme/shop").get_pull(1)
    assert (seen.user.id, seen.user.type, seen.changed_files) == (198982749, "Bot", 5)
    assert len(list(seen.get_files())) == 5
    assert len(list(seen.get_commits())) == 4
    assert [review.state for review in seen.get_reviews()] == ["APPROVED"]
    assert [event.event for event in seen.as_issue().get_timeline()][-1] == "reviewed"


def test_publishing_a_verdict(hub: pygithub.Github, repo: Repository, pull: Pull) -> None:
    seen = hub.get_repo("acme/shop")
    run = seen.create_check_run("AGENTOWNERS", pull.head_sha, status="in_progress", external_id="e")
    run.edit(status="completed", conclusion="action_required", output={"title": "t", "summary": "s", "annotations": [NOTE]})
    assert [it.raw_details for it in run.get_annotations()] == ["{}"]
    issue = seen.get_pull(1)
    seen.create_label("agentowners/blocked", "ff0000", "d")
    issue.add_to_labels("agentowners/blocked", "bug")
    issue.remove_from_labels("agentowners/blocked")
    issue.set_labels("agentowners/blocked")
    assert pull.labels == ["agentowners/blocked"]
    comment = issue.create_issue_comment("hello")
    comment.edit("bye")
    assert [it.body for it in issue.get_issue_comments()] == ["bye"]
    assert [it.name for it in seen.get_commit(pull.head_sha).get_check_runs(check_name="AGENTOWNERS")] == ["AGENTOWNERS"]
    repo.protect("main", ["AGENTOWNERS"])
    with pytest.raises(pygithub.GithubException) as refused:
        issue.merge()
    assert refused.value.status == 405
    run.edit(conclusion="success")
    assert issue.merge().merged


def test_reading_objects(hub: pygithub.Github, repo: Repository, pull: Pull) -> None:
    seen = hub.get_repo("acme/shop")
    tree = seen.get_git_tree("main", recursive=True)
    assert "src/a.py" in [entry.path for entry in tree.tree]
    contents = seen.get_contents("README.md", ref="main")
    assert not isinstance(contents, list)
    assert contents.decoded_content == b"hi\n"
    assert seen.compare("main", "copilot/fix").total_commits == 1
    assert seen.get_branch("main").commit.sha == repo.tip("main")
    assert seen.get_collaborator_permission("octocat") == "read"
    with pytest.raises(pygithub.UnknownObjectException):
        seen.get_pull(7)
    with pytest.raises(pygithub.BadCredentialsException):
        pygithub.Github(base_url=hub.requester.base_url, auth=pygithub.Auth.Token("bad"), retry=None).get_repo("acme/shop")


def test_teams_need_an_app(hub: pygithub.Github, github: GitHubServer, repo: Repository) -> None:
    github.add_team("acme/sre", ["ann"])
    with pytest.raises(pygithub.GithubException) as refused:
        hub.get_organization("acme").get_team_by_slug("sre")
    assert refused.value.status == 403
    token = github.token("app", permissions={"members": "read"})
    with pygithub.Github(base_url=github.url, auth=pygithub.Auth.Token(token), retry=None, seconds_between_requests=0) as other:
        team = other.get_organization("acme").get_team_by_slug("sre")
        assert [member.login for member in team.get_members()] == ["ann"]
        assert team.get_team_membership("ann").state == "active"


def test_pygithub_s_own_retry_survives_a_502(github: GitHubServer, repo: Repository, pull: Pull) -> None:
    github.faults.add("502")
    retry = pygithub.GithubRetry(total=2, backoff_factor=0)
    auth = pygithub.Auth.Token(github.token("actions"))
    with pygithub.Github(base_url=github.url, auth=auth, retry=retry, seconds_between_requests=0) as hub:
        assert hub.get_repo("acme/shop").full_name == "acme/shop"
    assert [it.status for it in github.requests] == [502, 200]
