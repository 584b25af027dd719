"""Contributions to a change, and to which of its paths: whoever had a part in what is to be approved does not approve it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from agentowners.change.model import Account, Change, Evidence, Signal
from agentowners.engine.facts import Facts, Known, Need, PathsOf
from agentowners.engine.ruling import Ruling
from agentowners.identity.accounts import noreply_account, same_account
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import resolve
from agentowners.policy.patterns import ascii_lower
from agentowners.values import gathered

CONTRIBUTIONS = {
    Signal.AUTHOR: "opened the change",
    Signal.PUSHER: "pushed to its branch",
    Signal.SIGNATURE: "signed a commit of it",
    Signal.COMMIT_AUTHOR: "is the author of a commit of it",
    Signal.COMMITTER: "is the committer of a commit of it",
    Signal.CO_AUTHOR: "is a co-author of a commit of it",
}
_Commit = tuple[tuple[str, ...] | None, str]
"""The commit that a piece of evidence was seen in."""


class Contributions:
    """Each account's part in a change."""

    def __init__(self, change: Change, definitions: tuple[AgentDefinition, ...]) -> None:
        """Put the evidence of a change in order."""
        self._change = change
        self._definitions = definitions

    def of(self, account: Account) -> list[Evidence]:
        """The contributions of an account, in the order they were observed."""
        return [
            evidence
            for evidence in self._about(account)
            if evidence.signal in CONTRIBUTIONS and any(same_account(maker, account) for maker in self._makers(evidence))
        ]

    def observed(self, account: Account) -> list[Evidence]:
        """All evidence in which the platform sees an account."""
        return [
            evidence
            for evidence in self._about(account)
            if evidence.account is not None and same_account(evidence.account, account)
        ]

    def by_login(self, login: str) -> list[Evidence]:
        """The contributions under a login, given in lower case."""
        evidence = (self._change.evidence[place] for place in self._places.get(login, ()))
        return [each for each in evidence if each.signal in CONTRIBUTIONS]

    def is_credit(self, evidence: Evidence) -> bool:
        """True where somebody is only named, as co-author, in a commit that an agent made."""
        return evidence.signal is Signal.CO_AUTHOR and _commit(evidence) in self._by_agents

    @cached_property
    def _by_agents(self) -> Collection[_Commit]:
        """Commits all of whose authors are agents."""
        by_agents: dict[_Commit, bool] = {}
        for each in self._change.evidence:
            if each.signal is Signal.COMMIT_AUTHOR and by_agents.get(_commit(each), True):
                principals = resolve([each], self._definitions, None)
                by_agents[_commit(each)] = any(principal.group is Group.AGENTS for principal in principals)
        return {commit for commit, holds in by_agents.items() if holds}

    @cached_property
    def _places(self) -> Mapping[object, Sequence[int]]:
        """By login and by id of an account, the places of the evidence about it."""
        makers = ((place, self._makers(evidence)) for place, evidence in enumerate(self._change.evidence))
        return gathered(
            (key, place) for place, accounts in makers for key in {key for account in accounts for key in _keys(account)}
        )

    def _about(self, account: Account) -> list[Evidence]:
        places = {place for key in _keys(account) for place in self._places.get(key, ())}
        return [self._change.evidence[place] for place in sorted(places)]

    def _makers(self, evidence: Evidence) -> Iterator[Account]:
        if evidence.account is not None:
            yield evidence.account
        if evidence.email is not None:
            for account in (self._change.emails.get(evidence.email.lower()), noreply_account(evidence.email)):
                if account is not None:
                    yield account


def _keys(account: Account) -> tuple[object, ...]:
    return (ascii_lower(account.login),) if account.id is None else (ascii_lower(account.login), account.id)


def _commit(evidence: Evidence) -> _Commit:
    return evidence.commits, evidence.where


class ContributionReach:
    """The obligations that the paths of a commit bring in."""

    def __init__(self, ruling: Ruling, facts: Facts, *, observed: bool) -> None:
        """Look at nothing yet; ``observed`` says that the obligations are those of layers that only observe."""
        self._ruling = ruling
        self._facts = facts
        self._observed = observed

    def touched(self, evidence: Evidence, obligation: int, needs: set[Need]) -> tuple[bool, str | None]:
        """True where a contribution is one to the paths of an obligation, given by its place; and one path that shows it.

        What is not known counts as a contribution to every path, and is added to ``needs``.
        """
        if evidence.commits is None:
            return True, None
        of_anybody, paths = self._paths.get(obligation, (None, set[str]()))
        unknown = False
        for commit in evidence.commits:
            answer = self._facts.get(PathsOf(commit))
            if isinstance(answer, Known) and isinstance(answer.value, frozenset):
                example = min((path for path in answer.value if path in paths), default=None)
                if example is not None:
                    return True, example
            else:
                unknown = True
                if answer is None:
                    needs.add(PathsOf(commit))
        return unknown or of_anybody is not None, of_anybody

    @cached_property
    def _paths(self) -> Mapping[int, tuple[str | None, set[str]]]:
        """By obligation, one of its paths that is everybody's, and all of them with those that go together with each."""
        scopes = self._ruling.scopes
        of_anybody: dict[int, str] = {}
        paths: dict[int, set[str]] = {}
        for path, judgement in zip(self._ruling.files.paths, self._ruling.judgements, strict=True):
            for obligation in judgement.observed_obligations if self._observed else judgement.obligations:
                paths.setdefault(obligation, set()).update(scopes.names(path))
                if obligation not in of_anybody and scopes.is_everybodys(path):
                    of_anybody[obligation] = path
        return {obligation: (of_anybody.get(obligation), names) for obligation, names in paths.items()}
