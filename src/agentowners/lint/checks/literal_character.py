"""A quote, a comma or braces in a pattern, which mean nothing there but themselves."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import patterns
from agentowners.policy.warnings import LITERALS, odd_literal
from agentowners.text.wording import quote


@check("literal-character", "a quote, a comma or braces are part of a path")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern with a character that is taken for itself, and is more often written for something else."""
    for at in patterns(subject):
        odd = odd_literal(at.pattern.text)
        if odd is not None:
            message = f"{odd} has no meaning in {quote(str(at.pattern))} but itself"
            yield mistake.finding(message, at.span(subject), LITERALS[odd])
