"""What the action needs of the platform. ``github/`` has it; nothing here knows how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from agentowners.change.model import Account, FileChange, Kind, Review
from agentowners.diagnostics import Source
from agentowners.github.model import (
    ActingApp,
    Activity,
    Assignment,
    Budget,
    CheckRun,
    CommentEdit,
    CommitChange,
    CommitHistory,
    Comparison,
    Deletion,
    Difference,
    Glance,
    IssueComment,
    ListedCommit,
    MergedPull,
    Pull,
    PullComment,
    PullSummary,
    Remark,
    RunOutput,
)
from agentowners.github.three_way import Allowance
from agentowners.policy.model import Permission
from agentowners.report.verdict.annotations import Annotation

# Every method raises PlatformError where what is asked for cannot be had, or not whole, or a write is not believed.


class Pulls(Protocol):
    """Pull requests."""

    def get(self, number: int) -> Pull:
        """A pull request as it is now."""
        ...

    def later(self, number: int, attempt: int) -> Pull | None:
        """A pull request after a pause, longer with each attempt from 0; None once that was a minute in all."""
        ...

    def begin_merging(self) -> None:
        """Let the platform begin to work out which open pull requests can be merged."""
        ...

    def rebase_allowed(self) -> bool:
        """Whether pull requests may be merged by a rebase; True also where that cannot be told."""
        ...

    def open_pulls(self, *, base: str | None = None, head: str | None = None) -> tuple[PullSummary, ...]:
        """The open pull requests: all, those to a branch, or those from one (``owner:branch``)."""
        ...

    def glances(self, base: str, check: str) -> tuple[Glance, ...]:
        """The open pull requests to a branch, with what they change and what their check of a name says."""
        ...

    def files(self, pull: Pull) -> tuple[FileChange, ...]:
        """All changed files."""
        ...

    def history(self, pull: Pull) -> CommitHistory:
        """All commits."""
        ...

    def reviews(self, number: int) -> tuple[Review, ...]:
        """All reviews, oldest first."""
        ...

    def review_times(self, number: int) -> Mapping[int, str]:
        """When each review was submitted, by its id."""
        ...

    def said(self, number: int) -> tuple[PullComment, ...]:
        """All comments, oldest first."""
        ...

    def edits(self, number: int) -> Mapping[int, CommentEdit | None]:
        """How each comment was last edited, by its id."""
        ...

    def deletions(self, number: int) -> tuple[Deletion, ...]:
        """The comments that were deleted."""
        ...

    def same_reviews(self, number: int, before: Sequence[Review]) -> bool:
        """Whether the reviews are still these."""
        ...

    def app(self, number: int) -> ActingApp:
        """The App through which the author acted."""
        ...

    def merged_into(self, branch: str) -> Iterator[MergedPull]:
        """The pull requests that were merged into a branch."""
        ...

    def issue(self, number: int) -> Remark | None:
        """The text of an issue, and whose it is."""
        ...

    def activity(self, repository: str, branch: str) -> Iterator[Activity]:
        """Who moved a branch, newest first."""
        ...


class Timelines(Protocol):
    """What happened on issues and pull requests."""

    def assignments(self, number: int, *, issue: bool = False) -> tuple[Assignment, ...]:
        """Who assigned whom."""
        ...

    def remarks(self, number: int, *, issue: bool = False) -> tuple[Remark, ...]:
        """What was written on it, reviews that decide aside."""
        ...

    def forget(self, number: int) -> None:
        """Have what happened read anew."""
        ...

    def former_bases(self, number: int) -> tuple[str, ...]:
        """The branches that a pull request went to before, each once."""
        ...

    def base_changed(self, number: int) -> str | None:
        """When a pull request last became another change of the same head."""
        ...


class Commits(Protocol):
    """History."""

    def compare(self, base: str, head: str) -> Comparison:
        """What leads from one commit to another."""
        ...

    def difference(self, base: str, head: str) -> Difference:
        """What is different in one commit and where it left another."""
        ...

    def opened(self, sha: str) -> CommitChange:
        """A commit's parents, and what it changes against the first of them."""
        ...

    def few_between(self, base: str, head: str, most: int) -> tuple[ListedCommit, ...] | None:
        """The commits that lead from one commit to another, None where they are more."""
        ...

    def merge_base(self, base: str, head: str) -> str:
        """The commit from which two others lead."""
        ...

    def contains(self, tip: str, sha: str) -> bool:
        """Whether a commit is another one or an ancestor of it."""
        ...

    def files_of(self, sha: str) -> tuple[FileChange, ...]:
        """The files that one commit changes."""
        ...

    def branch_tip(self, branch: str) -> str:
        """The commit at a branch's tip."""
        ...

    def pulls_of(self, sha: str) -> tuple[PullSummary, ...]:
        """The pull requests that a commit belongs to."""
        ...


