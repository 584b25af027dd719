"""A change of a policy as GitHub's Markdown: the section of a check run's summary, and what ``diff`` prints for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentowners.proof.difference import Direction, Region, UnknownReason
from agentowners.proof.promises import ProofStatus
from agentowners.proof.signals import PolicySignals, ReviewerAdvice
from agentowners.report.diff import words
from agentowners.report.shared.cut import count, shorten
from agentowners.report.shared.escape import for_markdown, for_markdown_prose
from agentowners.report.shared.tables import table

_ROWS: Final = 20
_LISTED: Final = 10
_WORDS: Final = 300
_HEAD: Final = ("where", "before", "now", "who", "for example", "files here", "because")


def diff_markdown(
    signals: PolicySignals, paths: Sequence[str], *, digests: tuple[str, str] | None = None, only_looser: bool = False
) -> str:
    """The section; ends in a newline. ``paths`` are the policy files that change, ``digests`` of the old and the new policy,
    where a reviewer may be asked for advice; ``only_looser`` leaves out what became stricter and what has no effect."""
    lines = [f"### Policy change: {', '.join(map(for_markdown, paths[:_LISTED]))}" if paths else "### Policy change", ""]
    rows = [("Prover", _prover(signals)), *(("Reviewer", _advice(reviewer)) for reviewer in signals.reviewers)]
    for mode in signals.modes:
        names = " ".join(map(str, mode.line.principals))
        rows.append(("Mode compatibility", f"{mode.line.mode.value} for {for_markdown(names)}: {mode.status.value}"))
    rows += [] if signals.modes else [("Mode compatibility", words.NO_MODE)]
    lines.append(table(("signal", "says"), rows))
    loose = [region for region in signals.shown.regions if region.direction in (Direction.LOOSER, Direction.INCOMPARABLE)]
    lines += _regions("**What agents may do that they could not before**", loose, every=True)
    lines += _promises(signals)
    lines += [f"- unknown: {for_markdown_prose(words.unknown(gap))}" for gap in signals.unknown[:_LISTED]]
    lines += [] if only_looser else _folded(signals)
    if digests is not None:
        line = for_markdown(f"agentowners {digests[0]} {digests[1]}")
        lines += ["", f"A reviewer whom the policy names answers with a review that begins with {line}."]
    return "\n".join(lines) + "\n"


def _prover(signals: PolicySignals) -> str:
    refuted = sum(promise.status is ProofStatus.FAILED for promise in signals.promises)
    more = f"; {count(refuted, 'promise')} refuted" if refuted else ""
    if signals.prover is not ProofStatus.UNKNOWN:
        return f"{words.total(signals.difference)}{more}"
    facts = next((gap for gap in signals.unknown if gap.reason is UnknownReason.FACTS), None)
    if facts is not None:
        return f"unknown ({for_markdown_prose(words.unknown(facts))})"
    return f"unknown: {for_markdown_prose(words.unknown(signals.unknown[0]))}; nothing looser was found"


def _advice(reviewer: ReviewerAdvice) -> str:
    where = f", on {for_markdown(reviewer.head[:7])}" if reviewer.head else ""
    why = f": {for_markdown_prose(reviewer.why)}" if reviewer.why else ""
    comment = f": {for_markdown(shorten(reviewer.words, _WORDS))}" if reviewer.words else ""
    recommends = reviewer.advice.value.replace("_", " ")
    worth = "an approval that counts" if reviewer.counts else "advice, not an approval"
    return f"recommends {recommends}: {for_markdown(reviewer.name)}{where} ({worth}){why}{comment}"


def _regions(title: str, regions: Sequence[Region], *, every: bool) -> list[str]:
    """A table of the worst; what was blocked and is allowed now is always shown where ``every``."""
    if not regions:
        return []
    freed = [region for region in regions if any(demand.blocks for demand in region.old) and not region.new] if every else []
    selection = [region for number, region in enumerate(regions) if number < _ROWS or region in freed]
    left = len(regions) - len(selection)
    return ["", title, "", table(_HEAD, map(_row, selection)), *(["", f"and {left:,} more"] if left else [])]


def _row(region: Region) -> tuple[str, ...]:
    extra = words.point(region.example)
    example = for_markdown(region.example.path) + (f" ({for_markdown_prose(extra)})" if extra else "")
    return (
        " ".join(map(for_markdown, words.where(region))),
        for_markdown_prose(words.decision(region.old)),
        for_markdown_prose(words.decision(region.new)),
        ", ".join(map(for_markdown, words.names(region.principals))),
        example,
        f"{region.files:,}",
        for_markdown_prose(words.cause(region)),
    )


def _promises(signals: PolicySignals) -> list[str]:
    lines = []
    for promise in signals.promises:
        if promise.status is not ProofStatus.PASSED:
            example = "" if promise.witness is None else f", for example {for_markdown(promise.witness.path)}"
            lines.append(f"- promise {promise.status.value}: {for_markdown(promise.text)}{example}")
    lines = ["", *lines] if lines else []
    for beside in signals.shown.everywhere:
        was, now = for_markdown(beside.old), for_markdown(beside.new)
        lines.append(f"- {beside.direction.value}: {beside.kind.value} {for_markdown(beside.name)}: {was} -> {now}")
    return lines


def _folded(signals: PolicySignals) -> list[str]:
    strict = [region for region in signals.shown.regions if region.direction is Direction.STRICTER]
    idle = signals.shown.no_effect
    word = "yes" if signals.eligibility.eligible else "no"
    because = "" if signals.eligibility.eligible else f", because {for_markdown_prose('; '.join(signals.eligibility.because))}"
    counts = f"what became stricter ({len(strict):,}); edits without effect ({len(idle):,})"
    return [
        "",
        f"<details><summary>{counts}; eligible for auto-approval: {word}</summary>",
        *_regions("**Stricter**", strict, every=False),
        *(["", f"Without effect: {', '.join(map(for_markdown, idle[:_LISTED]))}"] if idle else []),
        "",
        f"Eligible for auto-approval: {word}{because}.",
        "",
        "</details>",
    ]
