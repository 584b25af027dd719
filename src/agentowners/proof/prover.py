"""Questions about sets of paths, refs and names, answered for all there could be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, Protocol, Self

from agentowners.policy.expressions import glob_regex, path_regex, ref_regex, subject
from agentowners.proof.expressions import ENTRY, Unreadable, leading
from agentowners.proof.machine import Effort, Exhausted, Machine
from agentowners.proof.search import Domain, Sides, Witness, search
from agentowners.records import record

_SLASH: Final = ord("/")
_FOR_ONE_QUESTION: Final = 20_000
_IN_ALL: Final = 100_000
_IN_ALL_PER_PATTERN: Final = 25
_EXPRESSION: Final = {Domain.PATHS: path_regex, Domain.REFS: ref_regex, Domain.NAMES: glob_regex}


class Doubt(Enum):
    """What there is instead of a text."""

    NONE = "none"
    """There is certainly no such text."""
    NOT_KNOWN = "not known"
    """It would take too long to find out, or an expression is of an unknown form."""


class _Pattern(Protocol):
    @property
    def text(self) -> str: ...

    @property
    def negative(self) -> bool: ...


@record
class PatternSet:
    """What a rule's patterns of one kind say: any of the positive ones, or everything where there are none, less the negative
    ones. By the patterns' canonical texts."""

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()

    @classmethod
    def of(cls, patterns: Iterable[_Pattern]) -> Self:
        """The set that path or ref patterns make."""
        positive: list[str] = []
        negative: list[str] = []
        for pattern in patterns:
            (negative if pattern.negative else positive).append(pattern.text)
        return cls(tuple(positive), tuple(negative))

    def singles(self) -> tuple[Self, ...]:
        """Sets of one positive pattern each, which together are this one."""
        if len(self.positive) < 2:
            return (self,)
        return tuple(type(self)((text,), self.negative) for text in self.positive)


EVERYTHING: Final = PatternSet()
ALL_REFS: Final = PatternSet(("refs/**",))


class Prover:
    """Answers questions about sets. The machines of patterns are kept from one question to the next."""

    def __init__(self, patterns: int) -> None:
        """Bound the effort for all questions about a policy with so many patterns together."""
        self.limit: Final = _IN_ALL + _IN_ALL_PER_PATTERN * patterns
        self._effort = Effort(self.limit)
        self._starts: dict[str, tuple[str, str]] = {}
        self._machines: dict[tuple[Domain, str], Machine | None] = {}

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
        self._effort.floor = max(0, self._effort.left - _FOR_ONE_QUESTION)
        try:
            numbers: dict[str, int] = {}
            inside = [self._sides(one, numbers) for one in within]
            outside = [self._sides(one, numbers) for one in without]
            machines = [self._machine(text, domain) for text in numbers]
            found = search(machines, inside, outside, domain, self._effort)
        except (Exhausted, Unreadable):
            return Doubt.NOT_KNOWN
        finally:
            self._effort.floor = 0
        return Doubt.NONE if found is None else found

    def is_within(self, one: PatternSet, others: Sequence[PatternSet], domain: Domain = Domain.PATHS) -> bool:
        """Whether a set is certainly within the union of others."""
        return self.find([one], others, domain) is Doubt.NONE

    def matches(self, text: str, path: Witness) -> bool | None:
        """Whether a path pattern, given by its text, matches a path; None where that is not known."""
        name = subject(path.text)
        start, rest = self._leading(text)
        if start and rest in ("", ENTRY):
            # a directory, or something with all that is below it: that takes no machine
            below = start if rest == "" else f"{start}/"
            names = (name, f"{name}/") if path.as_link else (name,)
            return any(one.startswith(below) or (one == start and rest != "") for one in names)
        try:
            machine = self._machine(text, Domain.PATHS)
            state = machine.read(name)
            return state.accepts or (path.as_link and machine.step(state, _SLASH).accepts)
        except (Exhausted, Unreadable):
            return None

    def has(self, paths: PatternSet, path: Witness) -> bool:
        """Whether a path is certainly in a set."""
        if paths.positive and not any(self.matches(text, path) for text in paths.positive):
            return False
        return all(self.matches(text, path) is False for text in paths.negative)

    def has_all(self, paths: PatternSet, start: str, *, is_name: bool) -> bool:
        """Whether all paths that begin with a text are certainly in a set; with ``is_name`` only the path itself, and all below
        it. The text is one of ``policy.expressions.subject``."""
        try:
            for text in paths.negative:
                machine = self._machine(text, Domain.PATHS)
                # A link counts as the directory of its name: where the text is a directory's, the link is in question too.
                if not machine.read(start).dead or (start[-1:] == "/" and machine.read(start[:-1]).accepts):
                    return False
            for text in paths.positive:
                machine = self._machine(text, Domain.PATHS)
                state = machine.read(start)
                if state.universal or (is_name and state.accepts and machine.step(state, _SLASH).universal):
                    return True
        except (Exhausted, Unreadable):
            return False
        return not paths.positive

    def _leading(self, text: str) -> tuple[str, str]:
        found = self._starts.get(text)
        if found is None:
            found = self._starts[text] = leading(path_regex(text))
        return found

    def _sides(self, patterns: PatternSet, numbers: dict[str, int]) -> Sides:
        return Sides(
            tuple([numbers.setdefault(text, len(numbers)) for text in patterns.positive]),
            tuple([numbers.setdefault(text, len(numbers)) for text in patterns.negative]),
        )

    def _machine(self, text: str, domain: Domain) -> Machine:
        key = (domain, text)
        if key not in self._machines:
            self._machines[key] = None
            self._machines[key] = Machine(_EXPRESSION[domain](text), self._effort, whole=domain is not Domain.PATHS)
        machine = self._machines[key]
        if machine is None:
            raise Unreadable(text)
        return machine
