"""Every check there is, in the documentation's order, and the one that reads what others are called."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from agentowners.lint.checks import accounts, characters, names, patterns, promises, protection, reach, tokens
from agentowners.lint.model import Check, LintFinding, LintSubject, check
from agentowners.lint.suppression import Suppressions
from agentowners.text.wording import quote


@check("unknown-check", "a comment ignores a check that there is not")
def unknown_check(subject: LintSubject) -> Iterator[LintFinding]:
    """Each id in a comment that is no check's: such a comment ignores nothing."""
    for layer in subject.layers:
        for id, span in Suppressions(layer).ignored:
            if id not in _IDS:
                near = get_close_matches(id[:64], _IDS, n=1, cutoff=0.6)
                help = f"did you mean `{near[0]}`?" if near else "`agentowners lint --list` lists the checks"
                yield unknown_check.finding(f"there is no check {quote(id)}", span, help)


_MODULES: Final = (reach, protection, patterns, names, tokens, accounts, characters, promises)
_IN_MODULES: Final = [each for module in _MODULES for each in vars(module).values() if isinstance(each, Check)]
CHECKS: Final[tuple[Check, ...]] = (*_IN_MODULES, unknown_check)
_IDS: Final = [check.id for check in CHECKS]
