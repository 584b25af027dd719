"""All path patterns of a policy in RE2 sets: every pattern is tried in one pass over a path, in linear time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TypeVar

import re2

from agentowners.diagnostics import AgentownersError
from agentowners.policy.expressions import beside, path_regex, says_directory, says_name, subject
from agentowners.policy.patterns import PathPattern
from agentowners.policy.spelling import one_spelling

_MEMORY = 64 << 20
_MEMORY_PER_PATTERN = 16 << 10
"""RE2 gives up on a set that does not fit its budget; 50,000 patterns of the worst shape fit this one."""
_KEPT = 100_000
"""Answers; so that a policy that judges one large change after the other does not fill the memory."""
_OPEN = -1
"""Stands in a set's answer for: a pattern with a slash may match a file in this directory."""
_K = TypeVar("_K")
_T = TypeVar("_T")


class MatcherError(AgentownersError):
    """The patterns could not be compiled, or a path could not be matched, within the memory allowed."""


_Place = tuple[tuple[int, ...], bool]
"""What is known of the paths in one directory: numbers of the patterns that match all of them, and whether a pattern with a
slash may match some of them and not others."""


class Matcher:
    """Which of a fixed list of patterns match a path.

    Patterns with the same meaning share a number; ``number`` gives it. They stand in RE2 sets by what they look at: a path's
    directory, whose answer is kept for all that lies there; each segment by itself, whose answer is kept for every file of that
    name; or the whole path, which is asked about only in directories where it can matter. (One set of all gives the same
    answers, and grows states for every mixture of what it has seen.)
    """

    @classmethod
    def of(cls, patterns: Iterable[PathPattern]) -> Matcher:
        """A matcher of these patterns; the same one as before where the same patterns were asked for lately, since it gets
        faster as it goes.

        Raises:
            MatcherError: they do not fit into memory.
        """
        given = tuple(patterns)
        spelled = dict.fromkeys(pattern.text for pattern in given if pattern.any_spelling)
        return _compiled(tuple(dict.fromkeys(pattern.text for pattern in given)), tuple(spelled))

    def __init__(self, texts: Iterable[str], spelled: Iterable[str] = ()) -> None:
        """Compile patterns, given by their canonical texts.

        Args:
            texts: all of them.
            spelled: those among them that also match a path in another spelling.

        Raises:
            MatcherError: they do not fit into memory.
        """
        of_spelling = {text: one_spelling(text) for text in spelled}
        texts = [*texts, *of_spelling.values()]
        self._numbers: dict[str, int] = {}
        by_regex: dict[str, int] = {}
        of_directories: dict[str, int] = {}
        of_names: dict[str, int] = {}
        of_paths: dict[str, int] = {}
        beside_them: dict[str, None] = {}
        for text in texts:
            regex = path_regex(text)
            number = self._numbers[text] = by_regex.setdefault(regex, len(by_regex))
            if says_directory(regex):
                of_directories[regex] = number
            elif says_name(text):
                of_names[regex] = number
            else:
                of_paths[regex] = number
                beside_them[path_regex(beside(text))] = None
        self._spelled = {text: len(by_regex) + index for index, text in enumerate(of_spelling)}
        self._by_exact = {self._numbers[text]: number for text, number in self._spelled.items()}
        self._by_spelling: dict[int, list[int]] = {}
        for text, number in self._spelled.items():
            self._by_spelling.setdefault(self._numbers[of_spelling[text]], []).append(number)
        self._of_directories = _Set(of_directories.items())
        self._of_names = _Set(of_names.items())
        self._of_paths = _Set(of_paths.items())
        self._of_places = _Set([*of_names.items(), *of_paths.items(), *((regex, _OPEN) for regex in beside_them)])
        self._places: dict[str, _Place] = {}
        self._names: dict[str, tuple[int, ...]] = {}
        self._completed: dict[tuple[int, ...], tuple[int, ...]] = {}

    def number(self, pattern: PathPattern) -> int:
        """The number of a pattern that was given to the constructor; negative and positive ones share it. One of any spelling has
        a number of its own."""
        return self._spelled[pattern.text] if pattern.any_spelling else self._numbers[pattern.text]

    def exactly(self, pattern: PathPattern) -> int:
        """The number of a pattern where it matches a path as it is written."""
        return self._numbers[pattern.text]

    def match(self, path: str) -> tuple[int, ...]:
        """Numbers of the patterns that match a path, in no particular order, some perhaps twice.

        The path may hold any characters, lone surrogates included. With a slash at its end it is what a link or a
        submodule at that place could be taken for: a directory.

        Raises:
            MatcherError: RE2 ran out of memory.
        """
        found = self._match(path)
        if not self._spelled:
            return found
        spelling = one_spelling(path)
        if spelling is path:
            # few of the answers are different
            again = self._completed.get(found)
            return _keep(self._completed, found, self._with_spelled(found, found)) if again is None else again
        return self._with_spelled(found, self._match(spelling))

    def _with_spelled(self, found: tuple[int, ...], again: tuple[int, ...]) -> tuple[int, ...]:
        """What matches a path as it is written, and what matches any spelling of it."""
        exact, spelled = self._by_exact, self._by_spelling
        more = [exact[number] for number in found if number in exact]
        more += [other for number in again if number in spelled for other in spelled[number]]
        return (*found, *more) if more else found

    def _match(self, path: str) -> tuple[int, ...]:
        cut = path.rfind("/") + 1
        place = self._places.get(path[:cut])
        if place is None:
            place = self._place(path[:cut])
        name = path[cut:]
        found = self._names.get(name)
        if found is None:
            found = _keep(self._names, name, self._of_names.match(name))
        below, is_open = place
        if is_open:
            found += self._of_paths.match(path)
        return below + found if found else below

    def _place(self, directory: str) -> _Place:
        found = self._of_places.match(directory)
        below = self._of_directories.match(directory) + tuple([number for number in found if number != _OPEN])
        return _keep(self._places, directory, (below, _OPEN in found))


