"""Open pull requests that share a head commit, and so its check: which of them have a say in the verdict.

What lands of two with the same base is the same. So somebody who may not write cannot hold up a writer's pull request by opening
another one of its head commit and saying things about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from agentowners.action.facts import JobFacts
from agentowners.action.failure import JudgementError
from agentowners.action.judge import JudgedPull
from agentowners.change.model import Account, AccountType, Strength
from agentowners.engine.verdict import Verdict
from agentowners.github.model import Pull, PullSummary
from agentowners.identity.accounts import same_account
from agentowners.identity.model import Group, Principal
from agentowners.policy.model import Permission
from agentowners.report.verdict.conclusion import Enforcement, conclude

MAX_SHARED: Final = 20
"""As many open pull requests beside one on its head commit are judged with it."""
MAX_AUTHORS: Final = 100
"""Most people whose permission to write is looked up, where there are more pull requests than can be judged."""


class Related(Struct, frozen=True):
    """The open pull requests with the head commit of one, when it had been judged."""

    moved: Pull | None = None
    """The pull request itself, where its head or base is another by now; then nothing else is given."""
    sharing: tuple[Pull, ...] = ()
    """Those whose check is the same."""
    outsiders: tuple[int, ...] = ()
    """Numbers of those that there are too many of to judge: by people who may not write, beside somebody who may."""
    beside: tuple[int, ...] = ()
    """Numbers of those whose check has another name."""


def related(facts: JobFacts, pull: Pull, same_check: Callable[[str], bool]) -> Related:
    """Other open pull requests with a pull request's head commit.

    Args:
        facts: answers what permission somebody has.
        pull: as it was judged.
        same_check: whether the check for a base branch is the one for the pull request's.

    Raises:
        JudgementError: there are too many, or they are not listed whole.
        PlatformError: GitHub does not answer.
    """
    # asked for the pull requests of a commit, GitHub leaves out those from forks, and open ones of a commit that has landed
    pulls = facts.host.pulls
    listed = pulls.open_pulls()
    mine = next((p for p in listed if p.number == pull.number), None)
    if mine is None or (mine.head, mine.base_ref) != (pull.head, pull.base_ref):
        now = pulls.get(pull.number)
        if not now.open or (now.head, now.base_ref) != (pull.head, pull.base_ref):
            return Related(moved=now)
        listed = pulls.open_pulls()
        if all(p.number != pull.number for p in listed):
            # where this one is left out, so may be one that shares its head
            message = f"#{pull.number} is open, and GitHub does not list it with the open pull requests"
            raise JudgementError("Facts are incomplete", message, help="run the job again")
    same_head = [p for p in listed if p.number != pull.number and p.head == pull.head]
    others = [p for p in same_head if same_check(p.base_ref)]
    outsiders = _too_many(facts, pull, others) if len(others) > MAX_SHARED else ()
    fetched = [pulls.get(other.number) for other in others if other.number not in outsiders]
    return Related(
        sharing=tuple(p for p in fetched if p.open and p.head == pull.head and same_check(p.base_ref)),
        outsiders=outsiders,
        beside=tuple(p.number for p in same_head if not same_check(p.base_ref)),
    )


def _too_many(facts: JobFacts, pull: Pull, others: Sequence[PullSummary]) -> tuple[int, ...]:
    """Those to leave out unjudged, of more than can be judged: outsiders' with the base of somebody's who may write."""
    authors = [(pull.base_ref, pull.author), *((other.base_ref, other.author) for other in others)]
    people = {author for _, author in authors if author is not None and _is_person(author)}
    if len(people) <= MAX_AUTHORS:
        bases = {base for base, author in authors if author in people and facts.may_write(author)}
        out = tuple(other.number for other in others if other.base_ref in bases and _is_outsider(facts, other.author))
        if len(others) - len(out) <= MAX_SHARED:
            return out
    raise _shared_by(pull, len(others) + 1)


def _shared_by(pull: Pull, count: int) -> JudgementError:
    return JudgementError(
        "Too many pull requests share this commit",
        f"{count} open pull requests have the head commit {pull.head[:7]}",
        help="close those that are not needed",
    )


def without_outsiders(
    facts: JobFacts, cases: Sequence[JudgedPull], unjudged: Sequence[int], enforcement: Enforcement
) -> tuple[list[JudgedPull], tuple[int, ...]]:
    """The cases that count, and the numbers of those left out: an outsider's that only says more than a writer's of the same.

    Args:
        facts: answers what permission somebody has.
        cases: those that were judged, of one head commit and one check.
        unjudged: numbers of outsiders' that were too many to be judged.
        enforcement: what tells whether they differ.

    Raises:
        JudgementError: there are some unjudged, and nobody among the others vouches for what lands.
        PlatformError: GitHub does not answer.
    """
    if unjudged and not any(_is_voucher(facts, case) for case in cases):
        raise _shared_by(cases[0].pull, len(cases) + len(unjudged))
    if len({conclude(case.outcome, enforcement).conclusion for case in cases}) < 2:
        # nobody is asked about people whose word changes nothing
        return list(cases), tuple(unjudged)
    left = [
        case.pull.number for case in cases if any(_speaks_for(facts, voucher, case) for voucher in cases if voucher is not case)
    ]
    return [case for case in cases if case.pull.number not in left], (*left, *unjudged)


def _speaks_for(facts: JobFacts, voucher: JudgedPull, case: JudgedPull) -> bool:
    """True if a case adds to the voucher's nothing but what an outsider says."""
    pull, outcome = case.pull, case.outcome
    if voucher.pull.base_ref != pull.base_ref or not isinstance(outcome, Verdict) or not isinstance(voucher.outcome, Verdict):
        return False
    own = _author(pull, outcome)
    if own is None or own.group is not Group.HUMANS:
        return False
    proved = [each for each in outcome.principals if each.strength is Strength.VERIFIED and each is not own]
    # that nobody knows who pushed to the outsider's own branch proves nothing of anybody
    adds = [each for each in proved if each.group is not Group.UNATTRIBUTED and not _among(each, voucher.outcome.principals)]
    return not adds and _is_outsider(facts, pull.author) and _is_voucher(facts, voucher)


def _among(principal: Principal, principals: Iterable[Principal]) -> bool:
    return any(
        other.strength is Strength.VERIFIED
        and (other.identity, other.group, _principal_key(other))
        == (principal.identity, principal.group, _principal_key(principal))
        for other in principals
    )


def _principal_key(principal: Principal) -> object:
    return None if principal.account is None else principal.account.id or principal.account.login


def _author(pull: Pull, outcome: Verdict) -> Principal | None:
    author = pull.author
    if author is None:
        return None
    candidates = (each for each in outcome.principals if each.account is not None and same_account(each.account, author))
    return next((each for each in candidates if each.strength is Strength.VERIFIED), None)


def _is_voucher(facts: JobFacts, case: JudgedPull) -> bool:
    pull, outcome = case.pull, case.outcome
    own = _author(pull, outcome) if isinstance(outcome, Verdict) else None
    return own is not None and own.group is Group.HUMANS and _is_person(pull.author) and facts.may_write(pull.author)


def _is_person(author: Account | None) -> bool:
    return author is not None and author.id is not None and author.type is AccountType.USER


def _is_outsider(facts: JobFacts, author: Account | None) -> bool:
    permission = facts.permission(author) if _is_person(author) else None
    return permission is not None and permission.rank < Permission.WRITE.rank
