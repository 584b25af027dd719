"""Contributors: all evidence of a change, held against the known agents and those that the policy names.

Source: section 1, "Evidence is asymmetric", and section 4, "Principals", of the policy reference. Where that leaves a choice,
doubt is strict, and nothing asserted ever takes away or changes what there would be without it:

- An account that a definition names by id is that identity whatever its login is now; one that has a definition's login under
  another id is itself, and an asserted contributor under that identity beside.
- A commit's author or committer without an account is unattributed unless an agent's own address or name explains it, also
  where the address looks like a noreply one. A co-author without an account is not: people credit each other under private
  addresses, and who is credited need not have touched the change.
- Offline, where no platform was asked, a noreply address is its account's, and any other an unnamed person's.
- An account that is gone (``ghost``) is nobody's: an App that was removed after it opened a pull request leaves one behind. An
  author or a pusher who is gone counts as two, as unattributed and as an unnamed agent.
- A login with a wildcard can be had by anybody: for whatever loosens, the identity is asserted, and what restricts the account as
  it is by itself restricts it still.
- A branch or a label, each by itself, does not make a verified human's change an agent's.
- The description of a verified bot's pull request is not read: it quotes other projects. Its commits' messages are.
- An agent's App that acts for a person is a contributor beside the person. An App that nothing knows is not: it may be a
  Codespace, or the client that somebody works with. (Under an account of its own, of type Bot, it is an agent.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.identity.accounts import same_account
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.claims import WEAK, Claim, EvidenceReader
from agentowners.identity.index import index_of, named
from agentowners.identity.merge import merge
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.policy.model import AgentEntry, AgentGroup, Policy
from agentowners.policy.patterns import ascii_lower

MAX_MAKERS: Final = 5_000
"""As many people may be named as makers of one change: more than a repository has, and few enough to be judged in seconds."""
_MAKERS: Final = frozenset(
    {Signal.AUTHOR, Signal.PUSHER, Signal.SIGNATURE, Signal.COMMIT_AUTHOR, Signal.COMMITTER, Signal.CO_AUTHOR}
)


class TooManyMakersError(AgentownersError):
    """A change that names more people as its makers than are looked at: who made it is not known."""


def definitions(policy: Policy) -> tuple[AgentDefinition, ...]:
    """The catalogue, and the agents of all of the policy's layers; several definitions may share a name and are one identity.

    An entry with a catalogue name adds what it has and takes nothing away; a name that several layers define has the signals of
    all. Its group is what the policy says: agents, unless every entry of the name says bots.
    """
    entries = [entry for layer in policy.layers for entry in layer.agents]
    by_name = groups(entries)
    known = [
        replace(definition, group=by_name[definition.name]) if definition.name in by_name else definition
        for definition in CATALOGUE
    ]
    return (*known, *(_definition(entry, by_name[ascii_lower(entry.name)]) for entry in entries))


def groups(entries: Sequence[AgentEntry]) -> dict[str, Group]:
    """The group that entries put each name into, in lower case: agents, unless every entry of the name says bots."""
    by_name: dict[str, Group] = {}
    for entry in entries:
        key = ascii_lower(entry.name)
        bots = entry.group is AgentGroup.BOTS and by_name.get(key) is not Group.AGENTS
        by_name[key] = Group.BOTS if bots else Group.AGENTS
    return by_name


def resolve(
    evidence: Sequence[Evidence], definitions: tuple[AgentDefinition, ...], author: Account | None
) -> tuple[Principal, ...]:
    """The principals behind a change: the verified author first, then other verified ones, then the asserted, as they appear.

    Args:
        evidence: Everything observed. A token's claims are JSON in ``text``, an App's slug and a declared name in ``name``.
        definitions: See :func:`definitions`.
        author: The account that the platform vouches for as the change's author; a contributor even where ``evidence`` lacks it.

    Raises:
        TooManyMakersError: more than ``MAX_MAKERS`` people are named; found out before anything is made of them.
        AgentownersError: a declared name is nobody's, or a glob of the policy is too large.
    """
    _refuse_too_many(evidence)
    reader = EvidenceReader(index_of(definitions))
    observed = list(evidence)
    opened = [each.account for each in observed if (each.signal, each.strength) == (Signal.AUTHOR, Strength.VERIFIED)]
    if author is not None and not any(account is not None and same_account(account, author) for account in opened):
        observed.insert(0, Evidence(Signal.AUTHOR, Strength.VERIFIED, author))
    standing = reader.account(author, Strength.VERIFIED) if author is not None else []
    person = bool(standing) and all(claim.group is Group.HUMANS for claim in standing)
    bot = any(claim.group is Group.BOTS and claim.strength is Strength.VERIFIED and not claim.by_wildcard for claim in standing)
    claims = [
        claim
        for order, each in enumerate(observed)
        if not (bot and each.signal is Signal.BODY and each.commits is None)
        for claim in reader.read(each, order)
    ]
    return merge(_without_lone_hints(claims) if person else claims)


def declared(name: str, definitions: tuple[AgentDefinition, ...]) -> Principal:
    """The verified principal that ``--as`` names, with or without its at-sign.

    A group word is nobody in particular of that group; an identity of the catalogue or the policy belongs to its group, and so
    does a login of one; any other name is an agent if it has a slash or ends in ``[bot]``, else a human; ``login:`` names an
    account.

    Raises:
        AgentownersError: the name is empty, ``@anyone`` or a wildcard.
    """
    principal = named(name, index_of(definitions))
    return Principal(principal.group, Strength.VERIFIED, principal.identity, principal.account, ("named by the caller",))


def is_agent(account: Account, definitions: tuple[AgentDefinition, ...]) -> str | None:
    """Why an account is an agent's or a bot's, or nobody's, and so cannot review as a person; None where it is a person's."""
    for claim in EvidenceReader(index_of(definitions)).account(account, Strength.VERIFIED):
        if claim.group is Group.HUMANS:
            continue
        if claim.group is Group.UNATTRIBUTED:
            return "is nobody's account"
        kind = "bot" if claim.group is Group.BOTS else "agent"
        if claim.identity is not None:
            exact = claim.strength is Strength.VERIFIED
            return f"is the {kind} `{claim.identity}`" if exact else f"has the login of the {kind} `{claim.identity}`"
        known = account.type is not AccountType.UNKNOWN
        return f"is an account of type {account.type.value}" if known else "has a login that ends in `[bot]`"
    return None


def _definition(entry: AgentEntry, group: Group) -> AgentDefinition:
    return AgentDefinition(
        entry.name,
        group,
        logins=entry.logins,
        ids=entry.ids,
        emails=entry.emails,
        branches=entry.branches,
        trailers=tuple(map(_any_run, entry.trailers)),
        lines=tuple(map(_any_run, entry.descriptions)),
        oidc=entry.oidc,
    )


def _any_run(glob: str) -> str:
    """A glob in which ``*`` is any run of characters, as it is in whole lines of text."""
    return re.sub(r"\*+", "**", glob)


def _refuse_too_many(evidence: Sequence[Evidence]) -> None:
    if len({(each.account, each.name, each.email) for each in evidence if each.signal in _MAKERS}) > MAX_MAKERS:
        raise TooManyMakersError(
            f"more than {MAX_MAKERS:,} people are named as makers of the change, in its commits and their trailers",
            help="make several smaller changes of it, or leave names out of the messages",
        )


def _without_lone_hints(claims: Sequence[Claim]) -> list[Claim]:
    """Without branches and labels for which nothing else speaks."""
    signals: dict[str | None, set[Signal]] = {}
    for claim in claims:
        signals.setdefault(claim.definition, set()).add(claim.evidence.signal)
    return [claim for claim in claims if claim.evidence.signal not in WEAK or len(signals[claim.definition]) > 1]
