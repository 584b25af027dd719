"""Every error of every line: what is said, and where."""

from __future__ import annotations

import pytest

from agentowners.text.source import MAX_BYTES
from tests.policy.reading import error_cases, first_line, line_errors, shown


@pytest.mark.parametrize("case", error_cases("line_errors.txt"), ids=first_line)
def test_one_error(case: str) -> None:
    text, wanted = case.split("\n", maxsplit=1)
    (found,) = line_errors(f"# first\n{text}\n".encode())
    assert shown(found) == f"{text}\n{wanted}"
    assert found.span.path == "AGENTOWNERS"
    assert (found.span.line, found.span.end_line) == (2, 2)


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("a @x\u200by block", (5, 6), "character U+200B shows as nothing"),
        ("a @x block id=a\u200bb", (16, 17), "character U+200B shows as nothing"),
        ("a @x\u3164 bl\u2060\u2060ock", (5, 6), "character U+3164 shows as nothing"),
        ("secu\u00adrity @x block", (5, 6), "character U+00AD shows as nothing"),
        (
            "a\U000e0041\U000e0042\U000e0043\U000e0044 @x block",
            (2, 6),
            "characters U+E0041, U+E0042, U+E0043 and 1 more show as nothing",
        ),
        ("a\ufe0f @x block", (2, 3), "character U+FE0F shows as nothing"),
        ("a\u202eb @x block", (2, 3), "character U+202E turns the text around"),
        ("a @x block # \u2066", (14, 15), "character U+2066 turns the text around"),
        ("# \u200f", (3, 4), "character U+200F turns the text around"),
        ("a\rb @x block", (2, 3), "carriage return inside a line"),
        ("a\r\r\nb @x block", (2, 3), "carriage return inside a line"),
        ("a @x block\x7f", (11, 12), "control character U+007F"),
        ("# a\x00", (4, 5), "control character U+0000"),
        ("a\x85b @x block", (2, 3), "control character U+0085"),
    ],
)
def test_characters_that_cannot_be_seen(line: str, place: tuple[int, int], message: str) -> None:
    found = line_errors(line.encode())[0]
    assert (found.message, found.span.column, found.span.end_column) == (message, *place)


# text, the errors' ids with their columns
SEVERAL = [
    ("a//b @x,y alow @z id=", ["invalid-pattern 1:2", "invalid-principal 1:8", "unknown-decision 1:11", "invalid-id 1:19"]),
    ("a", ["no-principal 1:1"]),
    ("[ block id=", ["invalid-pattern 1:1", "no-principal 1:1", "invalid-id 1:9"]),
    ("a @x b/c", ["no-decision 1:1", "pattern-after-principal 1:6"]),
    ("@x alow b", ["no-pattern 1:1", "unknown-decision 1:4", "unexpected-token 1:9"]),
    ("mode nothing", ["no-principal 1:1", "unknown-mode 1:6"]),
    ("mode nothing @ a//b", ["unknown-mode 1:6", "invalid-principal 1:14", "invalid-pattern 1:17"]),
    ("unprotect", ["no-pattern 1:1", "no-principal 1:1"]),
    ("agent a*b login=x* id=0 x=1", ["invalid-agent 1:8", "invalid-agent 1:23", "unknown-attribute 1:25"]),
    ("a @x block\nb @x\n\nc block", ["no-decision 2:1", "no-principal 4:1"]),
    ("default @x block\ndefault @y @X alow", ["duplicate-default 2:12", "unknown-decision 2:15"]),
    ("a @x block id=n\nb @x block id=m\nc @x block id=n", ["duplicate-id 3:12"]),
    ("agent x login=a\nagent @X login=b", ["duplicate-agent 2:7"]),
    ("approvals dismiss_stale=true\napprovals", ["duplicate-approvals 2:1"]),
    ("approvals dismiss_stale=maybe\napprovals", ["invalid-value 1:25", "duplicate-approvals 2:1"]),
    ("\x01a\x02\nb @x blck", ["control-character 1:1", "control-character 1:3", "unknown-decision 2:6"]),
]


@pytest.mark.parametrize(("text", "errors"), SEVERAL, ids=[repr(case[0]) for case in SEVERAL])
def test_every_error_is_reported(text: str, errors: list[str]) -> None:
    assert [f"{found.id} {found.span.line}:{found.span.column}" for found in line_errors(text.encode())] == errors


