"""Which statements of a policy the test cases reach, and which of those never decide anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.cases.run import Judged
from agentowners.policy.model import Default, Layer, Policy, Rule, Unprotect
from agentowners.policy.modes import expanded
from agentowners.policy.statement_text import canonical_text
from agentowners.values import gathered


class CoverageLevel(Enum):
    """Degree to which the cases reach a statement."""

    DECIDES = "decides"
    """It carries the decision of a path; of an ``unprotect`` line: it is used."""
    MATCHES = "matches"
    """It matches a path, and stricter ones decide."""
    UNREACHED = "unreached"


_ORDER: Final = tuple(CoverageLevel)


class StatementKind(Enum):
    """Kind of a statement."""

    RULE = "rule"
    MODE_RULE = "mode rule"
    """A rule that a mode compiles to."""
    DEFAULT = "default"
    UNPROTECT = "unprotect"


_KINDS: Final[dict[type, StatementKind]] = {Default: StatementKind.DEFAULT, Unprotect: StatementKind.UNPROTECT}


class Covered(Struct, frozen=True):
    """A statement, and how far the cases get to it."""

    id: str
    kind: StatementKind
    line: int | None
    text: str
    reach: CoverageLevel


class LayerCoverage(Struct, frozen=True):
    """The statements of one layer, in file order."""

    name: str
    built_in: bool
    statements: tuple[Covered, ...]

    def those(self, reach: CoverageLevel) -> tuple[Covered, ...]:
        """The statements that the cases get to this far and no further."""
        return tuple(statement for statement in self.statements if statement.reach is reach)


class Coverage(Struct, frozen=True):
    """Statements of a policy that the cases cover."""

    layers: tuple[LayerCoverage, ...]

    @property
    def total(self) -> int:
        """Statements there are, the built-in ones not counted."""
        return sum(len(layer.statements) for layer in self.layers if not layer.built_in)

    @property
    def reached(self) -> int:
        """Those of them that match something in some case."""
        return self.total - sum(len(layer.those(CoverageLevel.UNREACHED)) for layer in self.layers if not layer.built_in)

    @property
    def percent(self) -> int:
        """Reached of all, rounded down, so that 100 means every one; 100 where there is none."""
        return 100 if self.total == 0 else self.reached * 100 // self.total


def coverage(policy: Policy, judged: Iterable[Judged]) -> Coverage:
    """Count what some cases reach. The policy's ids must differ (see ``told_apart``)."""
    decides: set[str] = set()
    matches: set[str] = set()
    for case in judged:
        matches.update(id for obligation in case.obligations for id in obligation.rules)
        for file in case.files:
            judgement = file.judgement
            decides.update(rule.id for rule in (*judgement.rules, *judgement.observed_rules))
            decides.update(judgement.unprotected)
            matches.update(judgement.matched)
    layers = tuple(_layer(layer, rules, decides, matches) for layer, rules in expanded(policy))
    return Coverage(layers)


def together(reports: Sequence[Coverage]) -> Coverage:
    """Several coverages as one: a statement of a file that appears in more than one is reached as far as in any."""
    layers = gathered((layer.name, layer) for coverage in reports for layer in coverage.layers)
    return Coverage(tuple(sorted(map(_furthest, layers.values()), key=lambda layer: layer.built_in)))


def _furthest(same: Sequence[LayerCoverage]) -> LayerCoverage:
    statements = gathered((statement.id, statement) for layer in same for statement in layer.statements)
    best = (min(each, key=lambda statement: _ORDER.index(statement.reach)) for each in statements.values())
    return replace(same[0], statements=tuple(best))


def _layer(layer: Layer, rules: tuple[Rule, ...], decides: set[str], matches: set[str]) -> LayerCoverage:
    own = {rule.id for rule in layer.rules}
    every: list[Rule | Default | Unprotect] = [*rules, *layer.defaults, *layer.unprotects]
    every.sort(key=lambda statement: (0, 0) if statement.span is None else (statement.span.line, statement.span.column))
    statements = []
    for statement in every:
        kind = _KINDS.get(type(statement)) or (StatementKind.RULE if statement.id in own else StatementKind.MODE_RULE)
        reach = CoverageLevel.MATCHES if statement.id in matches else CoverageLevel.UNREACHED
        if statement.id in decides:
            reach = CoverageLevel.DECIDES
        statements.append(
            Covered(statement.id, kind, None if statement.span is None else statement.span.line, canonical_text(statement), reach)
        )
    return LayerCoverage(layer.name, layer.source is None, tuple(statements))
