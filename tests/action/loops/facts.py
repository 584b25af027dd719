"""The plain fields of the fake: commits, branches, pull requests, check runs; and what goes wrong, or happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha1

from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Review, ReviewState
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Activity, Budget, CheckRun, IssueComment, ListedCommit, Pull, RunOutput
from agentowners.identity.commits import Commit
from agentowners.policy.model import Permission

REPOSITORY = "acme/shop"
KNOWN = {"Copilot": Account("Copilot", 198982749, AccountType.BOT), "web-flow": Account("web-flow", 19864447, AccountType.USER)}


def account(login: str) -> Account:
    """An account by its login, always the same."""
    return KNOWN.get(login) or Account(login, int(digest(login)[:6], 16), AccountType.USER)


def digest(value: object) -> str:
    """An id in the form of git's."""
    return sha1(repr(value).encode()).hexdigest()


@dataclass
class Happening:
    """Something that happens right before an answer."""

    question: str
    """``pulls.get``, or ``pulls.get 2`` for what is asked about one alone."""
    act: Callable[[], object]
    after: int
    """The number of such questions that are answered before."""
    times: int


@dataclass
class Facts:
    """Everything that the fake knows, to be read and changed at any time."""

    commits: dict[str, ListedCommit] = field(default_factory=dict)
    """In the order in which they were made."""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """By commit."""
    branches: dict[str, str] = field(default_factory=dict)
    moves: dict[str, list[Activity]] = field(default_factory=dict)
    """By branch, newest first."""
    pulls: dict[int, Pull] = field(default_factory=dict)
    reviews: dict[int, list[Review]] = field(default_factory=dict)
    comments: dict[int, list[IssueComment]] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    outputs: dict[int, RunOutput] = field(default_factory=dict)
    """By check run."""
    budget: Budget | None = None
    asked: list[str] = field(default_factory=list)
    """Questions and writes, ``pulls.get 1``, oldest first."""
    happenings: list[Happening] = field(default_factory=list)

    def before(self, question: str, act: Callable[[], object], *, after: int = 0, times: int = 1) -> None:
        """Let something happen right before an answer: ``times`` times, once ``after`` answers were given."""
        self.happenings.append(Happening(question, act, after, times))

    def fail(self, question: str, error: Trouble | BaseException, *, after: int = 0, times: int = 1_000_000) -> None:
        """Refuse to answer, or let an error come out of it."""

        def refuse() -> None:
            raise PlatformError(error, f"no answer to {question}") if isinstance(error, Trouble) else error

        self.before(question, refuse, after=after, times=times)

    def is_asked(self, method: str, about: object) -> None:
        """Note a question, and let happen what happens before it is answered."""
        question = f"{method} {about}" if isinstance(about, int) else method
        self.asked.append(question)
        for each in self.happenings:
            if each.question in (method, question):
                if each.after:
                    each.after -= 1
                elif each.times:
                    each.times -= 1
                    each.act()

    def commit(
        self,
        branch: str,
        files: Mapping[str, str | None],
        *,
        author: str = "octocat",
        message: str = "change",
        parents: tuple[str, ...] = (),
    ) -> str:
        """Commit onto a branch, which an open pull request follows; a file of no text is removed."""
        before = self.branches.get(branch)
        parents = parents or (() if before is None else (before,))
        written = dict(self.files[parents[0]]) if parents else {}
        written |= {path: (text or "").encode() for path, text in files.items()}
        kept = {path: data for path, data in sorted(written.items()) if files.get(path, "") is not None}
        sha, who = digest((len(self.commits), branch, kept)), account(author)
        email = f"{who.id}+{author}@users.noreply.github.com"
        commit = Commit(
            sha=sha,
            author_name=author,
            author_email=email,
            author=who,
            committer_name=author,
            committer_email=email,
            committer=who,
            verified=author == "web-flow",
            message=message,
        )
        self.commits[sha], self.files[sha] = ListedCommit(commit=commit, parents=parents), kept
        self.move(branch, sha, author)
        return sha

    def move(self, branch: str, sha: str, actor: str) -> None:
        """Set a branch on a commit."""
        before = self.branches.get(branch)
        kind = "branch_creation" if before is None else "push"
        self.moves.setdefault(branch, []).insert(0, Activity(before=before, after=sha, kind=kind, actor=account(actor)))
        self.branches[branch] = sha
        for number, pull in self.pulls.items():
            if pull.open and pull.head_ref == branch:
                self.change(number, head=sha)

    def open(self, branch: str, *, author: str, base: str = "main") -> int:
        """Open a pull request; its number."""
        number = len(self.pulls) + 1
        self.pulls[number] = Pull(
            number=number,
            open=True,
            merged=False,
            author=account(author),
            title="Change",
            body="",
            head=self.branches[branch],
            head_ref=branch,
            head_repository=REPOSITORY,
            base_ref=base,
            base=self.branches[base],
            default_branch="main",
            labels=(),
            changed_files=0,
            commits=0,
            merge_commit=None,
            url="",
            mergeable=True,
            rebaseable=True,
        )
        return number

    def change(self, number: int, **fields: object) -> None:
        """Change fields of a pull request."""
        self.pulls[number] = replace(self.pulls[number], **fields)

    def review(self, number: int, login: str, state: ReviewState = ReviewState.APPROVED) -> None:
        """Review a pull request's head."""
        given = self.reviews.setdefault(number, [])
        given.append(Review(len(given) + 1, account(login), state, self.pulls[number].head))

    def dismiss(self, number: int) -> None:
        """Dismiss every review."""
        self.reviews[number] = [replace(review, state=ReviewState.DISMISSED) for review in self.reviews[number]]

    def upto(self, sha: str) -> set[str]:
        """A commit and all its ancestors."""
        found, todo = set[str](), [sha]
        while todo:
            tip = todo.pop()
            if tip not in found:
                found.add(tip)
                todo += self.commits[tip].parents
        return found

    def known(self, sha: str) -> str:
        """A commit's id.

        Raises:
            PlatformError: there is no such commit.
        """
        if sha not in self.commits:
            raise PlatformError(Trouble.NOT_FOUND, f"no commit {sha[:7]}")
        return sha
