"""A push: judged after the fact, and published under a name of its own that no pull request needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from agentowners.action.contributions import evidence_of
from agentowners.action.events import Push
from agentowners.action.failure import JudgementError, no_verdict
from agentowners.action.sweep import all_open, sweep
from agentowners.change.model import Change, Evidence, FileChange, Signal, Status, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Outcome
from agentowners.github.files import reverse
from agentowners.github.model import Comparison, History, ListedCommit
from agentowners.report.escape import quoted

if TYPE_CHECKING:
    from agentowners.action.job import Job

SUFFIX: Final = " (push)"
MAX_LOOKUPS: Final = 100
"""As many commits are looked up for the pull requests that they may have come through."""
_BRANCH: Final = "refs/heads/"


def judge_push(job: Job, push: Push) -> None:
    """Judge what was pushed; after a push that changes a policy, every open pull request with that base again.

    Raises:
        PlatformError: the check run cannot be created although the token may.
    """
    if push.before is None and push.ref == f"{_BRANCH}{push.default_branch}":
        job.notice("nothing to judge: the default branch's first push has no policy before it")
        return
    branch = push.ref.removeprefix(_BRANCH)
    name = job.inputs.name_for(branch)[: 255 - len(SUFFIX)] + SUFFIX
    board = job.open_board(name, push.after, "push")
    notes: list[str] = []
    files: tuple[FileChange, ...] | None = None
    outcome: Outcome
    try:
        comparison = _compare(job, push)
        files = _files(job, push, comparison)
        outcome = _judge(job, push, comparison, files, notes)
    except AgentownersError as error:
        outcome = no_verdict(error, head=push.after, repository=job.surroundings.repository, ref=push.ref)
    job.publish(board, outcome, notes)
    if push.ref.startswith(_BRANCH) and (files is None or _changes_policy(job, files)):
        # where the base has no policy the default branch's holds
        sweep(job, all_open(job, None if branch == push.default_branch else branch), take_back=True)


def _compare(job: Job, push: Push) -> Comparison:
    base = push.before or job.host.commits.branch_tip(push.default_branch)
    return job.host.commits.compare(base, push.after)


def _files(job: Job, push: Push, comparison: Comparison) -> tuple[FileChange, ...]:
    """Everything that is different now.

    Raises:
        PlatformError: GitHub does not tell it whole.
    """
    files, complete = comparison.files, comparison.files_complete
    if push.before is not None and comparison.status in ("diverged", "behind"):
        # a forced push also takes back what was on the branch before
        taken_back = job.host.commits.compare(push.after, push.before)
        files += tuple(reverse(file) for file in taken_back.files)
        complete = complete and taken_back.files_complete
    return files if complete else job.host.changes.between(push.before or comparison.merge_base, push.after)


def _judge(job: Job, push: Push, comparison: Comparison, files: tuple[FileChange, ...], notes: list[str]) -> Outcome:
    policy = job.policies.for_push(push.before or comparison.merge_base, push.ref, push.default_branch)
    pusher = (None if push.pusher.id is None else job.host.people.account(push.pusher.id)) or push.pusher
    commits = comparison.history.commits
    direct, through = _sort_out(job, push.ref, commits)
    if through:
        arrived = ", ".join(f"#{number}" for number in sorted(set(through.values())))
        notes.append(f"{len(through)} of {len(commits)} commits arrived through {arrived}, where they were judged")
    if commits and not direct and comparison.status == "ahead":
        files = ()
    elif through and comparison.status == "ahead":
        files = _merged(file for commit in direct for file in job.host.commits.files_of(commit.sha))
    history = History(commits=tuple(direct), emails=comparison.history.emails)
    evidence = (Evidence(Signal.AUTHOR, Strength.VERIFIED, account=pusher), *evidence_of(history, pusher))
    change = Change(
        ref=push.ref,
        files=files,
        evidence=evidence,
        author=pusher,
        repository=job.surroundings.repository,
        head=push.after,
        emails=history.emails,
    )
    return inquire(policy, change, job.facts.about_push(push.before or comparison.merge_base, push.after))


def _sort_out(job: Job, ref: str, commits: tuple[ListedCommit, ...]) -> tuple[list[ListedCommit], dict[str, int]]:
    """The commits that were pushed directly, and those that a merged pull request brought, each with its number.

    Raises:
        JudgementError: there are more commits than can be looked up.
    """
    branch = ref.removeprefix(_BRANCH)
    through: dict[str, int] = {}
    lookups = 0
    for listed in reversed(commits):
        if listed.sha in through:
            continue
        lookups += 1
        if lookups > MAX_LOOKUPS:
            raise JudgementError(
                "Facts are incomplete",
                f"the push to {quoted(ref)} has more than {MAX_LOOKUPS} commits that did not come with a pull request",
                help="push fewer commits at a time",
            )
        merged = [p for p in job.host.commits.pulls_of(listed.sha) if p.merged and p.base_ref == branch]
        if merged:
            number = merged[0].number
            history = job.host.pulls.history(job.host.pulls.get(number))
            through |= {commit.sha: number for commit in history.commits} | {listed.sha: number}
    listed_shas = {listed.sha for listed in commits}
    direct = [listed for listed in commits if listed.sha not in through]
    return direct, {sha: number for sha, number in through.items() if sha in listed_shas}


def _merged(files: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Changes of one path by several commits are one entry for each kind of change."""
    found: dict[tuple[str, Status, str | None], FileChange] = {}
    for file in files:
        found.setdefault((file.path, file.status, file.previous_path), file)
    return tuple(found.values())


def _changes_policy(job: Job, files: tuple[FileChange, ...]) -> bool:
    return any(job.policies.is_policy(path) for file in files for path in (file.path, file.previous_path) if path is not None)
