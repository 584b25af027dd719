"""A survey of a repository before it has a policy, and the proposal that it becomes: a policy in sections, and cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from agentowners.cases.model import Case
from agentowners.identity.model import Group
from agentowners.policy.model import Action, Decision, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern

ALONE: Final = "approvals requester_counts=true"
"""A comment of the line syntax: what one who works alone makes a statement of."""

AGENTS: Final = (PrincipalPattern("agents"),)
BLOCK: Final = Outcome(Decision.BLOCK)
ASK: Final = Outcome(Decision.REQUIRE_APPROVAL, 1)


def workflows_rule(*directories: str) -> Rule:
    """The rule that a person approves what agents write into directories of workflows."""
    patterns = tuple(map(PathPattern, directories))
    return Rule(patterns, (), AGENTS, ASK, frozenset({Action.FILE_WRITE}), reason="they run with the repository's rights")


class OwnersFile(Struct, frozen=True):
    """A CODEOWNERS file."""

    path: str
    """From the repository's root."""
    data: bytes


class Seen(Struct, frozen=True):
    """An agent or a bot that appears in the history."""

    name: str
    """As a rule names it, with its at-sign."""
    group: Group
    commits: int


class Survey(Struct, frozen=True, kw_only=True):
    """A repository, as a policy for it has to know it."""

    files: tuple[str, ...] = ()
    """Every tracked path, bytes that are not UTF-8 as lone surrogates."""
    owners: OwnersFile | None = None
    """The CODEOWNERS file that GitHub reads: the first of those there are."""
    default_branch: str = "main"
    """Without ``refs/heads/``."""
    branches: tuple[str, ...] = ()
    """Short names of all branches, local ones and those of ``origin``, each once."""
    seen: tuple[Seen, ...] = ()
    """The most frequent first."""
    commits: int = 0
    """Number of newest commits that were looked at."""
    is_shallow: bool = False
    """True if the clone hides most of its history: then nothing is told of who made it."""
    public: tuple[str, ...] = ()
    """Tracked files that are called like secrets, and hold certificates or public keys only."""
    people: int = 0
    """Number of different people who made them, as far as that can be told."""

    @property
    def has_one_person(self) -> bool:
        """True if the history is whole, and of one person."""
        return self.people == 1 and not self.is_shallow


class Section(Struct, frozen=True):
    """Rules that belong together, under comments."""

    comments: tuple[str, ...]
    """Lines without their hash."""
    rules: tuple[Rule, ...] = ()


class Proposal(Struct, frozen=True):
    """A policy, and the cases that show what it says."""

    sections: tuple[Section, ...]
    cases: tuple[Case, ...]
    remarks: Mapping[Rule, tuple[str, ...]] = {}
    """Comments directly above a rule: which findings of ``lint`` about it are meant."""
    names_teams: bool = False
    """True if a rule asks for the approval of a team, which the workflow's own token cannot read."""
    promises: tuple[Rule, ...] = ()
    """Assertions about the whole policy, whatever else comes to stand in it."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in file order."""
        return tuple(rule for section in self.sections for rule in section.rules)
