"""What is fuzzed, and what must hold whatever comes in: each target takes bytes, and raises only where something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

import re2

from agentowners.action.events import EventError, target
from agentowners.change.hunks import first_line, submodule_commits
from agentowners.change.model import Account, AccountType, Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.cli.lists import parse_changes
from agentowners.cli.shell import UsageError
from agentowners.diagnostics import AgentownersError, Diagnostic, PolicyError, Source
from agentowners.engine.facts import NO_FACTS, Unavailable
from agentowners.engine.matcher import Matcher
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Outcome
from agentowners.github.commits import listed_commit
from agentowners.github.files import file_change
from agentowners.github.reading import JsonNode, MalformedError
from agentowners.identity.claims import own_text
from agentowners.identity.commits import trailers
from agentowners.policy.conversion import ConversionRefused
from agentowners.policy.expressions import subject
from agentowners.policy.formatting import Syntax, canonical, parse
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from agentowners.policy.patterns import PathPattern, PatternError
from agentowners.report.shared.diagnostic_text import diagnostic_text
from agentowners.report.verdict.annotations import annotate
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.findings import commands
from agentowners.report.verdict.labels import labels
from agentowners.report.verdict.markdown import job_summary as markdown
from agentowners.report.verdict.sarif import sarif
from agentowners.report.verdict.text import text
from tests.report.documents import to_json

EVENTS: Final = (
    "pull_request_target",
    "merge_group",
    "push",
    "workflow_run",
    "workflow_dispatch",
    "schedule",
    "pull_request_review",
)
assert NO_FACTS == {}
_COPILOT: Final = Account("Copilot", 198982749, AccountType.BOT)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def lines(data: bytes) -> None:
    """A policy in lines is read, printed, decided by, or refused with places."""
    _policy(Source(".github/AGENTOWNERS", data), Syntax.LINE)


def yaml(data: bytes) -> None:
    """The same in YAML."""
    _policy(Source(".agentowners.yml", data), Syntax.YAML)


def _policy(source: Source, syntax: Syntax) -> None:
    layer, diagnostics = parse(source, syntax)
    _check_places(source, diagnostics)
    policy: Policy | None
    try:
        policy = load_policy([source])
    except PolicyError:
        policy = None
    assert (policy is None) == bool(diagnostics)
    if policy is None:
        return
    printed = canonical(layer, syntax)
    again = Source(source.path, printed.encode())
    assert canonical(parse(again, syntax)[0], syntax) == printed
    other = Syntax.YAML if syntax is Syntax.LINE else Syntax.LINE
    try:
        converted = canonical(layer, other)
    except ConversionRefused:
        pass
    else:
        assert parse(Source("x", converted.encode()), other)[0] == layer
    _decide(policy, ("security/x.py", ".env", "docs/\udcff\n"))


def _check_places(source: Source, diagnostics: tuple[Diagnostic, ...]) -> None:
    count = source.data.count(b"\n") + 1
    for diagnostic in diagnostics:
        span = diagnostic.span
        assert 1 <= span.line <= count, span
        assert (span.line, span.column) <= (span.end_line, span.end_column), span
        assert span.column >= 1
        assert "\n" not in diagnostic.message
        shown = diagnostic_text(diagnostic)
        assert _CONTROL.search(shown) is None, shown


def _decide(policy: Policy, paths: tuple[str, ...]) -> Outcome:
    files = tuple(FileChange(path, Status.MODIFIED, None, Kind.FILE, Kind.FILE) for path in paths)
    evidence = (Evidence(Signal.AUTHOR, Strength.VERIFIED, _COPILOT),)
    change = Change(ref="refs/heads/main", files=files, evidence=evidence, author=_COPILOT)
    return inquire(policy, change, lambda need: Unavailable("nobody is asked"))


def patterns(data: bytes) -> None:
    """A pattern is refused, or matches a path alike in the engine and in one plain expression."""
    written, _, path = data.decode("utf-8", "surrogateescape").partition("\n")
    try:
        pattern = PathPattern.parse(written)
    except PatternError as error:
        _must(0 <= error.offset <= len(written))
        return
    assert PathPattern.parse(str(pattern)) == pattern
    segments = [segment for segment in path.replace("\0", "").split("/") if segment]
    if not segments:
        return
    options = re2.Options()
    options.log_errors = False
    plain = re2.compile(pattern.regex(), options)
    matcher = Matcher.of([pattern])
    for asked in ("/".join(segments), "/".join(segments) + "/"):
        assert bool(matcher.match(asked)) == (plain.search(subject(asked)) is not None), (pattern, asked)


def payloads(data: bytes) -> None:
    """A webhook's payload names a target, or is refused in one line."""
    event = EVENTS[data[0] % len(EVENTS)] if data else ""
    value = _json(data[1:])
    if not isinstance(value, dict):
        return
    try:
        target(event, value)
    except EventError as error:
        _must("\n" not in error.message)


