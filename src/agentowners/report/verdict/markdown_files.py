"""The files of a verdict in GitHub's Markdown, by the rules that decide on them: the first to be read, the rest folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentowners.engine.verdict import AppliedRule, FileDecision
from agentowners.report.shared.cut import count, shorten, shorten_middle
from agentowners.report.shared.escape import for_markdown, for_markdown_prose
from agentowners.report.verdict.advice import full, known_by, unknown_bot, what_was_done, withheld
from agentowners.report.verdict.groups import FileGroup, state
from agentowners.report.verdict.links import Links, linked

PATH: Final = 200
TEXT: Final = 500
"""Longest path and longest other text shown, in characters before escaping."""
FOLD: Final = "<details><summary>"
UNFOLD: Final = "\n\n</details>"
"""Beginning and end of a section of ``fold``."""
_OPEN: Final = 10
"""Files of a rule, and rules, that are shown before the rest is folded."""
_RULES: Final = 20
"""Rules named of one group of files."""
_BUILTIN: Final = 120
"""Longest text of a built-in rule, which is in the documentation."""


def fold(title: str, body: str) -> str:
    """A section that is opened by a click."""
    return f"{FOLD}{title}</summary>\n\n{body}{UNFOLD}"


def files_by_rule(found: Sequence[FileGroup], links: Links, *, advisory: bool, rows: int, folds: bool = True) -> list[str]:
    """Sections that show ``rows`` files at most; ``folds`` is False inside of what is folded itself."""
    shown: list[str] = []
    rest: list[str] = []
    # what is shown at once is shown of every rule before anything is put behind a fold
    opened = [min(len(group.files), _OPEN + (len(group.files) == _OPEN + 1)) for group in found]
    room = max(rows - sum(opened), 0)
    for number, group in enumerate(found):
        few, rows = min(opened[number], rows), rows - min(opened[number], rows)
        if not few:
            shown.append(f"… and {count(sum(len(other.files) for other in found[number:]), 'more file')}, see the report.")
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
            shown.append("\n".join([*section, *files[few:], *ending]))
        else:
            shown.append("\n".join(section))
            shown.append(fold(f"… and {count(len(group.files) - few, 'more file')}", "\n".join([*files[few:], *ending])))
    return [*shown, fold(f"… and {count(len(rest), 'more rule')}", "\n\n".join(rest))] if rest else shown


def _group(group: FileGroup, links: Links, advisory: bool) -> str:
    """Decision about a group's files, with whom it is about, its rules and their reasons."""
    principal = group.said.principal
    whose = f" for {for_markdown(shorten(principal.name, PATH))}" if principal else ""
    decision = f"**{state(group, advisory=advisory)}**{whose}"
    lines = [f"{decision} by {_rule(rule, links)}" for rule in group.said.rules[:1]]
    lines += [f"and by {_rule(rule, links)}" for rule in group.said.rules[1:_RULES]]
    lines += [
        for_markdown_prose(full(note))
        for note in (known_by(group), withheld(group), unknown_bot(group.said.principal))
        if note is not None
    ]
    return "\\\n".join(lines or [decision])


def _file(file: FileDecision, links: Links) -> str:
    done = what_was_done(file)
    return f"- {linked(shorten_middle(file.path, PATH), links.file(file))}" + ("" if done == "modified" else f" ({done})")


def _rule(rule: AppliedRule, links: Links) -> str:
    default = " (default)" if rule.is_default else ""
    reason = f". Reason: {for_markdown_prose(shorten(rule.reason, TEXT))}" if rule.reason else ""
    text = shorten(rule.text, TEXT if rule.line is not None else _BUILTIN)
    return f"{linked(shorten(rule.id, PATH), links.rule(rule))}{default}: {for_markdown(text)}{reason}"
