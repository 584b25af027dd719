"""All layers of a policy, assembled for one change: each decides by itself, and the strictest stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from agentowners.change.model import Account, Change, Strength
from agentowners.engine.facts import Facts, Known, MembersOf, Need, PermissionOf
from agentowners.engine.matcher import Matcher
from agentowners.engine.obligations import ObligationSet
from agentowners.engine.prepared import EvaluationContext, PreparedRule
from agentowners.engine.verdict import AppliedRule, Judgement
from agentowners.engine.whom import Whom
from agentowners.identity.accounts import same_account
from agentowners.identity.match import Match, Names, Team
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.identity.outlook import outlooks
from agentowners.policy.model import Action, Decision, Layer, Permission, Policy, Rule
from agentowners.policy.modes import expand, observers
from agentowners.records import record, replace

View = frozenset[int]
"""Numbers of the patterns that match a path. Two views of one path: as a file, and as the directory a link may be taken for."""

_Key = tuple[tuple[int, int], str]
"""What tells statements apart: files may give rules the same id, and the defaults of a layer stand in one place."""


class LayerMatch(NamedTuple):
    """What one layer says of one principal and one action."""

    layer: int
    """Index among the policy's layers."""
    principal: int
    """Index among the principals."""
    found: Sequence[PreparedRule]
    """Rules that match, in file order."""
    default: PreparedRule | None
    """The layer's default for the principal; it decides where nothing is found."""
    lifted: Sequence[str]
    """Ids of the ``unprotect`` lines that take the path out of the layer, so that what is found decides nothing."""
    withheld: Sequence[PreparedRule]
    """Where the default decides: the rules that would allow it if the principal were verified."""
    observes: bool
    """Whether the layer only observes the principal."""
    hangs: bool
    """Whether an ``unprotect`` line would take the path out of the layer if the change's author were known to be a person who may
    write."""


@record
class _LayerRules:
    """One layer, ready to decide."""

    place: int
    layer: Layer
    statements: tuple[PreparedRule, ...]
    """Rules that apply to somebody here, in file order."""
    always: tuple[int, ...]
    """Indices of statements that wait for no pattern."""
    waiting: dict[int, list[int]]
    """Indices of statements by the number of each pattern they wait for."""
    defaults: tuple[PreparedRule | None, ...]
    """For each principal."""
    observes: tuple[bool, ...]
    """For each principal, whether the layer only observes it."""

    def covering(self, views: Sequence[View]) -> list[PreparedRule]:
        """The statements a path is in, in file order. Of two views, one is enough to restrict, and loosening takes both."""
        waiting = self.waiting
        indices = [index for view in views for number in view if number in waiting for index in waiting[number]]
        if not indices and not self.always:
            return []
        found = [self.statements[index] for index in sorted({*indices, *self.always})]
        if len(views) == 1:
            return [s for s in found if s.negative.isdisjoint(views[0])]
        return [s for s in found if (any if s.outcome.decision.restricts else all)(s.covers_path(view) for view in views)]


@record
class PreparedUnprotect:
    """An ``unprotect`` line, ready to be used."""

    id: str
    positive: View
    negative: View
    entitled: tuple[bool, ...]
    """For each principal, whether the line takes paths out of the built-in layer."""
    hangs_for: frozenset[int]
    """Indices of the principals for whom it has still to be asked if it does."""

    def lifts(self, views: Sequence[View], principal: int) -> bool:
        """Whether the line takes the path out of the built-in layer for the principal at an index."""
        return self.entitled[principal] and self.covers(views)

    def covers(self, views: Sequence[View]) -> bool:
        """Whether the line speaks of the path."""
        return all((not self.positive or not self.positive.isdisjoint(view)) and self.negative.isdisjoint(view) for view in views)


