"""A policy with what decides about one path changed: taken out, given an exception, or answered by a line of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from msgspec.structs import replace

from agentowners.diagnostics import Severity, Source
from agentowners.engine.verdict import Verdict
from agentowners.explain.model import Edit, EditKind, LayerResult, RuleStatus, Statement, StatementResult, statement_text
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.policy.load import parse_source
from agentowners.policy.model import ALLOW, Decision, Default, Layer, ModeLine, Outcome, Policy, Rule, Unprotect
from agentowners.policy.patterns import PathPattern, PrincipalPattern, literal
from agentowners.policy.statement_text import pattern_tokens, rule_text

NEW_FILE: Final = POLICY_NAMES[0]
"""The file a line is written into if there is no policy yet."""

Edited = tuple[Policy, tuple[Edit, ...]]
_S = TypeVar("_S", Rule, Default, ModeLine, Unprotect)


def edited(policy: Policy, layers: Sequence[LayerResult], verdict: Verdict, path: str) -> Iterator[Edited]:
    """The policy without what decides, then the policy with an exception for just this path. Each with what was done to it.

    What allows is taken out. Where a default restricts, a line is written that allows the path; where the built-in layer does,
    one that unprotects it; where nothing decides, one that blocks it.
    """
    numbered = list(enumerate(layers))
    rules = [(place, rule) for place, layer in numbered for rule in layer.rules if rule.status is RuleStatus.DECIDES]
    defaults = [(place, each) for place, layer in numbered for each in layer.defaults if each.status is RuleStatus.DECIDES]
    unprotects = [(place, line) for place, layer in numbered for line in layer.unprotects if line.status is RuleStatus.LIFTED]
    editor = _Editor(policy, path)
    if not rules and not defaults and not unprotects:
        editor.write(editor.first_file, Outcome(Decision.BLOCK), [principal.name for principal in verdict.principals])
        yield from editor.result()
        return
    if not verdict.decision.restricts:
        holding: list[tuple[int, StatementResult[Statement]]] = [*rules, *defaults, *unprotects]
        for place, result in holding:
            editor.remove(place, result)
        yield from editor.result()
        return
    excepting = any(result.mode is None and policy.layers[place].source is not None for place, result in rules)
    for exception in (False, True) if excepting else (False,):
        editor = _Editor(policy, path)
        for place, result in rules:
            if policy.layers[place].source is None:
                editor.unprotect([share.principal for share in layers[place].shares if share.decision.restricts])
            elif exception and result.mode is None:
                editor.exclude(place, result)
            else:
                editor.remove(place, result)
        for place, result in defaults:
            editor.write(place, ALLOW, [principal.name for principal in result.holds_for])
        yield from editor.result()


def path_pattern(path: str) -> PathPattern:
    """A pattern that means a path; what cannot be written, seen, or shown between backticks is any one character."""
    return PathPattern("".join(char if char.isprintable() and char != "`" else "?" for char in literal(path)))


class _Editor:
    """Changes a policy for one path, and writes down the edits."""

    def __init__(self, policy: Policy, path: str) -> None:
        self.first_file = next((place for place, layer in enumerate(policy.layers) if layer.source is not None), None)
        """Place of the first layer that has a file."""
        self._pattern = path_pattern(path)
        self._edits: list[Edit] = []
        self._impossible = False
        self._layers = list(policy.layers)
        self._first: list[Layer] = []
        """A layer of what is written where there is no policy yet."""

    def result(self) -> Iterator[Edited]:
        """The policy with the edits; nothing where one of them cannot be written."""
        if not self._impossible:
            yield Policy((*self._first, *self._layers)), tuple(self._edits)

    def remove(self, place: int, result: StatementResult[Statement]) -> None:
        """Take a statement out, or the mode that compiles to it, once."""
        statement = result.statement if result.mode is None else result.mode
        layer = self._layers[place]
        if result.mode is None or statement in layer.modes:
            self._note(EditKind.WITHOUT, statement_text(statement), place, statement)

        def kept(statements: tuple[_S, ...]) -> tuple[_S, ...]:
            return tuple(each for each in statements if each != statement)

        self._layers[place] = replace(
            layer,
            rules=kept(layer.rules),
            defaults=kept(layer.defaults),
            modes=kept(layer.modes),
            unprotects=kept(layer.unprotects),
        )

    def exclude(self, place: int, result: StatementResult[Rule]) -> None:
        """Write an exception for the path into a rule."""
        exception = replace(self._pattern, negative=True)
        layer = self._layers[place]
        text = _quoted(exception) if _is_yaml(layer.name) else pattern_tokens((exception,))[0]
        self._note(EditKind.EXCEPT, text, place, result.statement)
        rules = (
            replace(rule, patterns=(*rule.patterns, exception)) if rule == result.statement else rule for rule in layer.rules
        )
        self._layers[place] = replace(layer, rules=tuple(rules))

    def write(self, place: int | None, outcome: Outcome, principals: Sequence[str]) -> None:
        """Write a rule for the path."""
        rule = self._rule_for(outcome, principals)
        self._add_line(place, "rules", rule_text(rule), rule)

    def unprotect(self, principals: Sequence[str]) -> None:
        """Write an ``unprotect`` line, once, where there is a file to write it to."""
        if not any(edit.text.startswith("unprotect ") or edit.section == "unprotect" for edit in self._edits):
            # a rule's line without its decision says what an `unprotect` line says after its first word
            rule = self._rule_for(ALLOW, principals)
            self._add_line(self.first_file, "unprotect", "unprotect " + rule_text(rule).removesuffix(" allow"), rule)

    def _rule_for(self, outcome: Outcome, principals: Sequence[str]) -> Rule:
        names = dict.fromkeys(name.removeprefix("@") for name in principals)
        return Rule((self._pattern,), (), tuple(map(PrincipalPattern, names)), outcome)

    def _add_line(self, place: int | None, section: str, text: str, rule: Rule) -> None:
        """Add a line to a layer, if what it says can be written there."""
        name = NEW_FILE if place is None else self._layers[place].name
        if yaml := _is_yaml(name):
            decision = f", decision: {rule.decision.value}" if section == "rules" else ""
            text = f"{{patterns: [{_quoted(self._pattern)}], principals: [{', '.join(map(_quoted, rule.principals))}]{decision}}}"
        data = f"{section}:\n  - {text}\n" if yaml else f"{text}\n"
        added, diagnostics = parse_source(Source(name, data.encode("utf-8", "surrogatepass")))
        self._impossible |= any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
        # a line that is only supposed has no place in its file, and so no id
        added = replace(added, rules=tuple(replace(rule, id="") for rule in added.rules))
        if place is None:
            self._first.append(added)
        else:
            layer = self._layers[place]
            rules, unprotects = (*layer.rules, *added.rules), (*layer.unprotects, *added.unprotects)
            self._layers[place] = replace(layer, rules=rules, unprotects=unprotects)
        self._edits.append(Edit(EditKind.WRITE, text, name, section=section if yaml else None))

    def _note(self, kind: EditKind, text: str, place: int, statement: Statement) -> None:
        line = None if statement.span is None else statement.span.line
        self._edits.append(Edit(kind, text, self._layers[place].name, statement.id, line))


def _is_yaml(name: str) -> bool:
    return name.endswith((".yml", ".yaml"))


def _quoted(pattern: PathPattern | PrincipalPattern) -> str:
    return json.dumps(str(pattern), ensure_ascii=False)
