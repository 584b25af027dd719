"""The server: its people, Apps, teams, repositories and tokens, and the thread that answers HTTP."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.github_server import accounts, merging, payloads
from tests.github_server.faults import Faults
from tests.github_server.gitstore import Files
from tests.github_server.http import HttpServer, RequestRecord, Violation
from tests.github_server.model import ACTIONS_APP, KNOWN_ACCOUNTS, Account, App, Installation, MergeGroup, Pull, Team, Token
from tests.github_server.repository import Repository

EPOCH = 1_767_225_600  # 2026-01-01T00:00:00Z: the server's clock starts here and ticks a second at every change
NOREPLY = re.compile(r"(?:(?P<id>[0-9]+)\+)?(?P<login>[^@]+)@users\.noreply\.github\.com", re.IGNORECASE)


@dataclass(slots=True)
class Limits:
    """Sizes at which GitHub cuts or refuses; tests make them small."""

    files: int = 3000
    commits: int = 250
    compare_files: int = 300
    compare_commits: int = 250
    tree_entries: int = 100_000
    patch_bytes: int = 1_000_000
    blob_bytes: int = 100_000_000
    content_bytes: int = 1_000_000
    runs_per_name: int = 1000
    rate: int = 1000
    graphql_rate: int = 1000


class GitHubServer:
    """A GitHub of one's own; a context manager. The package's docstring shows its use."""

    def __init__(self, port: int = 0) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="github-server-"))
        self.lock = threading.RLock()
        self.stopped = threading.Event()
        self.limits = Limits()
        self.used: dict[str, int] = {}
        self.used_graphql: dict[str, int] = {}
        self.requests: list[RequestRecord] = []
        self.violations: list[Violation] = []
        self.faults = Faults()
        self.gate: Callable[[str], None] | None = None
        """Called with a request's token before it is looked at; may wait, and so decide in which order clients are served."""
        self.accounts: dict[str, Account] = {}
        self.apps: dict[str, App] = {}
        self.installations: list[Installation] = []
        self.teams: dict[tuple[str, str], Team] = {}
        self.repositories: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}
        self.verification: dict[str, str] = {}
        self.merge_cache: dict[tuple[str, str], str | None] = {}
        self.html_url = "https://github.com"
        self._clock = EPOCH
        self._last_id = 1_000_000_000
        self._http = HttpServer(self, port)
        self.url = f"http://127.0.0.1:{self._http.port}"
        self.ghost = self._add("ghost", 10137, "User")
        self._add("web-flow", 19864447, "User").emails.add("noreply@github.com")
        self.actions = self.add_app("github-actions", id=ACTIONS_APP)

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering, end git's processes, remove the repositories."""
        self._http.stop()
        for repo in self.repositories.values():
            repo.store.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def expect_violations(self) -> list[Violation]:
        """The violations so far, which then no longer fail the test."""
        found = list(self.violations)
        self.violations.clear()
        return found

    def now(self) -> int:
        """The time in seconds; a second later at every call."""
        self._clock += 1
        return self._clock

    @property
    def clock(self) -> int:
        """The time in seconds, which looking at does not change."""
        return self._clock

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self._clock += seconds

    def next_id(self) -> int:
        """A number nothing else has."""
        self._last_id += 1
        return self._last_id

    # --- people ---

    def _add(self, login: str, id: int, type: str) -> Account:
        account = self.accounts[login.lower()] = Account(id, login, type)
        return account

    def add_user(
        self, login: str, *, id: int | None = None, type: str = "", emails: Sequence[str] = (), name: str | None = None
    ) -> Account:
        """Add a user, or a Bot; well-known logins get their real id and type unless told otherwise. Known ones are changed."""
        known_id, known_type = KNOWN_ACCOUNTS.get(login, (None, "Bot" if login.endswith("[bot]") else "User"))
        account = self.accounts.get(login.lower()) or self._add(login, known_id or self.next_id(), known_type)
        account.id = id if id is not None else account.id
        account.type = type or account.type
        account.name = name if name is not None else account.name
        account.emails.update(emails)
        return account

    def rename(self, login: str, new: str) -> None:
        """Give an account another login; the old one is anybody's to take."""
        accounts.rename(self, login, new)

    def delete_account(self, login: str) -> None:
        """Delete an account: what it did is the ghost's, and its commits are linked to nobody."""
        accounts.delete(self, login)

    def add_organization(self, login: str) -> Account:
        """Add an organization."""
        return self.add_user(login, type="Organization")

    def account(self, login: str) -> Account:
        """The account of a login (case does not count), added if need be."""
        return self.accounts.get(login.lower()) or self.add_user(login)

    def find_account(self, email: str) -> Account | None:
        """The account that GitHub would link a commit with this e-mail to."""
        match = NOREPLY.fullmatch(email)
        for account in self.accounts.values():
            if match and match["id"]:
                if account.id == int(match["id"]):
                    return account
            elif match:
                if account.login.lower() == match["login"].lower():
                    return account
            elif email.lower() in {known.lower() for known in account.emails}:
                return account
        return None

    def add_app(self, slug: str, *, id: int | None = None, permissions: Mapping[str, str] | None = None) -> App:
        """Add an App and the Bot it writes as."""
        owner = self.add_organization("github" if id == ACTIONS_APP else f"{slug}-makers")
        bot = self.add_user(f"{slug}[bot]", type="Bot")
        name = "GitHub Actions" if id == ACTIONS_APP else slug.replace("-", " ").title()
        granted = dict(permissions or {"checks": "write", "contents": "read"})
        app = App(id or self.next_id(), slug, name, owner, bot, granted, f"Iv23li{slug}")
        self.apps[slug] = app
        return app

    def install(
        self, app: App, organization: str, permissions: Mapping[str, str], *, repositories: Sequence[str] | None = None
    ) -> Installation:
        """Install an App on an organization's repositories, all of them or those that are named."""
        account = self.add_organization(organization)
        selection = "all" if repositories is None else "selected"
        granted = {"metadata": "read", **permissions}
        made = Installation(self.next_id(), app, account, granted, selection, list(repositories or ()))
        self.installations.append(made)
        return made

    def add_team(
        self, name: str, members: Sequence[str] = (), *, maintainers: Sequence[str] = (), parent: str | None = None
    ) -> Team:
        """Add a team, `organization/slug`; a parent is named by its slug."""
        organization, slug = name.split("/")
        roles = {self.account(login).login: "member" for login in members}
        roles |= {self.account(login).login: "maintainer" for login in maintainers}
        above = self.team(organization, parent) if parent else None
        team = Team(self.next_id(), self.add_organization(organization), slug, roles, above)
        self.teams[organization.lower(), slug] = team
        return team

    def team(self, organization: str, slug: str) -> Team:
        """A team; KeyError where there is none."""
        return self.teams[organization.lower(), slug]

    def members(self, team: Team) -> dict[str, str]:
        """Login and role of a team's members, those of its child teams included."""
        found: dict[str, str] = {}
        for child in self.teams.values():
            if child.parent is team:
                found |= self.members(child)
        return found | team.roles

    # --- repositories ---

    def add_repository(
        self,
        full_name: str,
        *,
        owner_type: Literal["Organization", "User"] = "Organization",
        private: bool = False,
        default_branch: str = "main",
        files: Files | None = None,
    ) -> Repository:
        """Add a repository; with files, they are its first commit."""
        repo = self.make_repository(full_name, owner_type, private, default_branch, None)
        if files is not None:
            repo.commit(default_branch, files, message="first commit")
        return repo

    def make_repository(
        self, full_name: str, owner_type: str, private: bool, default_branch: str, parent: Repository | None
    ) -> Repository:
        """Add a repository or a fork."""
        owner_login, name = full_name.split("/")
        owner = self.accounts.get(owner_login.lower()) or self.add_user(owner_login, type=owner_type)
        repo = Repository(self, self.next_id(), owner, name, default_branch, private=private, parent=parent)
        self.repositories[full_name.lower()] = repo
        return repo

    def repository(self, full_name: str) -> Repository:
        """A repository by `owner/name`; KeyError where there is none."""
        return self.repositories[full_name.lower()]

    def open_pulls(self, head_repo: Repository, branch: str) -> list[Pull]:
        """The open pull requests from a branch."""
        return [
            pull
            for repo in self.repositories.values()
            for pull in repo.pulls.values()
            if pull.state == "open" and pull.head_repo is head_repo and pull.head_ref == branch
        ]

    def queue(self, repo: Repository, pulls: Sequence[Pull], *, method: str = "merge") -> MergeGroup:
        """Put pull requests into the merge queue as one group, to be merged by a method (merge, squash, rebase)."""
        return merging.queue(repo, pulls, method)

    def land(self, group: MergeGroup) -> None:
        """Let the merge queue merge a group; MergeRefused while a required check does not pass on the group's head."""
        merging.land(group)

    # --- tokens and payloads ---

    def token(
        self,
        kind: Literal["actions", "app", "user", "jwt"] = "actions",
        *,
        permissions: Mapping[str, str] | None = None,
        app: App | None = None,
        login: str = "octocat",
        repository: Repository | None = None,
        fork: bool = False,
    ) -> str:
        """A token: the workflow's own, an App installation's, a person's (`login`), or an App's JWT.

        Permissions are spelled as in a workflow or in the API (`pull-requests` or `pull_requests`); `fork` makes it the read-only
        token that a pull request from a fork gets.
        """
        prefix = {"actions": "ghs_", "app": "ghs_", "user": "ghp_", "jwt": "jwt_"}[kind]
        value = f"{prefix}{self.next_id():040d}"
        speaker = self.actions if kind == "actions" else app
        if kind in {"app", "jwt"} and speaker is None:
            speaker = self.apps.get("verdict-app") or self.add_app("verdict-app")
        account = self.account(login) if kind == "user" or speaker is None else speaker.account
        spelled = None if permissions is None else {name.replace("-", "_"): level for name, level in permissions.items()}
        self.tokens[value] = Token(value, kind, spelled, account, speaker, repository, fork)
        return value

    def payload(self, event: str, action: str | None = None, **facts: Any) -> dict[str, Any]:
        """The webhook payload of an event, from the server's state; see payloads.py."""
        return payloads.build(self, event, action, **facts)
