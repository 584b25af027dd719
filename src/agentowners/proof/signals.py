"""The signals about a change of a policy, kept apart, and whether it would be eligible to be approved by itself.

A reviewer's word is one of them: advice that is shown, and never an approval.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Account, Review, ReviewState
from agentowners.identity.accounts import same_account
from agentowners.policy.model import Layer, Policy
from agentowners.proof.compare import Terms, compare
from agentowners.proof.difference import BesideKind, BesidePoints, Direction, OpenQuestion, PolicyDifference, UnknownReason
from agentowners.proof.promises import (
    Compatibility,
    ModeResult,
    ProofResult,
    ProofStatus,
    asserts_of,
    prove_assert,
    prove_mode,
)


class Advice(Enum):
    """Recommendation of a reviewer."""

    APPROVE = "approve"
    DENY = "deny"
    NEEDS_HUMAN = "needs_human"


class ReviewerAdvice(Struct, frozen=True):
    """A word of a reviewer whom the base's policy names: advice, never an approval. Or a person's approval that counts."""

    name: str
    """With an at-sign."""
    advice: Advice
    head: str | None = None
    """The commit it was given for; None where it says none."""
    why: str | None = None
    """Reason why it is not taken as it was meant, where it is not."""
    words: str = ""
    """The reviewer's own text."""
    counts: bool = False
    """True of a person's approval that counts for the change."""


class Eligibility(Struct, frozen=True):
    """True if a change would be eligible to be approved without a person. Nothing is ever approved here."""

    because: tuple[str, ...]
    """Reasons why not; nothing where it is."""

    @property
    def eligible(self) -> bool:
        """True if nothing speaks against it."""
        return not self.because


class PolicySignals(Struct, frozen=True):
    """The signals about one change of a policy."""

    difference: PolicyDifference
    promises: tuple[ProofResult, ...]
    """The old policy's asserts, held against the new one; then those that only the new one has."""
    modes: tuple[ModeResult, ...]
    eligibility: Eligibility
    reviewers: tuple[ReviewerAdvice, ...] = ()
    part: PolicyDifference | None = None
    """Part of the difference that is asked for; None for all of it."""

    @property
    def shown(self) -> PolicyDifference:
        """The difference as it is shown."""
        return self.difference if self.part is None else self.part

    @property
    def prover(self) -> ProofStatus:
        """The prover's word: failed wins over unknown, and unknown is never passed."""
        if self.difference.lost or any(promise.status is ProofStatus.FAILED for promise in self.promises):
            return ProofStatus.FAILED
        return ProofStatus.UNKNOWN if self.unknown else ProofStatus.PASSED

    @property
    def unknown(self) -> tuple[OpenQuestion, ...]:
        """Everything that was not found out."""
        of_promises = [question for promise in self.promises for question in promise.unknown]
        of_modes = [question for mode in self.modes for question in mode.unknown]
        return tuple(dict.fromkeys([*self.difference.unknown, *of_promises, *of_modes]))


def signals(
    old: Policy,
    new: Policy,
    terms: Terms,
    *,
    changed: Collection[str] | None = None,
    reviewers: tuple[ReviewerAdvice, ...] = (),
    named: bool = False,
    setup: Sequence[str] = (),
    ceilings: Sequence[Policy] = (),
) -> PolicySignals:
    """All signals about a change from one policy to another.

    Args:
        old: the policy that holds.
        new: the one that would.
        terms: what to go by.
        changed: the paths that the whole change changes; None where that is not known.
        reviewers: what those said whom the old policy names.
        named: whether the old policy names any reviewer.
        ceilings: policies above both, whose modes are held against the new one, too.
        setup: files by which the gate itself is set up and that change, too: what they come to is not known here.

    Raises:
        MatcherError: the patterns do not fit into memory.
        AgentownersError: a definition of an agent is too large.
    """
    difference = compare(old, new, terms)
    if setup:
        difference = _with_setup(difference, setup)
    own = asserts_of(old)
    promised = [*own, *(promise for promise in asserts_of(new) if promise not in own)]
    promises = tuple(prove_assert(promise, new, terms) for promise in promised)
    lines = [line for layer in old.layers for line in layer.modes]
    modes = tuple(prove_mode(line, old, new, terms) for line in lines)
    modes += tuple(
        prove_mode(line, ceiling, new, terms) for ceiling in ceilings for layer in ceiling.layers for line in layer.modes
    )
    policy_signals = PolicySignals(difference, promises, modes, Eligibility(()), reviewers)
    return replace(policy_signals, eligibility=Eligibility(_against(old, new, policy_signals, changed, named=named)))


