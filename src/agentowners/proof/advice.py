"""A reviewer's word about a change of the policy: advice that is shown, and never an approval."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct

from agentowners.change.model import Account, Review, ReviewState
from agentowners.identity.accounts import same_account
from agentowners.policy.model import Policy
from agentowners.proof.signals import Advice, ReviewerAdvice

ACTIONS_APP: Final = 41898282
"""Id of the account by which any workflow speaks, and so any branch."""
_MEANT: Final = {
    ReviewState.APPROVED: Advice.APPROVE,
    ReviewState.CHANGES_REQUESTED: Advice.DENY,
    ReviewState.COMMENTED: Advice.NEEDS_HUMAN,
}


class AdviceTerms(Struct, frozen=True):
    """Subject that a word has to have to count as advice."""

    head: str
    """The commit that is judged."""
    line: str
    """The first line of a review that is about just these two policies."""
    involved: tuple[Account, ...]
    """Accounts of those who made the change or opened it."""
    requesters: tuple[Account, ...] | None = ()
    """Accounts of those who set an agent to work; None where that cannot be told."""


def reviewers_of(policy: Policy) -> tuple[int, ...]:
    """The accounts that a policy names as reviewers, by id."""
    return tuple(dict.fromkeys(id for layer in policy.layers for id in layer.approvals.reviewers))


def advice_line(old: str, new: str) -> str:
    """The first line of a review about a change from one policy to another, given by their digests."""
    return f"agentowners {old} {new}"


def advice(ids: Collection[int], reviews: Sequence[Review], terms: AdviceTerms) -> tuple[ReviewerAdvice, ...]:
    """Words of each of the reviewers. Who says nothing, or nothing that counts, leaves it to a person.

    Args:
        ids: the accounts that the policy of the base names.
        reviews: of the pull request, oldest first.
        terms: what a review has to be about.
    """
    return tuple(_of(id, [one for one in reviews if one.reviewer is not None and one.reviewer.id == id], terms) for id in ids)


def _of(id: int, reviews: Sequence[Review], terms: AdviceTerms) -> ReviewerAdvice:
    on_head = [review for review in reviews if review.commit == terms.head]
    review = (on_head or reviews)[-1] if reviews else None
    if review is None or review.reviewer is None:
        return ReviewerAdvice(f"account {id}", Advice.NEEDS_HUMAN, why="it has not reviewed the change")
    first, _, words = review.body.replace("\r\n", "\n").partition("\n")
    why = _refusal(review, review.reviewer, first.strip(), terms)
    meant = _MEANT.get(review.state, Advice.NEEDS_HUMAN)
    return ReviewerAdvice(
        f"@{review.reviewer.login}", meant if why is None else Advice.NEEDS_HUMAN, review.commit, why, words.strip()
    )


def _refusal(review: Review, reviewer: Account, first: str, terms: AdviceTerms) -> str | None:
    """Reason why a review is no advice; None where it is."""
    if reviewer.id == ACTIONS_APP:
        return "any workflow can speak by this account"
    if any(same_account(reviewer, one) for one in terms.involved):
        return "it took part in the change"
    if terms.requesters is None:
        return "it cannot be told whether it set the agent to work"
    if any(same_account(reviewer, one) for one in terms.requesters):
        return "it set the agent to work"
    if review.commit != terms.head:
        return "it was given to an older commit"
    if review.outdated is not None:
        return "it was given when the change went to another base"
    if review.state not in _MEANT:
        return "it was dismissed"
    return None if first == terms.line else "it does not begin with the line that names these two policies"
