"""Pull requests: the facts about one, as they are now, and whether the lists of them are whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from msgspec.structs import asdict, replace

from agentowners.change.model import Account, AccountType, FileChange, Review, ReviewState
from agentowners.github.client import Api
from agentowners.github.commits import Commits, history, pull_summary
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble
from agentowners.github.files import file_change
from agentowners.github.model import (
    ActingApp,
    Activity,
    CommentEdit,
    CommitHistory,
    Deletion,
    Glance,
    MergedPull,
    Pull,
    PullComment,
    PullSummary,
    Remark,
)
from agentowners.github.queries import COMMENT_EDITS, DELETED_COMMENTS, MERGE_SETTINGS, MERGEABLE, OPEN_PULLS
from agentowners.github.reading import JsonNode, MalformedError, maybe_account
from agentowners.github.timeline import Timelines, activity
from agentowners.github.tree_changes import TreeChanges

MAX_FILES: Final = 3000
"""Source: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files"""
MAX_COMMITS: Final = 250
"""Source: https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request"""

_PAUSES: Final = (1, 2, 4, 8, 16, 29)
"""In times the pause between two attempts at a request, by default a second: a minute in all."""


class Pulls:
    """Questions about pull requests."""

    def __init__(self, api: Api, commits: Commits, changes: TreeChanges) -> None:
        self._api = api
        self._commits = commits
        self._changes = changes
        self.timelines = Timelines(api)
        self._review_times: dict[int, dict[int, str]] = {}
        self._rebase_allowed: bool | None = None

    def _pull_path(self, number: int) -> str:
        return f"{self._api.root}/pulls/{number}"

    def get(self, number: int) -> Pull:
        """A pull request."""
        node = self._api.get(self._pull_path(number))
        base = node["base"]
        standard = (base.get("repo") or JsonNode({})).maybe("default_branch", JsonNode.text)
        listed = asdict(pull_summary(node)) | {"author": maybe_account(node["user"])}
        return Pull(
            **listed,
            title=node.words("title"),
            body=node.words("body"),
            base=base["sha"].sha(),
            default_branch=self.default_branch() if standard is None else standard,
            labels=tuple(label["name"].text() for label in node.list("labels")),
            changed_files=node["changed_files"].number(),
            commits=node["commits"].number(),
            merge_commit=node.maybe("merge_commit_sha", JsonNode.text),
            url=node.words("html_url"),
            mergeable=node.maybe("mergeable", JsonNode.flag),
            rebaseable=node.maybe("rebaseable", JsonNode.flag),
            opened_at=node.words("created_at"),
            draft=node.is_on("draft"),
        )

    def later(self, number: int, attempt: int) -> Pull | None:
        """A pull request again after a pause, longer with each attempt, counted from 0; None once that was a minute in all.

        To ask starts GitHub working out whether it can be merged, which takes it some seconds.
        """
        if attempt >= len(_PAUSES):
            return None
        self._api.rest(_PAUSES[attempt])
        return self.get(number)

    def begin_merging(self) -> None:
        """Let GitHub begin to work out which of the open pull requests can be merged, a hundred a request."""
        with suppress(PlatformError, MalformedError):  # nothing stands on it
            for _ in self._api.connection(MERGEABLE, {}, "pullRequests", what="the open pull requests"):
                pass

    def rebase_allowed(self) -> bool:
        """True if the repository lets pull requests be merged by a rebase; True also where that cannot be told."""
        if self._rebase_allowed is None:
            try:
                self._rebase_allowed = self._api.of_repository(MERGE_SETTINGS)["rebaseMergeAllowed"].flag()
            except (PlatformError, MalformedError):
                self._rebase_allowed = True
        return self._rebase_allowed

    def open_pulls(self, *, base: str | None = None, head: str | None = None) -> tuple[PullSummary, ...]:
        """The open pull requests: all of them, those to a branch, or those from one (``owner:branch``)."""
        query = {"state": "open"} | ({"base": base} if base else {}) | ({"head": head} if head else {})
        branch = head.partition(":")[2] if head else None
        pulls = (pull_summary(node) for node in self._api.pages(f"{self._api.root}/pulls", query))
        return tuple(pull for pull in pulls if pull.open and base in (None, pull.base_ref) and branch in (None, pull.head_ref))

    def glances(self, base: str, check: str) -> tuple[Glance, ...]:
        """The open pull requests to a branch, with what they change and what their check of a name says, a hundred a request."""
        variables = {"base": base, "check": check}
        nodes = self._api.connection(OPEN_PULLS, variables, "pullRequests", what="the open pull requests")
        return tuple(_glance(node, base) for node in nodes)

    def files(self, pull: Pull) -> tuple[FileChange, ...]:
        """The changed files, all of them: as GitHub lists them, and where they are more than that, by comparing the trees."""
        entries = [] if pull.changed_files > MAX_FILES else self._api.pages(f"{self._pull_path(pull.number)}/files")
        if len(entries) < pull.changed_files:
            merge_base = self._commits.merge_base(self._commits.branch_tip(pull.base_ref), pull.head)
            return self._changes.between(merge_base, pull.head)
        if len(entries) > pull.changed_files:
            raise PlatformError(
                Trouble.INCOMPLETE,
                f"the pull request changes {pull.changed_files:,} files, and GitHub lists {len(entries):,}",
                help="run the job again; if that does not help, split the change into smaller ones",
            )
        files = tuple(file_change(entry) for entry in entries)
        # names that are not UTF-8 may look alike
        told_apart = [(file.path, file.status) for file in files if "\ufffd" not in file.path]
        if len(set(told_apart)) != len(told_apart):
            raise PlatformError(
                Trouble.INCOMPLETE,
                "GitHub lists a changed file twice, and so perhaps another not at all",
                help="run the job again",
            )
        return files

    def history(self, pull: Pull) -> CommitHistory:
        """The commits, all of them: as GitHub lists them, and where they are more than that, by comparing the ends."""
        # whether the count goes on where the list ends is not documented
        nodes = [] if pull.commits >= MAX_COMMITS else self._api.pages(f"{self._pull_path(pull.number)}/commits")
        if len(nodes) < pull.commits:
            return self._compared(pull)
        commit_history = history(nodes)
        listed = {commit.sha for commit in commit_history.commits}
        if len(nodes) != pull.commits or len(listed) != len(nodes) or pull.head not in listed:
            raise _other_commits(pull, len(listed))
        return commit_history

    def _compared(self, pull: Pull) -> CommitHistory:
        """Every commit that the head has and the base branch has not, those of merged side branches included.

        They may be fewer than GitHub counts where the base branch has taken some in since: then all that GitHub counts are taken.
        """
        listed: set[str] = set()
        for base in (self._commits.branch_tip(pull.base_ref), pull.base):
            commit_history = self._commits.compare(base, pull.head).history
            listed = {commit.sha for commit in commit_history.commits}
            if (
                len(listed) == len(commit_history.commits)
                and len(listed) >= min(pull.commits, MAX_COMMITS)
                and pull.head in listed
            ):
                return commit_history
        raise _other_commits(pull, len(listed))

    def reviews(self, number: int) -> tuple[Review, ...]:
        """All reviews, oldest first."""
        self.timelines.forget(number)
        nodes = self._review_nodes(number)
        reviews = tuple(_review(node) for node in nodes)
        self._review_times[number] = {node["id"].number(): node.words("submitted_at") for node in nodes}
        if all(review.state is not ReviewState.APPROVED for review in reviews):
            return reviews
        with suppress_trouble(Trouble.FORBIDDEN, Trouble.NOT_FOUND):
            changed = self.timelines.base_changed(number)
            return tuple(
                review if changed is None or node.words("submitted_at") > changed else replace(review, outdated=_OF_OTHER_BASE)
                for review, node in zip(reviews, nodes, strict=True)
            )
        return tuple(replace(review, outdated=_UNTOLD) for review in reviews)

    def review_times(self, number: int) -> Mapping[int, str]:
        """When each review that ``reviews`` gave was submitted, by its id."""
        return self._review_times.get(number, {})

    def said(self, number: int) -> tuple[PullComment, ...]:
        """All comments that are there, oldest first, through whichever App."""
        return tuple(
            PullComment(
                id=node["id"].number(),
                author=maybe_account(node.get("user")),
                body=node.words("body"),
                time=node["created_at"].text(),
                by_app=node.get("performed_via_github_app") is not None,
                url=node.words("html_url"),
            )
            for node in self._api.pages(f"{self._api.root}/issues/{number}/comments")
        )

    def edits(self, number: int) -> Mapping[int, CommentEdit | None]:
        """Last edit of each comment, by its id; None where it never was edited."""
        edits: dict[int, CommentEdit | None] = {}
        for node in self._api.connection(COMMENT_EDITS, {"number": number}, "pullRequest", "comments"):
            time, author, editor = node.maybe("lastEditedAt", JsonNode.text), _account(node, "author"), _account(node, "editor")
            edit = None if time is None else CommentEdit(time=time, author=author, editor=editor)
            edits[_number(node["fullDatabaseId"])] = edit
        return edits

    def deletions(self, number: int) -> tuple[Deletion, ...]:
        """The comments that were deleted."""
        nodes = self._api.connection(DELETED_COMMENTS, {"number": number}, "pullRequest", "timelineItems")
        return tuple(
            Deletion(time=node["createdAt"].text(), author=_account(node, "deletedCommentAuthor"), actor=_account(node, "actor"))
            for node in nodes
        )

    def same_reviews(self, number: int, before: Sequence[Review]) -> bool:
        """True if the reviews are still those that ``reviews`` gave."""
        return [_review(node) for node in self._review_nodes(number)] == [replace(review, outdated=None) for review in before]

    def _review_nodes(self, number: int) -> list[JsonNode]:
        return self._api.pages(f"{self._pull_path(number)}/reviews")

    def app(self, number: int) -> ActingApp:
        """The App through which the author acted. Where issues are turned off, GitHub does not tell."""
        with suppress_trouble(Trouble.NOT_FOUND, Trouble.FORBIDDEN):
            app = self._api.get(f"{self._api.root}/issues/{number}").get("performed_via_github_app")
            return ActingApp(slug=None if app is None else app.words("slug") or None)
        if not self.timelines.has_issues():
            return ActingApp(untold="issues are turned off in this repository")
        raise PlatformError(
            Trouble.INCOMPLETE,
            f"whether an App acted for the author of #{number} cannot be read",
            help="give the workflow's token `issues: read`",
        )

    def merged_into(self, branch: str) -> Iterator[MergedPull]:
        """The pull requests that were merged into a branch, those that changed last first, a page at a time."""
        query = {"state": "closed", "base": branch, "sort": "updated", "direction": "desc"}
        for page in self._api.each_page(f"{self._api.root}/pulls", query):
            for node in page.items():
                summary, merge = pull_summary(node), node.get("merge_commit_sha")
                if summary.merged and merge is not None and summary.base_ref == branch:
                    merged_at, updated_at = node.words("merged_at"), node.words("updated_at")
                    yield MergedPull(**asdict(summary), merge_commit=merge.sha(), merged_at=merged_at, updated_at=updated_at)

    def default_branch(self) -> str:
        """Name of the repository's default branch."""
        return self._api.get(self._api.root)["default_branch"].text()

    def issue(self, number: int) -> Remark | None:
        """The text of an issue, its title first, and whose it is; None where the account is gone."""
        node = self._api.get(f"{self._api.root}/issues/{number}")
        author = maybe_account(node.get("user"))
        text = f"{node.words('title')}\n\n{node.words('body')}"
        return None if author is None else Remark(author=author, body=text)

    def activity(self, repository: str, branch: str) -> Iterator[Activity]:
        """Moves of a branch, newest first; where there is more than can be read, an error follows."""
        return activity(self._api, repository, branch)


