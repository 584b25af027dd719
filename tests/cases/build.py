"""Short ways to write policies and test cases in tests."""

from __future__ import annotations

from agentowners.cases.compare import CaseOutcome, compare
from agentowners.cases.model import CaseFile, CasesError
from agentowners.cases.reader import read_cases
from agentowners.cases.rules import RuleBook, told_apart
from agentowners.cases.run import judge
from agentowners.diagnostics import Source
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy

PATH = ".github/agentowners-tests.yml"


def policy(*texts: str, yaml: str | None = None) -> Policy:
    """A policy of one layer or several, in the line syntax, or of one in YAML."""
    sources = [Source(f"layer{index}" if index else "AGENTOWNERS", t.encode()) for index, t in enumerate(texts)]
    sources += [] if yaml is None else [Source(".agentowners.yml", yaml.encode())]
    return told_apart(load_policy(sources))


def cases(text: str) -> CaseFile:
    """A file of test cases."""
    return read_cases(Source(PATH, text.encode("utf-8", "surrogateescape")))


def case(text: str) -> CaseFile:
    """A file with one case, given by its keys."""
    lines = text.strip("\n").split("\n")
    return cases("tests:\n" + "".join(f"  {'  ' if number else '- '}{line}\n" for number, line in enumerate(lines)))


def errors(text: str) -> list[str]:
    """What is wrong with a file: places and messages."""
    try:
        cases(text)
    except CasesError as error:
        return [f"{d.span.line}:{d.span.column}: {d.message}" for d in error.diagnostics]
    return []


def run(text: str, *policies: str, repository: str | None = None) -> list[CaseOutcome]:
    """The outcomes of a file's cases."""
    held = policy(*policies)
    return [compare(one, RuleBook(held)) for one in judge(cases(text).cases, held, repository)]


def outcome(text: str, *policies: str) -> CaseOutcome:
    """The outcome of one case, given by its keys."""
    held = policy(*policies)
    (judged,) = judge(case(text).cases, held)
    return compare(judged, RuleBook(held))