def _with_setup(difference: PolicyDifference, setup: Sequence[str]) -> PolicyDifference:
    question = OpenQuestion(UnknownReason.FACTS, "the gate's own set-up changes")
    beside = [BesidePoints(BesideKind.SETUP, path, "as it is", "changed", Direction.UNKNOWN) for path in setup]
    same = difference.direction in (Direction.SAME, Direction.STRICTER)
    return replace(
        difference,
        direction=Direction.UNKNOWN if same else difference.direction,
        everywhere=(*difference.everywhere, *beside),
        unknown=(*difference.unknown, question),
    )


def _against(
    old: Policy, new: Policy, policy_signals: PolicySignals, changed: Collection[str] | None, *, named: bool
) -> tuple[str, ...]:
    policies = {layer.name for policy in (old, new) for layer in policy.layers if layer.source is not None}
    because: list[str] = []
    if changed is None:
        because.append("it is not known here what else the change changes")
    elif not set(changed) <= policies:
        because.append("it changes other files than policies")
    if policy_signals.prover is not ProofStatus.PASSED:
        because.append(f"the prover says {policy_signals.prover.value}")
    if any(mode.status is not Compatibility.COMPATIBLE for mode in policy_signals.modes):
        because.append("a mode is not compatible")
    if any(region.of_people for region in policy_signals.difference.regions if region.direction is not Direction.SAME):
        because.append("it restricts people, too")
    if _others(old) != _others(new) or any(
        shift.kind is not BesideKind.PROMISE for shift in policy_signals.difference.everywhere
    ):
        because.append("it touches an `agent`, `unprotect`, `approvals` or `assert` line")
    advisers = [reviewer for reviewer in policy_signals.reviewers if not reviewer.counts]
    if named and not any(adviser.advice is Advice.APPROVE for adviser in advisers):
        because.append("no reviewer whom the policy names recommends it")
    if any(adviser.advice is not Advice.APPROVE for adviser in advisers):
        because.append("a reviewer does not recommend it")
    return tuple(because)


def _others(policy: Policy) -> list[tuple[object, ...]]:
    """Statements that must not be touched, whoever says that it is harmless."""
    nothing, *rest = (
        (layer.agents, layer.unprotects, layer.approvals, layer.asserts)
        for layer in (Layer(), *(layer for layer in policy.layers if layer.source is not None))
    )
    return [statements for statements in rest if statements != nothing]


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
    return tuple(
        _of(id, [review for review in reviews if review.reviewer is not None and review.reviewer.id == id], terms) for id in ids
    )


def _of(id: int, reviews: Sequence[Review], terms: AdviceTerms) -> ReviewerAdvice:
    on_head = [review for review in reviews if review.commit == terms.head]
    review = (on_head or reviews)[-1] if reviews else None
    if review is None or review.reviewer is None:
        return ReviewerAdvice(f"account {id}", Advice.NEEDS_HUMAN, why="it has not reviewed the change")
    first, _, words = review.body.replace("\r\n", "\n").partition("\n")
    why = _refusal(review, review.reviewer, first.strip(), terms)
    opinion = _MEANT.get(review.state, Advice.NEEDS_HUMAN)
    return ReviewerAdvice(
        f"@{review.reviewer.login}", opinion if why is None else Advice.NEEDS_HUMAN, review.commit, why, words.strip()
    )


def _refusal(review: Review, reviewer: Account, first: str, terms: AdviceTerms) -> str | None:
    """Reason why a review is no advice; None where it is."""
    if reviewer.id == ACTIONS_APP:
        return "any workflow can speak by this account"
    if any(same_account(reviewer, account) for account in terms.involved):
        return "it took part in the change"
    if terms.requesters is None:
        return "it cannot be told whether it set the agent to work"
    if any(same_account(reviewer, requester) for requester in terms.requesters):
        return "it set the agent to work"
    if review.commit != terms.head:
        return "it was given to an older commit"
    if review.outdated is not None:
        return "it was given when the change went to another base"
    if review.state not in _MEANT:
        return "it was dismissed"
    return None if first == terms.line else "it does not begin with the line that names these two policies"
