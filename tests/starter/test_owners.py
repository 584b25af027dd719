"""CODEOWNERS becomes rules that ask the same people, and what does not become one is named."""

from __future__ import annotations

import pytest

from agentowners.convert.codeowners import MAX_BYTES, OwnersNote, parse
from agentowners.policy.printer import rule_text
from agentowners.starter.model import OwnersFile, Survey
from agentowners.starter.propose import AHEAD, ONE_LEVEL, ROOTED, propose

FILES = ("a.js", "apps/web/x.js", "docs/a.md", "docs/legal/b.md", "infra/main.tf", "src/a.py")


def _rules(text: str, files: tuple[str, ...] = FILES) -> list[str]:
    proposal = propose(Survey(files=files, owners=OwnersFile("CODEOWNERS", text.encode())))
    return [rule_text(rule) for rule in proposal.rules if rule.outcome.approvers]


def _notes(text: str | bytes, files: tuple[str, ...] = FILES) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    proposal = propose(Survey(files=files, owners=OwnersFile("CODEOWNERS", data)))
    return [line.strip() for section in proposal.sections for line in section.comments if "CODEOWNERS" not in line]


def test_the_last_line_that_matches_counts() -> None:
    assert _rules("* @a\n/docs/ @b\n/docs/legal/ @c\n") == [
        "* !/docs/ @agents require_approval @a",
        "/docs/ !/docs/legal/ @agents require_approval @b",
        "/docs/legal/ @agents require_approval @c",
    ]


def test_paths_without_owners_are_taken_out() -> None:
    assert _rules("* @a\n/docs/\n") == ["* !/docs/ @agents require_approval @a"]


def test_owners_that_a_policy_cannot_name_ask_for_an_approval_of_anyone() -> None:
    """Only a line with no owner frees a path."""
    for owner in ("pay@example.com", "@copilot"):
        proposal = propose(
            Survey(files=("src/pay/a.py", "src/web/a.py"), owners=OwnersFile("CODEOWNERS", f"* @a\n/src/pay/ {owner}\n".encode()))
        )
        written = [rule_text(rule) for rule in proposal.rules]
        assert "* !/src/pay/ @agents require_approval @a" in written
        assert "/src/pay/ @agents require_approval" in written
    # a file of such lines only, also about what is not there yet
    (rule,) = propose(Survey(files=("a",), owners=OwnersFile("CODEOWNERS", b"/src/pay/ pay@example.com\n"))).rules[1:]
    assert rule_text(rule) == "/src/pay/ @agents require_approval"


def test_lines_that_cannot_meet_leave_each_other_alone() -> None:
    assert _rules("/docs/ @a\n/src/ @b\n") == ["/docs/ @agents require_approval @a", "/src/ @agents require_approval @b"]


def test_the_same_people_need_no_exception() -> None:
    assert _rules("* @a\n/docs/ @A\n") == ["* @agents require_approval @a"]
    assert _rules("* @a @b\n/docs/ @c\n/docs/legal/ @b @a\n") == [
        "* !/docs/ @agents require_approval @a @b",
        "/docs/ !/docs/legal/ @agents require_approval @c",
        "/docs/legal/ @agents require_approval @b @a",
    ]


def test_what_its_owners_are_asked_about_gets_no_other_rule() -> None:
    survey = Survey(files=("infra/main.tf", "go.mod"), owners=OwnersFile("CODEOWNERS", b"/infra/ @sre\n"))
    assert [rule_text(rule) for rule in propose(survey).rules][1:] == [
        "go.mod @agents require_approval",
        "/infra/ @agents require_approval @sre",
    ]


def test_owners_of_what_is_blocked_are_not_asked() -> None:
    assert _rules("*.pem @sec\n/certs/*.pem @sec\n", ("a.pem", "certs/b.pem")) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("!/docs/ @a", OwnersNote.UNREADABLE),
        ("*.[ch] @a", OwnersNote.UNREADABLE),
        ("[Section] @a", OwnersNote.UNREADABLE),
        ("a//b @a", OwnersNote.PATTERN),
        ("\x1b[0m @a", OwnersNote.UNREADABLE),
        ("a\x07 @a", OwnersNote.PATTERN),
        ("\u202e @a", OwnersNote.PATTERN),
        ("x\udcff @a", OwnersNote.PATTERN),
        ("/docs/ octo", OwnersNote.OWNER),
        ("/docs/ @a/b/c", OwnersNote.OWNER),
        ("/docs/ @a,@b", OwnersNote.OWNER),
        ("/docs/ pat@example.com", OwnersNote.EMAIL),
        ("/docs/ @a @copilot", OwnersNote.AGENT),
        ("/docs/ @some-app[bot]", OwnersNote.AGENT),
    ],
)
def test_what_is_left_out_is_named_by_its_line_alone(line: str, why: OwnersNote) -> None:
    data = f"# first\n{line}\n".encode("utf-8", "surrogateescape")
    assert parse(data, {"copilot"}).left_out == ((2, why),)
    assert f"line 2: {why.value}" in _notes(data)


