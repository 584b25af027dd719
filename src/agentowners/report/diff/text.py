"""A change of a policy, and what is proved of one, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.proof.cast import Trust
from agentowners.proof.difference import BesidePoints, Counterexample, Direction, Region
from agentowners.proof.promises import Compatibility, ModeResult, OverruledRule, ProofResult, ProofStatus
from agentowners.proof.signals import PolicySignals
from agentowners.report.diff import words
from agentowners.report.shared.cut import count, first
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style

_RULES: Final = 20


def diff_text(signals: PolicySignals, style: Style = PLAIN, *, only_looser: bool = False) -> str:
    """Everything that differs, the worst first; ends in a newline."""
    difference = signals.shown
    lines = [style.strong(f"{signals.difference.direction.value.capitalize()}: {words.total(signals.difference)}")]
    regions = [region for region in difference.regions if not only_looser or region.direction is not Direction.STRICTER]
    for region in regions:
        lines += ["", *_region(region, style, counted=difference.files is not None)]
    beside = [shift for shift in difference.everywhere if not only_looser or shift.direction is not Direction.STRICTER]
    if beside:
        lines += ["", *map(_beside, beside)]
    lines += _proved(signals.promises, signals.modes)
    lines += [] if signals.modes else ["", words.NO_MODE]
    if signals.unknown:
        lines += ["", *(f"unknown: {for_terminal(words.unknown(gap))}" for gap in signals.unknown)]
    if difference.no_effect and not only_looser:
        names = ", ".join(difference.no_effect[:8])
        more = f" and {len(difference.no_effect) - 8} more" if len(difference.no_effect) > 8 else ""
        lines += ["", for_terminal(f"without effect: {names}{more}")]
    return "\n".join(lines) + "\n"


def prove_text(promises: Sequence[ProofResult], modes: Sequence[ModeResult], style: Style = PLAIN) -> str:
    """Outcome for each promise; ends in a newline."""
    lines = _proved(promises, modes)[1:]
    questions = [question for promise in promises for question in promise.unknown]
    questions += [question for mode in modes for question in mode.unknown]
    if questions:
        lines += ["", *(f"unknown: {for_terminal(words.unknown(question))}" for question in dict.fromkeys(questions))]
    if not lines:
        return "Nothing is promised: there is no `assert` line, and no `--assert`, `--ceiling` or `--mode`\n"
    failed = sum(promise.status is ProofStatus.FAILED for promise in promises)
    failed += sum(mode.status in (Compatibility.BROADENS, Compatibility.VIOLATES) for mode in modes)
    return "\n".join([*lines, "", style.strong(f"{count(len(promises) + len(modes), 'promise')}, {failed:,} refuted")]) + "\n"


def _region(region: Region, style: Style, *, counted: bool) -> Iterator[str]:
    where = for_terminal(region.example.path)
    extra = words.point(region.example)
    yield f"{style.strong(region.direction.value)}: {for_terminal(words.change(region))}"
    strength = "" if region.trust is Trust.VERIFIED else f" ({region.trust.value})"
    yield f"  who: {for_terminal(', '.join(words.names(region.principals)))}{strength}"
    if region.actions:
        yield f"  what: {', '.join(action.value for action in region.actions)}"
    yield f"  where: {for_terminal(' '.join(words.where(region)))}"
    yield f"  for example: {where}{f' ({extra})' if extra else ''}"
    if counted:
        yield f"  files here: {region.files:,}"
    yield f"  because: {for_terminal(words.cause(region))}"
    for when, rules in (("before", region.example.old_rules), ("now", region.example.new_rules)):
        yield from (f"    {when}: {for_terminal(rule.id)}: {for_terminal(rule.text)}" for rule in rules[:2])


def _beside(shift: BesidePoints) -> str:
    witness = ", ".join(f"{key} {value}" for key, value in shift.witness)
    return for_terminal(f"{shift.direction.value}: {shift.kind.value} {shift.name}: {shift.old} -> {shift.new} ({witness})")


def _proved(promises: Sequence[ProofResult], modes: Sequence[ModeResult]) -> list[str]:
    lines = [""] if promises or modes else []
    for promise in promises:
        lines.append(for_terminal(f"{promise.status.value}: {promise.id}: {promise.text}"))
        if promise.witness is not None:
            lines.append(f"  counterexample: {_counterexample(promise.witness)}")
        lines += first(promise.overrules, _RULES, _overruled, "  and {} more rules")
        if promise.reason and promise.status is not ProofStatus.PASSED:
            lines.append(for_terminal(f"  promised because: {promise.reason}"))
    for mode in modes:
        names = " ".join(map(str, mode.line.principals))
        lines.append(for_terminal(f"{mode.status.value}: mode {mode.line.mode.value} for {names}"))
        if mode.witness is not None:
            lines.append(f"  for example: {_counterexample(mode.witness)}")
    return lines


def _overruled(rule: OverruledRule) -> str:
    return f"  overrules: {for_terminal(rule.id)}, at {_counterexample(rule.witness)}"


def _counterexample(example: Counterexample) -> str:
    cell = example.cell
    rules = ", ".join(rule.id for rule in example.new_rules[:2])
    decided = f", decided by {rules}" if rules else ", which nothing restricts"
    link = " as a link" if example.as_link else ""
    return for_terminal(
        f"{example.path}{link}, {cell.action.value} by {cell.actor.name} ({cell.actor.trust.value}) on {cell.ref}{decided}"
    )
