"""Finds what a rebase may write and a merge does not: it applies commits one by one, and drops those that the base has already.

So commits that undo each other can take back what the base branch has done since, at a path that it has changed; and where it has
made a change and taken it back, one of them can be dropped and the other be left. Where commits of the branch were merged with
each other, the merge is dropped, and with it what it took back. Only if the policy asks more for such a path than it does anyway
are the commits looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.action.commit_paths import is_poor
from agentowners.action.landing import Ground, every_path
from agentowners.change.model import Because, Change, FileChange, Status
from agentowners.engine.decide import decide, restricts_anybody
from agentowners.engine.facts import Need, Reply
from agentowners.engine.ruling import Ruling
from agentowners.engine.settle import find_out
from agentowners.github.errors import NOT_WHOLE, PlatformError, Trouble, suppress_trouble
from agentowners.github.model import ListedCommit
from agentowners.policy.model import Decision, Policy

MAX_REPLAYED: Final = 30
"""As many commits are looked into for one pull request."""
MAX_FORKS: Final = 3
"""Most commits of the base branch under a pull request's commits that are compared with its tip."""
MAX_SINCE: Final = 100
"""As many commits that the base branch has made since are looked into; where it made more, each may have changed anything."""


def replayed(
    ground: Ground, policy: Policy, change: Change, answer: Callable[[Need], Reply]
) -> tuple[tuple[FileChange, ...], str | None]:
    """Changes that a rebase of a pull request would write beside those judged anyway, and remarks on what is not looked into.

    Args:
        ground: the base branch under the pull request.
        policy: what it is judged by.
        change: what is judged of it anyway.
        answer: tells what has to be known to decide about that.

    Raises:
        PlatformError: the base branch or a commit cannot be had, or not whole.
    """
    if change.conflict or not may_differ(ground):
        return (), None

    def tightens(paths: Iterable[str]) -> bool:
        files = [_replayed(path, path) for path in paths]
        return bool(files) and _tightens(policy, change, files, answer)

    places = _places(ground)
    known = every_path(change.files)
    moved = {path: to for path, to in sorted(places.items()) if to not in known}
    matters = tightens(moved.values())
    replay = _Replay(ground)
    hides = (replay.merges or replay.made_since > 1) and restricts_anybody(policy, change)
    if not (matters or hides) or not ground.host.pulls.rebase_allowed():
        return (), None
    if hides and not replay.merges and replay.made_since <= len(ground.merges.history.commits):
        hides = replay.since is None or tightens(replay.since - known - places.keys())
    if not (matters or hides):
        return (), None
    # of those that GitHub lists the base branch may have taken some in since
    many = len(ground.merges.history.commits) > MAX_REPLAYED and ground.host.commits.difference(*replay.ends).ahead
    if many > MAX_REPLAYED:
        note = (
            f"the branch has {many} commits, and more than {MAX_REPLAYED} are not looked into one by one: what a rebase"
            " would write beside what is listed is not judged"
        )
        return (), note
    further = []
    if matters:
        touched = replay.applied | replay.merged
        further = [_replayed(path, to) for path, to in moved.items() if path in touched]
    hidden = sorted(replay.applied - known - places.keys()) if hides else []
    if tightens(hidden):
        # else applying the commits leaves it as the head has it, which is as the base branch has it
        further += [
            _replayed(path, path) for path in hidden if replay.since is None or path in replay.since or path in replay.merged
        ]
    return tuple(further), None


class _Replay(Struct, dict=True):
    """The commits that a rebase applies, and those of the base branch of which it may drop the same; each looked into once."""

    ground: Ground

    @property
    def ends(self) -> tuple[str, str]:
        """The base branch's tip and the head."""
        return self.ground.merges.tip, self.ground.pull.head

    @property
    def merges(self) -> bool:
        """True where some of the pull request's commits are merges, which a rebase drops."""
        return any(len(listed.parents) > 1 for listed in self.ground.merges.history.commits)

    @property
    def made_since(self) -> int:
        """The number of commits that the base branch has made since the pull request's left it."""
        forks = [fork for fork in self.ground.forks[:MAX_FORKS] if fork != self.ground.merges.tip]
        return max((self.ground.moves_since(fork).ahead for fork in forks), default=0)

    @cached_property
    def commits(self) -> tuple[ListedCommit, ...]:
        """The pull request's, merges among them."""
        return self.ground.host.commits.compare(*self.ends).history.commits

    @cached_property
    def applied(self) -> set[str]:
        """The paths that commits change which are no merges."""
        return {path for listed in self.commits if len(listed.parents) < 2 for path in _touched(self.ground, listed)}

    @cached_property
    def merged(self) -> set[str]:
        """The paths at which merges are not what merging their parents makes."""
        return {path for listed in self.commits if len(listed.parents) > 1 for path in _touched(self.ground, listed)}

    @cached_property
    def fork(self) -> str | None:
        """The commit of the base branch on which the pull request's stand, in one line but for merges of it; None for others."""
        own = self.ground.merges.own
        in_line = all(sum(parent in own for parent in parents) < 2 for parents in own.parents.values())
        parents = own.parents[own.roots[0]]
        return parents[0] if in_line and len(parents) == 1 else None

    @cached_property
    def since(self) -> set[str] | None:
        """The paths that the base branch has changed since, though it may have taken it back; None where that cannot be told, or
        is too much to ask."""
        commits, poor = self.ground.host.commits, is_poor(self.ground.host, self.made_since)
        if self.fork is None or self.made_since > MAX_SINCE or poor or not self.ground.merges.is_insiders():
            return None
        listed = commits.few_between(self.fork, self.ground.merges.tip, MAX_SINCE)
        changes = [commits.opened(each.sha) for each in listed or ()]
        if listed is None or not all(change.files_complete for change in changes):
            return None
        return {path for change in changes for path in every_path(change.files)}


