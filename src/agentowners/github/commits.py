"""Commits as GitHub lists them, comparisons between them, and the pull requests they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from agentowners.change.model import Account, FileChange
from agentowners.github.client import PER_PAGE, Api
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble
from agentowners.github.files import file_change
from agentowners.github.model import CommitChange, CommitHistory, Comparison, Difference, ListedCommit, PullSummary
from agentowners.github.reading import JsonNode, maybe_account
from agentowners.identity.commits import Commit

COMPARED_FILES: Final = 300
"""As many files a comparison lists. Source: https://docs.github.com/en/rest/commits/commits#compare-two-commits"""


def listed_commit(node: JsonNode) -> ListedCommit:
    """One commit of a list."""
    inner = node["commit"]
    author, committer, verification = (inner.get(name) or JsonNode({}) for name in ("author", "committer", "verification"))
    commit = Commit(
        sha=node["sha"].sha(),
        author_name=author.words("name"),
        author_email=author.words("email"),
        author=maybe_account(node.get("author")),
        committer_name=committer.words("name"),
        committer_email=committer.words("email"),
        committer=maybe_account(node.get("committer")),
        verified=verification.is_on("verified"),
        message=inner["message"].text(),
    )
    return ListedCommit(commit=commit, parents=_parents(node), date=author.words("date"))


def _parents(node: JsonNode) -> tuple[str, ...]:
    return tuple(parent["sha"].sha() for parent in node.list("parents"))


def history(nodes: Iterable[JsonNode]) -> CommitHistory:
    """Several commits, and the accounts that GitHub links their e-mails to."""
    commits = tuple(listed_commit(node) for node in nodes)
    emails: dict[str, Account] = {}
    for listed in commits:
        commit = listed.commit
        for email, account in ((commit.author_email, commit.author), (commit.committer_email, commit.committer)):
            if email and account is not None:
                emails[email.lower()] = account
    return CommitHistory(commits=commits, emails=emails)


class Commits:
    """Questions about commits."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._changes: dict[str, CommitChange] = {}

    def compare(self, base: str, head: str) -> Comparison:
        """Commits that lead from one commit (by id) to another.

        Raises:
            PlatformError: one of them is not there, they have no common ancestor, or the list of commits is cut.
        """
        pages = list(self._api.each_page(self._comparison_path(base, head)))
        first, nodes = pages[0], [node for page in pages for node in page["commits"].items()]
        total = first["total_commits"].number()
        if total != len(nodes):
            raise PlatformError(
                Trouble.INCOMPLETE, f"GitHub lists {len(nodes):,} of the {total:,} commits between {base[:7]} and {head[:7]}"
            )
        files = tuple(map(file_change, first.list("files")))
        return Comparison(
            merge_base=first["merge_base_commit"]["sha"].sha(),
            status=first["status"].text(),
            files=files,
            files_complete=len(files) < COMPARED_FILES and (bool(files) or not nodes),
            history=history(nodes),
        )

    def few_between(self, base: str, head: str, most: int) -> tuple[ListedCommit, ...] | None:
        """The commits that lead from one commit to another, by ids, in one request; None where there are more than ``most``."""
        answer = self._ends(base, head, most)
        nodes = answer["commits"].items()
        return history(nodes).commits if answer["total_commits"].number() == len(nodes) <= most else None

    def merge_base(self, base: str, head: str) -> str:
        """The commit from which the change of a head leads, by ids."""
        return self._ends(base, head)["merge_base_commit"]["sha"].sha()

    def contains(self, tip: str, sha: str) -> bool:
        """True if a commit is another one or an ancestor of it, by ids; False where there is no such commit."""
        with suppress_trouble(Trouble.NOT_FOUND):
            return self._ends(tip, sha)["status"].text() in ("identical", "behind")
        return False

    def difference(self, base: str, head: str) -> Difference:
        """Difference between a commit (by id) and where it left another, without the commits between: one request."""
        node = self._ends(base, head)
        files = tuple(map(file_change, node.list("files")))
        ahead = node["total_commits"].number()
        return Difference(
            merge_base=node["merge_base_commit"]["sha"].sha(),
            status=node["status"].text(),
            ahead=ahead,
            files=files,
            files_complete=len(files) < COMPARED_FILES and (bool(files) or not ahead),
        )

    def _comparison_path(self, base: str, head: str) -> str:
        return f"{self._api.root}/compare/{quote(base, safe='')}...{quote(head, safe='')}"

    def _ends(self, base: str, head: str, most: int = 1) -> JsonNode:
        """A comparison with so many commits at most."""
        return self._api.get(self._comparison_path(base, head), {"per_page": most})

    def opened(self, sha: str) -> CommitChange:
        """A commit's parents and the files that it changes against the first of them, each commit asked for once.

        The list is taken for whole where it has an end that GitHub did not make: neither none, nor full pages only.
        """
        if sha not in self._changes:
            files: list[FileChange] = []
            parents: tuple[str, ...] = ()
            for number, page in enumerate(self._api.each_page(f"{self._api.root}/commits/{quote(sha, safe='')}")):
                entries = page.list("files")
                if number == 0:
                    parents = _parents(page)
                elif not entries:
                    raise PlatformError(Trouble.UNAVAILABLE, f"GitHub lists commit {sha[:7]} on several pages, and one is empty")
                files += map(file_change, entries)
            whole = len({file.path for file in files}) == len(files) and len(files) % PER_PAGE > 0
            self._changes[sha] = CommitChange(
                parents=parents, files=tuple(files), files_complete=whole and len(files) < MAX_COMMIT_FILES
            )
        return self._changes[sha]

    def files_of(self, sha: str) -> tuple[FileChange, ...]:
        """The files that one commit changes against its first parent."""
        files = {file.path: file for file in self.opened(sha).files}
        if len(files) >= MAX_COMMIT_FILES:
            raise PlatformError(Trouble.INCOMPLETE, f"GitHub lists no more than {MAX_COMMIT_FILES:,} files of commit {sha[:7]}")
        return tuple(files.values())

    def branch_tip(self, branch: str) -> str:
        """The commit at a branch's tip."""
        return self._api.get(f"{self._api.root}/branches/{quote(branch, safe='')}")["commit"]["sha"].sha()

    def pulls_of(self, sha: str) -> tuple[PullSummary, ...]:
        """The pull requests of this repository that a commit belongs to, open or merged."""
        nodes = self._api.pages(f"{self._api.root}/commits/{quote(sha, safe='')}/pulls")
        ours = self._api.repository.lower()
        return tuple(pull_summary(node) for node in nodes if (repository_of(node["base"]) or ours).lower() == ours)


MAX_COMMIT_FILES: Final = 3000
"""As many files of one commit GitHub lists. Source: https://docs.github.com/en/rest/commits/commits#get-a-commit"""


def pull_summary(node: JsonNode) -> PullSummary:
    """A pull request of a list."""
    return PullSummary(
        number=node["number"].number(),
        open=node["state"].text() == "open",
        merged=node.get("merged_at") is not None,
        head=node["head"]["sha"].sha(),
        head_ref=node["head"]["ref"].text(),
        head_repository=repository_of(node["head"]),
        base_ref=node["base"]["ref"].text(),
        author=maybe_account(node.get("user")),
    )


def repository_of(end: JsonNode) -> str | None:
    """``owner/name`` of the repository of a pull request's head or base; None where it is gone."""
    return end.maybe("repo", lambda repository: repository["full_name"].text())