_OF_OTHER_BASE: Final = "gave it before the base branch was changed"
_UNTOLD: Final = "may have given it for another base branch: the token may not read the timeline (`pull-requests: read`)"


def _other_commits(pull: Pull, listed: int) -> PlatformError:
    if pull.commits == listed == 0:
        message = "the pull request has no commit that its base branch does not have already"
        return PlatformError(Trouble.INCOMPLETE, message, help="close it, or push a commit to it")
    message = f"the pull request has {pull.commits:,} commits up to {pull.head[:7]}, and GitHub lists {listed:,} others"
    help = "run the job again; if that does not help, squash some of the commits"
    return PlatformError(Trouble.INCOMPLETE, message, help=help)


def _review(node: JsonNode) -> Review:
    word = node["state"].text().upper()
    return Review(
        id=node["id"].number(),
        reviewer=maybe_account(node.get("user")),
        # what is not understood takes back what the same person said before
        state=ReviewState(word) if word in ReviewState.__members__ else ReviewState.DISMISSED,
        commit=node.maybe("commit_id", JsonNode.text),
        body=node.words("body"),
    )


def _account(node: JsonNode, name: str) -> Account | None:
    """Whoever acted; a person's account with its id, any other by a login that is not the one that the REST API knows."""
    actor = node.get(name)
    if actor is None:
        return None
    account_type = {"User": AccountType.USER, "Bot": AccountType.BOT}.get(actor["__typename"].text(), AccountType.OTHER)
    return Account(actor["login"].text(), actor.maybe("databaseId", JsonNode.number), account_type)


