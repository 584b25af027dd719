"""Contributors to a pull request, beside who opened it: makers of its commits, and everybody who pushed to its branch.

Each on the paths of the commits that they made or brought, as far as that can be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from agentowners.action.base_merges import BaseMerges
from agentowners.action.former_bases import from_former_bases
from agentowners.action.members import number_in
from agentowners.action.own_commits import OwnCommits
from agentowners.action.pushers import Pushed, pushed
from agentowners.action.rebases import Rebases
from agentowners.action.record import read_record
from agentowners.action.stacked import Stack
from agentowners.change.model import Account, Evidence, Signal, Strength
from agentowners.github.host import GitHubHost
from agentowners.github.model import Activity, CommitHistory, Pull
from agentowners.identity.accounts import is_web_flow, same_account
from agentowners.identity.commits import Commit, commit_evidence
from agentowners.policy.patterns import ascii_lower
from agentowners.report.shared.cut import count


class ContributionFacts(Struct, frozen=True):
    """Facts about contributors."""

    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...] = ()
    """Remarks on what could not be told, for people."""
    pushed_at: str | None = None
    """When the branch was last moved, by GitHub's clock; None where that is not known."""
    earlier: tuple[str, ...] = ()
    """The heads that it had before, newest first."""


def contributions(host: GitHubHost, repository: str, pull: Pull, merges: BaseMerges, told: Activity | None) -> ContributionFacts:
    """Everybody who made a commit of a pull request or pushed to its branch; a merge of the base is no contribution.

    Args:
        host: the platform.
        repository: ``owner/name`` of the one that the pull request is of.
        pull: the pull request.
        merges: its merges of the base, with its commits.
        told: the move of the branch of which the event told, if it told of one.

    Raises:
        PlatformError: GitHub does not answer.
    """
    moves, why = read_record(host, pull.head_repository, pull.head_ref)
    own = merges.own
    rebases = Rebases(merges)
    clean = {sha: merge.ours for sha, merge in merges.candidates.items()}
    pulled = frozenset(each.sha for each in merges.history.commits if number_in(each) is not None)
    cut = why is not None and bool(moves)
    found = pushed(moves, told, own, clean, pull.author, _Answers(merges, rebases), pulled=pulled, cut=cut)
    # whom nobody saw push is known by nothing but what the commits say
    author = pull.author if why is None and not found.unread else None
    plain = [listed for listed in merges.history.commits if listed.sha not in merges.candidates]
    evidence = [*_makers((rebases.original(listed) for listed in plain), author)]
    pushers, notes = _pushers(host, repository, pull, own, found, readable=why is None or bool(moves))
    evidence += pushers
    brought, further = from_former_bases(host, repository, pull, own, moves)
    evidence += [each for each in brought if not _is_known(each.account, pull.author)]
    opened = Evidence(Signal.AUTHOR, Strength.VERIFIED, pull.author)
    for listed in (listed for listed in reversed(merges.history.commits) if listed.sha in merges.candidates):
        made = _makers([listed.commit], author)
        # who is a contributor anyway becomes none by it
        if _names(made) <= _names([opened, *evidence]) or not merges.adds_nothing(listed.sha):
            evidence += made
    said = _unknown(found, moves, why)
    newest = moves[0] if moves and moves[0].after == pull.head else None
    pushed_at = newest.time or None if newest is not None else None
    return ContributionFacts(tuple(evidence), (*said, *notes, *further), pushed_at, _earlier(moves, pull, own))


def _earlier(moves: Sequence[Activity], pull: Pull, own: OwnCommits) -> tuple[str, ...]:
    """The heads that the pull request had before, newest first, without what the branch was at before it was opened."""
    heads = [
        older.after for newer, older in pairwise(moves) if not newer.time or not pull.opened_at or newer.time >= pull.opened_at
    ]
    return tuple(dict.fromkeys(sha for sha in heads if sha is not None and sha != pull.head and sha not in own.boundary))


def evidence_of(history: CommitHistory, author: Account | None) -> tuple[Evidence, ...]:
    """Evidence of all commits about their makers."""
    return _makers((listed.commit for listed in history.commits), author)


class _Answers(Struct, frozen=True):
    """Answers that the record of the branch does not give."""

    merges: BaseMerges
    rebases: Rebases

    def adds_nothing(self, sha: str) -> bool:
        return self.merges.adds_nothing(sha)

    def on_base(self, sha: str) -> bool:
        return self.merges.on_base(sha)

    def holds(self, sha: str, roots: Sequence[str]) -> bool:
        return len(roots) > 2 or any(self.merges.host.commits.contains(sha, root) for root in roots)

    def moved_onto(self, old: str, new: str) -> Mapping[str, str] | None:
        return self.rebases.moved_onto(old, new)


def _makers(commits: Iterable[Commit], author: Account | None) -> tuple[Evidence, ...]:
    return tuple(evidence for commit in commits for evidence in commit_evidence(commit, author))


def _pushers(
    host: GitHubHost, repository: str, pull: Pull, own: OwnCommits, found: Pushed, *, readable: bool
) -> tuple[list[Evidence], list[str]]:
    """Everybody who pushed, and what could not be told about them."""
    evidence = [
        Evidence(Signal.PUSHER, Strength.VERIFIED, push.actor, commits=None if push.everywhere else own.names(push.commits))
        for push in found.pushes
    ]
    if found.unread and readable:
        evidence.append(Evidence(Signal.PUSHER, Strength.VERIFIED, None, commits=own.names(found.unread)))
    stack = Stack(host, repository, own)
    if pull.head_repository is not None and ascii_lower(pull.head_repository) == ascii_lower(repository):
        evidence += stack.evidence(pull.head_ref, found.merges)
    else:
        # what was merged elsewhere is not looked into
        evidence += [
            Evidence(Signal.PUSHER, Strength.VERIFIED, who, commits=own.names(commits))
            for move, commits in found.merges
            for who in (move.actor, None)
        ]
    return [each for each in evidence if not _is_known(each.account, pull.author)], stack.notes


def _is_known(account: Account | None, author: Account | None) -> bool:
    """True if a pusher is GitHub itself, or judged on every path anyway."""
    if account is None:
        return False
    return is_web_flow(account, None) or (author is not None and same_account(account, author))


def _unknown(found: Pushed, moves: Sequence[Activity], why: str | None) -> list[str]:
    if why is None and not found.unread:
        return []
    if why is not None and not moves:
        return [f"not everybody who pushed to the head branch is known, {why}: commits are taken for whose they say they are"]
    if not found.unread:
        return [f"not every move of the head branch is known, {why}: whoever set it back or made it is judged on every path"]
    why = why or "GitHub's record of it does not go back to its beginning"
    what = count(found.unread.bit_count(), "commit was", "commits were")
    return [
        f"not everybody who pushed to the head branch is known, {why}: whoever moved it, and somebody unknown, are judged on "
        f"what {what} made of"
    ]


def _names(evidence: Iterable[Evidence]) -> set[tuple[str, object]]:
    """By what contributors are told apart."""
    found: set[tuple[str, object]] = set()
    for each in evidence:
        if each.account is not None:
            named = each.account.id if each.account.id is not None else ascii_lower(each.account.login)
            found.add(("account", named))
        else:
            found.add(("text", ascii_lower(each.email or each.text or each.name or "")))
    return found
