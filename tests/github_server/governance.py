"""Who may do what on a repository, what its branches require, and the checks and workflow runs on its commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.github_server.model import RANK, Account, App, CheckRun, CheckSuite, Permission, Team, WorkflowRun
from tests.github_server.settings import DeployKey, Environment, Json, Protection, Ruleset, Settings

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer


class Governance:
    """The side of a repository that judges; `Repository` adds the side that is judged."""

    def __init__(self, server: GitHubServer, owner: Account, *, private: bool) -> None:
        self.server = server
        self.owner = owner
        self.name = ""
        self.private = private
        self.default_branch = "main"
        self.permissions: dict[str, Permission] = {}
        self.team_permissions: dict[str, Permission] = {}
        self.protection: dict[str, Protection] = {}
        self.rulesets: dict[int, Ruleset] = {}
        self.settings = Settings()
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

    def is_collaborator(self, login: str) -> bool:
        """True for whoever was given access, in whichever way, and not as one of the public."""
        held = self.permissions | {member.lower(): "read" for it in self.teams() for member in self.server.members(it)}
        return login.lower() == self.owner.login.lower() or login.lower() in held

    def protect(self, branch: str, checks: Sequence[str | tuple[str, int | None]], *, ruleset: bool = False) -> None:
        """Require checks on a branch, each from any App or from the one named; by branch protection or by a ruleset."""
        wanted = [(check, None) if isinstance(check, str) else check for check in checks]
        if not ruleset:
            self.protection[branch] = Protection(wanted)
            return
        contexts = [{"context": name} | ({} if app is None else {"integration_id": app}) for name, app in wanted]
        parameters = {"required_status_checks": contexts, "strict_required_status_checks_policy": False}
        self.add_ruleset(branch, [{"type": "required_status_checks", "parameters": parameters}], include=[f"refs/heads/{branch}"])

    def add_ruleset(
        self, name: str, rules: list[Json], *, include: Sequence[str] = ("~DEFAULT_BRANCH",), **facts: Any
    ) -> Ruleset:
        """Add a ruleset; `facts` are further fields of `Ruleset`."""
        server = self.server
        standard = {"enforcement": "active", "exclude": [], "bypass": [], "source": f"{self.owner.login}/{self.name}"}
        made = Ruleset(server.next_id(), name, include=list(include), rules=rules, made_at=server.now(), **(standard | facts))
        self.rulesets[made.id] = made
        return made

    def rules(self, branch: str) -> list[tuple[Ruleset, Json]]:
        """The rules that rulesets in force put on a branch, which need not exist."""
        in_force = [one for one in self.rulesets.values() if one.enforcement == "active"]
        return [(one, rule) for one in in_force if one.covers(branch, self.default_branch) for rule in one.rules]

    def required_checks(self, branch: str) -> list[tuple[str, int | None]]:
        """Contexts that must pass before anything is merged into a branch, each from one App or from any (None)."""
        classic = self.protection.get(branch)
        required = list(classic.checks) if classic is not None and classic.has_checks else []
        for _, rule in self.rules(branch):
            if rule["type"] == "required_status_checks":
                wanted = rule["parameters"]["required_status_checks"]
                required += [(one["context"], one.get("integration_id")) for one in wanted]
        return required

    def is_protected(self, branch: str) -> bool:
        """Whether anything protects a branch."""
        return branch in self.protection or bool(self.rules(branch))

    def add_environment(self, name: str, branches: str | list[str] | None = None, secrets: Sequence[str] = ()) -> Environment:
        """Add an environment; `branches` as `Environment` has them."""
        made = self.settings.environments[name] = Environment(self.server.next_id(), name, branches, list(secrets))
        return made

    def add_deploy_key(self, title: str, *, read_only: bool = True) -> DeployKey:
        """Add a deploy key."""
        made = DeployKey(self.server.next_id(), title, read_only)
        self.settings.keys.append(made)
        return made

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
