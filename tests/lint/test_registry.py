"""A check is a function in a module of its theme, a file of tests and a heading of the documentation: three files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentowners.diagnostics import Source
from agentowners.lint.model import AccountStatus, Check, LintFacts, LintFinding, LintSubject
from agentowners.lint.registry import CHECKS
from agentowners.lint.run import find
from agentowners.policy.load import load_policy
from agentowners.report.lint.findings import DOCUMENTATION
from tests.docs import shop
from tests.docs.pages import ROOT, page
from tests.docs.policies import in_force, is_policy

PAGE = page("docs/commands/lint.md")
SECTIONS = {heading: line for line, heading in PAGE.headings if heading in {check.id for check in CHECKS}}
MODULES = {path.stem for path in (ROOT / "src/agentowners/lint/checks").glob("*.py")} - {"__init__"}
REGISTRY = ROOT / "src/agentowners/lint/registry.py"
TESTS = {path.stem.removeprefix("test_") for path in Path(__file__).parent.joinpath("checks").glob("test_*.py")}

MORE_FILES = {"root-anchored-manifest": ("web/package.json",)}
"""What the session of a section adds to the shop."""
ASKED = {"octocta": AccountStatus.MISSING, "acme/sree": AccountStatus.MISSING}
"""What GitHub would say of names on the page."""


def example(check: Check, *, against: bool) -> tuple[LintFinding, ...]:
    """What there is to find in the policy that a section shows."""
    line = next(block.line for block in PAGE.blocks if block.line > SECTIONS[check.id] and is_policy(block))
    files = (*(shop.MAIN | shop.CHANGED), *MORE_FILES.get(check.id, ()))
    facts = LintFacts(lambda: files, against, owner="acme", standings=ASKED)
    sources = [Source(path, text.encode()) for path, text in in_force(PAGE, line + 1).items()]
    return find(LintSubject(load_policy(sources), facts))


def test_the_registry_is_what_there_is() -> None:
    names = [check.id.replace("-", "_") for check in CHECKS]
    assert [check.run.__name__ for check in CHECKS] == names
    assert len(set(names)) == len(names)
    assert set(names) == TESTS
    assert {check.run.__module__.rpartition(".")[2] for check in CHECKS} == {*MODULES, "registry"}


def test_a_check_changes_three_files() -> None:
    """Its module, its tests and the page: ``make docs`` writes the rest, and the registry names modules alone."""
    registry = REGISTRY.read_text("utf-8")
    in_modules = [check for check in CHECKS if check.id != "unknown-check"]
    assert not [check.id for check in in_modules if check.id in registry or check.run.__name__ in registry]


def test_the_page_has_a_heading_for_each_in_the_same_order() -> None:
    assert list(SECTIONS) == [check.id for check in CHECKS]
    assert (ROOT / "docs/commands/lint.md").as_posix().endswith(DOCUMENTATION.partition("/blob/main/")[2])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_example_of_a_section_has_this_mistake_and_no_other(check: Check) -> None:
    found = example(check, against=False)
    assert {finding.diagnostic.id for finding in found} == {check.id}
    assert all(finding.diagnostic.severity is check.severity for finding in found)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_its_words_keep_the_style(check: Check) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", check.id)
    for text in (check.summary, *(f.diagnostic.message for f in example(check, against=True))):
        assert text
        assert "\n" not in text
        assert not text.endswith(".")
        assert text[0] in "`@" or text[0].islower() or text.startswith("U+")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_nothing_is_found_where_there_is_nothing(check: Check) -> None:
    assert list(check.run(LintSubject(load_policy([])))) == []
    plain = load_policy([Source("AGENTOWNERS", b"/a @agents block\n")])
    assert list(check.run(LintSubject(plain, LintFacts(lambda: ("a",), True)))) == []
