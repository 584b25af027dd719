"""Matches the principals of a policy's text with contributors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from agentowners.change.model import Account, AccountType, Strength
from agentowners.identity.accounts import BOT_SUFFIX, bare_login
from agentowners.identity.globs import matches
from agentowners.identity.index import NAMESPACE, UNNAMED
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.policy.expressions import ascii_lower
from agentowners.policy.patterns import LOGIN_PREFIX, PrincipalPattern


class Match(Enum):
    """Doubt is strict: a restricting rule applies on MAYBE, nothing that loosens does."""

    NO = "no"
    MAYBE = "maybe"
    """Not known: this principal may be in the team, or have the login."""
    YES = "yes"


class Name(Enum):
    """Which of a principal's names a pattern is held against; see section 4, "Principals"."""

    GROUP = "group"
    IDENTITY = "identity"
    TEAM = "team"
    LOGIN = "login"
    OTHER_LOGIN = "other_login"
    """A login of the same identity that was not seen here: an agent known by a trailer may be the account that is named."""


class Meaning(NamedTuple):
    """Answer to the question if a pattern means a principal."""

    match: Match
    by: Name
    """The name it means them by; for NO, the kind of name that it would take."""
    proven: bool
    """True if the platform vouches for what it means them by, so that it may loosen."""


class Team(Struct, frozen=True):
    """A team as a rule names it, in lower case."""

    owner: str
    slug: str


Membership = Callable[[Team, Account], Match]
"""Tells if an account is in a team: YES, NO, or MAYBE where that cannot be told."""


