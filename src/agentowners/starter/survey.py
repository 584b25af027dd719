"""Facts about a repository before it has a policy, as plain data."""

from __future__ import annotations

from msgspec import Struct

from agentowners.identity.model import Group


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
