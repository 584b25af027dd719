"""Definitions made ready to be asked which of them a signal shows, or a caller names: ``--as @copilot``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from functools import lru_cache
from typing import Final

from msgspec import Struct

from agentowners.change.model import Account
from agentowners.diagnostics import AgentownersError
from agentowners.identity.accounts import BOT_SUFFIX, app_account, bare_login, group_of
from agentowners.identity.globs import Globs, searches
from agentowners.identity.model import AgentDefinition, Group
from agentowners.policy.patterns import LOGIN_PREFIX, ascii_lower
from agentowners.tokens.matching import Claims, accepts, member
from agentowners.values import gathered

NAMESPACE: Final = "/*"
UNNAMED: Final = "unnamed"
"""Last segment of an identity in a namespace where nothing says which one it is."""
_MAX_SEGMENT: Final = 100


class AccountCertainty(Enum):
    """Certainty that an account is the one a definition means."""

    SURE = "sure"
    """By its id, or by a login that is written out where there is no id to compare."""
    BY_WILDCARD = "by wildcard"
    """By a login with a wildcard and nothing else: anybody can have one that fits."""
    OTHER = "other"
    """By a login that the definition has under another id."""


class DefinitionIndex:
    """Looks definitions up by what was observed. Several definitions may share a name; they are one identity."""

    def __init__(self, definitions: tuple[AgentDefinition, ...]) -> None:
        self._definitions = definitions
        self._names: dict[str, str] = {}
        self._groups: dict[str, Group] = {}
        self._ids: dict[int | None, list[AgentDefinition]] = gathered((id, d) for d in definitions for id in d.ids)
        for definition in definitions:
            key = ascii_lower(definition.name)
            self._names.setdefault(key, definition.name)
            if self._groups.setdefault(key, definition.group) is not Group.AGENTS:
                self._groups[key] = definition.group
        self._logins = self._globs(lambda definition: definition.logins)
        self.emails = self._globs(lambda definition: definition.emails)
        """Definitions by addresses, their very one or a set of them."""
        self.people = self._globs(lambda definition: definition.names)
        """Definitions by what stands beside an address."""
        self.trailers = self._globs(lambda definition: definition.trailers)
        """Definitions by the trailers that their tools write."""
        self.branches = self._globs(lambda definition: definition.branches)
        """Definitions by their branches' names."""
        self.labels = self._globs(lambda definition: definition.labels)
        """Definitions by the labels of their pull requests."""
        self._lines = self._globs(lambda definition: definition.lines)
        self._apps = self._globs(lambda definition: definition.apps)
        self._bodies = [(expression, d) for d in definitions for expression in d.bodies]
        self._any_body = "|".join(f"(?:{expression})" for expression in dict.fromkeys(e for e, _ in self._bodies))
        self._by_lines = any(d.lines for d in definitions)

    def group(self, definition: AgentDefinition) -> Group:
        """The identity's group: agents where definitions of one name do not agree."""
        return self._groups[ascii_lower(definition.name)]

    def identity(self, definition: AgentDefinition, segment: str | None = None) -> str:
        """The identity's name as first written; a namespace's with its last segment, or still open where that is None."""
        name = self._names[ascii_lower(definition.name)]
        if segment is None or not name.endswith(NAMESPACE):
            return name
        return name.removesuffix("*") + segment_of(segment)

    def by_account(self, account: Account) -> list[tuple[AgentDefinition, AccountCertainty]]:
        """Definitions that name an account, and how surely it is the one they mean."""
        pairs = [(definition, AccountCertainty.SURE) for definition in self._ids.get(account.id, ())]
        for definition, written in self._logins.read(account.login):
            if any(definition is known for known, _ in pairs):
                continue
            if definition.ids:
                pairs.append((definition, AccountCertainty.SURE if account.id is None else AccountCertainty.OTHER))
            else:
                pairs.append((definition, AccountCertainty.SURE if written else AccountCertainty.BY_WILDCARD))
        return pairs

    def by_app(self, slug: str) -> list[tuple[AgentDefinition, AccountCertainty]]:
        """Definitions that a GitHub App acts for, by its slug or by the login of its bot."""
        by_slug = [(definition, AccountCertainty.SURE) for definition in self._apps.matching(slug)]
        return by_slug or self.by_account(app_account(slug))

    def by_body(self, text: str) -> list[AgentDefinition]:
        """Definitions whose footers stand in somebody's own text: a description, or the message of a commit."""
        definitions: dict[int, AgentDefinition] = {}
        if self._bodies and searches(self._any_body, text):
            definitions = {id(d): d for expression, d in self._bodies if searches(expression, text)}
        if self._by_lines:
            lines = dict.fromkeys(line.strip() for line in text.split("\n"))
            definitions |= {id(d): d for line in lines for d in self._lines.matching(line)}
        return list(definitions.values())

    def by_token(self, claims: Claims) -> list[tuple[AgentDefinition, str | None]]:
        """Definitions that accept a token's issuer and claims, each with whom in a namespace the token is for; see ``member``."""
        pairs = [(d, member(oidc, claims)) for d in self._definitions for oidc in d.oidc if accepts(oidc, claims)]
        return list({(id(definition), name): (definition, name) for definition, name in pairs}.values())

    def by_identity(self, name: str) -> tuple[AgentDefinition, str | None] | None:
        """The definition of an identity, and the segment that fills it where it is a namespace."""
        key = ascii_lower(name)
        space, slash, segment = key.rpartition("/")
        for definition in self._definitions:
            own = ascii_lower(definition.name)
            if own == key and not own.endswith(NAMESPACE):
                return definition, None
            if slash and segment and own == space + NAMESPACE:
                return definition, segment
        return None

    def by_alias(self, name: str) -> tuple[AgentDefinition, str | None] | None:
        """The definition that a name means which is not its own: an alias, or its name with ``[bot]`` behind it."""
        key = bare_login(ascii_lower(name))
        match = self.by_identity(key)
        if match is not None:
            return match
        return next(((d, None) for d in self._definitions if key in map(ascii_lower, d.aliases)), None)

    def only_account(self, definition: AgentDefinition) -> Account | None:
        """The account of an identity that has one login, written out; of all definitions of its name."""
        same = [d for d in self._definitions if ascii_lower(d.name) == ascii_lower(definition.name)]
        logins, ids = [login for d in same for login in d.logins], [id for d in same for id in d.ids]
        if len(logins) != 1 or "*" in logins[0]:
            return None
        return Account(logins[0], ids[0] if len(ids) == 1 else None)

    def _globs(self, of: Callable[[AgentDefinition], Iterable[str]]) -> Globs:
        return Globs((glob, definition) for definition in self._definitions for glob in of(definition))