class Names(Struct, frozen=True, dict=True):
    """Meaning of the names in a policy: identities, and the owner whose teams there are."""

    definitions: tuple[AgentDefinition, ...]
    owner: str | None
    """Owner of the repository, in any case; None where it is not known, so that any name with a slash may be a team."""

    @cached_property
    def identities(self) -> frozenset[str]:
        """Every defined identity that is not a namespace, in lower case."""
        return frozenset(ascii_lower(d.name) for d in self.definitions if not d.name.endswith("/*"))

    @cached_property
    def _logins(self) -> Mapping[str, tuple[str, ...]]:
        logins: dict[str, tuple[str, ...]] = {}
        for definition in self.definitions:
            key = ascii_lower(definition.name)
            logins[key] = logins.get(key, ()) + tuple(name for login in definition.logins for name in _spellings(login))
        return logins

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """Every defined namespace with its slash, in lower case: ``smooth-operative/``."""
        return frozenset(ascii_lower(d.name[:-1]) for d in self.definitions if d.name.endswith("/*"))

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Other names of identities in the catalogue, in lower case, with those identities."""
        return {ascii_lower(alias): ascii_lower(d.name) for d in self.definitions for alias in d.aliases}

    def is_defined(self, key: str) -> bool:
        """True if a name in lower case means an identity: is its own name, an alias, or lies in a namespace."""
        return self._is_own(key) or self.alias_of(key) is not None

    def alias_of(self, key: str) -> str | None:
        """The identity that a name in lower case means by an alias, or with ``[bot]`` behind it; None where it means none by
        these, or is defined itself."""
        if key in self.identities:
            return None
        bare = bare_login(key)
        if bare != key and self._is_own(bare):
            return bare
        return None if self._is_own(key) else self.aliases.get(bare)

    def _is_own(self, key: str) -> bool:
        return key in self.identities or any(key[: at + 1] in self.namespaces for at, char in enumerate(key) if char == "/")

    def group_of(self, pattern: PrincipalPattern) -> str | None:
        """The group word of everybody whom a principal means, where that is certain."""
        if pattern.group is not None or pattern.is_wildcard or pattern.key.startswith(LOGIN_PREFIX):
            return pattern.group
        if pattern.key in self.aliases:
            return None  # a login of that spelling may be anybody's
        owner = f"{pattern.key.partition('/')[0]}/*"
        groups = {d.group for d in self.definitions if ascii_lower(d.name) in (pattern.key, owner)}
        return groups.pop().value if len(groups) == 1 else None

    def team(self, pattern: PrincipalPattern) -> Team | None:
        """The team that a principal may mean, or None where it cannot be one."""
        name = ascii_lower(pattern.text)
        owner, slash, slug = name.partition("/")
        if not slash or pattern.is_wildcard or name.startswith(LOGIN_PREFIX) or self.is_defined(name):
            return None
        if self.owner is not None and owner != ascii_lower(self.owner):
            return None
        return Team(owner, slug)

    def match(self, pattern: PrincipalPattern, principal: Principal, membership: Membership) -> Match:
        """Match of the pattern with the principal where that restricts."""
        return self.meaning(pattern, principal, membership, loosens=False).match

    def meaning(self, pattern: PrincipalPattern, principal: Principal, membership: Membership, *, loosens: bool) -> Meaning:
        """Meaning of the pattern for the principal, by section 4 of the policy reference.

        Args:
            pattern: what a rule names, whatever its sign.
            principal: somebody who contributed.
            membership: tells who is in a team.
            loosens: whether being meant loosens a verdict. Then a wildcard means identities and no logins, and an alias means
                its identity and nothing of that spelling besides.
        """
        verified = principal.strength is Strength.VERIFIED
        # what a login with a wildcard makes of an account is asserted, and what the account is by itself it is still
        sure = verified and not principal.itself
        if pattern.group == "anyone":
            return Meaning(Match.YES, Name.GROUP, verified)
        if pattern.group is not None:
            groups = {principal.group} if loosens else {principal.group, *principal.itself}
            match = Match.YES if Group(pattern.group) in groups else Match.NO
            return Meaning(match, Name.GROUP, verified if principal.itself <= {principal.group} else sure)
        match, by = self._named(pattern, principal, membership, loosens)
        return Meaning(match, by, sure if by is Name.IDENTITY else verified)

    def _named(
        self, pattern: PrincipalPattern, principal: Principal, membership: Membership, loosens: bool
    ) -> tuple[Match, Name]:
        name = ascii_lower(pattern.text)
        if name.startswith(LOGIN_PREFIX):
            return self._by_login(name.removeprefix(LOGIN_PREFIX), principal, loosens)
        identity = () if principal.identity is None else self._identity(ascii_lower(principal.identity), loosens)
        alias = self.alias_of(name) if loosens else self.alias_of(name) or self.aliases.get(name)
        if self._any(name, identity) or alias in identity:
            return Match.YES, Name.IDENTITY
        if (alias is None and name in self.identities) or (alias is not None and loosens):
            return Match.NO, Name.IDENTITY
        team = self.team(pattern)
        if team is not None:
            return _in_team(team, principal, membership), Name.TEAM
        return self._by_login(name, principal, loosens)

    def _identity(self, identity: str, loosens: bool) -> tuple[str, ...]:
        """Names that a rule's name is compared with. The nobody of a namespace is no member that a rule could let in."""
        space, _, name = identity.rpartition("/")
        if name != UNNAMED or identity in self.identities:
            return (identity,)
        return (f"{space}{NAMESPACE}",) if loosens else (identity, f"{space}{NAMESPACE}")

    def _by_login(self, glob: str, principal: Principal, loosens: bool) -> tuple[Match, Name]:
        if loosens and "*" in glob:
            return Match.NO, Name.LOGIN
        if self._any(glob, logins(principal)):
            return Match.YES, Name.LOGIN
        # An agent known by an e-mail or a trailer, or by another of its accounts, may be the account that is named.
        others = self._logins.get(ascii_lower(principal.identity), ()) if principal.identity is not None else ()
        return (Match.MAYBE, Name.OTHER_LOGIN) if self._any(glob, others) else (Match.NO, Name.LOGIN)

    def _any(self, glob: str, names: Iterable[str]) -> bool:
        if "*" not in glob:
            return glob in names
        return any(matches(glob, name) for name in names)


def logins(principal: Principal) -> tuple[str, ...]:
    """A principal's login in lower case, with and without the suffix that a rule may leave out."""
    if principal.account is None or principal.account.login == "":
        return ()
    return _spellings(principal.account.login)


def _spellings(login: str) -> tuple[str, ...]:
    login = ascii_lower(login)
    return (login, bare_login(login)) if login.endswith(BOT_SUFFIX) else (login,)


def _in_team(team: Team, principal: Principal, membership: Membership) -> Match:
    if principal.account is not None:
        bot = principal.account.type is AccountType.BOT or ascii_lower(principal.account.login).endswith(BOT_SUFFIX)
        return Match.NO if bot else membership(team, principal.account)
    # Nobody in particular of that group may be anybody; an identity without an account, or a commit that no account
    # made, is no member.
    unnamed = principal.identity is None and principal.group.value != "unattributed"
    return Match.MAYBE if unnamed else Match.NO
