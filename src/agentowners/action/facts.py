"""Answers to what the engine has to ask: permissions, teams, who set the agent to work, what stands at a path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, assert_never

from agentowners.action.host import Host
from agentowners.change.model import Account, AccountType, Evidence, Kind, Signal, Strength
from agentowners.engine.facts import Answer, KindsOf, Known, MembersOf, Need, PermissionOf, Requesters, Unavailable
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Assignment, Pull
from agentowners.github.reading import MalformedError
from agentowners.identity.accounts import same_account
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import resolve

MAX_KINDS: Final = 200
"""As many paths are looked up; where more would matter, restrictions hold for each as if it were a link."""


@dataclass(slots=True)
class Facts:
    """Answers that hold for every change of one job, each asked for once."""

    host: Host
    _answers: dict[Need, Known | Unavailable] = field(default_factory=dict)

    def about_pull(self, pull: Pull, definitions: tuple[AgentDefinition, ...]) -> Callable[[Need], Known | Unavailable]:
        """What answers the needs of judging a pull request."""

        def about_this() -> tuple[Account, ...]:
            return requesters(self.host.pulls.assignments(pull.number), pull.author, definitions)

        return _Asker(self, _Ends(self.host, pull.base, pull.head), about_this)

    def about_push(self, before: str, after: str) -> Callable[[Need], Known | Unavailable]:
        """What answers the needs of judging a push, which nobody is known to have asked for."""
        return _Asker(self, _Ends(self.host, before, after), tuple)

    def once(self, need: Need, ask: Callable[[], Answer], missing: str) -> Known | Unavailable:
        """The answer to a need that is the same for every change.

        Raises:
            PlatformError: GitHub does not answer at all, which no strict reading makes up for.
        """
        if need not in self._answers:
            self._answers[need] = attempt(ask, missing)
        return self._answers[need]


def attempt(ask: Callable[[], Answer], missing: str) -> Known | Unavailable:
    """An answer, or why GitHub does not give it to this token."""
    try:
        return Known(ask())
    except MalformedError as error:
        return Unavailable(error.message)
    except PlatformError as error:
        match error.trouble:
            case Trouble.FORBIDDEN | Trouble.NOT_FOUND:
                return Unavailable(missing)
            case Trouble.INCOMPLETE:
                return Unavailable(error.message)
            case _:
                raise


@dataclass(slots=True)
class _Ends:
    """The two commits between which a change lies; the older one is found when it is first needed."""

    host: Host
    base: str
    head: str
    merge_base: str | None = None

    def kinds(self, path: str) -> tuple[Kind, Kind]:
        if self.merge_base is None:
            self.merge_base = self.host.commits.compare(self.base, self.head).merge_base
        kinds = self.host.trees.kind(self.merge_base, path), self.host.trees.kind(self.head, path)
        if kinds == (Kind.NOTHING, Kind.NOTHING):
            # GitHub does not write every path that is not UTF-8 in one way
            raise MalformedError("GitHub lists a change of the path, and has it neither before nor after")
        return kinds


@dataclass(slots=True)
class _Asker:
    facts: Facts
    ends: _Ends
    requesters: Callable[[], tuple[Account, ...]]
    asked: int = 0

    def __call__(self, need: Need) -> Known | Unavailable:
        people = self.facts.host.people
        match need:
            case PermissionOf(account):
                return self.facts.once(need, lambda: people.permission(account), "the token may not read permissions")
            case MembersOf(owner, team):
                missing = "the token lacks `members: read`, or there is no such team"
                return self.facts.once(need, lambda: people.members(owner, team), missing)
            case Requesters():
                return attempt(self.requesters, "the token may not read the pull request's timeline (`pull-requests: read`)")
            case KindsOf(path):
                self.asked += 1
                if self.asked > MAX_KINDS:
                    return Unavailable(f"more than {MAX_KINDS} paths would have to be looked up")
                return attempt(lambda: self.ends.kinds(path), "the token may not read the repository (`contents: read`)")
            case _:
                assert_never(need)


def requesters(
    assignments: Iterable[Assignment], author: Account | None, definitions: tuple[AgentDefinition, ...]
) -> tuple[Account, ...]:
    """Who set an agent to work, as far as assignments tell.

    That is a person who assigned an agent, and a person whom the agent that is the change's author assigned, as coding agents do
    with whoever asked them.
    """
    found: dict[Account, None] = {}
    for assignment in assignments:
        actor, assignee = assignment.actor, assignment.assignee
        if actor.type is AccountType.USER and is_agent(assignee, definitions):
            found[actor] = None
        by_author = author is not None and same_account(actor, author)
        if assignee.type is AccountType.USER and by_author and is_agent(actor, definitions):
            found[assignee] = None
    return tuple(found)


def is_agent(account: Account, definitions: tuple[AgentDefinition, ...]) -> bool:
    """Whether an account is an agent's or a bot's."""
    evidence = (Evidence(Signal.AUTHOR, Strength.VERIFIED, account=account),)
    return any(who.group in (Group.AGENTS, Group.BOTS) for who in resolve(evidence, definitions, account))
