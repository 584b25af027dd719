"""Test cases as YAML, put into a file of which everything else stays as it is, byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Final

from agentowners.cases.model import STANDARD_REF, STATUSES, Case, CaseFile, CasesError, Who
from agentowners.cases.reader import read_cases
from agentowners.change.model import FileChange, Kind, Status, Strength
from agentowners.diagnostics import AgentownersError, Source, Span
from agentowners.engine.path_changes import actions_of
from agentowners.policy.editor_schema import OF_CASES
from agentowners.text.edits import SourceLines, TextEdit
from agentowners.text.problems import Problems
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Mapping, Node, Scalar, compose
from agentowners.yamltext.compose import Sequence as ListNode

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that some YAML reader takes for something else than a text."""
_ESCAPED: Final = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Characters that JSON leaves as they are and YAML cannot hold or a reader cannot see."""
_WIDTH: Final = 100
_HEAD: Final = "version: 1\ntests:\n"
_PASTE: Final = "`--dry-run` prints the cases; put them where they belong by hand"


def append_cases(source: Source, cases: Sequence[Case]) -> bytes:
    """The bytes of a file of test cases with further ones at the end of its list.

    Raises:
        CasesError: the file is not understood as it is.
        AgentownersError: its form leaves no place for them.
    """
    before = read_cases(source)
    data = _inserted(source, cases, before.ref)
    after: CaseFile | None = None
    with suppress(CasesError):
        after = read_cases(Source(source.path, data))
    if after is None or not _as_meant(before, after, cases):
        raise AgentownersError(f"`{source.path}` has a form that nothing can safely be added to", help=_PASTE)
    return data


def new_file(path: str, cases: Sequence[Case], repository: str | None = None) -> bytes:
    """The bytes of a new file of test cases.

    Raises:
        AgentownersError: a case cannot be written down.
    """
    first_line = "" if repository is None else f"repository: {scalar(repository)}\n"
    head = f"{OF_CASES}\n" + _HEAD.replace("tests:", f"{first_line}tests:")
    data = (head + cases_yaml(cases)).encode()
    if not _as_meant(CaseFile(path, (), repository=repository), read_cases(Source(path, data)), cases):
        raise AgentownersError("the cases cannot be written down as they are", help="write them by hand")
    return data


def cases_yaml(cases: Sequence[Case], ref: str = STANDARD_REF, indent: int = 2, *, apart: bool = False) -> str:
    """The items of a list of cases, each line ended and indented by so many blanks, with an empty line before each where they
    stand ``apart``; ``ref`` is that of cases that do not say."""
    if apart:
        return "".join("\n" + cases_yaml([case], ref, indent) for case in cases)
    return "".join(f"{' ' * indent}{line}\n" for case in cases for line in _case(case, ref))


def _as_meant(before: CaseFile, after: CaseFile, cases: Sequence[Case]) -> bool:
    same_settings = (before.policies, before.repository, before.ref) == (after.policies, after.repository, after.ref)
    old, new = after.cases[: len(before.cases)], after.cases[len(before.cases) :]
    same_cases = len(new) == len(cases) and all(case.meaning == other.meaning for case, other in zip(new, cases, strict=True))
    return same_settings and old == before.cases and same_cases


def _inserted(source: Source, cases: Sequence[Case], ref: str) -> bytes:
    text = read_source(source, YAML_REFUSES)
    root = compose(Problems(source, text))
    if not isinstance(root, Mapping):
        return _below(source, len(text.lines), _HEAD + cases_yaml(cases, ref))
    listed = next((value for key, value in root.pairs if isinstance(key, Scalar) and key.text == "tests"), None)
    if listed is None:
        return _below(source, len(text.lines), "tests:\n" + cases_yaml(cases, ref))
    if isinstance(listed, ListNode) and listed.items:
        return _after_last(source, text.lines, listed, cases, ref)
    if isinstance(listed, Scalar) and listed.text == "":
        return _below(source, listed.line, cases_yaml(cases, ref))
    raise AgentownersError(f"the list of test cases in `{source.path}` is empty, in brackets", help="write `tests:` alone")


def _after_last(source: Source, lines: Sequence[str], listed: ListNode, cases: Sequence[Case], ref: str) -> bytes:
    """Behind the last case and the comments that are indented as parts of it."""
    column = _column(lines, listed)
    if column is None:
        raise AgentownersError(
            f"the list of test cases in `{source.path}` stands in brackets", help=f"begin each case with `- `; or {_PASTE}"
        )
    end = listed.items[-1].end_line
    while end < len(lines) and re.match(rf" {{{column + 1},}}#", lines[end]):
        end += 1
    apart = listed.items[1:] != [] and lines[listed.items[-1].line - 2].strip() == ""
    return _below(source, end, cases_yaml(cases, ref, column, apart=apart))


def _column(lines: Sequence[str], listed: Node) -> int | None:
    """Indentation of a list's dashes; None where it has none."""
    line = lines[listed.line - 1]
    before = line[: listed.column - 1]
    return len(before) if line[listed.column - 1 :].startswith("-") and before.strip(" ") == "" else None


