"""Results of test cases as JUnit XML: a test suite for each file, in the form that CI systems read.

XML 1.0 has no place for most control characters, not even as references: they appear as escapes, as on a terminal.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from agentowners.cases.compare import CaseOutcome, Results
from agentowners.report.shared.diagnostic_text import diagnostics_text
from agentowners.report.shared.escape import printable
from agentowners.report.tests.text import difference, supposed

_NAME: Final = "agentowners"
_UNREADABLE: Final = "the policy and its test cases can be read"


def cases_junit(results: Results) -> str:
    """The report as a document in UTF-8, ending in a newline; where nothing could be run, one test is an error that says why."""
    counts = {"tests": results.passed + results.failed, "failures": results.failed, "errors": 0}
    root = _element(None, "testsuites", name=_NAME, **counts)
    for file in results.files:
        suite = _suite(root, file.path, tests=len(file.outcomes), failures=file.failed)
        for outcome in file.outcomes:
            _case(suite, file.path, outcome)
    if results.message is not None:
        path = results.diagnostics[0].span.path if results.diagnostics else _NAME
        root = _element(None, "testsuites", name=_NAME, tests=1, failures=0, errors=1)
        case = _element(_suite(root, path, tests=1, errors=1), "testcase", classname=path, name=_UNREADABLE)
        details = diagnostics_text(results.diagnostics) or results.message
        _element(case, "error", details, message=results.message, type="unreadable")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, path: str, *, tests: int, failures: int = 0, errors: int = 0) -> ET.Element:
    return _element(root, "testsuite", name=path, tests=tests, failures=failures, errors=errors, skipped=0)


def _case(suite: ET.Element, path: str, outcome: CaseOutcome) -> None:
    case = outcome.case
    line = {} if case.span is None else {"line": case.span.line}
    element = _element(suite, "testcase", classname=path, name=case.title, file=path, **line)
    if outcome.passed:
        return
    expected = case.expected.decision.value
    other = next((path.file.judgement.decision.value for path in outcome.paths if path.decision), None)
    message = f"expected {expected}, the policy says {other}"
    if other is None:
        message = f"{expected} as expected, but not as it should come about"
    _element(element, "failure", "\n".join([supposed(case), *difference(outcome)]), message=message, type="difference")


def _element(parent: ET.Element | None, tag: str, text: str = "", /, **attributes: object) -> ET.Element:
    fields = {name: printable(str(value)) for name, value in attributes.items()}
    element = ET.Element(tag, fields) if parent is None else ET.SubElement(parent, tag, fields)
    element.text = "\n".join(map(printable, text.split("\n"))) or None
    return element
