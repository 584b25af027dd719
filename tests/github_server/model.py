"""The server's state as plain records; `Repository` and the routes change them, `render` shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from tests.github_server.repository import Repository

Permission = Literal["admin", "maintain", "write", "triage", "read", "none"]
RANK: dict[str, int] = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
BEYOND_WORKFLOWS = frozenset({"members", "administration", "organization_administration", "secrets", "environments"})
"""What no `permissions:` of a workflow can ask for."""
PASSING = frozenset({"success", "neutral", "skipped"})

# public accounts and Apps, by login: id, type (source: https://api.github.com/users/LOGIN)
KNOWN_ACCOUNTS: dict[str, tuple[int, str]] = {
    "octocat": (583231, "User"),
    "web-flow": (19864447, "User"),
    "github-actions[bot]": (41898282, "Bot"),
    "dependabot[bot]": (49699333, "Bot"),
    "renovate[bot]": (29139614, "Bot"),
    "Copilot": (198982749, "Bot"),
    "claude[bot]": (209825114, "Bot"),
    "anthropic-code-agent[bot]": (242468646, "Bot"),
    "openai-code-agent[bot]": (242516109, "Bot"),
    "chatgpt-codex-connector[bot]": (199175422, "Bot"),
    "cursor[bot]": (206951365, "Bot"),
    "devin-ai-integration[bot]": (158243242, "Bot"),
    "google-labs-jules[bot]": (161369871, "Bot"),
    "gemini-code-assist[bot]": (176961590, "Bot"),
    "amazon-q-developer[bot]": (208079219, "Bot"),
}
ACTIONS_APP = 15368


@dataclass(eq=False, slots=True)
class Account:
    """A user, a bot or an organization."""

    id: int
    login: str
    type: str
    name: str | None = None
    emails: set[str] = field(default_factory=set)

    @property
    def email(self) -> str:
        """The no-reply address that links commits to this account."""
        return f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(eq=False, slots=True)
class App:
    """A GitHub App; what it writes appears as `<slug>[bot]`."""

    id: int
    slug: str
    name: str
    owner: Account
    account: Account
    permissions: dict[str, str]
    client_id: str = ""
    keys: list[str] = field(default_factory=list)
    """Public halves of its private keys, as PEM."""


@dataclass(eq=False, slots=True)
class Team:
    """A team; members of child teams belong to the parent too."""

    id: int
    organization: Account
    slug: str
    roles: dict[str, str]
    parent: Team | None = None


@dataclass(eq=False, slots=True)
class Token:
    """A bearer token; `permissions` None means all that its kind can have, `repository` None means any."""

    value: str
    kind: Literal["actions", "app", "user", "jwt"]
    permissions: dict[str, str] | None
    account: Account
    app: App | None
    repository: Repository | None
    fork: bool = False

    def allows(self, name: str, level: str) -> bool:
        """Whether the token carries a permission at that level (read or write)."""
        if name == "metadata" and level == "read":
            return self.kind != "jwt"
        if self.kind == "jwt":
            return False
        if self.kind == "actions" and name in BEYOND_WORKFLOWS:
            return False
        if name == "checks" and self.kind == "user" and level == "write":
            return False
        if self.fork and level == "write":
            return False
        if self.permissions is None:
            return True
        held = self.permissions.get(name, "none")
        return held == "write" or held == level


@dataclass(eq=False, slots=True)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str
    description: str | None


@dataclass(eq=False, slots=True)
class Comment:
    """A comment on an issue or pull request."""

    id: int
    number: int
    user: Account
    body: str
    created_at: int
    updated_at: int
    app: App | None
    last_edited_at: int | None = None
    editor: Account | None = None
    previous_body: str | None = None
    minimized: str | None = None
    """Why it is hidden, in GitHub's word."""


@dataclass(eq=False, slots=True)
class LineComment:
    """A comment on a line of a pull request's files."""

    id: int
    user: Account
    body: str
    path: str
    line: int
    commit_id: str
    created_at: int


@dataclass(eq=False, slots=True)
class Review:
    """A review; `state` as the API spells it (upper case)."""

    id: int
    user: Account
    state: str
    body: str
    commit_id: str
    submitted_at: int


