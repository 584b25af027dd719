"""The conclusion of a check run in GitHub's words, and its title in ours (docs: Action reference, "The check run")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, assert_never

from msgspec import Struct

from agentowners.diagnostics import Severity
from agentowners.engine.verdict import NoVerdict, Outcome, Verdict
from agentowners.policy.model import Decision
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import printable

TITLE_LIMIT: Final = 255


class Enforcement(Enum):
    """Enforcement of a verdict: held against a change, or only told."""

    ACTIVE = "active"
    EVALUATE = "evaluate"


class Conclusion(Enum):
    """Conclusions of a check run that this product uses."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    ACTION_REQUIRED = "action_required"
    FAILURE = "failure"

    @property
    def rank(self) -> int:
        """0 for success to 3 for failure; of several verdicts for one commit the highest is published."""
        return list(Conclusion).index(self)

    @property
    def severity(self) -> Severity:
        """Severity with which it is told."""
        known = {Conclusion.FAILURE: Severity.ERROR, Conclusion.ACTION_REQUIRED: Severity.WARNING}
        return known.get(self, Severity.NOTE)

    @property
    def passes(self) -> bool:
        """True if a required check is satisfied by it."""
        return self in (Conclusion.SUCCESS, Conclusion.NEUTRAL)


class Concluded(Struct, frozen=True):
    """A conclusion and its title."""

    conclusion: Conclusion
    title: str
    """At most 255 characters."""


def has_no_policy(outcome: Outcome) -> bool:
    """True if nobody wrote a policy and the built-in protections ask for nothing."""
    return isinstance(outcome, Verdict) and not outcome.sources and outcome.decision is Decision.ALLOW


def is_advisory(outcome: Outcome, enforcement: Enforcement) -> bool:
    """True if a verdict is only told: evaluate mode, or a decision that only observing layers make.

    That no verdict was reached is never advisory: even who only evaluates has to see that nothing was judged.
    """
    return isinstance(outcome, Verdict) and (enforcement is Enforcement.EVALUATE or outcome.observed_only)


def asks(outcome: Outcome) -> bool:
    """True if anything was ever asked of anybody for this change as it is, given or not."""
    return isinstance(outcome, NoVerdict) or outcome.decision.restricts or outcome.conflict


def approvals_met(verdict: Verdict) -> bool:
    """True if everybody who was asked approved; a verdict that asks for approvals but names none is never met."""
    approvals = verdict.approvals
    return bool(approvals.obligations) and approvals.met and approvals.granted >= approvals.required


def conclude(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> Concluded:
    """The conclusion and title of a judged, or not judged, change.

    ``NoVerdict`` is a failure in every mode. No policy is neutral. What conflicts with its base branch does not pass.
    """
    if isinstance(outcome, NoVerdict):
        return Concluded(Conclusion.FAILURE, shorten(printable(outcome.title), TITLE_LIMIT))
    if has_no_policy(outcome) and not outcome.conflict:
        return Concluded(Conclusion.NEUTRAL, "No policy")
    enforced = _enforced(outcome)
    if outcome.conflict and enforced.conclusion.passes:
        title = f"Conflicts with {printable(outcome.ref.removeprefix('refs/heads/'))}"
        enforced = Concluded(Conclusion.ACTION_REQUIRED, shorten(title, TITLE_LIMIT))
    if is_advisory(outcome, enforcement):
        return Concluded(Conclusion.NEUTRAL, shorten(f"Would be: {enforced.title}", TITLE_LIMIT))
    return enforced


def outputs(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> dict[str, str]:
    """Outputs by name. Where no verdict was reached, all but ``conclusion`` are empty: 0 would read like a pass."""
    verdict = None if isinstance(outcome, NoVerdict) else outcome
    return {
        "decision": verdict.decision.value if verdict else "",
        "conclusion": conclude(outcome, enforcement).conclusion.value,
        "approvals-required": str(verdict.approvals.required) if verdict else "",
        "approvals-granted": str(verdict.approvals.granted) if verdict else "",
        "blocked-files": str(len(verdict.blocked)) if verdict else "",
    }


def strictest(outcomes: Iterable[Outcome], enforcement: Enforcement = Enforcement.ACTIVE) -> Outcome:
    """The outcome to publish of several for one commit: the first of the strictest.

    Raises:
        ValueError: there are none.
    """
    return max(outcomes, key=lambda outcome: conclude(outcome, enforcement).conclusion.rank)


def _enforced(verdict: Verdict) -> Concluded:
    match verdict.decision:
        case Decision.ALLOW:
            return Concluded(Conclusion.SUCCESS, "Allowed")
        case Decision.BLOCK:
            blocked = len(verdict.blocked)
            return Concluded(Conclusion.FAILURE, f"Blocked: {blocked} file{'' if blocked == 1 else 's'}")
        case Decision.REQUIRE_APPROVAL:
            approvals = verdict.approvals
            if approvals_met(verdict):
                return Concluded(Conclusion.SUCCESS, f"Approved ({approvals.granted} of {approvals.required})")
            numbers = f" ({approvals.granted} of {approvals.required})" if approvals.required else ""
            return Concluded(Conclusion.ACTION_REQUIRED, f"Waiting for approval{numbers}")
        case _:
            assert_never(verdict.decision)
