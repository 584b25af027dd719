"""Times, node ids, people, teams, Apps and repositories."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.github_server.model import Account, App, Team

if TYPE_CHECKING:
    from tests.github_server.repository import Repository
    from tests.github_server.server import GitHubServer

Json = dict[str, Any]
REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
    "hooks_url": "/hooks",
}
USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def time(seconds: int) -> str:
    """GitHub's spelling of a time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_time(seconds: int | None) -> str | None:
    """The same, or null."""
    return None if seconds is None else time(seconds)


def node(kind: str, number: int | str) -> str:
    """A global node id."""
    return f"{kind}_{base64.urlsafe_b64encode(str(number).encode()).decode().rstrip('=')}"


def quoted_login(account: Account) -> str:
    """A login as it stands in a URL."""
    return account.login.replace("[", "%5B").replace("]", "%5D")


def user(server: GitHubServer, account: Account) -> Json:
    """`simple-user`."""
    url = f"{server.url}/users/{quoted_login(account)}"
    slug = account.login.removesuffix("[bot]")
    page = f"{server.html_url}/apps/{slug}" if account.type == "Bot" else f"{server.html_url}/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node("U", account.id),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": page,
        **{name: url + tail for name, tail in USER_LINKS.items()},
        "type": account.type,
        "site_admin": False,
        "user_view_type": "public",
    }


def maybe_user(server: GitHubServer, account: Account) -> Json | None:
    """`nullable-simple-user`: an account that was deleted (`ghost`) is null."""
    return None if account is server.ghost else user(server, account)


def app(server: GitHubServer, it: App) -> Json:
    """`integration`."""
    return {
        "id": it.id,
        "slug": it.slug,
        "node_id": node("A", it.id),
        "owner": user(server, it.owner),
        "name": it.name,
        "description": "",
        "external_url": f"https://{it.slug}.example",
        "html_url": f"{server.html_url}/apps/{it.slug}",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "permissions": {"metadata": "read", **it.permissions},
        "events": [],
    }


def maybe_app(server: GitHubServer, it: App | None) -> Json | None:
    """`nullable-integration`."""
    return None if it is None else app(server, it)


def team(server: GitHubServer, it: Team, permission: str = "pull") -> Json:
    """`team`."""
    parent = None if it.parent is None else _team_simple(server, it.parent, permission)
    return _team_simple(server, it, permission) | {"parent": parent}


def _team_simple(server: GitHubServer, it: Team, permission: str) -> Json:
    url = f"{server.url}/organizations/{it.organization.id}/team/{it.id}"
    return {
        "id": it.id,
        "node_id": node("T", it.id),
        "url": url,
        "html_url": f"{server.html_url}/orgs/{it.organization.login}/teams/{it.slug}",
        "name": it.slug,
        "slug": it.slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": permission,
        "members_url": url + "/members{/member}",
        "repositories_url": url + "/repos",
        "type": "organization",
        "organization_id": it.organization.id,
    }


def team_full(server: GitHubServer, it: Team) -> Json:
    """`team-full`."""
    return team(server, it) | {
        "members_count": len(server.members(it)),
        "repos_count": sum(
            it.slug in repo.team_permissions for repo in server.repositories.values() if repo.owner is it.organization
        ),
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "organization": organization(server, it.organization),
    }


def organization(server: GitHubServer, account: Account) -> Json:
    """`organization-full` and `team-organization`."""
    url = f"{server.url}/orgs/{account.login}"
    tails = ("repos", "events", "hooks", "issues")
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node("O", account.id),
        "url": url,
        **{f"{tail}_url": f"{url}/{tail}" for tail in tails},
        "members_url": url + "/members{/member}",
        "public_members_url": url + "/public_members{/member}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{account.id}?v=4",
        "description": "",
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": sum(repo.owner is account and not repo.private for repo in server.repositories.values()),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{server.html_url}/{account.login}",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "archived_at": None,
        "type": "Organization",
    }


def _links(repo: Repository) -> Json:
    server = repo.server
    url = f"{server.url}/repos/{repo.full_name}"
    return {
        "id": repo.id,
        "node_id": node("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user(server, repo.owner),
        "private": repo.private,
        "html_url": f"{server.html_url}/{repo.full_name}",
        "description": None,
        "fork": repo.parent is not None,
        "url": url,
        **{name: url + tail for name, tail in REPOSITORY_LINKS.items()},
    }


def minimal_repository(repo: Repository) -> Json:
    """`minimal-repository`, as checks and workflow runs embed it."""
    return _links(repo)


def repository(repo: Repository) -> Json:
    """`repository`, as pull requests embed it."""
    page = f"{repo.server.html_url}/{repo.full_name}"
    return _links(repo) | {
        "git_url": f"git://github.com/{repo.full_name}.git",
        "ssh_url": f"git@github.com:{repo.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "forks_count": 0,
        "forks": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        "size": 0,
        "default_branch": repo.default_branch,
        "open_issues_count": sum(pull.state == "open" for pull in repo.pulls.values()),
        "open_issues": sum(pull.state == "open" for pull in repo.pulls.values()),
        "is_template": False,
        "topics": [],
        "has_issues": repo.settings.has_issues,
        "has_projects": True,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "archived": False,
        "disabled": False,
        "visibility": "private" if repo.private else "public",
        "pushed_at": time(repo.created_at),
        "created_at": time(repo.created_at),
        "updated_at": time(repo.created_at),
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "license": None,
    }


def full_repository(repo: Repository) -> Json:
    """`full-repository`."""
    full = repository(repo) | {"subscribers_count": 0, "network_count": 0, "temp_clone_token": None}
    if repo.owner.type == "Organization":
        full["organization"] = user(repo.server, repo.owner)
    if repo.parent:
        full |= {"parent": repository(repo.parent), "source": repository(repo.parent)}
    return full
