"""Principals, and the definitions by which evidence is attributed to them."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from agentowners.change.model import Account, Strength
from agentowners.policy.model import OidcClaims


class Group(Enum):
    """Every principal is in exactly one of these."""

    AGENTS = "agents"
    BOTS = "bots"
    HUMANS = "humans"
    UNATTRIBUTED = "unattributed"


class AgentDefinition(Struct, frozen=True):
    """An identity and the signals that show it: from the catalogue, or from a policy's ``agents``.

    Globs know ``*`` (any run of characters except ``/``) and ``**`` (any run), ignore ASCII case and match whole.
    """

    name: str
    """Without the at-sign. A name that ends in ``/*`` is a namespace: the account's login, less ``[bot]``, fills it."""
    group: Group
    logins: tuple[str, ...] = ()
    """Exact logins, or globs where ``/*`` ends the name; a ``[bot]`` suffix is significant."""
    ids: tuple[int, ...] = ()
    apps: tuple[str, ...] = ()
    """Slugs of GitHub Apps that act for it."""
    emails: tuple[str, ...] = ()
    """Globs over commit e-mail addresses."""
    names: tuple[str, ...] = ()
    """Globs over the name beside a commit e-mail."""
    branches: tuple[str, ...] = ()
    """Globs over head branch names, without ``refs/heads/``."""
    trailers: tuple[str, ...] = ()
    """Globs over whole trailer lines, ``Key: value``."""
    bodies: tuple[str, ...] = ()
    """RE2 expressions searched for in the pull request's body and in commit messages; precise enough not to fire on a mere
    mention."""
    lines: tuple[str, ...] = ()
    """Globs over whole lines of the pull request's body and of commit messages, without the blanks around them."""
    labels: tuple[str, ...] = ()
    oidc: tuple[OidcClaims, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names by which rules may mean it: the product's, the vendor's, the command's."""


class Principal(Struct, frozen=True):
    """Someone who contributed, as the policy's rules see them."""

    group: Group
    strength: Strength
    identity: str | None = None
    """Name in the catalogue or in the policy's ``agents``, namespaced where it is: ``smooth-operative/alpha``."""
    account: Account | None = None
    evidence: tuple[str, ...] = ()
    """Why, one short phrase each, strongest first: ``author id 198982749``."""
    commits: tuple[str, ...] | None = None
    """Ids of the commits on whose paths alone they are judged, in order of appearance; None for every path."""
    itself: frozenset[Group] = frozenset()
    """Its accounts by themselves, where nothing but a login with a wildcard makes them this identity's: that they still
    are, and for whatever would loosen the identity is asserted. Empty where the identity is sure, or there is none."""

    @property
    def name(self) -> str:
        """The principal as people write it, with an at-sign: identity, else login, else group word."""
        if self.identity is not None:
            return f"@{self.identity}"
        if self.account is not None:
            return f"@{self.account.login}"
        return f"@{self.group.value}"