def _number(node: JsonNode) -> int:
    """A number that GitHub writes as a text, as GraphQL's are too small for it."""
    text = node.text()
    if not (text.isascii() and text.isdecimal() and len(text) <= 19):
        raise MalformedError(f"`{node.where}` is not a number")
    return int(text)


def _glance(node: JsonNode, base: str) -> Glance:
    head = node["headRefOid"].sha()
    return Glance(
        pull=PullSummary(
            number=node["number"].number(),
            open=True,
            merged=False,
            head=head,
            head_ref=node["headRefName"].text(),
            head_repository=node.maybe("headRepository", lambda repository: repository["nameWithOwner"].text()),
            base_ref=base,
        ),
        paths=_paths(node),
        says=_says(node, head),
    )


def _paths(node: JsonNode) -> frozenset[str] | None:
    files = _items(node, "files")
    paths = frozenset(file["path"].text() for file in files)
    # of a file that was moved the former name is not told; a name that is not UTF-8 may stand for several
    untold = any(file.words("changeType") in ("RENAMED", "COPIED") for file in files) or any("\ufffd" in path for path in paths)
    return None if untold or len(paths) != node["changedFiles"].number() else paths


def _says(node: JsonNode, head: str) -> tuple[str, ...] | None:
    commits = [each["commit"] for each in node["commits"]["nodes"].items()]
    suites = [suite for commit in commits if commit["oid"].sha() == head for suite in _items(commit, "checkSuites")]
    runs = [run for suite in suites for run in _items(suite, "checkRuns")]
    if not commits or commits[0]["oid"].sha() != head:
        return None
    return tuple(run.words("title") if run["status"].text() == "COMPLETED" else "" for run in runs)


def _items(node: JsonNode, connection: str) -> tuple[JsonNode, ...]:
    return node.maybe(connection, lambda member: member["nodes"].items()) or ()
