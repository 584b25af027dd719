"""Commits and trees of the fake, and the word to the facts that each of its questions begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from msgspec.structs import replace

from agentowners.change.model import FileChange, Kind
from agentowners.github.commits import Commits
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import (
    CommitChange,
    CommitHistory,
    Comparison,
    Difference,
    ListedCommit,
    Pull,
    PullSummary,
)
from agentowners.github.tree_changes import TreeChanges
from agentowners.github.trees import Tree, TreeEntry, Trees
from tests.action.loops.facts import Facts, digest


class _HasFacts(Protocol):
    @property
    def facts(self) -> Facts: ...


_Self = TypeVar("_Self", bound=_HasFacts)
_Args = ParamSpec("_Args")
_Answer = TypeVar("_Answer")


def asks(method: Callable[Concatenate[_Self, _Args], _Answer]) -> Callable[Concatenate[_Self, _Args], _Answer]:
    """Let the facts know of each question before it is answered."""
    name = method.__qualname__.removeprefix("Fake").lower()

    @wraps(method)
    def asked(self: _Self, /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Answer:
        about = args[0] if args else None
        self.facts.is_asked(name, getattr(about, "number", about))
        return method(self, *args, **kwargs)

    return asked


class FakeTrees(Trees):
    """Trees of the fields; ``kind`` is the real one."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._folders: dict[str, dict[str, bytes]] = {}

    @asks
    def branch(self, name: str) -> tuple[str, Tree]:
        if name not in self.facts.branches:
            raise PlatformError(Trouble.NOT_FOUND, f"no branch {name}")
        tip = self.facts.branches[name]
        return tip, self._listed(self.facts.files[tip])

    @asks
    def tree(self, sha: str) -> Tree:
        return self._listed(self._folders[sha] if sha in self._folders else self.facts.files[self.facts.known(sha)])

    @asks
    def whole(self, sha: str, *, attempts: int | None = None) -> Tree | None:
        files = self.facts.files[self.facts.known(sha)]
        return {path: (TreeEntry("100644", digest(data)),) for path, data in files.items()}

    @asks
    def blob(self, sha: str) -> bytes:
        return next(data for files in self.facts.files.values() for data in files.values() if digest(data) == sha)

    def _listed(self, files: Mapping[str, bytes]) -> Tree:
        found: dict[str, tuple[TreeEntry, ...]] = {}
        for path, data in files.items():
            folder, slash, _ = path.partition("/")
            if slash and folder not in found:
                inner = {name.removeprefix(f"{folder}/"): each for name, each in files.items() if name.startswith(f"{folder}/")}
                self._folders[digest(inner)] = inner
                found[folder] = (TreeEntry("040000", digest(inner)),)
            elif not slash:
                found[path] = (TreeEntry("100644", digest(data)),)
        return found


class FakeCommits(Commits):
    """Commits of the fields; ``files_of`` is the real one."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        # of the same commits, and nobody is told that they are looked at
        unasked = Facts(commits=facts.commits, files=facts.files)
        self._between = TreeChanges(FakeTrees(unasked), lambda _: None).between

    def compared(self, base: str, head: str) -> Comparison:
        """``compare``, without anything being asked."""
        theirs, ours = self.facts.upto(self.facts.known(base)), self.facts.upto(self.facts.known(head))
        shared = [sha for sha in self.facts.commits if sha in theirs & ours]
        if not shared:
            raise PlatformError(Trouble.NOT_FOUND, "no common ancestor")
        listed = tuple(each for sha, each in self.facts.commits.items() if sha in ours - theirs)
        emails = {each.commit.author_email.lower(): each.commit.author for each in listed if each.commit.author is not None}
        return Comparison(
            merge_base=shared[-1],
            status={(0, 0): "identical", (0, 1): "ahead", (1, 0): "behind"}.get(
                (min(len(theirs - ours), 1), min(len(listed), 1)), "diverged"
            ),
            files=self.changed(shared[-1], head),
            files_complete=True,
            history=CommitHistory(commits=listed, emails=emails),
        )

    def changed(self, base: str, head: str) -> tuple[FileChange, ...]:
        """Changed files as GitHub lists them, which tells nothing of links."""
        unknown = {Kind.FILE: Kind.UNKNOWN}
        return tuple(
            replace(file, before=unknown.get(file.before, file.before), after=unknown.get(file.after, file.after))
            for file in self._between(base, head)
        )

    @asks
    def compare(self, base: str, head: str) -> Comparison:
        return self.compared(base, head)

    @asks
    def few_between(self, base: str, head: str, most: int) -> tuple[ListedCommit, ...] | None:
        found = self.compared(base, head).history.commits
        return found if len(found) <= most else None

    @asks
    def merge_base(self, base: str, head: str) -> str:
        return self.compared(base, head).merge_base

    @asks
    def contains(self, tip: str, sha: str) -> bool:
        return sha in self.facts.upto(self.facts.known(tip))

    @asks
    def difference(self, base: str, head: str) -> Difference:
        made = self.compared(base, head)
        ahead = len(made.history.commits)
        return Difference(
            merge_base=made.merge_base, status=made.status, ahead=ahead, files=made.files, files_complete=made.files_complete
        )

    @asks
    def opened(self, sha: str) -> CommitChange:
        parents = self.facts.commits[self.facts.known(sha)].parents
        return CommitChange(parents=parents, files=self.changed(parents[0], sha), files_complete=True)

    @asks
    def branch_tip(self, branch: str) -> str:
        if branch not in self.facts.branches:
            raise PlatformError(Trouble.NOT_FOUND, f"no branch {branch}")
        return self.facts.branches[branch]

    @asks
    def pulls_of(self, sha: str) -> tuple[PullSummary, ...]:
        pulls = self.facts.pulls.values()
        return tuple(summary(pull) for pull in pulls if any(sha == each.sha for each in self.own(pull).commits))

    def own(self, pull: Pull) -> CommitHistory:
        """A pull request's commits, also once they are merged."""
        return self.compared(pull.base if pull.merged else self.facts.branches[pull.base_ref], pull.head).history


def summary(pull: Pull) -> PullSummary:
    """A pull request as it appears in a list."""
    return PullSummary(
        number=pull.number,
        open=pull.open,
        merged=pull.merged,
        head=pull.head,
        head_ref=pull.head_ref,
        head_repository=pull.head_repository,
        base_ref=pull.base_ref,
        author=pull.author,
    )
