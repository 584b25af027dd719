"""Whether two policies decide alike: what makes a fix safe."""

from __future__ import annotations

from agentowners.policy.model import AgentEntry, Layer, Outcome, Policy
from agentowners.records import replace


def decide_alike(before: Policy, after: Policy) -> bool:
    """Whether two policies of the same files certainly decide the same, whatever the change.

    They do where they say the same: in whatever order, however often, and for whatever reason.
    """
    return [(layer.name, _said(layer)) for layer in before.layers] == [(layer.name, _said(layer)) for layer in after.layers]


def _said(layer: Layer) -> tuple[object, ...]:
    """What of a layer can matter to a decision."""
    return (
        frozenset(
            (
                frozenset(rule.patterns),
                frozenset(rule.refs),
                frozenset(principal.key for principal in rule.principals),
                _outcome(rule.outcome),
                rule.actions,
            )
            for rule in layer.rules
        ),
        frozenset((default.principal.key, _outcome(default.outcome)) for default in layer.defaults),
        frozenset(
            (mode.mode, frozenset(p.key for p in mode.principals), frozenset(mode.workspace), frozenset(mode.approved))
            for mode in layer.modes
        ),
        frozenset((frozenset(line.patterns), frozenset(p.key for p in line.principals)) for line in layer.unprotects),
        frozenset(map(_agent, layer.agents)),
        layer.approvals,
    )


def _outcome(outcome: Outcome) -> tuple[object, ...]:
    return outcome.decision, outcome.count, frozenset(approver.key for approver in outcome.approvers)


def _agent(agent: AgentEntry) -> AgentEntry:
    return replace(agent, span=None)
