"""An account's name that was meant for a group."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.engine.warnings import meant_group
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import by_key


@check("misspelled-group", "a principal is one slip away from a group")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal that is one slip away from a group's word, and is no identity."""
    for key, places in by_key(subject).items():
        meant = meant_group(key)
        if meant is None or subject.names.is_defined(key):
            continue
        for at in places:
            help = f"did you mean `@{meant}`? if it is an account, write `@login:{at.pattern.text}`"
            yield mistake.finding(f"`{at.pattern}` is an account of that name, and no group", at.span(subject), help)
