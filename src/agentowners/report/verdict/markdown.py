"""A verdict in GitHub's Markdown: the check run's summary and text, the job's summary, the sticky comment.

All of them are put together from the same sections, each complete in itself, so that whatever a limit leaves out is left out
at a section's or a row's end and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.diagnostics import Diagnostic, Severity
from agentowners.engine.verdict import AppliedRule, FileDecision, NoVerdict, Outcome, Verdict
from agentowners.report.shared.cut import count, first, shorten, shorten_middle, size
from agentowners.report.shared.diagnostic_text import diagnostic_text
from agentowners.report.shared.escape import for_markdown, for_markdown_prose
from agentowners.report.verdict import advice
from agentowners.report.verdict.conclusion import Enforcement, conclude, has_no_policy, is_advisory
from agentowners.report.verdict.groups import FileGroup, groups, observed_groups, state, strongest
from agentowners.report.verdict.links import GITHUB, Links, linked
from agentowners.report.verdict.readers import reader_lines

FIELD_LIMIT: Final = 65_535
"""Largest ``output.summary`` and ``output.text`` of a check run."""
COMMENT_LIMIT: Final = 65_536
"""Largest body of a comment."""
STEP_LIMIT: Final = 1024 * 1024
"""Largest summary of a job's step."""
_ENTRIES: Final = 20
"""Entries shown of every list but those of files."""
_BLOCK: Final = 16_000
"""Bytes of diagnostics after which no further one is shown."""
_PATH: Final = 200
_TEXT: Final = 500
"""Longest path and longest other text shown, in characters before escaping."""
_FOLD: Final = "<details><summary>"
_UNFOLD: Final = "\n\n</details>"
"""Beginning and end of a section of ``_fold``."""
_OPEN: Final = 10
"""Files of a rule, and rules, that are shown before the rest is folded."""
_RULES: Final = 20
"""Rules named of one group of files."""
_BUILTIN: Final = 120
"""Longest text of a built-in rule, which is in the documentation."""
_CUT: Final = "*More did not fit here: the JSON report has everything.*"


class CheckOutput(Struct, frozen=True):
    """The two texts of a check run, each within GitHub's limit."""

    summary: str
    text: str
    """Empty where there is nothing beyond the summary."""


def check_output(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, server: str = GITHUB) -> CheckOutput:
    """The texts of a check run below its title, with links to a server such as ``https://github.com``."""
    main, background = _main(outcome, enforcement, 200, server), _background(outcome, server)
    return CheckOutput(_fit(main, FIELD_LIMIT), _fit(background, FIELD_LIMIT))


def job_summary(
    outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, limit: int = STEP_LIMIT, server: str = GITHUB
) -> str:
    """A job's summary, at most ``limit`` bytes, ending in a newline; several of them may follow each other."""
    main, background = _main(outcome, enforcement, 2000, server), _background(outcome, server)
    return _fit([_heading(2, outcome, enforcement), *main, *background], limit - 1) + "\n"


def comment_marker(check_name: str) -> str:
    """The first line of the sticky comment, by which it is found again: one for each name of a check."""
    name = "".join(c if (c.isascii() and c.isalnum()) or c in " ()._/-" else f"%{ord(c):x}" for c in check_name)
    return f"<!-- agentowners:{name.replace('--', '%2d%2d')} -->"


def sticky_comment(
    outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, check_name: str = "AGENTOWNERS", server: str = GITHUB
) -> str:
    """The body of the comment that is kept up to date on a pull request."""
    sections = [
        f"{comment_marker(check_name)}\n{_heading(3, outcome, enforcement)}",
        *_main(outcome, enforcement, 50, server),
        *_background(outcome, server),
    ]
    return _fit(sections, COMMENT_LIMIT)


def _heading(depth: int, outcome: Outcome, enforcement: Enforcement) -> str:
    return f"{'#' * depth} AGENTOWNERS: {for_markdown_prose(conclude(outcome, enforcement).title)}"


