"""Questions about sets of paths, refs and names, answered for all there could be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cache
from typing import Final, Self, TypeVar

from msgspec import Struct

from agentowners.policy.expressions import glob_regex, path_regex, ref_regex, subject
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.proof.expressions import ENTRY, LEVEL, Unreadable, leading
from agentowners.proof.machine import Effort, Exhausted, Machine
from agentowners.proof.samples import common_samples
from agentowners.proof.search import Domain, Query, Sides, Witness, search
from agentowners.proof.spellings import Spelling

_SLASH: Final = ord("/")
FOR_ONE_QUESTION: Final = 200_000
"""Steps."""
IN_ALL: Final = 3_000_000
"""Steps."""
_AT_ONCE: Final = 4
"""Masks that are taken up together. Each is tried by itself first: a reason with one name is the better one."""
_EXPRESSION: Final = {Domain.PATHS: path_regex, Domain.REFS: ref_regex, Domain.NAMES: glob_regex}


class Doubt(Enum):
    """Answers instead of a text."""

    NONE = "none"
    """There is certainly no such text."""
    NOT_KNOWN = "not known"
    """It would take too long to find out, or an expression is of an unknown form."""


class PatternSet(Struct, frozen=True):
    """Set of a rule's patterns of one kind: any of the positive ones, or everything where there are none, less the negative
    ones. By the patterns' canonical texts."""

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    any_spelling: bool = False
    """True if the positive ones match paths in other spellings too; what is proved then holds for those in ASCII, and whatever
    else matters is left open."""

    @classmethod
    def of(cls, patterns: Sequence[PathPattern] | Sequence[RefPattern]) -> Self:
        """The set that path or ref patterns make."""
        return cls(
            tuple([pattern.text for pattern in patterns if not pattern.negative]),
            tuple([pattern.text for pattern in patterns if pattern.negative]),
        )

    def singles(self) -> tuple[Self, ...]:
        """Sets of one positive pattern each, which together are this one."""
        if len(self.positive) < 2:
            return (self,)
        return tuple(type(self)((text,), self.negative, self.any_spelling) for text in self.positive)


T = TypeVar("T")
LookUp = Callable[[Witness], Iterable[tuple[PatternSet, T]]]
"""Tells of a path the masks that hide it."""

EVERYTHING: Final = PatternSet()
ALL_REFS: Final = PatternSet(("refs/**",))


