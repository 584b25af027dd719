"""Draws a map by the engine: every path is matched once, and paths that the same patterns match are decided as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count

from msgspec.structs import replace

from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Strength
from agentowners.engine.context import EvaluationContext
from agentowners.engine.facts import NO_FACTS, Need, Reply
from agentowners.engine.matcher import Matcher
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.ruling import Ruling
from agentowners.engine.settle import find_out
from agentowners.engine.verdict import Judgement
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.map.model import DecisionMap, Shade, Standpoint
from agentowners.policy.model import Action, Decision, Policy
from agentowners.proof.demands import BLOCKED, Demand, Demands

_LINKS = frozenset({Kind.SYMLINK, Kind.SUBMODULE})
_Answer = Callable[[Need], Reply]


def draw(
    files: Mapping[str, Kind],
    policy: Policy,
    standpoints: Sequence[Standpoint],
    answer: _Answer,
    *,
    other: Policy | None = None,
    action: Action = Action.FILE_MODIFY,
    repository: str | None = None,
) -> DecisionMap:
    """Decide about every file for each standpoint.

    Args:
        files: every file with what it is.
        policy: all layers, the built-in one among them.
        standpoints: the contributors with the refs; one at least.
        answer: answers each fact that turns out to be needed, as for ``inquire``.
        other: the policy to compare with.
        action: done to each file.
        repository: ``owner/name``, where it is known.

    Raises:
        AgentownersError: a contributor is nobody, or the patterns do not fit into memory.
    """
    policies = [policy] if other is None else [policy, other]
    changes = [_change(each, repository) for each in standpoints]
    matchers = [_matcher(each, changes[0]) for each in policies]
    numbers: dict[tuple[frozenset[int], ...], int] = {}
    examples: list[FileChange] = []
    paths, classes = sorted(files), []
    for path in paths:
        kind = files[path]
        key = tuple([_view(matcher, path, kind) for matcher in matchers])
        number = numbers.setdefault(key, len(examples))
        if number == len(examples):
            examples.append(FileChange(path, STATUS_OF[action], before=kind, after=kind))
        classes.append(number)
    shades: dict[Shade, int] = {}
    tables = [
        tuple([_table(each, replace(change, files=tuple(examples)), answer, shades) for change in changes]) for each in policies
    ]
    return DecisionMap(
        paths=paths,
        classes=classes,
        action=action,
        standpoints=tuple(standpoints),
        shades=tuple(shades),
        now=tables[0],
        before=tables[1] if other is not None else None,
    )


def _change(standpoint: Standpoint, repository: str | None) -> Change:
    evidence = Evidence(Signal.DECLARED, Strength.VERIFIED, name=standpoint.principal.removeprefix("@"))
    return Change(ref=standpoint.ref, files=(), evidence=(evidence,), repository=repository)


def _matcher(policy: Policy, change: Change) -> Matcher:
    known = definitions(policy)
    return EvaluationContext(policy, change, contributors(policy, change.evidence, known, None), known, NO_FACTS).matcher


def _view(matcher: Matcher, path: str, kind: Kind) -> frozenset[int]:
    """The patterns that match a path; of a link or a submodule also as the directory that it can be taken for."""
    numbers = matcher.match(path)
    return frozenset(numbers + matcher.match(f"{path}/") if kind in _LINKS else numbers)


def _table(policy: Policy, change: Change, answer: _Answer, shades: dict[Shade, int]) -> tuple[int, ...]:
    """For each file of a change the number of its shade; a new shade gets the next number."""
    ruling, _ = find_out(policy, change, answer)
    places: dict[int, int] = {}
    by_path: dict[str, int] = {}
    numbers = count(len(shades))
    for path, judgement in zip(ruling.files.paths, ruling.judgements, strict=True):
        place = places.get(id(judgement))
        if place is None:
            shade = _shade(ruling, judgement)
            if shade not in shades:
                shades[shade] = next(numbers)
            place = places[id(judgement)] = shades[shade]
        by_path[path] = place
    return tuple([by_path[file.path] for file in change.files])


def _shade(ruling: Ruling, judgement: Judgement) -> Shade:
    if judgement.observed.restricts and not judgement.decision.restricts:
        obligations = [ruling.observed_obligations[place] for place in judgement.observed_obligations]
        decision, rules, observed = judgement.observed, judgement.observed_rules, True
    else:
        obligations = [ruling.obligations[place] for place in judgement.obligations]
        decision, rules, observed = judgement.decision, judgement.rules, False
    demands: Demands = frozenset(
        Demand(each.count, frozenset(approver.key for approver in each.approvers)) for each in obligations
    )
    return Shade(decision, frozenset({BLOCKED}) if decision is Decision.BLOCK else demands, rules, observed)
