"""Cases are put at the end of a list, and everything else in the file stays, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.cases.model import Case, CasesError, Expectation, Who
from agentowners.cases.reader import read_cases
from agentowners.cases.write import append_cases, cases_yaml, new_file
from agentowners.change.model import FileChange, Kind, Status
from agentowners.diagnostics import AgentownersError, Source
from agentowners.policy.model import Decision
from tests.cases.build import PATH
from tests.examples import examples

NEW = Case(
    (Who("copilot"),),
    (FileChange("x", Status.MODIFIED, None, Kind.FILE, Kind.FILE),),
    "refs/heads/main",
    Expectation(Decision.BLOCK, ("r",)),
    "new",
)
ITEM = ['- name: "new"', '  as: "@copilot"', "  paths: [x]", "  expect: block", "  rule: r"]


def appended(text: str) -> str:
    return append_cases(Source(PATH, text.encode()), [NEW]).decode()


def item(indent: int, end: str = "\n") -> str:
    return "".join(f"{' ' * indent}{line}{end}" for line in ITEM)


OLD = "tests:\n  - paths: [a]\n    expect: block\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD, OLD + item(2)),
        (OLD.removesuffix("\n"), OLD + item(2)),
        ("tests:\n- {paths: [a], expect: block}   # why\n", "tests:\n- {paths: [a], expect: block}   # why\n" + item(0)),
        ("tests:\n    -   paths: [a]\n        expect: block\n", "tests:\n    -   paths: [a]\n        expect: block\n" + item(4)),
        (OLD + "    # of the last case\n", OLD + "    # of the last case\n" + item(2)),
        (OLD + "\n  - {paths: [b], expect: block}\n", OLD + "\n  - {paths: [b], expect: block}\n\n" + item(2)),
        (OLD + "\n# the end\n", OLD + item(2) + "\n# the end\n"),
        (OLD + "\nversion: 1  # last\n", OLD + item(2) + "\nversion: 1  # last\n"),
        ("# héllo\n" + OLD, "# héllo\n" + OLD + item(2)),
        ("\ufeff" + OLD, "\ufeff" + OLD + item(2)),
        (OLD.replace("\n", "\r\n"), (OLD + item(2)).replace("\n", "\r\n")),
        ("tests:\n  -\n    paths: [a]\n    expect: block\n", "tests:\n  -\n    paths: [a]\n    expect: block\n" + item(2)),
        (OLD + "...\n", OLD + item(2) + "...\n"),
        ("", "version: 1\ntests:\n" + item(2)),
        ("# only a comment", "# only a comment\nversion: 1\ntests:\n" + item(2)),
        ("version: 1\n", "version: 1\ntests:\n" + item(2)),
        ("tests:\nversion: 1\n", "tests:\n" + item(2) + "version: 1\n"),
        (
            "tests:\n  - paths:\n      - a\n    expect: block\n    name: >\n      folded\n      text\n\n\nversion: 1\n",
            "tests:\n  - paths:\n      - a\n    expect: block\n    name: >\n      folded\n      text\n"
            + item(2)
            + "\n\nversion: 1\n",
        ),
    ],
)
def test_everything_else_stays_as_it_is(before: str, after: str) -> None:
    assert appended(before) == after
    assert read_cases(Source(PATH, after.encode())).cases[-1] == NEW


@pytest.mark.parametrize(
    "text",
    [
        "tests: [{paths: [a], expect: block}]\n",
        "tests: []\n",
        "{version: 1}\n",
        "version: 1\n...\n",
        "tests:\n  - paths: [a]\n    expect: block\n    name: |+\n      kept\n\n\n",
    ],
)
def test_a_form_that_has_no_safe_place_is_refused(text: str) -> None:
    read_cases(Source(PATH, text.encode()))
    with pytest.raises(AgentownersError) as caught:
        appended(text)
    assert caught.value.help


def test_a_file_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(CasesError):
        appended("tests:\n  - nonsense\n")


def test_a_case_that_says_no_ref_goes_where_the_file_says() -> None:
    text = "branch: master\n" + OLD
    assert appended(text) == text + item(2).replace("    expect: block\n", "    branch: main\n    expect: block\n")


def test_hostile_texts_are_quoted() -> None:
    hostile = [
        "a\nb",
        "]]>",
        "'\"\\",
        "\u202ex",
        "true",
        "1.0",
        "- a",
        "a: b",
        "a #b",
        "é",
        "\x85",
        "😀",
        "yes",
        "\ufeff",
        "\x1b[0m",
    ]
    cases = [
        Case(
            (Who("copilot"),),
            (FileChange(text, Status.MODIFIED, None, Kind.FILE, Kind.FILE),),
            "refs/heads/main",
            NEW.expected,
            text,
        )
        for text in hostile
    ]
    data = new_file(PATH, cases)
    assert read_cases(Source(PATH, data)).cases == tuple(cases)
    assert not set(data.decode()) & set("\u202e\x85\ufeff\x1b")


def test_long_lists_stand_one_a_line() -> None:
    many = tuple(FileChange(f"some/long/path/{number}.py", Status.MODIFIED, None, Kind.FILE, Kind.FILE) for number in range(9))
    text = cases_yaml([Case((Who("agents"),), many, "refs/heads/main", Expectation(Decision.BLOCK, ("b", "a")))])
    assert '  - as: "@agents"\n    paths:\n      - some/long/path/0.py\n' in text
    assert "    rule:\n      - b\n      - a\n" in text


LINES = st.sampled_from(
    [
        "tests:",
        "tests: ",
        "- paths: [a]",
        "  - paths: [a]",
        "  expect: block",
        "    expect: block",
        "  - {paths: [b], expect: allow}",
        "  - {paths: [b],",
        "     expect: allow} # c",
        "    name: |",
        "    name: >+",
        "      text",
        "      # text",
        "# comment",
        "    # comment",
        "version: 1",
        "branch: b",
        "",
        "  ",
        "...",
        "---",
        "  - &x {paths: [c], expect: block}",
        "  - *x",
        "  -",
        "\ufeff",
    ]
)


@examples(100)
@given(st.lists(LINES, max_size=10), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_whatever_the_file_its_bytes_stay_and_the_case_is_added_or_nothing_is(lines: list[str], end: str, ended: bool) -> None:
    before = (end.join(["tests:", *lines]) + (end if ended else "")).encode()
    try:
        known = read_cases(Source(PATH, before)).cases
        after = append_cases(Source(PATH, before), [NEW])
    except AgentownersError:
        return
    assert read_cases(Source(PATH, after)).cases == (*known, NEW)
    begin = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    added = len(after) - len(before)
    kept = [after[:at] + after[at + added :] for at in range(max(0, begin - 200), begin + 1)]
    assert before in kept or not ended
