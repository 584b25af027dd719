"""SARIF 2.1.0, for code scanning and whatever else reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from agentowners import __version__
from agentowners.diagnostics import Severity, Span
from agentowners.report.shared.escape import for_sarif, printable
from agentowners.report.shared.finding import FileLine, Finding
from agentowners.report.shared.json_text import Json, json_document

if TYPE_CHECKING:
    from agentowners.text.edits import TextEdit

SCHEMA_URI: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT: Final = "%SRCROOT%"


def sarif_text(
    tool: str,
    rules: Mapping[str, Json],
    findings: Iterable[Finding],
    *,
    fingerprint: str,
    url: str | None = None,
    failure: str | None = None,
    remarks: Sequence[str] = (),
    configuration: Sequence[Finding] = (),
    properties: Mapping[str, Any] | None = None,
) -> str:
    """The log of one run of a tool, as ASCII text that ends in a newline.

    Args:
        rules: kinds of findings by id, see ``sarif_rule``.
        fingerprint: name and version of the way in which findings are told apart from run to run.
        failure: reason why the run has no result.
        remarks: notes about what was not looked at.
        configuration: findings about the policy's text, where the run is about something else.
    """
    driver: Json = {"name": tool} | _given(informationUri=url)
    driver |= {"rules": [{"id": printable(id)} | rule for id, rule in rules.items()], "semanticVersion": __version__}
    indices = {id: number for number, id in enumerate(rules)}
    notifications = [] if failure is None else [_notification(Severity.ERROR, failure)]
    notifications += [_notification(Severity.NOTE, remark) for remark in remarks]
    invocation = {"executionSuccessful": failure is None} | _given(
        toolExecutionNotifications=notifications,
        toolConfigurationNotifications=[_about_configuration(finding) for finding in configuration],
    )
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, indices, fingerprint) for finding in findings],
    }
    return json_document({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run | _given(properties=properties)]})


def sarif_rule(
    summary: str,
    *,
    description: str | None = None,
    level: Severity | None = None,
    url: str | None = None,
    properties: Mapping[str, Any] | None = None,
) -> Json:
    """A kind of finding, without its id."""
    return {"shortDescription": {"text": for_sarif(summary)}} | _given(
        fullDescription=description and {"text": for_sarif(description)},
        helpUri=url,
        defaultConfiguration=level and {"level": level.value},
        properties=properties,
    )


def artifact_uri(path: str) -> str:
    """A repository-relative path as a relative URI reference (RFC 3986), its bytes percent-encoded."""
    return quote(_bytes(path), safe="/")


def _given(**members: Any) -> Json:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value}


def _result(finding: Finding, indices: Mapping[str, int], fingerprint: str) -> Json:
    apart = " " if finding.message.endswith(".") else ". "
    text = finding.message if finding.help is None else f"{finding.message}{apart}{finding.help}"
    digest = sha256(b"\0".join(map(_bytes, finding.identity))).hexdigest()
    return {
        "ruleId": printable(finding.id),
        "ruleIndex": indices[finding.id],
        "level": finding.level.value,
        "message": {"text": for_sarif(text)},
        "locations": _locations(finding),
        "partialFingerprints": {fingerprint: digest},
    } | _given(
        relatedLocations=[_location(span) | {"message": {"text": for_sarif(words)}} for words, span in finding.related],
        fixes=finding.fix
        and [{"description": {"text": for_sarif(finding.fix.summary)}, "artifactChanges": _changes(finding.fix.edits)}],
        properties=dict(finding.properties),
    )


def _notification(level: Severity, text: str) -> Json:
    return {"level": level.value, "message": {"text": for_sarif(text)}}


def _about_configuration(finding: Finding) -> Json:
    help = f" ({finding.help})" if finding.help else ""
    about = {"descriptor": {"id": printable(finding.id)}} | _notification(finding.level, finding.message + help)
    return about | {"locations": _locations(finding)}


def _locations(finding: Finding) -> list[Json]:
    return [] if finding.location is None else [_location(finding.location)]


def _location(place: Span | FileLine) -> Json:
    region = {"startLine": place.line}
    if isinstance(place, Span):
        region |= {"startColumn": place.column, "endLine": place.end_line, "endColumn": place.end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": artifact_uri(place.path), "uriBaseId": _ROOT}, "region": region}}


def _changes(edits: Iterable[TextEdit]) -> list[Json]:
    """The edits of a fix, those of one file together."""
    changes: dict[str, Json] = {}
    for edit in edits:
        place = _location(edit.span)["physicalLocation"]
        change = changes.setdefault(edit.span.path, {"artifactLocation": place["artifactLocation"], "replacements": []})
        change["replacements"].append({"deletedRegion": place["region"], "insertedContent": {"text": edit.text}})
    return list(changes.values())


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte: not from a repository, but still to be shown
        return text.encode("utf-8", "surrogatepass")
