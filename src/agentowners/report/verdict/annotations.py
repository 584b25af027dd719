"""A verdict on the lines it is about: check-run annotations, one for each offending path.

A path that cannot be shown, or is not UTF-8, is sent as printable text: GitHub could not show such a file anyway, and would
refuse the whole request for a lone surrogate. In ``raw_details`` it stands exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, assert_never

from agentowners.diagnostics import Diagnostic, Severity
from agentowners.engine.obligations import missing, required
from agentowners.engine.verdict import NoVerdict, Outcome, Verdict
from agentowners.policy.model import Decision
from agentowners.records import record, replace
from agentowners.report.shared.cut import around, shorten, shorten_bytes
from agentowners.report.shared.escape import printable, visible
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.advice import because, next_for, what_was_done, who, withheld
from agentowners.report.verdict.conclusion import TITLE_LIMIT, Enforcement, is_advisory
from agentowners.report.verdict.groups import FileGroup, Level, groups, level
from agentowners.report.verdict.json import Json, file_entry

BATCH: Final = 50
"""Annotations that GitHub takes in one request."""
TEXT_LIMIT: Final = 64 * 1024
"""Bytes of ``message`` and of ``raw_details``."""
_RULES: Final = 3


@record
class Annotation:
    """One annotation, within GitHub's limits."""

    path: str
    start_line: int
    end_line: int
    level: Level
    title: str
    message: str
    raw_details: str

    def payload(self) -> dict[str, str | int]:
        """The annotation as the REST API takes it."""
        return {
            "path": self.path,
            "start_line": self.start_line,
            "end_line": self.end_line,
            "annotation_level": self.level.value,
            "title": self.title,
            "message": self.message,
            "raw_details": self.raw_details,
        }


def annotate(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> tuple[Annotation, ...]:
    """One annotation for each offending path, blocked ones first; for a policy with errors, one on each of its lines.

    A block is a failure, an unmet approval a warning, a met one a notice; where the verdict is only told, a block is a warning
    and the rest are notices.
    """
    if isinstance(outcome, NoVerdict):
        return tuple(_on_policy(diagnostic) for diagnostic in outcome.diagnostics)
    return tuple(_on_files(outcome, enforcement))


def batched(items: Sequence[Annotation], size: int = BATCH) -> Iterator[tuple[Annotation, ...]]:
    """The annotations in the portions that one request may carry."""
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch


def _on_files(verdict: Verdict, enforcement: Enforcement) -> Iterator[Annotation]:
    for group in groups(verdict):
        advisory = is_advisory(verdict, enforcement)
        title = heading(group, advisory=advisory)
        why = _why(group)
        each = replace(group, files=group.files[:1])
        after = [] if group.met else [f"Next: {printable(next_for(each, verdict, advisory=advisory))}"]
        for file in group.files:
            said = f"{printable(who(group.said.principal))}: {what_was_done(file)}"
            lands = because(file)
            reasons = why if lands is None else [f"Why here: {printable(lands)}", *why]
            line = file.first_line or 1
            yield Annotation(
                path=visible(file.path),
                start_line=line,
                end_line=line,
                level=level(verdict, file, enforcement),
                title=title,
                message=shorten_bytes("\n".join([said, *reasons, *after]), TEXT_LIMIT),
                raw_details=_details(file_entry(verdict, file)),
            )


def heading(group: FileGroup, *, advisory: bool) -> str:
    """Decision and rule, in at most 255 characters: ``Blocked by .github/AGENTOWNERS:2``."""
    by = f" by {printable(group.rule.id)}" if group.rule else ""
    needed = required(group.obligations)
    numbers = f" ({needed - missing(group.obligations)} of {needed})" if needed else ""
    match group.said.decision:
        case Decision.BLOCK:
            said = f"Would be blocked{by}" if advisory else f"Blocked{by}"
        case Decision.REQUIRE_APPROVAL:
            asked = f", asked for{by}" if by else ""
            verb = "Approved" if group.met else "Would need approval" if advisory else "Needs approval"
            said = f"{verb}{numbers}{asked}"
        case Decision.ALLOW:
            said = f"Allowed{by}"
        case _:
            assert_never(group.said.decision)
    return shorten(said, TITLE_LIMIT)


def _why(group: FileGroup) -> list[str]:
    lines = []
    for rule in group.said.rules[:_RULES]:
        kind = "Default" if rule.is_default else "Rule"
        lines.append(f"{kind} {printable(shorten(rule.id, 300))}: {printable(shorten(rule.text, 2000))}")
        if rule.reason:
            lines.append(f"Reason: {printable(shorten(rule.reason, 2000))}")
    if len(group.said.rules) > _RULES:
        lines.append(f"and {len(group.said.rules) - _RULES:,} more rules")
    lines += [f"Note: {printable(note)}" for note in (withheld(group), *(o.note for o in group.obligations)) if note is not None]
    return lines


def _on_policy(diagnostic: Diagnostic) -> Annotation:
    span = diagnostic.span
    lines = [printable(diagnostic.message), *([f"Help: {printable(diagnostic.help)}"] if diagnostic.help else [])]
    return Annotation(
        path=visible(span.path),
        start_line=span.line,
        end_line=max(span.line, span.end_line),
        level=_LEVELS[diagnostic.severity],
        title=shorten(f"Policy {diagnostic.severity.value}: {printable(diagnostic.id)}", TITLE_LIMIT),
        message=shorten_bytes("\n".join(lines), TEXT_LIMIT),
        raw_details=shorten_bytes(printable(around(span.text, span.column)), TEXT_LIMIT),
    )


_LEVELS: Final = {Severity.ERROR: Level.FAILURE, Severity.WARNING: Level.WARNING, Severity.NOTE: Level.NOTICE}


def _details(entry: Json) -> str:
    """The entry as JSON within the limit; of what does not fit, less and less, marked with ``"cut": true``."""
    for attempt in (entry, _fewer(entry, 20, 2000), _fewer(entry, 1, 200)):
        text = encode(attempt, indent=1)
        if len(text) <= TEXT_LIMIT:
            return text
    return encode({"path": entry["path"][:1000], "decision": entry["decision"], "cut": True}, indent=1)


def _fewer(entry: Json, number: int, length: int) -> Json:
    def short(value: Any) -> Any:
        return shorten(value, length) if isinstance(value, str) else value

    return {
        "path": entry["path"],
        "actions": entry["actions"],
        "decision": entry["decision"],
        "principal": short(entry["principal"]),
        "rules": [{key: short(value) for key, value in rule.items()} for rule in entry["rules"][:number]],
        "matched": [short(id) for id in entry["matched"][:number]],
        "unprotected": [short(id) for id in entry["unprotected"][:number]],
        "cut": True,
    }
