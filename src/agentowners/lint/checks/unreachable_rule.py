"""A rule that never decides, because stricter ones match wherever it does, or because it takes out all that it covers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.shadowed import ShadowReason
from agentowners.lint.wording import listed_once, name_of, related, said_of

_OUTWEIGHED: Final = "remove it, or take its paths out of the stricter rule, as `!pattern`"
_PROTECTED: Final = "remove it; what is protected by default only an `unprotect` line lifts"


@check("unreachable-rule", "a rule never decides, because stricter ones match wherever it does")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each rule of which that is certain, whatever the path, the action, who acts, and the ref; and of which no other check of
    this kind speaks."""
    for found in subject.outweighed:
        span = found.rule.span
        if span is None:
            continue
        if found.why is ShadowReason.EMPTY:
            message = f"{said_of(found.rule)} covers no path: its negative patterns take out all that it names"
            yield mistake.finding(message, span, "remove it, or the negative pattern that is too wide")
        elif found.why is ShadowReason.STRICTER:
            names = [name_of(one) for one in found.by]
            are = "is" if len(set(names)) == 1 else "are together"
            message = f"{said_of(found.rule)} never decides: {listed_once(names)} {are} stricter wherever it matches"
            help = _PROTECTED if any(one.is_builtin for one in found.by) else _OUTWEIGHED
            yield mistake.finding(message, span, help, related=related(found.by))
