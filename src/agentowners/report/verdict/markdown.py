"""A verdict in GitHub's Markdown: the check run's summary and text, the job's summary, the sticky comment.

All of them are put together from the same sections, each complete in itself, so that whatever a limit leaves out is left out
at a section's or a row's end and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.diagnostics import Diagnostic, Severity
from agentowners.engine.verdict import AppliedRule, FileDecision, NoVerdict, Outcome, Verdict
from agentowners.policy.model import Decision
from agentowners.report.shared.cut import count, shorten, shorten_middle, size
from agentowners.report.shared.diagnostic_text import diagnostic_text
from agentowners.report.shared.escape import for_markdown, for_markdown_prose
from agentowners.report.shared.tables import table
from agentowners.report.verdict.advice import (
    EXAMPLE_POLICY,
    about,
    approvers,
    because,
    full,
    granted,
    judged,
    judged_on,
    next_steps,
    not_counted,
    policy_files,
    remarks,
    sentence,
    what_was_done,
)
from agentowners.report.verdict.conclusion import Enforcement, conclude, has_no_policy, is_advisory
from agentowners.report.verdict.groups import FileGroup, groups, observed_groups, strongest

FIELD_LIMIT: Final = 65_535
"""Largest ``output.summary`` and ``output.text`` of a check run."""
COMMENT_LIMIT: Final = 65_536
"""Largest body of a comment."""
STEP_LIMIT: Final = 1024 * 1024
"""Largest summary of a job's step."""
_PATH: Final = 200
_TEXT: Final = 500
"""Longest path and longest other text shown, in characters before escaping."""
_ENTRIES: Final = 20
"""Entries shown of every list that is not the table of files."""
_BLOCK: Final = 16_000
"""Bytes of diagnostics after which no further one is shown."""
_CUT: Final = "*More did not fit here: the JSON report has everything.*"


class CheckOutput(Struct, frozen=True):
    """The two texts of a check run, each within GitHub's limit."""

    summary: str
    text: str
    """Empty where there is nothing beyond the summary."""


def check_output(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, notes: Sequence[str] = ()) -> CheckOutput:
    """The texts of a check run below its title; ``notes`` are further sentences to show, as in messages."""
    return CheckOutput(_fit(_main(outcome, enforcement, 200, notes), FIELD_LIMIT), _fit(_background(outcome), FIELD_LIMIT))


def job_summary(
    outcome: Outcome,
    enforcement: Enforcement = Enforcement.ACTIVE,
    limit: int = STEP_LIMIT,
    notes: Sequence[str] = (),
) -> str:
    """A job's summary, at most ``limit`` bytes, ending in a newline; several of them may follow each other."""
    sections = [_heading(2, outcome, enforcement), *_main(outcome, enforcement, 2000, notes), *_background(outcome)]
    return _fit(sections, limit - 1) + "\n"


