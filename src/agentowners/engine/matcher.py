"""One RE2 set over all path patterns of a policy: every pattern is tried in one pass over a path, in linear time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import re2

from agentowners.diagnostics import AgentownersError
from agentowners.policy.patterns import PathPattern, subject

_MEMORY = 64 << 20
_MEMORY_PER_PATTERN = 16 << 10
"""RE2 gives up on a set that does not fit its budget; 50,000 patterns of the worst shape fit this one."""

_WITNESS = "(?s)^"


class MatcherError(AgentownersError):
    """The patterns could not be compiled, or a path could not be matched, within the memory allowed."""


class Matcher:
    """Which of a fixed list of patterns match a path.

    Patterns with the same meaning share a number; ``number`` gives it. A pattern that matches everything stands in the set
    as a witness: an answer without any pattern means that RE2 ran out of memory, and is worth nothing.
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
            self._numbers[text] = by_regex.setdefault(PathPattern(text).regex(), len(by_regex))
        options = re2.Options()
        options.max_mem = _MEMORY + _MEMORY_PER_PATTERN * len(by_regex)
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        try:
            for regex in by_regex:
                self._set.Add(regex)
            self._set.Add(_WITNESS)
            self._set.Compile()
        except re2.error as error:
            raise MatcherError(
                f"the policy's {len(by_regex):,} patterns do not compile: {error}", help="use fewer or simpler patterns"
            ) from None
        self._match = self._set.Match
        self.match("witness")

    def number(self, pattern: PathPattern) -> int:
        """The number of a pattern that was given to the constructor; negative and positive ones share it."""
        return self._numbers[pattern.text]

    def match(self, path: str) -> tuple[int, ...]:
        """Numbers of the patterns that match a path, the witness's among them, in no particular order.

        The path may hold any characters, lone surrogates included. With a slash at its end it is what a link or a
        submodule at that place could be taken for: a directory.

        Raises:
            MatcherError: RE2 ran out of memory.
        """
        try:
            found = self._match(path.encode())
        except UnicodeEncodeError:
            found = self._match(subject(path).encode())
        if found is None:
            raise MatcherError("a path could not be matched within the memory allowed", help="use fewer or simpler patterns")
        return tuple(found)


@lru_cache(maxsize=4)
def _compiled(texts: tuple[str, ...]) -> Matcher:
    return Matcher(texts)
