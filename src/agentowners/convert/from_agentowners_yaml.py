"""The other AGENTOWNERS' ``AGENTOWNERS.yml``, version 1, as a policy of this tool.

Both take the strictest of the rules that match. There one matching file brings a rule to bear on the whole pull request; here
each path is decided by itself, so what allows one file allows no other.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.convert.agentowners_yaml import (
    ACTIONS,
    BY_ACTION,
    BY_FLAG,
    DEFAULTS,
    DOCS,
    KNOWN_ACTORS,
    OPENING,
    SECRETS,
    WORKFLOWS,
)
from agentowners.convert.agentowners_yaml_agents import OtherAgent, agent_pieces, read_agent
from agentowners.convert.globs import glob_patterns
from agentowners.convert.model import LEFT_OUT, STRICTER, Conversion, Origin, Piece, remark, title
from agentowners.convert.people import approvers_of, principals_of
from agentowners.convert.reading import OriginalYaml
from agentowners.diagnostics import Diagnostic, Source, Span
from agentowners.policy.model import Decision, Default, Outcome, Rule
from agentowners.policy.patterns import LOGIN_PREFIX, PathPattern, PrincipalPattern
from agentowners.yamltext.compose import Node
from agentowners.yamltext.nodes import Field

_EFFECTS = {decision.value: decision for decision in Decision}
_TEXTS = ("labels", "pr_title", "pr_body")
_SIZES = ("diff_lines_over", "commits_over")
_ISSUES = ("issue_title", "issue_body")
_KEYS = ("agents", "actors", "actions", "files", "files_not", *_TEXTS, *_SIZES, *_ISSUES, *BY_FLAG)
_UNKNOWN = "unknown"


class _Condition(Struct):
    """A rule's ``when``, as far as it was read."""

    paths: list[tuple[PathPattern, ...]] = field(default_factory=list)
    """Sets of which the changed files have to hit each."""
    without: list[PathPattern] = field(default_factory=list)
    principals: list[tuple[PrincipalPattern, ...]] = field(default_factory=list)
    lost: list[Diagnostic] = field(default_factory=list)
    """Conditions that have no form in a policy."""
    never: str | None = None
    """Reason why no change of a file meets it."""
    by_all: bool = False
    """True if it takes every changed file to be of a class."""


class _Converted(Struct, frozen=True):
    """A rule of the original."""

    piece: Piece
    span: Span
    rule: Rule | None = None
    is_certain: bool = False
    """True if it matches there wherever it does here, so that no default is asked."""
    by_all: bool = False
    """True if it holds only where every file is of a class, and is milder than a default."""


def from_agentowners_yaml(source: Source, audience: tuple[PrincipalPattern, ...]) -> Conversion:
    """Convert an ``AGENTOWNERS.yml``.

    Args:
        source: the file.
        audience: whom the rules are about where the original says nothing.

    Raises:
        PolicyError: the other tool would not read it either.
    """
    yaml = OriginalYaml(source)
    fields = yaml.nodes.mapping(yaml.root, "the file", ("version", "agents", "defaults", "rules", "audit")) if yaml.root else {}
    fields = fields or {}
    if yaml.text(fields, "version") != "1" and yaml.root is not None:
        yaml.nodes.error(
            "invalid-version", "the version has to be `1`", fields["version"].value if "version" in fields else yaml.root
        )
    agents = [read_agent(yaml, name, one) for name, one in yaml.below(fields, "agents").items()]
    effects, places = _defaults(yaml, fields)
    refuses = Decision.BLOCK in (effects["known_agent"], effects["unknown_agent"])
    converted = [_rule(yaml, item, agents, audience, refuses=refuses) for item in yaml.items(fields.get("rules"))]
    yaml.finish()
    converted, allowed = _one_class(converted, [agent for agent in agents if agent.allows])
    pieces = [piece for agent in agents for piece in agent_pieces(agent, audience, refuses=refuses)]
    pieces += [one.piece for one in converted]
    span = yaml.span(fields["defaults"].key) if "defaults" in fields else Span(source.path, 1, 1, 1, 1)
    pieces += _default_pieces(effects, places, span, agents, converted, audience, allowed)
    if "audit" in fields:
        place = yaml.span(fields["audit"].key)
        pieces.append(Piece(title(place, "audit"), (), (remark(LEFT_OUT, "where decisions are recorded is no policy", place),)))
    return Conversion(Origin.AGENTOWNERS_YAML_1, _head(source, audience), tuple(pieces))


