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
    found: PolicySignals, paths: Sequence[str], *, digests: tuple[str, str] | None = None, only_looser: bool = False
) -> str:
    """The section; ends in a newline. ``paths`` are the policy files that change, ``digests`` of the old and the new policy,
    where a reviewer may be asked for advice; ``only_looser`` leaves out what became stricter and what has no effect."""
    lines = [f"### Policy change: {', '.join(map(for_markdown, paths[:_LISTED]))}" if paths else "### Policy change", ""]
    signals = [("Prover", _prover(found)), *(("Reviewer", _advice(one)) for one in found.reviewers)]
    for mode in found.modes:
        who = " ".join(map(str, mode.line.principals))
        signals.append(("Mode compatibility", f"{mode.line.mode.value} for {for_markdown(who)}: {mode.status.value}"))
    signals += [] if found.modes else [("Mode compatibility", words.NO_MODE)]
    lines.append(table(("signal", "says"), signals))
    loose = [one for one in found.shown.regions if one.direction in (Direction.LOOSER, Direction.INCOMPARABLE)]
    lines += _regions("**What agents may do that they could not before**", loose, every=True)
    lines += _promises(found)
    lines += [f"- unknown: {for_markdown_prose(words.unknown(one))}" for one in found.unknown[:_LISTED]]
    lines += [] if only_looser else _folded(found)
    if digests is not None:
        line = for_markdown(f"agentowners {digests[0]} {digests[1]}")
        lines += ["", f"A reviewer whom the policy names answers with a review that begins with {line}."]
    return "\n".join(lines) + "\n"


def _prover(found: PolicySignals) -> str:
    refuted = sum(one.status is ProofStatus.FAILED for one in found.promises)
    more = f"; {count(refuted, 'promise')} refuted" if refuted else ""
    if found.prover is not ProofStatus.UNKNOWN:
        return f"{words.total(found.difference)}{more}"
    facts = next((one for one in found.unknown if one.reason is UnknownReason.FACTS), None)
    if facts is not None:
        return f"unknown ({for_markdown_prose(words.unknown(facts))})"
    return f"unknown: {for_markdown_prose(words.unknown(found.unknown[0]))}; nothing looser was found"


def _advice(one: ReviewerAdvice) -> str:
    where = f", on {for_markdown(one.head[:7])}" if one.head else ""
    why = f": {for_markdown_prose(one.why)}" if one.why else ""
    said = f": {for_markdown(shorten(one.words, _WORDS))}" if one.words else ""
    recommends = one.advice.value.replace("_", " ")
    worth = "an approval that counts" if one.counts else "advice, not an approval"
    return f"recommends {recommends}: {for_markdown(one.name)}{where} ({worth}){why}{said}"


def _regions(title: str, regions: Sequence[Region], *, every: bool) -> list[str]:
    """A table of the worst; what was blocked and is allowed now is always shown where ``every``."""
    if not regions:
        return []
    freed = [one for one in regions if any(demand.blocks for demand in one.old) and not one.new] if every else []
    shown = [one for number, one in enumerate(regions) if number < _ROWS or one in freed]
    left = len(regions) - len(shown)
    return ["", title, "", table(_HEAD, map(_row, shown)), *(["", f"and {left:,} more"] if left else [])]


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


def _promises(found: PolicySignals) -> list[str]:
    lines = []
    for one in found.promises:
        if one.status is not ProofStatus.PASSED:
            example = "" if one.witness is None else f", for example {for_markdown(one.witness.path)}"
            lines.append(f"- promise {one.status.value}: {for_markdown(one.text)}{example}")
    lines = ["", *lines] if lines else []
    for beside in found.shown.everywhere:
        was, now = for_markdown(beside.old), for_markdown(beside.new)
        lines.append(f"- {beside.direction.value}: {beside.kind.value} {for_markdown(beside.name)}: {was} -> {now}")
    return lines


def _folded(found: PolicySignals) -> list[str]:
    strict = [one for one in found.shown.regions if one.direction is Direction.STRICTER]
    idle = found.shown.no_effect
    word = "yes" if found.eligibility.eligible else "no"
    because = "" if found.eligibility.eligible else f", because {for_markdown_prose('; '.join(found.eligibility.because))}"
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