def answers(data: bytes) -> None:
    """GitHub's answers become plain data, or are refused."""
    value = _json(data)
    for read in (file_change, listed_commit):
        try:
            read(JsonNode(value))
        except MalformedError as error:
            _must("\n" not in error.message)


def _must(holds: bool) -> None:
    assert holds


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def changes(data: bytes) -> None:
    """A list of paths is read, or refused as a whole."""
    for nul in (False, True):
        try:
            files = parse_changes(data, nul=nul)
        except UsageError:
            continue
        for file in files:
            assert file.path
            assert not file.path.startswith("/")
            assert ".." not in file.path.split("/")


def texts(data: bytes) -> None:
    """Patches, commit messages and descriptions are read whatever they hold."""
    written = data.decode("utf-8", "surrogateescape")
    line = first_line(written)
    assert line is None or line >= 1
    submodule_commits(written)
    for trailer in trailers(written):
        assert "\n" not in str(trailer)
    assert len(own_text(written)) <= len(written)


def reports(data: bytes) -> None:
    """Whatever names are in a verdict, no format lets them out of their place."""
    parts = [part.decode("utf-8", "surrogateescape").replace("\0", "") for part in data.split(b"\0")][:4]
    parts += ["x"] * (4 - len(parts))
    paths = tuple(dict.fromkeys("/".join(s for s in part.split("/") if s) or "x" for part in parts[:2]))
    source = Source(".github/AGENTOWNERS", b"** @agents block # why\n")
    policy = load_policy([source])
    files = tuple(FileChange(path, Status.MODIFIED, None, Kind.FILE, Kind.FILE) for path in paths)
    evidence = (
        Evidence(Signal.AUTHOR, Strength.VERIFIED, _COPILOT),
        Evidence(
            Signal.COMMIT_AUTHOR, Strength.ASSERTED, Account(parts[2], 5, AccountType.USER), parts[3], parts[2], where=parts[3]
        ),
    )
    change = Change(
        ref=f"refs/heads/{parts[3]}", files=files, evidence=evidence, author=_COPILOT, repository="acme/shop", pull_request=1
    )
    try:
        outcome: Outcome = inquire(policy, change, lambda need: Unavailable("nobody is asked"))
    except AgentownersError:
        return
    for enforcement in Enforcement:
        _check_formats(outcome, enforcement)


def _check_formats(outcome: Outcome, enforcement: Enforcement) -> None:
    assert _CONTROL.search(text(outcome, enforcement)) is None
    assert _CONTROL.search(markdown(outcome, enforcement)) is None
    for command in commands(outcome, enforcement):
        assert re.match(r"::(error|warning|notice) ", command), command
        assert "\n" not in command
        assert "\r" not in command
    json.dumps(to_json(outcome, enforcement))
    assert sarif(outcome, enforcement).isascii()
    for annotation in annotate(outcome, enforcement):
        assert _CONTROL.search(annotation.message) is None
    assert all(len(label) <= 50 for label in labels(outcome, enforcement, "agentowners"))


def cases(data: bytes) -> None:
    """Test cases are read, or refused with places."""
    from agentowners.cases.model import CasesError
    from agentowners.cases.reader import read_cases

    source = Source("agentowners-tests.yml", data)
    try:
        read_cases(source)
    except CasesError as error:
        _check_places(source, error.diagnostics)


def owners(data: bytes) -> None:
    """CODEOWNERS is read line by line, and a line that is not understood is left out."""
    from agentowners.convert.codeowners import parse as parse_owners

    for entry in parse_owners(data, frozenset()).entries:
        assert PathPattern.parse(str(entry.pattern)) == entry.pattern


def lint(data: bytes) -> None:
    """Whatever policy loads can be linted, and every finding has a place in it."""
    from agentowners.lint.model import LintFacts, LintSubject
    from agentowners.lint.run import find

    name = ".agentowners.yml" if data[:1] == b"Y" else "AGENTOWNERS"
    source = Source(name, data[1:])
    try:
        policy = load_policy([source])
    except PolicyError:
        return
    for facts in (
        LintFacts(),
        LintFacts(files=lambda: ("src/a.py", "docs/b/c.md", "package.json", "web/package.json"), against=True),
    ):
        _check_places(source, tuple(finding.diagnostic for finding in find(LintSubject(policy, facts))))


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    function.__name__: function
    for function in (lines, yaml, patterns, payloads, answers, changes, texts, reports, cases, owners, lint)
}
