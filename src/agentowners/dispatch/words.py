"""Sentences for the model and for people, in one line each; names from a call are made harmless."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentowners.dispatch.judging import AccessDecision
from agentowners.engine.verdict import AppliedRule
from agentowners.policy.model import Decision, Default, Rule
from agentowners.text import unseen
from agentowners.text.wording import shorten

_MOST: Final = 300
PROPOSE: Final = "agentowners propose --help"
_CALLED: Final = {Decision.BLOCK: "blocked", Decision.REQUIRE_APPROVAL: "approval required", Decision.ALLOW: "allowed"}


def visible(text: str) -> str:
    """One line in which everything can be seen, cut where it is long."""
    return shorten(unseen.visible(text), _MOST)


def refusal(message: str, help: str | None = None) -> str:
    """A call is refused because it cannot be judged."""
    return f"agentowners: refused: {visible(message)}" + (f". {visible(help[:1].upper() + help[1:])}" if help else "")


def because(decided: Sequence[AccessDecision], *, asks: bool, opaque: Sequence[str]) -> str:
    """Why a call is denied or asked about, and what to do instead; the first access speaks for all that decide it."""
    first = decided[0]
    more = len({each.access.path for each in decided}) - 1
    where = visible(first.access.path) + (f" and {more} more" if more > 0 else "")
    text = f"agentowners: {_CALLED[first.decision]}: {where}{_by(first.rules)}. {_next(first, asks=asks)}"
    return text + said_of_opaque(opaque)


def guarded(paths: Sequence[str], *, asks: bool) -> str:
    """Why a write outside of the repository is denied or asked about."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    text = f"agentowners: approval required: {visible(paths[0])}{more} by builtin:machine (decides what agents may run here). "
    return text + ("A person at this machine decides." if asks else "Leave it unchanged, and ask a person to change it.")


def opaque_refused(opaque: Sequence[str], *, blocked: bool, asks: bool) -> str:
    """Why a call is refused of which nobody can tell what it touches."""
    text = "agentowners: blocked" if blocked else "agentowners: approval required"
    way = "A person at this machine decides." if asks else "Take it apart into plain commands that name their files."
    return f"{text}: it cannot be told what this touches: {visible(opaque[0])}. {way}"


def annotated(tool: str, *, asks: bool) -> str:
    """Why a tool is asked about whose own hints call it destructive."""
    way = "A person at this machine decides." if asks else "Ask a person to run it."
    return (
        f"agentowners: approval required: `{visible(tool)}` may destroy something by its own hints, and no rule allows it. {way}"
    )


def later(decided: Sequence[AccessDecision]) -> str:
    """A call may go on; names who has to approve the pull request."""
    rule = decided[0].rules[0] if decided[0].rules else None
    approvals = _approvers(rule)
    return (
        f"agentowners: {visible(decided[0].access.path)} may be changed here; the pull request then needs {approvals}"
        f"{_by(decided[0].rules)}"
    )


def said_of_opaque(opaque: Sequence[str]) -> str:
    """More may be touched than is known."""
    return f" (More of it cannot be told: {visible(opaque[0])}.)" if opaque else ""


def remarked(reason: str, remarks: Sequence[str]) -> str:
    """A reason with what else is to be said."""
    return reason + "".join(f" ({visible(remark)})" for remark in remarks)


def _by(rules: Sequence[AppliedRule]) -> str:
    if not rules:
        return ""
    reason = f" ({visible(rules[0].reason)})" if rules[0].reason else ""
    return f" by {visible(rules[0].id)}{reason}"


def _next(first: AccessDecision, *, asks: bool) -> str:
    if asks:
        return "A person at this machine decides."
    if first.decision is Decision.BLOCK:
        return f"Leave it unchanged, or propose a change: {PROPOSE}"
    approvals = _approvers(first.rules[0] if first.rules else None)
    return f"It takes {approvals}: ask a person to do it, or propose a change: {PROPOSE}"


def _approvers(rule: AppliedRule | None) -> str:
    outcome = rule.statement.outcome if rule is not None and isinstance(rule.statement, Rule | Default) else None
    count = max(outcome.count, 1) if outcome is not None else 1
    names = " or ".join(map(str, outcome.approvers)) if outcome is not None else ""
    return f"{count} approval{'s' if count > 1 else ''}" + (f" of {visible(names)}" if names else "")
