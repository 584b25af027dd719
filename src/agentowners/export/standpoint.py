"""A policy as it holds for one contributor on one branch: the statements that apply, by the engine's own matching."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from agentowners.change.model import Change, Evidence, Signal, Strength
from agentowners.diagnostics import Diagnostic
from agentowners.engine.context import EvaluationContext
from agentowners.engine.facts import NO_FACTS
from agentowners.engine.prepared import covers_action
from agentowners.export.model import NOT_HELD, STRICTER, remark
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Action, Decision, Default, Mode, Policy, Rule


class HeldLayer(Struct, frozen=True):
    """One layer, as far as it is about the contributor."""

    rules: tuple[Rule, ...]
    default: Default | None
    builtin: bool

    def about(self, action: Action) -> tuple[Rule, ...]:
        """The rules that speak of an action; of a write of unknown kind those that restrict any kind, or allow every."""
        return tuple([rule for rule in self.rules if covers_action(rule.actions, action, restricts=rule.decision.restricts)])

    @property
    def default_decision(self) -> Decision:
        """The decision where no rule matches."""
        return Decision.ALLOW if self.default is None else self.default.outcome.decision


class HeldPolicy(Struct, frozen=True):
    """The statements of a policy that are about one contributor on one branch."""

    layers: tuple[HeldLayer, ...]
    remarks: tuple[Diagnostic, ...]
    """Statements that are about others, or about other branches, or that lift what is built in."""

    @property
    def closed(self) -> list[tuple[HeldLayer, Default]]:
        """Layers that restrict what no rule matches, each with the default that does."""
        pairs = [(layer, layer.default) for layer in self.layers]
        return [(layer, default) for layer, default in pairs if default is not None and default.outcome.decision.restricts]

    def about(self, action: Action, *, restricts: bool) -> list[tuple[HeldLayer, Rule]]:
        """The rules of all layers that speak of an action and restrict it, or that allow it, each with its layer."""
        rules = [(layer, rule) for layer in self.layers for rule in layer.about(action)]
        return [(layer, rule) for layer, rule in rules if rule.decision.restricts is restricts]


def held(policy: Policy, principal: str, ref: str, repository: str | None = None) -> HeldPolicy:
    """The statements of a policy that certainly apply to somebody, named without the at-sign, on a ref by its full name.

    Raises:
        AgentownersError: nobody is named so, or the patterns do not fit into memory.
    """
    evidence = Evidence(Signal.DECLARED, Strength.VERIFIED, name=principal)
    change = Change(ref=ref, files=(), evidence=(evidence,), repository=repository)
    known = definitions(policy)
    context = EvaluationContext(policy, change, contributors(policy, change.evidence, known, None), known, NO_FACTS)
    layers: list[HeldLayer] = []
    remarks: list[Diagnostic] = []
    for place, layer in enumerate(context.layers):
        if layer.observes[0]:
            observing = [mode for mode in layer.layer.modes if mode.mode is Mode.OBSERVE_ONLY]
            remarks += [remark(NOT_HELD, "this file only observes, so nothing of it is held", mode) for mode in observing]
            continue
        applied = {id(rule.source) for rule in layer.index.rules if rule.audience.applies[0] and isinstance(rule.source, Rule)}
        rules = context.rules[place]
        chosen = layer.defaults[0]
        source = None if chosen is None else chosen.rule.source
        default = source if isinstance(source, Default) else None
        layers.append(HeldLayer(tuple([rule for rule in rules if id(rule) in applied]), default, layer.layer.source is None))
        others = [rule for rule in rules if id(rule) not in applied and rule.decision.restricts]
        remarks += [remark(NOT_HELD, _why_not(rule, principal, ref), rule) for rule in others]
    for line in (line for layer in policy.layers for line in layer.unprotects):
        remarks.append(remark(STRICTER, "what is built in stays protected here", line))
    return HeldPolicy(tuple(layers), _in_order(remarks))


def _why_not(rule: Rule, principal: str, ref: str) -> str:
    if rule.refs:
        return f"it is not about changes to `{ref.removeprefix('refs/heads/')}` by `@{principal}`, for which this is made"
    return f"it is not about `@{principal}`, for whom this is made"


def _in_order(remarks: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(dict.fromkeys(remarks), key=lambda remark: (remark.span.path, remark.span.line, remark.id)))
