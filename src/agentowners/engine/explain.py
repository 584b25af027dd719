"""Explains a decision by asking the court that makes it: what each layer was heard to say, and each rule's answers beside.

Which rules match and what each layer decides is taken from ``Court.hear``, of which judgements are made; an explanation cannot
disagree with the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from agentowners.change.model import Change, Kind
from agentowners.engine.context import EvaluationContext
from agentowners.engine.criteria import Criteria
from agentowners.engine.evaluator import Evaluator, LayerMatch
from agentowners.engine.explanation import (
    DecidedBy,
    DefaultAnswer,
    DefaultLevel,
    Explanation,
    LayerAnswer,
    ObserverAnswer,
    RuleAnswer,
    RuleStatus,
    Share,
    UnprotectAnswer,
)
from agentowners.engine.facts import Need, Reply
from agentowners.engine.prepared import PreparedRule, PreparedUnprotect
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import FileDecision, Verdict
from agentowners.engine.what_if import suppose
from agentowners.identity.model import Group, Principal
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Decision, Default, Layer, Mode, Policy, Rule, Unprotect
from agentowners.policy.modes import compile_mode
from agentowners.records import replace

_DIRECTORY_LIKE = frozenset({Kind.SYMLINK, Kind.SUBMODULE})
"""Rules about the directory of that name match these too."""
_Place = tuple[int, int]
"""``Statement.place``: the layer, and the rule's place in it."""


def explain(policy: Policy, change: Change, answer: Callable[[Need], Reply]) -> Explanation:
    """Say why one path is decided as it is.

    Args:
        policy: all layers, the built-in one among them.
        change: of one path, to which one thing is done, where it is known what stands or stood there.
        answer: answers each fact that turns out to be needed, as for ``inquire``.

    Raises:
        ValueError: the change is of more than one path or action, or of what is not known to be a file or a link.
        AgentownersError: nobody is known to have changed it.
    """
    if len(change.files) != 1 or Kind.UNKNOWN in _kinds(change):
        raise ValueError("one file or link can be explained at a time")
    facts: dict[Need, Reply] = {}

    def remember(need: Need) -> Reply:
        facts[need] = answer(need)
        return facts[need]

    verdict = inquire(policy, change, remember)
    if len(verdict.files) != 1 or len(verdict.files[0].actions) != 1:
        raise ValueError("one action on one path can be explained at a time")
    evaluator = Evaluator(EvaluationContext(policy, change, verdict.principals, definitions(policy), facts))
    file = verdict.files[0]
    view = frozenset(evaluator.context.matcher.match(file.path))
    if _kinds(change) & _DIRECTORY_LIKE:
        view |= frozenset(evaluator.context.matcher.match(f"{file.path}/"))
    layers = _Report(policy, evaluator, verdict, file, view).layers()
    return Explanation(
        path=verdict.files[0].path,
        action=verdict.files[0].actions[0],
        verdict=verdict,
        layers=layers,
        claims=suppose(policy, change, verdict, layers, answer),
    )


def _kinds(change: Change) -> frozenset[Kind]:
    return frozenset(kind for file in change.files for kind in (file.before, file.after))


