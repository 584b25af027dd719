"""A change of a policy as GitHub's Markdown: the section of a check run's summary, and what ``diff`` prints for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.proof.difference import Direction, Region, UnknownReason
from agentowners.proof.promises import ProofStatus
from agentowners.proof.signals import PolicySignals, ReviewerAdvice
from agentowners.report.diff.words import (
    NO_MODE,
    cause_words,
    decision_words,
    names_words,
    point_words,
    sum_words,
    unknown_words,
    where_words,
)
from agentowners.report.shared.cut import count, shorten
from agentowners.report.shared.escape import for_markdown, for_markdown_prose

_ROWS: Final = 20
_LISTED: Final = 10
_WORDS: Final = 300
_HEAD: Final = ("| where | before | now | who | for example | files here | because |", "|---|---|---|---|---|---|---|")


def diff_markdown(
    found: PolicySignals, paths: Sequence[str], *, digests: tuple[str, str] | None = None, only_looser: bool = False
) -> str:
    """The section; ends in a newline.

    Args:
        found: the signals.
        paths: the policy files that change.
        digests: of the old and the new policy, where a reviewer may be asked for advice.
        only_looser: whether to leave out what became stricter and what has no effect.
    """
    lines = [f"### Policy change: {', '.join(map(for_markdown, paths[:_LISTED]))}" if paths else "### Policy change", ""]
    lines += ["| signal | says |", "|---|---|", f"| Prover | {_prover(found)} |"]
    lines += [f"| Reviewer | {_advice(one)} |" for one in found.reviewers]
    for mode in found.modes:
        who = " ".join(map(str, mode.line.principals))
        lines.append(f"| Mode compatibility | {mode.line.mode.value} for {for_markdown(who)}: {mode.status.value} |")
    lines += [] if found.modes else [f"| Mode compatibility | {NO_MODE} |"]
    loose = [one for one in found.shown.regions if one.direction in (Direction.LOOSER, Direction.INCOMPARABLE)]
    lines += _table("**What agents may do that they could not before**", loose, every=True)
    lines += _promises(found)
    lines += [f"- unknown: {for_markdown_prose(unknown_words(one))}" for one in found.unknown[:_LISTED]]
    lines += [] if only_looser else _folded(found)
    if digests is not None:
        lines += ["", f"A reviewer whom the policy names answers with a review that begins with {for_markdown(_line(digests))}."]
    return "\n".join(lines) + "\n"


def _line(digests: tuple[str, str]) -> str:
    return f"agentowners {digests[0]} {digests[1]}"


def _prover(found: PolicySignals) -> str:
    refuted = sum(one.status is ProofStatus.FAILED for one in found.promises)
    more = f"; {count(refuted, 'promise')} refuted" if refuted else ""
    if found.prover is not ProofStatus.UNKNOWN:
        return f"{sum_words(found.difference)}{more}"
    facts = next((one for one in found.unknown if one.reason is UnknownReason.FACTS), None)
    if facts is not None:
        return f"unknown ({for_markdown_prose(unknown_words(facts))})"
    return f"unknown: {for_markdown_prose(unknown_words(found.unknown[0]))}; nothing looser was found"


def _advice(one: ReviewerAdvice) -> str:
    where = f", on {for_markdown(one.head[:7])}" if one.head else ""
    why = f": {for_markdown_prose(one.why)}" if one.why else ""
    words = f": {for_markdown(shorten(one.words, _WORDS))}" if one.words else ""
    recommends = one.advice.value.replace("_", " ")
    worth = "an approval that counts" if one.counts else "advice, not an approval"
    return f"recommends {recommends}: {for_markdown(one.name)}{where} ({worth}){why}{words}"


def _table(title: str, regions: Sequence[Region], *, every: bool) -> list[str]:
    """A table of the worst; what was blocked and is allowed now is always shown where ``every``."""
    if not regions:
        return []
    freed = [one for one in regions if any(demand.blocks for demand in one.old) and not one.new] if every else []
    shown = [one for number, one in enumerate(regions) if number < _ROWS or one in freed]
    left = len(regions) - len(shown)
    rows = [_row(region) for region in shown]
    return ["", title, "", *_HEAD, *rows, *(["", f"and {left:,} more"] if left else [])]


def _row(region: Region) -> str:
    extra = point_words(region.example)
    example = for_markdown(region.example.path) + (f" ({for_markdown_prose(extra)})" if extra else "")
    who = ", ".join(map(for_markdown, names_words(region.principals)))
    cells = [
        " ".join(map(for_markdown, where_words(region))),
        for_markdown_prose(decision_words(region.old)),
        for_markdown_prose(decision_words(region.new)),
        who,
        example,
        f"{region.files:,}",
        for_markdown_prose(cause_words(region)),
    ]
    return f"| {' | '.join(cells)} |"


def _promises(found: PolicySignals) -> Iterator[str]:
    refuted = [one for one in found.promises if one.status is not ProofStatus.PASSED]
    if refuted:
        yield ""
    for one in refuted:
        example = "" if one.witness is None else f", for example {for_markdown(one.witness.path)}"
        yield f"- promise {one.status.value}: {for_markdown(one.text)}{example}"
    for beside in found.shown.everywhere:
        was, now = for_markdown(beside.old), for_markdown(beside.new)
        yield f"- {beside.direction.value}: {beside.kind.value} {for_markdown(beside.name)}: {was} -> {now}"


def _folded(found: PolicySignals) -> Iterator[str]:
    strict = [one for one in found.shown.regions if one.direction is Direction.STRICTER]
    idle = found.shown.no_effect
    because = "; ".join(found.eligibility.because)
    eligible = "yes" if found.eligibility.eligible else f"no, because {for_markdown_prose(because)}"
    yield ""
    word = "yes" if found.eligibility.eligible else "no"
    counts = f"what became stricter ({len(strict):,}); edits without effect ({len(idle):,})"
    yield f"<details><summary>{counts}; eligible for auto-approval: {word}</summary>"
    yield from _table("**Stricter**", strict, every=False)
    if idle:
        yield ""
        yield f"Without effect: {', '.join(map(for_markdown, idle[:_LISTED]))}"
    yield ""
    yield f"Eligible for auto-approval: {eligible}."
    yield ""
    yield "</details>"
