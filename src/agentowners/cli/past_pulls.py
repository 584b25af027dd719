"""Merged pull requests as GitHub has them, as they are judged: with who opened them, and who approved before they were merged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

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
        listed = _listed(host, ref, extent, requests)
    except PlatformError as error:
        raise AgentownersError(error.message, help=help_for(error, url)) from None
    return MergedPast(ref, _changes(host, listed, ref, requests, policy, sums), len(listed), repository)


def _listed(host: GitHubHost, ref: str, extent: Extent, requests: int) -> list[MergedPull]:
    """The pull requests, those merged last first; no more are asked for than so many requests tell."""
    pulls: list[MergedPull] = []
    for pull in host.pulls.merged_into(ref.removeprefix("refs/heads/")):
        if extent.since is not None and seconds(pull.updated_at) < extent.since:
            break
        if extent.since is None or seconds(pull.merged_at) >= extent.since:
            pulls.append(pull)
        if len(pulls) == extent.last or host.requests >= requests:
            break
    return sorted(pulls, key=lambda pull: pull.merged_at, reverse=True)


def _changes(
    host: GitHubHost, listed: list[MergedPull], ref: str, requests: int, policy: Policy, sums: Backtest
) -> Iterator[PastChange]:
    """Each pull request as a change; ``sums`` takes those that GitHub does not tell whole, and why it ended early."""
    facts = JobFacts(host)
    for place, merged in enumerate(listed):
        if host.requests >= requests:
            sums.ended = f"after {host.requests:,} requests, {len(listed) - place:,} pull requests were not looked at"
            return
        try:
            yield _past(host, merged, ref, policy, facts)
        except PlatformError as error:
            if error.trouble not in _GOES_ON:
                sums.ended, sums.is_broken = error.message, True
                return
            sums.failed.append((f"#{merged.number}", error.message))


def _past(host: GitHubHost, merged: MergedPull, ref: str, policy: Policy, facts: JobFacts) -> PastChange:
    pull = host.pulls.get(merged.number)
    files, history = host.pulls.files(pull), host.pulls.history(pull)
    merges = BaseMerges(host, pull, history, partial(facts.may_write, pull.author))
    paths = PullCommitPaths(merges, files)
    given = host.pulls.reviews(pull.number)
    times = host.pulls.review_times(pull.number)
    reviews = tuple(review for review in given if "" < times.get(review.id, "") <= merged.merged_at)
    evidence = (*pull_evidence(host, pull, DEFAULT_PREFIX, _unsaid), *evidence_of(history, pull.author))
    change = change_of(merges, ref, files, evidence, reviews)
    ask = facts.about_pull(pull, change, definitions(policy), Background(paths, None, _unsaid))
    return PastChange(f"#{pull.number}", pull.title, seconds(merged.merged_at), change, ask)


def seconds(time: str) -> int:
    """Seconds since 1970 of a time as GitHub writes it; 0 for one that is none."""
    try:
        return int(datetime.fromisoformat(time).timestamp())
    except (ValueError, OverflowError):
        return 0


def _unsaid(note: str) -> None:
    """Notes of the gate about one pull request are none about the past."""
