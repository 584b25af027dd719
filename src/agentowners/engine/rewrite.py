"""A policy with what decides about one path changed: taken out, given an exception, or answered by a line of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from agentowners.diagnostics import Severity, Source
from agentowners.engine.explanation import Edit, EditKind, LayerAnswer, RuleAnswer, RuleStatus
from agentowners.engine.verdict import Verdict
from agentowners.identity.model import Principal
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.policy.load import parse_source
from agentowners.policy.model import ALLOW, Decision, Default, Layer, ModeLine, Outcome, Policy, Rule, Unprotect
from agentowners.policy.modes import compile_mode
from agentowners.policy.patterns import PathPattern, PrincipalPattern
from agentowners.policy.printer import default_text, pattern_tokens, rule_text, unprotect_text
from agentowners.records import replace

NEW_FILE: Final = POLICY_NAMES[0]
"""Where a line is written if there is no policy yet."""

Edited = tuple[Policy, tuple[Edit, ...]]


def mended(policy: Policy, layers: Sequence[LayerAnswer], verdict: Verdict, path: str) -> Iterator[Edited]:
    """The policy without what decides, then the policy with an exception for just this path. Each with what was done to it.

    What allows is taken out. Where a default restricts, a line is written that allows the path; where the built-in layer does,
    one that unprotects it; where nothing decides, one that blocks it.
    """
    deciding = [
        (place, rule) for place, layer in enumerate(layers) for rule in layer.rules if rule.standing is RuleStatus.DECIDES
    ]
    defaults = [
        (place, default)
        for place, layer in enumerate(layers)
        for default in layer.defaults
        if default.standing is RuleStatus.DECIDES
    ]
    lifts = [(place, lift) for place, layer in enumerate(layers) for lift in layer.unprotects if lift.used]
    if not deciding and not defaults and not lifts:
        yield from _written(policy, path, verdict.principals)
        return
    if not verdict.decision.restricts:
        editor = _Editor(list(policy.layers), path)
        for place, answer in deciding:
            editor.remove(place, answer)
        for place, default in defaults:
            editor.remove_default(place, default.default)
        for place, lift in lifts:
            editor.remove_lift(place, lift.line)
        yield from editor.result()
        return
    excepting = any(answer.mode is None and policy.layers[place].source is not None for place, answer in deciding)
    for exception in (False, True) if excepting else (False,):
        editor = _Editor(list(policy.layers), path)
        for place, answer in deciding:
            if policy.layers[place].source is None:
                editor.unprotect([share.principal for share in layers[place].shares if share.decision.restricts])
            elif exception and answer.mode is None:
                editor.exclude(place, answer.rule)
            else:
                editor.remove(place, answer)
        for place, default in defaults:
            editor.write(place, ALLOW, [who for who, _ in default.chosen_for])
        yield from editor.result()


def path_pattern(path: str) -> PathPattern:
    """A pattern that means a path; what cannot be written, seen, or shown between backticks is any one character."""
    escaped = re.sub(r"([*?\[\\])", r"\\\1", path)
    return PathPattern("/" + "".join(char if char.isprintable() and char != "`" else "?" for char in escaped))


def _written(policy: Policy, path: str, principals: Sequence[Principal]) -> Iterator[Edited]:
    editor = _Editor(list(policy.layers), path)
    place = next((place for place, layer in enumerate(policy.layers) if layer.source is not None), None)
    editor.write(place, Outcome(Decision.BLOCK), principals)
    yield from editor.result()


@dataclass
class _Editor:
    """Changes layers, and writes down what it does. What is taken out, or put in another's place, is done in one go."""

    layers: list[Layer]
    path: str
    steps: list[Edit] = field(default_factory=list)
    refused: bool = False
    """Whether something cannot be written."""
    instead: dict[int, Rule | None] = field(default_factory=dict)
    """By the identity of a rule, what stands in its place."""
    gone: set[int] = field(default_factory=set)
    """Identities of defaults, modes and ``unprotect`` lines that are taken out."""
    modes: dict[tuple[int, str], ModeLine] = field(default_factory=dict)
    """By layer and id, the mode that compiles to a rule; filled when one is looked for."""

    def result(self) -> Iterator[Edited]:
        if not self.refused:
            yield Policy(tuple(map(self._edited, self.layers))), tuple(self.steps)

    def _edited(self, layer: Layer) -> Layer:
        rules = (self.instead.get(id(rule), rule) for rule in layer.rules)
        return replace(
            layer,
            rules=tuple(rule for rule in rules if rule is not None),
            defaults=tuple(one for one in layer.defaults if id(one) not in self.gone),
            modes=tuple(one for one in layer.modes if id(one) not in self.gone),
            unprotects=tuple(one for one in layer.unprotects if id(one) not in self.gone),
        )

    def remove(self, place: int, answer: RuleAnswer) -> None:
        layer, rule = self.layers[place], answer.rule
        if answer.mode is None:
            self.instead[id(rule)] = None
            self._step(EditKind.WITHOUT, rule_text(rule), layer, rule)
            return
        mode = self._mode(place, rule)
        if id(mode) not in self.gone:  # one mode may decide by several of its rules
            self.gone.add(id(mode))
            self._step(EditKind.WITHOUT, " ".join(["mode", mode.mode.value, *map(str, mode.principals)]), layer, mode)

    def remove_default(self, place: int, default: Default) -> None:
        self.gone.add(id(default))
        self._step(EditKind.WITHOUT, default_text(default), self.layers[place], default)

    def remove_lift(self, place: int, lift: Unprotect) -> None:
        self.gone.add(id(lift))
        self._step(EditKind.WITHOUT, unprotect_text(lift), self.layers[place], lift)

    def exclude(self, place: int, rule: Rule) -> None:
        layer = self.layers[place]
        exception = PathPattern(path_pattern(self.path).text, negative=True)
        self.instead[id(rule)] = replace(rule, patterns=(*rule.patterns, exception))
        self._step(EditKind.EXCEPT, _token(exception, layer), layer, rule)

    def write(self, place: int | None, outcome: Outcome, principals: Sequence[Principal]) -> None:
        """Write a rule for the path."""
        names = _names(principals)
        rule = Rule((path_pattern(self.path),), (), tuple(map(PrincipalPattern, names)), outcome)
        self._line(place, "rules", rule_text(rule), names, outcome.decision.value)

    def unprotect(self, principals: Sequence[Principal]) -> None:
        """Write an ``unprotect`` line, once, where there is a file to write it to."""
        if any(step.text.startswith("unprotect ") or step.section == "unprotect" for step in self.steps):
            return
        place = next((place for place, layer in enumerate(self.layers) if layer.source is not None), None)
        names = _names(principals)
        # a rule's line without its decision says what an `unprotect` line says after its first word
        rule = Rule((path_pattern(self.path),), (), tuple(map(PrincipalPattern, names)), ALLOW)
        self._line(place, "unprotect", "unprotect " + rule_text(rule).removesuffix(" allow"), names, None)

    def _line(self, place: int | None, section: str, text: str, names: Sequence[str], decision: str | None) -> None:
        name = NEW_FILE if place is None else self.layers[place].name
        yaml = name.endswith((".yml", ".yaml"))
        if yaml:
            pattern, who = _quoted(str(path_pattern(self.path))), ", ".join(_quoted(f"@{name}") for name in names)
            text = f"{{patterns: [{pattern}], principals: [{who}]" + (f", decision: {decision}}}" if decision else "}")
        data = f"{section}:\n  - {text}\n" if yaml else f"{text}\n"
        added, found = parse_source(Source(name, data.encode("utf-8", "surrogatepass")))
        if any(one.severity is Severity.ERROR for one in found):
            self.refused = True
            return
        if place is None:
            self.layers.insert(0, replace(added, rules=tuple(replace(rule, id="") for rule in added.rules)))
        else:
            layer = self.layers[place]
            rules = tuple(replace(rule, id="") for rule in added.rules)
            lifts = (*layer.unprotects, *added.unprotects)
            self.layers[place] = replace(layer, rules=(*layer.rules, *rules), unprotects=lifts)
        self.steps.append(Edit(EditKind.WRITE, text, name, section=section if yaml else None))

    def _mode(self, place: int, rule: Rule) -> ModeLine:
        if not self.modes:
            protected = tuple(p for one in self.layers if one.source is None for r in one.rules for p in r.patterns)
            self.modes = {
                (at, compiled.id): mode
                for at, layer in enumerate(self.layers)
                for mode in layer.modes
                for compiled in compile_mode(mode, protected)
            }
        return self.modes[place, rule.id]

    def _step(self, kind: EditKind, text: str, layer: Layer, what: Rule | Default | ModeLine | Unprotect) -> None:
        line = None if what.span is None else what.span.line
        self.steps.append(Edit(kind, text, layer.name, what.id, line))


def _names(principals: Sequence[Principal]) -> list[str]:
    return list(dict.fromkeys(principal.name.removeprefix("@") for principal in principals))


def _token(pattern: PathPattern, layer: Layer) -> str:
    """A pattern as it is written in the file."""
    if layer.name.endswith((".yml", ".yaml")):
        return _quoted(str(pattern))
    return pattern_tokens((pattern,))[0]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
