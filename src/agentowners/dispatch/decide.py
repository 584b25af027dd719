"""Everything that is known of a call becomes one answer: the strictest of what rules, annotations and settings say."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from agentowners.dispatch import words
from agentowners.dispatch.answers import Reply
from agentowners.dispatch.boundary import HARD
from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.judging import AccessDecision
from agentowners.dispatch.model import Annotations, ToolCall
from agentowners.policy.model import Action, AtCall, Decision, Opaque


class CallFacts(Struct, frozen=True):
    """Facts about a call before it is answered."""

    call: ToolCall
    decided: tuple[AccessDecision, ...]
    """Decisions of the policies about each access, a path outside of every repository among them where a mode speaks of it."""
    guarded: tuple[str, ...] = ()
    """Absolute paths that would be written and that a person has to be asked about."""
    opaque: tuple[str, ...] = ()
    on_opaque: Opaque = Opaque.FLOW
    at_call: AtCall = AtCall.ASK


class CallDecision(Struct, frozen=True):
    """Answer to a call."""

    reply: Reply
    decision: Decision
    """The strictest of all accesses."""
    reason: str = ""
    """One line, for ASK and DENY."""
    carrying: tuple[AccessDecision, ...] = ()
    """The accesses that decide it."""
    note: str | None = None
    """For PASS: who has to approve the pull request."""


def decide_call(facts: CallFacts) -> CallDecision:
    """Answer a call."""
    call = facts.call
    asks = call.client is not None and CLIENTS[call.client].asks and call.attended
    ask_or_deny = Reply.ASK if asks else Reply.DENY
    blocked = tuple([each for each in facts.decided if each.decision is Decision.BLOCK])
    if blocked:
        reason = words.because(blocked, asks=False, opaque=facts.opaque)
        return CallDecision(Reply.DENY, Decision.BLOCK, reason, blocked)
    if facts.opaque and facts.on_opaque is Opaque.BLOCK:
        return CallDecision(Reply.DENY, Decision.BLOCK, words.opaque_refused(facts.opaque, blocked=True, asks=False))
    demands = tuple([each for each in facts.decided if each.decision is Decision.REQUIRE_APPROVAL])
    later = call.client is not None or facts.at_call is AtCall.LATER
    now = tuple([each for each in demands if not (later and _waits(each))])
    if facts.guarded:
        reason = words.guarded(facts.guarded, asks=asks)
        return CallDecision(ask_or_deny, Decision.REQUIRE_APPROVAL, reason, now)
    if now:
        reason = words.because(now, asks=asks, opaque=facts.opaque)
        return CallDecision(ask_or_deny, Decision.REQUIRE_APPROVAL, reason, now)
    if facts.opaque and facts.on_opaque is Opaque.REQUIRE_APPROVAL:
        reason = words.opaque_refused(facts.opaque, blocked=False, asks=asks)
        return CallDecision(ask_or_deny, Decision.REQUIRE_APPROVAL, reason)
    silent = not facts.decided or any(not each.speaks for each in facts.decided)
    if silent and _annotated(call.annotations) is Decision.REQUIRE_APPROVAL:
        left = tuple(replace(each, decision=Decision.REQUIRE_APPROVAL) for each in facts.decided if not each.speaks)
        return CallDecision(ask_or_deny, Decision.REQUIRE_APPROVAL, words.annotated(call.tool, asks=asks), left)
    if not demands:
        return CallDecision(Reply.PASS, Decision.ALLOW)
    if asks and facts.at_call is AtCall.ASK:
        reason = words.because(demands, asks=True, opaque=facts.opaque)
        return CallDecision(Reply.ASK, Decision.REQUIRE_APPROVAL, reason, demands)
    return CallDecision(Reply.PASS, Decision.REQUIRE_APPROVAL, "", demands, words.later(demands))


def _waits(decided: AccessDecision) -> bool:
    """True if the approval can be given later, on the pull request: of a write in a repository, unless the gate hangs on it."""
    writes = decided.access.action not in (Action.FILE_READ, Action.SHELL_EXECUTE)
    return writes and decided.root != "" and not any(rule.id in HARD for rule in decided.rules)


def _annotated(annotations: Annotations | None) -> Decision | None:
    """Decision by a tool's own hints; None where it has none."""
    if annotations is None:
        return None
    if annotations.read_only is True:
        return Decision.ALLOW
    return Decision.ALLOW if annotations.destructive is False else Decision.REQUIRE_APPROVAL


def strictest_settings(
    trusted: Sequence[tuple[Opaque | None, AtCall | None]], more: Sequence[tuple[Opaque | None, AtCall | None]]
) -> tuple[Opaque, AtCall]:
    """The settings in force: the strictest that the layers of the base say, else the standard; others only tighten.

    Args:
        trusted: of each layer of the base, and of named files.
        more: of each layer of the work tree.
    """
    opaque = max((setting for setting, _ in trusted if setting is not None), key=_rank, default=Opaque.FLOW)
    at_call = max((setting for _, setting in trusted if setting is not None), key=_rank, default=AtCall.ASK)
    opaque = max((opaque, *(setting for setting, _ in more if setting is not None)), key=_rank)
    return opaque, max((at_call, *(setting for _, setting in more if setting is not None)), key=_rank)


def _rank(setting: Opaque | AtCall) -> int:
    return list(type(setting)).index(setting)