def test_one_who_is_left_out_leaves_the_others() -> None:
    assert _rules("/docs/ @a pat@example.com @copilot # @b\n") == ["/docs/ @agents require_approval @a"]


def test_odd_names_are_escaped() -> None:
    files = ("two words/x", "@y", "refs/x", "#z")
    assert _rules("/two\\ words/ @a\n@y @b\nrefs/x @c\n", files) == [
        "/two\\ words/ !\\@y @agents require_approval @a",
        "\\@y !/refs/x @agents require_approval @b",
        "/refs/x @agents require_approval @c",
    ]


@pytest.mark.parametrize("line", ["*.{js,ts} @b", "docs/, @b", '"docs" @b', "/d\u043ecs/ @b"])
def test_what_looks_like_a_slip_is_named_and_written_nowhere(line: str) -> None:
    assert _rules(f"* @a\n{line}\n") == ["* @agents require_approval @a"]
    assert f"line 2: {OwnersNote.ODD.value}" in _notes(f"* @a\n{line}\n")


def test_a_slip_that_matches_leaves_no_rule_that_asks_others() -> None:
    assert _rules("* @a\n*.{js,ts} @b\n", ("x.{js,ts}", "y")) == []


def test_one_level_and_the_root_are_said_to_be_meant() -> None:
    survey = Survey(
        files=("d/a", "d/e/b", "go.mod", "testdata/go.mod"), owners=OwnersFile("CODEOWNERS", b"/d/* @a\n/go.mod @b\n")
    )
    assert {str(rule.patterns[0]): said for rule, said in propose(survey).remarks.items()} == {
        ".env*": (AHEAD,),
        "/d/*": (ONE_LEVEL,),
        "/go.mod": (ROOTED,),
    }


def test_lines_about_nothing_are_named() -> None:
    assert "line 1: decides about no file that is here" in _notes("/gone/ @a\n* @b\n")
    assert "line 1: decides about no file that is here" in _notes("/docs/ @a\n* @b\n")


def test_a_line_with_too_many_exceptions_is_named() -> None:
    text = "* @a\n" + "".join(f"/d{n}/ @t{n}\n" for n in range(9))
    files = ("x", *(f"d{n}/x" for n in range(9)))
    assert len(_rules(text, files)) == 9
    assert "line 1: has more exceptions than a line can hold, or an odd one" in _notes(text, files)


def test_of_very_many_lines_those_about_what_is_sensitive_are_taken() -> None:
    text = "".join(f"/d{n}/ @t{n}\n" for n in range(40))
    files = ("d7/go.mod", *(f"d{n}/x" for n in range(40)))
    assert _rules(text, files) == ["/d7/ @agents require_approval @t7"]
    assert any(note.startswith("lines 1, 2, 3,") and "and 27 more" in note for note in _notes(text, files))


def test_a_file_that_github_does_not_load_is_not_read() -> None:
    survey = Survey(files=FILES, owners=OwnersFile("CODEOWNERS", b"* @a\n" * (MAX_BYTES // 5)))
    comments = [line for section in propose(survey).sections for line in section.comments]
    assert any("3 MB" in line for line in comments)
    many = parse(b"".join(b"/d%d @a\n" % n for n in range(100_000)), ())
    assert (many.entries, many.refused) == ((), "has more than 2,000 entries")


def test_a_file_that_comes_later_is_not_without_owners() -> None:
    """A line about nothing that is there is left out; so what it will be about stays with the line before it."""
    files = ("a/x.py", "c/x.py")
    proposal = propose(Survey(files=files, owners=OwnersFile("CODEOWNERS", b"* @mona\n/b/ @kim\n/c/\n")))
    assert [rule_text(rule) for rule in proposal.rules][1:] == ["* !/c/ @agents require_approval @mona"]
