"""The server's state as GraphQL's objects: dictionaries whose callables are asked only where a query has the field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.github_server import merging, trials
from tests.github_server.diffs import FileDiff
from tests.github_server.gitstore import show as shown_path
from tests.github_server.graph.values import Json, Refused, Speaker, actor, connection
from tests.github_server.model import CheckRun, Comment, Discussed, Event, Issue, Pull, Review
from tests.github_server.render.common import maybe_time, node, time
from tests.github_server.render.pulls import association, page

if TYPE_CHECKING:
    from tests.github_server.repository import Repository

__all__ = ["root", "time"]

_CHANGES = {"removed": "DELETED"}
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#([0-9]+)\b", re.IGNORECASE)
_EVENTS = {
    "assigned": "AssignedEvent",
    "base_ref_changed": "BaseRefChangedEvent",
    "base_ref_deleted": "BaseRefDeletedEvent",
    "automatic_base_change_succeeded": "AutomaticBaseChangeSucceededEvent",
    "closed": "ClosedEvent",
    "comment_deleted": "CommentDeletedEvent",
    "commented": "IssueComment",
    "committed": "PullRequestCommit",
    "head_ref_force_pushed": "HeadRefForcePushedEvent",
    "labeled": "LabeledEvent",
    "merged": "MergedEvent",
    "renamed": "RenamedTitleEvent",
    "reopened": "ReopenedEvent",
    "review_dismissed": "ReviewDismissedEvent",
    "review_requested": "ReviewRequestedEvent",
    "reviewed": "PullRequestReview",
    "unassigned": "UnassignedEvent",
    "unlabeled": "UnlabeledEvent",
}


def root(who: Speaker) -> Json:
    """`Query`."""

    def find(info: Any, *, owner: str, name: str, followRenames: bool = True) -> Json:
        repo = who.server.repositories.get(f"{owner}/{name}".lower())
        hidden = repo is not None and repo.private and who.token.repository not in (None, repo)
        if repo is None or hidden:
            raise Refused("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return repository(who, repo)

    def user(info: Any, *, login: str) -> Json | None:
        account = who.server.accounts.get(login.lower())
        if account is None or account.type != "User":
            raise Refused("NOT_FOUND", f"Could not resolve to a User with the login of '{login}'.")
        return actor(who.server, account)

    return {"repository": find, "user": user, "viewer": actor(who.server, who.token.account)}


def repository(who: Speaker, repo: Repository) -> Json:
    """`Repository`; how pull requests may be merged is told to all who may read it."""

    def issue_or_pull(info: Any, *, number: int) -> Json:
        if number in repo.pulls:
            return one_pull(info, number=number)
        return one_issue(info, number=number, kind="an issue or pull request")

    def one_pull(info: Any, *, number: int) -> Json:
        who.require("pull_requests")
        if number not in repo.pulls:
            raise Refused("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return pull_request(who, repo.pulls[number])

    def one_issue(info: Any, *, number: int, kind: str = "an Issue") -> Json:
        who.require("issues")
        if number not in repo.issues or not repo.settings.has_issues:
            raise Refused("NOT_FOUND", f"Could not resolve to {kind} with the number of {number}.")
        return issue(who, repo.issues[number])

    def pulls(info: Any, **arguments: Any) -> Json:
        who.require("pull_requests")
        states = arguments.get("states") or ["OPEN", "CLOSED", "MERGED"]
        found = [it for it in repo.pulls.values() if _state(it) in states]
        found = [it for it in found if arguments.get("baseRefName") in (None, it.base_ref)]
        found = [it for it in found if arguments.get("headRefName") in (None, it.head_ref)]
        order = arguments.get("orderBy")
        if order:
            found.sort(key=lambda it: it.updated_at if order["field"] == "UPDATED_AT" else it.number)
        if order and order["direction"] == "DESC":
            found.reverse()
        return connection(found, lambda it: pull_request(who, it))(info, **arguments)

    def ref(info: Any, *, qualifiedName: str) -> Json | None:
        who.require("contents")
        name = qualifiedName.removeprefix("refs/heads/")
        return _ref(repo, name) if name in repo.branches() else None

    settings = repo.settings
    return {
        "__typename": "Repository",
        "id": node("R", repo.id),
        "databaseId": repo.id,
        "name": repo.name,
        "nameWithOwner": repo.full_name,
        "owner": actor(who.server, repo.owner),
        "isPrivate": repo.private,
        "isFork": repo.parent is not None,
        "hasIssuesEnabled": settings.has_issues,
        "mergeCommitAllowed": settings.allow_merge_commit,
        "squashMergeAllowed": settings.allow_squash_merge,
        "rebaseMergeAllowed": settings.allow_rebase_merge,
        "defaultBranchRef": lambda info: _ref(repo, repo.default_branch),
        "ref": ref,
        "pullRequest": one_pull,
        "pullRequests": pulls,
        "issue": one_issue,
        "issueOrPullRequest": issue_or_pull,
    }


def _ref(repo: Repository, name: str) -> Json:
    tip = repo.tip(name)
    return {"name": name, "prefix": "refs/heads/", "target": lambda info: commit(repo, tip)}


def _state(pull: Pull) -> str:
    return "MERGED" if pull.merged_at else pull.state.upper()


def commit(repo: Repository, sha: str) -> Json:
    """`Commit`; the user of an author is null where it is a bot."""
    it = repo.store.read_commit(sha)

    def person(name: str, email: str, date: int) -> Json:
        account = repo.server.find_account(email)
        user = actor(repo.server, account) if account is not None and account.type == "User" else None
        return {"name": name, "email": email, "date": time(date), "user": user}

    return {
        "__typename": "Commit",
        "id": node("C", sha),
        "oid": sha,
        "message": it.message.removesuffix("\n"),
        "messageHeadline": it.message.split("\n")[0],
        "committedDate": time(it.committer.date),
        "authoredDate": time(it.author.date),
        "author": person(it.author.name, it.author.email, it.author.date),
        "committer": person(it.committer.name, it.committer.email, it.committer.date),
        "parents": connection(it.parents, lambda parent: commit(repo, parent)),
        "tree": {"oid": it.tree},
        "checkSuites": lambda info, **arguments: _suites(repo, sha, info, arguments),
    }


def _suites(repo: Repository, sha: str, info: Any, arguments: Json) -> Json:
    """`CheckSuiteConnection`: by the name of a check, the suites that have a run of it."""
    name = (arguments.pop("filterBy", None) or {}).get("checkName")
    suites: dict[int, list[CheckRun]] = {}
    for run in repo.check_runs(sha, name):
        suites.setdefault(run.suite_id, []).append(run)
    shown: Json = connection(list(suites.values()), _suite)(info, **arguments)
    return shown


def _suite(runs: list[CheckRun]) -> Json:
    def of_kind(info: Any, **arguments: Any) -> Json:
        wanted = arguments.pop("filterBy", None) or {}
        found = [run for run in sorted(runs, key=lambda run: run.id) if wanted.get("checkName") in (None, run.name)]
        if wanted.get("checkType") == "LATEST":
            found = list({run.name: run for run in found}.values())
        shown: Json = connection(found, _run)(info, **arguments)
        return shown

    return {"__typename": "CheckSuite", "id": node("CS", runs[0].suite_id), "databaseId": runs[0].suite_id, "checkRuns": of_kind}


def _run(it: CheckRun) -> Json:
    return {
        "__typename": "CheckRun",
        "id": node("CR", it.id),
        "databaseId": it.id,
        "name": it.name,
        "status": it.status.upper(),
        "conclusion": it.conclusion.upper() if it.conclusion else None,
        "title": it.title,
    }


def _discussed(who: Speaker, it: Discussed) -> Json:
    """What issues and pull requests share."""
    repo, server = it.repo, it.repo.server
    return {
        "number": it.number,
        "title": it.title,
        "body": it.body or "",
        "author": actor(server, it.user),
        "authorAssociation": association(repo, it.user),
        "editor": actor(server, it.editor),
        "lastEditedAt": maybe_time(it.last_edited_at),
        "includesCreatedEdit": it.last_edited_at is not None,
        "createdAt": time(it.created_at),
        "updatedAt": time(it.updated_at),
        "closed": it.state == "closed",
        "closedAt": maybe_time(it.closed_at),
        "url": page(it),
        "comments": connection(it.comments, lambda one: comment(who, it, one)),
        "timelineItems": lambda info, **arguments: _timeline(who, it, info, arguments),
    }


def issue(who: Speaker, it: Issue) -> Json:
    """`Issue`."""
    kinds = {"__typename": "Issue", "id": node("I", it.id), "databaseId": it.id, "state": it.state.upper()}
    return _discussed(who, it) | kinds


def pull_request(who: Speaker, it: Pull) -> Json:
    """`PullRequest`."""
    repo = it.repo

    def mergeable(info: Any) -> str:
        if it.state == "closed" or it.mergeable_after > 0:
            it.mergeable_after = max(0, it.mergeable_after - 1)
            return "UNKNOWN"
        return "CONFLICTING" if merging.merge_tree(it) is None else "MERGEABLE"

    def test_merge(info: Any) -> Json | None:
        sha = None if it.state == "closed" or merging.merge_tree(it) is None else trials.current(it)
        return commit(repo, sha) if sha else None

    def decision(info: Any) -> str | None:
        states = {review.user: review.state for review in it.reviews if review.state in {"APPROVED", "CHANGES_REQUESTED"}}
        return "CHANGES_REQUESTED" if "CHANGES_REQUESTED" in states.values() else "APPROVED" if states else None

    def reviews(info: Any, **arguments: Any) -> Json:
        wanted = arguments.get("states")
        found = [one for one in it.reviews if one.state != "PENDING" and (not wanted or one.state in wanted)]
        return connection(found, lambda one: review(who, it, one))(info, **arguments)

    def closing(info: Any, **arguments: Any) -> Json:
        numbers = dict.fromkeys(int(number) for number in _CLOSES.findall(it.body or ""))
        found = [repo.issues[number] for number in numbers if number in repo.issues]
        return connection(found, lambda one: issue(who, one))(info, **arguments)

    def commits(info: Any, **arguments: Any) -> Json:
        return connection(repo.commits_of(it), lambda sha: _own_commit(repo, sha))(info, **arguments)

    def files(info: Any, **arguments: Any) -> Json:
        return connection(repo.files_of(it)[: who.server.limits.files], _file)(info, **arguments)

    return _discussed(who, it) | {
        "__typename": "PullRequest",
        "id": node("PR", it.id),
        "databaseId": it.id,
        "state": _state(it),
        "isDraft": it.draft,
        "merged": it.merged_at is not None,
        "mergedAt": maybe_time(it.merged_at),
        "mergedBy": actor(who.server, it.merged_by),
        "mergeable": mergeable,
        "canBeRebased": bool(it.rebaseable),
        "potentialMergeCommit": test_merge,
        "mergeCommit": lambda info: commit(repo, it.merge_commit_sha) if it.merge_commit_sha else None,
        "baseRefName": it.base_ref,
        "baseRefOid": it.base_sha,
        "headRefName": it.head_ref,
        "headRefOid": it.head_sha,
        "headRepositoryOwner": actor(who.server, it.head_repo.owner),
        "headRepository": lambda info: repository(who, it.head_repo),
        "isCrossRepository": it.head_repo is not repo,
        "changedFiles": lambda info: len(repo.files_of(it)),
        "files": files,
        "commits": commits,
        "reviews": reviews,
        "reviewDecision": decision,
        "closingIssuesReferences": closing,
    }


def _own_commit(repo: Repository, sha: str) -> Json:
    return {"__typename": "PullRequestCommit", "id": node("PRC", sha), "commit": lambda info: commit(repo, sha)}


def _file(it: FileDiff) -> Json:
    # GraphQL does not tell the path that a file had before
    change = _CHANGES.get(it.status, it.status.upper() if it.status != "changed" else "CHANGED")
    return {"path": shown_path(it.path), "changeType": change, "additions": it.additions, "deletions": it.deletions}


def review(who: Speaker, pull: Pull, it: Review) -> Json:
    """`PullRequestReview`."""
    return {
        "__typename": "PullRequestReview",
        "id": node("PRR", it.id),
        "databaseId": it.id,
        "author": actor(who.server, it.user),
        "authorAssociation": association(pull.repo, it.user),
        "body": it.body,
        "state": it.state,
        "submittedAt": time(it.submitted_at),
        "url": f"{page(pull)}#pullrequestreview-{it.id}",
        "commit": lambda info: commit(pull.repo, it.commit_id),
    }


def comment(who: Speaker, home: Discussed, it: Comment) -> Json:
    """`IssueComment`; it does not tell the App that it was made through."""
    server = who.server
    return {
        "__typename": "IssueComment",
        "id": node("IC", it.id),
        "databaseId": it.id,
        "fullDatabaseId": str(it.id),
        "author": actor(server, it.user),
        "authorAssociation": association(home.repo, it.user),
        "body": it.body,
        "createdAt": time(it.created_at),
        "updatedAt": time(it.updated_at),
        "publishedAt": time(it.created_at),
        "lastEditedAt": maybe_time(it.last_edited_at),
        "includesCreatedEdit": it.last_edited_at is not None,
        "editor": actor(server, it.editor),
        "isMinimized": it.minimized is not None,
        "minimizedReason": it.minimized,
        "url": f"{page(home)}#issuecomment-{it.id}",
        "viewerDidAuthor": it.user is who.token.account,
    }


def _timeline(who: Speaker, it: Discussed, info: Any, arguments: Json) -> Json:
    wanted = arguments.pop("itemTypes", None)
    events = [one for one in it.timeline if one.event in _EVENTS]
    events = [one for one in events if not wanted or _constant(_EVENTS[one.event]) in wanted]
    shown: Json = connection(events, lambda one: _event(who, it, one))(info, **arguments)
    return shown | {"filteredCount": shown["totalCount"], "pageCount": len(shown["nodes"])}


def _constant(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()


def _event(who: Speaker, home: Discussed, it: Event) -> Json:
    kind, server = _EVENTS[it.event], who.server
    if it.event == "commented":
        return comment(who, home, it.data["comment"])
    if it.event == "reviewed" and isinstance(home, Pull):
        return review(who, home, it.data["review"])
    if it.event == "committed":
        return _own_commit(home.repo, it.data["sha"])
    shown: Json = {
        "__typename": kind,
        "id": node(kind, it.id),
        "databaseId": it.id,
        "actor": actor(server, it.actor),
        "createdAt": time(it.created_at),
    }
    if it.bases is not None:
        names = ("previousRefName", "currentRefName") if it.event == "base_ref_changed" else ("oldBase", "newBase")
        return shown | dict(zip(names, it.bases, strict=True))
    people = {"deleted_author": "deletedCommentAuthor", "assignee": "assignee", "requested_reviewer": "requestedReviewer"}
    return shown | {name: actor(server, it.data[key]) for key, name in people.items() if key in it.data}
