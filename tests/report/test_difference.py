"""Diffs: what they take away is in the old text, what they add in the new one, and nothing else changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentowners.report.shared.difference import unified_diff

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "# x"]) | st.integers(0, 9).map(str), max_size=30)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n"]))


def applied(before: str, diff: list[str]) -> str:
    """The old text with a diff applied to it, as ``patch`` does it; every line it takes away or leaves is looked at."""
    old = before.splitlines(keepends=True)
    new: list[str] = []
    at = 0
    for line in diff[2:]:
        body = line[1:].replace("\n\\ No newline at end of file\n", "")
        if line.startswith("@@"):
            start, _, length = line.split()[1].removeprefix("-").partition(",")
            first = int(start) - (length != "0")
            new += old[at:first]
            at = first
        elif line[0] == "+":
            new.append(body)
        else:
            assert old[at] == body
            new += [body] if line[0] == " " else []
            at += 1
    return "".join(new + old[at:])


@given(TEXTS, TEXTS)
def test_a_diff_makes_the_new_text_of_the_old_one(before: str, after: str) -> None:
    diff = list(unified_diff(before, after, "p"))
    assert (diff == []) == (before == after)
    if diff:
        assert diff[:2] == ["--- a/p\n", "+++ b/p\n"]
        assert applied(before, diff) == after


def test_only_what_changed_is_shown() -> None:
    before = "".join(f"{number}\n" for number in range(20))
    assert list(unified_diff(before, before.replace("9\n", "nine\n", 1), "p"))[2:] == [
        "@@ -7,7 +7,7 @@\n", " 6\n", " 7\n", " 8\n", "-9\n", "+nine\n", " 10\n", " 11\n", " 12\n"
    ]  # fmt: skip


def test_a_long_stretch_without_anything_that_stands_once_is_replaced() -> None:
    before, after = "a\n" * 1_000, "b\na\n" * 1_000
    assert applied(before, list(unified_diff(before, after, "p"))) == after