class Trees(Protocol):
    """What stands where."""

    def kind(self, commit: str, path: str) -> Kind:
        """What stands at a path in a commit."""
        ...


class Changes(Protocol):
    """What lies between two commits."""

    def between(self, base: str, head: str) -> tuple[FileChange, ...]:
        """Every file that is different in one commit and the other."""
        ...

    def is_merge(self, base: str, ours: str, theirs: str, merged: str, allowance: Allowance) -> bool:
        """Whether a commit's tree is nothing but the merge of two others."""
        ...

    def unlike_merge(self, base: str, ours: str, theirs: str, merged: str, allowance: Allowance) -> frozenset[str] | None:
        """The paths at which a commit's tree is not the merge of two others."""
        ...


class PolicyFiles(Protocol):
    """Policy files."""

    def on_branch(self, branch: str, names: Sequence[str]) -> tuple[Source, ...]:
        """Those of the given names that a branch has at its tip."""
        ...

    def at_commit(self, commit: str, names: Sequence[str], ref: str) -> tuple[Source, ...]:
        """Those that a commit has."""
        ...

    def meant(self, branch: str) -> tuple[str, ...]:
        """Paths of files that are surely meant as policies, and are not found as such, on a branch that was looked at."""
        ...


class People(Protocol):
    """Accounts."""

    def permission(self, account: Account) -> Permission:
        """An account's permission on the repository."""
        ...

    def members(self, owner: str, team: str) -> tuple[Account, ...]:
        """Everyone in a team, nested teams included."""
        ...

    def account(self, id: int) -> Account | None:
        """An account by its number, None where there is none any more."""
        ...


class Checks(Protocol):
    """Check runs."""

    def create(self, *, name: str, head: str, external_id: str, details_url: str, output: RunOutput) -> CheckRun:
        """A new check run, in progress."""
        ...

    def complete(self, run: CheckRun, conclusion: str, output: RunOutput, annotations: Sequence[Annotation]) -> CheckRun:
        """End a run, with all of its annotations."""
        ...

    def set_conclusion(self, run: CheckRun, conclusion: str, output: RunOutput) -> CheckRun:
        """Make a run say what a later one says."""
        ...

    def of_commit(self, head: str, name: str) -> tuple[CheckRun, ...]:
        """All runs of a name on a commit."""
        ...


class Conversation(Protocol):
    """What is shown on a pull request."""

    def add_label(self, number: int, name: str, color: str, description: str) -> None:
        """Put a label on, creating it if need be."""
        ...

    def remove_label(self, number: int, name: str) -> None:
        """Take a label off."""
        ...

    def comments(self, number: int) -> tuple[IssueComment, ...]:
        """All comments, oldest first."""
        ...

    def add_comment(self, number: int, body: str) -> None:
        """Write a comment."""
        ...

    def change_comment(self, id: int, body: str) -> None:
        """Replace a comment's text."""
        ...


class Host(Protocol):
    """The platform, for one repository and one token."""

    @property
    def budget(self) -> Budget | None:
        """What is left of the token's requests; None where they are not counted."""
        ...

    @property
    def pulls(self) -> Pulls:
        """Pull requests."""
        ...

    @property
    def timelines(self) -> Timelines:
        """What happened on issues and pull requests."""
        ...

    @property
    def commits(self) -> Commits:
        """History."""
        ...

    @property
    def trees(self) -> Trees:
        """What stands where."""
        ...

    @property
    def changes(self) -> Changes:
        """What lies between two commits."""
        ...

    @property
    def policies(self) -> PolicyFiles:
        """Policy files."""
        ...

    @property
    def people(self) -> People:
        """Accounts."""
        ...

    @property
    def checks(self) -> Checks:
        """Check runs."""
        ...

    @property
    def conversation(self) -> Conversation:
        """What is shown on a pull request."""
        ...
