"""What the demonstration says, each beside what is really there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that holds where what was found is what was expected."""

    said: str
    found: object
    expected: object

    @property
    def holds(self) -> bool:
        """Whether it is so."""
        return self.found == self.expected


class NotAsToldError(Exception):
    """A statement does not hold."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim.said)
        self.claim = claim
