"""A proposal before a person's eyes. The plain text is what the review token is made of; colours add nothing to it."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from agentowners.diagnostics import AgentownersError, PolicyError, Source
from agentowners.proposals.model import AddException, AddRule, Grant, KeptProposal, Operation, ProposalState, RemoveRule
from agentowners.proposals.validation import Validated
from agentowners.report.diff import words
from agentowners.report.diff.text import diff_text
from agentowners.report.shared.cut import count, first, shorten
from agentowners.report.shared.escape import for_markdown, for_terminal, printable

_MOST_REGIONS: Final = 20
_MOST_LINES: Final = 200
_MOST_CALLS: Final = 10
_WIDEST: Final = 2_000

BEST_EFFORT: Final = (
    "A grant is best-effort: it holds on this machine only, and GitHub never sees it.",
    "Where the agent runs as you and without a sandbox it is unavailable as a boundary: the agent can write a grant itself,",
    "edit this store, make a terminal with `script`, take its variables away, and say that it is somebody else.",
    "`agentowners propose --pull-request` is the strong way: there the check on GitHub asks a person.",
)
_TITLE = 60


class ReviewSection(Struct, frozen=True):
    """A part of what is shown."""

    heading: str
    lines: tuple[str, ...]
    """Escaped for a terminal."""


def sections(
    proposal: KeptProposal, state: ProposalState, validation: Validated | AgentownersError, when: str
) -> list[ReviewSection]:
    """Everything that a person has to see before deciding: ``validation`` came of merging and proving it just now, or is why
    it cannot be merged; ``when`` it was handed in, in words."""
    parts = [
        ReviewSection(f"proposal {proposal.id}: {state.value}", tuple(_head(proposal, when))),
        ReviewSection("what it asks for", tuple(for_terminal(operation_words(each)) for each in proposal.proposal.operations)),
    ]
    if isinstance(validation, AgentownersError):
        errors = (
            [diagnostic.message for diagnostic in validation.diagnostics]
            if isinstance(validation, PolicyError)
            else [validation.message]
        )
        return [*parts, ReviewSection("it cannot be merged", tuple(map(for_terminal, errors[:_MOST_REGIONS])))]
    parts.append(ReviewSection("the policy, before and after", tuple(_changes(validation.old, validation.new))))
    parts.append(ReviewSection("signals", tuple(_signals(validation))))
    if validation.signals is not None:
        parts.append(ReviewSection("what it changes for whom, each confirmed by the engine", tuple(_regions(validation))))
    if validation.findings:
        lines = [
            f"{finding.severity.value}: {finding.span.path}:{finding.span.line}: {finding.message}"
            for finding in validation.findings[:_MOST_REGIONS]
        ]
        parts.append(ReviewSection("mistakes that the policy has only with it", tuple(map(for_terminal, lines))))
    return [*parts, ReviewSection("what an approval here is worth", BEST_EFFORT)]


def review_token(parts: Sequence[ReviewSection], version: str) -> str:
    """The token by which a person says what was read: a digest of exactly what was shown.

    Another engine, which might decide otherwise, makes another one of the same text.
    """
    total = hashlib.sha256()
    for part in (b"agentowners review 1", version.encode(), plain(parts).encode("utf-8", "surrogatepass")):
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()[:16]


def plain(parts: Sequence[ReviewSection]) -> str:
    """The sections as text; ends in a newline."""
    return "\n".join("\n".join([section.heading, *(f"  {line}" for line in section.lines)]) + "\n" for section in parts)


def _head(proposal: KeptProposal, when: str) -> Iterator[str]:
    origin = proposal.provenance
    verified = " (verified when it was handed in)" if origin.verified else ""
    yield for_terminal(f"because: says: {shorten(proposal.proposal.intent, _WIDEST)}")
    through = f", through {origin.client}" if origin.client else ""
    yield for_terminal(f"who: says: {origin.principal}{verified}{through}")
    yield for_terminal(f"session: says: {origin.session or 'none'}")
    if origin.calls:
        yield for_terminal(f"calls: says: {', '.join(origin.calls[:_MOST_CALLS])}")
    if proposal.proposal.denial:
        yield for_terminal(f"denial: says: {proposal.proposal.denial}")
    yield for_terminal(f"handed in: {when}, at commit {origin.commit or 'none'}")
    yield for_terminal(f"policy it was made for: {proposal.base}")
    if proposal.pull_request:
        yield for_terminal(f"pull request: {proposal.pull_request}")
    if proposal.guidance:
        yield for_terminal(f"rejected: {proposal.guidance}")
    if proposal.superseded_by:
        yield for_terminal(f"superseded by: {proposal.superseded_by}")


def operation_words(operation: Operation) -> str:
    """An operation in a line."""
    match operation:
        case AddRule():
            return f"add rule{'' if operation.file is None else f' to {operation.file}'}: {operation.text.strip()}"
        case AddException():
            return f"add exception to {operation.rule}: {operation.pattern}"
        case RemoveRule():
            return f"remove rule {operation.rule}"
        case _:
            assert_never(operation)


def _changes(old: Sequence[Source], new: Sequence[Source]) -> Iterator[str]:
    before = {source.path: source.data for source in old}
    for source in new:
        was, becomes = (
            data.decode("utf-8", "surrogateescape").splitlines() for data in (before.get(source.path, b""), source.data)
        )
        lines = list(difflib.unified_diff(was, becomes, source.path, source.path, lineterm="", n=1))
        yield from first(lines, _MOST_LINES, lambda line: for_terminal(shorten(line, _WIDEST)), "and {} more lines")


def _signals(validation: Validated) -> Iterator[str]:
    summed = "" if validation.signals is None else f": {words.total(validation.signals.difference)}"
    yield for_terminal(f"Prover: {validation.prover.value}{summed}")
    yield "Reviewer: needs human: that is you"
    compatibility = validation.compatibility
    yield f"Mode compatibility: {'no mode declared' if compatibility is None else compatibility.value}"
    yield from (for_terminal(f"not known: {words.unknown(gap)}") for gap in validation.unknown[:_MOST_REGIONS])


def _regions(validation: Validated) -> Iterator[str]:
    if validation.signals is None:
        return
    difference = validation.signals.difference
    cut = replace(difference, regions=difference.regions[:_MOST_REGIONS])
    yield from diff_text(replace(validation.signals, difference=cut)).removesuffix("\n").split("\n")
    if len(difference.regions) > _MOST_REGIONS:
        yield f"and {count(len(difference.regions) - _MOST_REGIONS, 'more difference')}"


def list_lines(
    rows: Sequence[tuple[KeptProposal, ProposalState, str]], total: int, grants: Sequence[tuple[Grant, str]]
) -> list[str]:
    """A line for each proposal, the number of those that are not shown, and a line for each grant that holds."""
    lines = ["  ".join(row_cells(proposal, state, when)) for proposal, state, when in rows]
    if total > len(rows):
        lines.append(f"and {total - len(rows):,} more")
    for grant, end in grants:
        lines.append(
            for_terminal(f"grant {grant.id} holds for {grant.principal}, session {grant.session}, until {end} at the latest")
        )
    return lines


def row_cells(proposal: KeptProposal, state: ProposalState, when: str) -> tuple[str, str, str, str, str]:
    """A proposal in five words or so: id, state, who says it is theirs, when, and why."""
    why = shorten(proposal.proposal.intent, 80)
    return proposal.id, state.value, for_terminal(f"says {proposal.provenance.principal}"), when, for_terminal(why)


def pull_title(proposal: KeptProposal) -> str:
    """One line."""
    return f"Policy: {shorten(printable(proposal.proposal.intent).strip(), _TITLE)}"


def pull_body(proposal: KeptProposal) -> str:
    """The operations, and who says that they are theirs."""
    origin = proposal.provenance
    clauses = [f"{for_markdown(origin.principal)}, as it says"]
    clauses += [f"through {for_markdown(origin.client)}"] if origin.client else []
    clauses += [f"after the denial {for_markdown(proposal.proposal.denial)}"] if proposal.proposal.denial else []
    lines = [
        f"An agent proposes to change the policy, because: {for_markdown(proposal.proposal.intent)}",
        "",
        *(f"- {for_markdown(operation_words(operation))}" for operation in proposal.proposal.operations),
        "",
        f"Proposed by {', '.join(clauses)}, as `{proposal.id}`.",
        "",
        "The check on this pull request says what the change lets agents do: by the policy on both sides, not by this text.",
    ]
    return "\n".join(lines) + "\n"
