"""The signals about a change of a policy, kept apart, and whether it would be eligible to be approved by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

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
        if self.difference.lost or any(one.status is ProofStatus.FAILED for one in self.promises):
            return ProofStatus.FAILED
        return ProofStatus.UNKNOWN if self.unknown else ProofStatus.PASSED

    @property
    def unknown(self) -> tuple[OpenQuestion, ...]:
        """Everything that was not found out."""
        of_promises = [question for one in self.promises for question in one.unknown]
        of_modes = [question for one in self.modes for question in one.unknown]
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
    modes += tuple(prove_mode(line, one, new, terms) for one in ceilings for layer in one.layers for line in layer.modes)
    found = PolicySignals(difference, promises, modes, Eligibility(()), reviewers)
    return replace(found, eligibility=Eligibility(_against(old, new, found, changed, named=named)))


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


def _against(old: Policy, new: Policy, found: PolicySignals, changed: Collection[str] | None, *, named: bool) -> tuple[str, ...]:
    policies = {layer.name for policy in (old, new) for layer in policy.layers if layer.source is not None}
    because: list[str] = []
    if changed is None:
        because.append("it is not known here what else the change changes")
    elif not set(changed) <= policies:
        because.append("it changes other files than policies")
    if found.prover is not ProofStatus.PASSED:
        because.append(f"the prover says {found.prover.value}")
    if any(one.status is not Compatibility.COMPATIBLE for one in found.modes):
        because.append("a mode is not compatible")
    if any(one.of_people for one in found.difference.regions if one.direction is not Direction.SAME):
        because.append("it restricts people, too")
    if _others(old) != _others(new) or any(one.kind is not BesideKind.PROMISE for one in found.difference.everywhere):
        because.append("it touches an `agent`, `unprotect`, `approvals` or `assert` line")
    advisers = [one for one in found.reviewers if not one.counts]
    if named and not any(one.advice is Advice.APPROVE for one in advisers):
        because.append("no reviewer whom the policy names recommends it")
    if any(one.advice is not Advice.APPROVE for one in advisers):
        because.append("a reviewer does not recommend it")
    return tuple(because)


def _others(policy: Policy) -> list[tuple[object, ...]]:
    """Statements that must not be touched, whoever says that it is harmless."""
    nothing, *said = (
        (layer.agents, layer.unprotects, layer.approvals, layer.asserts)
        for layer in (Layer(), *(layer for layer in policy.layers if layer.source is not None))
    )
    return [statements for statements in said if statements != nothing]
