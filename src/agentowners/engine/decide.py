"""Policy and change become decisions: total, deterministic, the same whatever the order of rules.

A decision is made for every path, every action done to it and every principal who contributed, by every layer; the strictest
stands. What is not known is taken in its strictest sense and named in ``Ruling.needs``, so that the caller can find out.
"""

from __future__ import annotations

from agentowners.change.model import Change, Kind
from agentowners.diagnostics import AgentownersError, Diagnostic
from agentowners.engine.approvals import weigh
from agentowners.engine.court import Court
from agentowners.engine.deeds import Deed, Deeds
from agentowners.engine.facts import NO_FACTS, Facts, KindsOf, Known, Need
from agentowners.engine.obligations import Ask
from agentowners.engine.verdict import FileDecisions, Judgement
from agentowners.engine.warnings import warnings
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.identity.resolve import definitions, resolve
from agentowners.policy.model import Policy
from agentowners.records import record


@record
class Ruling:
    """What is decided, and what must be found out before it is a verdict."""

    policy: Policy
    change: Change
    principals: tuple[Principal, ...]
    definitions: tuple[AgentDefinition, ...]
    files: FileDecisions
    """Sorted by path."""
    judgements: tuple[Judgement, ...]
    """Every judgement that a file has."""
    obligations: tuple[Ask, ...]
    """Approvals asked for by layers that are enforced."""
    observed_obligations: tuple[Ask, ...]
    """Approvals that would be asked for by layers that only observe."""
    needs: frozenset[Need]
    """Every one of them must be answered, ``Known`` or ``Unavailable``, for ``settle``."""
    diagnostics: tuple[Diagnostic, ...] = ()


def decide(policy: Policy, change: Change, facts: Facts = NO_FACTS) -> Ruling:
    """Decide about every file of a change.

    Args:
        policy: all layers, the built-in one among them.
        change: what happened, and the evidence of who did it.
        facts: answers to needs that an earlier call named; what is missing is taken in its strictest sense.

    Raises:
        AgentownersError: files were changed and nobody is known to have changed them.
        MatcherError: the patterns do not fit into memory.
    """
    known = definitions(policy)
    principals = resolve(change.evidence, known, change.author)
    if change.files and not principals:
        raise AgentownersError("files were changed, and nothing tells who changed them", help="name the principal with `--as`")
    court = Court(policy, change, principals, known, facts)
    needs: set[Need] = set()
    deeds: Deeds[Judgement] = Deeds(change.files)
    paths = sorted(deeds.of)
    judgements: list[Judgement] = []
    others: list[Judgement] = []
    match, deed_of, add = court.matcher.match, deeds.of, judgements.append
    for path in paths:
        deed, matching = deed_of[path], match(path)
        judged = deed.judged
        if judged is None:
            judgement = _judge_link(court, path, matching, deed, facts, needs)
            others.append(judgement)
        else:
            known_one = judged.get(matching)
            if known_one is None:
                known_one = judged[matching] = court.judge((frozenset(matching),), deed.actions)
            judgement = known_one
        add(judgement)
    needs |= court.needs
    asks, observed = court.asks.asks, court.observed_asks.asks
    needs |= weigh(asks or observed, policy, change, principals, known, facts).needs
    return Ruling(
        policy=policy,
        change=change,
        principals=principals,
        definitions=known,
        files=FileDecisions(paths, judgements, deed_of),
        judgements=(*deeds.judged, *others),
        obligations=asks,
        observed_obligations=observed,
        needs=frozenset(needs),
        diagnostics=warnings(policy, court.names),
    )


_PLAIN = frozenset({Kind.FILE, Kind.NOTHING})


def _judge_link(
    court: Court, path: str, plain: tuple[int, ...], deed: Deed[Judgement], facts: Facts, needs: set[Need]
) -> Judgement:
    """Judge a path where a link or a submodule stands or stood, or may: it can be taken for a directory of that name."""
    actions, before, after = deed.actions, deed.before, deed.after
    as_file = frozenset(plain)
    as_directory = as_file | frozenset(court.matcher.match(f"{path}/"))
    kinds = {before, after}
    if as_directory == as_file:
        return court.judge((as_file,), actions)
    if Kind.UNKNOWN in kinds:
        need = KindsOf(path)
        answer = facts.get(need)
        if isinstance(answer, Known) and isinstance(answer.value, tuple):
            kinds = {kind for kind in answer.value if isinstance(kind, Kind)}
        elif court.judge((as_file,), actions) != court.judge((as_directory,), actions):
            needs.add(need)
    if Kind.UNKNOWN in kinds and not kinds & {Kind.SYMLINK, Kind.SUBMODULE}:
        return court.judge((as_file, as_directory), actions)
    return court.judge((as_file,) if kinds <= _PLAIN else (as_directory,), actions)
