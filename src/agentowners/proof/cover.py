"""Whether a set of paths is covered by others out of very many, asked in a way that looks at few of them.

A path of the set is taken, and the engine's own matcher says which patterns match it: only the sets that it is in can matter. If
they do not cover the whole set, the prover has a path that they leave out; the matcher is asked about that one, and so on. Where
nothing has such a path, the set is certainly not covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Final, Generic, Protocol, TypeVar

from agentowners.engine.matcher import Matcher
from agentowners.policy.patterns import PathPattern
from agentowners.proof.prover import Doubt, PatternSet, Prover
from agentowners.proof.samples import common_samples, samples
from agentowners.proof.search import Found
from agentowners.records import record

_ROUNDS: Final = 16
_MOST: Final = 48
"""Sets that are looked at together."""
_ALONE: Final = 3
"""Sets of which each is tried by itself, before all together: a reason with one name is the better one."""

View = frozenset[int]
"""The matcher's numbers of the patterns that match a path."""


@record
class Numbered:
    """A set of paths, with the matcher's numbers of its patterns."""

    paths: PatternSet
    positive: tuple[int, ...]
    """In the order of the set's."""
    negative: View

    def has(self, view: View) -> bool:
        """Whether a path that these patterns match is in the set."""
        if not self.negative.isdisjoint(view):
            return False
        return not self.positive or not view.isdisjoint(self.positive)

    def around(self, view: View) -> PatternSet:
        """A part of the set in which a path is that these patterns match: less to look at."""
        if len(self.positive) < 2:
            return self.paths
        near = [text for text, number in zip(self.paths.positive, self.positive, strict=True) if number in view]
        return PatternSet(tuple(near[:_ALONE]), self.paths.negative)


class Candidate(Protocol):
    """Something that may help to cover a set."""

    @property
    def paths(self) -> Numbered:
        """What it covers."""
        ...


C = TypeVar("C", bound=Candidate)
LookUp = Callable[[View], Iterable[C]]
"""The candidates that may be used, and are in question for a path that these patterns match."""


class Blank(Enum):
    """What there is instead of a path that a set has."""

    EMPTY = "empty"
    """The set certainly has no path."""
    NOT_KNOWN = "not known"


class Atlas:
    """The paths of a policy's patterns: what the matcher says of one, and the prover of all."""

    def __init__(self, patterns: Iterable[PathPattern]) -> None:
        """Compile patterns, in their order: that gives the same matcher as for a change.

        Raises:
            MatcherError: they do not fit into memory.
        """
        every = list(patterns)
        self.matcher = Matcher.of(every)
        self.prover = Prover(len(every))
        self._witnesses: dict[PatternSet, View | Blank] = {}

    def numbered(self, patterns: Sequence[PathPattern]) -> Numbered:
        """The set that patterns of the policy make."""
        number = self.matcher.number
        return Numbered(
            PatternSet.of(patterns),
            tuple([number(pattern) for pattern in patterns if not pattern.negative]),
            frozenset([number(pattern) for pattern in patterns if pattern.negative]),
        )

    def view(self, found: Found) -> View:
        """The patterns that match a path, as a file or as a link."""
        matched = frozenset(self.matcher.match(found.text))
        return matched | frozenset(self.matcher.match(f"{found.text}/")) if found.as_link else matched

    def witness(self, paths: PatternSet) -> View | Blank:
        """What matches some path of a set."""
        found = self._witnesses.get(paths)
        if found is None:
            found = self._witnesses[paths] = self._witness(paths)
        return found

    def is_empty(self, paths: PatternSet) -> bool:
        """Whether a set certainly has no path."""
        return all(self.witness(single) is Blank.EMPTY for single in paths.singles())

    def are_apart(self, paths: PatternSet, text: str) -> bool:
        """Whether a set and what a pattern covers certainly have nothing in common."""
        number = self.matcher.number(PathPattern(text))
        numbered = self._numbered(paths)
        for path in common_samples(text, paths.positive):
            view = frozenset(self.matcher.match(path))
            if number in view and numbered.has(view):
                return False
        return self.prover.find([paths, PatternSet((text,))]) is Doubt.NONE

    def covering(self, paths: PatternSet, look_up: LookUp[C]) -> tuple[C, ...]:
        """Candidates that together certainly cover a set; nothing where there are none, or where that is not certain."""
        used: dict[int, C] = {}
        for single in paths.singles():
            view = self.witness(single)
            if view is Blank.EMPTY:
                continue
            found = () if isinstance(view, Blank) else self._covering(single, view, look_up)
            if not found:
                return ()
            used.update((id(one), one) for one in found)
        return tuple(used.values())

    def _covering(self, paths: PatternSet, view: View, look_up: LookUp[C]) -> tuple[C, ...]:
        chosen = _Chosen[C]()
        for _ in range(_ROUNDS):
            fresh = [(one, one.paths.around(view)) for one in look_up(view) if one.paths.has(view)]
            fresh = chosen.new(fresh)
            if not fresh:
                return ()
            answer: Found | Doubt
            for one, part in fresh[:_ALONE]:
                answer = self.prover.find([paths], [part])
                if answer is Doubt.NONE:
                    return (one,)
            chosen.add(fresh)
            if len(chosen.parts) > 1:
                answer = self.prover.find([paths], list(chosen.parts))
            if answer is Doubt.NONE:
                return tuple(chosen.parts.values())
            if not isinstance(answer, Found):
                return ()
            view = self.view(answer)
        return ()

    def _witness(self, paths: PatternSet) -> View | Blank:
        numbered = self.numbered(
            [*map(PathPattern, paths.positive), *(PathPattern(text, negative=True) for text in paths.negative)]
        )
        for path in samples(paths.positive):
            view = frozenset(self.matcher.match(path))
            if numbered.has(view):
                return view
        found = self.prover.find([paths])
        if isinstance(found, Found):
            return self.view(found)
        return Blank.EMPTY if found is Doubt.NONE else Blank.NOT_KNOWN

    def _numbered(self, paths: PatternSet) -> Numbered:
        number = self.matcher.number
        return Numbered(
            paths,
            tuple([number(PathPattern(text)) for text in paths.positive]),
            frozenset([number(PathPattern(text)) for text in paths.negative]),
        )


class _Chosen(Generic[C]):
    """Parts of candidates, so far."""

    def __init__(self) -> None:
        self.parts: dict[PatternSet, C] = {}

    def new(self, found: list[tuple[C, PatternSet]]) -> list[tuple[C, PatternSet]]:
        """Those with a part that is not among these, as many as may still be taken."""
        fresh = {part: one for one, part in reversed(found) if part not in self.parts}
        return [(one, part) for part, one in fresh.items()][::-1][: max(0, _MOST - len(self.parts))]

    def add(self, fresh: list[tuple[C, PatternSet]]) -> None:
        self.parts.update((part, one) for one, part in fresh)