def _head(source: Source, audience: tuple[PrincipalPattern, ...]) -> tuple[str, ...]:
    return (
        f"Made of {source.path} (version 1) by agentowners convert; each statement stands below the place that it came from.",
        f"It judges a person's pull request too: where nobody is named, these rules are about {' '.join(map(str, audience))}.",
        "There one file brings a rule to bear on the whole pull request; here each path is decided by itself.",
        "Who is asked to review there has to approve here.",
    )


def _defaults(yaml: OriginalYaml, fields: dict[str, Field]) -> tuple[dict[str, Decision], dict[str, Span]]:
    effects = {key: Decision(effect) for key, effect in DEFAULTS.items()}
    places: dict[str, Span] = {}
    for key, one in yaml.below(fields, "defaults").items():
        if key not in effects:
            yaml.nodes.error("unknown-key", f"there is no default `{key[:80]}`", one.key)
            continue
        effect = yaml.nodes.choice(one, _EFFECTS, "unknown-effect", "effect")
        places[key] = yaml.span(one.key)
        if effect is not None:
            effects[key] = effect
    return effects, places


def _default_pieces(
    effects: dict[str, Decision],
    places: dict[str, Span],
    span: Span,
    agents: list[OtherAgent],
    converted: list[_Converted],
    audience: tuple[PrincipalPattern, ...],
    allowed: tuple[PathPattern, ...] | None,
) -> list[Piece]:
    """Classes of files that have a default of their own, and the defaults of those who are known and of everybody else."""
    refuses = Decision.BLOCK in (effects["known_agent"], effects["unknown_agent"])
    settled = [one.rule for one in converted if one.rule is not None and one.is_certain]
    limited = any(one.rule is not None and not one.is_certain and one.rule.decision is not Decision.BLOCK for one in converted)
    taken = [pattern for rule in settled if not _has_exceptions(rule) for pattern in rule.patterns]
    pieces: list[Piece] = []
    before: tuple[PathPattern, ...] = ()
    for key, action, patterns in (
        ("secrets", "touch_secrets", SECRETS),
        ("workflows", "edit_workflows", WORKFLOWS),
        ("docs_only", "modify_docs", DOCS),
    ):
        outcome = _outcome(effects[key])
        place = places.get(key, span)
        decided = [agent for agent in agents if agent.entry is not None and agent.is_decided(action)]
        remarks: list[Diagnostic] = []
        if outcome.decision.restricts and limited:
            words = "a rule that is about some accounts only, or that is not certain to match, does not lift this default here"
            remarks.append(remark(STRICTER, words, place))
        milder = not outcome.decision.restricts or (outcome.count > 0 and refuses)
        if milder and key == "docs_only":
            if allowed not in (None, patterns):
                pieces.append(Piece(title(place, f"defaults.{key}"), (), (remark(STRICTER, _ONE_CLASS, place),)))
                continue
            decided = [agent for agent in agents if agent.allows] if not outcome.decision.restricts else decided
            if decided and not outcome.decision.restricts:
                remarks.append(remark(STRICTER, _OWN_LIST, place))
        left = [pattern for pattern in patterns if pattern not in taken and _EVERYTHING not in taken]
        if left:
            people = (*audience, *(replace(agent.principal, negative=True) for agent in decided))
            rule = Rule((*left, *_negative((*before, *taken))), (), people, outcome)
            pieces.append(Piece(title(place, f"defaults.{key}"), (rule,), tuple(remarks)))
        before += patterns
    names = [agent.principal for agent in agents if agent.entry is not None and agent.entry.logins]
    known = (*names, *(PrincipalPattern(f"{LOGIN_PREFIX}{login}") for login in KNOWN_ACTORS if not _has_login(agents, login)))
    for key, principals in (("known_agent", known), ("unknown_agent", audience)):
        outcome = _outcome(effects[key])
        statement = tuple(Default(principal, outcome) for principal in principals)
        pieces.append(Piece(title(places.get(key, span), f"defaults.{key}"), (statement,)))
    return pieces


_ONE_CLASS = "allows a class of files only where a change holds no others, and beside another such class that has no form here"
_REFUSES = "a default refuses where this may not match, and a rule takes a default's place: so it refuses"
_OWN_LIST = "an agent with a list of what it is allowed has that alone here: the two together would allow more than each"


