"""The other AGENTOWNERS' ``AGENTOWNERS.yml``, version 1, as a policy of this tool.

Both take the strictest of the rules that match. There one matching file brings a rule to bear on the whole pull request; here
each path is decided by itself, so what allows one file allows no other.
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.convert.agentowners_yaml import (
    BY_ACTION,
    BY_FLAG,
    DEFAULTS,
    DOCS,
    KNOWN_ACTORS,
    OPENING,
    SECRETS,
    WORKFLOWS,
    OtherAgent,
    agent_pieces,
    read_actions,
    read_agent,
)
from agentowners.convert.globs import glob_patterns
from agentowners.convert.model import LEFT_OUT, STRICTER, Conversion, Origin, Piece, negated, note, remark, title
from agentowners.convert.people import approvers_of, principals_of
from agentowners.convert.reading import OriginalYaml
from agentowners.diagnostics import Diagnostic, Source, Span
from agentowners.policy.model import BLOCK, Decision, Default, Outcome, Rule
from agentowners.policy.patterns import EVERYTHING, LOGIN_PREFIX, PathPattern, PrincipalPattern
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

    Raises:
        PolicyError: the other tool would not read it either.
    """
    yaml = OriginalYaml(source)
    keys = ("version", "agents", "defaults", "rules", "audit")
    fields = (yaml.nodes.mapping(yaml.root, "the file", keys) if yaml.root else None) or {}
    if yaml.text(fields, "version") != "1" and yaml.root is not None:
        place = fields["version"].value if "version" in fields else yaml.root
        yaml.nodes.error("invalid-version", "the version has to be `1`", place)
    converter = _Converter(yaml, fields, audience)
    converted = [converter.rule(item) for item in yaml.items(fields.get("rules"))]
    yaml.finish()
    converted, allowed = _one_class(converted, [agent for agent in converter.agents if agent.allows])
    pieces = [piece for agent in converter.agents for piece in agent_pieces(agent, audience, refuses=converter.refuses)]
    pieces += [conversion.piece for conversion in converted]
    span = yaml.span(fields["defaults"].key) if "defaults" in fields else Span(source.path, 1, 1, 1, 1)
    pieces += converter.default_pieces(span, converted, allowed)
    if "audit" in fields:
        pieces.append(note(LEFT_OUT, "where decisions are recorded is no policy", yaml.span(fields["audit"].key), "audit"))
    head = (
        f"Made of {source.path} (version 1) by agentowners convert; each statement stands below the place that it came from.",
        f"It judges a person's pull request too: where nobody is named, these rules are about {' '.join(map(str, audience))}.",
        "There one file brings a rule to bear on the whole pull request; here each path is decided by itself.",
        "Who is asked to review there has to approve here.",
    )
    return Conversion(Origin.AGENTOWNERS_YAML_1, head, tuple(pieces))


_ONE_CLASS = "allows a class of files only where a change holds no others, and beside another such class that has no form here"
_REFUSES = "a default refuses where this may not match, and a rule takes a default's place: so it refuses"
_LIMITED = "a rule that is about some accounts only, or that is not certain to match, does not lift this default here"
_OWN_LIST = "an agent with a list of what it is allowed has that alone here: the two together would allow more than each"


def _one_class(converted: list[_Converted], agents: list[OtherAgent]) -> tuple[list[_Converted], tuple[PathPattern, ...] | None]:
    """The rules, less those that would allow two classes of files in one change, and the class that is left."""
    chosen: tuple[PathPattern, ...] | None = None
    rest: list[_Converted] = []
    own = dict.fromkeys(agent.principal for agent in agents)
    for conversion in converted:
        words, rule = _ONE_CLASS, conversion.rule
        if not conversion.by_all or rule is None:
            rest.append(conversion)
            continue
        if chosen in (None, rule.patterns):
            chosen = rule.patterns
            if rule.decision.restricts:
                rest.append(conversion)
                continue
            principals = tuple(principal for principal in rule.principals if principal not in own)
            if any(not principal.negative for principal in principals):
                rule = replace(rule, principals=tuple(dict.fromkeys((*principals, *negated(own)))))
                remarks = conversion.piece.remarks
                if own:
                    remarks += (remark(STRICTER, _OWN_LIST, conversion.span),)
                rest.append(replace(conversion, piece=replace(conversion.piece, statements=(rule,), remarks=remarks), rule=rule))
                continue
            words = _OWN_LIST
        piece = replace(conversion.piece, remarks=(*conversion.piece.remarks, remark(STRICTER, words, conversion.span)))
        strict = replace(rule, outcome=BLOCK) if rule.decision.restricts else None
        rest.append(_Converted(replace(piece, statements=() if strict is None else (strict,)), conversion.span, strict))
    return rest, chosen


def _outcome(effect: Decision) -> Outcome:
    return Outcome(effect, int(effect is Decision.REQUIRE_APPROVAL))


