"""The repository's own test cases pass, and reach every rule of its policy."""

from __future__ import annotations

import pytest

from agentowners.cases.compare import compare
from agentowners.cases.coverage import CoverageLevel, coverage
from agentowners.cases.reader import read_cases
from agentowners.cases.rules import RuleBook, told_apart
from agentowners.cases.run import Judged, judge
from agentowners.diagnostics import Source
from agentowners.policy.load import load_policy
from tests.docs.pages import ROOT

_POLICY = ".github/AGENTOWNERS"
_CASES = ".github/agentowners-tests.yml"
FILE = read_cases(Source(_CASES, (ROOT / _CASES).read_bytes()))
POLICY = told_apart(load_policy([Source(_POLICY, (ROOT / _POLICY).read_bytes())]))
JUDGED = judge(FILE.cases, POLICY, FILE.repository)


@pytest.mark.parametrize("judged", [pytest.param(one, id=one.case.title) for one in JUDGED])
def test_a_case_passes(judged: Judged) -> None:
    assert compare(judged, RuleBook(POLICY)).passed


def test_every_rule_decides_somewhere() -> None:
    found = coverage(POLICY, JUDGED)
    assert (found.percent, [one.id for one in found.layers[0].those(CoverageLevel.MATCHES)]) == (100, [])
    assert FILE.warnings == ()
