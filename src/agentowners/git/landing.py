"""Changes of a range, and those that merging it or rebasing it would make besides."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Because, FileChange, Status
from agentowners.git.clone import Clone, scratch
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.diff import changed_since, differing, files_since
from agentowners.git.history import History
from agentowners.git.run import PLAIN_LOG, Git, GitError, failure, text

MOST_BASES = 10
"""As many merge bases are merged into one, and looked at."""
MOST_COMMITS = 30
"""As many commits are looked at one by one."""
_USAGE = 129
"""Exit code of a git that does not know an option."""


class RangeLanding(Struct, frozen=True):
    """A range as it is to be judged."""

    files: tuple[FileChange, ...]
    conflict: bool = False
    """True if git cannot merge it."""
    notes: tuple[str, ...] = ()
    """Remarks on what was not looked at."""


def landing(git: Git, clone: Clone, base: str, head: str, history: History, commits: CommitPaths) -> RangeLanding:
    """The files that a head changes relative to every merge base, and those that merging or rebasing it writes beside them.

    Args:
        git: runs in the clone.
        clone: what is known about it.
        base: id of the commit at the base branch's tip.
        head: id of the head.
        history: what lies between the two.
        commits: reads the paths of single commits.

    Raises:
        GitError: there are too many merge bases, or something is missing from the clone.
    """
    bases = history.bases
    if len(bases) > MOST_BASES:
        raise GitError(f"the two have {len(bases)} merge bases, and at most {MOST_BASES} are looked at", help=_UPDATE)
    listed = files_since(git, bases, head)
    parents = _parents(git, base, head)
    merges = {sha for sha, its in parents.items() if len(its) > 1}
    if bases == (head,) or (bases == (base,) and not merges):
        return RangeLanding(listed)
    if len(bases) > 1:
        stands = differing(git, base, head)
        listed = tuple(file for file in listed if not stands.isdisjoint(file.paths))
    moved: dict[str, str] = {}
    touched: set[str] = set()
    # a rebase drops merges of the base, so what was there before them is applied to what the base has since
    fork = _fork(parents)
    for since in dict.fromkeys((*bases, fork or bases[0])):
        for file in changed_since(git, since, base):
            touched.update(file.paths)
            if file.status is Status.RENAMED and file.previous_path is not None:
                moved.setdefault(file.previous_path, file.path)
    result = _merged(clone, base, head)
    if result is None:
        return RangeLanding(listed, conflict=True)
    written, notes = result
    paths = {path for file in listed for path in file.paths}
    came_from = {new: old for old, new in moved.items() if old in paths}
    lands = tuple(_landing(file, came_from) for file in written if not paths.issuperset(file.paths))
    paths.update(path for file in lands for path in file.paths)
    own = [commit.sha for commit in history.commits]
    if len(own) > MOST_COMMITS:
        many = f"more than {MOST_COMMITS} commits were not looked at one by one, as a rebase would apply them"
        return RangeLanding((*listed, *lands), notes=(*notes, many))
    of = {sha: commits.of(sha) or frozenset() for sha in own}
    replayed = {moved.get(path, path): path for sha in own for path in sorted(of[sha]) if path in touched}
    hidden = frozenset[str]().union(*(of[sha] for sha in own if sha not in merges)) - touched - paths
    if hidden and fork is not None:
        # what the base has made and taken back, and what a merge took back that a rebase drops
        hidden &= _ever_touched(git, fork, base).union(*(of[sha] for sha in merges))
    replayed |= {path: path for path in sorted(hidden)}
    replays = tuple(_replayed(path, was) for path, was in replayed.items() if path not in paths)
    return RangeLanding((*listed, *lands, *replays), notes=notes)


_UPDATE = "merge the base branch into the branch first"
_TOO_OLD = "this git is too old to tell what merging writes beside the files that the change lists; 2.38 and newer can"


def _parents(git: Git, base: str, head: str) -> dict[str, tuple[str, ...]]:
    """The commits that the head has and the base has not, each with its parents."""
    lines = text(git.run("rev-list", "--parents", f"{base}..{head}")).splitlines()
    return {sha: tuple(parents) for sha, *parents in (line.split() for line in lines)}


def _fork(parents: dict[str, tuple[str, ...]]) -> str | None:
    """The commit of the base on which commits stand, in one line but for merges of the base; None for others."""
    roots = [its for its in parents.values() if not any(parent in parents for parent in its)]
    in_line = all(sum(parent in parents for parent in its) < 2 for its in parents.values())
    return roots[0][0] if in_line and len(roots) == len(roots[0]) == 1 else None


def _ever_touched(git: Git, since: str, base: str) -> frozenset[str]:
    """The paths that any commit of the base since has changed, though another may have taken it back."""
    listed = git.run(*PLAIN_LOG, "-m", "--name-only", "--no-renames", "--format=", f"{since}..{base}")
    return frozenset(text(listed).split("\0"))


def _landing(file: FileChange, came_from: dict[str, str]) -> FileChange:
    origin = came_from.get(file.path)
    return replace(file, because=Because.LANDS, stands_for=origin, everybodys=origin is None)


def _replayed(path: str, was: str) -> FileChange:
    return FileChange(path, Status.WRITTEN, because=Because.REPLAYED, stands_for=was if was != path else None)


def _merged(clone: Clone, base: str, head: str) -> tuple[Iterable[FileChange], tuple[str, ...]] | None:
    """Changes that merging writes onto the base, and remarks; None where the two conflict."""
    with scratch(clone, base) as git:
        arguments = ("merge-tree", "--write-tree", "--no-messages", base, head)
        code, out, err = git.attempt(*arguments)
        match code:
            case 0:
                return changed_since(git, base, text(out).strip()), ()
            case 1:
                return None
            case _ if code == _USAGE:
                return (), (_TOO_OLD,)
            case _:
                raise failure(err, arguments)
