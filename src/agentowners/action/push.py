"""A push: judged after the fact, and published under a name of its own that no pull request needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from agentowners.action.board import Board
from agentowners.action.contributions import evidence_of
from agentowners.action.events import Push
from agentowners.action.failure import JudgementError
from agentowners.action.publisher import Attempt
from agentowners.action.pull_requests import PullRequests
from agentowners.action.sweep import SweepBatch, all_open
from agentowners.change.model import Change, Evidence, FileChange, Signal, Status, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Outcome
from agentowners.github.files import reverse
from agentowners.github.host import GitHubHost
from agentowners.github.model import CommitHistory, Comparison, Glance, ListedCommit, PullSummary
from agentowners.report.shared.escape import quoted

SUFFIX: Final = " (push)"
MAX_LOOKUPS: Final = 100
"""As many commits are looked up for the pull requests that they may have come through."""
_BRANCH: Final = "refs/heads/"


def judge_push(pull_requests: PullRequests, push: Push) -> None:
    """Judge what was pushed; then the open pull requests to the branch again whose verdict the push can have changed.

    After a push that makes the policy another one these are all, and first every pass of the old policy is taken back, unless it
    is proved that nothing became stricter.

    Raises:
        PlatformError: the check run cannot be created although the token may.
    """
    publisher = pull_requests.publisher
    if push.before is None and push.ref == f"{_BRANCH}{push.default_branch}":
        publisher.notice("nothing to judge: the default branch's first push has no policy before it")
        return
    branch = push.ref.removeprefix(_BRANCH)
    name = publisher.inputs.name_for(branch)[: 255 - len(SUFFIX)] + SUFFIX
    pushed = _Pushed(pull_requests, push, publisher.open_named(name, push.after, "push"))
    publisher.in_turn(pushed.look)
    if not push.ref.startswith(_BRANCH):
        publisher.in_turn(pushed.judge)
        return
    if pushed.changes_policy():
        # where the base has no policy the default branch's holds
        pulls = all_open(publisher.host, None if branch == push.default_branch else branch)
        again = SweepBatch(pull_requests, pulls)
        if not pushed.only_loosens():
            again.take_back()
        publisher.in_turn(pushed.judge)
        again.run()
        return
    publisher.in_turn(pushed.judge)
    result = list(publisher.published)
    SweepBatch(pull_requests, pushed.touches(branch), share=2).run()
    # the job's own result is that of the push
    publisher.published = result


class _Pushed(Struct):
    """A push, as far as it has been looked at."""

    pull_requests: PullRequests
    push: Push
    board: Board
    comparison: Comparison | None = None
    files: tuple[FileChange, ...] | None = None
    """Everything that is different now; None where that is not known."""
    complete: bool = False
    """True if GitHub's comparison lists all of it."""
    error: AgentownersError | None = None

    def look(self) -> None:
        """See what is different now."""
        host, push = self.pull_requests.publisher.host, self.push
        try:
            comparison = self.comparison = host.commits.compare(
                push.before or host.commits.branch_tip(push.default_branch), push.after
            )
            files, complete = comparison.files, comparison.files_complete
            if push.before is not None and comparison.status in ("diverged", "behind"):
                # a forced push also takes back what was on the branch before
                taken_back = host.commits.compare(push.after, push.before)
                files += tuple(reverse(file) for file in taken_back.files)
                complete = complete and taken_back.files_complete
            self.files = files if complete else host.changes.between(push.before or comparison.merge_base, push.after)
            self.complete = complete
        except AgentownersError as error:
            self.error = error

    def judge(self) -> None:
        """Publish the push's own verdict."""
        if self.board.done:
            return
        notes: list[str] = []
        outcome: Outcome
        try:
            if self.comparison is None or self.files is None:
                raise self.error or JudgementError("Facts are incomplete", "what was pushed is not known")
            outcome = self._outcome(self.comparison, self.files, notes)
        except AgentownersError as error:
            outcome = self.pull_requests.publisher.failed(self.board, error, ref=self.push.ref)
        self.pull_requests.publisher.publish(self.board, Attempt(outcome, notes=notes))

    def changes_policy(self) -> bool:
        """True if the policy of the branch may be another one now; not so where both mean the same."""
        policies, push = self.pull_requests.policies, self.push
        if self.files is None:
            return True
        paths = (path for file in self.files for path in (file.path, file.previous_path) if path is not None)
        if not any(policies.is_policy(path) for path in paths):
            return False
        return push.before is None or not policies.same(push.before, push.after, push.ref)

    def only_loosens(self) -> bool:
        """True if whatever passed under the policy before passes under the one that was pushed."""
        push = self.push
        return push.before is not None and self.pull_requests.policies.only_loosens(push.before, push.after, push.ref)

    def touches(self, branch: str) -> tuple[PullSummary, ...]:
        """The open pull requests to the branch whose verdict the push can have changed."""
        pulls = self.pull_requests.publisher.host.pulls
        try:
            glances = pulls.glances(branch, self.pull_requests.publisher.inputs.name_for(branch))
        except AgentownersError as error:
            notice = self.pull_requests.publisher.notice
            notice(f"what the open pull requests change could not be looked at, so all are judged: {error.message}")
            return all_open(self.pull_requests.publisher.host, branch)
        if not glances:
            # that there are none is not believed at one word
            return all_open(self.pull_requests.publisher.host, branch)
        return touched(glances, self.files or (), complete=self.complete)

    def _outcome(self, comparison: Comparison, files: tuple[FileChange, ...], notes: list[str]) -> Outcome:
        judging, push = self.pull_requests, self.push
        host = judging.publisher.host
        policy = judging.policies.for_push(push.before or comparison.merge_base, push.ref, push.default_branch)
        pusher = (None if push.pusher.id is None else host.people.account(push.pusher.id)) or push.pusher
        commits = comparison.history.commits
        direct, through = _sort_out(host, push.ref, commits)
        if through:
            arrived = ", ".join(f"#{number}" for number in sorted(set(through.values())))
            notes.append(f"{len(through)} of {len(commits)} commits arrived through {arrived}, where they were judged")
        if commits and not direct and comparison.status == "ahead":
            files = ()
        elif through and comparison.status == "ahead":
            files = _merged(file for commit in direct for file in host.commits.files_of(commit.sha))
        history = CommitHistory(commits=tuple(direct), emails=comparison.history.emails)
        evidence = (Evidence(Signal.AUTHOR, Strength.VERIFIED, account=pusher), *evidence_of(history, pusher))
        change = Change(
            ref=push.ref,
            files=files,
            evidence=evidence,
            author=pusher,
            repository=judging.publisher.surroundings.repository,
            head=push.after,
            emails=history.emails,
        )
        return inquire(policy, change, judging.facts.about_push(push.before or comparison.merge_base, push.after))


