"""Coverage of a policy by test cases, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.cases.coverage import Coverage, CoverageLevel, Covered, LayerCoverage
from agentowners.policy.model import Decision
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import Style

_LINE = 500


def coverage_lines(coverage: Coverage, style: Style) -> Iterator[str]:
    """The share that is reached, then what is not, and what never decides; built-in rules apart."""
    whole = coverage.reached == coverage.total
    share = f"{coverage.reached:,} of {coverage.total:,} rules and defaults reached ({coverage.percent}%)"
    yield f"{style.strong('Coverage')}: {style.decision(Decision.ALLOW if whole else Decision.REQUIRE_APPROVAL, share)}"
    own = [layer for layer in coverage.layers if not layer.built_in]
    yield from _listed("reached by no case", own, CoverageLevel.UNREACHED)
    yield from _listed("reached, but stricter rules decide in every case", own, CoverageLevel.MATCHES)
    for layer in coverage.layers:
        if layer.built_in:
            unreached = layer.those(CoverageLevel.UNREACHED)
            yield f"  built in, not counted: {len(layer.statements) - len(unreached)} of {len(layer.statements)} reached"
            if unreached:
                yield f"    without {', '.join(for_terminal(statement.id) for statement in unreached)}"


def _listed(heading: str, layers: list[LayerCoverage], reach: CoverageLevel) -> Iterator[str]:
    found = [statement for layer in layers for statement in layer.those(reach)]
    if found:
        yield f"  {heading}"
        yield from _entries(found)


def _entries(statements: list[Covered] | tuple[Covered, ...]) -> Iterator[str]:
    for statement in statements:
        yield f"    {for_terminal(shorten(statement.id, _LINE))}: {for_terminal(shorten(statement.text, _LINE))}"
