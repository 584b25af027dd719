"""A unified diff of two texts, in time that grows with their length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from typing import Final

_CONTEXT: Final = 3
_COMPARED: Final = 400
"""Stretches of more lines than this, without a line that stands once in either text, are not compared line by line."""


def unified_diff(before: str, after: str, path: str) -> Iterator[str]:
    """The lines of a diff that ``git apply`` takes, each with its end; none where the texts are the same."""
    old, new = _lines(before), _lines(after)
    if old == new:
        return
    yield f"--- a/{path.lstrip('/')}\n"
    yield f"+++ b/{path.lstrip('/')}\n"
    for group in _Matched(old, new).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[i1:i2])
            else:
                yield from (f"-{line}" for line in old[i1:i2])
                yield from (f"+{line}" for line in new[j1:j2])


class _Matched(SequenceMatcher[str]):
    """A ``difflib`` matcher whose matches are found here."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new)
        self._found = [*_joined(_matches(old, new)), Match(len(old), len(new), 0)]

    def get_matching_blocks(self) -> list[Match]:
        """The matches, the empty one at the end included."""
        return self._found


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[Match]:
    """Common lines of the two, in order: found between lines that stand once in each, one stretch after the other."""
    times_old, times_new = Counter(old), Counter(new)
    places = {line: index for index, line in enumerate(new) if times_old[line] == times_new[line] == 1}
    i = j = 0
    for index, line in enumerate(old):
        place = places.get(line, -1)
        if place >= j:
            yield from _between(old, new, i, index, j, place)
            yield Match(index, place, 1)
            i, j = index + 1, place + 1
    yield from _between(old, new, i, len(old), j, len(new))


def _joined(matches: Iterable[Match]) -> list[Match]:
    """The matches, those that follow each other without a gap made one."""
    joined: list[Match] = []
    for a, b, size in matches:
        if joined and (joined[-1].a + joined[-1].size, joined[-1].b + joined[-1].size) == (a, b):
            joined[-1] = Match(joined[-1].a, joined[-1].b, joined[-1].size + size)
        else:
            joined.append(Match(a, b, size))
    return joined


def _between(old: Sequence[str], new: Sequence[str], i: int, i_end: int, j: int, j_end: int) -> Iterator[Match]:
    if i == i_end or j == j_end or max(i_end - i, j_end - j) > _COMPARED:
        return
    for match in SequenceMatcher(None, old[i:i_end], new[j:j_end], autojunk=False).get_matching_blocks()[:-1]:
        yield Match(i + match.a, j + match.b, match.size)


def _range(start: int, end: int) -> str:
    """A range as diffs write it: of no lines, the line before."""
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + (length > 0)},{length}"


def _lines(text: str) -> list[str]:
    """Lines with their ends; one that has none at the end of its text says so."""
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + ([f"{last}\n\\ No newline at end of file\n"] if last else [])