def _sort_out(host: GitHubHost, ref: str, commits: tuple[ListedCommit, ...]) -> tuple[list[ListedCommit], dict[str, int]]:
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
        merged = [p for p in host.commits.pulls_of(listed.sha) if p.merged and p.base_ref == branch]
        if merged:
            number = merged[0].number
            history = host.pulls.history(host.pulls.get(number))
            through |= {commit.sha: number for commit in history.commits} | {listed.sha: number}
    listed_shas = {listed.sha for listed in commits}
    direct = [listed for listed in commits if listed.sha not in through]
    return direct, {sha: number for sha, number in through.items() if sha in listed_shas}


def _merged(files: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Changes of one path by several commits are one entry for each kind of change."""
    changes: dict[tuple[str, Status, str | None], FileChange] = {}
    for file in files:
        changes.setdefault((file.path, file.status, file.previous_path), file)
    return tuple(changes.values())


_SETTLED: Final = ("Allowed", "Blocked: ", "Waiting for approval", "No policy")
"""So begin the titles of those to which neither a review that was not heard nor a conflict makes a difference. Others pass by
approvals, say that they conflict, or could not be judged."""
_WOULD_BE: Final = "Would be: "


def touched(glances: Iterable[Glance], files: Sequence[FileChange], *, complete: bool) -> tuple[PullSummary, ...]:
    """The pull requests to judge again after a push.

    Those that change a path which the push moves or removes: what they change lands elsewhere now, or nowhere. And of those that
    pass by approvals, say that they conflict, or could not be judged, the ones that change a path which it changes: there may be
    a conflict now, or none any more.

    Args:
        glances: the open pull requests to the branch.
        files: what the push changed.
        complete: whether those are all; otherwise every path counts.
    """
    moved = {path for file in files for path in _former(file)}
    changed = moved | {file.path for file in files}
    return tuple(
        glance.pull
        for glance in glances
        if _meets(glance, moved, complete) or (_depends_on_reviews(glance) and _meets(glance, changed, complete))
    )


def _former(file: FileChange) -> tuple[str, ...]:
    if file.previous_path is not None:
        return (file.previous_path,)
    return (file.path,) if file.status is Status.REMOVED else ()


def _meets(glance: Glance, paths: set[str], complete: bool) -> bool:
    if glance.paths is None or not complete:
        return bool(paths) or not complete
    return not paths.isdisjoint(glance.paths)


def _depends_on_reviews(glance: Glance) -> bool:
    # what is in progress may pass by what it saw before the push
    return glance.says is None or not all(title.removeprefix(_WOULD_BE).startswith(_SETTLED) for title in glance.says)
