"""A proposal for a repository: a policy in sections, and cases that show what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from agentowners.policy.model import Decision, Rule
from agentowners.policy.patterns import Approver

ALONE: Final = "approvals requester_counts=true"
"""A comment of the line syntax: what one who works alone makes a statement of."""

NOTHING: Final[Mapping[Rule, tuple[str, ...]]] = MappingProxyType({})


class Section(Struct, frozen=True):
    """Rules that belong together, under comments."""

    comments: tuple[str, ...]
    """Lines without their hash."""
    rules: tuple[Rule, ...] = ()


class ProposedCase(Struct, frozen=True, kw_only=True):
    """A decision of the policy on one path."""

    name: str
    who: str
    path: str
    expect: Decision
    branch: str | None = None
    """Short name; None for the default branch."""
    approvers: tuple[Approver, ...] = ()
    """Approvers that the rules name."""


class Proposal(Struct, frozen=True):
    """A policy, and the cases that show what it says."""

    sections: tuple[Section, ...]
    cases: tuple[ProposedCase, ...]
    remarks: Mapping[Rule, tuple[str, ...]] = NOTHING
    """Comments directly above a rule: which findings of ``lint`` about it are meant."""
    names_teams: bool = False
    """True if a rule asks for the approval of a team, which the workflow's own token cannot read."""

    promises: tuple[Rule, ...] = ()
    """Assertions about the whole policy, whatever else comes to stand in it."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in file order."""
        return tuple(rule for section in self.sections for rule in section.rules)
