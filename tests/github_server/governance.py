"""Who may do what on a repository, what its branches require, and the checks and workflow runs on its commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.github_server.model import RANK, Account, App, CheckRun, CheckSuite, Permission, Protection, Team, WorkflowRun

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer


class Governance:
    """The side of a repository that judges; `Repository` adds the side that is judged."""

    def __init__(self, server: GitHubServer, owner: Account, *, private: bool) -> None:
        self.server = server
        self.owner = owner
        self.private = private
        self.permissions: dict[str, Permission] = {}
        self.team_permissions: dict[str, Permission] = {}
        self.protection: dict[str, Protection] = {}
        self.suites: dict[tuple[int, str], CheckSuite] = {}
        self.runs: dict[int, CheckRun] = {}
        self.workflow_runs: dict[int, WorkflowRun] = {}

    # --- people and protection ---

    def set_permission(self, login: str, permission: Permission) -> None:
        """Make a person a direct collaborator."""
        self.permissions[self.server.account(login).login.lower()] = permission

    def add_team(self, slug: str, permission: Permission) -> None:
        """Give a team of the owner a permission."""
        self.server.team(self.owner.login, slug)
        self.team_permissions[slug] = permission

    def permission_of(self, login: str) -> Permission:
        """The strongest permission a person has as owner, collaborator, through a team; `read` for anyone on a public one."""
        held: list[Permission] = ["none" if self.private else "read"]
        if login.lower() == self.owner.login.lower():
            held.append("admin")
        held.append(self.permissions.get(login.lower(), "none"))
        for slug, permission in self.team_permissions.items():
            if login.lower() in {member.lower() for member in self.server.members(self.server.team(self.owner.login, slug))}:
                held.append(permission)
        return max(held, key=lambda permission: RANK[permission])

    def protect(self, branch: str, checks: Sequence[str | tuple[str, int | None]], *, ruleset: bool = False) -> None:
        """Require checks on a branch, each from any App or from the one named; by branch protection or by a ruleset."""
        wanted = [(check, None) if isinstance(check, str) else check for check in checks]
        self.protection[branch] = Protection(wanted, ruleset)

    # --- checks and workflows ---

    def suite(self, app: App, sha: str) -> CheckSuite:
        """The suite of an App on a commit."""
        key = (app.id, sha)
        if key not in self.suites:
            self.suites[key] = CheckSuite(self.server.next_id(), app, sha, self.server.now())
        return self.suites[key]

    def add_check_run(
        self,
        name: str,
        sha: str,
        *,
        app: App | None = None,
        status: str = "completed",
        conclusion: str | None = "success",
        job: bool = False,
    ) -> CheckRun:
        """A check run of some App (GitHub Actions by default); `job` marks those that Actions makes for its jobs."""
        app = app or self.server.actions
        now = self.server.now()
        done = status == "completed"
        run = CheckRun(
            self.server.next_id(),
            name,
            sha,
            app,
            self.suite(app, sha).id,
            status,
            conclusion if done else None,
            now,
            now if done else None,
        )
        run.job = job
        run.history.append((run.status, run.conclusion))
        self.runs[run.id] = run
        return run

    def check_runs(self, sha: str | None = None, name: str | None = None) -> list[CheckRun]:
        """The check runs, oldest first; of one commit, of one name."""
        return [run for run in self.runs.values() if sha in (None, run.head_sha) and name in (None, run.name)]

    def teams(self) -> list[Team]:
        """The teams with a permission on this repository."""
        return [self.server.team(self.owner.login, slug) for slug in self.team_permissions]