def _main(outcome: Outcome, enforcement: Enforcement, rows: int, server: str) -> list[str]:
    """The outcome, the next steps, the approvals, the offending files, and warnings about the policy: behind a green check
    nobody looks for that."""
    steps = [for_markdown_prose(step) for step in advice.next_steps(outcome)]
    sentence = for_markdown_prose(advice.sentence(outcome, enforcement))
    if isinstance(outcome, NoVerdict):
        return [sentence, *_list(_NEXT, steps), *_diagnostics("**In the policy**", outcome.diagnostics)]
    if has_no_policy(outcome):
        return [sentence, *_list(_NEXT, steps), _EXAMPLE]
    file_groups, links, advisory = groups(outcome), Links.of(outcome, server), is_advisory(outcome, enforcement)
    return [
        sentence,
        *_list(_NEXT, [*steps, *reader_lines(outcome, file_groups, links, advisory=advisory)]),
        *_approvals(outcome),
        *_files_by_rule(file_groups, links, advisory=advisory, rows=rows),
        *_list("**Why files that the change does not list**", _landing(file_groups, rows)),
        *_diagnostics("**About the policy**", [d for d in outcome.diagnostics if d.severity is not Severity.NOTE]),
    ]


def _background(outcome: Outcome, server: str) -> list[str]:
    """Contributors, policy, and decisions that are only observed, folded."""
    if isinstance(outcome, NoVerdict):
        return []
    observed = _files_by_rule(observed_groups(outcome), Links.of(outcome, server), advisory=True, rows=50, folds=False)
    sections = [
        *_list("**Contributors**", [_contributor(outcome, index) for index in range(len(outcome.principals))]),
        *(["**Observed, not enforced**", *observed] if observed else []),
        *_list("**About this judgement**", [for_markdown_prose(shorten(note, 2 * _TEXT)) for note in advice.remarks(outcome)]),
        f"Judged: {for_markdown_prose(advice.judged(outcome))}. Policy: {for_markdown_prose(advice.policy_files(outcome))}"
        + (f", {for_markdown(outcome.digest)}." if outcome.sources else "."),
    ]
    return [_fold("Who, by which policy", "\n\n".join(sections))]


def _approvals(verdict: Verdict) -> list[str]:
    approvals = verdict.approvals
    obligations = []
    for obligation in strongest(approvals.obligations):
        note = f". {for_markdown_prose(advice.full(obligation.note))}" if obligation.note is not None else ""
        people = for_markdown_prose(f"{advice.approvers(obligation)}{advice.also(obligation, approvals.obligations)}")
        obligations.append(f"{obligation.count} from {people}: {for_markdown_prose(advice.granted(obligation))}{note}")
    ignored = []
    for review in approvals.ignored:
        way_out = f": {for_markdown_prose(shorten(review.help, _TEXT))}" if review.help is not None else ""
        why = for_markdown_prose(shorten(advice.not_counted(review), _TEXT))
        ignored.append(f"{for_markdown(shorten(review.reviewer, _PATH))} {why}{way_out}")
    return [
        *_list(f"**Approvals: {approvals.granted} of {approvals.required}**", obligations),
        *_list("**Reviews that do not count**", ignored),
    ]


def _contributor(verdict: Verdict, index: int) -> str:
    principal, paths = verdict.principals[index], advice.judged_on(verdict, index)
    phrases = first(advice.evidence(principal), 5, lambda phrase: for_markdown_prose(shorten(phrase, _TEXT)))
    known = f": {'; '.join(phrases)}" if phrases else ""
    where = f". {for_markdown_prose(advice.full(paths))}" if paths is not None else ""
    return f"{for_markdown(shorten(principal.name, _PATH))} ({advice.about(principal)}){known}{where}"


def _files_by_rule(file_groups: Sequence[FileGroup], links: Links, *, advisory: bool, rows: int, folds: bool = True) -> list[str]:
    """Sections that show ``rows`` files at most; ``folds`` is False inside of what is folded itself."""
    sections: list[str] = []
    rest: list[str] = []
    # what is shown at once is shown of every rule before anything is put behind a fold
    opened = [min(len(group.files), _OPEN + (len(group.files) == _OPEN + 1)) for group in file_groups]
    room = max(rows - sum(opened), 0)
    for number, group in enumerate(file_groups):
        few, rows = min(opened[number], rows), rows - min(opened[number], rows)
        if not few:
            sections.append(
                f"… and {count(sum(len(other.files) for other in file_groups[number:]), 'more file')}, see the report."
            )
            break
        more = min(len(group.files) - few, room)
        room -= more
        hidden = len(group.files) - few - more
        ending = [f"- and {count(hidden, 'more', 'more')}, see the report"] if hidden else []
        files = [_file(file, links) for file in group.files[: few + more]]
        section = [_group(group, links, advisory), "", *files[:few]]
        if number >= _OPEN and folds:
            rest.append("\n".join([*section, *files[few:], *ending]))
        elif not folds or not files[few:]:
            sections.append("\n".join([*section, *files[few:], *ending]))
        else:
            sections.append("\n".join(section))
            sections.append(_fold(f"… and {count(len(group.files) - few, 'more file')}", "\n".join([*files[few:], *ending])))
    return [*sections, _fold(f"… and {count(len(rest), 'more rule')}", "\n\n".join(rest))] if rest else sections


