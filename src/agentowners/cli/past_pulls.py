"""Merged pull requests as GitHub has them, as they are judged: with who opened them, and who approved before they were merged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from agentowners.action.base_merges import BaseMerges
from agentowners.action.commit_paths import PullCommitPaths
from agentowners.action.contributions import evidence_of
from agentowners.action.facts import Background, JobFacts
from agentowners.action.judge import change_of, pull_evidence
from agentowners.backtest.model import PastChange
from agentowners.backtest.sums import Backtest
from agentowners.cli.access import STANDARD_API, help_for, repository_of, token_and_url
from agentowners.cli.past import Extent, MergedPast
from agentowners.diagnostics import AgentownersError
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import MergedPull, Patience
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Policy
from agentowners.report.verdict.labels import DEFAULT_PREFIX

_GOES_ON = (Trouble.NOT_FOUND, Trouble.FORBIDDEN, Trouble.INCOMPLETE)
"""Troubles with one pull request that say nothing about the next."""


def merged_pulls(extent: Extent, requests: int, policy: Policy, sums: Backtest, patience: Patience | None) -> MergedPast:
    """The merged pull requests of a branch, asked of GitHub in so many requests; the default branch is GitHub's.

    The policy tells agents from people, and ``sums`` takes what is left out.
    """
    token, url = token_and_url()
    repository = repository_of(None, url)
    host = GitHubHost(token, url or STANDARD_API, repository, patience or Patience(), _unsaid)
    try:
        ref = extent.ref or f"refs/heads/{host.pulls.default_branch()}"
        questions = PullQuestions(host, policy, ref, extent, requests)
        listed = questions.listed()
    except PlatformError as error:
        raise AgentownersError(error.message, help=help_for(error, url)) from None
    return MergedPast(ref, questions.changes(listed, sums), len(listed), repository)


class PullQuestions(Struct, frozen=True):
    """The merged pull requests of a branch, and how much may be asked about them."""

    host: GitHubHost
    policy: Policy
    ref: str
    """Full name of the branch."""
    extent: Extent
    requests: int
    """As many requests may be made; none begins a further pull request after that."""

    def listed(self) -> list[MergedPull]:
        """The pull requests, those merged last first."""
        pulls: list[MergedPull] = []
        last, since = self.extent.last, self.extent.since
        for pull in self.host.pulls.merged_into(self.ref.removeprefix("refs/heads/")):
            if since is not None and seconds(pull.updated_at) < since:
                break
            if since is None or seconds(pull.merged_at) >= since:
                pulls.append(pull)
            if len(pulls) == last or self.host.requests >= self.requests:
                break
        return sorted(pulls, key=lambda pull: pull.merged_at, reverse=True)

    def changes(self, listed: list[MergedPull], sums: Backtest) -> Iterator[PastChange]:
        """Each pull request as a change; ``sums`` takes those that GitHub does not tell whole, and why it ended early."""
        facts = JobFacts(self.host)
        for place, merged in enumerate(listed):
            if self.host.requests >= self.requests:
                sums.ended = f"after {self.host.requests:,} requests, {len(listed) - place:,} pull requests were not looked at"
                return
            try:
                yield self._past(merged, facts)
            except PlatformError as error:
                if error.trouble not in _GOES_ON:
                    sums.ended, sums.is_broken = error.message, True
                    return
                sums.failed.append((f"#{merged.number}", error.message))

    def _past(self, merged: MergedPull, facts: JobFacts) -> PastChange:
        host, pull = self.host, self.host.pulls.get(merged.number)
        files, history = host.pulls.files(pull), host.pulls.history(pull)
        here = (pull.head_repository or "").lower() == host.repository.lower()

        def may_write() -> bool:
            return facts.may_write(pull.author)

        merges = BaseMerges(host, pull, history, lambda: here or may_write())
        paths = PullCommitPaths(host, pull, merges, may_write, files)
        given = host.pulls.reviews(pull.number)
        times = host.pulls.review_times(pull.number)
        reviews = tuple(review for review in given if "" < times.get(review.id, "") <= merged.merged_at)
        evidence = (*pull_evidence(host, pull, DEFAULT_PREFIX, _unsaid), *evidence_of(history, pull.author))
        change = change_of(merges, self.ref, files, evidence, reviews)
        background = Background(paths, None, _unsaid)
        ask = facts.about_pull(pull, change, definitions(self.policy), background)
        return PastChange(f"#{pull.number}", pull.title, seconds(merged.merged_at), change, ask)


def seconds(time: str) -> int:
    """Seconds since 1970 of a time as GitHub writes it; 0 for one that is none."""
    try:
        return int(datetime.fromisoformat(time).timestamp())
    except (ValueError, OverflowError):
        return 0


def _unsaid(note: str) -> None:
    """Notes of the gate about one pull request are none about the past."""
