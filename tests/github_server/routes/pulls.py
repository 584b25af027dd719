"""Pull requests: read, listed, edited, merged; their files and commits with GitHub's caps."""

from __future__ import annotations

from tests.github_server.model import MergeRefused, Pull
from tests.github_server.render import history
from tests.github_server.render import pulls as render
from tests.github_server.render.common import team, user
from tests.github_server.web import ApiError, Reply, Request, invalid, operation


@operation("pulls/list", "pull_requests:read")
def list_pulls(request: Request) -> Reply:
    """Open ones by default, newest first, by head `owner:branch` and base."""
    query = request.query
    found = [
        pull
        for pull in request.repo.pulls.values()
        if query.get("state", "open") in ("all", pull.state)
        and query.get("base", pull.base_ref) == pull.base_ref
        and query.get("head", pull.head_label) == pull.head_label
    ]
    if ":" not in query.get("head", ":"):
        # GitHub silently ignores a head without an owner; a client that relies on that is wrong
        raise invalid("PullRequest", "head", "head must be in the form owner:branch")
    order = query.get("sort", "created")
    default = "desc" if order == "created" else "asc"
    found.sort(key=lambda pull: pull.updated_at if order == "updated" else pull.number)
    if query.get("direction", default) == "desc":
        found.reverse()
    return request.pages(found, render.pull_simple)


@operation("pulls/create", "pull_requests:write")
def create(request: Request) -> Reply:
    """From a branch of the repository itself; one for each pair of branches."""
    repo, body = request.repo, request.body
    head, base = body["head"].removeprefix(f"{repo.owner.login}:"), body["base"]
    for name, field in ((head, "head"), (base, "base")):
        if name not in repo.branches():
            raise invalid("PullRequest", field)
    if repo.tip(head) == repo.tip(base):
        raise invalid("PullRequest", "head", f"No commits between {base} and {head}")
    if any(pull.state == "open" and (pull.head_ref, pull.base_ref) == (head, base) for pull in repo.pulls.values()):
        raise invalid("PullRequest", "head", f"A pull request already exists for {repo.owner.login}:{head}.")
    author = request.token.account.login
    said = {name: body[name] for name in ("title", "body", "draft") if name in body}
    pull = repo.open_pull(head, base=base, author=author, **said)
    return Reply(201, render.pull_full(pull))


@operation("pulls/get", "pull_requests:read")
def get(request: Request) -> Reply:
    """One, with its counts; `mergeable` is null for as long as a test said, and asking is what starts to compute it."""
    shown = render.pull_full(request.pull)
    request.pull.mergeable_after = max(0, request.pull.mergeable_after - 1)
    return Reply(200, shown)


@operation("pulls/update", "pull_requests:write")
def update(request: Request) -> Reply:
    """Title, body, state and base."""
    pull, body, actor = request.pull, request.body or {}, request.token.account.login
    if "base" in body:
        if body["base"] not in pull.repo.branches():
            raise invalid("PullRequest", "base")
        if pull.state == "closed":
            raise invalid("PullRequest", "base", "Cannot change the base branch of a closed pull request.")
        pull.repo.retarget(pull, body["base"], by=actor)
    if "state" in body and body["state"] != pull.state:
        if pull.merged_at:
            raise invalid("PullRequest", "state", "state cannot be changed. The pull request has been merged.")
        (pull.repo.close if body["state"] == "closed" else pull.repo.reopen)(pull, by=actor)
    if "title" in body and body["title"] != pull.title:
        rename = {"rename": {"from": pull.title, "to": body["title"]}}
        pull.title = body["title"]
        pull.repo.add_event(pull, "renamed", request.token.account, rename)
    if "body" in body:
        pull.body = body["body"]
    return Reply(200, render.pull_full(pull))


@operation("pulls/list-files", "pull_requests:read")
def list_files(request: Request) -> Reply:
    """At most 3,000, silently cut."""
    pull = request.pull
    files = pull.repo.files_of(pull)[: request.server.limits.files]
    return request.pages(files, lambda it: history.file(pull.repo, it, pull.head_sha))


