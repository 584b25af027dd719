"""Readers of a statement's principals: doubt restricts, and only proof loosens.

An asserted principal is loosened for where the change's author answers for it: a verified human who may write could make the same
change without the signal, and is judged on every path as well, so that an honest trailer costs no more than none.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agentowners.change.model import Strength
from agentowners.identity.match import Match, Meaning, Membership, Names
from agentowners.identity.model import Principal
from agentowners.policy.patterns import PrincipalPattern


class Reading(Struct, frozen=True):
    """The answer to whether a statement is for somebody."""

    holds: bool
    """As things stand."""
    answered_for: bool
    """If the change's author answers for whoever is asserted. What restricts can only hold less then, what loosens only more."""


_NOT = Reading(False, False)


class Whom(Struct, frozen=True):
    """Reads the principals of statements."""

    names: Names
    membership: Membership
    answers: bool | None = False
    """True if the change's author answers for asserted principals; None where what it takes has still to be asked for."""
    own: Names | None = None
    """Names by the entries of a layer's own source: for whatever loosens these alone, for what restricts these too. None where
    there is one source."""
    loosens: bool = True
    """False for whom a layer's own source does not know as they are: nothing is loosened."""
    judges: bool = True
    """False for who is how another source alone sees somebody: nobody is judged."""

    def reading(self, patterns: Sequence[PrincipalPattern], principal: Principal, *, loosens: bool) -> Reading:
        """Read a statement that names these, and leaves out the negative ones, for a principal."""
        named = [pattern for pattern in patterns if not pattern.negative]
        left_out = [pattern for pattern in patterns if pattern.negative]
        if not self.judges:
            return _NOT
        if loosens:
            if not self.loosens or self._any(left_out, principal):
                return _NOT
            sure = self._sure(named, principal)
            declared = principal.strength is Strength.DECLARED
            return Reading(any(meaning.proven or declared for meaning in sure), bool(sure))
        if not self._any(named, principal):
            return _NOT
        sure = self._sure(left_out, principal) if self.loosens else []
        return Reading(not any(meaning.proven for meaning in sure), not sure)

    def default(self, pattern: PrincipalPattern, principal: Principal, *, loosens: bool) -> Reading:
        """Read a default that is the one for a principal's group, or names the principal."""
        if pattern.group is None:
            return self.reading([pattern], principal, loosens=loosens)
        if not self.judges or (loosens and not self.loosens):
            return _NOT
        # a group that nothing but a login with a wildcard puts an account into is asserted
        sure = pattern.group == "anyone" or principal.itself <= {principal.group}
        return Reading(not loosens or (sure and principal.strength is not Strength.ASSERTED), True)

    def _any(self, patterns: Sequence[PrincipalPattern], principal: Principal) -> bool:
        both = (self.names,) if self.own is None else (self.names, self.own)
        return any(names.match(pattern, principal, self.membership) is not Match.NO for pattern in patterns for names in both)

    def _sure(self, patterns: Sequence[PrincipalPattern], principal: Principal) -> list[Meaning]:
        meanings = (self.meaning(pattern, principal, loosens=True) for pattern in patterns)
        return [meaning for meaning in meanings if meaning.match is Match.YES]

    def meaning(self, pattern: PrincipalPattern, principal: Principal, *, loosens: bool) -> Meaning:
        """The meaning of one pattern for a principal."""
        names = self.own if loosens and self.own is not None else self.names
        return names.meaning(pattern, principal, self.membership, loosens=loosens)
