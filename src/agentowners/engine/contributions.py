"""Who did what to make a change, and to which of its paths: whoever had a part in what is to be approved does not approve it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from agentowners.change.model import Account, Change, Evidence, Signal
from agentowners.engine.facts import Facts, Known, Need, PathsOf
from agentowners.engine.scopes import Scopes
from agentowners.engine.verdict import FileDecisions
from agentowners.identity.accounts import noreply_account, same_account
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import resolve
from agentowners.policy.patterns import ascii_lower

CONTRIBUTIONS = {
    Signal.AUTHOR: "opened the change",
    Signal.PUSHER: "pushed to its branch",
    Signal.SIGNATURE: "signed a commit of it",
    Signal.COMMIT_AUTHOR: "is the author of a commit of it",
    Signal.COMMITTER: "is the committer of a commit of it",
    Signal.CO_AUTHOR: "is a co-author of a commit of it",
}


class Contributions:
    """What each account did to make a change."""

    def __init__(self, change: Change, definitions: tuple[AgentDefinition, ...]) -> None:
        """Put the evidence of a change in order."""
        self._change = change
        self._definitions = definitions
        self._by_agents: dict[tuple[object, ...], bool] = {}

    def of(self, who: Account) -> list[Evidence]:
        """What an account contributed, in the order it was observed."""
        return [e for e in self._about(who) if e.signal in CONTRIBUTIONS and any(same_account(a, who) for a in self._of(e))]

    def observed(self, who: Account) -> list[Evidence]:
        """Everything in which the platform sees an account."""
        return [e for e in self._about(who) if e.account is not None and same_account(e.account, who)]

    def by_login(self, login: str) -> list[Evidence]:
        """What was contributed under a login, given in lower case."""
        return [evidence for evidence in self._index.get(login, ()) if evidence.signal in CONTRIBUTIONS]

    def is_credit(self, evidence: Evidence) -> bool:
        """Whether somebody is only named, as co-author, in a commit that an agent made."""
        return evidence.signal is Signal.CO_AUTHOR and self._made_by_agent(evidence)

    def _made_by_agent(self, evidence: Evidence) -> bool:
        key = _commit(evidence)
        authors = self._authors.get(key, ())
        if key not in self._by_agents:
            self._by_agents[key] = bool(authors) and all(
                any(principal.group is Group.AGENTS for principal in resolve([author], self._definitions, None))
                for author in authors
            )
        return self._by_agents[key]

    @cached_property
    def _authors(self) -> Mapping[tuple[object, ...], list[Evidence]]:
        found: dict[tuple[object, ...], list[Evidence]] = {}
        for evidence in self._change.evidence:
            if evidence.signal is Signal.COMMIT_AUTHOR:
                found.setdefault(_commit(evidence), []).append(evidence)
        return found

    @cached_property
    def _index(self) -> Mapping[object, Sequence[Evidence]]:
        found: dict[object, list[Evidence]] = {}
        for evidence in self._change.evidence:
            for key in {key for account in self._of(evidence) for key in _keys(account)}:
                found.setdefault(key, []).append(evidence)
        return found

    def _about(self, who: Account) -> list[Evidence]:
        found = {id(evidence): evidence for key in _keys(who) for evidence in self._index.get(key, ())}
        if len(found) < 2:
            return list(found.values())
        order = self._order
        return sorted(found.values(), key=lambda evidence: order[id(evidence)])

    @cached_property
    def _order(self) -> Mapping[int, int]:
        return {id(evidence): place for place, evidence in enumerate(self._change.evidence)}

    def _of(self, evidence: Evidence) -> list[Account]:
        accounts = [evidence.account] if evidence.account is not None else []
        if evidence.email is not None:
            linked = self._change.emails.get(evidence.email.lower())
            noreply = noreply_account(evidence.email)
            accounts += [account for account in (linked, noreply) if account is not None]
        return accounts


def _keys(account: Account) -> list[object]:
    return [ascii_lower(account.login), *([account.id] if account.id is not None else [])]


def _commit(evidence: Evidence) -> tuple[object, ...]:
    return evidence.commits, evidence.where


class Reach:
    """Which obligations the paths of a commit bring in."""

    def __init__(self, scopes: Scopes, files: FileDecisions, facts: Facts, *, observed: bool) -> None:
        """Look at nothing yet.

        Args:
            scopes: which paths go together.
            files: what was decided about them.
            facts: answers that there are.
            observed: whether the obligations are those of layers that only observe.
        """
        self._scopes = scopes
        self._files = files
        self._facts = facts
        self._observed = observed

    def touched(self, evidence: Evidence, obligation: int, needs: set[Need]) -> tuple[bool, str | None]:
        """Whether a contribution is one to the paths of an obligation, given by its place, and one path that shows it.

        What is not known counts as a contribution to every path, and is added to ``needs``.
        """
        if evidence.commits is None:
            return True, None
        of_anybody, paths = self._paths.get(obligation, (None, {}))
        unknown = False
        for commit in evidence.commits:
            answer = self._facts.get(PathsOf(commit))
            if isinstance(answer, Known) and isinstance(answer.value, frozenset):
                shown = min((path for path in answer.value if path in paths), default=None)
                if shown is not None:
                    return True, shown
            elif answer is None:
                needs.add(PathsOf(commit))
                unknown = True
            else:
                unknown = True
        return unknown or of_anybody is not None, of_anybody

    @cached_property
    def _paths(self) -> Mapping[int, tuple[str | None, dict[str, None]]]:
        """By obligation, one of its paths that is everybody's, and all of them with what goes together with each."""
        of_anybody: dict[int, str] = {}
        found: dict[int, dict[str, None]] = {}
        for path, judgement in zip(self._files.paths, self._files.judgements, strict=True):
            for obligation in judgement.observed_obligations if self._observed else judgement.obligations:
                found.setdefault(obligation, {}).update(dict.fromkeys(self._scopes.names(path)))
                if obligation not in of_anybody and self._scopes.is_everybodys(path):
                    of_anybody[obligation] = path
        return {obligation: (of_anybody.get(obligation), paths) for obligation, paths in found.items()}
