"""What a file of test cases may say, and what is said of one that says something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.cases.model import Case, CasesError, Who
from agentowners.cases.reader import read_cases
from agentowners.change.model import FileChange, Kind, Status, Strength
from agentowners.diagnostics import Source
from agentowners.policy.model import Action, Decision
from agentowners.policy.patterns import Approver
from tests.cases.build import PATH, case, cases, errors

FULL = """\
version: 1
policy: [policies/AGENTOWNERS]
repository: acme/shop
tests:
  - name: agents keep out of the keys
    as: ["@copilot", octocat]
    evidence: asserted
    paths: [security/keys.py, .env]
    action: file_delete
    branch: release
    expect: require_approval
    rule: no-keys
    approvals: 2
    approvers: ["@acme/sre"]
"""


def only(text: str) -> Case:
    (found,) = case(text).cases
    return found


def test_every_key_is_read() -> None:
    file = cases(FULL)
    (found,) = file.cases
    assert (file.policies, file.repository) == (("policies/AGENTOWNERS",), "acme/shop")
    assert found.name == "agents keep out of the keys"
    assert found.who == (Who("copilot", Strength.ASSERTED), Who("octocat", Strength.ASSERTED))
    assert [(one.path, one.status) for one in found.files] == [
        ("security/keys.py", Status.REMOVED),
        (".env", Status.REMOVED),
    ]
    assert found.ref == "refs/heads/release"
    expected = found.expected
    assert (expected.decision, expected.rules, expected.approvals) == (Decision.REQUIRE_APPROVAL, ("no-keys",), 2)
    assert expected.approvers == (Approver("acme/sre"),)
    assert found.span is not None
    assert (found.span.line, found.span.column) == (5, 5)


def test_what_is_left_out() -> None:
    found = only("paths: [a]\nexpect: block")
    assert found.who == (Who("agents", Strength.VERIFIED),)
    assert found.files == (FileChange("a", Status.MODIFIED, None, Kind.FILE, Kind.FILE),)
    assert found.ref == "refs/heads/main"
    assert (found.expected.rules, found.expected.approvals, found.expected.approvers) == ((), None, None)


def test_a_case_without_a_name_is_called_after_what_it_says() -> None:
    assert only("paths: [a]\nexpect: block").title == "a by @agents: block"
    text = 'as: "@x"\nevidence: asserted\npaths: [a, {path: c, previous_path: b, status: renamed}]\nbranch: b\nexpect: allow'
    assert only(text).title == "a and 2 more (file_modify, file_rename) by @x (asserted) into b: allow"


def test_the_at_sign_may_be_left_out_and_without_quotes_it_is_an_error_that_says_so() -> None:
    assert only("as: copilot\npaths: [a]\nexpect: block").who == only('as: "@copilot"\npaths: [a]\nexpect: block').who
    with pytest.raises(CasesError) as caught:
        cases("tests:\n  - as: @copilot\n    paths: [a]\n    expect: block\n")
    (found,) = caught.value.diagnostics
    assert (found.span.line, found.span.column, found.help) == (2, 9, 'put it in quotes: `"@copilot"`')


def test_each_of_several_may_have_evidence_of_its_own() -> None:
    found = only('as: [octocat, {name: "@copilot", evidence: asserted}]\npaths: [a]\nexpect: block')
    assert found.who == (Who("octocat"), Who("copilot", Strength.ASSERTED))


def test_a_path_may_say_what_is_done_to_it() -> None:
    found = only(
        "paths: [{path: b, previous_path: a, status: renamed}, {path: c, actions: [file_delete, file_rename]}, "
        "{path: d, kind: symlink}, {path: e, status: changed}, {path: f, status: added}]\naction: file_read\nexpect: block"
    )
    assert found.files == (
        FileChange("b", Status.RENAMED, "a", Kind.FILE, Kind.FILE),
        FileChange("c", Status.REMOVED, None, Kind.FILE, Kind.FILE),
        FileChange("c", Status.RENAMED, None, Kind.FILE, Kind.FILE),
        FileChange("d", Status.READ, None, Kind.SYMLINK, Kind.SYMLINK),
        FileChange("e", Status.CHANGED, None, Kind.UNKNOWN, Kind.UNKNOWN),
        FileChange("f", Status.ADDED, None, Kind.FILE, Kind.FILE),
    )
    assert found.paths == ("a", "b", "c", "d", "e", "f")


@pytest.mark.parametrize("action", list(Action))
def test_every_action(action: Action) -> None:
    assert only(f"paths: [a]\naction: {action.value}\nexpect: block").files[0].path == "a"


def test_a_ref_for_all_cases() -> None:
    file = cases("branch: master\ntests:\n  - {paths: [a], expect: block}\n  - {paths: [a], expect: block, ref: refs/tags/v1}\n")
    assert [one.ref for one in file.cases] == ["refs/heads/master", "refs/tags/v1"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "version: 1\n", "tests:\n", "tests: []\n"])
def test_a_file_without_cases(text: str) -> None:
    assert cases(text).cases == ()


def test_a_path_with_an_asterisk_is_warned_of() -> None:
    (found,) = case("paths: [src/**, {path: 'a*'}]\nexpect: block").warnings
    assert (found.id, found.span.line, found.span.column) == ("path-looks-like-pattern", 2, 13)


WRONG = {
    "tests:\n  - paths: [a]\n": ["2:5: test case without `expect`"],
    "tests:\n  - expect: block\n": ["2:5: test case without `paths`"],
    "tests:\n  - {paths: [a], expect: blok}\n": ["2:26: `blok` is not a decision"],
    "tests:\n  - {paths: [a], expect: require_approval(2)}\n": ["2:26: `require_approval(2)` is not a decision"],
    "tests:\n  - {paths: [a], expect: block, approvals: 1}\n": [
        "2:33: `approvals` beside `expect: block`, which asks for no approval"
    ],
    "tests:\n  - {paths: [], expect: block}\n": ["2:13: `paths` is an empty list"],
    "tests:\n  - {paths: [/a, b/, a//b, ../a, ''], expect: block}\n": [
        "2:14: `/a` is an absolute path",
        "2:18: `b/` is a directory",
        "2:22: `a//b` is not a plain path",
        "2:28: `../a` is not a plain path",
        "2:34: empty path",
    ],
    "tests:\n  - {paths: [{path: a, previous_path: b}], expect: block}\n": [
        "2:24: `previous_path` of a path that is not renamed"
    ],
    "tests:\n  - {paths: [{path: a, status: renamed}], expect: block}\n": ["2:32: `status: renamed` without `previous_path`"],
    "tests:\n  - {paths: [{path: a, status: added, actions: [file_read]}], expect: block}\n": ["2:39: `actions` beside `status`"],
    "tests:\n  - {paths: [{kind: file}], expect: block}\n": ["2:14: an item of `paths` without `path`"],
    "tests:\n  - {paths: [a], expect: block, as: 'a*'}\n": ["2:37: `a*` names more than one principal"],
    "tests:\n  - {paths: [a], expect: block, as: anyone}\n": ["2:37: `anyone` names nobody in particular"],
    "tests:\n  - {paths: [a], expect: block, as: x/}\n": ["2:37: `x/` names nobody"],
    "tests:\n  - {paths: [a], expect: block, as: []}\n": ["2:37: `as` is an empty list"],
    "tests:\n  - {paths: [a], expect: block, as: ~}\n": ["2:37: `as` must be a list, not nothing"],
    "tests:\n  - {paths: [a], expect: block, ref: main}\n": ["2:38: `main` is not the full name of a ref"],
    "tests:\n  - {paths: [a], expect: block, ref: refs/heads/*}\n": ["2:38: `refs/heads/*` is not the name of a ref"],
    "tests:\n  - {paths: [a], expect: block, branch: refs/heads/a}\n": ["2:41: `refs/heads/a` is the full name of a ref"],
    "tests:\n  - {paths: [a], expect: block, branch: a, ref: refs/heads/a}\n": ["2:33: `branch` beside `ref`"],
    "tests:\n  - {paths: [a], expect: block, rule: ''}\n": ["2:39: empty name of a rule"],
    "tests:\n  - {paths: [a], expect: require_approval, approvals: 0}\n": ["2:55: `0` is not a number of approvals"],
    "tests:\n  - {paths: [a], expect: block, acton: file_read}\n": ["2:33: unknown key `acton` in a test case"],
    "tests:\n  - {paths: [a], expect: block, action: read}\n": ["2:41: unknown action `read`"],
    "tests:\n  - just text\n": ["2:5: a test case must be a mapping, not the string `just text`"],
    "tests: {a: b}\n": ["1:8: `tests` must be a list, not a mapping"],
    "- paths: [a]\n": ["1:3: a file of test cases must be a mapping, not a list"],
    "version: 2\n": ["1:10: version `2` is not known"],
    "repository: acme\n": ["1:13: `acme` is not a repository"],
    "policy: [../x]\n": ["1:10: `../x` is not a plain path"],
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_its_place(text: str) -> None:
    assert errors(text) == WRONG[text]


def test_all_errors_of_a_file_are_said_at_once_with_the_nearest_word() -> None:
    with pytest.raises(CasesError) as caught:
        cases("versio: 1\ntests:\n  - {paths: [a], expect: alow}\n  - {path: [a], expect: block}\n")
    assert [d.help for d in caught.value.diagnostics] == [
        "did you mean `version`?",
        "did you mean `allow`?",
        "say what is changed: `paths: [src/app.py]`",
        "did you mean `paths`?",
    ]
    assert caught.value.message == f"the test cases in `{PATH}` cannot be read: 4 errors"


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_file_does_more_than_be_refused(data: bytes) -> None:
    refused: CasesError | None = None
    try:
        read_cases(Source("x", data))
    except CasesError as error:
        refused = error
    if refused is not None:
        assert refused.diagnostics
        assert all(d.span.line >= 1 and d.span.column >= 1 for d in refused.diagnostics)
