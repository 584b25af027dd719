"""Who contributed to a pull request, beside who opened it: makers of its commits, and everybody who pushed to its branch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

from agentowners.action.base_merges import BaseMerges
from agentowners.action.host import Host
from agentowners.action.pushers import Trail, pushers, trail
from agentowners.change.model import Account, Evidence, Signal, Strength
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Activity, History, ListedCommit, Pull
from agentowners.identity.accounts import same_account
from agentowners.identity.commits import commit_evidence
from agentowners.policy.patterns import ascii_lower
from agentowners.records import record

_UNTOLD: Final = (Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INCOMPLETE, Trouble.INVALID)


@record
class Contributions:
    """What is known of contributors."""

    evidence: tuple[Evidence, ...]
    note: str | None = None
    """What could not be told, for people."""


def contributions(host: Host, pull: Pull, merges: BaseMerges, told: Activity | None) -> Contributions:
    """Everybody who made a commit of a pull request or pushed to its branch; a merge of the base is no contribution.

    Args:
        host: the platform.
        pull: the pull request.
        merges: its merges of the base, with its commits.
        told: the move of the branch of which the event told, if it told of one.

    Raises:
        PlatformError: GitHub does not answer.
    """
    found, why = _trail(host, pull, merges, told)
    # whom nobody saw push is known by nothing but what the commits say
    author = pull.author if why is None else None
    plain = [listed for listed in merges.history.commits if listed.sha not in merges.candidates]
    evidence = [*_makers(plain, author)]
    known = [pull.author, *(each.account for each in evidence)]

    def brings_nothing(move: Activity) -> bool:
        sha = move.after or ""
        return merges.adds_nothing(sha) if sha in merges.candidates else merges.on_base(sha)

    people = pushers(found, [account for account in known if account is not None], brings_nothing)
    evidence += [
        Evidence(Signal.PUSHER, Strength.VERIFIED, account)
        for account in people
        if account is None or pull.author is None or not same_account(account, pull.author)
    ]
    opened = Evidence(Signal.AUTHOR, Strength.VERIFIED, pull.author)
    for listed in (listed for listed in reversed(merges.history.commits) if listed.sha in merges.candidates):
        made = _makers([listed], author)
        # who is a contributor anyway becomes none by it
        if _names(made) <= _names([opened, *evidence]) or not merges.adds_nothing(listed.sha):
            evidence += made
    note = None
    if why is not None:
        note = f"not everybody who pushed to the head branch is known, {why}: commits are taken for whose they say they are"
    return Contributions(tuple(evidence), note)


def evidence_of(history: History, author: Account | None) -> tuple[Evidence, ...]:
    """What all commits say about their makers."""
    return _makers(history.commits, author)


def _makers(commits: Iterable[ListedCommit], author: Account | None) -> tuple[Evidence, ...]:
    return tuple(evidence for listed in commits for evidence in commit_evidence(listed.commit, author))


def _trail(host: Host, pull: Pull, merges: BaseMerges, told: Activity | None) -> tuple[Trail, str | None]:
    """What the branch's record says, and why that is not all."""
    own = {listed.sha for listed in merges.history.commits}
    moves = {(merge.ours, sha) for sha, merge in merges.candidates.items()}
    latest = [told] if told is not None and told.after == pull.head else []
    why = None
    try:
        found = trail(chain(latest, host.pulls.activity(pull)), pull.head, own, moves)
        if not found.whole:
            why = "GitHub's record of it does not go back to its beginning"
    except PlatformError as error:
        if error.trouble not in _UNTOLD:
            raise
        found, why = trail(latest, pull.head, own, moves), _why(pull, error)
    if told is not None and told.after in own and not latest:
        (found.doubtful if (told.before, told.after) in moves else found.certain).append(told)
    return found, why


def _why(pull: Pull, error: PlatformError) -> str:
    if pull.head_repository is None:
        return "the fork is gone"
    if error.trouble is Trouble.INCOMPLETE:
        return error.message
    return f"the token may not read the activity of `{pull.head_repository}` (`contents: read`)"


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
