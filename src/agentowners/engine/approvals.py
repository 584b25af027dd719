"""Section 7 of the policy reference: what is asked for, and which reviews meet it."""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.change.model import Account, Change, Review, ReviewState, Via
from agentowners.engine.facts import Facts, MembersOf, Need, Unavailable
from agentowners.engine.rejection_reasons import Rejection, ReviewRejections, accounts_in
from agentowners.engine.ruling import Obligation, Ruling, missing, required
from agentowners.engine.settings import effective_settings
from agentowners.engine.verdict import Approvals, CountedReview, IgnoredReview, SettledObligation
from agentowners.identity.accounts import same_account
from agentowners.policy.model import ByComment
from agentowners.policy.patterns import Approver, ascii_lower

_DECISIVE = frozenset({ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED})


def count_approvals(ruling: Ruling, facts: Facts, *, observed: bool) -> tuple[Approvals, set[Need]]:
    """Count the reviews of a change towards what is asked for. An approval about which a fact is missing does not count: with the
    facts that are missing, without which nothing is final.

    Args:
        ruling: decisions, and the obligations that come of them.
        facts: answers that there are.
        observed: whether to count towards what would be asked for by layers that only observe.
    """
    settings = effective_settings(ruling.policy)
    demands = ruling.observed_obligations if observed else ruling.obligations
    if not demands:
        return Approvals(by_comment=settings.by_comment), set()
    rejections = ReviewRejections(settings, ruling, facts, observed=observed)
    latest, apart = _latest(ruling.change.reviews, settings.by_comment)
    reasons = [(review, rejections.to(review)) for review in latest]
    counting = [review for review, reason in reasons if reason is None]
    ignored = [IgnoredReview(_login(review), *_COMMENTS_DO_NOT_COUNT) for review in apart]
    ignored += [IgnoredReview(_login(review), *reason) for review, reason in reasons if reason is not None]
    counter = _Counter(ruling.change, facts, rejections)
    obligations = tuple(counter.settle(place, obligation, counting) for place, obligation in enumerate(demands))
    granting = {login for obligation in obligations for login in obligation.granted_by}
    ignored += counter.partly_ignored(counting, granting)
    counted = tuple(CountedReview(_login(r), r.via, r.url) for r in counting if _login(r) in granting)
    total = required(obligations)
    granted, permission = total - missing(obligations), settings.minimum_permission
    approvals = Approvals(total, granted, obligations, tuple(ignored), counted, settings.by_comment, permission)
    return approvals, rejections.needs


_COMMENTS_DO_NOT_COUNT = (
    "approved in a comment",
    "approve in a review (`approvals by_comment=others` lets comments count)",
)


def _login(review: Review) -> str:
    return "ghost" if review.reviewer is None else review.reviewer.login


def _latest(reviews: Sequence[Review], by_comment: ByComment) -> tuple[list[Review], list[Review]]:
    """Each person's latest decisive review, in order; and apart from them, where comments do not count, each person's latest
    approval by a comment, which then takes no review back either."""
    latest: dict[object, Review] = {}
    apart: dict[object, Review] = {}
    for review in reviews:
        if review.state not in _DECISIVE:
            continue
        target = apart if review.via is Via.COMMENT and by_comment is ByComment.NEVER else latest
        reviewer = review.reviewer
        key: object = (
            ("gone", review.id) if reviewer is None else (reviewer.id if reviewer.id is not None else ascii_lower(reviewer.login))
        )
        target.pop(key, None)
        target[key] = review
    return list(latest.values()), [review for review in apart.values() if review.state is ReviewState.APPROVED]


class _Counter:
    """Counts reviews towards one obligation after the other."""

    def __init__(self, change: Change, facts: Facts, rejections: ReviewRejections) -> None:
        here = change.repository
        self._owner = None if here is None else ascii_lower(here.partition("/")[0])
        self._facts = facts
        self._rejections = rejections
        self._barred: dict[str, dict[Rejection, dict[str, None]]] = {}
        """By login, why an approval does not count for what some rules ask, with the ids of these."""
        self._asked: dict[str, None] = {}

    def settle(self, place: int, obligation: Obligation, counting: Sequence[Review]) -> SettledObligation:
        """An obligation with those among the counting reviewers who meet it."""
        notes = dict.fromkeys(self._out_of_reach(place, obligation))
        granted: list[str] = []
        for review in counting:
            login = _login(review)
            if obligation.approvers and not self._is_one_of(review.reviewer, obligation.approvers, notes):
                continue
            reason = self._rejections.to_part(review, place, obligation)
            if reason is None:
                granted.append(login)
            else:
                self._barred.setdefault(login, {}).setdefault(reason, {}).update(dict.fromkeys(obligation.rules))
        approvers = tuple(str(approver) for approver in obligation.approvers)
        self._asked |= dict.fromkeys(approvers)
        return SettledObligation(obligation.count, approvers, obligation.rules, tuple(granted), "; ".join(notes) or None)

    def partly_ignored(self, counting: Sequence[Review], granting: set[str]) -> list[IgnoredReview]:
        """Approvals that count as such, and not for everything that is asked for."""
        ignored: list[IgnoredReview] = []
        for login in dict.fromkeys(map(_login, counting)):
            for (why, help), rules in self._barred.get(login, {}).items():
                ignored.append(IgnoredReview(login, why, help, tuple(rules) if login in granting else ()))
            if login not in granting and login not in self._barred:
                why = f"is not one of {', '.join(self._asked)}"
                ignored.append(IgnoredReview(login, why, "one of those named by the rule has to approve"))
        return ignored

    def _out_of_reach(self, place: int, obligation: Obligation) -> list[str]:
        """Why nobody at all can give what is asked, as far as it shows without asking the platform, with the way out."""
        notes = [
            f"`{team}` is not a team of this repository's owner, so nobody can approve for it; name one of `@{self._owner}/...`"
            for team in obligation.approvers
            if self._is_elsewhere(team)
        ]
        if not obligation.approvers or any("/" in approver.key for approver in obligation.approvers):
            return notes
        reasons = {str(approver): self._rejections.to_named(approver.key, place, obligation) for approver in obligation.approvers}
        barred = [f"`{login}` {why}" for login, why in reasons.items() if why is not None]
        count, named = obligation.count, len(obligation.approvers)
        if named - len(barred) >= count:
            return notes
        demand = "1 approval is asked for" if count == 1 else f"{count} approvals are asked for"
        why = ", ".join([f"{demand}, {named} {'person is' if named == 1 else 'people are'} named", *barred])
        return [*notes, f"the named people are too few: {why}; name more of them in the rule"]

    def _is_elsewhere(self, approver: Approver) -> bool:
        owner, slash, _ = approver.key.partition("/")
        return slash != "" and self._owner is not None and owner != self._owner

    def _is_one_of(self, candidate: Account | None, approvers: Sequence[Approver], notes: dict[str, None]) -> bool:
        if candidate is None:
            return False
        member = False
        for approver in approvers:
            owner, slash, team = approver.key.partition("/")
            if not slash:
                member |= approver.key == ascii_lower(candidate.login)
            elif not self._is_elsewhere(approver):
                answer = self._rejections.answer(MembersOf(owner, team))
                if isinstance(answer, Unavailable):
                    notes[f"cannot read team `{approver}`: {answer.why}"] = None
                member |= any(same_account(account, candidate) for account in accounts_in(answer))
        return member
