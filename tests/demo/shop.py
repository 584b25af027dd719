"""The repository that the story plays in, its people, and what they and the agents do there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from tests.demo.gate import Gate, Job
from tests.github_server import GitHubServer
from tests.github_server.gitstore import show
from tests.github_server.model import CheckRun, Pull
from tests.github_server.repository import Repository

POLICY_PATH = ".github/AGENTOWNERS"
CHECK = "AGENTOWNERS"
POLICY = """\
# what                      who       decision              why
/security/  .env*           @agents   block                 # keys and secrets
/infra/                     @agents   require_approval(2)   # what runs in production
package.json  Cargo.toml    @agents   require_approval      # new dependencies
"""
FILES = {
    POLICY_PATH: POLICY,
    "docs/keys.md": "# Keys\n\nEach key lives for 30 days.\n",
    "infra/shop.tf": 'resource "machines" "shop" {\n  count = 2\n}\n',
    "security/audit.py": "def audit(order):\n    return order.signed\n",
    "security/keys.py": '"""The keys of the shop."""\n\nLIFE_IN_DAYS = 30\n',
    "src/cart.py": "def total(cart):\n    return sum(item.price for item in cart)\n",
}
PEOPLE = ("alice", "bob", "carol")
COPILOT, CLAUDE, GEMINI = "Copilot", "claude[bot]", "gemini-code-assist[bot]"
REFUSED = (False, f'Required status check "{CHECK}" is expected.')
MERGED = (True, "Pull Request successfully merged")
_SIGNAL = "review-signal"


def open_shop(server: GitHubServer) -> Repository:
    """The repository `acme/shop`: the policy on `main`, which is protected, and three people who may write."""
    repo = server.add_repository("acme/shop", files=FILES)
    for login in PEOPLE:
        server.add_user(login)
        repo.set_permission(login, "write")
    # made once by hand: the token of the workflow may put labels on, and not make them
    for label in ("agentowners/blocked", "agentowners/approvals-required-2"):
        repo.add_label(label)
    repo.protect("main", [(CHECK, server.actions.id)])
    return repo


class Shop:
    """What is done in the shop; whatever GitHub would send an event for starts the gate."""

    def __init__(self, server: GitHubServer, repo: Repository, gate: Gate) -> None:
        self.server, self.repo, self.gate = server, repo, gate

    def open(self, title: str, branch: str, author: str, files: Mapping[str, str]) -> tuple[Pull, Job]:
        """Push a branch and open a pull request."""
        self.repo.commit(branch, files, message=title, author=author, verified=True)
        pull = self.repo.open_pull(branch, author=author, title=title)
        return pull, self.gate.judge("pull_request_target", "opened", pull=pull)

    def push(self, pull: Pull, message: str, files: Mapping[str, str]) -> Job:
        """Push one more commit to a pull request, as its author."""
        before = pull.head_sha
        after = self.repo.commit(pull.head_ref, files, message=message, author=pull.user.login, verified=True)
        return self.gate.judge("pull_request_target", "synchronize", pull=pull, before=before, after=after)

    def approve(self, pull: Pull, login: str) -> Job:
        """Approve a pull request: the review runs the signal workflow, and its end starts the gate."""
        self.repo.review(pull, login, "APPROVED")
        run = self.repo.add_workflow_run(
            event="pull_request_review",
            head_branch=pull.head_ref,
            head_sha=pull.head_sha,
            head_repo=pull.head_repo,
            actor=login,
            name=_SIGNAL,
            path=".github/workflows/agentowners-review-signal.yml",
        )
        return self.gate.judge("workflow_run", "completed", repo=self.repo, run=run, sender=login)

    def merge(self, pull: Pull, login: str) -> tuple[bool, str]:
        """Ask the server for a merge, as a person would; whether it merged, and its own words."""
        token = self.server.token("user", login=login)
        with requests.Session() as session:
            session.trust_env = False
            answer = session.put(
                f"{self.server.url}/repos/{self.repo.full_name}/pulls/{pull.number}/merge",
                headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
                json={"sha": pull.head_sha},
                timeout=20,
            )
        return answer.status_code == 200, answer.json()["message"]

    def check(self, pull: Pull) -> CheckRun | None:
        """The newest run of the required check on a pull request's head."""
        runs = self.repo.check_runs(pull.head_sha, CHECK)
        return max(runs, key=lambda run: run.id) if runs else None

    def state(self, pull: Pull) -> tuple[str | None, str | None]:
        """The check's conclusion and title."""
        run = self.check(pull)
        return (run.conclusion, run.title) if run else (None, None)

    def annotations(self, pull: Pull) -> list[dict[str, Any]]:
        """What the check says on lines of the change."""
        run = self.check(pull)
        return run.annotations if run else []

    def changed(self, pull: Pull) -> list[str]:
        """The paths that a pull request changes, as git sees it."""
        return [show(file.path) for file in self.repo.files_of(pull)]

    def on_main(self, path: str) -> str:
        """A file as it stands on `main` now."""
        return self.file("main", path)

    def file(self, revision: str, path: str) -> str:
        """A file as git has it."""
        return self.repo.store.git("show", f"{revision}:{path}").decode()
