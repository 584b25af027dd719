"""Types of what ``lint --format json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from agentowners.diagnostics import Severity
from agentowners.documents import Count, Number, one_of, says


class PlaceJson(TypedDict):
    """Place in a policy file; columns count characters from 1, the end is exclusive."""

    path: str
    line: Number
    column: Number
    end_line: Number
    end_column: Number


class RelatedJson(PlaceJson):
    """Other place that explains a finding."""

    message: str


class TextEditJson(PlaceJson):
    """Text to write in a place's stead."""

    text: Annotated[str, says("What stands there afterwards.")]


class FixJson(TypedDict):
    """Edits that mend a finding."""

    summary: str
    edits: Annotated[list[TextEditJson], Meta(min_length=1)]


class LintFindingJson(TypedDict):
    """A finding."""

    id: Annotated[str, says("The check's id, or the kind of error.")]
    severity: Annotated[str, one_of(Severity)]
    message: str
    path: str
    line: Number
    column: Annotated[Number, says("In characters.")]
    end_line: Number
    end_column: Annotated[Number, says("Just after the last character.")]
    source: Annotated[str, says("The text of the first line.")]
    help: str | None
    related: Annotated[list[RelatedJson], says("Other places that explain it.")]
    fix: Annotated[FixJson | None, says("What `--fix` does about it; it changes no decision.")]


class FixedJson(TypedDict):
    """Finding that was mended."""

    id: str
    path: str
    summary: str


class LintSummaryJson(TypedDict):
    """Findings, counted."""

    rules: Annotated[Count, says("Rules that were looked at; 0 where a policy does not parse.")]
    checks: Annotated[Count, says("Checks that looked at them.")]
    errors: Count
    warnings: Count
    notes: Count
    fixable: Annotated[Count, says("Findings that `--fix` mends.")]
    fixed: Annotated[Count, says("Findings that were mended.")]
    meant: Annotated[Count, says("Findings that comments in the policies leave out.")]


class LintJson(TypedDict):
    """Printed by `agentowners lint --format json`. Fields are only ever added, so a reader ignores the ones it
    does not know."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    files: Annotated[list[str], says("The policy files that were looked at, by the names they are known by.")]
    findings: Annotated[list[LintFindingJson], says("By file and place. Where a policy does not parse, its errors.")]
    fixed: Annotated[list[FixedJson], says("What was mended.")]
    remarks: Annotated[list[str], says("What was not looked at, and why.")]
    not_run: NotRequired[
        Annotated[
            dict[str, Number],
            says("How many checks could not run, by what they lacked: the repository's files, or accounts as GitHub knows them."),
        ]
    ]
    summary: LintSummaryJson
