"""Principals named by the caller: ``--as @copilot``."""

from __future__ import annotations

from msgspec import Struct

from agentowners.change.model import Account
from agentowners.diagnostics import AgentownersError
from agentowners.identity.accounts import BOT_SUFFIX, group_of
from agentowners.identity.index import DefinitionIndex
from agentowners.identity.model import AgentDefinition, Group
from agentowners.policy.patterns import LOGIN_PREFIX, ascii_lower


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
    found = index.by_identity(name)
    if found is None and not index.by_account(Account(name)):
        if index.by_account(Account(f"{name}{BOT_SUFFIX}")):
            # an App's slug
            return _account(f"{name}{BOT_SUFFIX}", index)
        found = index.by_alias(name)
    if found is not None:
        definition, segment = found
        account = _only_account(definition, index) if segment is None else None
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


def _only_account(definition: AgentDefinition, index: DefinitionIndex) -> Account | None:
    logins, ids = index.accounts_of(definition)
    if len(logins) != 1 or "*" in logins[0]:
        return None
    return Account(logins[0], ids[0] if len(ids) == 1 else None)


def _identity(index: DefinitionIndex, definition: AgentDefinition, segment: str | None, account: Account | None) -> Named:
    return Named(
        index.group(definition),
        identity=index.identity(definition, segment),
        definition=ascii_lower(definition.name),
        account=account,
    )
