"""Looks for a text that is in some sets and outside of others, by walking the machines of all their patterns side by side.

Of two nodes, one may still find all that the other can: its machines that help are at the other's places and at more, and those
that hurt are at no others. Then the other is not followed (an antichain search), so that states that differ only in what cannot
matter are never made.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from agentowners.policy.expressions import PRIVATE
from agentowners.proof.expressions import LAST
from agentowners.proof.machine import Effort, Machine, State

_SLASH: Final = ord("/")
_SURROGATES: Final = range(0xD800, 0xE000)
_FURTHER: Final = 64
"""Nodes."""
_NICE: Final = tuple(map(ord, "xyzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~+=,@ .!#%^&'*"))
"""Characters to show where any of a range will do, the plainest first."""


class Domain(Enum):
    """Kinds of texts."""

    PATHS = "paths"
    """Paths: segments that are not empty, without NUL. Each is looked at as a file, and as a link, which is matched by
    the patterns of a directory of its name too."""
    REFS = "refs"
    """Segments that are not empty, without NUL."""
    NAMES = "names"
    """Any characters."""


class Sides(Struct, frozen=True):
    """A set as machines: the texts that any of the positive ones matches, or all texts where there are none, less those that
    any of the negative ones matches. Machines are given by their places in a list."""

    positive: tuple[int, ...]
    negative: tuple[int, ...]


class Witness(Struct, frozen=True):
    """A text that was looked for."""

    text: str
    """As a path is in Python: bytes that are not UTF-8 are lone surrogates."""
    as_link: bool = False
    """True if it is in question as a link or submodule only."""


class Query(Struct, frozen=True):
    """A text in every set of ``within`` and in none of ``without``."""

    machines: Sequence[Machine]
    within: Sequence[Sides]
    without: Sequence[Sides]
    domain: Domain

    def fits(self, accepted: Sequence[bool]) -> bool:
        """True if a text that these machines accept is one that is looked for."""
        return all(_holds(sides, accepted) for sides in self.within) and not any(
            _holds(sides, accepted) for sides in self.without
        )

    def is_hopeless(self, states: Sequence[State]) -> bool:
        """True if nothing that comes can be what is looked for."""
        return any(_never(sides, states) for sides in self.within) or any(_always(sides, states) for sides in self.without)

    def polarity(self) -> tuple[list[int], list[int], list[int]]:
        """Machines by what it does that they match: it can only help, it can only hurt, or it can do either."""
        helps = {index for sides in self.within for index in sides.positive}
        helps |= {index for sides in self.without for index in sides.negative}
        hurts = {index for sides in self.within for index in sides.negative}
        hurts |= {index for sides in self.without for index in sides.positive}
        return sorted(helps - hurts), sorted(hurts - helps), sorted(helps & hurts)


_Node = tuple[bool, tuple[State, ...]]
"""True if a segment begins here, and what each machine knows."""


class _Walk:
    """The nodes that were reached, each with the way to it."""

    def __init__(self, query: Query, effort: Effort) -> None:
        self._helps, self._hurts, self._either = query.polarity()
        self._effort = effort
        self._seen: set[_Node] = set()
        self._kept: dict[tuple[bool, tuple[State, ...]], list[tuple[State, ...]]] = {}
        self.nodes: list[_Node] = []
        self.came_from: dict[_Node, tuple[_Node, str] | None] = {}

    def reach(self, node: _Node, before: tuple[_Node, str] | None) -> None:
        """Take a node up, unless one that was reached already can find all that it could."""
        if node in self._seen:
            return
        self._seen.add(node)
        begins, states = node
        peers = self._kept.setdefault((begins, tuple([states[index] for index in self._either])), [])
        self._effort.spend(1 + len(peers))
        if any(self._is_as_good(other, states) for other in peers):
            return
        peers.append(states)
        self.nodes.append(node)
        self.came_from[node] = before

    def _is_as_good(self, states: tuple[State, ...], other: tuple[State, ...]) -> bool:
        return all(other[index].includes(states[index]) for index in self._hurts) and all(
            states[index].includes(other[index]) for index in self._helps
        )


def search(query: Query, effort: Effort) -> Witness | None:
    """A text as it is asked for, a short one, or None where there is certainly none.

    Raises:
        Exhausted: the effort is spent.
    """
    machines, domain = query.machines, query.domain
    segmented = domain is not Domain.NAMES
    leaders = [sides.positive[0] for sides in query.within if len(sides.positive) == 1]
    cost = len(machines)
    walk = _Walk(query, effort)
    walk.reach((True, tuple([machine.start for machine in machines])), None)
    link: Witness | None = None
    last = 0
    for number, node in enumerate(walk.nodes):
        if link is not None and number > last:
            break
        begins, states = node
        effort.spend(2 * cost)
        if not (begins and segmented):
            accepted = [state.accepts for state in states]
            if query.fits(accepted):
                return Witness(_nicest_text(node, walk, segmented=segmented))
            if domain is Domain.PATHS:
                below = [machine.step(state, _SLASH).accepts for machine, state in zip(machines, states, strict=True)]
                if below != accepted and query.fits([a or b for a, b in zip(accepted, below, strict=True)]):
                    # a file says more to people: it may be near
                    last = number + _FURTHER if link is None else last
                    link = link or Witness(_nicest_text(node, walk, segmented=segmented), as_link=True)
        for char in _characters(states, leaders, segmented=segmented):
            slash = segmented and char == _SLASH
            if slash and begins:
                continue
            onward = _go(query, states, char, leaders, effort, segmented=segmented)
            if onward is not None:
                text, after = onward
                walk.reach((slash, after), (node, text))
    return link


def _go(
    query: Query, states: tuple[State, ...], char: int | None, leaders: Sequence[int], effort: Effort, *, segmented: bool
) -> tuple[str, tuple[State, ...]] | None:
    """The states after a character, and after all that can only come one way behind it, with the text in between. None where
    nothing that comes can be what is looked for."""
    text = ""
    while char is not None:
        effort.spend(len(query.machines))
        states = tuple([machine.step(state, char) for machine, state in zip(query.machines, states, strict=True)])
        if query.is_hopeless(states):
            return None
        text += chr(char)
        char = None if segmented and char == _SLASH else _only_way(states, leaders)
    return text, states


def _only_way(states: Sequence[State], leaders: Sequence[int]) -> int | None:
    """The next character, where there is but one, the text can neither end before it, and it is none that ends a segment."""
    for leader in leaders:
        state = states[leader]
        if state.only is not None and not state.accepts and state.only[0] not in (_SLASH, 0):
            return state.only[0]
    return None


def _holds(sides: Sides, accepted: Sequence[bool]) -> bool:
    for index in sides.negative:
        if accepted[index]:
            return False
    for index in sides.positive:
        if accepted[index]:
            return True
    return not sides.positive


def _never(sides: Sides, states: Sequence[State]) -> bool:
    """True if no text that comes is in the set."""
    for index in sides.negative:
        if states[index].universal:
            return True
    for index in sides.positive:
        if not states[index].dead:
            return False
    return bool(sides.positive)


def _always(sides: Sides, states: Sequence[State]) -> bool:
    """True if every text that comes is in the set."""
    for index in sides.negative:
        if not states[index].dead:
            return False
    for index in sides.positive:
        if states[index].universal:
            return True
    return not sides.positive


def _characters(states: Sequence[State], leaders: Sequence[int], *, segmented: bool) -> Sequence[int]:
    """One character of each kind that is told apart here, the first of its range."""
    for leader in leaders:
        only = states[leader].only
        if only is not None:
            return only
    cuts = reversed(_cuts(states, segmented=segmented))
    return [_SURROGATES.stop if cut in _SURROGATES else cut for cut in cuts]  # RE2 sees no surrogates


def _cuts(states: Sequence[State], *, segmented: bool) -> list[int]:
    cuts = {1, _SLASH, _SLASH + 1} if segmented else {0}
    cuts.update(*[state.cuts for state in states])
    cuts.discard(0 if segmented else -1)
    return sorted(cuts)


def _nicest_text(node: _Node, walk: _Walk, *, segmented: bool) -> str:
    """The text that leads to a node, of characters that are nice to read where several would do."""
    pieces: list[str] = []
    step = walk.came_from[node]
    while step is not None:
        before, text = step
        cuts = _cuts(before[1], segmented=segmented)
        after = next((cut for cut in cuts if cut > ord(text[0])), LAST + 1)
        nice = next((code for code in _NICE if ord(text[0]) <= code < after), ord(text[0]))
        pieces.append(chr(nice) + text[1:])
        step = walk.came_from[before]
    return "".join(_byte(char) for char in "".join(reversed(pieces)))


def _byte(char: str) -> str:
    """A character as a path has it, where it stands for a byte that is not UTF-8."""
    number = ord(char) - PRIVATE
    return chr(number + _SURROGATES.start) if 0 <= number < len(_SURROGATES) else char
