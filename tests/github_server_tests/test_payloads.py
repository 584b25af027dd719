from __future__ import annotations

import json

import pytest

from tests.github_server import payloads
from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

OPEN_ACTIONS = sorted(set(payloads.examples()["pull_request"]) - {"closed", "converted_to_draft"})


@pytest.mark.parametrize("action", OPEN_ACTIONS)
@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_pull_request_payloads_are_made_of_the_state(
    github: GitHubServer, repo: Repository, pull: Pull, event: str, action: str
) -> None:
    repo.label(pull, "bug")
    repo.assign(pull, "ann")
    repo.request_review(pull, "ann")
    payload = github.payload(event, action, pull=pull, label="bug", assignee="ann", sender="bob")
    assert (payload["action"], payload["number"], payload["sender"]["login"]) == (action, 1, "bob")
    assert payload["pull_request"]["head"]["sha"] == pull.head_sha
    assert (payload["pull_request"]["user"]["id"], payload["repository"]["full_name"]) == (198982749, "acme/shop")
    assert payload["organization"]["login"] == "acme"
    assert ("label" in payload) == (action in {"labeled", "unlabeled"})
    text = json.dumps(payload)
    assert not [word for word in ("Codertocat", "octo-org", "Hello-World") if word in text]


def test_edited_carries_what_changed(github: GitHubServer, repo: Repository, pull: Pull) -> None:
    changes = {"base": {"ref": {"from": "weak"}, "sha": {"from": "1" * 40}}}
    assert github.payload("pull_request", "edited", pull=pull, changes=changes)["changes"] == changes
    with pytest.raises(AssertionError, match="Additional properties"):
        github.payload("pull_request", "edited", pull=pull, changes={"colour": 1})


def test_synchronize_carries_before_and_after(github: GitHubServer, repo: Repository, pull: Pull) -> None:
    before = pull.head_sha
    repo.commit("copilot/fix", {"more": "x"})
    payload = github.payload("pull_request_target", "synchronize", pull=pull, before=before)
    assert (payload["before"], payload["after"]) == (before, pull.head_sha)


def test_a_closed_pull_request_is_closed(github: GitHubServer, repo: Repository, pull: Pull) -> None:
    with pytest.raises(AssertionError, match="closed"):
        github.payload("pull_request", "closed", pull=pull)
    repo.merge(pull)
    assert github.payload("pull_request", "closed", pull=pull)["pull_request"]["merged"] is True


def test_a_user_s_repository_has_no_organization(github: GitHubServer) -> None:
    repo = github.add_repository("ann/home", owner_type="User", files={"a": "1"})
    repo.commit("topic", {"b": "1"})
    assert "organization" not in github.payload("pull_request", "opened", pull=repo.open_pull("topic"))


@pytest.mark.parametrize("action", ["submitted", "edited", "dismissed"])
def test_reviews_are_in_lower_case(github: GitHubServer, repo: Repository, pull: Pull, action: str) -> None:
    review = repo.review(pull, "ann", "APPROVED")
    if action == "dismissed":
        repo.dismiss(review)
    payload = github.payload("pull_request_review", action, pull=pull, review=review)
    assert payload["review"]["state"] == ("dismissed" if action == "dismissed" else "approved")
    assert payload["review"]["commit_id"] == pull.head_sha


def test_push_lists_commits_and_files(github: GitHubServer, repo: Repository) -> None:
    before = repo.tip("main")
    after = repo.commit("main", {"README.md": None, "new": "x", "src/a.py": "2\n"}, author="ann")
    payload = github.payload("push", repo=repo, ref="refs/heads/main", before=before, after=after, pusher="bob")
    (commit,) = payload["commits"]
    assert (commit["id"], commit["added"], commit["removed"], commit["modified"]) == (after, ["new"], ["README.md"], ["src/a.py"])
    assert (commit["author"]["username"], payload["pusher"]["name"], payload["forced"]) == ("ann", "bob", False)
    forced = github.payload("push", repo=repo, ref="refs/heads/main", before=after, after=before)
    assert forced["forced"] is True
    created = github.payload("push", repo=repo, ref="refs/heads/new", after=after)
    deleted = github.payload("push", repo=repo, ref="refs/heads/new", before=after)
    assert (created["created"], deleted["deleted"], deleted["head_commit"]) == (True, True, None)


def test_workflow_events(github: GitHubServer, repo: Repository, pull: Pull) -> None:
    dispatch = github.payload("workflow_dispatch", repo=repo, inputs={"pull-request": "1"})
    assert (dispatch["inputs"], dispatch["ref"]) == ({"pull-request": "1"}, "refs/heads/main")
    run = repo.add_workflow_run(event="pull_request_review", head_branch="copilot/fix", head_sha=pull.head_sha)
    payload = github.payload("workflow_run", "completed", repo=repo, run=run)["workflow_run"]
    assert (payload["event"], payload["head_sha"], payload["pull_requests"][0]["number"]) == (
        "pull_request_review",
        pull.head_sha,
        1,
    )
    fork = repo.fork("mallory")
    run = repo.add_workflow_run(event="pull_request_review", head_branch="topic", head_sha=pull.head_sha, head_repo=fork)
    payload = github.payload("workflow_run", "completed", repo=repo, run=run)["workflow_run"]
    assert (payload["pull_requests"], payload["head_repository"]["full_name"]) == ([], "mallory/shop")
    assert github.payload("schedule") == {"schedule": "17 3 * * *"}


def test_an_unknown_event_has_no_payload(github: GitHubServer, repo: Repository) -> None:
    with pytest.raises(KeyError):
        github.payload("fork", repo=repo)
