"""A ruling and the facts it asked for become a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

from msgspec.structs import replace

from agentowners.change.model import Change
from agentowners.diagnostics import AgentownersError
from agentowners.engine.approvals import count_approvals
from agentowners.engine.decide import decide
from agentowners.engine.facts import NO_FACTS, Facts, Known, Need, PathsOf, Reply
from agentowners.engine.ruling import Ruling, strictest
from agentowners.engine.verdict import Verdict, members
from agentowners.policy.model import Policy

_ROUNDS = 7
"""Rounds of questions: who they are, their paths, who may approve, what those contributed; more would be a mistake of ours."""
_PATHS, _PATHS_IN_ALL = 100, 100_000
"""As many paths are told of each principal, the more the fewer there are of them: lists of thousands of people that each have
thousands of paths would be longer than anything that was sent."""


class MissingFactError(AgentownersError):
    """A need was left without an answer: a mistake of the caller, never a "no"."""


def settle(ruling: Ruling, facts: Facts) -> Verdict:
    """Turn a ruling into a verdict.

    Args:
        ruling: what was decided.
        facts: an answer, ``Known`` or ``Unavailable``, to each of ``ruling.needs``, and to each that then arises: once it is
            known on which paths somebody is judged, it may matter who approved. ``inquire`` asks for all of them.

    Raises:
        MissingFactError: a need has no answer.
    """
    _refuse_missing(ruling, facts)
    if ruling.needs:
        ruling = decide(ruling.policy, ruling.change, facts)
        _refuse_missing(ruling, facts)
    change = ruling.change
    enforced = strictest(set(map(attrgetter("decision"), ruling.judgements)))
    observed = strictest(set(map(attrgetter("observed"), ruling.judgements)))
    observed_only = observed.restricts and not enforced.restricts
    return Verdict(
        decision=observed if observed_only else enforced,
        observed_only=observed_only,
        files=ruling.files,
        principals=ruling.principals,
        approvals=count_approvals(ruling, facts, observed=observed_only)[0],
        ref=change.ref,
        sources=tuple(layer.source for layer in ruling.policy.layers if layer.source is not None),
        diagnostics=ruling.diagnostics,
        repository=change.repository,
        pull_request=change.pull_request,
        head=change.head,
        author=change.author,
        conflict=change.conflict,
        by_writer=change.by_writer,
        vouched=ruling.vouched,
        paths=_paths(ruling, facts),
    )


def _paths(ruling: Ruling, facts: Facts) -> tuple[tuple[str, ...] | None, ...]:
    """The paths of each principal who is judged on those of some commits only, where all of these were looked into."""
    if not ruling.scopes.divided:
        return ()
    paths: dict[int, list[str]] = {
        index: []
        for index, principal in enumerate(ruling.principals)
        if principal.commits is not None and all(isinstance(facts.get(PathsOf(commit)), Known) for commit in principal.commits)
    }
    each = max(_PATHS, _PATHS_IN_ALL // max(1, len(paths)))
    listed = sum(1 << index for index in paths)
    for path in ruling.files.paths:
        for index in members(ruling.scopes.of(path).perhaps & listed):
            paths[index].append(path)
            if len(paths[index]) == each:
                listed &= ~(1 << index)
    return tuple(tuple(paths[index]) if index in paths else None for index in range(len(ruling.principals)))


def evaluate(policy: Policy, change: Change, facts: Facts = NO_FACTS) -> Verdict:
    """Judge a change for which every fact is at hand.

    Raises:
        MissingFactError: the judgement needs a fact that is not among them.
        AgentownersError: files were changed and nobody is known to have changed them.
    """
    return settle(decide(policy, change, facts), facts)


def inquire(policy: Policy, change: Change, answer: Callable[[Need], Reply]) -> Verdict:
    """Judge a change, asking for each fact that turns out to be needed, once."""
    return settle(*find_out(policy, change, answer))


def find_out(policy: Policy, change: Change, answer: Callable[[Need], Reply]) -> tuple[Ruling, Facts]:
    """Decide about a change, asking for each fact that turns out to be needed, once; with the answers."""
    facts: dict[Need, Reply] = {}
    for _ in range(_ROUNDS):
        ruling = decide(policy, change, facts)
        needs = _in_order(ruling.needs - facts.keys(), change)
        if not needs:
            return replace(ruling, needs=frozenset()), facts
        facts |= {need: answer(need) for need in needs}
    raise MissingFactError("the facts that are needed do not come to an end")


def _in_order(needs: Iterable[Need], change: Change) -> list[Need]:
    """Commits last, newest first: an adapter looks into so many of them only."""
    age = {commit: place for place, commit in enumerate(change.commits)}

    def place(need: Need) -> tuple[bool, int, str]:
        commit = need.commit if isinstance(need, PathsOf) else None
        return commit is not None, age.get(commit or "", len(age)), repr(need)

    return sorted(needs, key=place)


def _refuse_missing(ruling: Ruling, facts: Facts) -> None:
    missing = sorted(repr(need) for need in ruling.needs if need not in facts)
    if missing:
        raise MissingFactError(f"no answer to {missing[0]}", help="answer each need with `Known` or `Unavailable`")
