"""Explains a decision by the answers of the evaluator that makes it, so that an explanation cannot disagree with the decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from agentowners.change.model import Change, Kind
from agentowners.engine.context import EvaluationContext
from agentowners.engine.evaluator import Evaluator
from agentowners.engine.facts import Need, Reply
from agentowners.engine.prepared import LayerRules, Place, PreparedUnprotect, covers_action, on_ref, ref_matches
from agentowners.engine.ruling import strictest
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.explain.model import (
    Explanation,
    LayerResult,
    NameAnswer,
    PatternAnswer,
    PrincipalAnswer,
    RuleStatus,
    Share,
    StatementResult,
    default_level,
)
from agentowners.explain.what_if import suppose
from agentowners.identity.model import Principal
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Decision, Default, Layer, Mode, ModeLine, Policy, Rule, Unprotect
from agentowners.policy.modes import compile_mode, protected_in
from agentowners.policy.patterns import PathPattern, PrincipalPattern
from agentowners.values import gathered

_DIRECTORY_LIKE = frozenset({Kind.SYMLINK, Kind.SUBMODULE})
"""Rules about the directory of that name match these too."""


def explain(policy: Policy, change: Change, answer: Callable[[Need], Reply]) -> Explanation:
    """Explain why one path is decided as it is.

    Args:
        policy: all layers, the built-in one among them.
        change: of one path, to which one thing is done, where it is known what stands or stood there.
        answer: answers each fact that turns out to be needed, as for ``inquire``.

    Raises:
        ValueError: the change is of more than one path or action, or of what is not known to be a file or a link.
        AgentownersError: nobody is known to have changed it.
    """
    kinds = {kind for file in change.files for kind in (file.before, file.after)}
    if len(change.files) != 1 or Kind.UNKNOWN in kinds:
        raise ValueError("one file or link can be explained at a time")
    facts: dict[Need, Reply] = {}

    def remember(need: Need) -> Reply:
        facts[need] = answer(need)
        return facts[need]

    verdict = inquire(policy, change, remember)
    if len(verdict.files) != 1 or len(verdict.files[0].actions) != 1:
        raise ValueError("one action on one path can be explained at a time")
    context = EvaluationContext(policy, change, verdict.principals, definitions(policy), facts)
    path = verdict.files[0].path
    numbers = context.matcher.match(path) + (context.matcher.match(f"{path}/") if kinds & _DIRECTORY_LIKE else ())
    layers = _Explainer(context, verdict, frozenset(numbers)).layers(policy)
    what_ifs = suppose(policy, change, verdict, layers, answer)
    return Explanation(path, verdict.files[0].actions[0], verdict, layers, what_ifs)


class _Explainer:
    """Puts each statement's answers beside what the evaluator made of it."""

    def __init__(self, context: EvaluationContext, verdict: Verdict, view: frozenset[int]) -> None:
        (file,) = verdict.files
        self._context = context
        self._view = view
        self._action = file.actions[0]
        self._names: dict[tuple[int, bool, tuple[str, ...]], tuple[PrincipalAnswer, ...]] = {}
        judged = frozenset(file.principals)
        indices = [index for index, principal in enumerate(verdict.principals) if principal in judged]
        self._matches = list(Evaluator(context).layer_matches((view,), file.actions, indices))
        self._of_principal = {(match.layer.place, match.principal): match for match in self._matches}
        holding = ((match, rule) for match in self._matches for rule in (*match.rules, match.default) if rule is not None)
        self._holding = gathered((rule.place, match) for match, rule in holding)
        """By place, the matches in which a rule matches, or a default is the principal's."""
        carried = verdict.decision_of(file)
        heeded = [match for match in self._matches if verdict.observed_only or not match.observes]
        self._observed = {rule.place for match in self._matches for rule in match.deciding}
        self._effective = {rule.place for match in heeded for rule in match.deciding}
        self._deciding = {
            rule.place
            for match in self._matches
            for rule in match.deciding
            if match.observes is verdict.observed_only and rule.outcome.decision is carried
        }

    def layers(self, policy: Policy) -> tuple[LayerResult, ...]:
        """Each layer of the policy."""
        unprotects = iter(self._context.unprotects)
        protected = protected_in(policy)
        return tuple(
            LayerResult(
                layer=layer.layer,
                shares=tuple(self._share(layer, index) for index in range(len(self._context.principals))),
                rules=self._rules(layer, _modes(layer.layer, protected)),
                defaults=self._defaults(layer),
                unprotects=tuple([self._unprotect(layer, line, next(unprotects)) for line in layer.layer.unprotects]),
                observers=tuple(
                    StatementResult(mode, RuleStatus.NO, self._principals(mode.principals, layer.place, loosens=True))
                    for mode in layer.layer.modes
                    if mode.mode is Mode.OBSERVE_ONLY
                ),
            )
            for layer in self._context.layers
        )

    def _rules(self, layer: LayerRules, modes: dict[tuple[str, object], ModeLine]) -> tuple[StatementResult[Rule], ...]:
        rules = enumerate(self._context.rules[layer.place])
        return tuple([self._rule_result((layer.place, at), rule, modes.get((rule.id, rule.span))) for at, rule in rules])

    def _rule_result(self, place: Place, rule: Rule, mode: ModeLine | None) -> StatementResult[Rule]:
        restricts = rule.decision.restricts
        result = StatementResult(
            statement=rule,
            status=RuleStatus.NO,
            principals=self._principals(rule.principals, place[0], loosens=not restricts),
            holds_for=self._holds_for(place),
            path=self._context.paths(rule.patterns).covers(self._view),
            patterns=self._patterns(rule.patterns),
            ref=on_ref(rule.refs, self._context.ref),
            refs=tuple(
                [PatternAnswer(str(each), each.negative, ref_matches(each.text, self._context.ref)) for each in rule.refs]
            ),
            action=covers_action(rule.actions, self._action, restricts=restricts),
            mode=mode,
        )
        withheld = result.path and result.ref and result.action and result.withheld
        return replace(result, status=self._status(place, RuleStatus.LIFTED, withheld=withheld))

    def _defaults(self, layer: LayerRules) -> tuple[StatementResult[Default], ...]:
        results = []
        for at, default in enumerate(layer.layer.defaults, len(self._context.rules[layer.place])):
            place = (layer.place, at)
            loosens = not default.outcome.decision.restricts
            principals = self._principals((default.principal,), layer.place, loosens=loosens)
            status = self._status(place, RuleStatus.UNUSED, withheld=any(answer.withheld for answer in principals))
            results.append(StatementResult(default, status, principals, self._holds_for(place)))
        return tuple(results)

    def _unprotect(self, layer: LayerRules, line: Unprotect, prepared: PreparedUnprotect) -> StatementResult[Unprotect]:
        applies = prepared.audience.applies
        path = prepared.paths.covers(self._view)
        used = path and any(applies[match.principal] for match in self._matches if match.rules and match.unprotected_by)
        return StatementResult(
            statement=line,
            status=RuleStatus.LIFTED if used else RuleStatus.NO,
            principals=self._principals(line.principals, layer.place, loosens=True),
            path=path,
            patterns=self._patterns(line.patterns),
        )

    def _status(self, place: Place, idle: RuleStatus, *, withheld: bool) -> RuleStatus:
        """The status of a rule or default; ``idle`` is the one of a statement that holds for somebody and decides for nobody."""
        if place in self._deciding:
            return RuleStatus.DECIDES
        if place in self._effective:
            return RuleStatus.OUTWEIGHED
        if place in self._observed:
            return RuleStatus.OBSERVED
        if place in self._holding:
            return idle
        return RuleStatus.WITHHELD if withheld else RuleStatus.NO

    def _holds_for(self, place: Place) -> tuple[Principal, ...]:
        return tuple(self._context.principals[match.principal] for match in self._holding.get(place, ()))

    def _share(self, layer: LayerRules, index: int) -> Share:
        principal, observes = self._context.principals[index], layer.observes[index]
        match = self._of_principal.get((layer.place, index))
        if match is None or not (match.rules or match.deciding):
            return Share(principal.name, Decision.ALLOW, "nothing", observes=observes)
        if not match.deciding:
            return Share(principal.name, Decision.ALLOW, "lifted", unprotected_by=tuple(match.unprotected_by), observes=observes)
        decision = strictest(rule.outcome.decision for rule in match.deciding)
        rules = tuple(rule.source.id for rule in match.deciding if rule.outcome.decision is decision)
        source = match.deciding[0].source
        if isinstance(source, Default):
            return Share(principal.name, decision, "default", rules, default_level(source, principal), observes=observes)
        return Share(principal.name, decision, "rules", rules, observes=observes)

    def _patterns(self, patterns: Sequence[PathPattern]) -> tuple[PatternAnswer, ...]:
        matcher = self._context.matcher
        held = [(pattern, matcher.number(pattern) in self._view) for pattern in patterns]
        return tuple(
            PatternAnswer(str(pattern), pattern.negative, matches, matches and matcher.exactly(pattern) not in self._view)
            for pattern, matches in held
        )

    def _principals(self, patterns: Sequence[PrincipalPattern], layer: int, *, loosens: bool) -> tuple[PrincipalAnswer, ...]:
        """Each principal with the answer of each pattern. What loosens takes certainty and proof; what restricts, neither."""
        key = (layer, loosens, tuple([str(pattern) for pattern in patterns]))
        if key not in self._names:
            context = self._context
            audience = context.audience(patterns, layer, loosens=loosens)
            self._names[key] = tuple(
                PrincipalAnswer(
                    principal.name, applies, withheld, tuple([self._name(pattern, seen, loosens=loosens) for pattern in patterns])
                )
                for principal, seen, applies, withheld in zip(
                    context.principals, context.seen_in(layer), audience.applies, audience.withheld, strict=True
                )
            )
        return self._names[key]

    def _name(self, pattern: PrincipalPattern, principal: Principal, *, loosens: bool) -> NameAnswer:
        meaning = self._context.whom.meaning(pattern, principal, loosens=loosens is not pattern.negative)
        return NameAnswer(str(pattern), meaning.match, meaning.by)


def _modes(layer: Layer, protected: tuple[PathPattern, ...]) -> dict[tuple[str, object], ModeLine]:
    """By id and place, the modes that compile to rules of a layer."""
    written = {(rule.id, rule.span) for rule in layer.rules} if layer.modes else set()
    compiled = ((mode, rule) for mode in layer.modes for rule in compile_mode(mode, protected))
    return {(rule.id, rule.span): mode for mode, rule in compiled if (rule.id, rule.span) not in written}
