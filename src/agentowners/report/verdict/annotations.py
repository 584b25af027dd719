"""A verdict on the lines it is about: check-run annotations, one for each offending path.

A path that cannot be shown, or is not UTF-8, is sent as printable text: GitHub could not show such a file anyway, and would
refuse the whole request for a lone surrogate. In ``raw_details`` it stands exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, to_builtins

from agentowners.diagnostics import Severity, Span
from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.shared.cut import around, shorten, shorten_bytes
from agentowners.report.shared.escape import printable, visible
from agentowners.report.shared.finding import FileLine, Finding, of_diagnostic
from agentowners.report.shared.json_text import Json, encode
from agentowners.report.verdict.conclusion import TITLE_LIMIT, Enforcement
from agentowners.report.verdict.findings import verdict_findings
from agentowners.report.verdict.json import Denials, file_entry

TEXT_LIMIT: Final = 64 * 1024
"""Bytes of ``message`` and of ``raw_details``."""
_LEVELS: Final = {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class Annotation(Struct, frozen=True, rename={"level": "annotation_level"}):
    """One annotation, within GitHub's limits."""

    path: str
    start_line: int
    end_line: int
    level: Severity
    title: str
    message: str
    raw_details: str

    def payload(self) -> dict[str, str | int]:
        """The annotation as the REST API takes it."""
        members: dict[str, str | int] = to_builtins(self)
        return members | {"annotation_level": _LEVELS[self.level]}


def annotate(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> tuple[Annotation, ...]:
    """One annotation for each offending path, blocked ones first; for a policy with errors, one on each of its lines."""
    if isinstance(outcome, NoVerdict):
        return tuple(
            _annotation(
                of_diagnostic(diagnostic), diagnostic.span, printable(around(diagnostic.span.text, diagnostic.span.column))
            )
            for diagnostic in outcome.diagnostics
        )
    denials = Denials(outcome)
    return tuple(
        _annotation(finding, finding.location, _details(file_entry(outcome, file, denials)))
        for file, finding in verdict_findings(outcome, enforcement)
        if finding.location is not None
    )


def _annotation(finding: Finding, place: Span | FileLine, details: str) -> Annotation:
    return Annotation(
        path=visible(place.path),
        start_line=place.line,
        end_line=max(place.line, place.end_line) if isinstance(place, Span) else place.line,
        level=finding.level,
        title=shorten(printable(finding.title), TITLE_LIMIT),
        message=shorten_bytes("\n".join(map(printable, finding.lines)), TEXT_LIMIT),
        raw_details=shorten_bytes(details, TEXT_LIMIT),
    )


def _details(entry: Mapping[str, Any]) -> str:
    """The entry as JSON within the limit; of what does not fit, less and less, marked with ``"cut": true``."""
    for attempt in (entry, _fewer(entry, 20, 2000), _fewer(entry, 1, 200)):
        text = encode(attempt, indent=1)
        if len(text) <= TEXT_LIMIT:
            return text
    return encode({"path": entry["path"][:1000], "decision": entry["decision"], "cut": True}, indent=1)


def _fewer(entry: Mapping[str, Any], number: int, length: int) -> Json:
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
