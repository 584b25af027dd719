"""Pull requests, the issues they are, their reviews, labels, comments and timelines."""

from __future__ import annotations

from tests.github_server import merging
from tests.github_server.model import Account, Comment, Discussed, Event, Label, LineComment, Pull, Review, Team
from tests.github_server.render.common import Json, maybe_app, maybe_time, maybe_user, node, repository, team, time, user
from tests.github_server.render.history import address, git_commit
from tests.github_server.repository import Repository


def root(repo: Repository) -> str:
    """The repository's URL in the API."""
    return f"{repo.server.url}/repos/{repo.full_name}"


def page(it: Discussed) -> str:
    """The web page of a pull request or an issue."""
    return f"{it.repo.server.html_url}/{it.repo.full_name}/{'pull' if isinstance(it, Pull) else 'issues'}/{it.number}"


def label(repo: Repository, it: Label) -> Json:
    """`label`."""
    return {
        "id": it.id,
        "node_id": node("LA", it.id),
        "url": f"{root(repo)}/labels/{address(it.name)}",
        "name": it.name,
        "color": it.color,
        "default": False,
        "description": it.description,
    }


def _labels(pull: Discussed) -> list[Json]:
    return [label(pull.repo, pull.repo.labels[name]) for name in pull.labels]


def association(repo: Repository, account: Account) -> str:
    """How GitHub describes a person's relation to the repository."""
    if account is repo.owner:
        return "OWNER"
    if any(account.login in repo.server.members(it) for it in repo.server.teams.values() if it.organization is repo.owner):
        return "MEMBER"
    return "COLLABORATOR" if account.login.lower() in repo.permissions else "NONE"


def _side(repo: Repository, ref: str, sha: str) -> Json:
    return {
        "label": f"{repo.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(repo.server, repo.owner),
        "repo": repository(repo),
    }


def pull_simple(pull: Pull) -> Json:
    """`pull-request-simple`, as lists have it."""
    shared = _pull(pull)
    # the description knows no null description of a label here
    for it in shared["labels"]:
        it["description"] = it["description"] or ""
    return shared


def _pull(pull: Pull) -> Json:
    repo, server = pull.repo, pull.repo.server
    url, issue = f"{root(repo)}/pulls/{pull.number}", f"{root(repo)}/issues/{pull.number}"
    links = {
        "self": url,
        "html": page(pull),
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{root(repo)}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{root(repo)}/statuses/{pull.head_sha}",
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": node("PR", pull.id),
        "html_url": page(pull),
        "diff_url": f"{page(pull)}.diff",
        "patch_url": f"{page(pull)}.patch",
        **{
            f"{name}_url": links[name]
            for name in ("issue", "commits", "review_comments", "review_comment", "comments", "statuses")
        },
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": user(server, pull.user),
        "body": pull.body,
        "labels": _labels(pull),
        "milestone": None,
        "active_lock_reason": None,
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "closed_at": maybe_time(pull.closed_at),
        "merged_at": maybe_time(pull.merged_at),
        "merge_commit_sha": _test_merge_so_far(pull),
        "assignee": user(server, pull.assignees[0]) if pull.assignees else None,
        "assignees": [user(server, it) for it in pull.assignees],
        "requested_reviewers": [user(server, it) for it in pull.reviewers],
        "requested_teams": [team(server, it) for it in pull.teams],
        "head": _side(pull.head_repo, pull.head_ref, pull.head_sha),
        "base": _side(repo, pull.base_ref, pull.base_sha),
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": association(repo, pull.user),
        "auto_merge": None,
        "draft": pull.draft,
    }


def _test_merge_so_far(pull: Pull) -> str | None:
    """What lists show: only asking for one pull request makes GitHub compute."""
    if pull.state == "closed":
        return pull.merge_commit_sha
    return pull.test_merge.sha if pull.test_merge else None


def pull_full(pull: Pull) -> Json:
    """`pull-request`, with the counts that lists are cut against."""
    files = pull.repo.files_of(pull)
    unknown = pull.state == "closed" or pull.mergeable_after > 0
    mergeable = None if unknown else merging.merge_tree(pull) is not None
    blocked = pull.state == "open" and bool(merging.missing_checks(pull.repo, pull.base_ref, pull.head_sha))
    merge_sha = _test_merge_so_far(pull) if unknown else merging.trial_merge(pull)
    full = _pull(pull) | {
        "merge_commit_sha": merge_sha,
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": pull.rebaseable,
        "mergeable_state": {None: "unknown", False: "dirty"}.get(mergeable, "blocked" if blocked else "clean"),
        "merged_by": maybe_user(pull.repo.server, pull.merged_by) if pull.merged_by else None,
        "comments": len(pull.comments),
        "review_comments": 0,
        "maintainer_can_modify": pull.head_repo is not pull.repo,
        "commits": len(pull.repo.commits_of(pull)),
        "additions": sum(it.additions for it in files),
        "deletions": sum(it.deletions for it in files),
        "changed_files": len(files),
    }
    full["requested_teams"] = [{k: v for k, v in it.items() if k != "parent"} for it in full["requested_teams"]]
    return full


def pull_minimal(pull: Pull) -> Json:
    """`pull-request-minimal`, as checks and workflow runs embed it."""

    def side(repo: Repository, ref: str, sha: str) -> Json:
        return {"ref": ref, "sha": sha, "repo": {"id": repo.id, "url": root(repo), "name": repo.name}}

    return {
        "id": pull.id,
        "number": pull.number,
        "url": f"{root(pull.repo)}/pulls/{pull.number}",
        "head": side(pull.head_repo, pull.head_ref, pull.head_sha),
        "base": side(pull.repo, pull.base_ref, pull.base_sha),
    }


