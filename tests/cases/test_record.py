"""What is recorded of a change passes when it is run, or is refused: never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.cases.compare import compare
from agentowners.cases.model import Case, CaseFile, Who
from agentowners.cases.reader import read_cases
from agentowners.cases.record import CannotRecordError, record_cases
from agentowners.cases.rules import RuleBook
from agentowners.cases.run import facts_unknown, judge
from agentowners.cases.write import append_cases, cases_yaml, new_file
from agentowners.change.model import Account, AccountType, Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.diagnostics import Source
from agentowners.engine.settle import inquire
from agentowners.policy.model import Policy
from tests.cases.build import PATH, policy
from tests.engine.build import ALICE, BOB, COPILOT, DEPENDABOT, UNKNOWN_BOT, by, declared, file
from tests.examples import examples

POLICY = """\
/security/ .env*  @agents  block  # keys
/infra/  @agents  require_approval(2) @acme/sre
/docs/  @copilot  allow
/team/  @acme/core  block
/people/  @alice  require_approval  id=alice
/accounts/  @login:copilot-swe-agent[bot]  block
default  @bots  block
mode  read-only  @claude
agent  robots/*  login=*-robot[bot]
"""
HELD = policy(POLICY)


def change(*files: FileChange, evidence: tuple[Evidence, ...] = by(COPILOT), repository: str | None = None) -> Change:
    return Change("refs/heads/main", files, evidence, repository=repository)


def recorded(held: Policy, one: Change, repository: str | None = None) -> tuple[Case, ...]:
    return record_cases(held, one, "a branch at 1234567", repository)


def written(cases: tuple[Case, ...]) -> str:
    return cases_yaml(cases, indent=0)


def test_paths_that_the_same_rules_decide_make_one_case_the_strictest_first() -> None:
    files = [file("src/b"), file("security/k"), file("infra/x"), file(".env"), file("src/a")]
    assert (
        written(recorded(HELD, change(*files, evidence=(declared("copilot"),))))
        == """\
- name: "a branch at 1234567: blocked"
  as: "@copilot"
  paths: [".env", security/k]
  expect: block
  rule: "/security/ .env* @agents block"
- name: "a branch at 1234567: needs approval"
  as: "@copilot"
  paths: [infra/x]
  expect: require_approval
  rule: "/infra/ @agents require_approval(2) @acme/sre"
  approvals: 2
  approvers: ["@acme/sre"]
- name: "a branch at 1234567: allowed"
  as: "@copilot"
  paths: [src/a, src/b]
  expect: allow
"""
    )


def test_ids_are_taken_where_they_are_given_and_texts_where_they_are_made_up() -> None:
    (one,) = recorded(HELD, change(file("people/x"), evidence=by(ALICE)))
    assert one.expected.rules == ("alice",)
    (one,) = recorded(HELD, change(file("AGENTOWNERS"), evidence=by(COPILOT)))
    assert one.expected.rules == ("builtin:policy",)
    (one,) = recorded(HELD, change(file("x"), evidence=by(DEPENDABOT)))
    assert one.expected.rules == ("default @bots block",)
    (one,) = recorded(HELD, change(file("x"), evidence=(declared("claude"),)))
    assert one.expected.rules == ("** @claude block actions=file_write",)


def test_what_is_done_to_a_path_is_said_where_it_is_not_modified() -> None:
    files = (
        file("a", Status.ADDED),
        file("b", Status.REMOVED),
        file("d", Status.RENAMED, "c"),
        file("e", Status.MODIFIED, kind=Kind.SYMLINK),
        file("star*"),
        FileChange("mode", Status.CHANGED, None, Kind.FILE, Kind.FILE),
        FileChange("type", Status.CHANGED, None, Kind.FILE, Kind.SYMLINK),
        FileChange("doubt", Status.CHANGED),
    )
    assert (
        written(recorded(HELD, change(*files, evidence=(declared("copilot"),))))
        == """\
- name: "a branch at 1234567: allowed"
  as: "@copilot"
  paths:
    - {path: a, status: added}
    - {path: b, status: removed}
    - {path: d, previous_path: c, status: renamed}
    - {path: doubt, status: changed}
    - {path: e, kind: symlink}
    - mode
    - {path: "star*"}
    - {path: type, kind: symlink}
  expect: allow
"""
    )


def test_the_sides_of_a_rename_that_are_decided_differently_stand_in_two_cases() -> None:
    assert (
        written(recorded(HELD, change(file("keys", Status.RENAMED, "security/keys"), evidence=(declared("agents"),))))
        == """\
- name: "a branch at 1234567: blocked"
  as: "@agents"
  paths: [{path: security/keys, actions: [file_delete, file_rename]}]
  expect: block
  rule: "/security/ .env* @agents block"
- name: "a branch at 1234567: allowed"
  as: "@agents"
  paths: [{path: keys, actions: [file_create, file_rename]}]
  expect: allow
"""
    )


def test_several_people_each_with_the_evidence_there_is() -> None:
    (one,) = recorded(HELD, change(file("security/a"), evidence=by(ALICE, COPILOT)))
    assert one.who == (Who("alice"), Who("copilot", Strength.ASSERTED))
    assert 'as: ["@alice", {name: "@copilot", evidence: asserted}]' in written((one,))


def test_an_account_stands_for_an_identity_where_a_rule_looks_at_it() -> None:
    other = Account("copilot-swe-agent[bot]", 198982749, AccountType.BOT)
    (one,) = recorded(HELD, change(file("accounts/a"), evidence=by(other)))
    assert one.expected.rules == ("/accounts/ @login:copilot-swe-agent[bot] block",)


def test_groups_of_which_nobody_is_known() -> None:
    stranger = Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, email="x@example.com")
    (one,) = recorded(HELD, change(file("a"), evidence=(stranger,)))
    assert one.who == (Who("unattributed", Strength.ASSERTED),)


def test_names_tell_groups_of_one_decision_apart() -> None:
    cases = recorded(HELD, change(file("security/a"), file("accounts/a"), evidence=by(COPILOT)))
    assert [one.name for one in cases] == ["a branch at 1234567: blocked", "a branch at 1234567: blocked (2)"]
    (one,) = record_cases(HELD, change(file("security/a")), "x", names=["x: blocked", "x: blocked (2)"])
    assert one.name == "x: blocked (3)"


def test_a_path_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(CannotRecordError, match=r"`caf\\udce9` is not UTF-8"):
        recorded(HELD, change(file("caf\udce9")))


def test_nothing_is_nothing_to_record() -> None:
    with pytest.raises(CannotRecordError, match="nothing is changed"):
        recorded(HELD, change())


def test_a_bot_that_a_name_makes_a_person_is_refused() -> None:
    odd = Account("helper", 5, AccountType.BOT)
    with pytest.raises(CannotRecordError, match=r"no test case can say who made this change \(`@helper`\)") as caught:
        recorded(HELD, change(file("a"), evidence=by(odd)))
    assert caught.value.help == "write the case by hand, or name who makes the change with `--as`"


def test_a_change_that_another_owner_decides_is_refused_with_the_way_out() -> None:
    with pytest.raises(CannotRecordError) as caught:
        recorded(HELD, change(file("team/a"), evidence=by(ALICE), repository="other/shop"))
    assert caught.value.help == "write `repository: other/shop` at the top of the file of test cases"
    (one,) = recorded(HELD, change(file("team/a"), evidence=by(ALICE), repository="other/shop"), "other/shop")
    assert one.expected.rules == ()


PEOPLE = st.sampled_from(
    [
        *(Evidence(Signal.AUTHOR, Strength.VERIFIED, who) for who in (COPILOT, DEPENDABOT, UNKNOWN_BOT, ALICE)),
        *(
            Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, who)
            for who in (COPILOT, BOB, Account("agents", 9, AccountType.USER))
        ),
        Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, email="noreply@anthropic.com"),
        Evidence(Signal.COMMITTER, Strength.ASSERTED, email="198982749+Copilot@users.noreply.github.com"),
        Evidence(Signal.COMMITTER, Strength.ASSERTED, email="x@example.com"),
        Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, name="Claude", email="noreply@anthropic.com"),
        Evidence(Signal.AUTHOR, Strength.VERIFIED, Account("a-robot[bot]", 11, AccountType.BOT)),
        Evidence(Signal.AUTHOR, Strength.VERIFIED, Account("Helper", 12, AccountType.BOT)),
        Evidence(Signal.AUTHOR, Strength.VERIFIED, None),
        declared("bots"),
        declared("robots/x"),
        declared("claude", Strength.ASSERTED),
    ]
)
NAMES = st.sampled_from(
    ["a", "security/k", "infra/x", "docs/d", "team/t", "people/p", "accounts/b", ".env", "AGENTOWNERS"]
) | st.text(st.characters(exclude_characters="\0/"), min_size=1, max_size=6).filter(lambda text: text not in (".", ".."))
KINDS = st.sampled_from(list(Kind))


@st.composite
def files(draw: st.DrawFn) -> FileChange:
    status = draw(st.sampled_from(list(Status)))
    old = draw(NAMES) if status in (Status.RENAMED, Status.COPIED) else None
    return FileChange(draw(NAMES), status, old, draw(KINDS), draw(KINDS))


CHANGES = st.builds(
    Change,
    st.sampled_from(["refs/heads/main", "refs/heads/a-b.c/d", "refs/tags/v1", "refs/heads/refs/heads/x", "refs/heads/ü"]),
    st.lists(files(), min_size=1, max_size=5).map(tuple),
    st.lists(PEOPLE, min_size=1, max_size=3).map(tuple),
    repository=st.sampled_from([None, "acme/shop", "other/shop"]),
)
STRICT = policy(
    POLICY, "default @agents require_approval\n/a @copilot @alice allow\n!/b @anyone require_approval(3) @login:agents\n"
)


@examples(100)
@given(CHANGES, st.sampled_from([HELD, STRICT]), st.sampled_from([None, "acme/shop"]))
def test_what_is_recorded_passes_and_says_what_check_says(one: Change, held: Policy, repository: str | None) -> None:
    try:
        cases = recorded(held, one, repository)
        data = new_file(PATH, cases, repository)
    except CannotRecordError:
        return
    read = read_cases(Source(PATH, data))
    assert [each.meaning for each in read.cases] == [each.meaning for each in cases]
    judged = judge(read.cases, held, read.repository)
    assert all(compare(each, RuleBook(held)).passed for each in judged)
    said = {f.path: (f.actions, f.judgement.decision, f.judgement.rules) for each in judged for f in each.files}
    verdict = inquire(held, replace(one, repository=one.repository or repository), facts_unknown)
    assert said == {f.path: (f.actions, f.judgement.decision, f.judgement.rules) for f in verdict.files}
    again = append_cases(Source(PATH, data), cases)
    assert again.startswith(data)
    assert len(read_cases(Source(PATH, again)).cases) == 2 * len(cases)
    assert isinstance(read, CaseFile)
