"""Finds who set an agent to work, as far as GitHub tells: who assigned it, whom it assigned in turn, and who called its name.

Best effort: what was asked elsewhere (in an editor, a chat, an issue that the pull request does not close) is not seen, and a
comment can be deleted. Who only asks for a change of what is there, in a review or after the newest push, sets nobody to work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Final

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.github.model import Assignment, Remark
from agentowners.identity.accounts import bare_login, same_account
from agentowners.identity.claims import own_text
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import resolve
from agentowners.policy.patterns import ascii_lower

MAX_ISSUES: Final = 3
"""As many issues are looked into for one pull request."""
_CLOSES: Final = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]{1,9}"
    r"([A-Za-z0-9_.-]{0,100}(?:/[A-Za-z0-9_.-]{1,100})?)#([1-9][0-9]{0,9})\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_MENTION: Final = re.compile(r"(?<![A-Za-z0-9_.+/@-])@([A-Za-z0-9_-]+)")
_COMMAND: Final = re.compile(r"^[ \t]*/([A-Za-z0-9_:/-]+)", re.MULTILINE)


def requesters(
    assignments: Iterable[Assignment], author: Account | None, definitions: tuple[AgentDefinition, ...]
) -> tuple[Account, ...]:
    """Accounts that set an agent to work, as far as assignments tell.

    That is a person who assigned an agent, and a person whom the agent that is the change's author assigned, as coding agents do
    with whoever asked them.
    """
    accounts: dict[Account, None] = {}
    for assignment in assignments:
        actor, assignee = assignment.actor, assignment.assignee
        if actor.type is AccountType.USER and is_agent(assignee, definitions):
            accounts[actor] = None
        by_author = author is not None and same_account(actor, author)
        if assignee.type is AccountType.USER and by_author and is_agent(actor, definitions):
            accounts[assignee] = None
    return tuple(accounts)


def callers(remarks: Iterable[Remark], names: Set[str], pushed_at: str | None = None) -> tuple[Account, ...]:
    """People who called an agent by one of its names: ``@claude fix this``, or a line that begins with ``/claude``.

    Args:
        remarks: what was written.
        names: the agent's names, in lower case.
        pushed_at: when the newest push was made; what was written after that called for none of it. None where that is not known.
    """
    accounts = {
        remark.author: None
        for remark in remarks
        if remark.author.type is AccountType.USER
        and not _is_later(remark.time, pushed_at)
        and not names.isdisjoint(_called(own_text(remark.body)))
    }
    return tuple(accounts)


def closed_by(body: str, repository: str | None) -> tuple[int, ...]:
    """The issues of a repository (``owner/name``) that a description says the pull request closes, by number.

    Source: https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
    """
    here = ("", ascii_lower(repository or ""))
    numbers = [int(match[2]) for match in _CLOSES.finditer(own_text(body)) if ascii_lower(match[1]) in here]
    return tuple(dict.fromkeys(numbers))


def _is_later(time: str, than: str | None) -> bool:
    """True if one time is surely after another: GitHub writes both in UTC and to the second, so that they sort as texts."""
    return than is not None and bool(_TIME.fullmatch(time) and _TIME.fullmatch(than)) and time > than


def names_of(evidence: Sequence[Evidence], author: Account | None, definitions: tuple[AgentDefinition, ...]) -> frozenset[str]:
    """The names, in lower case, by which the agents that contributed are called."""
    names: set[str] = set()
    for principal in resolve(evidence, definitions, author):
        if principal.group is not Group.AGENTS:
            continue
        if principal.account is not None:
            names.add(bare_login(principal.account.login))
        if principal.identity is not None:
            names.update(principal.identity.split("/"))
            same = [each for each in definitions if ascii_lower(each.name) == ascii_lower(principal.identity)]
            names.update(bare_login(login) for each in same for login in each.logins)
    return frozenset(ascii_lower(name) for name in names)


def is_agent(account: Account, definitions: tuple[AgentDefinition, ...]) -> bool:
    """True if an account is an agent's or a bot's."""
    evidence = (Evidence(Signal.AUTHOR, Strength.VERIFIED, account=account),)
    return any(principal.group in (Group.AGENTS, Group.BOTS) for principal in resolve(evidence, definitions, account))


def _called(text: str) -> Iterator[str]:
    for match in _MENTION.finditer(text):
        yield ascii_lower(match[1])
    for match in _COMMAND.finditer(text):
        command = ascii_lower(match[1])
        yield command
        yield from re.split(r"[:/_-]", command)
