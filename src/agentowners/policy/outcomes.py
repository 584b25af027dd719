"""Approvals that a decision may ask for, in either syntax."""

from __future__ import annotations

from collections.abc import Iterable

from agentowners.policy.model import MAX_APPROVALS
from agentowners.policy.patterns import Approver
from agentowners.text.wording import quote


def count_problem(number: str) -> str | None:
    """Problem of a number of approvals, as it is written; None where there is none."""
    if number == "":
        return "number of approvals is missing"
    if not (number.isascii() and number.isdecimal()):
        return f"{quote(number)} is not a number of approvals"
    if not number.strip("0"):
        return f"{quote(number)} approvals are none"
    if number.startswith("0"):
        return f"{quote(number)} has a leading zero"
    if len(number) > len(str(MAX_APPROVALS)) or int(number) > MAX_APPROVALS:
        return f"{quote(number)} approvals are more than {MAX_APPROVALS}"
    return None


def each_once(approvers: Iterable[Approver]) -> tuple[Approver, ...]:
    """The approvers in the order written, the first spelling of each."""
    found: dict[str, Approver] = {}
    for approver in approvers:
        found.setdefault(approver.key, approver)
    return tuple(found.values())
