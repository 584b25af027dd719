"""Words for decisions, places and reasons of a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.policy.model import Action
from agentowners.proof.demands import Demand, Demands
from agentowners.proof.difference import Counterexample, Direction, OpenQuestion, PolicyDifference, Region
from agentowners.report.shared.cut import count
from agentowners.text.wording import listed

NO_MODE = "no mode declared"
_SHOWN = 4


def decision(demands: Demands) -> str:
    """``blocked``, ``allowed``, or how many approvals, of whom."""
    if not demands:
        return "allowed"
    return " and ".join(sorted(_demand(demand) for demand in demands))


def _demand(demand: Demand) -> str:
    if demand.blocks:
        return "blocked"
    amount = count(demand.count, "approval")
    return f"{amount} of {' or '.join(demand.names)}" if demand.approvers else amount


def change(region: Region) -> str:
    """``blocked -> 1 approval``."""
    return f"{decision(region.old)} -> {decision(region.new)}"


def point(example: Counterexample) -> str:
    """Details of an example, but for what goes without saying: a file that is modified."""
    cell = example.cell
    extra = [] if cell.action is Action.FILE_MODIFY else [cell.action.value]
    extra += ["as a link"] if example.as_link else []
    extra += [] if example.exists else ["not there yet"]
    return ", ".join(extra)


def where(region: Region) -> list[str]:
    """The patterns by which it differs, and of a set of refs which."""
    patterns = names(region.where) or ["**"]
    return [*patterns, *region.refs[:1]] if region.refs else patterns


def names(named: Sequence[str]) -> list[str]:
    """The first names, and how many more there are."""
    left = len(named) - _SHOWN
    return [*named[:_SHOWN], *([f"{left} more"] if left > 0 else [])]


def cause(region: Region) -> str:
    """Reason why it differs, in words with the ids of statements between backticks."""
    old = [f"`{id}`" for id in region.old_cause[:_SHOWN]]
    new = [f"`{id}`" for id in region.new_cause[:_SHOWN]]
    if region.replaces_default and new:
        return f"{listed(new)} takes the place of a default" + (f", {listed(old)}" if old else "")
    if old and new and old != new:
        return f"{listed(old)} before, {listed(new)} now"
    if new and old:
        return f"{listed(new)} says something else"
    if new:
        return f"{listed(new)}, which is new"
    return f"{listed(old)}, which no longer applies" if old else "the principals it applies to have changed"


def total(difference: PolicyDifference) -> str:
    """``3 things became looser, 1 stricter (0 not decided)``."""
    ways = [region.direction for region in difference.regions] + [shift.direction for shift in difference.everywhere]
    loose = sum(way in (Direction.LOOSER, Direction.INCOMPARABLE) for way in ways)
    strict = sum(way is Direction.STRICTER for way in ways)
    number = len(difference.unknown)
    if not loose and not strict:
        return "nothing changes" if not number else f"nothing looser was found, {count(number, 'question')} not decided"
    return f"{count(loose, 'thing')} became looser, {strict:,} stricter ({number:,} not decided)"


def unknown(question: OpenQuestion) -> str:
    """``whether `*` is still covered (line) was not decided within 200,000 steps``."""
    where = f" (`{question.rule}`)" if question.rule is not None else ""
    after = f" was not decided within {question.steps:,} steps" if question.steps else ""
    return f"{question.reason.value}: {question.question}{where}{after}"
