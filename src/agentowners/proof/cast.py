"""A contributor as a policy can tell it apart, and all of whom two policies may judge differently."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from agentowners.change.model import Account, Change, Evidence, FileChange, Strength
from agentowners.engine.facts import Facts, Known, MembersOf, Need, PermissionOf, Reply
from agentowners.identity.match import Team
from agentowners.identity.model import Principal
from agentowners.policy.model import Permission


class Trust(Enum):
    """Certainty of who acts."""

    VERIFIED = "verified"
    ASSERTED = "asserted"
    VOUCHED = "vouched"
    """Asserted, in the change of a verified person who may write."""


class Actor(Struct, frozen=True):
    """Facts about one contributor."""

    name: str
    """As people write it, with an at-sign."""
    trust: Trust
    evidence: Evidence
    teams: frozenset[Team] = frozenset()
    is_group: bool = False
    """True if it is nobody in particular of a group."""
    stands_for: str = ""
    """The group that is meant, as people write it, where it is somebody of it who is in no team and whom nothing else tells
    apart."""

    @property
    def author(self) -> Account | None:
        """The account that the platform vouches for."""
        return self.evidence.account if self.evidence.strength is Strength.VERIFIED else None

    def change(self, ref: str, files: tuple[FileChange, ...], owner: str | None) -> Change:
        """A change that the contributor alone makes."""
        return Change(
            ref=ref,
            files=files,
            evidence=(self.evidence,),
            author=self.author,
            repository=None if owner is None else f"{owner}/repository",
            by_writer=self.trust is Trust.VOUCHED,
        )

    def facts(self, principals: Iterable[Principal], teams: Iterable[Team]) -> Facts:
        """Everything that is known then: who is in which team, and that the author does not answer for others."""
        accounts = tuple(principal.account for principal in principals if principal.account is not None)
        replies: dict[Need, Reply] = {PermissionOf(account): Known(Permission.NONE) for account in accounts}
        for team in teams:
            replies[MembersOf(team.owner, team.slug)] = Known(accounts if team in self.teams else ())
        return replies


class Cast(Struct, frozen=True):
    """Everybody whom two policies may judge differently."""

    actors: tuple[Actor, ...]
    teams: tuple[Team, ...]
    doubts: tuple[str, ...]
    """Reasons why there may be others."""