def test_actions_with_blanks_between_them() -> None:
    first, second = line_errors("a @x block actions=file_write, file_delete")
    assert (first.message, first.help) == ("an action is missing", "write the actions without blanks between them")
    assert second.message == "`file_delete` after the decision"


def test_a_second_of_its_kind_names_the_first() -> None:
    (found,) = line_errors("a @x block id=n\nb @x block id=n\n")
    assert found.message == "id `n` is given twice"
    assert found.help == "the first stands in line 1"
    (found,) = line_errors("approvals\n\napprovals\n")
    assert found.help == "the first stands in line 1; say it all in one place"


def test_a_byte_that_is_not_utf8() -> None:
    one, two = line_errors(b"\xc3\xa9 @x block\n\xc3\xa9\xff @x block # \xed\xa0\x80\n")[:2]
    assert (one.id, one.message, one.help) == ("invalid-utf8", "byte 0xFF is not UTF-8", "save the file as UTF-8")
    assert (one.span.line, one.span.column, one.span.end_column) == (2, 2, 3)
    assert (two.span.line, two.span.column) == (2, 15)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_one_error_that_says_so(encoding: str) -> None:
    (found,) = line_errors("a @x block # é\nb @x block\n".encode(encoding))
    assert found.message == f"file is {encoding.upper()[:6]}, and not UTF-8"
    assert (found.id, found.span.line, found.help) == ("invalid-utf8", 1, "save the file as UTF-8")


@pytest.mark.parametrize("text", ["a @x block # \u200b\U000e0041", "#\ufeff", "a\u2764\ufe0f @x block", "1\ufe0f\u20e3 @x block"])
def test_comments_and_emoji_may_hold_what_shows_as_nothing(text: str) -> None:
    assert line_errors(text) == ()


def test_every_run_of_characters_that_nobody_sees_is_an_error() -> None:
    found = line_errors("a\u200bb\u200b\u200c @x\u2060 block # \u200b")
    assert [(error.span.column, error.span.end_column) for error in found] == [(2, 3), (4, 6), (9, 10)]


def test_rubbish_does_not_flood() -> None:
    assert len(line_errors(b"\xff" * 100_000)) == 20


def test_a_file_of_rubbish_does_not_flood_either() -> None:
    found = line_errors(b"\xff\n" * 100_000)
    assert len(found) == 1_000
    assert {error.id for error in found} == {"invalid-utf8"}


def test_the_reading_ends_where_nobody_reads_on() -> None:
    found = line_errors("a @x block" + " x=1" * 100_000)
    assert len(found) == 10_001
    assert (found[-1].id, found[-1].message) == ("too-many-errors", "more than 10,000 errors, the rest of the file is not read")


def test_a_file_over_five_mebibytes() -> None:
    assert line_errors(b"#" * MAX_BYTES) == ()
    (found,) = line_errors(b"#" * (MAX_BYTES + 1))
    assert shown(found) == "\n^\n[file-too-large] file is larger than 5 MiB"


@pytest.mark.parametrize(("line", "what"), [("a @x block", "rules"), ("unprotect a @x", "statements beside the rules")])
def test_more_than_fifty_thousand(line: str, what: str) -> None:
    (found,) = line_errors(f"{line}\n" * 50_010)
    assert (found.id, found.span.line) == ("too-many-rules", 50_001)
    assert found.message == f"more than 50,000 {what}"
    assert found.help == "say more with one pattern, or split the policy into several files"


def test_messages_stay_short_whatever_they_quote() -> None:
    (found,) = line_errors(f"a @x {'b' * 1_000_000}")
    assert len(found.message) < 120
    assert found.message.startswith("`bbb")


def test_a_pattern_over_4096_bytes() -> None:
    (found,) = line_errors(f"a {'b' * 4097} @x block")
    assert (found.id, found.message) == ("invalid-pattern", "pattern is longer than 4,096 bytes")
    assert (found.span.column, found.span.end_column) == (3, 4100)


def test_a_glob_over_512_characters() -> None:
    (found,) = line_errors(f"agent x email={'b' * 513}")
    assert (found.id, found.message) == ("invalid-agent", "e-mail is longer than 512 characters")


def test_a_principal_over_256_characters() -> None:
    (found,) = line_errors(f"a @{'b' * 257} block")
    assert (found.id, found.message) == ("invalid-principal", "name is longer than 256 characters")