class Evaluator:
    """Judges paths, given the patterns that match them. Collects the obligations that arise and the facts that are missing."""

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
        self.needs: set[Need] = set()
        self.asks = ObligationSet()
        """Approvals asked for by layers that are enforced."""
        self.observed_asks = ObligationSet()
        """Approvals that would be asked for by layers that only observe."""
        self._facts = facts
        self._principals = principals
        self._of_author: PermissionOf | None = None
        """What to ask for where it matters if the author answers for others."""
        protected = tuple(p for layer in policy.layers if layer.source is None for rule in layer.rules for p in rule.patterns)
        self.rules = tuple(expand(layer, protected) for layer in policy.layers)
        """For each layer its rules, those that modes compile to among them."""
        lifts = [line for layer in policy.layers for line in layer.unprotects]
        self.matcher = Matcher.of(
            [p for layer in self.rules for rule in layer for p in rule.patterns] + [p for line in lifts for p in line.patterns]
        )
        self.names = Names(definitions, None if change.repository is None else change.repository.partition("/")[0])
        answers = self._author_answers(change)
        views = outlooks(policy, change.evidence, change.author, principals)
        self.context = EvaluationContext(principals, change.ref, Whom(self.names, self._membership, answers), self.matcher, views)
        self._benches = [self._layer_rules(place, layer, self.rules[place]) for place, layer in enumerate(policy.layers)]
        self.lifts = self._entitle(policy)
        """The ``unprotect`` lines of all layers, in order."""
        self.kinds = self._alike()
        """Sets of principals, bit by bit, of whom the policy says the same of every path."""
        self._people = tuple(principal.group is Group.HUMANS for principal in principals)

    def some_of(self, principals: int) -> tuple[int, ...]:
        """Of a set of principals, the first of each kind: what is judged for them is judged for all of the set."""
        present = (principals & kind for kind in self.kinds)
        return tuple(sorted([(found & -found).bit_length() - 1 for found in present if found]))

    def judge(self, views: tuple[View, ...], actions: tuple[Action, ...], who: Sequence[int]) -> Judgement:
        """Judge a path by the patterns that match it, seen as a file, as a directory, or both where that is not known.

        Args:
            views: what is known of the path.
            actions: what is done to it.
            who: indices of the principals who are judged on it.
        """
        enforced: list[tuple[PreparedRule, int]] = []
        observed: list[tuple[PreparedRule, int]] = []
        matched: dict[_Key, PreparedRule] = {}
        used: dict[str, None] = {}
        withheld: dict[str, None] = {}
        hanging: set[Decision] = set()
        for heard in self.layer_matches(views, actions, who):
            index, found, default = heard.principal, heard.found, heard.default
            for statement in found:
                matched[statement.order, statement.source.id] = statement
            tally = observed if heard.observes else enforced
            if found and heard.lifted:
                used.update(dict.fromkeys(heard.lifted))
            elif found:
                tally += [(statement, index) for statement in found]
                hanging.update(s.outcome.decision for s in found if heard.hangs or index in s.hangs_for)
            elif default is not None:
                tally.append((default, index))
                withheld.update(dict.fromkeys([statement.source.id for statement in heard.withheld]))
                if heard.withheld or index in default.hangs_for:
                    hanging.add(default.outcome.decision)
        decision, principal, rules = self._carried(enforced)
        self._ask_of_author(hanging, decision)
        obligations, of_people = self.asks.add(enforced, self._people)
        judgement = Judgement(
            decision=decision,
            principal=principal,
            rules=rules,
            matched=tuple(s.source.id for s in sorted(matched.values(), key=_place)) if matched else (),
            unprotected=tuple(used),
            obligations=obligations,
            of_people=of_people,
            withheld=tuple(withheld) if decision.restricts else (),
        )
        if not observed:
            return judgement
        decision, principal, rules = self._carried(observed)
        self._ask_of_author(hanging, decision)
        obligations, of_people = self.observed_asks.add(observed, self._people)
        return replace(
            judgement,
            observed=decision,
            observed_principal=principal,
            observed_rules=rules,
            observed_obligations=obligations,
            observed_of_people=of_people,
        )

    def layer_matches(self, views: tuple[View, ...], actions: tuple[Action, ...], who: Sequence[int]) -> Iterator[LayerMatch]:
        """What each layer says of each of these principals and of each action, in order, where it says anything."""
        for bench in self._benches:
            covering = bench.covering(views)
            for index in who:
                default = bench.defaults[index]
                if not covering and default is None:
                    continue
                builtin = bench.layer.source is None
                lifted = self._lifted(views, index) if builtin else ()
                hangs = builtin and not lifted and any(index in lift.hangs_for and lift.covers(views) for lift in self.lifts)
                for action in actions:
                    found = [s for s in covering if s.applies_to[index] and (not s.actions or s.covers_action(action))]
                    withheld = (
                        [s for s in covering if s.withheld_from and s.withheld_from[index] and s.covers_action(action)]
                        if default is not None and not found
                        else ()
                    )
                    yield LayerMatch(bench.place, index, found, default, lifted, withheld, bench.observes[index], hangs)

    @property
    def restricts(self) -> bool:
        """True where any rule or default restricts anybody here."""
        return any(
            statement is not None and statement.outcome.decision.restricts
            for bench in self._benches
            for statement in (*bench.statements, *bench.defaults)
        )

    def observes(self, layer: int, principal: int) -> bool:
        """Whether a layer, by its index, only observes the principal at an index."""
        return self._benches[layer].observes[principal]

    def _lifted(self, views: Sequence[View], index: int) -> list[str]:
        return [lift.id for lift in self.lifts if lift.lifts(views, index)]

    def _carried(self, tally: list[tuple[PreparedRule, int]]) -> tuple[Decision, Principal | None, tuple[AppliedRule, ...]]:
        """The strictest decision of a tally, the first principal it is this strict for, and the rules that carry it."""
        if not tally:
            return Decision.ALLOW, None, ()
        if len(tally) == 1:
            ((only, index),) = tally
            return only.outcome.decision, self._principals[index], (only.applied,)
        decision = max((statement.outcome.decision for statement, _ in tally), key=_strictness)
        carrying: dict[_Key, PreparedRule] = {}
        first = len(self._principals)
        for statement, index in tally:
            if statement.outcome.decision is decision:
                carrying[statement.order, statement.source.id] = statement
                first = min(first, index)
        return decision, self._principals[first], tuple(s.applied for s in sorted(carrying.values(), key=_place))

    def _layer_rules(self, place: int, layer: Layer, rules: Sequence[Rule]) -> _LayerRules:
        prepared = (self.context.rule(rule, layer, (place, index)) for index, rule in enumerate(rules))
        statements = tuple(statement for statement in prepared if statement is not None)
        waiting: dict[int, list[int]] = {}
        for index, statement in enumerate(statements):
            for number in statement.positive:
                waiting.setdefault(number, []).append(index)
        observed = observers(layer)
        everyone = range(len(self._principals))
        return _LayerRules(
            place=place,
            layer=layer,
            statements=statements,
            always=tuple(index for index, statement in enumerate(statements) if not statement.positive),
            waiting=waiting,
            defaults=tuple(self.context.default(layer, index, (place, len(rules))) for index in everyone),
            observes=self.context.audience(observed, place, loosens=True).proven,
        )

    def _alike(self) -> tuple[int, ...]:
        everyone = range(len(self._principals))
        columns: dict[int, Sequence[object]] = {}
        sets: dict[int, frozenset[int]] = {}
        for lift in self.lifts:
            columns[id(lift.entitled)] = lift.entitled
            sets[id(lift.hangs_for)] = lift.hangs_for
        for bench in self._benches:
            columns[id(bench.observes)] = bench.observes
            columns[id(bench.defaults)] = [_default_for(default, index) for index, default in enumerate(bench.defaults)]
            for statement in bench.statements:
                columns[id(statement.applies_to)] = statement.applies_to
                columns[id(statement.withheld_from)] = statement.withheld_from
                sets[id(statement.hangs_for)] = statement.hangs_for
        columns |= {key: [index in held for index in everyone] for key, held in sets.items() if held}
        groups = [principal.group for principal in self._principals]
        kinds: dict[tuple[object, ...], int] = {}
        for index, said in enumerate(zip(groups, *columns.values(), strict=True)):
            kinds[said] = kinds.get(said, 0) | 1 << index
        return tuple(kinds.values())

    def _entitle(self, policy: Policy) -> list[PreparedUnprotect]:
        """The ``unprotect`` lines, each with the principals it holds for."""
        lifts: list[PreparedUnprotect] = []
        for place, layer in enumerate(policy.layers):
            for line in layer.unprotects:
                audience = self.context.audience(line.principals, place, loosens=True)
                self.context.leaning.update(audience.leans)
                positive, negative = self.context.numbers(line.patterns)
                lifts.append(PreparedUnprotect(line.id, positive, negative, audience.applies, audience.hangs))
        return lifts

    def _author_answers(self, change: Change) -> bool | None:
        """Whether the change's author answers for asserted principals: is a verified human with write permission. None where the
        permission has not been asked for yet."""
        if change.by_writer:
            return True
        author = change.author
        if author is None or not any(
            p.group is Group.HUMANS
            and p.strength is Strength.VERIFIED
            and p.account is not None
            and same_account(p.account, author)
            for p in self._principals
        ):
            return False
        answer = self._facts.get(PermissionOf(author))
        if answer is None:
            self._of_author = PermissionOf(author)
            return None
        return isinstance(answer, Known) and isinstance(answer.value, Permission) and answer.value.rank >= Permission.WRITE.rank

    def _ask_of_author(self, hanging: Iterable[Decision], decision: Decision) -> None:
        """Ask for the author's permission where the decision may hang on it."""
        if self._of_author is not None and decision.restricts and decision in hanging:
            self.needs.add(self._of_author)

    def _membership(self, team: Team, account: Account) -> Match:
        need = MembersOf(team.owner, team.slug)
        answer = self._facts.get(need)
        if answer is None:
            self.needs.add(need)
        if not isinstance(answer, Known) or not isinstance(answer.value, tuple):
            return Match.MAYBE
        return Match.YES if any(isinstance(m, Account) and same_account(m, account) for m in answer.value) else Match.NO


def _default_for(default: PreparedRule | None, index: int) -> tuple[int, bool] | None:
    """What tells a default that somebody has from others'."""
    return None if default is None else (id(default.source), index in default.hangs_for)


def _place(statement: PreparedRule) -> tuple[int, int]:
    return statement.order


_strictness = attrgetter("strictness")
