"""Section 7 of the policy reference: what is asked for, and which reviews meet it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agentowners.change.model import Change, Review, ReviewState, Via
from agentowners.engine.contributions import Reach
from agentowners.engine.facts import Facts, Known, MembersOf, Need, Unavailable
from agentowners.engine.obligations import Obligation, missing, required
from agentowners.engine.rejection_reasons import Objection, ReviewRejections, accounts_in
from agentowners.engine.settings import effective_settings
from agentowners.engine.verdict import Approvals, CountedReview, IgnoredReview, SettledObligation
from agentowners.identity.accounts import same_account
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.policy.model import ByComment, Policy
from agentowners.policy.patterns import Approver, ascii_lower

_DECISIVE = frozenset({ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED})


@dataclass(slots=True)
class ApprovalResult:
    """What came of the reviews; ``needs`` is not empty where facts are missing, and then nothing is final."""

    approvals: Approvals
    needs: set[Need] = field(default_factory=set)


def count_approvals(
    asks: Sequence[Obligation],
    policy: Policy,
    change: Change,
    principals: Sequence[Principal],
    definitions: tuple[AgentDefinition, ...],
    facts: Facts,
    reach: Reach,
) -> ApprovalResult:
    """Count the reviews of a change towards what is asked for. An approval about which a fact is missing does not count.

    Args:
        asks: what is asked for.
        policy: whose settings hold.
        change: with its reviews.
        principals: who contributed.
        definitions: who is an agent.
        facts: answers that there are.
        reach: tells which paths bring in which obligation.
    """
    settings = effective_settings(policy)
    if not asks:
        return ApprovalResult(Approvals(by_comment=settings.by_comment))
    rejection_reasons = ReviewRejections(settings, change, principals, definitions, facts, reach)
    latest, apart = _latest(change.reviews, settings.by_comment)
    counting: list[Review] = []
    ignored = [IgnoredReview(_login(review), *_COMMENTS_DO_NOT_COUNT) for review in apart]
    for review in latest:
        rejection_reason = rejection_reasons.to(review)
        if rejection_reason is None:
            counting.append(review)
        else:
            ignored.append(IgnoredReview(_login(review), *rejection_reason))
    scale = _ReviewFilter(change, facts, rejection_reasons)
    obligations = tuple(scale.obligation(place, ask, counting) for place, ask in enumerate(asks))
    granting = {login for obligation in obligations for login in obligation.granted_by}
    ignored += scale.partly(counting, granting)
    counted = tuple(CountedReview(_login(r), r.via, r.url) for r in counting if _login(r) in granting)
    total = required(obligations)
    approvals = Approvals(total, total - missing(obligations), obligations, tuple(ignored), counted, settings.by_comment)
    return ApprovalResult(approvals, rejection_reasons.needs)


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
        found = apart if review.via is Via.COMMENT and by_comment is ByComment.NEVER else latest
        who = review.reviewer
        key: object = ("gone", review.id) if who is None else (who.id if who.id is not None else ascii_lower(who.login))
        found.pop(key, None)
        found[key] = review
    return list(latest.values()), [review for review in apart.values() if review.state is ReviewState.APPROVED]


class _ReviewFilter:
    """Holds reviews that count against what is asked for."""

    def __init__(self, change: Change, facts: Facts, rejection_reasons: ReviewRejections) -> None:
        self._change = change
        self._facts = facts
        self._objections = rejection_reasons
        self._barred: dict[str, dict[Objection, dict[str, None]]] = {}
        """By login, why an approval does not count for what some rules ask, with the ids of these."""
        self._asked: dict[str, None] = {}

    def obligation(self, place: int, ask: Obligation, counting: Sequence[Review]) -> SettledObligation:
        """An obligation with those among the counting reviewers who meet it."""
        notes = dict.fromkeys(self._out_of_reach(place, ask))
        granted: list[str] = []
        for review in counting:
            login = _login(review)
            if ask.approvers and not self._is_one_of(review, ask.approvers, notes):
                continue
            rejection_reason = self._objections.to_part(review, place, ask)
            if rejection_reason is None:
                granted.append(login)
            else:
                self._barred.setdefault(login, {}).setdefault(rejection_reason, {}).update(dict.fromkeys(ask.rules))
        self._asked |= dict.fromkeys(str(approver) for approver in ask.approvers)
        return SettledObligation(
            count=ask.count,
            approvers=tuple(str(approver) for approver in ask.approvers),
            rules=ask.rules,
            granted_by=tuple(granted),
            note="; ".join(notes) or None,
        )

    def partly(self, counting: Sequence[Review], granting: set[str]) -> list[IgnoredReview]:
        """What to say of approvals that count as such, and not for everything that is asked for."""
        found: list[IgnoredReview] = []
        for login in dict.fromkeys(map(_login, counting)):
            for (why, help), rules in self._barred.get(login, {}).items():
                found.append(IgnoredReview(login, why, help, tuple(rules) if login in granting else ()))
            if login not in granting and login not in self._barred:
                asked = ", ".join(self._asked)
                found.append(IgnoredReview(login, f"is not one of {asked}", "one of those named by the rule has to approve"))
        return found

    def _out_of_reach(self, place: int, ask: Obligation) -> list[str]:
        """Why nobody at all can give what is asked, as far as it shows without asking the platform, with the way out."""
        found = [
            f"`{team}` is not a team of this repository's owner, so nobody can approve for it; name one of `@{self._owner}/...`"
            for team in ask.approvers
            if self._is_elsewhere(team)
        ]
        if not ask.approvers or any("/" in approver.key for approver in ask.approvers):
            return found
        named = len(ask.approvers)
        told = {str(who): self._objections.to_named(who.key, place, ask) for who in ask.approvers}
        barred = [f"`{who}` {why}" for who, why in told.items() if why is not None]
        if named - len(barred) >= ask.count:
            return found
        asked = "1 approval is asked for" if ask.count == 1 else f"{ask.count} approvals are asked for"
        why = ", ".join([f"{asked}, {named} {'person is' if named == 1 else 'people are'} named", *barred])
        return [*found, f"the named people are too few: {why}; name more of them in the rule"]

    @property
    def _owner(self) -> str | None:
        here = self._change.repository
        return None if here is None else ascii_lower(here.partition("/")[0])

    def _is_elsewhere(self, approver: Approver) -> bool:
        owner, slash, _ = approver.key.partition("/")
        return slash != "" and self._owner is not None and owner != self._owner

    def _is_one_of(self, review: Review, approvers: Sequence[Approver], notes: dict[str, None]) -> bool:
        who, member = review.reviewer, False
        if who is None:
            return False
        for approver in approvers:
            owner, slash, team = approver.key.partition("/")
            if not slash:
                member = member or approver.key == ascii_lower(who.login)
                continue
            if self._is_elsewhere(approver):
                continue
            answer = self._answer(MembersOf(owner, team))
            if isinstance(answer, Unavailable):
                notes[f"cannot read team `{approver}`: {answer.why}"] = None
            member = member or any(same_account(account, who) for account in accounts_in(answer))
        return member

    def _answer(self, need: Need) -> Known | Unavailable | None:
        return self._objections.answer(need)
