"""Evaluates rules as section 1 of the policy reference says: one path, one action and one principal at a time, layer by layer.

``matcher.py`` makes it fast; what it decides is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from msgspec.structs import replace

from agentowners.engine.context import EvaluationContext
from agentowners.engine.matcher import Numbers
from agentowners.engine.prepared import LayerRules, PreparedRule, View
from agentowners.engine.ruling import ObligationSet
from agentowners.engine.verdict import Judgement
from agentowners.identity.model import Group
from agentowners.policy.model import Action, Decision


class LayerMatch(NamedTuple):
    """One layer's answer about one action of one principal."""

    layer: LayerRules
    principal: int
    """Index among the principals."""
    rules: Sequence[PreparedRule]
    """The rules that match, in file order."""
    default: PreparedRule | None
    """The layer's default for the principal."""
    unprotected_by: Sequence[str]
    """Ids of the ``unprotect`` lines that take the path out of the layer."""
    withheld: Sequence[PreparedRule]
    """The rules that would allow it if the principal were verified, where the default decides."""
    unsettled: bool
    """True if an ``unprotect`` line, or for a default one of ``withheld``, would hold if the author were known to be a person who
    may write."""
    observes: bool
    """True where the layer only observes the principal."""

    @property
    def deciding(self) -> Sequence[PreparedRule]:
        """All rules that match; where none does the default; none of them where an ``unprotect`` line takes the path out."""
        if self.rules:
            return () if self.unprotected_by else self.rules
        return () if self.default is None else (self.default,)

    def hangs(self, rule: PreparedRule) -> bool:
        """True if a deciding rule would restrict no longer if the change's author answered for the principal."""
        return self.unsettled or self.principal in rule.audience.hangs


class Evaluator:
    """Decides about paths, given the patterns that match them, and collects the obligations that arise."""

    def __init__(self, context: EvaluationContext) -> None:
        """Decide by the rules of a context."""
        self.context = context
        self.obligations = ObligationSet()
        """Approvals asked for by layers that are enforced."""
        self.observed_obligations = ObligationSet()
        """Approvals that would be asked for by layers that only observe."""

    def judge(self, views: tuple[Numbers, ...], actions: tuple[Action, ...], principals: tuple[int, ...]) -> Judgement:
        """Decide about a path: the strictest decision stands, over all actions, all principals and all layers.

        Args:
            views: the patterns that match it as a file, as a directory, or both where that is not known.
            actions: what is done to it.
            principals: indices of those who are judged on it.
        """
        matches = list(self.layer_matches(tuple(map(frozenset, views)), actions, principals))
        enforced = self._combine([match for match in matches if not match.observes], self.obligations)
        observed = self._combine([match for match in matches if match.observes], self.observed_obligations)
        matching = [rule for match in matches for rule in match.rules]
        withheld = [rule.source.id for match in matches for rule in match.withheld] if enforced.decision.restricts else []
        return replace(
            enforced,
            matched=tuple([rule.source.id for rule in _in_file_order(matching)]),
            unprotected=tuple(dict.fromkeys(id for match in matches if match.rules for id in match.unprotected_by)),
            withheld=tuple(dict.fromkeys(withheld)),
            observed=observed.decision,
            observed_principal=observed.principal,
            observed_rules=observed.rules,
            observed_obligations=observed.obligations,
            observed_of_people=observed.of_people,
            unsettled=enforced.unsettled or observed.unsettled,
        )

    def layer_matches(self, views: Sequence[View], actions: Sequence[Action], principals: Iterable[int]) -> Iterator[LayerMatch]:
        """Collect all matching rules of each layer, with its default, for each principal and action; where there are any."""
        for layer in self.context.layers:
            covering = [rule for rule in layer.index.candidates(views) if rule.covers(views)]
            if not covering and not layer.layer.defaults:
                continue
            for principal in principals:
                default, default_hangs = layer.defaults[principal] or (None, False)
                if not covering and default is None:
                    continue
                unprotected_by, unprotect_hangs = self._unprotected(layer, views, principal)
                for action in actions:
                    rules = [rule for rule in covering if rule.audience.applies[principal] and rule.covers_action(action)]
                    withheld = [
                        rule
                        for rule in (covering if default is not None and not rules else ())
                        if rule.audience.withheld[principal] and rule.covers_action(action)
                    ]
                    unsettled = unprotect_hangs if rules else default_hangs or bool(withheld)
                    yield LayerMatch(
                        layer, principal, rules, default, unprotected_by, withheld, unsettled, layer.observes[principal]
                    )

    def _unprotected(self, layer: LayerRules, views: Sequence[View], principal: int) -> tuple[Sequence[str], bool]:
        """The ``unprotect`` lines that take a path out of the built-in layer, and whether one would if the author answered."""
        if layer.layer.source is not None:
            return (), False
        covering = [line for line in self.context.unprotects if all(line.paths.covers(view) for view in views)]
        lines = [line.id for line in covering if line.audience.applies[principal]]
        return lines, not lines and any(principal in line.audience.hangs for line in covering)

    def _combine(self, matches: Sequence[LayerMatch], obligations: ObligationSet) -> Judgement:
        """Let the strictest of all deciding rules stand, as if there were no other layers; every one that asks for approvals adds
        its own."""
        votes: dict[Decision, list[tuple[PreparedRule, LayerMatch]]] = {}
        for match in matches:
            for rule in match.deciding:
                votes.setdefault(rule.outcome.decision, []).append((rule, match))
        if not votes:
            return Judgement(Decision.ALLOW, None)
        decision = max(votes, key=attrgetter("strictness"))
        demands: dict[int, bool] = {}
        for rule, match in votes.get(Decision.REQUIRE_APPROVAL, ()):
            of_person = self.context.principals[match.principal].group is Group.HUMANS
            place = obligations.add(rule.outcome, rule.source.id, of_person=of_person)
            demands[place] = demands.get(place, False) or of_person
        return Judgement(
            decision,
            self.context.principals[min([match.principal for _, match in votes[decision]])],
            tuple([rule.applied for rule in _in_file_order([rule for rule, _ in votes[decision]])]),
            obligations=tuple(demands),
            of_people=frozenset([place for place, of_person in demands.items() if of_person]),
            unsettled=decision.restricts and any(match.hangs(rule) for rule, match in votes[decision]),
        )


def _in_file_order(rules: Iterable[PreparedRule]) -> list[PreparedRule]:
    return sorted(set(rules), key=attrgetter("place"))