def _one_class(converted: list[_Converted], agents: list[OtherAgent]) -> tuple[list[_Converted], tuple[PathPattern, ...] | None]:
    """The rules, less those that would allow two classes of files in one change, and the class that is left."""
    chosen: tuple[PathPattern, ...] | None = None
    kept: list[_Converted] = []
    own = {agent.principal for agent in agents}
    for one in converted:
        if not one.by_all or one.rule is None:
            kept.append(one)
            continue
        words = _ONE_CLASS
        rule = one.rule
        if chosen in (None, rule.patterns):
            chosen = rule.patterns
            if rule.decision.restricts:
                kept.append(one)
                continue
            principals = tuple(principal for principal in rule.principals if principal not in own)
            if any(not principal.negative for principal in principals):
                without = (replace(principal, negative=True) for principal in own)
                rule = replace(rule, principals=tuple(dict.fromkeys((*principals, *without))))
                remarks = one.piece.remarks
                if own:
                    remarks += (remark(STRICTER, _OWN_LIST, one.span),)
                kept.append(replace(one, piece=replace(one.piece, statements=(rule,), remarks=remarks), rule=rule))
                continue
            words = _OWN_LIST
        piece = replace(one.piece, remarks=(*one.piece.remarks, remark(STRICTER, words, one.span)))
        if one.rule.decision.restricts:
            rule = replace(one.rule, outcome=Outcome(Decision.BLOCK))
            kept.append(_Converted(replace(piece, statements=(rule,)), one.span, rule))
        else:
            kept.append(_Converted(replace(piece, statements=()), one.span))
    return kept, chosen


def _has_login(agents: list[OtherAgent], login: str) -> bool:
    return any(agent.entry is not None and login in agent.entry.logins for agent in agents)


def _has_exceptions(rule: Rule) -> bool:
    return any(pattern.negative for pattern in rule.patterns)


def _rule(
    yaml: OriginalYaml, item: Node, agents: list[OtherAgent], audience: tuple[PrincipalPattern, ...], *, refuses: bool
) -> _Converted:
    fields = yaml.nodes.mapping(item, "a rule", ("name", "when", "effect", "reviewers", "labels", "reason")) or {}
    place = yaml.span(fields["name"].value if "name" in fields else item)
    where = title(place, (yaml.text(fields, "name") or "")[:80])
    effect = None
    for key in ("name", "when", "effect", "reason"):
        if yaml.nodes.required(fields, key, item, "a rule") is not None and key == "effect":
            effect = yaml.nodes.choice(fields[key], _EFFECTS, "unknown-effect", "effect")
    if effect is None:
        return _Converted(Piece(where), place)
    when = _condition(yaml, yaml.below(fields, "when"), agents, audience, effect)
    remarks: list[Diagnostic] = []
    if "labels" in fields:
        remarks.append(remark(LEFT_OUT, "no rule puts labels on here: the gate has its own", yaml.span(fields["labels"].key)))
    reviewers = [reviewer.text for reviewer in yaml.texts(fields.get("reviewers"))]
    outcome = _outcome(effect)
    if reviewers and effect is Decision.REQUIRE_APPROVAL:
        named = approvers_of(reviewers)
        outcome = Outcome(effect, 1, named.approvers)
        remarks += [remark(STRICTER, words, yaml.span(fields["reviewers"].key)) for words in named.words]
    elif reviewers:
        remarks.append(remark(LEFT_OUT, f"nobody is asked by `{effect.value}`", yaml.span(fields["reviewers"].key)))
    if when.never is not None:
        return _Converted(Piece(where, (), (*remarks, remark(LEFT_OUT, when.never, place))), place)
    if not effect.restricts and (when.lost or len(when.paths) > 1 or len(when.principals) > 1):
        words = "its conditions have no form in a policy together, so it allows nothing here"
        return _Converted(Piece(where, (), (*remarks, *when.lost, remark(STRICTER, words, place))), place)
    if len(when.paths) > 1:
        remarks.append(remark(STRICTER, "of several conditions about files only the first limits the rule", place))
    remarks += when.lost
    if refuses and effect is Decision.REQUIRE_APPROVAL and (when.lost or len(when.paths) > 1):
        remarks.append(remark(STRICTER, _REFUSES, place))
        outcome = Outcome(Decision.BLOCK)
    principals = when.principals[0] if when.principals else audience
    patterns = (*(when.paths[0] if when.paths else (_EVERYTHING,)), *_negative(when.without))
    reason = (yaml.text(fields, "reason") or "").strip()
    rule = Rule(patterns, (), principals, outcome, reason=reason if reason.isprintable() and reason else None)
    certain = not when.principals and not when.lost and len(when.paths) < 2 and not when.by_all
    by_all = (when.by_all or bool(when.without)) and (not effect.restricts or (refuses and outcome.count > 0))
    return _Converted(Piece(where, (rule,), tuple(remarks)), place, rule, certain, by_all)


_EVERYTHING = PathPattern("**")


def _outcome(effect: Decision) -> Outcome:
    return Outcome(effect, int(effect is Decision.REQUIRE_APPROVAL))


