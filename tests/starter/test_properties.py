"""Whatever the repository, the proposal is right by our own tools."""

from __future__ import annotations

import random

import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.cases.compare import compare
from agentowners.cases.coverage import coverage
from agentowners.cases.reader import read_cases
from agentowners.cases.rules import RuleBook
from agentowners.cases.run import judge
from agentowners.convert.codeowners import OwnersLine, parse
from agentowners.diagnostics import Severity, Source
from agentowners.engine.matcher import Matcher
from agentowners.lint.model import LintFacts, LintSubject
from agentowners.lint.run import find
from agentowners.policy.formatting import Syntax, canonical
from agentowners.policy.load import load_policy, parse_source
from agentowners.policy.model import ApprovalSettings, Policy
from agentowners.starter.files import cases_text, gate_text, lines_text, yaml_text
from agentowners.starter.model import OwnersFile, Proposal, Survey
from agentowners.starter.owners import owner_rules
from agentowners.starter.propose import AHEAD, ONE_LEVEL, ROOTED, propose
from tests.examples import examples
from tests.starter.repositories import paths, surveys

_MANY = examples(15)
_OWNED = Survey(
    files=("Dockerfilex", "src/Dockerfilex"),
    owners=OwnersFile(".github/CODEOWNERS", b"* @octo\nmode pat@example.com\n/migrations pat@example.com\n/* @octo"),
    default_branch="main",
)
"""Patterns that are a keyword, and that only something below them can reach."""


def load(proposal: Proposal) -> Policy:
    return load_policy([Source(".github/AGENTOWNERS", lines_text(proposal).encode())])


@_MANY
@given(surveys, st.booleans())
@example(_OWNED, True)
def test_both_syntaxes_say_what_is_proposed_without_a_warning(survey: Survey, teams: bool) -> None:
    proposal = propose(survey, teams=teams)
    assert teams or not any("/" in approver.text for rule in proposal.rules for approver in rule.outcome.approvers)
    lines = load(proposal)
    in_yaml = load_policy([Source(".agentowners.yml", yaml_text(proposal).encode())])
    assert lines.layers[0].rules == proposal.rules == in_yaml.layers[0].rules
    assert lines.layers[0] == in_yaml.layers[0]
    assert lines.diagnostics == in_yaml.diagnostics == ()
    assert all(rule.reason for rule in proposal.rules)


@_MANY
@given(surveys)
def test_fmt_would_change_nothing(survey: Survey) -> None:
    proposal = propose(survey)
    for syntax, name, text in (
        (Syntax.LINE, ".github/AGENTOWNERS", lines_text(proposal)),
        (Syntax.YAML, ".agentowners.yml", yaml_text(proposal)),
    ):
        source = Source(name, text.encode())
        assert canonical(parse_source(source)[0], syntax) == text


@_MANY
@given(surveys)
def test_who_works_alone_needs_to_take_a_hash_away(survey: Survey) -> None:
    proposal = propose(replace(survey, people=1))
    for name, text, line in (
        (".github/AGENTOWNERS", lines_text(proposal), "approvals requester_counts=true"),
        (".agentowners.yml", yaml_text(proposal), "approvals: {requester_counts: true}"),
    ):
        assert text.count(f"# {line}\n") == 1
        policy = load_policy([Source(name, text.replace(f"# {line}", line).encode())])
        assert policy.layers[0] == replace(load(proposal).layers[0], approvals=ApprovalSettings(requester_counts=True))


@_MANY
@given(surveys)
def test_lint_finds_nothing_in_it(survey: Survey) -> None:
    proposal = propose(survey)
    for source in (
        Source(".github/AGENTOWNERS", lines_text(proposal).encode()),
        Source(".agentowners.yml", yaml_text(proposal).encode()),
    ):
        subject = LintSubject(load_policy([source]), LintFacts(files=lambda: survey.files, against=True))
        findings = [one.diagnostic for one in find(subject) if one.diagnostic.severity is not Severity.NOTE]
        assert findings == [], lines_text(proposal)


@_MANY
@given(surveys)
@example(_OWNED)
def test_its_cases_pass_and_reach_every_rule(survey: Survey) -> None:
    proposal = propose(survey)
    policy = load(proposal)
    read = read_cases(Source(".github/agentowners-tests.yml", cases_text(proposal, survey.default_branch).encode()))
    assert not read.warnings
    judged = judge(read.cases, policy)
    failed = [one.case.title for one in judged if not compare(one, RuleBook(policy)).passed]
    assert failed == []
    assert coverage(policy, judged).percent == 100
    assert len({case.name for case in read.cases}) == len(read.cases)


@_MANY
@given(surveys)
def test_the_same_repository_gets_the_same_bytes(survey: Survey) -> None:
    files = list(survey.files)
    random.Random(7).shuffle(files)
    one, other = propose(survey), propose(replace(survey, files=tuple(files)))
    assert lines_text(one) == lines_text(other)
    assert cases_text(one, survey.default_branch) == cases_text(other, survey.default_branch)


@_MANY
@given(surveys)
def test_nothing_in_it_can_trick_a_terminal_or_a_reader(survey: Survey) -> None:
    proposal = propose(survey)
    for text in (lines_text(proposal), yaml_text(proposal), cases_text(proposal, survey.default_branch)):
        assert all(line.isprintable() for line in text.split("\n"))
        ignored = [line for line in text.split("\n") if "lint:" in line and "ignore" in line]
        assert all(line.strip().removeprefix("# ") in (AHEAD, ONE_LEVEL, ROOTED) for line in ignored)


@_MANY
@given(surveys, paths)
def test_nobody_is_asked_whom_codeowners_does_not_ask(survey: Survey, new: str) -> None:
    """Also about files that are not there yet. Held against the plainest reading: the last line that matches."""
    if survey.owners is None:
        return
    read = parse(survey.owners.data, frozenset())
    rules = owner_rules(survey.owners, survey.files, frozenset({"copilot", "dependabot"}), bool, propose(survey).rules[0]).rules
    used = {_deciding(read.entries, path) for path in survey.files}
    for path in (*survey.files, new):
        asked = [rule for rule in rules if _covers(rule.patterns, path)]
        deciding = _deciding(read.entries, path)
        owners = () if deciding is None else read.entries[deciding].owners
        assert len({frozenset(a.key for a in rule.outcome.approvers) for rule in asked}) <= 1
        if owners and deciding not in used:
            continue  # the line decides about no file yet, and is left out: whom the lines before it name is asked
        for rule in asked:
            assert {a.key for a in rule.outcome.approvers} <= {owner.key for owner in owners}
            assert rule.outcome.count == 1


def _deciding(entries: tuple[OwnersLine, ...], path: str) -> int | None:
    return next((index for index, entry in reversed(list(enumerate(entries))) if _matches(entry.pattern, path)), None)


def _covers(patterns: tuple[object, ...], path: str) -> bool:
    from agentowners.policy.patterns import PathPattern

    known = [pattern for pattern in patterns if isinstance(pattern, PathPattern)]
    return any(not p.negative and _matches(p, path) for p in known) and not any(p.negative and _matches(p, path) for p in known)


def _matches(pattern: object, path: str) -> bool:
    from agentowners.policy.patterns import PathPattern

    assert isinstance(pattern, PathPattern)
    return bool(Matcher.of([pattern]).match(path))


@_MANY
@given(surveys)
def test_the_gate_is_about_the_default_branch(survey: Survey) -> None:
    workflow = yaml.safe_load(gate_text(survey.default_branch))
    (branch,) = workflow[True]["push"]["branches"]
    assert branch.replace("\\", "") == survey.default_branch
