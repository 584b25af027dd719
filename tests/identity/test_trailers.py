from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.identity.commits import MAX_TRAILERS, person, trailers
from tests.examples import examples

CLAUDE = ("Co-Authored-By", "Claude <noreply@anthropic.com>")


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("", ()),
        ("fix: a thing", ()),
        ("Co-authored-by: subject <a@b>", ()),
        ("fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n", (CLAUDE,)),
        ("fix\r\n\r\nCo-Authored-By: Claude <noreply@anthropic.com>\r\n", (CLAUDE,)),
        ("fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n\n\n  \n", (CLAUDE,)),
        ("fix\nCo-Authored-By: Claude <noreply@anthropic.com>", (CLAUDE,)),
        ("fix\n\nprose\nCo-Authored-By: Claude <noreply@anthropic.com>\nmore prose\n\nprose", (CLAUDE,)),
        ("fix\n\nCo-Authored-By :  Claude <noreply@anthropic.com>  ", (CLAUDE,)),
        ("fix\n\nCo-Authored-By: Claude\n  <noreply@anthropic.com>", (CLAUDE,)),
        ("* a\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n\n* b\n\nend", (CLAUDE,)),
        ("fix\n\nAmp-Thread-ID: https://ampcode.com/threads/T-1\n\nSigned-off-by: a <a@b>",
         (("Amp-Thread-ID", "https://ampcode.com/threads/T-1"), ("Signed-off-by", "a <a@b>"))),
        ("fix\n\nAmp-Thread-ID: https://ampcode.com/threads/T-1\nprose\n\nend", ()),
        ("fix\n\nprose\nMade-with: Cursor", (("Made-with", "Cursor"),)),
        ("fix\n\nprose\nA: b\nC: d\nSigned-off-by: a <a@b>\n\nend", (("A", "b"), ("C", "d"), ("Signed-off-by", "a <a@b>"))),
        ("fix\n\np\np\np\np\nSigned-off-by: a <a@b>\n\nend", ()),
        ("fix\n\nMade-with: Cursor\n(cherry picked from commit 1)\n\nend", (("Made-with", "Cursor"),)),
        ("fix\n\nA: b\nA: b\nA: c", (("A", "b"), ("A", "c"))),
        ("fix\n\n    Co-authored-by: quoted <a@b>\n\nend", ()),
        ("fix\n\n> Co-authored-by: quoted <a@b>\n\nend", ()),
        ("fix\n\n🤖 Co-authored-by: x <a@b>", ()),
        ("fix\n\nhttps://example.com/a", ()),
        ("fix\n\nKey:\nKey two: x\n: y\nк: y", ()),
        ("fix\n\n" + "k" * 65 + ": long", ()),
        ("fix\n\nA: b\n\tc\n d", (("A", "b c d"),)),
    ],
)  # fmt: skip
def test_trailers_are_found_where_tools_and_squashes_put_them(message: str, found: tuple[tuple[str, str], ...]) -> None:
    assert trailers(message) == found


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("Claude <noreply@anthropic.com>", "Claude", "noreply@anthropic.com"),
        ("<a@b>", None, "a@b"),
        ("a@b", None, "a@b"),
        ("Claude:claude-opus [tool]", "Claude:claude-opus [tool]", None),
        ("Jane at a@b", "Jane at a@b", None),
        ("x <y> <a@b> z", "x <y>", "a@b"),
        ("x <>", "x", None),
        ("x <a@b", "x <a@b", None),
        ("  ", None, None),
    ],
)
def test_a_person_is_a_name_and_an_address(value: str, name: str | None, email: str | None) -> None:
    assert person(value) == (name, email)


def test_a_bounded_number_is_looked_at() -> None:
    many = "\n".join(f"Key-{number}: value" for number in range(2 * MAX_TRAILERS))
    assert len(trailers(f"subject\n\n{many}")) == MAX_TRAILERS


@pytest.mark.parametrize(
    "unit",
    ["a", "a:", "Co-authored-by: x <y@z>\n\n", "x: y\n z\n", "\r", " \n", "<", "a-", "k: v\n", "\u2028", "\udcff: x\n", ":"],
)
def test_messages_of_200_kilobytes_are_read(unit: str) -> None:
    message = "subject\n\nCo-authored-by: " + unit * (200_000 // len(unit))
    assert all(key and value for key, value in trailers(message))


@given(st.text())
def test_no_message_crashes_it(message: str) -> None:
    for key, value in trailers(message):
        assert key
        assert value
        person(value)


_WORD = st.text("abcXYZ-", min_size=1, max_size=6).filter(lambda key: key.strip("-") != "")
_LINES = st.lists(st.one_of(st.tuples(_WORD, _WORD).map(": ".join), st.text("abc ", max_size=8), st.just("")), max_size=8)


@examples(10)
@given(_LINES)
def test_whatever_git_takes_for_a_trailer_is_one(lines: list[str]) -> None:
    message = "subject\n\n" + "\n".join(lines) + "\n"
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    expected = {tuple(line.split(": ", 1)) for line in done.stdout.splitlines()}
    assert expected <= set(trailers(message))