class Prover:
    """Answers questions about sets. The machines of patterns are kept from one question to the next."""

    def __init__(self, limit: int = IN_ALL) -> None:
        """Bound the steps of all questions together."""
        self.limit: Final = limit
        self._effort = Effort(limit)
        self._leading = cache(lambda text: leading(path_regex(text)))
        self._machines: dict[tuple[Domain, str, Spelling], Machine | None] = {}
        self._answers: dict[tuple[object, ...], Witness | Doubt] = {}

    @property
    def spent(self) -> int:
        """Small steps that were done so far, out of ``limit``."""
        return self.limit - self._effort.left

    def find(
        self, within: Sequence[PatternSet], without: Sequence[PatternSet] = (), domain: Domain = Domain.PATHS
    ) -> Witness | Doubt:
        """A text that is in every set of ``within`` and in none of ``without``.

        Whether A is within the union of B and C is ``find([A], [B, C])``: NONE means yes, and what is found is a counterexample.
        Whether A and B have something in common is ``find([A, B])``, and whether A has anything at all ``find([A])``.
        """
        if domain is not Domain.PATHS:
            return self._search(tuple(within), tuple(without), domain)

        def hits(path: Witness) -> Iterator[tuple[PatternSet, None]]:
            return ((part, None) for masked in without for part in self.around(masked, path))

        return self.decide(within, hits)[0]

    def decide(
        self, within: Sequence[PatternSet], hits: LookUp[T], accepts: Callable[[Witness], bool] | None = None
    ) -> tuple[Witness | Doubt, tuple[T, ...]]:
        """A path that is in every set of ``within`` and in none that masks it.

        Few of the masks can matter: a path is looked for without any, those that hit it are taken up, and so on. No path with
        few masks is no path with all.

        Args:
            within: the sets.
            hits: tells of a path the masks that hide it, each with what stands for it, those first that hide most.
            accepts: tells whether a path is in the sets, where they are not exact; any is, unless given.

        Returns:
            The answer, and where there is no path, what stands for the masks that were enough.
        """
        try:
            with self._effort.at_most(FOR_ONE_QUESTION):
                return self._decide(within, hits, accepts)
        except (Exhausted, Unreadable):
            return Doubt.NOT_KNOWN, ()

    def _decide(
        self, within: Sequence[PatternSet], hits: LookUp[T], accepts: Callable[[Witness], bool] | None
    ) -> tuple[Witness | Doubt, tuple[T, ...]]:
        doubt = Doubt.NONE
        used: dict[int, T] = {}
        split = next((index for index, patterns in enumerate(within) if len(patterns.positive) > 1), 0)
        for single in within[split].singles():
            answer, some = self._decide_single((*within[:split], single, *within[split + 1 :]), hits)
            if isinstance(answer, Witness) and (accepts is None or accepts(answer)):
                return answer, ()
            if answer is not Doubt.NONE:
                doubt = Doubt.NOT_KNOWN
            used.update((id(item), item) for item in some)
        return doubt, tuple(used.values()) if doubt is Doubt.NONE else ()

    def _decide_single(self, within: tuple[PatternSet, ...], hits: LookUp[T]) -> tuple[Witness | Doubt, tuple[T, ...]]:
        chosen: dict[PatternSet, T] = {}
        answer: Witness | Doubt = self._guess(within) or self._search(within, ())
        while isinstance(answer, Witness):
            fresh: dict[PatternSet, T] = {}
            for part, tag in hits(answer):
                if part in chosen:
                    return Doubt.NOT_KNOWN, ()
                if part not in fresh and not chosen and self._search(within, (part,)) is Doubt.NONE:
                    return Doubt.NONE, (tag,)
                fresh[part] = tag
                if len(fresh) == _AT_ONCE:
                    break
            if not fresh:
                return answer, ()
            chosen |= fresh
            answer = self._search(within, tuple(chosen))
        return answer, tuple(chosen.values()) if answer is Doubt.NONE else ()

    def _guess(self, within: Sequence[PatternSet]) -> Witness | None:
        for text in common_samples([patterns.positive for patterns in within]):
            path = Witness(text)
            if all(self.has(patterns, path) for patterns in within):
                return path
        return None

    def _search(
        self, within: tuple[PatternSet, ...], without: tuple[PatternSet, ...], domain: Domain = Domain.PATHS
    ) -> Witness | Doubt:
        key = (within, without, domain)
        if key in self._answers:
            return self._answers[key]
        answer: Witness | Doubt
        try:
            with self._effort.at_most(FOR_ONE_QUESTION):
                numbers: dict[tuple[str, Spelling], int] = {}
                inside = [self._sides(patterns, numbers, Spelling.POSSIBLE) for patterns in within]
                outside = [self._sides(patterns, numbers, Spelling.CERTAIN) for patterns in without]
                machines = [self._machine(text, domain, spelling) for text, spelling in numbers]
                answer = search(Query(machines, inside, outside, domain), self._effort) or Doubt.NONE
        except (Exhausted, Unreadable):
            answer = Doubt.NOT_KNOWN
        self._answers[key] = answer
        return answer

    def is_within(self, subset: PatternSet, others: Sequence[PatternSet], domain: Domain = Domain.PATHS) -> bool:
        """True if a set is certainly within the union of others."""
        return self.find([subset], others, domain) is Doubt.NONE

    def are_apart(self, paths: PatternSet, text: str) -> bool:
        """True if a set and what a pattern covers certainly have nothing in common."""
        return self.find([paths, PatternSet((text,))]) is Doubt.NONE

    def around(self, paths: PatternSet, path: Witness) -> Iterator[PatternSet]:
        """The part of a set, less to look at than the whole, that a path is in; nothing where it is in none.

        Raises:
            Exhausted: the effort is spent.
            Unreadable: an expression is of an unknown form.
        """
        if any(self._matches(text, path) for text in paths.negative):
            return
        if not paths.positive:
            yield paths
        for text in paths.positive:
            if self._matches(text, path):
                yield PatternSet((text,), paths.negative, paths.any_spelling)
                return

    def matches(self, text: str, path: Witness) -> bool | None:
        """True if a path pattern, given by its text, matches a path; None where that is not known."""
        try:
            return self._matches(text, path)
        except (Exhausted, Unreadable):
            return None

    def _matches(self, text: str, path: Witness) -> bool:
        name = subject(path.text)
        start, rest = self._leading(text)
        if start:
            names = [each for each in ((name, f"{name}/") if path.as_link else (name,)) if each.startswith(start)]
            # a directory, something with all that is below it, and one level take no machine
            if not names or rest == "":
                return bool(names)
            if rest == ENTRY:
                return any(each[len(start) : len(start) + 1] in ("", "/") for each in names)
            if rest == LEVEL:
                return any("/" not in each[len(start) :] for each in names)
        machine = self._machine(text, Domain.PATHS)
        state = machine.read(name)
        return state.accepts or (path.as_link and machine.step(state, _SLASH).accepts)

    def has(self, paths: PatternSet, path: Witness) -> bool:
        """True if a path is certainly in a set."""
        if paths.positive and not any(self.matches(text, path) for text in paths.positive):
            return False
        return all(self.matches(text, path) is False for text in paths.negative)

    def _sides(self, patterns: PatternSet, numbers: dict[tuple[str, Spelling], int], spelling: Spelling) -> Sides:
        spelling = spelling if patterns.any_spelling else Spelling.EXACT
        return Sides(
            tuple([numbers.setdefault((text, spelling), len(numbers)) for text in patterns.positive]),
            tuple([numbers.setdefault((text, Spelling.EXACT), len(numbers)) for text in patterns.negative]),
        )

    def _machine(self, text: str, domain: Domain, spelling: Spelling = Spelling.EXACT) -> Machine:
        key = (domain, text, spelling)
        if key not in self._machines:
            self._machines[key] = None
            expression = _EXPRESSION[domain](text)
            self._machines[key] = Machine(expression, self._effort, whole=domain is not Domain.PATHS, spelling=spelling)
        machine = self._machines[key]
        if machine is None:
            raise Unreadable(text)
        return machine
