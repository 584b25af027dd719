"""Results of test cases for a terminal: for each failure the expectation, the decision, and the command that shows why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.cases.compare import CaseOutcome, FileOutcome, PathDifference, Results
from agentowners.cases.coverage import Coverage, CoverageLevel, LayerCoverage
from agentowners.cases.model import Case
from agentowners.change.model import Strength
from agentowners.diagnostics import Severity
from agentowners.engine.verdict import AppliedRule, FileDecision
from agentowners.policy.model import Action, Decision, Rule
from agentowners.report.shared.cut import count, first, shorten, shorten_middle
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.shell_words import shell_command
from agentowners.report.shared.style import PLAIN, Style
from agentowners.report.verdict.advice import what_was_done
from agentowners.text.wording import short_ref

_PATHS: Final = 10
"""Paths shown that differ in the same way."""
_RULES: Final = 5
_LINE: Final = 500
"""Longest piece of a line that a text from a file may make, in characters before escaping."""


def cases_text(results: Results, style: Style = PLAIN, *, verbose: bool = False, standard: str) -> str:
    """The report as text that ends in a newline; ``verbose`` lists the cases that passed, ``standard`` is where ``explain`` takes
    a change to go that does not say."""
    blocks = [_file(file, style, verbose=verbose, standard=standard) for file in results.files]
    tail = [summary(results, style), f"{style.strong('Policy')}: {_one_line(', '.join(results.policies))}"]
    lines = [line for block in blocks for line in block]
    if results.coverage is not None:
        tail += ["", *_coverage_lines(results.coverage, style)]
    return "".join(f"{line}\n" for line in [*lines, *tail])


def summary(results: Results, style: Style = PLAIN) -> str:
    """``12 passed, 1 failed``."""
    passed = style.decision(Decision.ALLOW, f"{results.passed:,} passed") if results.passed else "0 passed"
    failed = style.severity(Severity.ERROR, f"{results.failed:,} failed") if results.failed else ""
    return ", ".join(filter(None, [passed, failed]))


def difference(outcome: CaseOutcome, style: Style = PLAIN) -> Iterator[str]:
    """The lines that say in what a case that failed differs from what the policy says; none for one that passed."""
    for differences in _alike(outcome.paths):
        yield from first(differences, _PATHS, lambda path: f"  {_path_line(path)}", "  and {} more")
        yield from _of_path(outcome.case, differences[0], style)
    expected, judged = outcome.case.expected, outcome.judged
    if outcome.approvals or outcome.approvers:
        yield "  all paths together"
    if outcome.approvals:
        yield from _field("approvals", [str(expected.approvals)], [str(judged.approvals)], style)
    if outcome.approvers:
        wanted = ", ".join(map(str, expected.approvers or ())) or "anyone"
        yield from _field("approvers", [wanted], [", ".join(judged.approvers) or "anyone"], style)
    for unknown in outcome.unknown:
        help = f"the policy has no rule {_quoted(unknown.name)}"
        if unknown.nearest is not None:
            help += f"; did you mean {_quoted(unknown.nearest)}?"
        yield f"  {style.strong('help')}  {help}"


def explain_command(outcome: CaseOutcome, policies: Sequence[str], standard: str) -> str:
    """The command that shows why a path is decided as it is: the first that differs, else the first of the case. ``policies`` are
    the policy files that were named, ``standard`` is as for ``cases_text``."""
    case = outcome.case
    file = outcome.paths[0].file if outcome.paths else outcome.judged.files[0]
    deciding = file.judgement.principal
    # All that are named share one strength there; of several strengths it is the one that the decision was made for.
    strength = case.who[0].strength if deciding is None else deciding.strength
    words = ["agentowners", "explain"]
    words += [word for principal in case.who if principal.strength is strength for word in ("--as", f"@{principal.name}")]
    words += ["--asserted"] if strength is Strength.ASSERTED else []
    action = _deciding_action(file)
    words += [] if action is Action.FILE_MODIFY else ["--action", action.value]
    words += [] if case.ref == standard else ["--ref", case.ref]
    words += [word for policy in policies for word in ("--policy-file", policy)]
    return shell_command([*words, *(["--"] if file.path.startswith("-") else []), file.path])


def _deciding_action(file: FileDecision) -> Action:
    """The action on a path that the deciding rule names."""
    deciding = (rule.statement for rule in file.judgement.rules[:1])
    spoken_of = {action for rule in deciding if isinstance(rule, Rule) for action in rule.actions}
    return next((action for action in file.actions if action in spoken_of), file.actions[0])


def _file(file: FileOutcome, style: Style, *, verbose: bool, standard: str) -> Iterator[str]:
    for outcome in file.outcomes:
        case = outcome.case
        place = for_terminal(f"{file.path}:{case.span.line}" if case.span is not None else file.path)
        title = _one_line(case.title)
        if outcome.passed and verbose:
            yield f"{style.decision(Decision.ALLOW, 'passed')}  {place}: {title}"
        if outcome.passed:
            continue
        yield f"{style.severity(Severity.ERROR, 'failed')}  {style.strong(place)}: {title}"
        yield f"  {_one_line(supposed(case))}"
        yield from difference(outcome, style)
        yield f"  {style.strong('why')}   {explain_command(outcome, file.policies, standard)}"
        yield ""


def supposed(case: Case) -> str:
    """The supposed change, its principals and its branch: ``@copilot (asserted) changes 2 paths, into main``."""
    names = " and ".join(map(str, case.who))
    verb = "changes" if len(case.who) == 1 and not case.who[0].name.lower().endswith("s") else "change"
    return f"{names} {verb} {count(len(case.paths), 'path')}, into {short_ref(case.ref)}"


def _alike(paths: Sequence[PathDifference]) -> list[list[PathDifference]]:
    """Paths of which the same is to be said, together."""
    groups: dict[object, list[PathDifference]] = {}
    for path in paths:
        judgement = path.file.judgement
        rules = tuple((rule.source, rule.id) for rule in judgement.rules)
        groups.setdefault((judgement.decision, rules, path.decision, path.rules), []).append(path)
    return list(groups.values())


def _of_path(case: Case, path: PathDifference, style: Style) -> Iterator[str]:
    judgement = path.file.judgement
    if path.decision:
        expected = style.decision(case.expected.decision, case.expected.decision.value)
        yield from _field("decision", [expected], [style.decision(judgement.decision, judgement.decision.value)], style)
    actual = first(judgement.rules, _RULES, _rule_line) or ["no rule"]
    yield from _field("rule", [_one_line(name) for name in path.rules], actual, style)
    reasons = dict.fromkeys(rule.reason for rule in judgement.rules[:_RULES] if rule.reason)
    yield from _labelled("", [("reason", _one_line(reason)) for reason in reasons], style)


def _field(name: str, expected: Sequence[str], actual: Sequence[str], style: Style) -> Iterator[str]:
    yield from _labelled(name, [*(("expected", text) for text in expected), *(("actual", text) for text in actual)], style)


def _labelled(name: str, lines: Sequence[tuple[str, str]], style: Style) -> Iterator[str]:
    for number, (label, text) in enumerate(lines):
        yield f"    {style.strong(f'{name:<9}') if number == 0 and name else ' ' * 9}  {style.faint(f'{label:<8}')}  {text}"


def _path_line(difference: PathDifference) -> str:
    effect = what_was_done(difference.file)
    return for_terminal(shorten_middle(difference.file.path, _LINE)) + ("" if effect == "modified" else f"  ({effect})")


def _rule_line(rule: AppliedRule) -> str:
    return f"{_one_line(rule.id)}: {_one_line(rule.text)}"


def _quoted(text: str) -> str:
    return f"`{_one_line(text)}`"


def _one_line(text: str) -> str:
    return for_terminal(shorten(text, _LINE))


def _coverage_lines(coverage: Coverage, style: Style) -> Iterator[str]:
    """The share that is reached, then what is not, and what never decides; built-in rules apart."""
    whole = coverage.reached == coverage.total
    share = f"{coverage.reached:,} of {coverage.total:,} rules and defaults reached ({coverage.percent}%)"
    yield f"{style.strong('Coverage')}: {style.decision(Decision.ALLOW if whole else Decision.REQUIRE_APPROVAL, share)}"
    own = [layer for layer in coverage.layers if not layer.built_in]
    yield from _unreached("reached by no case", own, CoverageLevel.UNREACHED)
    yield from _unreached("reached, but stricter rules decide in every case", own, CoverageLevel.MATCHES)
    for layer in coverage.layers:
        if layer.built_in:
            unreached = layer.those(CoverageLevel.UNREACHED)
            yield f"  built in, not counted: {len(layer.statements) - len(unreached)} of {len(layer.statements)} reached"
            if unreached:
                yield f"    without {', '.join(for_terminal(statement.id) for statement in unreached)}"


def _unreached(heading: str, layers: list[LayerCoverage], reach: CoverageLevel) -> Iterator[str]:
    statements = [statement for layer in layers for statement in layer.those(reach)]
    if statements:
        yield f"  {heading}"
    yield from (f"    {_one_line(statement.id)}: {_one_line(statement.text)}" for statement in statements)
