"""policy-bot's policy as one of this tool: what has to be approved where a rule is active, path by path.

There a rule is active for a pull request as a whole; here it is for a path. So a rule that is off because of *another* path
of the same change applies here all the same, and what frees a change frees only the paths that it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion, Origin, Piece, negated, note, remark, title
from agentowners.convert.people import approvers_of, principals_of
from agentowners.convert.policy_bot import FILES, PEOPLE, ActiveScope, ApprovalRule, read_actors, read_paths, read_refs, read_rule
from agentowners.convert.reading import OriginalYaml
from agentowners.diagnostics import AgentownersError, Diagnostic, Source, Span
from agentowners.policy.model import ALLOW, BLOCK, MAX_APPROVALS, ApprovalSettings, Decision, Default, Outcome, Permission, Rule
from agentowners.policy.patterns import EVERYTHING, PrincipalPattern
from agentowners.yamltext.compose import Mapping, Node, Scalar
from agentowners.yamltext.nodes import Field

_MAX_DEPTH: Final = 10
"""As in policy-bot."""
_SKIPPED: Final = 'where no rule is active, policy-bot says "All rules were skipped" and lets nothing pass'


class _Way(Struct, frozen=True):
    """A rule, or ways of which all or any have to be gone."""

    span: Span
    rule: ApprovalRule | None = None
    any_of: bool = False
    ways: tuple[_Way, ...] = ()


def from_policy_bot(source: Source, audience: tuple[PrincipalPattern, ...]) -> Conversion:
    """Convert a ``.policy.yml``.

    Raises:
        PolicyError: policy-bot would not read it either.
        AgentownersError: it only names a policy elsewhere.
    """
    yaml = OriginalYaml(source)
    fields = yaml.fields(yaml.root, "the file")
    if "remote" in fields:
        raise AgentownersError(f"`{source.path}` names a policy in another repository", help="convert that file")
    rules = _rules(yaml, yaml.items(fields.get("approval_rules")))
    policy = yaml.below(fields, "policy")
    ways = _ways(yaml, yaml.items(policy.get("approval")), rules, 0)
    pieces = _disapprovals(yaml, policy, audience)
    for key, field in (*fields.items(), *policy.items()):
        if key not in ("policy", "approval_rules", "approval", "disapproval"):
            pieces.append(note(LEFT_OUT, f"policy-bot knows no `{key}` here", yaml.span(field.key)))
    yaml.finish()
    maker = _Maker(audience)
    maker.all_of(ways)
    pieces += maker.pieces()
    named = list(_rules_in(ways))
    if ways and all(rule.is_conditional for rule in named):
        pieces += _closed(named, ways[0].span, audience)
    used = {rule.name for rule in named}
    pieces += [
        note(LEFT_OUT, "nothing in `policy` names this rule", rule.span, name) for name, rule in rules.items() if name not in used
    ]
    head = (
        f"Made of {source.path} by agentowners convert; each rule stands below the place that it came from.",
        f"policy-bot judges everybody's changes; where it names nobody, these rules are about {' '.join(map(str, audience))}.",
        "It judges a pull request as a whole, and this policy each path: what frees a change there frees here what it names.",
        "An approval is a review of the newest commit here; an older one, or a comment, does not count.",
    )
    return Conversion(Origin.POLICY_BOT, head, tuple(pieces))


def _rules(yaml: OriginalYaml, items: Iterable[Node]) -> dict[str, ApprovalRule]:
    rules: dict[str, ApprovalRule] = {}
    for item in items:
        fields = yaml.fields(item, "a rule")
        rule = read_rule(yaml, fields, yaml.span(fields["name"].value if "name" in fields else item))
        rules[rule.name] = rule
    return rules


def _ways(yaml: OriginalYaml, items: Sequence[Node], rules: dict[str, ApprovalRule], depth: int) -> tuple[_Way, ...]:
    ways: list[_Way] = []
    for item in items:
        span = yaml.span(item)
        if isinstance(item, Scalar):
            if item.text in rules:
                ways.append(_Way(span, rules[item.text]))
            else:
                yaml.nodes.error("undefined-rule", f"there is no rule `{item.text[:80]}`", item, "name one of `approval_rules`")
            continue
        fields = yaml.fields(item, "a rule or a list of them")
        if depth >= _MAX_DEPTH or len(fields) != 1 or not {"and", "or"}.issuperset(fields):
            if isinstance(item, Mapping):
                yaml.nodes.error(
                    "wrong-type", "one of `and` and `or` with a list below it, ten deep at most, is wanted here", item
                )
            continue
        ((key, field),) = fields.items()
        below = _ways(yaml, yaml.items(field), rules, depth + 1)
        ways.append(below[0] if len(below) == 1 else _Way(span, None, key == "or", below))
    return tuple(ways)


def _rules_in(ways: Iterable[_Way]) -> Iterator[ApprovalRule]:
    for way in ways:
        if way.rule is not None:
            yield way.rule
        yield from _rules_in(way.ways)


def _closed(named: Iterable[ApprovalRule], span: Span, audience: tuple[PrincipalPattern, ...]) -> Iterator[Piece]:
    """Nothing passes where no rule is active, but where a rule that asks for nothing is."""
    for rule in named:
        if not rule.is_free:
            continue
        if rule.frees is None:
            words = "where only this rule is active policy-bot lets everything pass, and this policy nothing"
            yield note(STRICTER, words, rule.span, rule.name)
        else:
            yield Piece(title(rule.span, rule.name[:80]), (_within(rule.frees, ALLOW, audience),))
    words = "a path under no rule is refused beside others too, where policy-bot asks only for what these need"
    statement = tuple(Default(principal, BLOCK) for principal in audience)
    yield Piece(_SKIPPED, (statement,), (remark(STRICTER, words, span),))


def _within(scope: ActiveScope, outcome: Outcome, audience: tuple[PrincipalPattern, ...]) -> Rule:
    """A rule for a scope; it needs a pattern of either kind."""
    paths = scope.paths if scope.paths or scope.refs else (EVERYTHING,)
    return Rule(paths, scope.refs, scope.principals or audience, outcome)


class _Maker:
    """Collects what is demanded, and what is said of it."""

    def __init__(self, audience: tuple[PrincipalPattern, ...]) -> None:
        self._audience = audience
        self._demands: list[Piece] = []
        self._said: list[Piece] = []
        self._least: dict[Permission, Span] = {}

    def pieces(self) -> list[Piece]:
        """The settings, and a rule for each demand."""
        pieces: list[Piece] = []
        least = max(self._least, key=lambda permission: permission.rank, default=Permission.WRITE)
        if least.rank > Permission.WRITE.rank:
            span = self._least[least]
            words = f"`{least.value}` is asked of whoever approves under any rule: it is a setting of the whole policy"
            settings = ApprovalSettings(minimum_permission=least)
            pieces.append(Piece(title(span, "permissions"), (settings,), (remark(STRICTER, words, span),)))
        return [*pieces, *self._demands, *self._said]

    def all_of(self, ways: Iterable[_Way]) -> None:
        """Demand what every one of these ways does."""
        for way in ways:
            if way.rule is not None:
                self._add_rule(way.rule, ())
            elif way.any_of:
                self._any_of(way)
            else:
                self.all_of(way.ways)

    def _add_rule(self, rule: ApprovalRule, more: tuple[Diagnostic, ...], free: ApprovalRule | None = None) -> None:
        remarks = [*rule.remarks, *more]
        if rule.is_free:
            if remarks:
                self._said.append(Piece(title(rule.span, rule.name[:80]), (), tuple(remarks)))
            return
        outcome = self._outcome(rule, remarks)
        scopes = [rule.within] if free is None or free.frees is None else _remainders(rule.within, free.frees, self._audience)
        for number, scope in enumerate(scopes):
            scoped_rule = _within(scope, outcome, self._audience)
            self._demands.append(Piece(title(rule.span, rule.name[:120]), (scoped_rule,), () if number else tuple(remarks)))

    def _outcome(self, rule: ApprovalRule, remarks: list[Diagnostic]) -> Outcome:
        actors, count = rule.actors, rule.count
        if count <= 0:
            return Outcome(Decision.REQUIRE_APPROVAL, 1)  # in place of a condition that cannot be held
        if actors.is_nobody or count > MAX_APPROVALS:
            if actors.is_nobody:
                remarks.append(remark(LEFT_OUT, "nobody is named, so nobody can approve in policy-bot either", rule.span))
            return BLOCK
        approvers, others = approvers_of(actors.names)
        remarks += [remark(STRICTER, words, rule.span) for words in others]
        if approvers:
            if actors.organizations or actors.least is not None:
                words = (
                    "only the users and teams that are named may approve here, not an organization or whoever has a permission"
                )
                remarks.append(remark(STRICTER, words, rule.span))
            return Outcome(Decision.REQUIRE_APPROVAL, count, approvers)
        if actors.least is not None:
            self._least.setdefault(actors.least, rule.span)
            if actors.least.rank < Permission.WRITE.rank:
                words = f"`{actors.least.value}` is not enough to approve here: it takes `write`"
                remarks.append(remark(STRICTER, words, rule.span))
        elif actors.organizations:
            words = "a policy cannot name an organization, so anyone who may write can approve"
            remarks.append(remark(LOOSER, words, rule.span))
        else:
            return BLOCK
        return Outcome(Decision.REQUIRE_APPROVAL, count)

    def _any_of(self, way: _Way) -> None:
        """Demand enough that one of the ways is gone, whichever; more than that only where it is said."""
        ways = list(_joined(way))
        rules = [way.rule for way in ways if way.rule is not None]
        groups = [way for way in ways if way.rule is None]
        free, asking = ([rule for rule in rules if rule.is_free is is_free] for is_free in (True, False))
        if any(not rule.is_conditional for rule in free):
            words = "another way approves everything by itself, so this one is never needed"
            self._said += [note(LEFT_OUT, words, rule.span, rule.name) for rule in asking]
            return
        exemption = next((rule for rule in free if rule.frees is not None), None)
        for rule in free:
            notes = rule.remarks
            if rule is not exemption:
                words = "frees nothing here: only one way to need no approval carries over, and it has to have a form as patterns"
                notes = (remark(STRICTER, words, rule.span),)
            if notes:
                self._said.append(Piece(title(rule.span, rule.name[:80]), (), notes))
        always = [rule for rule in asking if not rule.is_conditional and not rule.conditions]
        if always:
            chosen = self._easiest(always)
            words = "one of several ways, and not enough by itself here: a way that is open for every change is asked for"
            self._said += [note(STRICTER, words, rule.span, rule.name) for rule in asking if rule not in always]
            words = "one of several ways, and not carried over: a way that is open for every change is asked for"
            self._said += [note(STRICTER, words, group.span) for group in groups]
            self._add_rule(chosen, (), exemption)
            return
        several = len(asking) + len(groups) > 1
        words = "one of several ways is enough there; here each asks where it applies"
        for rule in asking:
            self._add_rule(rule, (remark(STRICTER, words, rule.span),) if several else (), exemption)
        for group in groups:
            self.all_of(group.ways)

    def _easiest(self, always: list[ApprovalRule]) -> ApprovalRule:
        """One rule that is enough: of those that ask for one approval somebody whom any of them names."""
        first = min(always, key=lambda rule: rule.count)
        same = [rule for rule in always if rule.count == first.count == 1 and rule.actors.are_named]
        if first not in same:
            same = [first]
        elif len(same) > 1:
            names = tuple(dict.fromkeys(name for rule in same for name in rule.actors.names))
            remarks = tuple(remark for rule in same for remark in rule.remarks)
            joined = " or ".join(rule.name for rule in same)
            first = replace(first, name=joined, actors=replace(first.actors, names=names), remarks=remarks)
        words = "one of several ways, and not enough by itself here: the one that asks for the fewest is taken"
        self._said += [note(STRICTER, words, rule.span, rule.name) for rule in always if rule not in same]
        return first


def _joined(way: _Way) -> Iterator[_Way]:
    """The ways of a choice, those of a choice within it included."""
    for inner in way.ways:
        if inner.rule is None and inner.any_of:
            yield from _joined(inner)
        else:
            yield inner


def _remainders(scope: ActiveScope, free: ActiveScope, audience: tuple[PrincipalPattern, ...]) -> list[ActiveScope]:
    """Scopes that cover what of one scope is outside of another; together they may cover more, never less."""
    scopes: list[ActiveScope] = []
    positive = [pattern for pattern in free.paths if not pattern.negative]
    exceptions = tuple(replace(pattern, negative=False) for pattern in free.paths if pattern.negative)
    if positive:
        scopes.append(replace(scope, paths=tuple(dict.fromkeys((*scope.paths, *negated(positive))))))
    if exceptions:
        if scope.paths:
            return [scope]
        scopes.append(replace(scope, paths=exceptions))
    inside = replace(scope, paths=scope.paths or free.paths)
    if free.principals:
        scopes.append(replace(inside, principals=(*(scope.principals or audience), *negated(free.principals))))
    if free.refs:
        if scope.refs:
            return [scope]
        scopes.append(replace(inside, refs=negated(free.refs)))
    return scopes or [scope]


def _disapprovals(yaml: OriginalYaml, policy: dict[str, Field], audience: tuple[PrincipalPattern, ...]) -> list[Piece]:
    """The rules that refuse what the predicates refuse, and what is said of the rest."""
    fields = yaml.below(policy, "disapproval")
    pieces: list[Piece] = []
    for key, field in yaml.below(fields, "if").items():
        span = yaml.span(field.key)
        rule = _refusal(yaml, key, field, audience)
        words = f"`{key}` has no form in a policy: a change that it would refuse is not refused"
        pieces.append(note(LOOSER, words, span) if rule is None else Piece(title(span, key), (rule,)))
    for key, field in fields.items():
        span = yaml.span(field.key)
        if key == "requires":
            words = "a person's disapproval refuses nothing here: whoever asks for changes only does not approve"
            pieces.append(note(LOOSER, words, span))
        elif key == "options":
            pieces.append(note(LEFT_OUT, "how somebody disapproves has no meaning here", span))
        elif key != "if":
            pieces.append(note(LEFT_OUT, f"policy-bot knows no `{key}` here", span))
    return pieces


def _refusal(yaml: OriginalYaml, key: str, field: Field, audience: tuple[PrincipalPattern, ...]) -> Rule | None:
    """The rule that refuses at least what a predicate refuses; None where there is none."""
    inner = yaml.fields(field.value, f"`{key}`")
    if key in (*FILES, "no_changed_files"):
        patterns, have_form = read_paths(yaml, inner.get("paths"))
        if not have_form:
            return None
        if key == "no_changed_files":
            return None if "ignore" in inner else Rule(negated(patterns) or (EVERYTHING,), (), audience, BLOCK)
        ignored, _ = read_paths(yaml, inner.get("ignore"))
        return Rule((*patterns, *negated(ignored)), (), audience, BLOCK) if patterns else None
    if key == "targets_branch":
        refs = read_refs(yaml, inner)
        return Rule((), tuple(refs), audience, BLOCK) if refs else None
    if key in PEOPLE:
        actors = read_actors(yaml, inner)
        principals = principals_of(actors.names)
        if actors.are_named and len(principals) == len(actors.names):
            return Rule((EVERYTHING,), (), principals, BLOCK)
    return None
