"""A comment that ignores a check that there is not, and so ignores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from agentowners.lint.model import Check, LintFinding, LintSubject, check
from agentowners.lint.suppression import Suppressions
from agentowners.text.wording import quote

_ID = "unknown-check"


def unknown_check(others: Sequence[str]) -> Check:
    """The check, given the ids of all others."""
    known = [*others, _ID]

    @check(_ID, "a comment ignores a check that there is not")
    def mistake(subject: LintSubject) -> Iterator[LintFinding]:
        for layer in subject.layers:
            for id, span in Suppressions(layer).ignored:
                if id not in known:
                    near = get_close_matches(id[:64], known, n=1, cutoff=0.6)
                    help = f"did you mean `{near[0]}`?" if near else "`agentowners lint --list` lists the checks"
                    yield mistake.finding(f"there is no check {quote(id)}", span, help)

    return mistake