def _tightens(policy: Policy, change: Change, further: Iterable[FileChange], answer: Callable[[Need], Reply]) -> bool:
    """True if more would be asked for if these were changed too, by anybody who contributed.

    That is taken in its strictest sense; what is asked for anyway is found out, as that may be less than it seems at first.
    """
    more = _asked(decide(policy, replace(change, files=tuple(replace(file, everybodys=True) for file in further))))
    return more != _NOTHING and not more <= _asked(find_out(policy, change, answer)[0])


class _Asked(Struct, frozen=True):
    """The strictest decisions and the approvals that are asked for, by what is enforced and what is only observed."""

    decisions: tuple[Decision, Decision]
    obligations: frozenset[tuple[bool, object]]

    def __le__(self, other: _Asked) -> bool:
        """True if another one asks for this much at least."""
        if other.decisions[0] is Decision.BLOCK:
            return True
        stricter = any(
            decision.strictness > its.strictness for decision, its in zip(self.decisions, other.decisions, strict=True)
        )
        return not stricter and self.obligations <= other.obligations


_NOTHING: Final = _Asked((Decision.ALLOW, Decision.ALLOW), frozenset())


def _asked(ruling: Ruling) -> _Asked:
    each = ruling.judgements
    enforced = max((it.decision for it in each), key=lambda decision: decision.strictness, default=Decision.ALLOW)
    observed = max((it.observed for it in each), key=lambda decision: decision.strictness, default=Decision.ALLOW)
    asks = [(False, ask) for ask in ruling.obligations] + [(True, ask) for ask in ruling.observed_obligations]
    return _Asked((enforced, observed), frozenset((it, (ask.count, ask.approvers)) for it, ask in asks))


def may_differ(ground: Ground) -> bool:
    """True if rebasing may write something else than merging does, and GitHub does not refuse to do it."""
    commits = ground.merges.history.commits
    in_line = all(len(listed.parents) == 1 for listed in commits)
    # a merge is dropped, so what was there before it is replayed on what the base has since, and what it took back is left
    if ground.pull.rebaseable is False or (in_line and ground.forks == (ground.merges.tip,)):
        return False
    if in_line and len(commits) == 1:
        # applied by itself it is what is listed
        return False
    if not ground.pull.rebaseable:
        return True
    return ground.trial is None or ground.trial.parents[0] != ground.merges.tip


def _places(ground: Ground) -> dict[str, str]:
    """The paths that the base branch has changed since a commit of the pull request left it, each with where it is now."""
    places: dict[str, str] = {}
    # of very many the oldest: what was changed since the others was changed since those, unless it was taken back
    for fork in ground.forks[:MAX_FORKS]:
        if fork == ground.merges.tip:
            continue
        moves = ground.moves_since(fork)
        places |= {path: moves.renamed.get(path, path) for path in every_path(moves.files)}
    return places


def _replayed(path: str, to: str) -> FileChange:
    return FileChange(to, Status.WRITTEN, because=Because.REPLAYED, stands_for=path if to != path else None)


def _touched(ground: Ground, listed: ListedCommit) -> set[str]:
    """The paths that a commit changes; of a merge those where it is not what merging its parents makes, or, where that cannot be
    told, those where it is not as each of them is."""
    between = ground.host.changes.between
    if len(listed.parents) > 1:
        unlike = _unlike_merge(ground, listed.sha)
        return set().union(*(every_path(between(parent, listed.sha)) for parent in listed.parents)) if unlike is None else unlike
    change = ground.host.commits.opened(listed.sha)
    if change.files_complete:
        return every_path(change.files)
    if not listed.parents:
        raise PlatformError(Trouble.INCOMPLETE, f"GitHub does not list all files of commit {listed.sha[:7]}")
    return every_path(between(listed.parents[0], listed.sha))


def _unlike_merge(ground: Ground, sha: str) -> set[str] | None:
    with suppress_trouble(*NOT_WHOLE):
        paths = ground.merges.unlike_merge(sha) if sha in ground.merges.parents else None
        return None if paths is None else set(paths)
    return None