class _Report:
    """The hearings of one path, put in order."""

    def __init__(self, policy: Policy, evaluator: Evaluator, verdict: Verdict, file: FileDecision, view: frozenset[int]) -> None:
        self._policy, self._court, self._file = policy, evaluator, file
        self._principals = verdict.principals
        self._view = view
        self._criteria = Criteria(evaluator, self._view, file.actions[0])
        judged = frozenset(file.principals)
        who = [index for index, principal in enumerate(self._principals) if principal in judged]
        layer_matches = tuple(evaluator.layer_matches((self._view,), file.actions, who))
        self._heard: Mapping[_Place, LayerMatch] = {(heard.layer.place, heard.principal): heard for heard in layer_matches}
        self._observed_only = verdict.observed_only
        carried = verdict.decision_of(file)
        self._matched: dict[_Place, list[Principal]] = {}
        self._lifted: set[_Place] = set()
        self._effective: set[_Place] = set()
        """Rules that had a say: those of layers that only observe have one only where the whole decision is observed."""
        self._deciding: set[_Place] = set()
        self._deciding_defaults: set[int] = set()
        for heard in layer_matches:
            for statement in heard.rules:
                self._matched.setdefault(statement.place, []).append(self._principals[heard.principal])
            if heard.rules and heard.unprotected_by:
                self._lifted.update(statement.place for statement in heard.rules)
                continue
            if verdict.observed_only or not heard.observes:
                self._effective.update(statement.place for statement in heard.rules)
            if heard.observes is verdict.observed_only:
                self._decide(heard, carried)

    def _decide(self, heard: LayerMatch, carried: Decision) -> None:
        for statement in heard.rules or ([heard.default] if heard.default is not None else []):
            if statement.outcome.decision is not carried:
                continue
            if isinstance(statement.source, Default):
                self._deciding_defaults.add(id(statement.source))
            else:
                self._deciding.add(statement.place)

    def layers(self) -> tuple[LayerAnswer, ...]:
        lifts = iter(self._court.context.unprotects)
        return tuple(
            self._layer(place, layer, tuple(self._lift(place, line, next(lifts)) for line in layer.unprotects))
            for place, layer in enumerate(self._policy.layers)
        )

    def _layer(self, place: int, layer: Layer, unprotects: tuple[UnprotectAnswer, ...]) -> LayerAnswer:
        shares = tuple(self._share(place, index) for index in range(len(self._principals)))
        observes = all(share.observes for share in shares)
        counted = shares if observes else tuple(share for share in shares if not share.observes)
        modes = self._modes(layer)
        return LayerAnswer(
            layer=layer,
            decision=max((share.decision for share in counted), key=lambda decision: decision.strictness),
            observes=observes,
            shares=shares,
            rules=tuple(
                [
                    self._rule((place, at), rule, modes.get((rule.id, rule.span)))
                    for at, rule in enumerate(self._court.context.rules[place])
                ]
            ),
            defaults=tuple(self._default(place, default) for default in layer.defaults),
            unprotects=unprotects,
            observers=tuple(
                ObserverAnswer(mode, self._criteria.principals(mode.principals, place, loosens=True))
                for mode in layer.modes
                if mode.mode is Mode.OBSERVE_ONLY
            ),
        )

    def _modes(self, layer: Layer) -> dict[tuple[str, object], Mode]:
        protected = tuple(p for one in self._policy.layers if one.source is None for rule in one.rules for p in rule.patterns)
        written = {(rule.id, rule.span) for rule in layer.rules} if layer.modes else set()
        compiled = ((mode.mode, rule) for mode in layer.modes for rule in compile_mode(mode, protected))
        return {(rule.id, rule.span): mode for mode, rule in compiled if (rule.id, rule.span) not in written}

    def _rule(self, place: _Place, rule: Rule, mode: Mode | None) -> RuleAnswer:
        criteria = self._criteria
        principals = criteria.principals(rule.principals, place[0], loosens=not rule.decision.restricts)
        path, ref, action = criteria.path(rule.patterns), criteria.ref(rule.refs), criteria.action(rule)
        matched_for = tuple(self._matched.get(place, ()))
        return RuleAnswer(
            rule=rule,
            mode=mode,
            standing=self._standing(place)
            if matched_for
            else RuleStatus.WITHHELD
            if path and ref and action and any(answer.withheld for answer in principals)
            else RuleStatus.NO,
            path=path,
            patterns=criteria.patterns(rule.patterns),
            ref=ref,
            refs=criteria.refs(rule.refs),
            action=action,
            principals=principals,
            matched_for=matched_for,
        )

    def _standing(self, place: _Place) -> RuleStatus:
        """What became of a rule that matches."""
        if place in self._deciding:
            return RuleStatus.DECIDES
        if place in self._effective:
            return RuleStatus.OUTWEIGHED
        return RuleStatus.LIFTED if place in self._lifted else RuleStatus.OBSERVED

    def _default(self, place: int, default: Default) -> DefaultAnswer:
        heard = [(index, self._heard.get((place, index))) for index in range(len(self._principals))]
        chosen = [
            (index, one) for index, one in heard if one is not None and one.default is not None and one.default.source is default
        ]
        principals = self._criteria.principals([default.principal], place, loosens=not default.outcome.decision.restricts)
        if id(default) in self._deciding_defaults:
            standing = RuleStatus.DECIDES
        elif any(not one.rules for _, one in chosen):
            observed = not self._observed_only and all(one.observes for _, one in chosen if not one.rules)
            standing = RuleStatus.OBSERVED if observed else RuleStatus.OUTWEIGHED
        elif chosen:
            standing = RuleStatus.UNUSED
        else:
            standing = RuleStatus.WITHHELD if any(answer.withheld for answer in principals) else RuleStatus.NO
        chosen_for = tuple((self._principals[index], rung(default, self._principals[index])) for index, _ in chosen)
        return DefaultAnswer(default, standing, principals, chosen_for)

    def _share(self, place: int, index: int) -> Share:
        principal = self._principals[index]
        heard = self._heard.get((place, index))
        if heard is None:
            # Nothing was heard of the layer here; whether it would have been enforced makes no difference.
            return Share(
                principal, Decision.ALLOW, DecidedBy.NOTHING, (), None, (), self._court.context.layers[place].observes[index]
            )
        default = heard.default.source if heard.default is not None else None
        if heard.rules and heard.unprotected_by:
            return Share(principal, Decision.ALLOW, DecidedBy.LIFTED, (), None, tuple(heard.unprotected_by), heard.observes)
        if heard.rules:
            return Share(principal, *_strictest(heard.rules), None, (), heard.observes)
        if isinstance(default, Default):
            decision = default.outcome.decision
            return Share(principal, decision, DecidedBy.DEFAULT, (default.id,), rung(default, principal), (), heard.observes)
        return Share(principal, Decision.ALLOW, DecidedBy.NOTHING, (), None, (), heard.observes)

    def _lift(self, place: int, line: Unprotect, lift: PreparedUnprotect) -> UnprotectAnswer:
        principals = self._criteria.principals(line.principals, place, loosens=True)
        return UnprotectAnswer(
            line=line,
            used=any(
                lift.paths.covers(self._view) and lift.audience.applies[heard.principal]
                for heard in self._heard.values()
                if heard.rules and heard.unprotected_by
            ),
            path=self._criteria.path(line.patterns),
            patterns=self._criteria.patterns(line.patterns),
            # a verified person who may write answers for contributors who are only asserted
            principals=tuple(
                replace(answer, applies=entitled) for answer, entitled in zip(principals, lift.audience.applies, strict=True)
            ),
        )


def _strictest(found: Sequence[PreparedRule]) -> tuple[Decision, DecidedBy, tuple[str, ...]]:
    decision = max((statement.outcome.decision for statement in found), key=lambda one: one.strictness)
    return decision, DecidedBy.RULES, tuple(s.source.id for s in found if s.outcome.decision is decision)


def rung(default: Default, principal: Principal) -> DefaultLevel:
    """How a default is the one for a principal."""
    word = default.principal.group
    if word is None:
        return DefaultLevel.NAMED
    if word == principal.group.value:
        return DefaultLevel.GROUP
    return DefaultLevel.HUMANS if principal.group is Group.UNATTRIBUTED and word == "humans" else DefaultLevel.ANYONE
