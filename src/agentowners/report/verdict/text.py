"""A verdict for a terminal: the outcome first, then each offending file once with why and what to do, the rest in short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from agentowners.diagnostics import Severity
from agentowners.engine.verdict import AppliedRule, FileDecision, IgnoredReview, NoVerdict, Outcome, SettledObligation, Verdict
from agentowners.policy.model import Decision
from agentowners.report.shared.cut import count, first, shorten, shorten_middle
from agentowners.report.shared.diagnostic_text import diagnostics_text
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style
from agentowners.report.verdict import advice
from agentowners.report.verdict.conclusion import Conclusion, Enforcement, conclude, has_no_policy, is_advisory
from agentowners.report.verdict.groups import FileGroup, groups, observed_groups, state, strongest

SHOWN_FILES: Final = 10
"""Paths listed for each group of files."""
_BUILTIN: Final = 120
"""Longest text of a built-in rule, which is in the documentation."""
_SHOWN: Final = 20
"""Entries shown of every other list."""
_MORE: Final = "    and {} more"
_LINE: Final = 2000
"""Longest line that a text from outside may make, in characters before escaping."""


def text(
    outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, *, style: Style = PLAIN, limit: int | None = SHOWN_FILES
) -> str:
    """The report as text that ends in a newline; ``limit`` is how many paths are listed of each group, None for all."""
    if isinstance(outcome, NoVerdict):
        wrong = [diagnostics_text(outcome.diagnostics, style)] if outcome.diagnostics else []
        blocks: Iterable[list[str]] = (_next(advice.next_steps(outcome), style), wrong)
    else:
        blocks = _verdict(outcome, enforcement, style, limit)
    return "\n\n".join("\n".join(lines) for lines in (_head(outcome, enforcement, style), *blocks) if lines) + "\n"


def _head(outcome: Outcome, enforcement: Enforcement, style: Style) -> list[str]:
    concluded = conclude(outcome, enforcement)
    title, conclusion = for_terminal(concluded.title), concluded.conclusion
    passed = conclusion is Conclusion.SUCCESS
    heading = style.decision(Decision.ALLOW, title) if passed else style.severity(conclusion.severity, title)
    return [heading, prose(advice.sentence(outcome, enforcement))]


def _verdict(verdict: Verdict, enforcement: Enforcement, style: Style, limit: int | None) -> Iterator[list[str]]:
    if has_no_policy(verdict):
        yield _next(advice.next_steps(verdict), style)
    file_groups = groups(verdict)
    advisory = is_advisory(verdict, enforcement)
    for group in file_groups if limit is None else file_groups[:_SHOWN]:
        step = None if group.met else advice.next_for(group, verdict, advisory=advisory)
        yield _group(group, state(group, advisory=advisory), step, style, limit)
    yield [] if limit is None else _further(file_groups)
    observed = observed_groups(verdict)
    for group in observed if limit is None else observed[:_SHOWN]:
        heading = f"Observed, not enforced: {state(group, advisory=True).lower()}"
        yield _group(group, heading, None, style, limit)
    yield [] if limit is None else _further(observed)
    allowed = len(verdict.files) - sum(len(group.files) for group in file_groups)
    yield [f"{count(allowed, 'other file is', 'other files are')} allowed."] if file_groups and allowed else []
    yield [] if has_no_policy(verdict) else _next(advice.beside_files(verdict), style)
    yield _approvals(verdict, style)
    yield _contributors(verdict, style)
    yield _origin(verdict, style)
    worth = [diagnostic for diagnostic in verdict.diagnostics if diagnostic.severity is not Severity.NOTE]
    yield [diagnostics_text(worth, style)] if worth else []


def _further(file_groups: Sequence[FileGroup]) -> list[str]:
    """A line for the groups that are not shown."""
    rest = file_groups[_SHOWN:]
    files = count(sum(len(group.files) for group in rest), "file")
    return [f"… and {count(len(rest), 'more rule')} on {files}: `--format json` has them all."] if rest else []


def _group(group: FileGroup, heading: str, step: str | None, style: Style, limit: int | None) -> list[str]:
    decision = Decision.ALLOW if group.met else group.said.decision
    number = len(group.files) if limit is None else limit
    return [
        style.decision(decision, heading),
        *first(group.files, number, lambda file: f"  - {_path_line(file)}", _MORE),
        *(_field("here", prose(why), style) for why in _landing(group.files[:number])),
        *(_field("rule", line, style) for line in first(group.said.rules, 5, _rule_line)),
        *(_field("why", _one_line(rule.reason), style) for rule in group.said.rules[:5] if rule.reason),
        _field("who", prose(advice.who(group.said.principal)), style),
        *(
            _field("note", prose(note), style)
            for note in (advice.withheld(group), advice.unknown_bot(group.said.principal))
            if note is not None
        ),
        *([_field("next", prose(step), style)] if step is not None else []),
    ]


def _landing(files: Sequence[FileDecision]) -> Iterator[str]:
    """Why files are judged that the change does not list: a clause for each reason."""
    reasons = dict.fromkeys(advice.because(file) for file in files)
    return (why for why in reasons if why is not None)


def _path_line(file: FileDecision) -> str:
    effect = advice.what_was_done(file)
    return for_terminal(shorten_middle(file.path, _LINE)) + ("" if effect == "modified" else f"  ({effect})")


def _rule_line(rule: AppliedRule) -> str:
    text = rule.text if rule.line is not None else shorten(rule.text, _BUILTIN)
    return f"{_one_line(rule.id)}{' (default)' if rule.is_default else ''}: {_one_line(text)}"


def _approvals(verdict: Verdict, style: Style) -> list[str]:
    approvals = verdict.approvals

    def asked(obligation: SettledObligation) -> str:
        people = f"{advice.approvers(obligation)}{advice.also(obligation, approvals.obligations)}"
        line = f"  {obligation.count} from {prose(people)}: {prose(advice.granted(obligation))}"
        return line + ("" if obligation.note is None else f"\n    {style.strong('note')}  {_one_line(obligation.note)}")

    def ignored(review: IgnoredReview) -> str:
        line = f"  not counted: {_one_line(review.reviewer)} {_one_line(advice.not_counted(review))}"
        return line + ("" if review.help is None else f"\n    {style.strong('help')}  {_one_line(review.help)}")

    if not approvals.obligations and not approvals.ignored:
        return []
    return [
        style.strong(f"Approvals: {approvals.granted} of {approvals.required}"),
        *first(strongest(approvals.obligations), _SHOWN, asked, _MORE),
        *first(approvals.ignored, _SHOWN, ignored, _MORE),
    ]


def _contributors(verdict: Verdict, style: Style) -> list[str]:
    def shown(index: int) -> str:
        principal, paths = verdict.principals[index], advice.judged_on(verdict, index)
        evidence = ", ".join(first(advice.evidence(principal), 3))
        line = f"  {prose(advice.who(principal))}" + (f": {_one_line(evidence)}" if evidence else "")
        return line + ("" if paths is None else f"\n    {prose(paths)}")

    people = range(len(verdict.principals))
    return [style.strong("Contributors"), *first(people, _SHOWN, shown, _MORE)] if people else []


def _origin(verdict: Verdict, style: Style) -> list[str]:
    return [
        f"{style.strong('Judged')}: {prose(advice.judged(verdict))}",
        f"{style.strong('Policy')}: {prose(advice.policy_files(verdict))}",
        *(f"{style.strong('Note')}: {prose(note)}" for note in advice.remarks(verdict)),
    ]


def _next(steps: Sequence[str], style: Style) -> list[str]:
    return [f"{style.strong('next')}  {prose(step)}" for step in steps]


def _field(name: str, value: str, style: Style) -> str:
    return f"    {style.faint(f'{name:<4}')}  {value}"


_WORD: Final = re.compile(r"`([@\w./][^\s`]*)`")


def prose(message: str) -> str:
    """A sentence of ours for a terminal, without the backticks around what is one word anyway."""
    return for_terminal(_WORD.sub(r"\1", message))


def _one_line(message: str) -> str:
    return for_terminal(shorten(message, _LINE))
