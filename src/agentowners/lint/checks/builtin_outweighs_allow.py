"""An ``allow`` for what is protected by default, which only an ``unprotect`` line lifts."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.shadowed import ShadowReason
from agentowners.lint.wording import listed_once, name_of, unprotect_to_write


@check("builtin-outweighs-allow", "an `allow` for paths that are protected by default has no effect")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ``allow`` that the built-in layer outweighs for every write of everybody whom it names."""
    for found in subject.outweighed:
        if found.why is ShadowReason.BUILTIN and found.rule.span is not None:
            names = [name_of(one) for one in found.by]
            asks = "asks" if len(set(names)) == 1 else "ask"
            message = f"this `allow` has no effect on a write: {listed_once(names)} {asks} for an approval wherever it matches"
            line = unprotect_to_write(found.layer, found.rule.patterns, found.rule.principals)
            help = f"remove it; only an `unprotect` line lifts what is protected by default: {line}"
            yield mistake.finding(message, found.rule.span, help)
