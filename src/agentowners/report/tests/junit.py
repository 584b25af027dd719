"""How test cases ended, as JUnit XML: a test suite for each file, in the form that CI systems read.

XML 1.0 has no place for most control characters, not even as references: they appear as escapes, as on a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.cases.compare import CaseOutcome, FileOutcome, Results
from agentowners.diagnostics import Diagnostic
from agentowners.report.shared.diagnostic_text import diagnostic_text
from agentowners.report.shared.escape import printable
from agentowners.report.tests.text import difference, supposed

_MARKUP: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_SPECIAL: Final = re.compile("[&<>\"']")
_NAME: Final = "agentowners"


def cases_junit(results: Results) -> str:
    """The report as a document in UTF-8, ending in a newline."""
    attributes = {"name": _NAME, "tests": results.passed + results.failed, "failures": results.failed, "errors": 0}
    return _document(attributes, (line for file in results.files for line in _suite(file)))


def error_junit(message: str, diagnostics: Sequence[Diagnostic], path: str) -> str:
    """The report of cases that could not be run: one test that is an error, and says why."""
    name = "the policy and its test cases can be read"
    details = "\n\n".join(diagnostic_text(diagnostic) for diagnostic in diagnostics) or message
    body = [
        _open("testsuite", {"name": path, "tests": 1, "failures": 0, "errors": 1, "skipped": 0}, 2),
        _open("testcase", {"classname": path, "name": name}, 4),
        f"{_tag('error', {'message': message, 'type': 'unreadable'}, 6)}>{_lines(details)}</error>\n",
        "    </testcase>\n",
        "  </testsuite>\n",
    ]
    return _document({"name": _NAME, "tests": 1, "failures": 0, "errors": 1}, body)


def _document(attributes: dict[str, object], body: Iterator[str] | list[str]) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' + _open("testsuites", attributes, 0)
    return head + "".join(body) + "</testsuites>\n"


def _suite(file: FileOutcome) -> Iterator[str]:
    total = len(file.outcomes)
    yield _open("testsuite", {"name": file.path, "tests": total, "failures": file.failed, "errors": 0, "skipped": 0}, 2)
    for outcome in file.outcomes:
        yield from _case(file.path, outcome)
    yield "  </testsuite>\n"


def _case(path: str, outcome: CaseOutcome) -> Iterator[str]:
    case = outcome.case
    attributes: dict[str, object] = {"classname": path, "name": case.title, "file": path}
    if case.span is not None:
        attributes["line"] = case.span.line
    if outcome.passed:
        yield f"{_tag('testcase', attributes, 4)}/>\n"
        return
    yield _open("testcase", attributes, 4)
    expected = case.expected.decision.value
    other = [d.file.judgement.decision.value for d in outcome.paths if d.decision]
    said = (
        f"expected {expected}, the policy says {other[0]}"
        if other
        else f"{expected} as expected, but not as it should come about"
    )
    details = "\n".join([supposed(case), *difference(outcome)])
    yield f"{_tag('failure', {'message': said, 'type': 'difference'}, 6)}>{_lines(details)}</failure>\n"
    yield "    </testcase>\n"


def _open(name: str, attributes: dict[str, object], indent: int) -> str:
    return f"{_tag(name, attributes, indent)}>\n"


def _tag(name: str, attributes: dict[str, object], indent: int) -> str:
    said = "".join(f' {key}="{_text(str(value))}"' for key, value in attributes.items())
    return f"{' ' * indent}<{name}{said}"


def _lines(text: str) -> str:
    return "\n".join(map(_text, text.split("\n")))


def _text(text: str) -> str:
    return _SPECIAL.sub(lambda found: _MARKUP[found[0]], printable(text))