def _keep(cache: dict[_K, _T], key: _K, value: _T) -> _T:
    if len(cache) >= _KEPT:
        cache.clear()
    cache[key] = value
    return value


class _Set:
    """An RE2 set. A pattern that matches everything stands in it as a witness: an answer without any pattern means that RE2 ran
    out of memory, and is worth nothing."""

    def __init__(self, expressions: Collection[tuple[str, int]]) -> None:
        """Compile expressions, each with a number; two may have the same."""
        options = re2.Options()
        options.max_mem = _MEMORY + _MEMORY_PER_PATTERN * len(expressions)
        options.log_errors = False
        self._numbers = tuple([number for _, number in expressions])
        self._set = re2.Set.SearchSet(options)
        try:
            for regex, _ in expressions:
                self._set.Add(regex)
            self._witness = self._set.Add("(?s)^")
            self._nothing = [self._witness]
            self._set.Compile()
        except re2.error as error:
            raise MatcherError(
                f"the policy's {len(expressions):,} patterns do not compile: {error}", help="use fewer or simpler patterns"
            ) from None
        self.match("witness")

    def match(self, text: str) -> tuple[int, ...]:
        """Numbers of the expressions that match.

        Raises:
            MatcherError: RE2 ran out of memory.
        """
        found = self._set.Match(subject(text).encode())
        if found == self._nothing:
            return ()
        if found is None:
            raise MatcherError("a path could not be matched within the memory allowed", help="use fewer or simpler patterns")
        numbers, witness = self._numbers, self._witness
        return tuple([numbers[index] for index in found if index != witness])


@lru_cache(maxsize=4)
def _compiled(texts: tuple[str, ...], spelled: tuple[str, ...]) -> Matcher:
    return Matcher(texts, spelled)
