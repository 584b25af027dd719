"""A ruling and the facts it asked for become a verdict."""

from __future__ import annotations

from collections.abc import Callable

from agentowners.change.model import Change
from agentowners.diagnostics import AgentownersError
from agentowners.engine.approvals import weigh
from agentowners.engine.decide import Ruling, decide
from agentowners.engine.facts import NO_FACTS, Facts, Known, Need, Unavailable
from agentowners.engine.verdict import Verdict
from agentowners.policy.model import Decision, Policy
from agentowners.records import replace

_ROUNDS = 5
"""Answers can only take needs away, so two rounds do; more would be a mistake of ours, and must end."""


class MissingFactError(AgentownersError):
    """A need was left without an answer: a mistake of the caller, never a "no"."""


def settle(ruling: Ruling, facts: Facts) -> Verdict:
    """Turn a ruling into a verdict.

    Args:
        ruling: what was decided.
        facts: an answer, ``Known`` or ``Unavailable``, to each of ``ruling.needs``.

    Raises:
        MissingFactError: a need has no answer.
    """
    _refuse_missing(ruling, facts)
    if ruling.needs:
        ruling = decide(ruling.policy, ruling.change, facts)
        _refuse_missing(ruling, facts)
    change = ruling.change
    enforced = max((j.decision for j in ruling.judgements), key=lambda decision: decision.strictness, default=Decision.ALLOW)
    observed = max((j.observed for j in ruling.judgements), key=lambda decision: decision.strictness, default=Decision.ALLOW)
    observed_only = observed.restricts and not enforced.restricts
    asks = ruling.observed_obligations if observed_only else ruling.obligations
    weighing = weigh(asks, ruling.policy, change, ruling.principals, ruling.definitions, facts)
    sources = tuple(layer.source for layer in ruling.policy.layers if layer.source is not None)
    return Verdict(
        decision=observed if observed_only else enforced,
        observed_only=observed_only,
        files=ruling.files,
        principals=ruling.principals,
        approvals=weighing.approvals,
        ref=change.ref,
        sources=sources,
        diagnostics=ruling.diagnostics,
        repository=change.repository,
        pull_request=change.pull_request,
        head=change.head,
        author=change.author,
    )


def evaluate(policy: Policy, change: Change, facts: Facts = NO_FACTS) -> Verdict:
    """Judge a change for which every fact is at hand.

    Raises:
        MissingFactError: the judgement needs a fact that is not among them.
        AgentownersError: files were changed and nobody is known to have changed them.
    """
    return settle(decide(policy, change, facts), facts)


def inquire(policy: Policy, change: Change, answer: Callable[[Need], Known | Unavailable]) -> Verdict:
    """Judge a change, asking for each fact that turns out to be needed, once."""
    facts: dict[Need, Known | Unavailable] = {}
    for _ in range(_ROUNDS):
        ruling = decide(policy, change, facts)
        needs = sorted(ruling.needs - facts.keys(), key=repr)
        if not needs:
            return settle(replace(ruling, needs=frozenset()), facts)
        facts |= {need: answer(need) for need in needs}
    raise MissingFactError("the facts that are needed do not come to an end")


def _refuse_missing(ruling: Ruling, facts: Facts) -> None:
    missing = sorted(repr(need) for need in ruling.needs if need not in facts)
    if missing:
        raise MissingFactError(f"no answer to {missing[0]}", help="answer each need with `Known` or `Unavailable`")
