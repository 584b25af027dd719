"""Merged changes of the local repository, as they are judged: by git alone, by the evidence in their commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from agentowners.backtest.model import PastChange
from agentowners.backtest.replay import Replay
from agentowners.backtest.sums import Backtest
from agentowners.change.model import Change
from agentowners.cli.offline import answer
from agentowners.cli.progress import Spinner
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Known, Need, PathsOf, Reply
from agentowners.git.clone import Clone
from agentowners.git.past import AT_ONCE, MainlineCommit, MergedChange, merged_changes
from agentowners.git.run import Git
from agentowners.identity.commits import commit_evidence


def past_changes(
    git: Git, clone: Clone, line: Sequence[MainlineCommit], ref: str, repository: str | None, found: Backtest
) -> Iterator[PastChange]:
    """The changes of a mainline, the newest first; hundreds are read at a time.

    Args:
        git: runs in the repository.
        clone: the repository.
        line: as ``mainline`` lists it.
        ref: full name of the branch.
        repository: ``owner/name``, where it is known.
        found: takes the number of changes that are left out since the clone lacks some of their commits.

    Raises:
        GitError: the history cannot be read.
    """
    for at in range(0, len(line), AT_ONCE):
        part = list(merged_changes(git, clone, line[at : at + AT_ONCE]))
        while part:
            merged = part.pop()
            if merged.is_cut:
                found.cut += 1
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

    def told(need: Need) -> Reply:
        paths = merged.paths_of(need.commit) if isinstance(need, PathsOf) else None
        return answer(need) if paths is None else Known(paths)

    return PastChange(merged.sha, merged.title, merged.when, change, told)


def replay(changes: Iterable[PastChange], judge: Replay, found: Backtest, asked: int = 0, spinner: Spinner | None = None) -> bool:
    """Judge changes and count them as they come; False where somebody interrupted it before the end."""
    looked_at = 0
    try:
        for change in changes:
            try:
                found.add(judge.judge(change))
            except AgentownersError as error:
                found.failed.append((change.id, error.message))
            looked_at += 1
            if spinner is not None and looked_at % 50 == 0:
                spinner.say(f"Judging what was merged: {looked_at:,} of {asked:,}")
    except KeyboardInterrupt:
        return False
    return True
