"""A default that is a rule, because its first word is misspelled."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.engine.warnings import is_slip
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import rule_patterns
from agentowners.policy.load import is_yaml
from agentowners.text.wording import quote

_WORD = "default"


@check("misspelled-default", "a rule about a file is one slip away from a default")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each rule of a line about nothing but such a word, where no file or directory is called that."""
    for at in rule_patterns(subject):
        text = at.pattern.text
        if (
            at.pattern.negative
            or len(at.statement.patterns) > 1
            or at.statement.refs
            or not text.isalpha()
            or not is_slip(text.lower(), _WORD)
        ):
            continue
        if at.layer.source is None or is_yaml(at.layer.source):
            continue
        if subject.files is None or text.lower() not in subject.files.by_name:
            help = f"did you mean `{_WORD}`? if it is a file, write `/{text}`"
            yield mistake.finding(f"{quote(text)} is the name of a file here, and begins no default", at.span(subject), help)
