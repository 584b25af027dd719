"""GitHub's answers as plain data that knows no client."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.change.model import Account, FileChange, Status
from agentowners.identity.commits import Commit


class PullSummary(Struct, frozen=True, kw_only=True):
    """A pull request as it appears in a list."""

    number: int
    open: bool
    merged: bool
    head: str
    """The commit at the tip of the head branch."""
    head_ref: str
    """Name of the head branch, without ``refs/heads/``."""
    head_repository: str | None
    """``owner/name``; None where the fork is gone."""
    base_ref: str
    """Name of the base branch, without ``refs/heads/``."""
    author: Account | None = None


class Pull(PullSummary, frozen=True, kw_only=True):
    """A pull request as it is now."""

    author: Account | None
    title: str
    body: str
    base: str
    """The base branch's tip when GitHub last looked; may be old."""
    default_branch: str
    labels: tuple[str, ...]
    changed_files: int
    commits: int
    merge_commit: str | None
    """The merge, or of an open one GitHub's last test merge, if any: perhaps of another head, or with an older base."""
    url: str
    mergeable: bool | None = None
    """True if it merges without a conflict; None while GitHub has not worked it out."""
    rebaseable: bool | None = None
    """True if GitHub would rebase it, as of the base branch that it last looked at; None where it does not say."""
    opened_at: str = ""
    """By GitHub's clock, in ISO 8601; empty where it is not told."""
    draft: bool = False


class Glance(Struct, frozen=True, kw_only=True):
    """An open pull request as one look at many of them shows it."""

    pull: PullSummary
    paths: frozenset[str] | None
    """Those that it changes; None where they are not all told."""
    says: tuple[str, ...] | None
    """Titles of the newest runs of its check, empty for one that is not completed; None where that is not told."""


class MergedPull(PullSummary, frozen=True, kw_only=True):
    """A merged pull request as it appears in a list."""

    merge_commit: str
    """The newest commit by which it was merged."""
    merged_at: str = ""
    """As GitHub writes times: ``2026-01-31T12:00:00Z``."""
    updated_at: str = ""


class ActingApp(Struct, frozen=True, kw_only=True):
    """App through which somebody acted, as GitHub describes it."""

    slug: str | None = None
    """None where that was no App."""
    untold: str | None = None
    """Why it cannot be known, for people."""


class CommitHistory(Struct, frozen=True, kw_only=True):
    """Some commits, with what their messages and e-mails say."""

    commits: tuple[ListedCommit, ...]
    emails: Mapping[str, Account] = field(default_factory=dict)
    """Lower-cased commit e-mail -> the account that GitHub links it to."""


class ListedCommit(Struct, frozen=True, kw_only=True):
    """A commit with its place in history."""

    commit: Commit
    parents: tuple[str, ...]
    date: str = ""
    """The author's date as GitHub writes it."""

    @property
    def sha(self) -> str:
        """The commit's id."""
        return self.commit.sha

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """All that a rebase leaves as it was, but for what the commit changes."""
        return self.commit.author_name, self.commit.author_email, self.date, self.commit.message


class Comparison(Struct, frozen=True, kw_only=True):
    """Commits that lead from one commit to another."""

    merge_base: str
    status: str
    """``ahead``, ``behind``, ``diverged`` or ``identical``."""
    files: tuple[FileChange, ...]
    files_complete: bool
    history: CommitHistory


class Difference(Struct, frozen=True, kw_only=True):
    """Difference between a commit and where it left another."""

    merge_base: str
    status: str
    """``ahead``, ``behind``, ``diverged`` or ``identical``."""
    ahead: int
    """Number of commits that the second has and the first has not."""
    files: tuple[FileChange, ...]
    files_complete: bool

    @property
    def renamed(self) -> Mapping[str, str]:
        """New paths of moved files, by their old ones."""
        return {file.previous_path: file.path for file in self.files if file.previous_path and file.status is Status.RENAMED}


class CommitChange(Struct, frozen=True, kw_only=True):
    """A commit's parents, and what is different in it and the first of them."""

    parents: tuple[str, ...]
    files: tuple[FileChange, ...]
    files_complete: bool


