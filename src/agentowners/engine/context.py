"""The context of an evaluation: who acts, on which ref, and what names mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec.structs import replace

from agentowners.change.model import Account, Change, Strength
from agentowners.engine.facts import Facts, Known, MembersOf, PermissionOf
from agentowners.engine.matcher import Matcher, RuleIndex
from agentowners.engine.prepared import Audience, ChosenDefault, LayerRules, PathSet, PreparedRule, PreparedUnprotect, on_ref
from agentowners.engine.verdict import members
from agentowners.engine.whom import Whom
from agentowners.identity.accounts import same_account
from agentowners.identity.match import Match, Names, Team
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.identity.outlook import outlooks
from agentowners.policy.model import Default, Layer, Permission, Policy, Rule
from agentowners.policy.modes import expanded, observers
from agentowners.policy.patterns import PathPattern, PrincipalPattern


class EvaluationContext:
    """A policy held against one change: who acts, on which ref, what names mean; and the facts that are missing for it."""

    def __init__(
        self,
        policy: Policy,
        change: Change,
        principals: tuple[Principal, ...],
        definitions: tuple[AgentDefinition, ...],
        facts: Facts,
    ) -> None:
        """Prepare every statement of the policy for this change.

        Raises:
            MatcherError: the patterns do not fit into memory.
        """
        self.principals = principals
        self.ref = change.ref
        self.needs: set[MembersOf] = set()
        """Teams whose members are not known yet."""
        self.vouched: set[int] = set()
        """Indices of the asserted principals for whom the verdict is milder because the change's author answers for them."""
        self.rules = tuple(rules for _, rules in expanded(policy))
        """For each layer its rules, those that modes compile to among them."""
        unprotects = [(place, line) for place, layer in enumerate(policy.layers) for line in layer.unprotects]
        self.matcher = Matcher.of(
            [p for layer in self.rules for rule in layer for p in rule.patterns]
            + [p for _, line in unprotects for p in line.patterns]
        )
        self.names = Names(definitions, None if change.repository is None else change.repository.partition("/")[0])
        self.permission: PermissionOf | None = None
        """Permission of the change's author, where it is not known yet if they answer for others."""
        self._facts = facts
        self._outlooks = outlooks(policy, change.evidence, change.author, principals)
        self.whom = Whom(self.names, self._membership, self._author_answers(change))
        self._readers: dict[int, Sequence[Whom]] = {}
        self._audiences: dict[tuple[int, bool, tuple[str, ...]], Audience] = {}
        self.layers = tuple(self._layer(place, layer) for place, layer in enumerate(policy.layers))
        self.unprotects = tuple(
            PreparedUnprotect(line.id, self.paths(line.patterns), self._vouched(line.principals, place))
            for place, line in unprotects
        )
        """The lines of all layers, in order."""

    def audience(self, patterns: Sequence[PrincipalPattern], layer: int, *, loosens: bool) -> Audience:
        """The principals that a statement with these patterns is for, in the layer at an index."""
        key = (layer if layer in self._outlooks else -1, loosens, tuple([str(pattern) for pattern in patterns]))
        known = self._audiences.get(key)
        if known is None:
            whom = self._whom_in(layer)
            readings = [
                whom[index].reading(patterns, principal, loosens=loosens) for index, principal in enumerate(self.seen_in(layer))
            ]
            answers = self.whom.answers
            applies = tuple([reading.answered_for if answers else reading.holds for reading in readings])
            differing = frozenset(index for index, reading in enumerate(readings) if reading.holds is not reading.answered_for)
            known = self._audiences[key] = Audience(
                applies=applies,
                withheld=tuple([loosens and read.answered_for and not so for read, so in zip(readings, applies, strict=True)]),
                hangs=differing if answers is None else frozenset(),
                vouched=differing if answers else frozenset(),
                proven=tuple([reading.holds for reading in readings]),
            )
        return known

    def seen_in(self, layer: int) -> tuple[Principal, ...]:
        """The principals as the layer at an index sees them."""
        return self._outlooks[layer].principals if layer in self._outlooks else self.principals

    def paths(self, patterns: Iterable[PathPattern]) -> PathSet:
        """A statement's patterns by the matcher's numbers."""
        return PathSet.of(patterns, self.matcher)

    @cached_property
    def restricts(self) -> bool:
        """True where any rule or default restricts anybody here."""
        defaults = [default.rule for layer in self.layers for default in layer.defaults if default is not None]
        rules = [rule for layer in self.layers for rule in layer.index.rules]
        return any(rule.outcome.decision.restricts for rule in (*rules, *defaults))

    def some_of(self, principals: int) -> tuple[int, ...]:
        """The first of each kind in a set of principals: what is decided for them is decided for all of the set."""
        return tuple(sorted(next(members(principals & kind)) for kind in self.kinds if principals & kind))

    @cached_property
    def kinds(self) -> tuple[int, ...]:
        """Sets of principals, bit by bit, of whom the policy says the same of every path."""
        audiences = self._audiences.values()
        everyone = range(len(self.principals))
        columns: list[Sequence[object]] = [[principal.group for principal in self.principals]]
        columns += [column for each in audiences for column in (each.applies, each.withheld, each.proven)]
        columns += [[index in each.hangs for index in everyone] for each in audiences if each.hangs]
        columns += [[each and (each.rule.place, each.hangs) for each in layer.defaults] for layer in self.layers]
        kinds: dict[object, int] = {}
        for index, row in enumerate(zip(*columns, strict=True)):
            kinds[row] = kinds.get(row, 0) | 1 << index
        return tuple(kinds.values())

    def _layer(self, place: int, layer: Layer) -> LayerRules:
        rules = self.rules[place]
        defaults = [
            PreparedRule(default, default.outcome, layer, (place, len(rules) + at)) for at, default in enumerate(layer.defaults)
        ]
        return LayerRules(
            place=place,
            layer=layer,
            index=RuleIndex(tuple(self._prepared(layer, place, rules)), lambda rule: rule.paths.positive),
            defaults=tuple([self._default(defaults, place, index) for index in range(len(self.principals))]),
            observes=self.audience(observers(layer), place, loosens=True).proven,
        )

    def _prepared(self, layer: Layer, place: int, rules: Sequence[Rule]) -> Iterator[PreparedRule]:
        for at, rule in enumerate(rules):
            if on_ref(rule.refs, self.ref):
                audience = self.audience(rule.principals, place, loosens=not rule.decision.restricts)
                if True in audience.applies or True in audience.withheld:
                    self.vouched |= audience.vouched
                    yield PreparedRule(rule, rule.outcome, layer, (place, at), self.paths(rule.patterns), audience, rule.actions)

    def _vouched(self, patterns: Sequence[PrincipalPattern], layer: int) -> Audience:
        audience = self.audience(patterns, layer, loosens=True)
        self.vouched |= audience.vouched
        return audience

    def _default(self, defaults: Sequence[PreparedRule], layer: int, index: int) -> ChosenDefault | None:
        """The default for the principal at an index: the strictest that names it, else its group's, else anyone's."""
        if not defaults:
            return None
        principal, whom = self.seen_in(layer)[index], self._whom_in(layer)[index]
        strict, mild = (_chosen(defaults, principal, whom, answered_for=answered_for) for answered_for in (False, True))
        if self.whom.answers and mild is not strict:
            self.vouched.add(index)
        chosen = mild if self.whom.answers else strict
        return None if chosen is None else ChosenDefault(chosen, self.whom.answers is None and mild is not strict)

    def _whom_in(self, layer: int) -> Sequence[Whom]:
        """For each principal the reader of the statements of the layer at an index."""
        outlook = self._outlooks.get(layer)
        if outlook is None:
            return [self.whom] * len(self.principals)
        if layer not in self._readers:
            own = None if outlook.definitions is None else Names(outlook.definitions, self.names.owner)
            whole = replace(self.whom, own=own)
            restricts, nothing = replace(whole, loosens=False), replace(self.whom, judges=False)
            self._readers[layer] = [
                nothing if index in outlook.not_judged else restricts if index in outlook.restricted_only else whole
                for index in range(len(self.principals))
            ]
        return self._readers[layer]

    def _author_answers(self, change: Change) -> bool | None:
        """True if the change's author answers for asserted principals, as a verified human with write permission; None where the
        permission has not been asked for yet."""
        if change.by_writer:
            return True
        author = change.author
        if author is None or not any(
            principal.group is Group.HUMANS
            and principal.strength is Strength.VERIFIED
            and principal.account is not None
            and same_account(principal.account, author)
            for principal in self.principals
        ):
            return False
        answer = self._facts.get(PermissionOf(author))
        if answer is None:
            self.permission = PermissionOf(author)
            return None
        return isinstance(answer, Known) and isinstance(answer.value, Permission) and answer.value.rank >= Permission.WRITE.rank

    def _membership(self, team: Team, account: Account) -> Match:
        need = MembersOf(team.owner, team.slug)
        answer = self._facts.get(need)
        if answer is None:
            self.needs.add(need)
        if not isinstance(answer, Known) or not isinstance(answer.value, tuple):
            return Match.MAYBE
        return Match.YES if any(isinstance(m, Account) and same_account(m, account) for m in answer.value) else Match.NO


def _chosen(defaults: Sequence[PreparedRule], principal: Principal, whom: Whom, *, answered_for: bool) -> PreparedRule | None:
    """The default for a principal; the strictest group's for an account that only a login with a wildcard puts into several."""

    def holds(default: Default) -> bool:
        reading = whom.default(default.principal, principal, loosens=not default.outcome.decision.restricts)
        return reading.answered_for if answered_for else reading.holds

    candidates: list[PreparedRule] = []
    for group in (principal.group, *principal.itself):
        for word in (None, group.value, *(("humans",) if group is Group.UNATTRIBUTED else ()), "anyone"):
            holding = [
                rule
                for rule in defaults
                if isinstance(rule.source, Default) and rule.source.principal.group == word and holds(rule.source)
            ]
            if holding:
                candidates.append(max(holding, key=_strictness))
                break
    return max(candidates, key=_strictness, default=None)


def _strictness(rule: PreparedRule) -> tuple[int, int]:
    return rule.outcome.decision.strictness, rule.outcome.count
