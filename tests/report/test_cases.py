"""How the outcomes of test cases are said: text, JSON and JUnit XML, with hostile names in all of them."""

from __future__ import annotations

import json
import shlex
import subprocess
import xml.etree.ElementTree as ET
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agentowners.cases.compare import FileOutcome, Results, compare
from agentowners.cases.coverage import coverage
from agentowners.cases.model import Case, CasesError, Expectation, Who
from agentowners.cases.rules import RuleBook
from agentowners.cases.run import judge
from agentowners.change.model import FileChange, Kind, Status, Strength
from agentowners.policy.model import Decision
from agentowners.report.shared.shell_words import shell_word
from agentowners.report.shared.style import Style
from agentowners.report.tests.github import cases_commands
from agentowners.report.tests.json import cases_json
from agentowners.report.tests.junit import cases_junit
from agentowners.report.tests.text import cases_text, explain_command
from tests.cases.build import PATH, cases, policy
from tests.report import golden

SCHEMA: dict[str, Any] = json.loads((files("agentowners") / "schemas" / "test-1.schema.json").read_text("utf-8"))
POLICY = """\
/security/ .env*  @agents  block  id=no-keys  # keys and secrets
/infra/  @agents  require_approval(2) @acme/sre  # what runs in production
/docs/  @agents  allow
/docs/legal/  @agents  require_approval
default  @bots  block
"""
CASES = """\
tests:
  - name: agents keep out of the keys
    paths: [security/keys.py]
    expect: block
    rule: no-keys
  - name: keys need one person
    as: "@copilot"
    evidence: asserted
    paths: [security/keys.py, .env, {path: notes.md, previous_path: "security/no tes.md", status: renamed}]
    branch: release
    expect: require_approval
    rule: no-key
    approvals: 1
  - name: infrastructure needs the platform team
    paths: [infra/network.tf]
    expect: require_approval
    approvals: 3
    approvers: ["@acme/platform"]
  - paths: [docs/legal/terms.md]
    expect: require_approval
    rule: /docs/ @agents allow
"""


def results(text: str = CASES, *, covered: bool = False, held: str = POLICY, policies: tuple[str, ...] = ()) -> Results:
    rules = policy(held)
    judged = judge(cases(text).cases, rules)
    outcomes = tuple(compare(one, RuleBook(rules)) for one in judged)
    return Results((FileOutcome(PATH, outcomes, policies),), ("AGENTOWNERS",), coverage(rules, judged) if covered else None)


def unrun(error: CasesError) -> Results:
    return Results((), (), diagnostics=error.diagnostics, message=error.message)


def text(found: Results, **more: Any) -> str:
    return cases_text(found, standard="refs/heads/main", **more)


def test_text() -> None:
    golden.check("cases.txt", text(results(covered=True)))
    golden.check("cases-verbose.txt", text(results(policies=("my policy",)), verbose=True))
    golden.check("cases-color.txt", text(results(), style=Style(color=True), verbose=True))


def test_junit() -> None:
    golden.check("cases.junit.xml", cases_junit(results()))


def test_github() -> None:
    shown = cases_commands(results())
    assert len(shown) == results().failed > 0
    failing = [outcome.case for file in results().files for outcome in file.outcomes if not outcome.passed]
    assert failing[0].span is not None
    assert shown[0].startswith(f"::error file={PATH},line={failing[0].span.line},title=Test case%3A ")
    assert "expected" in shown[0]
    with pytest.raises(CasesError) as caught:
        cases("tests: [x]")
    (line,) = cases_commands(unrun(caught.value))
    assert line.startswith(f"::error file={PATH},line=1,title=Test cases%3A ")
    assert cases_commands(Results((), (), message="no cases")) == ("::error title=Nothing was tested::no cases",)


def test_json() -> None:
    golden.check("cases.json", cases_json(results(covered=True)))


def test_the_schema_is_one_and_reports_follow_it() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(cases_json(results(covered=True))))
    with pytest.raises(CasesError) as caught:
        cases("tests: [x]")
    report = json.loads(cases_json(unrun(caught.value)))
    Draft202012Validator(SCHEMA).validate(report)
    assert report["message"] == caught.value.message


def check_junit(document: str) -> ET.Element:
    """What readers of JUnit XML rely on: counts that are right, and names where they are looked for."""
    root = ET.fromstring(document.encode())
    assert root.tag == "testsuites"
    suites = root.findall("testsuite")
    for suite in suites:
        found = suite.findall("testcase")
        assert suite.get("name")
        assert int(suite.get("tests", "")) == len(found)
        assert int(suite.get("failures", "")) == sum(case.find("failure") is not None for case in found)
        assert int(suite.get("errors", "")) == sum(case.find("error") is not None for case in found)
        assert int(suite.get("skipped", "")) == 0
        for case in found:
            assert case.get("name")
            assert case.get("classname")
            assert [child.tag for child in case] in ([], ["failure"], ["error"])
            assert all(child.get("message") and child.get("type") for child in case)
    for count in ("tests", "failures", "errors"):
        assert int(root.get(count, "")) == sum(int(suite.get(count, "")) for suite in suites)
    return root


