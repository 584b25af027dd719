"""Branches that a pull request went to before: what its head took in from there was brought by whoever pushed it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentowners.action.own_commits import Commits, OwnCommits
from agentowners.action.pushers import pushed
from agentowners.action.record import UNTOLD, read_record
from agentowners.action.stacked import PlainAnswers, Stack
from agentowners.change.model import Evidence, Signal, Strength
from agentowners.github.errors import PlatformError
from agentowners.github.host import GitHubHost
from agentowners.github.model import Activity, Pull
from agentowners.github.reading import MalformedError

MAX_BASES: Final = 3
"""As many such branches are looked into for one pull request."""


def from_former_bases(
    host: GitHubHost, repository: str, pull: Pull, own: OwnCommits, moves: Sequence[Activity]
) -> tuple[list[Evidence], list[str]]:
    """Everybody who brought commits of a pull request to a branch that it went to before, and what could not be told, for people.

    GitHub merges the base branch into the head, or sets the head on it, in the name of whoever asks for it. Where the head has
    no such merge, and was never set on anything else, nothing is asked for.

    Args:
        host: the platform.
        repository: ``owner/name`` of the one that the pull request is of.
        pull: the pull request.
        own: its commits.
        moves: of its head branch, as far as they are known.

    Raises:
        PlatformError: GitHub does not answer.
    """
    merged = [parents for parents in own.parents.values() if sum(parent in own for parent in parents) > 1]
    forced = any(move.kind == "force_push" and move.after in own for move in moves)
    if not (merged or forced):
        return [], []
    taken_in: Commits = own.every if forced else 0
    for first, *others in merged:
        for other in others:
            taken_in |= own.upto(other) & ~own.upto(first)
    here = (pull.head_repository or "").lower() == repository.lower()
    branches = _former(host, pull)
    branches = branches and tuple(each for each in branches if each != pull.base_ref and not (here and each == pull.head_ref))
    if branches is None or len(branches) > MAX_BASES:
        note = "who pushed to the branches that the pull request went to before was not looked up: somebody unknown may have"
        return [_unknown(own, taken_in)], [note]
    evidence: list[Evidence] = []
    notes: list[str] = []
    for branch in branches:
        people, further = _from(host, repository, pull, own, branch, taken_in)
        evidence += people
        notes += further
    return evidence, notes


def _former(host: GitHubHost, pull: Pull) -> tuple[str, ...] | None:
    """The branches that a pull request went to before, each once; None where it did, and GitHub does not tell to which."""
    try:
        return host.timelines.former_bases(pull.number)
    except (PlatformError, MalformedError):
        try:
            return () if host.timelines.base_changed(pull.number) is None else None
        except PlatformError as error:
            if error.trouble not in UNTOLD:
                raise
            return None


def _from(
    host: GitHubHost, repository: str, pull: Pull, own: OwnCommits, branch: str, taken_in: Commits
) -> tuple[list[Evidence], list[str]]:
    record, why = read_record(host, repository, branch)
    cut = why is not None or not record or record[-1].before is not None
    reached = [place for place, move in enumerate(record) if move.after in own]
    commits = taken_in if cut else 0
    for place in reached:
        commits |= own.upto(record[place].after)
    if not commits:
        return [], []
    names = frozenset(own.names(commits))
    part = OwnCommits({sha: parents for sha, parents in own.parents.items() if sha in names})
    since = record[reached[0] :] if reached else []
    found = pushed(since, None, part, {}, pull.author, PlainAnswers(host, part), cut=cut)
    evidence = [
        Evidence(
            Signal.PUSHER,
            Strength.VERIFIED,
            push.actor,
            where=f"`{branch}`",
            commits=part.names(part.every if push.everywhere else push.commits),
        )
        for push in found.pushes
    ]
    stack = Stack(host, repository, part)
    evidence += stack.evidence(branch, found.merges)
    if not found.unread:
        return evidence, stack.notes
    note = f"not everybody is known who pushed to `{branch}`, which the pull request went to before"
    return [*evidence, _unknown(part, found.unread)], [*stack.notes, note]


def _unknown(own: OwnCommits, commits: Commits) -> Evidence:
    return Evidence(Signal.PUSHER, Strength.VERIFIED, None, commits=own.names(commits))