def _below(source: Source, line: int, text: str) -> bytes:
    """The bytes of a source with a text below one of its lines, which end as the others do."""
    is_cut_off = line > source.data.count(b"\n") and source.data and not source.data.endswith(b"\n")
    at = Span(source.path, line + 1, 1, line + 1, 1)
    return SourceLines(source).edited([TextEdit(at, f"\n{text}" if is_cut_off else text)]).data


def _case(case: Case, standard: str) -> list[str]:
    fields = [] if case.name is None else [f"name: {_quoted(case.name)}"]
    fields += _who(case.who)
    fields += _list(
        "paths", [_file_entry(path, list(entries)) for path, entries in groupby(case.files, key=lambda file: file.path)]
    )
    if case.ref != standard:
        branch = case.ref.removeprefix("refs/heads/")
        is_branch = branch != case.ref and not branch.startswith("refs/")
        fields.append(f"branch: {scalar(branch)}" if is_branch else f"ref: {scalar(case.ref)}")
    expected = case.expected
    fields.append(f"expect: {expected.decision.value}")
    if expected.rules:
        rules = list(map(scalar, expected.rules))
        fields += [f"rule: {rules[0]}"] if len(rules) == 1 else _list("rule", rules, wide=False)
    if expected.approvals is not None:
        fields.append(f"approvals: {expected.approvals}")
    if expected.approvers is not None:
        fields += _list("approvers", [scalar(str(approver)) for approver in expected.approvers])
    return [f"{'  ' if number else '- '}{field}" for number, field in enumerate(fields)]


def _who(principals: Sequence[Who]) -> list[str]:
    names = [scalar(f"@{principal.name}") for principal in principals]
    strengths = {principal.strength for principal in principals}
    if len(strengths) > 1:
        each = ((name, principal.strength is Strength.VERIFIED) for name, principal in zip(names, principals, strict=True))
        return _list("as", [name if verified else f"{{name: {name}, evidence: asserted}}" for name, verified in each])
    lines = [f"as: {names[0]}"] if len(names) == 1 else _list("as", names)
    return lines if strengths == {Strength.VERIFIED} else [*lines, "evidence: asserted"]


def _file_entry(path: str, entries: Sequence[FileChange]) -> str:
    entry = entries[0]
    if len(entries) == 1 and entry.status is Status.MODIFIED and entry.after is Kind.FILE and "*" not in path:
        return scalar(path)
    fields = [f"path: {scalar(path)}"]
    if entry.previous_path is not None:
        fields.append(f"previous_path: {scalar(entry.previous_path)}")
    fields += _done(entries)
    usual = Kind.UNKNOWN if entry.status is Status.CHANGED else Kind.FILE
    if entry.after is not usual:
        fields.append(f"kind: {entry.after.value}")
    return f"{{{', '.join(fields)}}}"


def _done(entries: Sequence[FileChange]) -> list[str]:
    """Keys for the actions on a path, where they are not the default ones."""
    first = entries[0]
    if len(entries) == 1 and first.status is Status.MODIFIED:
        return []
    if len(entries) == 1 and first.status.value in STATUSES and (first.status is not Status.RENAMED or first.previous_path):
        return [f"status: {first.status.value}"]
    actions = dict.fromkeys(actions_of(entry.status)[-1].value for entry in entries)
    return [f"actions: [{', '.join(actions)}]"]


def _list(key: str, items: Sequence[str], *, wide: bool = True) -> list[str]:
    line = f"{key}: [{', '.join(items)}]"
    if wide and len(line) <= _WIDTH:
        return [line]
    return [f"{key}:", *(f"  - {item}" for item in items)]


def scalar(text: str) -> str:
    """A text as a scalar, also in a list between brackets: by itself where every reader takes it for a text, else in quotes."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else _quoted(text)


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
