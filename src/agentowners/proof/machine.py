"""An expression as a machine that reads a text one character after the other, and knows what can still come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from agentowners.proof.expressions import EVERYTHING, LAST, Chars, Choice, End, Part, Ranges, Repeat, Unreadable, read
from agentowners.proof.spellings import Spelling, widened

_MATCH: Final = -1
"""Among the places of a state: the expression has matched, whatever comes."""
_MATCH_AT_END: Final = -2
"""Among the places of a state: the expression matches if the text ends here."""


class Exhausted(Exception):  # noqa: N818 (says what happened to the effort)
    """The effort that may be spent is spent."""


class Effort:
    """Steps that may still be done. Every bound of this room is counted in it, so that no policy makes a proof take long."""

    def __init__(self, limit: int) -> None:
        """Allow so many small steps, of about a microsecond each."""
        self.left = limit
        self.floor = 0
        """Steps that have to be left for others."""

    @contextmanager
    def at_most(self, steps: int) -> Iterator[None]:
        """Let no more than so many be spent inside."""
        floor = self.floor
        self.floor = max(floor, self.left - steps)
        try:
            yield
        finally:
            self.floor = floor

    def spend(self, steps: int) -> None:
        """Count steps.

        Raises:
            Exhausted: there were not so many left.
        """
        self.left -= steps
        if self.left < self.floor:
            raise Exhausted


class State:
    """Knowledge of a machine after some text."""

    __slots__ = ("accepts", "cuts", "dead", "edges", "moves", "only", "places", "universal")

    def __init__(self, places: frozenset[int], edges: tuple[tuple[Ranges, frozenset[int]], ...]) -> None:
        """Derive everything from the places in the expression at which the machine may be."""
        self.places = places
        self.universal = _MATCH in places
        """True if the text matches whatever comes after it."""
        self.accepts = self.universal or _MATCH_AT_END in places
        """True if the text matches if it ends here."""
        self.dead = not self.accepts and not edges
        """True if the text cannot match any more, whatever comes after it."""
        self.edges = edges
        self.moves: dict[int, State] = {}
        self.cuts: frozenset[int] = frozenset()
        """Code points at which ranges of characters begin that are told apart here; the first begins at zero."""
        self.only: tuple[int, ...] | None = None
        """The only character that can come, where there is one."""
        if len(edges) == 1 and len(edges[0][0]) == 1 and edges[0][0][0][0] == edges[0][0][0][1]:
            self.only = (edges[0][0][0][0],)
        if edges:
            self.cuts = frozenset(cut for ranges, _ in edges for low, high in ranges for cut in (low, high + 1) if cut <= LAST)

    def includes(self, other: State) -> bool:
        """True if whatever matches on from the other certainly matches on from here."""
        return self is other or self.universal or other.dead or self.places >= other.places


class Machine:
    """A deterministic automaton whose states are made when they are reached."""

    def __init__(self, expression: str, effort: Effort, *, whole: bool, spelling: Spelling = Spelling.EXACT) -> None:
        """Read an expression, for texts of which it matches a beginning, or the whole.

        Raises:
            Unreadable: it is not of a form that the patterns of a policy become.
            Exhausted: the effort is spent.
        """
        parts = widened(read(expression, whole=whole), spelling)
        effort.spend(len(expression))
        self._effort = effort
        self._whole = whole
        self._ranges: list[Ranges] = []
        self._follow: list[frozenset[int]] = []
        self._states: dict[frozenset[int], State] = {}
        end = frozenset({_MATCH_AT_END if whole else _MATCH})
        self.start = self._state(self._sequence(parts, end))

    def step(self, state: State, char: int) -> State:
        """The state after one more character.

        Raises:
            Exhausted: the effort is spent.
        """
        target = state.moves.get(char)
        if target is not None:
            return target
        if state.universal:
            target = state
        else:
            places: set[int] = set()
            for ranges, follow in state.edges:
                for low, high in ranges:
                    if low <= char <= high:
                        places |= follow
                        break
            self._effort.spend(1 + len(state.edges))
            target = self._state(frozenset(places))
        state.moves[char] = target
        return target

    def read(self, text: str) -> State:
        """The state after a text.

        Raises:
            Exhausted: the effort is spent.
        """
        state = self.start
        self._effort.spend(len(text) // 8)
        for char in map(ord, text):
            if state.universal or state.dead:
                break
            state = state.moves.get(char) or self.step(state, char)
        return state

    def _state(self, places: frozenset[int]) -> State:
        if _MATCH in places or (_MATCH_AT_END in places and any(map(self._goes_on_matching, places))):
            places = _UNIVERSAL
        state = self._states.get(places)
        if state is None:
            self._effort.spend(len(places))
            edges = tuple((self._ranges[place], self._follow[place]) for place in places if place >= 0)
            state = self._states[places] = State(places, edges)
        return state

    def _goes_on_matching(self, place: int) -> bool:
        """True if any character leads back to a place, and may be the last."""
        return place >= 0 and self._ranges[place] is EVERYTHING and {place, _MATCH_AT_END} <= self._follow[place]

    def _sequence(self, parts: Iterable[Part], after: frozenset[int]) -> frozenset[int]:
        """The places at which a sequence begins, if it goes on at ``after``."""
        for part in reversed(tuple(parts)):
            after = self._part(part, after)
        return after

    def _part(self, part: Part, after: frozenset[int]) -> frozenset[int]:
        match part:
            case Chars(ranges):
                self._ranges.append(ranges)
                self._follow.append(after)
                return frozenset({len(self._ranges) - 1})
            case End():
                return frozenset({_MATCH_AT_END}) if after & {_MATCH, _MATCH_AT_END} else frozenset()
            case Choice(choices):
                return frozenset().union(*(self._sequence(choice, after) for choice in choices))
            case Repeat(inner, optional, again):
                begin = self._part(inner, after)
                if again:
                    if not isinstance(inner, Chars):
                        raise Unreadable
                    self._follow[-1] |= begin
                return begin | after if optional else begin


_UNIVERSAL: Final = frozenset({_MATCH})
