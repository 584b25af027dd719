"""Whether a set of paths is covered by others out of very many, asked in a way that looks at few of them.

A path of the set is taken: only the sets that it is in can matter. If they do not cover the whole set, the prover has a path that
they leave out, and only sets that this one is in can help; and so on. Where no set has such a path, the set is certainly not
covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Final, Protocol, TypeVar

from agentowners.policy.expressions import path_regex
from agentowners.proof.expressions import ENTRY, leading
from agentowners.proof.prover import Doubt, PatternSet, Prover
from agentowners.proof.samples import common_samples, samples
from agentowners.proof.search import Witness

_ROUNDS: Final = 12
_AT_ONCE: Final = 4
"""Sets that are taken up together. Each is tried by itself first: a reason with one name is the better one."""


class Candidate(Protocol):
    """Something that may help to cover a set."""

    @property
    def paths(self) -> PatternSet:
        """What it covers."""
        ...


C = TypeVar("C", bound=Candidate)
LookUp = Callable[[Witness], Iterable[C]]
"""The candidates that may be used and may have a path, those first that are most likely to be enough."""


class Blank(Enum):
    """What there is instead of a path that a set has."""

    EMPTY = "empty"
    """The set certainly has no path."""
    NOT_KNOWN = "not known"


class CoverIndex:
    """What can be said of sets of paths, at little cost where it is plain and with the prover where it is not."""

    def __init__(self, prover: Prover) -> None:
        """Start without any answers."""
        self.prover = prover
        self._witnesses: dict[PatternSet, Witness | Blank] = {}
        self._answers: dict[tuple[PatternSet, PatternSet], Witness | Doubt] = {}

    def witness(self, paths: PatternSet) -> Witness | Blank:
        """Some path of a set, one that other sets hardly have."""
        found = self._witnesses.get(paths)
        if found is None:
            found = self._witnesses[paths] = self._witness(paths)
        return found

    def is_empty(self, paths: PatternSet) -> bool:
        """Whether a set certainly has no path."""
        return all(self.witness(single) is Blank.EMPTY for single in paths.singles())

    def are_apart(self, paths: PatternSet, text: str) -> bool:
        """Whether a set and what a pattern covers certainly have nothing in common."""
        alone = PatternSet((text,))
        for path in common_samples(text, paths.positive):
            found = Witness(path)
            if self.prover.has(alone, found) and self.prover.has(paths, found):
                return False
        return self.prover.find([paths, alone]) is Doubt.NONE

    def covering(self, paths: PatternSet, look_up: LookUp[C]) -> tuple[C, ...]:
        """Candidates that together certainly cover a set; nothing where there are none, or where that is not certain."""
        used: dict[int, C] = {}
        for single in paths.singles():
            path = self.witness(single)
            if path is Blank.EMPTY:
                continue
            found = () if isinstance(path, Blank) else self._covering(single, path, look_up)
            if not found:
                return ()
            used.update((id(one), one) for one in found)
        return tuple(used.values())

    def _covering(self, paths: PatternSet, path: Witness, look_up: LookUp[C]) -> tuple[C, ...]:
        chosen: dict[PatternSet, C] = {}
        for _ in range(_ROUNDS):
            fresh: dict[PatternSet, C] = {}
            answer: Witness | Doubt = Doubt.NOT_KNOWN
            for one in look_up(path):
                for part in self._around(one.paths, path):
                    if part not in chosen and part not in fresh:
                        answer = self._left_out(paths, part)
                        if answer is Doubt.NONE:
                            return (one,)
                        fresh[part] = one
                if len(fresh) >= _AT_ONCE:
                    break
            if not fresh:
                return ()
            chosen |= fresh
            if len(chosen) > 1:
                answer = self.prover.find([paths], list(chosen))
            if answer is Doubt.NONE:
                return tuple({id(one): one for one in chosen.values()}.values())
            if not isinstance(answer, Witness):
                return ()
            path = answer
        return ()

    def _around(self, paths: PatternSet, path: Witness) -> Iterable[PatternSet]:
        """The part of a set, less to look at than the whole, that a path is in; nothing where it is in none."""
        if not self.prover.has(PatternSet((), paths.negative), path):
            return
        if not paths.positive:
            yield paths
        for text in paths.positive:
            if self.prover.matches(text, path):
                yield PatternSet((text,), paths.negative)
                return

    def _left_out(self, paths: PatternSet, part: PatternSet) -> Witness | Doubt:
        """A path of a set that is not in another."""
        key = (paths, part)
        found = self._answers.get(key)
        if found is None:
            plain = self._is_plainly_within(paths, part)
            found = self._answers[key] = Doubt.NONE if plain else self._probe(paths, part) or self.prover.find([paths], [part])
        return found

    def _is_plainly_within(self, paths: PatternSet, part: PatternSet) -> bool:
        """Whether the text with which all paths of a set begin says already that they are in the other."""
        if len(paths.positive) != 1:
            return False
        start, rest = leading(path_regex(paths.positive[0]))
        return start != "" and self.prover.has_all(part, start, is_name=rest == ENTRY)

    def _probe(self, paths: PatternSet, part: PatternSet) -> Witness | None:
        """A path that a negative pattern of the other set takes out of it."""
        for text in part.negative[:_AT_ONCE]:
            alone = PatternSet((text,))
            for path in common_samples(text, paths.positive):
                found = Witness(path)
                if self.prover.has(alone, found) and self.prover.has(paths, found):
                    return found
        return None

    def _witness(self, paths: PatternSet) -> Witness | Blank:
        for path in samples(paths.positive):
            # a sample is a path of its pattern; what is taken out has to be asked
            if not paths.negative or self.prover.has(PatternSet((), paths.negative), Witness(path)):
                return Witness(path)
        found = self.prover.find([paths])
        if isinstance(found, Witness):
            return found
        return Blank.EMPTY if found is Doubt.NONE else Blank.NOT_KNOWN