class _Converter:
    """Reads what the rules are made of, in the light of the file's agents and defaults."""

    def __init__(self, yaml: OriginalYaml, fields: dict[str, Field], audience: tuple[PrincipalPattern, ...]) -> None:
        self._yaml = yaml
        self._audience = audience
        self.agents = [read_agent(yaml, name, member) for name, member in yaml.below(fields, "agents").items()]
        self._effects = {key: Decision(effect) for key, effect in DEFAULTS.items()}
        self._places: dict[str, Span] = {}
        for key, default in yaml.below(fields, "defaults").items():
            if key not in self._effects:
                yaml.nodes.error("unknown-key", f"there is no default `{key[:80]}`", default.key)
                continue
            effect = yaml.nodes.choice(default, _EFFECTS, "unknown-effect", "effect")
            self._places[key] = yaml.span(default.key)
            if effect is not None:
                self._effects[key] = effect
        self.refuses = Decision.BLOCK in (self._effects["known_agent"], self._effects["unknown_agent"])

    def default_pieces(self, span: Span, converted: list[_Converted], allowed: tuple[PathPattern, ...] | None) -> list[Piece]:
        """Classes of files that have a default of their own, and the defaults of those who are known and of everybody else."""
        rules = [(conversion.rule, conversion.is_certain) for conversion in converted if conversion.rule is not None]
        limited = any(not certain and rule.decision is not Decision.BLOCK for rule, certain in rules)
        whole = [rule for rule, certain in rules if certain and not any(pattern.negative for pattern in rule.patterns)]
        exceptions = [pattern for rule in whole for pattern in rule.patterns]
        pieces: list[Piece] = []
        before: tuple[PathPattern, ...] = ()
        for key, action, patterns in (
            ("secrets", "touch_secrets", SECRETS),
            ("workflows", "edit_workflows", WORKFLOWS),
            ("docs_only", "modify_docs", DOCS),
        ):
            outcome = _outcome(self._effects[key])
            place = self._places.get(key, span)
            decided = [agent for agent in self.agents if agent.entry is not None and agent.is_decided(action)]
            remarks: list[Diagnostic] = []
            if outcome.decision.restricts and limited:
                remarks.append(remark(STRICTER, _LIMITED, place))
            milder = not outcome.decision.restricts or (outcome.count > 0 and self.refuses)
            if milder and key == "docs_only":
                if allowed not in (None, patterns):
                    pieces.append(note(STRICTER, _ONE_CLASS, place, f"defaults.{key}"))
                    continue
                decided = [agent for agent in self.agents if agent.allows] if not outcome.decision.restricts else decided
                if decided and not outcome.decision.restricts:
                    remarks.append(remark(STRICTER, _OWN_LIST, place))
            left = [pattern for pattern in patterns if pattern not in exceptions and EVERYTHING not in exceptions]
            if left:
                people = (*self._audience, *negated(agent.principal for agent in decided))
                rule = Rule((*left, *negated((*before, *exceptions))), (), people, outcome)
                pieces.append(Piece(title(place, f"defaults.{key}"), (rule,), tuple(remarks)))
            before += patterns
        named = [agent for agent in self.agents if agent.entry is not None and agent.entry.logins]
        logins = {login for agent in named if agent.entry is not None for login in agent.entry.logins}
        others = (PrincipalPattern(f"{LOGIN_PREFIX}{login}") for login in KNOWN_ACTORS if login not in logins)
        known = (*(agent.principal for agent in named), *others)
        for key, principals in (("known_agent", known), ("unknown_agent", self._audience)):
            outcome = _outcome(self._effects[key])
            statement = tuple(Default(principal, outcome) for principal in principals)
            pieces.append(Piece(title(self._places.get(key, span), f"defaults.{key}"), (statement,)))
        return pieces

    def rule(self, item: Node) -> _Converted:
        fields = self._yaml.nodes.mapping(item, "a rule", ("name", "when", "effect", "reviewers", "labels", "reason")) or {}
        place = self._yaml.span(fields["name"].value if "name" in fields else item)
        where = title(place, (self._yaml.text(fields, "name") or "")[:80])
        effect = None
        for key in ("name", "when", "effect", "reason"):
            if self._yaml.nodes.required(fields, key, item, "a rule") is not None and key == "effect":
                effect = self._yaml.nodes.choice(fields[key], _EFFECTS, "unknown-effect", "effect")
        if effect is None:
            return _Converted(Piece(where), place)
        when = self._condition(self._yaml.below(fields, "when"), effect)
        remarks: list[Diagnostic] = []
        if "labels" in fields:
            words = "no rule puts labels on here: the gate has its own"
            remarks.append(remark(LEFT_OUT, words, self._yaml.span(fields["labels"].key)))
        reviewers = [reviewer.text for reviewer in self._yaml.texts(fields.get("reviewers"))]
        outcome = _outcome(effect)
        if reviewers and effect is Decision.REQUIRE_APPROVAL:
            approvers, others = approvers_of(reviewers)
            outcome = Outcome(effect, 1, approvers)
            remarks += [remark(STRICTER, words, self._yaml.span(fields["reviewers"].key)) for words in others]
        elif reviewers:
            remarks.append(remark(LEFT_OUT, f"nobody is asked by `{effect.value}`", self._yaml.span(fields["reviewers"].key)))
        if when.never is not None:
            return _Converted(Piece(where, (), (*remarks, remark(LEFT_OUT, when.never, place))), place)
        if not effect.restricts and (when.lost or len(when.paths) > 1 or len(when.principals) > 1):
            words = "its conditions have no form in a policy together, so it allows nothing here"
            return _Converted(Piece(where, (), (*remarks, *when.lost, remark(STRICTER, words, place))), place)
        if len(when.paths) > 1:
            remarks.append(remark(STRICTER, "of several conditions about files only the first limits the rule", place))
        remarks += when.lost
        if self.refuses and effect is Decision.REQUIRE_APPROVAL and (when.lost or len(when.paths) > 1):
            remarks.append(remark(STRICTER, _REFUSES, place))
            outcome = BLOCK
        principals = when.principals[0] if when.principals else self._audience
        patterns = (*(when.paths[0] if when.paths else (EVERYTHING,)), *negated(when.without))
        reason = (self._yaml.text(fields, "reason") or "").strip()
        rule = Rule(patterns, (), principals, outcome, reason=reason if reason.isprintable() and reason else None)
        certain = not when.principals and not when.lost and len(when.paths) < 2 and not when.by_all
        by_all = (when.by_all or bool(when.without)) and (not effect.restricts or (self.refuses and outcome.count > 0))
        return _Converted(Piece(where, (rule,), tuple(remarks)), place, rule, certain, by_all)

    def _condition(self, fields: dict[str, Field], effect: Decision) -> _Condition:
        when = _Condition()
        for key, member in fields.items():
            span = self._yaml.span(member.key)
            if key not in _KEYS:
                self._yaml.nodes.error("unknown-key", f"there is no condition `{key[:80]}`", member.key)
            elif key in _ISSUES:
                when.never = f"`{key}` is met by no change of a file"
            elif key in _TEXTS or key in _SIZES:
                more = ": the rule applies whether or not it is met" if effect.restricts else ""
                when.lost.append(remark(STRICTER, f"`{key}` has no form in a policy{more}", span))
            elif key in BY_FLAG:
                if self._yaml.flag(fields, key):
                    when.paths.append(BY_FLAG[key])
                    when.by_all = when.by_all or key.endswith("_only")
            elif key == "agents":
                self._add_agents(member, when, effect)
            elif key == "actors":
                principals = principals_of(item.text for item in self._yaml.texts(member))
                when.principals.append(principals or self._audience)
                if not principals:
                    when.lost.append(remark(STRICTER, "`actors` names nobody whom a policy can name", span))
            elif key == "actions":
                self._add_actions(member, when, effect)
            else:
                self._add_files(key, member, when)
        return when

    def _add_files(self, key: str, member: Field, when: _Condition) -> None:
        patterns: list[PathPattern] = []
        for item in self._yaml.texts(member):
            texts = glob_patterns(item.text)
            if texts is None:
                words = f"the glob `{item.text[:80]}` has no form as patterns"
                when.lost.append(remark(STRICTER, words, self._yaml.span(item)))
                if key == "files":
                    patterns = [EVERYTHING]
                    break
                continue
            patterns += [PathPattern(text) for text in texts]
        if key == "files_not":
            when.without += patterns
        else:
            when.paths.append(tuple(dict.fromkeys(patterns)) or (EVERYTHING,))

    def _add_agents(self, member: Field, when: _Condition, effect: Decision) -> None:
        known = {agent.name: agent for agent in self.agents}
        patterns: list[PrincipalPattern] = []
        span = self._yaml.span(member.key)
        for item in self._yaml.texts(member):
            agent = known.get(item.text)
            if agent is not None and agent.entry is not None:
                patterns.append(agent.principal)
            elif agent is not None or item.text == _UNKNOWN:
                if not effect.restricts:
                    words = f"`{item.text[:80]}` is nobody in particular here, so nothing is allowed to it"
                    when.lost.append(remark(STRICTER, words, span))
                elif item.text == _UNKNOWN:
                    patterns += [*self._audience, *negated(other.principal for other in self.agents if other.entry is not None)]
                else:
                    patterns += self._audience
            else:
                words = f"there is no agent `{item.text[:80]}` among `agents`, so nobody is meant by it"
                when.lost.append(remark(LEFT_OUT, words, span))
        if patterns:
            positive = [principal for principal in patterns if not principal.negative]
            negative = [principal for principal in patterns if principal.negative and principal.positive not in positive]
            when.principals.append(tuple(dict.fromkeys((*positive, *negative))))
        else:
            when.never = when.never or "nobody is meant by its `agents`"

    def _add_actions(self, member: Field, when: _Condition, effect: Decision) -> None:
        actions = set(read_actions(self._yaml, member))
        span = self._yaml.span(member.key)
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
