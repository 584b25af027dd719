"""A quote, a comma or braces in a pattern, which mean nothing there but themselves."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.diagnostics import Severity
from agentowners.lint.model import Check, LintFinding, LintSubject
from agentowners.lint.walk import patterns
from agentowners.policy.warnings import LITERALS, odd_literal
from agentowners.text.wording import quote


def run(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern with a character that is taken for itself, and is more often written for something else."""
    for at in patterns(subject):
        odd = odd_literal(at.pattern.text)
        if odd is not None:
            message = f"{odd} has no meaning in {quote(str(at.pattern))} but itself"
            yield CHECK.finding(message, at.span(subject), LITERALS[odd])


CHECK = Check("literal-character", Severity.WARNING, "a quote, a comma or braces are part of a path", run)