def _negative(patterns: Iterable[PathPattern]) -> tuple[PathPattern, ...]:
    return tuple(dict.fromkeys(replace(pattern, negative=True) for pattern in patterns))


def _condition(
    yaml: OriginalYaml,
    fields: dict[str, Field],
    agents: list[OtherAgent],
    audience: tuple[PrincipalPattern, ...],
    effect: Decision,
) -> _Condition:
    when = _Condition()
    for key, one in fields.items():
        span = yaml.span(one.key)
        if key not in _KEYS:
            yaml.nodes.error("unknown-key", f"there is no condition `{key[:80]}`", one.key)
        elif key in _ISSUES:
            when.never = f"`{key}` is met by no change of a file"
        elif key in _TEXTS or key in _SIZES:
            words = f"`{key}` has no form in a policy" + (
                ": the rule applies whether or not it is met" if effect.restricts else ""
            )
            when.lost.append(remark(STRICTER, words, span))
        elif key in BY_FLAG:
            if yaml.flag(fields, key):
                when.paths.append(BY_FLAG[key])
                when.by_all = when.by_all or key.endswith("_only")
        elif key == "agents":
            _add_agents(yaml, one, when, agents, audience, effect)
        elif key == "actors":
            principals = principals_of(item.text for item in yaml.texts(one))
            when.principals.append(principals or audience)
            if not principals:
                when.lost.append(remark(STRICTER, "`actors` names nobody whom a policy can name", span))
        elif key == "actions":
            _add_actions(yaml, one, when, effect)
        else:
            _add_files(yaml, key, one, when)
    return when


def _add_files(yaml: OriginalYaml, key: str, one: Field, when: _Condition) -> None:
    found: list[PathPattern] = []
    for item in yaml.texts(one):
        texts = glob_patterns(item.text)
        if texts is None:
            words = f"the glob `{item.text[:80]}` has no form as patterns"
            when.lost.append(remark(STRICTER, words, yaml.span(item)))
            if key == "files":
                found = [_EVERYTHING]
                break
            continue
        found += [PathPattern(text) for text in texts]
    if key == "files_not":
        when.without += found
    else:
        when.paths.append(tuple(dict.fromkeys(found)) or (_EVERYTHING,))


def _add_agents(
    yaml: OriginalYaml,
    one: Field,
    when: _Condition,
    agents: list[OtherAgent],
    audience: tuple[PrincipalPattern, ...],
    effect: Decision,
) -> None:
    known = {agent.name: agent for agent in agents}
    found: list[PrincipalPattern] = []
    span = yaml.span(one.key)
    for item in yaml.texts(one):
        agent = known.get(item.text)
        if agent is not None and agent.entry is not None:
            found.append(agent.principal)
        elif agent is not None or item.text == _UNKNOWN:
            if not effect.restricts:
                words = f"`{item.text[:80]}` is nobody in particular here, so nothing is allowed to it"
                when.lost.append(remark(STRICTER, words, span))
            elif item.text == _UNKNOWN:
                named = [other.principal for other in agents if other.entry is not None]
                found += [*audience, *(replace(principal, negative=True) for principal in named)]
            else:
                found += audience
        else:
            words = f"there is no agent `{item.text[:80]}` among `agents`, so nobody is meant by it"
            when.lost.append(remark(LEFT_OUT, words, span))
    if found:
        positive = [principal for principal in found if not principal.negative]
        negative = [principal for principal in found if principal.negative and principal.positive not in positive]
        when.principals.append(tuple(dict.fromkeys((*positive, *negative))))
    else:
        when.never = when.never or "nobody is meant by its `agents`"


def _add_actions(yaml: OriginalYaml, one: Field, when: _Condition, effect: Decision) -> None:
    items = yaml.texts(one)
    actions = {item.text for item in items}
    for item in items:
        if item.text not in ACTIONS:
            yaml.nodes.error("unknown-action", f"there is no action `{item.text[:80]}`", item)
    span = yaml.span(one.key)
    paths = tuple(dict.fromkeys(pattern for action in sorted(actions) for pattern in BY_ACTION.get(action, ())))
    opening = actions.intersection(OPENING)
    if opening and (effect.restricts or len(opening) == len(OPENING)):
        if len(opening) < len(OPENING):
            words = "it is asked for whenever the change is judged, and not only when it is opened, or pushed to"
            when.lost.append(remark(STRICTER, words, span))
    elif opening and not paths:
        when.lost.append(remark(STRICTER, "only opening, or only pushing to a pull request has no form in a policy", span))
    elif not paths:
        when.never = "none of its actions is a change of a file"
    else:
        when.paths.append(paths)
        when.by_all = when.by_all or "modify_docs" in actions
