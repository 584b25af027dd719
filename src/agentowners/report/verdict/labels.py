"""The labels that show a verdict on a pull request. A display, never an input."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.policy.model import Decision
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import Enforcement, is_advisory

NAME_LIMIT: Final = 50
DESCRIPTION_LIMIT: Final = 100
DEFAULT_PREFIX: Final = "agentowners"
_REQUIRED: Final = "approvals-required-"
_BLOCKED: Final = "blocked"
_FORESEEN: Final = 6
"""Labels for as many approvals are created beforehand."""
_MOST: Final = 9999
"""The largest number a label shows; a prefix has to leave room for it."""


def check_prefix(prefix: str) -> str:
    """The prefix, if every label made with it is one that GitHub takes.

    Raises:
        AgentownersError: it is empty, cannot be shown, or could make a label longer than 50 characters.
    """
    room = NAME_LIMIT - len(f"/{_REQUIRED}{_MOST}")
    if not prefix or prefix != prefix.strip() or not prefix.isprintable() or "," in prefix:
        raise AgentownersError(
            f"{quoted(prefix)} cannot begin a label's name", help="use letters, digits and hyphens, as in `agentowners`"
        )
    if len(prefix) > room:
        raise AgentownersError(
            f"the label prefix {quoted(prefix)} has {len(prefix)} characters, and labels have room for {room}",
            help=f"GitHub allows {NAME_LIMIT} characters for a whole label; choose a shorter `label-prefix`",
        )
    return prefix


def labels(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, prefix: str = DEFAULT_PREFIX) -> frozenset[str]:
    """The labels that should stand on the pull request; every other label of the prefix is stale.

    None where nothing is enforced, and none where no verdict was reached: a label shows what is known, and then nothing is.
    """
    if isinstance(outcome, NoVerdict) or is_advisory(outcome, enforcement):
        return frozenset()
    required = outcome.approvals.required
    wanted = [f"{prefix}/{_REQUIRED}{min(required, _MOST)}"] if required else []
    return frozenset([*wanted, *([f"{prefix}/{_BLOCKED}"] if outcome.decision is Decision.BLOCK else [])])


def foreseen(counts: Iterable[int], prefix: str = DEFAULT_PREFIX) -> tuple[str, ...]:
    """The labels that a policy will want which asks for so many approvals: one for each number up to the largest, at least two,
    for obligations add up; larger sums are created when they come, where the token may."""
    most = min(max([2, *counts]), _FORESEEN)
    return (f"{prefix}/{_BLOCKED}", *(f"{prefix}/{_REQUIRED}{number}" for number in range(1, most + 1)))


def stale(present: Iterable[str], wanted: Iterable[str], prefix: str = DEFAULT_PREFIX) -> frozenset[str]:
    """Which of the labels that stand there are ours and should not; like GitHub, this does not look at case."""
    keep = {name.casefold() for name in wanted}
    return frozenset(name for name in present if is_ours(name, prefix) and name.casefold() not in keep)


def is_ours(name: str, prefix: str = DEFAULT_PREFIX) -> bool:
    """True if a label is one that this product sets with this prefix."""
    start = f"{prefix}/".casefold()
    folded = name.casefold()
    return folded.startswith(start) and re.fullmatch(rf"{_REQUIRED}[0-9]+|{_BLOCKED}", folded[len(start) :]) is not None


def label_style(name: str) -> tuple[str, str]:
    """Color (six hex digits) and description with which one of our labels is created."""
    number = name.rpartition(_REQUIRED)[2]
    if number.isdigit():
        people = "1 person has" if number == "1" else f"{number} people have"
        return "fbca04", f"{people} to approve this pull request (set by AGENTOWNERS)"
    return "b60205", "An agent changed what the policy blocks (set by AGENTOWNERS)"
