"""What a rebase may write that a merge does not: it applies commits one by one, and drops those that the base has already.

So commits that undo each other can take back what the base branch has done since. It only can at paths that the base has changed,
and only if the policy asks more for one of them than it does anyway are the commits looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from agentowners.action.landing import Ground, every_path
from agentowners.change.model import Because, Change, FileChange, Status
from agentowners.engine.decide import Ruling, decide
from agentowners.engine.facts import Known, Need, Unavailable
from agentowners.engine.settle import find_out
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import ListedCommit
from agentowners.policy.model import Decision, Policy
from agentowners.records import record, replace

MAX_REPLAYED: Final = 30
"""As many commits are looked into for one pull request."""
MAX_FORKS: Final = 3
"""Of the commits of the base branch that commits of a pull request stand on, so many are compared with its tip."""


def replayed(
    ground: Ground, policy: Policy, change: Change, answer: Callable[[Need], Known | Unavailable]
) -> tuple[tuple[FileChange, ...], str | None]:
    """What a rebase of a pull request would write beside what is judged of it anyway, and what of that is not looked into.

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
    places = _places(ground)
    known = every_path(change.files)
    further = [_replayed(path, to) for path, to in sorted(places.items()) if to not in known]
    if not further or not _tightens(policy, change, further, answer) or not ground.host.pulls.rebase_allowed():
        return (), None
    # of those that GitHub lists the base branch may have taken some in since
    ends = ground.merges.tip, ground.pull.head
    many = len(ground.merges.history.commits) > MAX_REPLAYED and ground.host.commits.difference(*ends).ahead
    if many > MAX_REPLAYED:
        note = (
            f"the branch has {many} commits, and more than {MAX_REPLAYED} are not looked into one by one: what a rebase"
            " would write beside what is listed is not judged"
        )
        return (), note
    commits = ground.host.commits.compare(*ends).history.commits
    touched = {path for listed in commits for path in _touched(ground, listed)}
    return tuple(file for file in further if (file.stands_for or file.path) in touched), None


def _tightens(
    policy: Policy, change: Change, further: Iterable[FileChange], answer: Callable[[Need], Known | Unavailable]
) -> bool:
    """Whether more would be asked for if these were changed too, by anybody who contributed.

    That is taken in its strictest sense; what is asked for anyway is found out, as that may be less than it seems at first.
    """
    more = _asked(decide(policy, replace(change, files=tuple(replace(file, everybodys=True) for file in further))))
    return more != _NOTHING and not more <= _asked(find_out(policy, change, answer)[0])


@record
class _Asked:
    """The strictest decisions and the approvals that are asked for, by what is enforced and what is only observed."""

    decisions: tuple[Decision, Decision]
    obligations: frozenset[tuple[bool, object]]

    def __le__(self, other: _Asked) -> bool:
        """Whether another one asks for this much at least."""
        if other.decisions[0] is Decision.BLOCK:
            return True
        stricter = any(one.strictness > its.strictness for one, its in zip(self.decisions, other.decisions, strict=True))
        return not stricter and self.obligations <= other.obligations


_NOTHING: Final = _Asked((Decision.ALLOW, Decision.ALLOW), frozenset())


def _asked(ruling: Ruling) -> _Asked:
    each = ruling.judgements
    enforced = max((it.decision for it in each), key=lambda decision: decision.strictness, default=Decision.ALLOW)
    observed = max((it.observed for it in each), key=lambda decision: decision.strictness, default=Decision.ALLOW)
    asks = [(False, ask) for ask in ruling.obligations] + [(True, ask) for ask in ruling.observed_obligations]
    return _Asked((enforced, observed), frozenset((it, (ask.count, ask.approvers)) for it, ask in asks))


def may_differ(ground: Ground) -> bool:
    """Whether rebasing may write something else than merging does, and GitHub does not refuse to do it.

    Raises:
        PlatformError: GitHub does not answer.
    """
    commits = ground.merges.history.commits
    # a merge of the base into the branch is dropped, so what was there before it is replayed on what the base has since
    if ground.pull.rebaseable is False or ground.forks == (ground.merges.tip,):
        return False
    if len(commits) == 1 and len(commits[0].parents) == 1:
        # applied by itself it is what is listed
        return False
    fresh = ground.trial is not None and ground.trial.parents[0] == ground.merges.tip
    return not (ground.pull.rebaseable and fresh)


def _places(ground: Ground) -> dict[str, str]:
    """The paths that the base branch has changed since a commit of the pull request left it, each with where it is now."""
    found: dict[str, str] = {}
    # of very many the oldest: what was changed since the others was changed since those, unless it was taken back
    for fork in ground.forks[:MAX_FORKS]:
        if fork == ground.merges.tip:
            continue
        moves = ground.moves_since(fork)
        found |= {path: moves.renamed.get(path, path) for path in every_path(moves.files)}
    return found


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
    try:
        found = ground.merges.unlike_merge(sha) if sha in ground.merges.parents else None
    except PlatformError as error:
        if error.trouble not in (Trouble.NOT_FOUND, Trouble.FORBIDDEN, Trouble.INCOMPLETE):
            raise
        return None
    return None if found is None else set(found)