def _group(group: FileGroup, links: Links, advisory: bool) -> str:
    """Decision about a group's files, with whom it is about, its rules and their reasons."""
    principal = group.said.principal
    whose = f" for {for_markdown(shorten(principal.name, _PATH))}" if principal else ""
    decision = f"**{state(group, advisory=advisory)}**{whose}"
    lines = [f"{decision} by {_rule(rule, links)}" for rule in group.said.rules[:1]]
    lines += [f"and by {_rule(rule, links)}" for rule in group.said.rules[1:_RULES]]
    lines += [
        for_markdown_prose(advice.full(note))
        for note in (advice.known_by(group), advice.withheld(group), advice.unknown_bot(group.said.principal))
        if note is not None
    ]
    return "\\\n".join(lines or [decision])


def _file(file: FileDecision, links: Links) -> str:
    effect = advice.what_was_done(file)
    return f"- {linked(shorten_middle(file.path, _PATH), links.file(file))}" + ("" if effect == "modified" else f" ({effect})")


def _rule(rule: AppliedRule, links: Links) -> str:
    default = " (default)" if rule.is_default else ""
    reason = f". Reason: {for_markdown_prose(shorten(rule.reason, _TEXT))}" if rule.reason else ""
    text = shorten(rule.text, _TEXT if rule.line is not None else _BUILTIN)
    return f"{linked(shorten(rule.id, _PATH), links.rule(rule))}{default}: {for_markdown(text)}{reason}"


def _landing(file_groups: Sequence[FileGroup], rows: int) -> list[str]:
    """Why files are judged that the change does not list, each reason once."""
    files: dict[str, str] = {}
    all_files = (file for group in file_groups for file in group.files)
    for file, _ in zip(all_files, range(rows), strict=False):
        why = advice.because(file)
        if why is not None:
            files.setdefault(why, file.path)
    return [
        f"{for_markdown(shorten_middle(path, _PATH))}: {for_markdown_prose(shorten(why, _TEXT))}" for why, path in files.items()
    ]


def _diagnostics(title: str, diagnostics: Sequence[Diagnostic]) -> list[str]:
    """The diagnostics as a terminal has them, carets and all, in a code block that nothing in them can end."""
    if not diagnostics:
        return []
    texts: list[str] = []
    for diagnostic in diagnostics[:_ENTRIES]:
        texts.append(diagnostic_text(_bounded(diagnostic)))
        if sum(map(size, texts)) > _BLOCK:
            break
    body = "\n\n".join(texts)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    more = [f"… and {len(diagnostics) - len(texts):,} more, see the report."] if len(diagnostics) > len(texts) else []
    return [f"{title}\n\n{fence}text\n{body}\n{fence}", *more]


def _bounded(diagnostic: Diagnostic) -> Diagnostic:
    return replace(
        diagnostic,
        message=shorten(diagnostic.message, _TEXT),
        help=None if diagnostic.help is None else shorten(diagnostic.help, _TEXT),
        span=replace(diagnostic.span, path=shorten_middle(diagnostic.span.path, _PATH)),
    )


def _list(title: str, items: Sequence[str]) -> list[str]:
    lines = first(items, _ENTRIES, more="… and {} more, see the report.")
    return [title + "\n\n" + "\n".join(f"- {item}" for item in lines)] if lines else []


def _fold(title: str, body: str) -> str:
    """A section that is opened by a click."""
    return f"{_FOLD}{title}</summary>\n\n{body}{_UNFOLD}"


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
    """As many whole lines of a section as fit, with what it opens closed; nothing of a code block."""
    if "```" in section:
        return ""
    ending = _UNFOLD if section.startswith(_FOLD) else ""
    room -= size(ending)
    lines: list[str] = []
    for line in section.removesuffix(ending).split("\n"):
        room -= size(line) + 1
        if room < 2:
            break
        lines.append(line)
    return "\n".join(lines).rstrip() + ending if lines else ""


_NEXT: Final = "**What to do next**"
_EXAMPLE: Final = f"""\
```text
# .github/AGENTOWNERS: what AI agents may change
{advice.EXAMPLE_POLICY}
infra/**     @agents  require_approval(2)
```"""
