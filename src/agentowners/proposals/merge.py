"""Operations carried out on a policy's text. Every operation names rules by the ids that they have before all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.diagnostics import Severity, Source, Span
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.load import is_yaml, parse_source
from agentowners.policy.model import Layer, Policy, Rule, Unprotect
from agentowners.policy.patterns import PathPattern, PatternError
from agentowners.policy.places import places_of
from agentowners.policy.statement_text import pattern_tokens
from agentowners.proposals.model import AddException, AddRule, Operation, ProposalError, RemoveRule
from agentowners.text.edits import SourceLines, TextEdit

FIRST_POLICY: Final = ".github/AGENTOWNERS"
"""The file that a first policy is written to."""


class _FileDraft(Struct):
    """A policy file in the making."""

    layer: Layer
    source: Source
    edits: list[TextEdit] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    exceptions: dict[str, list[PathPattern]] = field(default_factory=dict)
    added: list[Rule | Unprotect] = field(default_factory=list)

    def expected(self) -> Layer:
        """The layer as it has to be when its text is read again."""
        rules = [self._with_exceptions(rule) for rule in self.layer.rules if rule.id not in self.removed]
        rules += [added for added in self.added if isinstance(added, Rule)]
        unprotects = [added for added in self.added if isinstance(added, Unprotect)]
        return replace(self.layer, rules=tuple(rules), unprotects=(*self.layer.unprotects, *unprotects))

    def _with_exceptions(self, rule: Rule) -> Rule:
        more = self.exceptions.get(rule.id)
        return rule if more is None else replace(rule, patterns=(*(rule.patterns or (PathPattern("**"),)), *more))


def merge(policy: Policy, operations: Sequence[Operation]) -> tuple[Source, ...]:
    """The policy's files after all operations; whatever they do not touch keeps every byte.

    Raises:
        ProposalError: an operation names a rule or a file that is not there, is not one statement, repeats another, or cannot be
            carried out on the file as it is written. Nothing is carried out then.
    """
    return tuple(map(_written, _drafts(policy, operations)))


def merged_layers(policy: Policy, operations: Sequence[Operation]) -> tuple[Layer, ...]:
    """The layers of the policy's files after all operations; every rule keeps its id.

    Raises:
        ProposalError: as for ``merge``, but for how a file is written.
    """
    return tuple(draft.expected() for draft in _drafts(policy, operations))


def _drafts(policy: Policy, operations: Sequence[Operation]) -> list[_FileDraft]:
    files = {layer.source.path: _FileDraft(layer, layer.source) for layer in policy.layers if layer.source is not None}
    if not files:
        first = Source(FIRST_POLICY, b"")
        files[FIRST_POLICY] = _FileDraft(Layer(source=first, name=FIRST_POLICY), first)
    for operation in operations:
        match operation:
            case AddRule():
                _add(files, operation)
            case AddException():
                _except(files, operation)
            case RemoveRule():
                _remove(files, operation)
            case _:
                assert_never(operation)
    return list(files.values())


def added_statement(operation: AddRule) -> Rule | Unprotect:
    """The statement of an operation.

    Raises:
        ProposalError: it is not one rule or one ``unprotect`` line.
    """
    layer, diagnostics = parse_lines(Source("add_rule", operation.text.encode("utf-8", "surrogatepass")))
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    if errors:
        raise ProposalError(f"the rule to add does not parse: {errors[0].message}", help=errors[0].help)
    statements: tuple[Rule | Unprotect, ...] = (*layer.rules, *layer.unprotects)
    alone = replace(layer, rules=(), unprotects=()) == Layer()
    if len(statements) != 1 or not alone or len(operation.text.splitlines()) != 1:
        raise ProposalError(
            "`add_rule` adds one rule, or one `unprotect` line, and nothing else",
            help="everything else of a policy is changed by people: in a pull request of their own",
        )
    return statements[0]


def target_of(operations: Sequence[Operation]) -> tuple[str, ...]:
    """The places that operations are about: rules by their ids, and what a new rule is for, whatever it decides.

    Of two proposals by one principal with the same target, the newer stands.
    """
    return tuple(sorted(set(map(_target, operations))))


def _target(operation: Operation) -> str:
    if not isinstance(operation, AddRule):
        return f"rule {operation.rule}"
    try:
        statement = added_statement(operation)
    except ProposalError:
        return f"text {operation.text}"
    refs = statement.refs if isinstance(statement, Rule) else ()
    names = sorted(map(str, statement.principals))
    return f"new {sorted(map(str, statement.patterns))} {sorted(map(str, refs))} {names}"


def _add(files: dict[str, _FileDraft], operation: AddRule) -> None:
    statement = added_statement(operation)
    file = files.get(operation.file if operation.file is not None else next(iter(files)))
    if file is None:
        raise ProposalError(f"there is no policy file `{operation.file}` on the base", help=f"there are {', '.join(files)}")
    if statement in (*file.layer.rules, *file.layer.unprotects, *file.added):
        raise ProposalError(f"the policy says `{operation.text.strip()}` already")
    if is_yaml(file.source):
        if isinstance(statement, Unprotect):
            raise ProposalError(
                f"an `unprotect` line cannot be added to `{file.source.path}` here", help="write it into the file by hand"
            )
        file.edits.append(_yaml_edit(file, statement))
    else:
        file.edits.append(_append(file.source, operation.text.strip()))
    file.added.append(statement)


def _append(source: Source, text: str) -> TextEdit:
    """A line below the last; an edit behind the end of the text stands at its end."""
    number = source.data.count(b"\n") + 2
    before = "" if source.data.endswith(b"\n") or not source.data.removeprefix(b"\xef\xbb\xbf") else "\n"
    return TextEdit(Span(source.path, number, 1, number, 1), f"{before}{text}\n")


def _yaml_edit(file: _FileDraft, rule: Rule) -> TextEdit:
    from agentowners.policy.yaml_printer import parts_of
    from agentowners.policy.yaml_tree import Part, Tree

    first, *item = Tree([Part("rules", parts=parts_of(rule), tall=True)]).text().splitlines()
    if not file.layer.rules:
        return _append(file.source, "\n".join([first, *item]))
    span = places_of(file.layer).of(file.layer.rules[-1]).whole
    dash = span.text.find("-")
    shallow = len(item[0]) - len(item[0].lstrip())
    text = "".join(f"{' ' * max(dash, 0)}{line[shallow:]}\n" for line in item)
    at = span.end_line + 1 if span.end_column > 1 else span.end_line
    if at > file.source.data.count(b"\n") + 1:
        return _append(file.source, text.removesuffix("\n"))
    return TextEdit(Span(file.source.path, at, 1, at, 1), text)


def _except(files: dict[str, _FileDraft], operation: AddException) -> None:
    file, rule = _find(files, operation.rule)
    if not operation.pattern.startswith("!"):
        raise ProposalError(f"the exception `{operation.pattern}` has no `!` in front", help=f"write `!{operation.pattern}`")
    try:
        pattern = PathPattern.parse(operation.pattern)
    except PatternError as error:
        raise ProposalError(f"the exception is no pattern: {error.message}", help=error.help) from None
    if pattern in rule.patterns or pattern in file.exceptions.get(rule.id, ()):
        raise ProposalError(f"rule `{operation.rule}` leaves `{operation.pattern}` out already")
    token = pattern_tokens([pattern])[0]
    place = places_of(file.layer).of(rule)
    if is_yaml(file.source):
        file.edits.append(_yaml_exception(file, place.patterns, pattern))
    elif place.patterns:
        file.edits.append(_at_end(place.patterns[-1], f" {token}"))
    else:
        file.edits.append(_at_end(place.refs[-1], f" ** {token}"))
    file.exceptions.setdefault(rule.id, []).append(pattern)


def _yaml_exception(file: _FileDraft, patterns: Sequence[Span], pattern: PathPattern) -> TextEdit:
    from agentowners.policy.yaml_tree import quoted

    if not patterns:
        raise ProposalError("a rule without `patterns` takes no exception here", help="write it into the file by hand")
    last = patterns[-1]
    before = last.text[: last.column - 1]
    return _at_end(last, (f"\n{before}" if before.strip() == "-" else ", ") + quoted(str(pattern)))


def _at_end(span: Span, text: str) -> TextEdit:
    return TextEdit(Span(span.path, span.end_line, span.end_column, span.end_line, span.end_column), text)


def _remove(files: dict[str, _FileDraft], operation: RemoveRule) -> None:
    file, rule = _find(files, operation.rule)
    span = places_of(file.layer).removal(rule)
    if span is None:
        raise ProposalError(f"rule `{operation.rule}` cannot be taken out by itself", help="take it out of the file by hand")
    file.removed.add(rule.id)
    file.edits.append(TextEdit(span, ""))


def _find(files: dict[str, _FileDraft], id: str) -> tuple[_FileDraft, Rule]:
    for file in files.values():
        for rule in file.layer.rules:
            if rule.id == id:
                if id in file.removed:
                    raise ProposalError(f"rule `{id}` is taken out already")
                return file, rule
    if id.startswith("builtin:"):
        raise ProposalError(
            f"rule `{id}` is built in", help="an `unprotect` line takes paths out of it, where a person merges that"
        )
    raise ProposalError(f"there is no rule `{id}` on the base", help="`agentowners explain PATH` shows the rules by their ids")


def _written(file: _FileDraft) -> Source:
    """The file's new text, if it says what it has to: an edit that comes to mean anything else is not made.

    Raises:
        ProposalError: it does not.
    """
    if not file.edits:
        return file.source
    source = SourceLines(file.source).edited(file.edits)
    layer, diagnostics = parse_source(source)
    if any(each.severity is Severity.ERROR for each in diagnostics) or layer != file.expected():
        message = f"the operations cannot be carried out on `{file.source.path}` as it is written"
        raise ProposalError(message, help="change the file by hand")
    return source