@dataclass(eq=False, slots=True)
class Event:
    """An entry of the timeline; `data` holds what only this kind of event has."""

    id: int
    event: str
    actor: Account
    created_at: int
    app: App | None
    data: dict[str, Any]
    bases: tuple[str, str] | None = None
    """The branches of a change of base, which only GraphQL tells."""


@dataclass(frozen=True, slots=True)
class TestMerge:
    """A test merge of a pull request: of which commits, and when; `sha` is None where they conflict."""

    __test__: ClassVar[bool] = False
    sha: str | None
    base: str
    head: str
    merge_bases: tuple[str, ...]
    made_at: int


@dataclass(eq=False, slots=True)
class Pull:
    """A pull request. `base_sha` is the base's tip when the pull request was last opened, pushed to or retargeted."""

    id: int
    number: int
    repo: Repository
    head_repo: Repository
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    user: Account
    title: str
    body: str | None
    draft: bool
    app: App | None
    created_at: int
    updated_at: int
    state: Literal["open", "closed"] = "open"
    closed_at: int | None = None
    merged_at: int | None = None
    merged_by: Account | None = None
    merge_commit_sha: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    reviewers: list[Account] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    test_merge: TestMerge | None = None
    test_merge_kept: bool = False
    """Set by tests: GitHub lags behind, and makes no new test merge."""
    base_tips: list[str] = field(default_factory=list)
    """Where the base was since the last test merge."""
    mergeable_after: int = 0
    """Set by tests: how many more times `GET /pulls/N` answers `mergeable: null`."""
    rebaseable: bool | None = None
    """Set by tests: GitHub seldom tells."""
    last_edited_at: int | None = None
    editor: Account | None = None

    @property
    def head_label(self) -> str:
        """`owner:branch`, as the pull requests list is searched."""
        return f"{self.head_repo.owner.login}:{self.head_ref}"


@dataclass(eq=False, slots=True)
class Issue:
    """An issue that is no pull request."""

    id: int
    number: int
    repo: Repository
    user: Account
    title: str
    body: str | None
    app: App | None
    created_at: int
    updated_at: int
    state: Literal["open", "closed"] = "open"
    closed_at: int | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    last_edited_at: int | None = None
    editor: Account | None = None


Discussed = Pull | Issue


@dataclass(eq=False, slots=True)
class CheckRun:
    """A check run; `annotations` are the request's objects in the order they came."""

    id: int
    name: str
    head_sha: str
    app: App
    suite_id: int
    status: str
    conclusion: str | None
    started_at: int | None
    completed_at: int | None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)
    job: bool = False
    history: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def passing(self) -> bool:
        """Whether a required check of this name would be satisfied by this run alone."""
        return self.status == "completed" and self.conclusion in PASSING


@dataclass(eq=False, slots=True)
class CheckSuite:
    """All runs of one App on one commit."""

    id: int
    app: App
    head_sha: str
    created_at: int


@dataclass(eq=False, slots=True)
class WorkflowRun:
    """A run of a workflow, as `workflow_run` payloads and the API show it."""

    id: int
    name: str
    path: str
    event: str
    head_branch: str
    head_sha: str
    head_repo: Repository
    actor: Account
    number: int
    attempt: int
    status: str
    conclusion: str | None
    created_at: int


@dataclass(eq=False, slots=True)
class Installation:
    """An App on an organization's repositories, with what it was granted there."""

    id: int
    app: App
    organization: Account
    permissions: dict[str, str]
    selection: str
    repositories: list[str] = field(default_factory=list)
    """Names of those that were selected."""
    suspended: bool = False


@dataclass(eq=False, slots=True)
class MergeGroup:
    """A group that the merge queue built."""

    repo: Repository
    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str
    pulls: list[Pull]
    method: str = "merge"
    merges: dict[int, str] = field(default_factory=dict)
    """By number, the last commit on the group's branch that is a pull request's."""


class MergeRefused(Exception):
    """GitHub would not merge; `status` is the HTTP status it answers with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