def review(pull: Pull, it: Review) -> Json:
    """`pull-request-review`."""
    link = f"{page(pull)}#pullrequestreview-{it.id}"
    shown = {
        "id": it.id,
        "node_id": node("PRR", it.id),
        "user": maybe_user(pull.repo.server, it.user),
        "body": it.body,
        "state": it.state,
        "html_url": link,
        "pull_request_url": f"{root(pull.repo)}/pulls/{pull.number}",
        "author_association": association(pull.repo, it.user),
        "_links": {"html": {"href": link}, "pull_request": {"href": f"{root(pull.repo)}/pulls/{pull.number}"}},
        "commit_id": it.commit_id,
    }
    return shown if it.state == "PENDING" else shown | {"submitted_at": time(it.submitted_at)}


def comment(repo: Repository, it: Comment) -> Json:
    """`issue-comment`."""
    return {
        "id": it.id,
        "node_id": node("IC", it.id),
        "url": f"{root(repo)}/issues/comments/{it.id}",
        "html_url": f"{page(repo.discussed(it.number))}#issuecomment-{it.id}",
        "body": it.body,
        "user": maybe_user(repo.server, it.user),
        "created_at": time(it.created_at),
        "updated_at": time(it.updated_at),
        "issue_url": f"{root(repo)}/issues/{it.number}",
        "author_association": association(repo, it.user),
        "performed_via_github_app": maybe_app(repo.server, it.app),
    }


def line_comment(pull: Pull, it: LineComment) -> Json:
    """`pull-request-review-comment`."""
    repo, link = pull.repo, f"{page(pull)}#discussion_r{it.id}"
    url, home = f"{root(repo)}/pulls/comments/{it.id}", f"{root(repo)}/pulls/{pull.number}"
    return {
        "id": it.id,
        "node_id": node("PRRC", it.id),
        "url": url,
        "html_url": link,
        "pull_request_url": home,
        "pull_request_review_id": it.id,
        "_links": {"self": {"href": url}, "html": {"href": link}, "pull_request": {"href": home}},
        "user": user(repo.server, it.user),
        "body": it.body,
        "path": it.path,
        "line": it.line,
        "original_line": it.line,
        "side": "RIGHT",
        "subject_type": "line",
        "diff_hunk": "@@ -1 +1 @@",
        "commit_id": it.commit_id,
        "original_commit_id": it.commit_id,
        "created_at": time(it.created_at),
        "updated_at": time(it.created_at),
        "author_association": association(repo, it.user),
    }


def issue(pull: Discussed) -> Json:
    """`issue`: an issue, or a pull request as the issues API shows it."""
    repo, server = pull.repo, pull.repo.server
    url = f"{root(repo)}/issues/{pull.number}"
    shown: Json = {
        "id": pull.id + 1,
        "node_id": node("I", pull.id),
        "url": url,
        "repository_url": root(repo),
        "labels_url": url + "/labels{/name}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": page(pull),
        "number": pull.number,
        "state": pull.state,
        "state_reason": None,
        "title": pull.title,
        "body": pull.body,
        "user": user(server, pull.user),
        "labels": _labels(pull),
        "assignee": user(server, pull.assignees[0]) if pull.assignees else None,
        "assignees": [user(server, it) for it in pull.assignees],
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(pull.comments),
        "closed_at": maybe_time(pull.closed_at),
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "closed_by": None,
        "author_association": association(repo, pull.user),
        "performed_via_github_app": maybe_app(server, pull.app),
    }
    if isinstance(pull, Pull):
        shown["draft"] = pull.draft
        shown["pull_request"] = {
            "url": f"{root(repo)}/pulls/{pull.number}",
            "html_url": page(pull),
            "diff_url": f"{page(pull)}.diff",
            "patch_url": f"{page(pull)}.patch",
            "merged_at": maybe_time(pull.merged_at),
        }
    return shown


def event(pull: Discussed, it: Event) -> Json:
    """An entry of the timeline; its shape depends on what happened."""
    repo, server = pull.repo, pull.repo.server
    if it.event == "committed":
        return git_commit(repo, it.data["sha"]) | {"event": "committed"}
    if it.event == "line-commented" and isinstance(pull, Pull):
        return {
            "event": it.event,
            "node_id": node("LC", it.id),
            "comments": [line_comment(pull, one) for one in it.data["comments"]],
        }
    if it.event == "reviewed" and isinstance(pull, Pull):
        shown = review(pull, it.data["review"])
        return shown | {"event": "reviewed", "state": shown["state"].lower(), "user": user(server, it.actor)}
    if it.event == "commented":
        person = user(server, it.actor)
        return comment(repo, it.data["comment"]) | {"event": "commented", "actor": person, "user": person}
    commit_id = it.data.get("commit_id")
    shown = {
        "id": it.id,
        "node_id": node("EV", it.id),
        "url": f"{root(repo)}/issues/events/{it.id}",
        "actor": user(server, it.actor),
        "event": it.event,
        "commit_id": commit_id,
        "commit_url": f"{root(repo)}/commits/{commit_id}" if commit_id else None,
        "created_at": time(it.created_at),
        "performed_via_github_app": maybe_app(server, it.app),
    }
    for key, value in it.data.items():
        if key != "commit_id":
            shown[key] = (
                user(server, value) if isinstance(value, Account) else team(server, value) if isinstance(value, Team) else value
            )
    return shown