class Assignment(Struct, frozen=True, kw_only=True):
    """An assignment to the pull request, with both accounts."""

    actor: Account
    assignee: Account


class Remark(Struct, frozen=True, kw_only=True):
    """Text that somebody wrote on an issue or a pull request, or as its description."""

    author: Account
    body: str
    time: str = ""
    """When, by GitHub's clock, in ISO 8601; empty for a text that counts whenever it was written."""


class PullComment(Struct, frozen=True, kw_only=True):
    """A comment on a pull request, with what tells whether it counts."""

    id: int
    author: Account | None
    """None where the account is gone."""
    body: str
    time: str
    """When it was made, by GitHub's clock, in ISO 8601."""
    by_app: bool
    """True if an App made it, in whoever's name."""
    url: str


class CommentEdit(Struct, frozen=True, kw_only=True):
    """Last edit of a comment."""

    time: str
    author: Account | None
    """Author of the comment; None where the account is gone."""
    editor: Account | None


class Deletion(Struct, frozen=True, kw_only=True):
    """A comment that was deleted."""

    time: str
    author: Account | None
    """Author of the comment; None where GitHub does not tell."""
    actor: Account | None
    """Account that deleted it; None where GitHub does not tell."""


class Activity(Struct, frozen=True, kw_only=True):
    """A branch that was moved."""

    before: str | None
    """The commit at its tip before; None where it was created."""
    after: str | None
    """The commit at its tip since; None where it was deleted."""
    kind: str
    """GitHub's word: ``push``, ``force_push``, ``pr_merge``, ...; empty where it is not known."""
    actor: Account | None
    """None where the account is gone."""
    time: str = ""
    """When, by GitHub's clock, in ISO 8601; empty where it is not told."""


class CheckRun(Struct, frozen=True, kw_only=True):
    """A check run as GitHub last answered."""

    id: int
    name: str
    head: str
    status: str
    conclusion: str | None
    external_id: str
    app: int | None
    url: str
    annotations: int | None
    """Number of annotations that GitHub has; None where it does not tell."""
    text: str = ""
    """Text shown below the summary."""


class RunOutput(Struct, frozen=True, kw_only=True):
    """Text of a check run."""

    title: str
    summary: str
    text: str | None = None


class IssueComment(Struct, frozen=True, kw_only=True):
    """A comment on a pull request."""

    id: int
    body: str
    app: int | None
    """App that wrote it, if one did."""


class Patience(Struct, frozen=True, kw_only=True):
    """Seconds to wait for a platform that does not answer as it should."""

    attempts: int = 4
    """Number of attempts before a request's failure stands."""
    pause: float = 1.0
    """Wait before the second attempt; doubles with each further one."""
    timeout: float = 30.0
    secondary_wait: float = 60.0
    """Wait after a secondary rate limit that does not say how long."""
    longest_wait: float = 300.0
    """A rate limit that asks for more than this is a failure."""
    whole_run: float = 780.0
    """A run that takes longer is ended as if it had been told to stop: before the workflow's own time limit of 15 minutes, after
    which nothing more can be said."""
    last_words: float = 8.0
    """Seconds that a run which is told to stop may still take to say so; ten seconds later the runner ends it.
    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation"""

    @property
    def one_of_many(self) -> float:
        """Seconds that each of many pull requests judged in one run may take: a tenth of the run, so that the slowest one
        leaves time for others. A minute of it may be a wait that GitHub asks for."""
        return self.whole_run / 10

    def hurried(self) -> Patience:
        """Patience of a run that was told to stop."""
        return replace(self, attempts=2, pause=min(self.pause, 0.2), timeout=min(self.timeout, 3.0), longest_wait=0.0)


class Budget(Struct, frozen=True, kw_only=True):
    """Requests that a token may make, an hour."""

    limit: int
    remaining: int


class AppKey(Struct, frozen=True, kw_only=True):
    """A GitHub App, and what proves it."""

    app_id: str
    """Its number, or its client id."""
    private_key: str
    """An RSA key in PEM form."""

    def __repr__(self) -> str:
        return f"AppKey({self.app_id!r})"  # a traceback or a log must not show the key
