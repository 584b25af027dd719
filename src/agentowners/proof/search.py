"""Looks for a text that is in some sets and outside of others, by walking the machines of all their patterns side by side."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from agentowners.policy.expressions import PRIVATE
from agentowners.proof.expressions import LAST
from agentowners.proof.machine import Effort, Machine, State
from agentowners.records import record

_SLASH: Final = ord("/")
_SURROGATES: Final = range(0xD800, 0xE000)
_NICE: Final = tuple(map(ord, "xyzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~+=,@ .!#%^&'*"))
"""Characters to show where any of a range will do, the plainest first."""


class Domain(Enum):
    """What texts there are."""

    PATHS = "paths"
    """Of a repository: segments that are not empty, without NUL. Each is looked at as a file, and as a link, which is matched by
    the patterns of a directory of its name too."""
    REFS = "refs"
    """Segments that are not empty, without NUL."""
    NAMES = "names"
    """Any characters."""


@record
class Sides:
    """A set as machines: the texts that any of the positive ones matches, or all texts where there are none, less those that
    any of the negative ones matches. Machines are given by their places in a list."""

    positive: tuple[int, ...]
    negative: tuple[int, ...]


@record
class Witness:
    """A text that was looked for."""

    text: str
    """As a path is in Python: bytes that are not UTF-8 are lone surrogates."""
    as_link: bool = False
    """Whether it is in question as a link or submodule only."""


_Node = tuple[bool, tuple[State, ...]]
"""Whether a segment begins here, and what each machine knows."""
_Steps = dict[_Node, tuple[_Node, str] | None]
"""For each node the one before it, and the text between them."""


def search(
    machines: Sequence[Machine], within: Sequence[Sides], without: Sequence[Sides], domain: Domain, effort: Effort
) -> Witness | None:
    """A text that is in every set of ``within`` and in none of ``without``, or None where there is certainly none.

    Raises:
        Exhausted: the effort is spent.
    """
    segmented = domain is not Domain.NAMES
    leaders = [sides.positive[0] for sides in within if len(sides.positive) == 1]
    cost = len(machines)
    root: _Node = (True, tuple([machine.start for machine in machines]))
    came_from: _Steps = {root: None}
    nodes = [root]
    for node in nodes:
        begins, states = node
        effort.spend(2 * cost)
        if not (begins and segmented):
            accepted = [state.accepts for state in states]
            if _fits(accepted, within, without):
                return Witness(_text(node, came_from, segmented=segmented))
            if domain is Domain.PATHS:
                below = [machine.step(state, _SLASH).accepts for machine, state in zip(machines, states, strict=True)]
                if below != accepted and _fits([a or b for a, b in zip(accepted, below, strict=True)], within, without):
                    return Witness(_text(node, came_from, segmented=segmented), as_link=True)
        for char in _characters(states, leaders, segmented=segmented):
            slash = segmented and char == _SLASH
            if slash and begins:
                continue
            onward = _go(machines, states, char, leaders, within, without, effort, segmented=segmented)
            if onward is not None:
                text, after = onward
                following = (slash, after)
                if following not in came_from:
                    came_from[following] = (node, text)
                    nodes.append(following)
    return None


def _go(
    machines: Sequence[Machine],
    states: tuple[State, ...],
    char: int | None,
    leaders: Sequence[int],
    within: Sequence[Sides],
    without: Sequence[Sides],
    effort: Effort,
    *,
    segmented: bool,
) -> tuple[str, tuple[State, ...]] | None:
    """The states after a character, and after all that can only come one way behind it, with the text in between. None where
    nothing that comes can be what is looked for."""
    text = ""
    while char is not None:
        effort.spend(len(machines))
        states = tuple([machine.step(state, char) for machine, state in zip(machines, states, strict=True)])
        if _is_hopeless(states, within, without):
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


def _fits(accepted: Sequence[bool], within: Sequence[Sides], without: Sequence[Sides]) -> bool:
    return all(_holds(sides, accepted) for sides in within) and not any(_holds(sides, accepted) for sides in without)


def _holds(sides: Sides, accepted: Sequence[bool]) -> bool:
    for index in sides.negative:
        if accepted[index]:
            return False
    for index in sides.positive:
        if accepted[index]:
            return True
    return not sides.positive


def _is_hopeless(states: Sequence[State], within: Sequence[Sides], without: Sequence[Sides]) -> bool:
    """Whether nothing that comes can be what is looked for."""
    return any(_never(sides, states) for sides in within) or any(_always(sides, states) for sides in without)


def _never(sides: Sides, states: Sequence[State]) -> bool:
    """Whether no text that comes is in the set."""
    for index in sides.negative:
        if states[index].universal:
            return True
    for index in sides.positive:
        if not states[index].dead:
            return False
    return bool(sides.positive)


def _always(sides: Sides, states: Sequence[State]) -> bool:
    """Whether every text that comes is in the set."""
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
    return [_first_valid(cut) for cut in reversed(_cuts(states, segmented=segmented))]


def _cuts(states: Sequence[State], *, segmented: bool) -> list[int]:
    cuts = {1, _SLASH, _SLASH + 1} if segmented else {0}
    cuts.update(*[state.cuts for state in states])
    cuts.discard(0 if segmented else -1)
    return sorted(cuts)


def _first_valid(char: int) -> int:
    """RE2 sees no surrogates, so that none is to be looked for."""
    return _SURROGATES.stop if char in _SURROGATES else char


def _text(node: _Node, came_from: _Steps, *, segmented: bool) -> str:
    """The text that leads to a node, of characters that are nice to read where several would do."""
    pieces: list[str] = []
    step = came_from[node]
    while step is not None:
        before, text = step
        cuts = _cuts(before[1], segmented=segmented)
        after = next((cut for cut in cuts if cut > ord(text[0])), LAST + 1)
        nice = next((code for code in _NICE if ord(text[0]) <= code < after), ord(text[0]))
        pieces.append(chr(nice) + text[1:])
        step = came_from[before]
    return "".join(_byte(char) for char in "".join(reversed(pieces)))


def _byte(char: str) -> str:
    """A character as a path has it, where it stands for a byte that is not UTF-8."""
    number = ord(char) - PRIVATE
    return chr(number + _SURROGATES.start) if 0 <= number < len(_SURROGATES) else char