@operation("pulls/list-commits", "pull_requests:read")
def list_commits(request: Request) -> Reply:
    """At most 250, silently cut."""
    pull = request.pull
    commits = pull.repo.commits_of(pull)[: request.server.limits.commits]
    return request.pages(commits, lambda sha: history.commit(pull.repo, sha))


@operation("pulls/check-if-merged", "pull_requests:read")
def check_if_merged(request: Request) -> Reply:
    """204 or 404."""
    if request.pull.merged_at is None:
        raise ApiError(404, "Not Found")
    return Reply(204)


@operation("pulls/merge", "contents:write")
def merge(request: Request) -> Reply:
    """Refused (405) while a required check does not pass, 409 when the head is not the `sha` that was meant."""
    pull, body = request.pull, request.body or {}
    try:
        method = body.get("merge_method", "merge")
        sha = pull.repo.merge(pull, request.token.account.login, sha=body.get("sha"), method=method)
    except MergeRefused as refused:
        return Reply(
            refused.status,
            {"message": refused.message, "documentation_url": "https://docs.github.com/rest/pulls/pulls#merge-a-pull-request"},
        )
    return Reply(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


@operation("pulls/list-requested-reviewers", "pull_requests:read")
def list_requested_reviewers(request: Request) -> Reply:
    """People and teams that were asked."""
    server, pull = request.server, request.pull
    return Reply(200, {"users": [user(server, it) for it in pull.reviewers], "teams": [team(server, it) for it in pull.teams]})


@operation("pulls/request-reviewers", "pull_requests:write")
def request_reviewers(request: Request) -> Reply:
    """All of them or nobody: one who cannot be asked is a 422. The token of a workflow sees no teams."""
    pull, body, asker = request.pull, request.body or {}, request.token.account
    repo, server = pull.repo, request.server
    logins, slugs = body.get("reviewers", []), body.get("team_reviewers", [])
    if pull.user.login.lower() in {login.lower() for login in logins}:
        raise ApiError(422, "Review cannot be requested from pull request author.")
    known = {it.slug: it for it in repo.teams()} if request.token.kind != "actions" else {}
    if not all(map(repo.is_collaborator, logins)) or not known.keys() >= set(slugs):
        names = f"{repo.owner.login}/{repo.name} repository"
        few = "One or more of the users or teams you specified is not a collaborator of the"
        raise ApiError(422, f"Reviews may only be requested from collaborators. {few} {names}.")
    for login in logins:
        if server.account(login) not in pull.reviewers:
            repo.request_review(pull, login, by=asker.login)
    for slug in slugs:
        if known[slug] not in pull.teams:
            repo.request_team(pull, known[slug], by=asker.login)
    return Reply(201, render.pull_simple(pull))


@operation("pulls/remove-requested-reviewers", "pull_requests:write")
def remove_reviewers(request: Request) -> Reply:
    """Whoever was not asked is passed over."""
    pull, body = request.pull, request.body or {}
    for login in body["reviewers"]:
        pull.repo.withdraw_request(pull, login, by=request.token.account.login)
    return Reply(200, render.pull_simple(pull))


@operation("repos/list-pull-requests-associated-with-commit", "pull_requests:read")
def for_commit(request: Request) -> Reply:
    """Open and merged pull requests that contain the commit; merged ones only for a commit of the default branch."""
    repo = request.repo
    sha = repo.resolve(request.params["commit_sha"])
    if sha is None:
        raise ApiError(422, f"No commit found for SHA: {request.params['commit_sha']}")
    default = repo.branches().get(repo.default_branch)
    landed = default is not None and repo.store.merge_base(sha, default) == sha

    def holds(pull: Pull) -> bool:
        if pull.state == "closed" and not pull.merged_at:
            return False
        if landed and not pull.merged_at:
            return False
        return sha in (pull.head_sha, pull.merge_commit_sha) or sha in repo.commits_of(pull)

    return request.pages([pull for pull in repo.pulls.values() if holds(pull)], render.pull_simple)
