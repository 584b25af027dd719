"""CODEOWNERS made of a policy, so that GitHub asks those for their review whose approval the gate wants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from agentowners.convert.codeowners import is_everything, is_inside, literal_segments, may_meet
from agentowners.diagnostics import Diagnostic
from agentowners.export.model import MARK, NOT_HELD, STRICTER, Exported, Target, has_exceptions, positive, remark
from agentowners.export.patterns import without_classes
from agentowners.export.standpoint import HeldLayer, HeldPolicy
from agentowners.policy.model import Action, Decision, Default, Rule
from agentowners.policy.patterns import EVERYTHING, Approver, PathPattern

_HEAD: Final = (
    f"Made by {MARK}: change the policy, and export again.",
    "GitHub asks the owners of the last line that matches, about everybody's changes, and is content with one of them.",
    "What the policy refuses, and how many have to approve, the gate holds.",
)
_MOST: Final = 1_500
"""Lines of which each is held against all others."""


class _Line(Struct, frozen=True):
    """A pattern with those whom GitHub asks; nobody is asked where there are none."""

    pattern: PathPattern
    owners: tuple[Approver, ...]
    source: Rule | Default

    @property
    def text(self) -> str:
        return " ".join([codeowners_pattern(self.pattern.text), *(f"@{owner.text}" for owner in self.owners)])


def codeowners(policy: HeldPolicy, owners: tuple[Approver, ...] = ()) -> Exported:
    """A CODEOWNERS file; ``owners`` are those whom GitHub is to ask where the policy names nobody, or refuses."""
    remarks = list(policy.remarks)
    lines = _defaults(policy, owners, remarks)
    asking: list[_Line] = []
    for layer, rule in policy.about(Action.FILE_WRITE, restricts=True):
        asking += _of_rule(rule, layer, owners, remarks)
    # broad ones first: the last that matches counts
    asking.sort(key=lambda line: (len(literal_segments(line.pattern)), not is_everything(line.pattern)))
    around = asking if len(asking) <= _MOST else [line for line in asking if is_everything(line.pattern)]
    lines += [_with_those_around(line, around, remarks) for line in asking]
    notes = () if around is asking else (f"Of more than {_MOST:,} lines none was held against all others: see where they meet.",)
    # of equal lines the last one counts, and one between them may free what they ask about
    texts = reversed(dict.fromkeys(line.text for line in reversed(lines)))
    written = "".join(f"{text}\n" for text in (*(f"# {note}" for note in _HEAD), *texts))
    return Exported(Target.CODEOWNERS, written, notes, tuple(dict.fromkeys(remarks)))


def _defaults(policy: HeldPolicy, owners: tuple[Approver, ...], remarks: list[Diagnostic]) -> list[_Line]:
    """A line for whoever a default asks, and lines without owners for what its layer allows."""
    lines: list[_Line] = []
    for layer, default in policy.closed:
        approvers = default.outcome.approvers or owners
        if not approvers:
            remarks.append(remark(NOT_HELD, _NOBODY, default))
            continue
        lines.append(_Line(EVERYTHING, approvers, default))
        for rule in layer.about(Action.FILE_WRITE):
            if rule.decision.restricts:
                continue
            for pattern in (pattern for pattern in rule.patterns if not pattern.negative):
                if len(policy.closed) > 1 or has_exceptions(rule) or without_classes(pattern.text) != pattern.text:
                    words = f"`{pattern.text[:80]}` has no form here that matches no more, so the default's owners are asked"
                    remarks.append(remark(STRICTER, words, rule))
                else:
                    lines.append(_Line(pattern, (), rule))
    return lines


_NOBODY: Final = "it names nobody whom GitHub could ask: `--owner` names somebody"


def _of_rule(rule: Rule, layer: HeldLayer, owners: tuple[Approver, ...], remarks: list[Diagnostic]) -> list[_Line]:
    approvers = rule.outcome.approvers or owners
    if not approvers:
        if not layer.builtin:
            remarks.append(remark(NOT_HELD, _NOBODY, rule))
        return []
    if rule.decision is Decision.BLOCK:
        remarks.append(remark(NOT_HELD, "GitHub asks for a review, and refuses nothing", rule))
    elif rule.outcome.count > 1:
        remarks.append(remark(NOT_HELD, "GitHub is content with one of its owners", rule))
    if has_exceptions(rule):
        remarks.append(remark(STRICTER, "CODEOWNERS has no exceptions, so its owners are asked about these too", rule))
    return [_Line(pattern, approvers, rule) for pattern in positive(rule)]


def _with_those_around(line: _Line, asking: Iterable[_Line], remarks: list[Diagnostic]) -> _Line:
    """The line with the owners of whatever certainly holds all of it; of what only meets it GitHub asks nobody more."""
    named = {owner.key: owner for owner in line.owners}
    for other in asking:
        if other.source is line.source:
            continue
        if is_inside(line.pattern, other.pattern):
            named |= {owner.key: owner for owner in other.owners if owner.key not in named}
        elif _asks_more(line, other) and may_meet(line.pattern, other.pattern) and not is_inside(other.pattern, line.pattern):
            words = "where another rule matches too GitHub asks the owners of one of them only"
            remarks.append(remark(NOT_HELD, words, line.source))
    return _Line(line.pattern, tuple(named.values()), line.source)


def _asks_more(line: _Line, other: _Line) -> bool:
    """True if another line, of a file, names somebody whom a line does not."""
    return other.source.span is not None and not {owner.key for owner in other.owners} <= {owner.key for owner in line.owners}


def codeowners_pattern(text: str) -> str:
    """A pattern as CODEOWNERS has it: without classes and escapes, blanks escaped."""
    plain = without_classes(text)
    if plain == "**":
        return "*"
    if plain[0] in "#!@":
        plain = f"**/{plain}" if "/" not in plain.removesuffix("/") else f"/{plain}"
    return re.sub(r"([ \t])", r"\\\1", plain)
