"""What is proposed for a repository: a policy in sections, and what it should decide."""

from __future__ import annotations

from agentowners.policy.model import Decision, Rule
from agentowners.policy.patterns import Approver, PathPattern
from agentowners.records import record


@record
class Section:
    """Rules that belong together, under comments."""

    comments: tuple[str, ...]
    """Lines without their hash."""
    rules: tuple[Rule, ...] = ()


@record(kw_only=True)
class Case:
    """What the policy says of one path."""

    name: str
    who: str
    path: str
    expect: Decision
    branch: str | None = None
    """Short name; None for the default branch."""
    approvers: tuple[Approver, ...] = ()
    """Whom the rules name."""


@record
class Proposal:
    """A policy, and the cases that show what it says."""

    sections: tuple[Section, ...]
    cases: tuple[Case, ...]
    unmatched: frozenset[PathPattern] = frozenset()
    """Patterns of the rules that no file matches yet."""
    names_teams: bool = False
    """Whether a rule asks for the approval of a team, which the workflow's own token cannot read."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in file order."""
        return tuple(rule for section in self.sections for rule in section.rules)