@lru_cache(maxsize=16)
def index_of(definitions: tuple[AgentDefinition, ...]) -> DefinitionIndex:
    """The index of some definitions; the same one for the same definitions."""
    return DefinitionIndex(definitions)


def segment_of(text: str) -> str:
    """The last segment of a namespaced identity: one segment whatever the text, so that ``*`` always matches it."""
    return ascii_lower(bare_login(text)).replace("/", "-")[:_MAX_SEGMENT] or UNNAMED


class Named(Struct, frozen=True):
    """An identity, else an account, else a whole group."""

    group: Group
    identity: str | None = None
    definition: str | None = None
    account: Account | None = None


def named(name: str, index: DefinitionIndex) -> Named:
    """Principal that a name means, with or without its at-sign.

    Raises:
        AgentownersError: it is empty, ends in a slash, is ``@anyone``, or a wildcard, and so names nobody.
    """
    name = name.removeprefix("@")
    key = ascii_lower(name)
    if key == "anyone":
        raise AgentownersError("`@anyone` is nobody in particular", help="name a group: `@agents`, `@bots` or `@humans`")
    if name == "" or name.endswith("/") or key == LOGIN_PREFIX or "*" in name:
        raise AgentownersError(f"`@{name}` names nobody", help="name one identity or login, or a group: `@agents`")
    if key in {group.value for group in Group}:
        return Named(Group(key))
    if key.startswith(LOGIN_PREFIX):
        return _account(name[len(LOGIN_PREFIX) :], index)
    match = index.by_identity(name)
    if match is None and not index.by_account(Account(name)):
        if index.by_account(Account(f"{name}{BOT_SUFFIX}")):
            # an App's slug
            return _account(f"{name}{BOT_SUFFIX}", index)
        match = index.by_alias(name)
    if match is not None:
        definition, segment = match
        account = index.only_account(definition) if segment is None else None
        return _identity(index, definition, segment, account)
    if "/" in name:
        return Named(Group.AGENTS, identity=name)
    return _account(name, index)


def _account(login: str, index: DefinitionIndex) -> Named:
    """The account of a login: a definition's where one has it, else by itself."""
    account = Account(login)
    for definition, _ in index.by_account(account):
        return _identity(index, definition, login, account)
    return Named(group_of(account), account=account)


def _identity(index: DefinitionIndex, definition: AgentDefinition, segment: str | None, account: Account | None) -> Named:
    return Named(
        index.group(definition),
        identity=index.identity(definition, segment),
        definition=ascii_lower(definition.name),
        account=account,
    )
