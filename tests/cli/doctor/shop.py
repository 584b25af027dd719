"""The shop that ``doctor`` looks at in the tests and in the documentation, on the loopback server, set up by halves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.checkup.repository import GATE, OWN_APP_GATE, SIGNAL
from tests.cli.run import Ran
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

POLICY = "/security/  @agents  block\nrefs/heads/production  @agents  require_approval(2)\n"
FILES = {
    ".github/AGENTOWNERS": POLICY,
    ".github/workflows/agentowners.yml": GATE,
    ".github/workflows/agentowners-review-signal.yml": SIGNAL,
    "security/keys.py": "KEY = 1\n",
    "README.md": "# Shop\n",
}
STRONG = {
    ".github/CODEOWNERS": "* @acme/core\n",
    ".github/workflows/agentowners.yml": OWN_APP_GATE + "          check-name: AGENTOWNERS ({base})\n",
}
RULES: list[dict[str, Any]] = [
    {
        "type": "pull_request",
        "parameters": {
            "dismiss_stale_reviews_on_push": False,
            "require_code_owner_review": True,
            "require_last_push_approval": False,
            "required_approving_review_count": 1,
            "required_review_thread_resolution": False,
        },
    },
    {"type": "non_fast_forward"},
    {"type": "deletion"},
]


def shop(server: GitHubServer, **changes: Any) -> Repository:
    """``acme/shop``: a policy and a gate on ``main``, a ``production`` that the policy names, and nothing required yet."""
    repo = server.add_repository("acme/shop", files=FILES, **changes)
    repo.branch("production")
    for login in ("octocat", "hubot"):
        server.add_user(login)
    repo.set_permission("octocat", "admin")
    repo.set_permission("hubot", "write")
    return repo


def administrator(server: GitHubServer, login: str = "octocat") -> str:
    """The token of a person who administrates."""
    return server.token("user", login=login)


def strengthen(server: GitHubServer, repo: Repository, files: Mapping[str, str] = STRONG) -> int:
    """Make everything as strong as it can be, but for the required check; the id of the App that is to report it."""
    app = server.add_app("acme-gate", permissions={"checks": "write"})
    server.install(app, "acme", {"checks": "write", "contents": "read"})
    repo.commit("main", dict(files), message="strengthen")
    repo.add_environment("agentowners", ["main"], ["AGENTOWNERS_APP_KEY"])
    repo.add_ruleset("Pull requests", RULES, include=["~DEFAULT_BRANCH", "refs/heads/production"])
    return app.id


def found(ran: Ran, question: str, branch: str | None = "main") -> dict[str, Any]:
    """The finding about a question, in the JSON form."""
    (one,) = [it for it in ran.json["findings"] if it["id"] == question and it["branch"] == branch]
    return dict(one)