def markdown(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> str:
    """The whole report as a document, for ``check --format markdown``."""
    return job_summary(outcome, enforcement)


def comment_marker(check_name: str) -> str:
    """The first line of the sticky comment, by which it is found again: one for each name of a check."""
    name = "".join(c if (c.isascii() and c.isalnum()) or c in " ()._/-" else f"%{ord(c):x}" for c in check_name)
    return f"<!-- agentowners:{name.replace('--', '%2d%2d')} -->"


def sticky_comment(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, check_name: str = "AGENTOWNERS") -> str:
    """The body of the comment that is kept up to date on a pull request."""
    sections = [
        f"{comment_marker(check_name)}\n{_heading(3, outcome, enforcement)}",
        *_main(outcome, enforcement, 50),
        *_folded(_background(outcome)),
    ]
    return _fit(sections, COMMENT_LIMIT)


def _heading(depth: int, outcome: Outcome, enforcement: Enforcement) -> str:
    return f"{'#' * depth} AGENTOWNERS: {for_markdown_prose(conclude(outcome, enforcement).title)}"


def _main(outcome: Outcome, enforcement: Enforcement, rows: int, notes: Sequence[str] = ()) -> list[str]:
    """The outcome, the next steps, the offending files, the approvals, and warnings about the policy: behind a green check
    nobody looks for that."""
    steps = [for_markdown_prose(step) for step in next_steps(outcome, enforcement)]
    sections = [for_markdown_prose(sentence(outcome, enforcement)), *_list("**What to do next**", steps)]
    sections += _list("**Notes**", [for_markdown_prose(shorten(note, 2 * _TEXT)) for note in notes])
    if isinstance(outcome, NoVerdict):
        return [*sections, *_diagnostics("**In the policy**", outcome.diagnostics)]
    if has_no_policy(outcome):
        return [*sections, _EXAMPLE]
    found = groups(outcome)
    sections += _files(found, is_advisory(outcome, enforcement), rows)
    sections += _list("**Rules**", [_rule(rule) for rule in _rules(found)])
    sections += _list("**Why files that the change does not list**", _landing(found, rows))
    sections += _approvals(outcome)
    return [*sections, *_diagnostics("**About the policy**", [d for d in outcome.diagnostics if d.severity is not Severity.NOTE])]


def _background(outcome: Outcome) -> list[str]:
    """Contributors, policy, and decisions that are only observed."""
    if isinstance(outcome, NoVerdict):
        return []
    observed = observed_groups(outcome)
    return [
        *_list("**Contributors**", [_contributor(outcome, index) for index in range(len(outcome.principals))]),
        *_titled("**Observed, not enforced**", _files(observed, True, 50)),
        *_list("**Rules that only observe**", [_rule(rule) for rule in _rules(observed)]),
        *_list("**About this judgement**", [for_markdown_prose(shorten(note, 2 * _TEXT)) for note in remarks(outcome)]),
        f"Judged: {for_markdown_prose(judged(outcome))}. Policy: {for_markdown_prose(policy_files(outcome))}.",
    ]


def _files(found: Sequence[FileGroup], advisory: bool, rows: int) -> list[str]:
    if not found:
        return []
    total = sum(len(group.files) for group in found)
    pairs = ((group, file) for group in found for file in group.files)
    cells = (_row(group, file, advisory) for (group, file), _ in zip(pairs, range(rows), strict=False))
    more = [f"… and {count(total - rows, 'more file')}, see the report."] if total > rows else []
    return [table(("File", "Decision", "Rule", "Who"), cells), *more]


def _row(group: FileGroup, file: FileDecision, advisory: bool) -> tuple[str, ...]:
    done = what_was_done(file)
    return (
        for_markdown(shorten_middle(file.path, _PATH)) + ("" if done == "modified" else f" ({done})"),
        _decision(group, advisory),
        for_markdown(shorten(group.rule.id, _PATH)) if group.rule else "",
        for_markdown(shorten(group.said.principal.name, _PATH)) if group.said.principal else "",
    )


def _decision(group: FileGroup, advisory: bool) -> str:
    if group.said.decision is Decision.BLOCK:
        return "would be blocked" if advisory else "**blocked**"
    if group.met:
        return "approved"
    return "would need approval" if advisory else "**needs approval**"


def _rules(found: Iterable[FileGroup]) -> list[AppliedRule]:
    return list(dict.fromkeys(rule for group in found for rule in group.said.rules))


def _rule(rule: AppliedRule) -> str:
    default = " (default)" if rule.is_default else ""
    reason = f". Reason: {for_markdown_prose(shorten(rule.reason, _TEXT))}" if rule.reason else ""
    return f"{for_markdown(shorten(rule.id, _PATH))}{default}: {for_markdown(shorten(rule.text, _TEXT))}{reason}"


def _approvals(verdict: Verdict) -> list[str]:
    approvals = verdict.approvals
    obligations = []
    for obligation in strongest(approvals.obligations):
        note = f". {for_markdown_prose(full(obligation.note))}" if obligation.note is not None else ""
        said = f"{obligation.count} from {approvers(obligation)}: {granted(obligation)}"
        obligations.append(for_markdown_prose(said) + note)
    ignored = []
    for review in approvals.ignored:
        way_out = f": {for_markdown_prose(shorten(review.help, _TEXT))}" if review.help is not None else ""
        why = for_markdown_prose(shorten(not_counted(review), _TEXT))
        ignored.append(f"{for_markdown(shorten(review.reviewer, _PATH))} {why}{way_out}")
    return [
        *_list(f"**Approvals: {approvals.granted} of {approvals.required}**", obligations),
        *_list("**Reviews that do not count**", ignored),
    ]


def _contributor(verdict: Verdict, index: int) -> str:
    principal, paths = verdict.principals[index], judged_on(verdict, index)
    shown = [for_markdown_prose(shorten(phrase, _TEXT)) for phrase in principal.evidence[:5]]
    if len(principal.evidence) > 5:
        shown.append(f"and {len(principal.evidence) - 5:,} more")
    known = f": {'; '.join(shown)}" if shown else ""
    where = f". {for_markdown_prose(full(paths))}" if paths is not None else ""
    return f"{for_markdown(shorten(principal.name, _PATH))} ({about(principal)}){known}{where}"


def _landing(found: Sequence[FileGroup], rows: int) -> list[str]:
    """Why files are judged that the change does not list, each reason once."""
    files: dict[str, str] = {}
    shown = (file for group in found for file in group.files)
    for file, _ in zip(shown, range(rows), strict=False):
        why = because(file)
        if why is not None:
            files.setdefault(why, file.path)
    return [
        f"{for_markdown(shorten_middle(path, _PATH))}: {for_markdown_prose(shorten(why, _TEXT))}" for why, path in files.items()
    ]


def _diagnostics(title: str, diagnostics: Sequence[Diagnostic]) -> list[str]:
    """The diagnostics as a terminal has them, carets and all, in a code block that nothing in them can end."""
    if not diagnostics:
        return []
    shown: list[str] = []
    for diagnostic in diagnostics[:_ENTRIES]:
        shown.append(diagnostic_text(_bounded(diagnostic)))
        if sum(map(size, shown)) > _BLOCK:
            break
    body = "\n\n".join(shown)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    more = [f"… and {len(diagnostics) - len(shown):,} more, see the report."] if len(diagnostics) > len(shown) else []
    return [f"{title}\n\n{fence}text\n{body}\n{fence}", *more]


def _bounded(diagnostic: Diagnostic) -> Diagnostic:
    return replace(
        diagnostic,
        message=shorten(diagnostic.message, _TEXT),
        help=None if diagnostic.help is None else shorten(diagnostic.help, _TEXT),
        span=replace(diagnostic.span, path=shorten_middle(diagnostic.span.path, _PATH)),
    )


def _list(title: str, items: Sequence[str]) -> list[str]:
    shown = list(items[:_ENTRIES])
    if len(items) > _ENTRIES:
        shown.append(f"… and {len(items) - _ENTRIES:,} more, see the report.")
    return [title + "\n\n" + "\n".join(f"- {item}" for item in shown)] if shown else []


def _titled(title: str, sections: Sequence[str]) -> list[str]:
    return [f"{title}\n\n{sections[0]}", *sections[1:]] if sections else []


def _folded(sections: Sequence[str]) -> Iterator[str]:
    if sections:
        yield "<details><summary>Who, by which policy</summary>\n\n" + "\n\n".join(sections) + "\n\n</details>"


def _fit(sections: Iterable[str], limit: int) -> str:
    """The sections below each other, as many as fit; what follows a table or a list that does not is kept if it does."""
    room = limit - size(_CUT) - 2
    out: list[str] = []
    cut = False
    for section in sections:
        if size(section) + 2 > room:
            section, cut = _within(section, room), True
        if section:
            out.append(section)
            room -= size(section) + 2
    return "\n\n".join([*out, _CUT] if cut else out)


def _within(section: str, room: int) -> str:
    """As many whole lines of a section as fit; nothing of one that opens what it would not close."""
    if "<details>" in section or "```" in section:
        return ""
    kept: list[str] = []
    for line in section.split("\n"):
        room -= size(line) + 1
        if room < 2:
            break
        kept.append(line)
    return "\n".join(kept).rstrip()


_EXAMPLE: Final = f"""\
```text
# .github/AGENTOWNERS: what AI agents may change
{EXAMPLE_POLICY}
infra/**     @agents  require_approval(2)
```"""
