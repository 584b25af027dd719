"""Answers to what the engine has to ask: permissions, teams, who set the agent to work, what stands at a path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, assert_never

from agentowners.action.host import Host
from agentowners.action.requesters import callers, closed_by, names_of, requesters
from agentowners.change.model import Account, Change, Kind
from agentowners.engine.facts import Answer, KindsOf, Known, MembersOf, Need, PathsOf, PermissionOf, Requesters, Unavailable
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Pull
from agentowners.github.reading import MalformedError
from agentowners.identity.model import AgentDefinition

MAX_KINDS: Final = 200
"""As many paths are looked up; where more would matter, restrictions hold for each as if it were a link."""


@dataclass(slots=True)
class Facts:
    """Answers that hold for every change of one job, each asked for once."""

    host: Host
    _answers: dict[Need, Known | Unavailable] = field(default_factory=dict)

    def about_pull(
        self, pull: Pull, change: Change, definitions: tuple[AgentDefinition, ...]
    ) -> Callable[[Need], Known | Unavailable]:
        """What answers the needs of judging a pull request and the change that it is."""

        def about_this() -> tuple[Account, ...]:
            names = names_of(change.evidence, pull.author, definitions)

            def asked_on(number: int) -> tuple[Account, ...]:
                assigned = requesters(self.host.pulls.assignments(number), pull.author, definitions)
                return (*assigned, *callers(self.host.pulls.remarks(number), names))

            found = asked_on(pull.number)
            for number in closed_by(pull.body, change.repository):
                # no permission to read issues is asked for, so what cannot be read there holds nothing back
                answer = attempt(partial(asked_on, number), "")
                found += _accounts(answer)
            return found

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


def _accounts(answer: Known | Unavailable) -> tuple[Account, ...]:
    value = answer.value if isinstance(answer, Known) and isinstance(answer.value, tuple) else ()
    return tuple(account for account in value if isinstance(account, Account))


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
            case PathsOf():
                return Unavailable("the commit's files were not looked at")
            case _:
                assert_never(need)
