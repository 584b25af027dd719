"""Merged changes of the local repository, as they are judged: by git alone, by the evidence in their commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from msgspec import Struct

from agentowners.backtest.model import PastChange
from agentowners.backtest.replay import Replay
from agentowners.backtest.sums import Backtest
from agentowners.change.model import Change
from agentowners.cli.offline import answer_with
from agentowners.cli.progress import Spinner
from agentowners.diagnostics import AgentownersError
from agentowners.git.clone import Clone, branches, inspect_clone, origin_repository
from agentowners.git.objects import Objects
from agentowners.git.past import AT_ONCE, MainlineCommit, MergedChange, mainline, merged_changes
from agentowners.git.revisions import find_branch
from agentowners.git.run import Git
from agentowners.identity.commits import commit_evidence


class Extent(Struct, frozen=True):
    """The branch whose past is wanted, and how much of it."""

    ref: str | None
    """Full name; None for the default branch."""
    last: int | None
    since: int | None
    """Seconds since 1970."""


class MergedPast(Struct, frozen=True):
    """Changes that were merged into a branch."""

    ref: str
    changes: Iterable[PastChange]
    """Read as they are asked for."""
    asked: int
    """As many there are."""
    repository: str | None
    """``owner/name``, where it is known."""
    shallow_since: int | None = None
    """When the history of a shallow clone begins, in seconds since 1970; None for a whole one."""


def merged_commits(git: Git, extent: Extent, sums: Backtest) -> MergedPast:
    """The past of a branch as the clone has it; ``sums`` takes what is left out."""
    from agentowners.cli.survey import standard_branch

    ref = extent.ref or standard_branch(git, branches(git))
    with Objects.of(git) as objects:
        tip = find_branch(objects, ref)
    if tip is None:
        raise AgentownersError(f"the branch `{ref}` is not in this clone", help="fetch it, or name another with `--ref`")
    clone = inspect_clone(git, tip.commit)
    line = mainline(git, tip.commit, last=extent.last, since=extent.since)
    repository = origin_repository(git)
    changes = past_changes(git, clone, line, ref, repository, sums)
    return MergedPast(ref, changes, len(line), repository, line[-1].when if clone.boundary and line else None)


def past_changes(
    git: Git, clone: Clone, line: Sequence[MainlineCommit], ref: str, repository: str | None, sums: Backtest
) -> Iterator[PastChange]:
    """The changes of a mainline, the newest first; hundreds are read at a time.

    ``sums`` takes the number of those that are left out since the clone lacks some of their commits.
    """
    for at in range(0, len(line), AT_ONCE):
        part = list(merged_changes(git, clone, line[at : at + AT_ONCE]))
        while part:
            merged = part.pop()
            if merged.is_cut:
                sums.cut += 1
            else:
                yield _past(merged, ref, repository)


def _past(merged: MergedChange, ref: str, repository: str | None) -> PastChange:
    change = Change(
        ref=ref,
        files=merged.files,
        evidence=tuple(item for commit in merged.commits for item in commit_evidence(commit, None, offline=True)),
        repository=repository,
        head=merged.sha,
        by_writer=True,
        commits=tuple(commit.sha for commit in merged.commits),
    )
    return PastChange(merged.sha, merged.title, merged.when, change, partial(answer_with, merged.paths_of))


def replay(changes: Iterable[PastChange], judge: Replay, sums: Backtest, total: int = 0, spinner: Spinner | None = None) -> bool:
    """Judge changes and count them as they come; False where somebody interrupted it before the end."""
    looked_at = 0
    try:
        for change in changes:
            try:
                sums.add(judge.judge(change))
            except AgentownersError as error:
                sums.failed.append((change.id, error.message))
            looked_at += 1
            if spinner is not None and looked_at % 50 == 0:
                spinner.say(f"Judging what was merged: {looked_at:,} of {total:,}")
    except KeyboardInterrupt:
        return False
    return True
