"""Speed: one pass over a path tries all patterns, in linear time, and only rules that wait for a pattern that matches are
looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final, Generic, TypeVar

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
"""Stands among numbers for: a pattern with a slash may match a file in this directory."""
_T = TypeVar("_T")

Numbers = tuple[int, ...]
"""Numbers of patterns, in no particular order, some perhaps twice."""


class MatcherError(AgentownersError):
    """The patterns could not be compiled, or a path could not be matched, within the memory allowed."""


class Matcher:
    """A fixed list of patterns, of which it tells those that match a path.

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
        self._numbers: dict[str, int] = {}
        by_regex: dict[str, int] = {}
        directories: dict[str, int] = {}
        names: dict[str, int] = {}
        paths: dict[str, int] = {}
        neighbours: dict[str, int] = {}
        for text in [*texts, *of_spelling.values()]:
            regex = path_regex(text)
            number = self._numbers[text] = by_regex.setdefault(regex, len(by_regex))
            if says_directory(regex):
                directories[regex] = number
            elif says_name(text):
                names[regex] = number
            else:
                paths[regex] = number
                neighbours[path_regex(beside(text))] = _OPEN
        self._spelled = {text: len(by_regex) + index for index, text in enumerate(of_spelling)}
        self._as_written = {self._numbers[text]: number for text, number in self._spelled.items()}
        self._in_any_spelling: dict[int, list[int]] = {_OPEN: [_OPEN]}
        for text, number in self._spelled.items():
            self._in_any_spelling.setdefault(self._numbers[of_spelling[text]], []).append(number)
        self._directories = _RegexSet(directories.items())
        self._names = _RegexSet(names.items())
        self._paths = _RegexSet(paths.items())
        self._above = _RegexSet([*names.items(), *paths.items(), *neighbours.items()])
        self._kept_below: dict[str, tuple[Numbers, bool]] = {}
        self._kept_named: dict[str, Numbers] = {}

    def number(self, pattern: PathPattern) -> int:
        """The number of a pattern that was given to the constructor; negative and positive ones share it. One of any spelling has
        a number of its own."""
        return self._spelled[pattern.text] if pattern.any_spelling else self._numbers[pattern.text]

    def exactly(self, pattern: PathPattern) -> int:
        """The number of a pattern where it matches a path as it is written."""
        return self._numbers[pattern.text]

    def match(self, path: str) -> Numbers:
        """Numbers of the patterns that match a path.

        The path may hold any characters, lone surrogates included. With a slash at its end it is what a link or a
        submodule at that place could be taken for: a directory.

        Raises:
            MatcherError: RE2 ran out of memory.
        """
        cut = path.rfind("/") + 1
        directory, name = path[:cut], path[cut:]
        below, is_open = self._kept_below.get(directory) or self._below(directory)
        named = self._kept_named.get(name)
        if named is None:
            named = self._named(name)
        return below + named + self._answer(self._paths, path) if is_open else below + named

    def _below(self, directory: str) -> tuple[Numbers, bool]:
        """Numbers of the patterns that match everything in a directory, and whether others may match some of it."""
        below = self._answer(self._directories, directory) + self._answer(self._above, directory)
        is_open = _OPEN in below
        return _keep(self._kept_below, directory, (tuple([n for n in below if n != _OPEN]) if is_open else below, is_open))

    def _named(self, name: str) -> Numbers:
        """Numbers of the patterns that match a file of that name wherever it lies."""
        return _keep(self._kept_named, name, self._answer(self._names, name))

    def _answer(self, patterns: _RegexSet, text: str) -> Numbers:
        """Numbers of the patterns of a set that match a text as it is written or in any spelling. Segments are spelled each by
        itself, so that a directory and a name can be asked about apart."""
        matching = patterns.match(text)
        if not self._spelled:
            return matching
        spelling = one_spelling(text)
        respelled = matching if spelling == text else patterns.match(spelling)
        if not matching and not respelled:
            return ()
        as_written = [self._as_written[number] for number in matching if number in self._as_written]
        in_any = [other for number in respelled for other in self._in_any_spelling.get(number, ())]
        return (*matching, *as_written, *in_any)


class RuleIndex(Generic[_T]):
    """Rules by the patterns that they wait for."""

    def __init__(self, rules: Sequence[_T], patterns: Callable[[_T], Collection[int]]) -> None:
        """Take up rules in file order, each with the numbers of its positive patterns; without any it waits for none."""
        self.rules = rules
        self._always = [place for place, rule in enumerate(rules) if not patterns(rule)]
        self._waiting: dict[int, list[int]] = {}
        for place, rule in enumerate(rules):
            for number in patterns(rule):
                self._waiting.setdefault(number, []).append(place)

    def candidates(self, views: Iterable[Iterable[int]]) -> list[_T]:
        """The rules that wait for none or for one of the patterns that match in some view of a path, in file order."""
        waiting = self._waiting
        places = {place for numbers in views for number in numbers if number in waiting for place in waiting[number]}
        return [self.rules[place] for place in sorted(places.union(self._always))]


def _keep(cache: dict[str, _T], key: str, value: _T) -> _T:
    if len(cache) >= _KEPT:
        cache.clear()
    cache[key] = value
    return value


class _RegexSet:
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
            self._set.Compile()
        except re2.error as error:
            raise MatcherError(
                f"the policy's {len(expressions):,} patterns do not compile: {error}", help="use fewer or simpler patterns"
            ) from None
        self.match("witness")

    def match(self, text: str) -> Numbers:
        """Numbers of the expressions that match.

        Raises:
            MatcherError: RE2 ran out of memory.
        """
        matching = self._set.Match(subject(text).encode())
        if not matching:
            raise MatcherError("a path could not be matched within the memory allowed", help="use fewer or simpler patterns")
        return tuple([self._numbers[index] for index in matching if index != self._witness])


_compiled: Final = lru_cache(maxsize=4)(Matcher)
