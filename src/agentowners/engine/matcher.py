"""All path patterns of a policy in RE2 sets: every pattern is tried in one pass over a path, in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import re2

from agentowners.diagnostics import AgentownersError
from agentowners.policy.expressions import path_regex, says_directory, subject
from agentowners.policy.patterns import PathPattern

_MEMORY = 64 << 20
_MEMORY_PER_PATTERN = 16 << 10
"""RE2 gives up on a set that does not fit its budget; 50,000 patterns of the worst shape fit this one."""
_DIRECTORIES_KEPT = 100_000
"""So that a policy that judges one large change after the other does not fill the memory."""


class MatcherError(AgentownersError):
    """The patterns could not be compiled, or a path could not be matched, within the memory allowed."""


class Matcher:
    """Which of a fixed list of patterns match a path.

    Patterns with the same meaning share a number; ``number`` gives it. Two RE2 sets are tried: one with the patterns that look
    at a path's directory only (``docs/``, ``docs/*``, ``**``), whose answer is kept for the directory's other files, and one
    with all others.
    """

    @classmethod
    def of(cls, patterns: Iterable[PathPattern]) -> Matcher:
        """A matcher of these patterns; the same one as before where the same patterns were asked for lately, since RE2 gets
        faster as it goes.

        Raises:
            MatcherError: they do not fit into memory.
        """
        return _compiled(tuple(dict.fromkeys(pattern.text for pattern in patterns)))

    def __init__(self, texts: Iterable[str]) -> None:
        """Compile patterns, given by their canonical texts.

        Raises:
            MatcherError: they do not fit into memory.
        """
        self._numbers: dict[str, int] = {}
        by_regex: dict[str, int] = {}
        for text in texts:
            self._numbers[text] = by_regex.setdefault(path_regex(text), len(by_regex))
        self._of_directories = _Set({regex: number for regex, number in by_regex.items() if says_directory(regex)})
        self._of_paths = _Set({regex: number for regex, number in by_regex.items() if not says_directory(regex)})
        self._directories: dict[str, tuple[int, ...]] = {}

    def number(self, pattern: PathPattern) -> int:
        """The number of a pattern that was given to the constructor; negative and positive ones share it."""
        return self._numbers[pattern.text]

    def match(self, path: str) -> tuple[int, ...]:
        """Numbers of the patterns that match a path, in no particular order.

        The path may hold any characters, lone surrogates included. With a slash at its end it is what a link or a
        submodule at that place could be taken for: a directory.

        Raises:
            MatcherError: RE2 ran out of memory.
        """
        directory = path[: path.rfind("/") + 1]
        below = self._directories.get(directory)
        if below is None:
            below = self._below(directory)
        of_paths = self._of_paths
        try:
            found = of_paths.search(path.encode())
        except UnicodeEncodeError:
            found = of_paths.search(subject(path).encode())
        return below if found == of_paths.nothing else below + of_paths.read(found)

    def _below(self, directory: str) -> tuple[int, ...]:
        if len(self._directories) >= _DIRECTORIES_KEPT:
            self._directories.clear()
        found = self._of_directories.search(subject(directory).encode())
        return self._directories.setdefault(directory, self._of_directories.read(found))


class _Set:
    """An RE2 set. A pattern that matches everything stands in it as a witness: an answer without any pattern means that RE2 ran
    out of memory, and is worth nothing."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY + _MEMORY_PER_PATTERN * len(numbers)
        options.log_errors = False
        self._numbers = tuple(numbers.values())
        compiled = re2.Set.SearchSet(options)
        try:
            for regex in numbers:
                compiled.Add(regex)
            self.nothing = [compiled.Add("(?s)^")]
            """What ``search`` answers where no pattern matches but the witness."""
            compiled.Compile()
        except re2.error as error:
            raise MatcherError(
                f"the policy's {len(numbers):,} patterns do not compile: {error}", help="use fewer or simpler patterns"
            ) from None
        self.search = compiled.Match
        """Which expressions match UTF-8 text, for ``read``."""
        self.read(self.search(b"witness"))

    def read(self, found: list[int] | None) -> tuple[int, ...]:
        """Numbers of the patterns that ``search`` found.

        Raises:
            MatcherError: RE2 ran out of memory.
        """
        if found is None:
            raise MatcherError("a path could not be matched within the memory allowed", help="use fewer or simpler patterns")
        numbers, (witness,) = self._numbers, self.nothing
        return tuple([numbers[index] for index in found if index != witness])


@lru_cache(maxsize=4)
def _compiled(texts: tuple[str, ...]) -> Matcher:
    return Matcher(texts)
