"""Offending files of a verdict as findings, the policy's rules behind them, and both as workflow commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from agentowners.engine.ruling import missing, required
from agentowners.engine.verdict import AppliedRule, FileDecision, NoVerdict, Outcome, Verdict
from agentowners.policy.model import Decision
from agentowners.report.shared.commands import workflow_commands
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import printable
from agentowners.report.shared.finding import FileLine, Finding, of_diagnostic
from agentowners.report.verdict.advice import because, full, next_for, next_steps, sentence, what_was_done, who, withheld
from agentowners.report.verdict.conclusion import TITLE_LIMIT, Enforcement, conclude, is_advisory
from agentowners.report.verdict.groups import FileGroup, groups, level, state

UNNAMED = "agentowners"
"""Id of a finding that no rule of the policy carries."""
_RULES = 3
"""Rules shown of each finding."""
_TEXT, _ID = 2000, 300
"""Longest text and id of a rule shown, in characters."""


def verdict_findings(verdict: Verdict, enforcement: Enforcement = Enforcement.ACTIVE) -> Iterator[tuple[FileDecision, Finding]]:
    """Each offending file with its finding, blocked ones first.

    A block is an error, an unmet approval a warning, a met one a note; where the verdict is only told, a block is a warning and
    the rest are notes.
    """
    advisory = is_advisory(verdict, enforcement)
    listed = groups(verdict)
    ids = rule_ids(listed)
    for group in listed:
        title, why = heading(group, advisory=advisory), _why(group)
        id = ids[group.rule] if group.rule else UNNAMED
        each = replace(group, files=group.files[:1])
        step = None if group.met else next_for(each, verdict, advisory=advisory)
        principal = group.said.principal
        for file in group.files:
            effect, lands = what_was_done(file), because(file)
            yield (
                file,
                Finding(
                    id=id,
                    level=level(verdict, file, enforcement),
                    title=title,
                    message=_message(group, file, title),
                    location=FileLine(file.path, file.first_line or 1),
                    help=None if step is None else f"Next: {step}.",
                    details=(
                        f"{who(principal)}: {effect}",
                        *([] if lands is None else [f"Why here: {lands}"]),
                        *why,
                        *([] if step is None else [f"Next: {step}"]),
                    ),
                    identity=(file.path, group.said.decision.value, id),
                    properties={
                        "decision": group.said.decision.value,
                        "principal": printable(principal.name) if principal else None,
                        "actions": [action.value for action in file.actions],
                        "rules": [ids[rule] for rule in group.said.rules],
                    },
                ),
            )


def rule_ids(listed: Iterable[FileGroup]) -> dict[AppliedRule, str]:
    """An id for each rule that carries a decision, its own where no other layer uses the same."""
    ids: dict[AppliedRule, str] = {}
    used_ids: set[str] = set()
    for rule in (rule for group in listed for rule in group.said.rules):
        if rule in ids:
            continue
        id, number = printable(rule.id), 1
        while id in used_ids:
            number += 1
            id = f"{printable(rule.source)}:{printable(rule.id)}" + (f"#{number}" if number > 2 else "")
        ids[rule] = id
        used_ids.add(id)
    return ids


def heading(group: FileGroup, *, advisory: bool) -> str:
    """Decision and rule, in at most 255 characters: ``Blocked by .github/AGENTOWNERS:2``."""
    by = f" by {printable(group.rule.id)}" if group.rule else ""
    needed = required(group.obligations)
    numbers = f" ({needed - missing(group.obligations)} of {needed})" if needed else ""
    suffix = ", asked for" if by and group.said.decision is not Decision.BLOCK else ""
    return shorten(f"{state(group, advisory=advisory)}{numbers}{suffix}{by}", TITLE_LIMIT)


def _message(group: FileGroup, file: FileDecision, title: str) -> str:
    reason = f" {shorten(group.rule.reason, 1000)}." if group.rule and group.rule.reason else ""
    lands = because(file)
    why_here = "" if lands is None else f" {full(lands)}"
    return f"{title}: {what_was_done(file)} by {who(group.said.principal)}.{why_here}{reason}"


def _why(group: FileGroup) -> list[str]:
    lines = []
    for rule in group.said.rules[:_RULES]:
        kind = "Default" if rule.is_default else "Rule"
        lines.append(f"{kind} {shorten(rule.id, _ID)}: {shorten(rule.text, _TEXT)}")
        if rule.reason:
            lines.append(f"Reason: {shorten(rule.reason, _TEXT)}")
    lines += [f"and {len(group.said.rules) - _RULES:,} more rules"] if len(group.said.rules) > _RULES else []
    return lines + [f"Note: {note}" for note in (withheld(group), *(o.note for o in group.obligations)) if note is not None]


def commands(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> tuple[str, ...]:
    """The lines to print, without line ends, where no check run can be written: the outcome, then the offending files; at most
    ten of each level in all."""
    concluded, text = conclude(outcome, enforcement), sentence(outcome, enforcement)
    steps: tuple[str, ...] = ()
    if isinstance(outcome, NoVerdict):
        steps, findings = next_steps(outcome), list(map(of_diagnostic, outcome.diagnostics))
    else:
        findings = [finding for _, finding in verdict_findings(outcome, enforcement)]
    level = concluded.conclusion.severity
    first = Finding(id="verdict", level=level, title=concluded.title, message=text, details=(text, *steps))
    return workflow_commands([first, *findings])
