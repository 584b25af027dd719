"""Contributors as a policy can tell them apart: one for each name, signal and strength of evidence that two policies speak of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import combinations
from typing import Final

from msgspec import Struct

from agentowners.change.model import Account, Change, Evidence, FileChange, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Facts, Known, MembersOf, Need, PermissionOf, Reply
from agentowners.identity.declared import named
from agentowners.identity.index import index_of
from agentowners.identity.match import Names, Team
from agentowners.identity.model import Group, Principal
from agentowners.identity.resolve import definitions
from agentowners.policy.model import AgentEntry, Permission, Policy
from agentowners.policy.patterns import GROUP_WORDS, LOGIN_PREFIX, PrincipalPattern, ascii_lower

_SOMEBODY: Final = "somebody"
_MOST: Final = 2_000
"""Names that are looked at; a policy that speaks of more is not known in full."""
_MANY_WILDCARDS: Final = 200


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
        accounts = tuple(who.account for who in principals if who.account is not None)
        found: dict[Need, Reply] = {PermissionOf(account): Known(Permission.NONE) for account in accounts}
        for team in teams:
            found[MembersOf(team.owner, team.slug)] = Known(accounts if team in self.teams else ())
        return found


class Cast(Struct, frozen=True):
    """Everybody whom two policies may judge differently."""

    actors: tuple[Actor, ...]
    teams: tuple[Team, ...]
    doubts: tuple[str, ...]
    """Reasons why there may be others."""


def cast(policies: Sequence[Policy], owner: str | None) -> Cast:
    """Enumerate the actors of policies that are compared."""
    patterns = {pattern.key.removeprefix("!"): pattern.positive for policy in policies for pattern in _patterns(policy)}
    names = [Names(definitions(policy), owner) for policy in policies]
    teams = dict.fromkeys(team for own in names for pattern in patterns.values() if (team := own.team(pattern)) is not None)
    doubts = ["more names than are looked at"] if len(patterns) > _MOST else []
    wildcards = [pattern for pattern in patterns.values() if pattern.is_wildcard]
    if len(wildcards) > _MANY_WILDCARDS:
        doubts.append("more wildcards for names than are looked at")
    declared = [group.value for group in Group]
    for key, pattern in list(patterns.items())[:_MOST]:
        declared += _spellings(pattern) if key not in GROUP_WORDS else []
    found = [_group(word, trust) for word in declared[: len(Group)] for trust in Trust]
    for name in dict.fromkeys(declared[len(Group) :]):
        found += [_named(name, trust) for trust in Trust]
    for evidence, name in _signals(policies):
        found += [Actor(name, trust, evidence) for trust in Trust if (trust is Trust.VERIFIED) is _is_verified(evidence)]
    if any(entry.oidc for entry in _changed(policies)):
        doubts.append("claims of tokens are not looked at")
    most = max(len(policy.layers) for policy in policies)
    for size in range(1, min(most, 2) + 1):
        for some in combinations(teams, size):
            who = Evidence(Signal.DECLARED, Strength.VERIFIED, name=_SOMEBODY)
            found.append(Actor(f"@{some[0].owner}/{some[0].slug}", Trust.VERIFIED, who, frozenset(some)))
            if len(found) > 3 * _MOST:
                doubts.append("more combinations of teams than are looked at")
                break
    right = [actor for actor in found if _resolves(actor, policies)]
    return Cast(tuple(dict.fromkeys(right)), tuple(teams), tuple(dict.fromkeys(doubts)))


def _patterns(policy: Policy) -> Iterator[PrincipalPattern]:
    for layer in policy.layers:
        for rule in layer.rules:
            yield from rule.principals
        for default in layer.defaults:
            yield default.principal
        for mode in layer.modes:
            yield from mode.principals
        for line in layer.unprotects:
            yield from line.principals
        for promise in layer.asserts:
            yield from promise.claim.principals
        for entry in layer.agents:
            yield PrincipalPattern(entry.name)


def _spellings(pattern: PrincipalPattern) -> list[str]:
    """Names of those whom a principal may mean: an identity, or an account, also one of a bot."""
    name = re.sub(r"\*+", "x", pattern.text)
    if "/" in name.removeprefix(LOGIN_PREFIX):
        return [name]
    bot = name if name.endswith("[bot]") else f"{name}[bot]"
    return [name, bot]


def _group(word: str, trust: Trust) -> Actor:
    strength = Strength.VERIFIED if trust is Trust.VERIFIED else Strength.ASSERTED
    return Actor(f"@{word}", trust, Evidence(Signal.DECLARED, strength, name=word), is_group=True)


def _named(name: str, trust: Trust) -> Actor:
    strength = Strength.VERIFIED if trust is Trust.VERIFIED else Strength.ASSERTED
    return Actor(f"@{name}", trust, Evidence(Signal.DECLARED, strength, name=name))


def _changed(policies: Sequence[Policy]) -> list[AgentEntry]:
    """Identities that not all of the policies define alike."""
    each = [[entry for layer in policy.layers for entry in layer.agents] for policy in policies]
    return [entry for own in each for entry in own if not all(entry in others for others in each)]


def _signals(policies: Sequence[Policy]) -> Iterator[tuple[Evidence, str]]:
    """Evidence that would show an identity which not all of the policies define alike."""
    for entry in _changed(policies):
        for login in entry.logins:
            account = Account(_filled(login))
            yield Evidence(Signal.AUTHOR, Strength.VERIFIED, account), f"@{account.login}"
        for id in entry.ids:
            yield Evidence(Signal.AUTHOR, Strength.VERIFIED, Account(f"account-{id}", id)), f"@account-{id}"
        for email in entry.emails:
            yield Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, email=_filled(email)), _filled(email)
        for branch in entry.branches:
            yield Evidence(Signal.BRANCH, Strength.ASSERTED, text=_filled(branch)), _filled(branch)
        for trailer in entry.trailers:
            yield Evidence(Signal.TRAILER, Strength.ASSERTED, text=_filled(trailer)), _filled(trailer)
        for line in entry.descriptions:
            yield Evidence(Signal.BODY, Strength.ASSERTED, text=_filled(line)), _filled(line)


def _is_verified(evidence: Evidence) -> bool:
    return evidence.strength is Strength.VERIFIED


def _filled(glob: str) -> str:
    return re.sub(r"\*+", "x", glob)


def _resolves(actor: Actor, policies: Iterable[Policy]) -> bool:
    """True if the name is somebody's under every policy."""
    if actor.evidence.signal is not Signal.DECLARED:
        return True
    try:
        for policy in policies:
            named(ascii_lower(actor.evidence.name or ""), index_of(definitions(policy)))
    except AgentownersError:
        return False
    return True