def test_junit_has_what_its_readers_rely_on() -> None:
    root = check_junit(cases_junit(results()))
    first, second, *_ = root.iter("testcase")
    assert (first.get("file"), first.get("line"), list(first)) == (PATH, "2", [])
    (failure,) = second
    assert failure.get("message") == "expected require_approval, the policy says block"
    assert failure.text is not None
    assert "the policy has no rule `no-key`; did you mean `no-keys`?" in failure.text


def test_what_cannot_be_run_is_an_error_in_junit() -> None:
    with pytest.raises(CasesError) as caught:
        cases("tests: [x]")
    root = check_junit(cases_junit(unrun(caught.value)))
    (error,) = root.iter("error")
    assert error.text is not None
    assert "1 | tests: [x]" in error.text


HOSTILE = st.text(
    st.sampled_from(list("a]>&<\"'`-\\ \n\r\t\x00\x1b\x7f\x85\u202e\u2028\ufeff\ufffe\U0001f600#[:;")) | st.characters(),
    min_size=1,
).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))


@given(HOSTILE, HOSTILE, st.sampled_from(Decision))
def test_hostile_names_and_paths_break_no_format(name: str, path: str, decision: Decision) -> None:
    rules = policy("** @agents block id=x # <]]>&\n")
    change = (FileChange(path, Status.MODIFIED, None, Kind.FILE, Kind.FILE),)
    one = Case((Who("copilot", Strength.ASSERTED),), change, "refs/heads/main", Expectation(decision, (name,)), name)
    (judged,) = judge([one], rules)
    found = Results((FileOutcome(PATH, (compare(judged, RuleBook(rules)),)),), ("AGENTOWNERS",))
    said = text(found, verbose=True)
    assert all(char.isprintable() or char == "\n" for char in said)
    for line in cases_commands(found):
        assert line.startswith("::error ")
        assert all(char.isprintable() for char in line)
    root = check_junit(cases_junit(found))
    assert len(root.findall("testsuite/testcase")) == 1
    Draft202012Validator(SCHEMA).validate(report := json.loads(cases_json(found)))
    assert report["cases"][0]["paths"][0]["path"] == path


@given(st.text(st.sampled_from(list("ab '\"\\$`\n\t\x01\x7f\u202eé😀#[]!*?~-=7")) | st.characters(exclude_characters="\0")))
def test_a_word_for_the_shell_is_shown_as_it_is_read(word: str) -> None:
    shown = shell_word(word)
    assert shown.isprintable()
    if not shown.startswith("$'") and word:
        assert shlex.split(shown) == [word]


@pytest.mark.parametrize(
    "word",
    ["", "a b", "it's", "a\nb", "\x01" + "7", "\u202ex", "caf\udce9", "##[x]", "a\\n'", "😀\n", "\U000e0001", "=x", "$(x)", "~"],
)
def test_the_shell_reads_the_word_that_was_meant(word: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"printf %s {shell_word(word)}"], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    assert done.stdout == word.encode("utf-8", "surrogateescape")


def command(text: str, *policies: str, standard: str = "refs/heads/main") -> str:
    rules = policy("** @agents block\n")
    (judged,) = judge(cases("tests:\n  - " + text).cases, rules)
    return explain_command(compare(judged, RuleBook(rules)), policies, standard)


def test_the_command_that_shows_why() -> None:
    assert command("{paths: [a], expect: allow}") == "agentowners explain --as @agents a"
    assert command("{paths: ['-a b'], expect: allow, as: [x, y]}") == "agentowners explain --as @x --as @y -- '-a b'"
    assert (
        command("{paths: [a], expect: allow, evidence: asserted, action: file_delete, branch: b}", "p")
        == "agentowners explain --as @agents --asserted --action file_delete --ref refs/heads/b --policy-file p a"
    )
    assert command("{paths: [a], expect: allow}", standard="refs/heads/trunk").endswith("--ref refs/heads/main a")
    mixed = "{paths: [a], expect: allow, as: [octocat, {name: copilot, evidence: asserted}]}"
    assert command(mixed) == "agentowners explain --as @copilot --asserted a"
    deleted = "{paths: [a], action: file_delete, expect: block}"
    assert command(deleted) == "agentowners explain --as @agents --action file_delete a"


def test_the_command_asks_about_what_decides() -> None:
    rules = policy("/moved @agents block actions=file_rename\n")
    (judged,) = judge(cases("tests: [{paths: [{path: moved, previous_path: a, status: renamed}], expect: allow}]").cases, rules)
    said = explain_command(compare(judged, RuleBook(rules)), (), "refs/heads/main")
    assert said == "agentowners explain --as @agents --action file_rename moved"
