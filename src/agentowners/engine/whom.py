"""Whom the principals of a statement mean, and how sure that has to be: doubt restricts, and only proof loosens.

An asserted principal is loosened for where the change's author answers for it: a verified human who may write could make the same
change without the signal, and is judged on every path as well, so that an honest trailer costs no more than none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentowners.change.model import Strength
from agentowners.identity.match import Match, Meaning, Membership, Names
from agentowners.identity.model import Principal
from agentowners.policy.patterns import PrincipalPattern
from agentowners.records import record


@record
class Reading:
    """Whether a statement is for somebody."""

    holds: bool
    """As things stand."""
    answered_for: bool
    """If the change's author answers for whoever is asserted. What restricts can only hold less then, what loosens only more."""


@dataclass(frozen=True)
class Whom:
    """Reads the principals of statements."""

    names: Names
    membership: Membership
    answers: bool | None = False
    """Whether the change's author answers for asserted principals; None where what it takes has still to be asked for."""

    def reading(self, patterns: Sequence[PrincipalPattern], principal: Principal, *, loosens: bool) -> Reading:
        """Whether a statement that names these, and leaves out the negative ones, is for a principal."""
        named = [pattern for pattern in patterns if not pattern.negative]
        left_out = [pattern for pattern in patterns if pattern.negative]
        if loosens:
            if self._any(left_out, principal):
                return Reading(False, False)
            sure = self._sure(named, principal)
            return Reading(any(meaning.proven for meaning in sure), bool(sure))
        if not self._any(named, principal):
            return Reading(False, False)
        sure = self._sure(left_out, principal)
        return Reading(not any(meaning.proven for meaning in sure), not sure)

    def default(self, pattern: PrincipalPattern, principal: Principal, *, loosens: bool) -> Reading:
        """Whether a default that is the one for a principal's group, or names the principal, holds for it."""
        if pattern.group is None:
            return self.reading([pattern], principal, loosens=loosens)
        # a group that nothing but a login with a wildcard puts an account into is asserted
        sure = pattern.group == "anyone" or principal.itself <= {principal.group}
        return Reading(not loosens or (sure and principal.strength is Strength.VERIFIED), True)

    def applies(self, reading: Reading) -> bool:
        """Whether the statement applies, in doubt strictly."""
        return reading.answered_for if self.answers else reading.holds

    def hangs(self, reading: Reading) -> bool:
        """Whether it has to be known if the author answers for the principal."""
        return self.answers is None and reading.holds is not reading.answered_for

    def leans(self, reading: Reading) -> bool:
        """Whether the verdict is milder because the author answers for the principal."""
        return self.answers is True and reading.holds is not reading.answered_for

    def _any(self, patterns: Sequence[PrincipalPattern], principal: Principal) -> bool:
        return any(self.names.match(pattern, principal, self.membership) is not Match.NO for pattern in patterns)

    def _sure(self, patterns: Sequence[PrincipalPattern], principal: Principal) -> list[Meaning]:
        found = (self.meaning(pattern, principal, loosens=True) for pattern in patterns)
        return [meaning for meaning in found if meaning.match is Match.YES]

    def meaning(self, pattern: PrincipalPattern, principal: Principal, *, loosens: bool) -> Meaning:
        """What one pattern is to a principal."""
        return self.names.meaning(pattern, principal, self.membership, loosens=loosens)
