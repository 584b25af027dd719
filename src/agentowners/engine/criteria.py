"""What a rule asks (which path, which ref, who, what is done), each question answered by itself.

The answers come from what the court decides with: the matcher's numbers, the meaning of names, the refs' expressions. A rule
that matches is one for which all of them are yes.
"""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.engine.evaluator import Evaluator
from agentowners.engine.explanation import NameAnswer, PatternAnswer, PrincipalAnswer
from agentowners.engine.prepared import View, covers_action, on_ref, ref_matches
from agentowners.identity.model import Principal
from agentowners.policy.model import Action, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern


class Criteria:
    """Answers for one path, seen as a plain file, one action, and the court's principals and ref."""

    def __init__(self, evaluator: Evaluator, view: View, action: Action) -> None:
        """Remember what is asked about; ``view`` is what the court's matcher says of the path."""
        self._court = evaluator
        self._view = view
        self._action = action
        self._principals: dict[tuple[int, bool, tuple[str, ...]], tuple[PrincipalAnswer, ...]] = {}
        self._refs: dict[tuple[RefPattern, ...], tuple[PatternAnswer, ...]] = {}

    def path(self, patterns: Sequence[PathPattern]) -> bool:
        """Whether the path is in a set of patterns."""
        return self._court.context.paths(patterns).covers(self._view)

    def patterns(self, patterns: Sequence[PathPattern]) -> tuple[PatternAnswer, ...]:
        """Each pattern by itself."""
        return tuple(map(self._pattern, patterns))

    def _pattern(self, pattern: PathPattern) -> PatternAnswer:
        matches = self._court.context.matcher.number(pattern) in self._view
        respelled = matches and self._court.context.matcher.exactly(pattern) not in self._view
        return PatternAnswer(str(pattern), pattern.negative, matches, respelled)

    def ref(self, patterns: tuple[RefPattern, ...]) -> bool:
        """Whether the ref is in a set of patterns."""
        return on_ref(patterns, self._court.context.ref)

    def refs(self, patterns: tuple[RefPattern, ...]) -> tuple[PatternAnswer, ...]:
        """Each ref pattern by itself."""
        if not patterns:
            return ()
        known = self._refs.get(patterns)
        if known is None:
            ref = self._court.context.ref
            known = self._refs[patterns] = tuple(
                PatternAnswer(str(pattern), pattern.negative, ref_matches(pattern.text, ref)) for pattern in patterns
            )
        return known

    def action(self, rule: Rule) -> bool:
        """Whether the rule speaks of the action."""
        return covers_action(rule.actions, self._action, restricts=rule.decision.restricts)

    def principals(self, patterns: Sequence[PrincipalPattern], place: int, *, loosens: bool) -> tuple[PrincipalAnswer, ...]:
        """Each principal, with the answer of each pattern of a statement in the layer at ``place``. What loosens takes certainty
        and proof; what restricts, neither."""
        key = (place, loosens, tuple([str(pattern) for pattern in patterns]))
        known = self._principals.get(key)
        if known is None:
            context = self._court.context
            audience = context.audience(patterns, place, loosens=loosens)
            known = self._principals[key] = tuple(
                PrincipalAnswer(
                    principal=who,
                    applies=applies,
                    withheld=withheld,
                    names=tuple([self._name(pattern, seen, loosens=loosens) for pattern in patterns]),
                )
                for who, seen, applies, withheld in zip(
                    context.principals, context.seen_in(place), audience.applies, audience.withheld, strict=True
                )
            )
        return known

    def _name(self, pattern: PrincipalPattern, who: Principal, *, loosens: bool) -> NameAnswer:
        meaning = self._court.context.whom.meaning(pattern, who, loosens=loosens is not pattern.negative)
        return NameAnswer(str(pattern), meaning.match, meaning.by, pattern.negative)
