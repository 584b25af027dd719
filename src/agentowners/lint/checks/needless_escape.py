"""A backslash where a slash was meant, as paths are written elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import rule_patterns
from agentowners.policy.load import is_yaml
from agentowners.policy.warnings import is_needless
from agentowners.text.wording import quote


@check("needless-escape", "a backslash escapes a letter, and separates no directories")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern of a line that escapes a letter or a digit, ``src\\main.py``: it is one name, without the backslash."""
    for at in rule_patterns(subject):
        line = at.statement.span
        # in YAML the line may hold escapes of YAML's own
        if line is None or "\\" not in line.text or at.layer.source is None or is_yaml(at.layer.source):
            continue
        span = at.span(subject)
        written = span.text[span.column - 1 : span.end_column - 1]
        if is_needless(written):
            message = f"the backslash in {quote(written)} escapes the character after it and separates nothing"
            yield mistake.finding(message, span, "separate directories with `/`")
