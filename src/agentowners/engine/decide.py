"""Policy and change become decisions: total, deterministic, the same whatever the order of rules.

A decision is made for every path, every action done to it and every principal who contributed, by every layer; the strictest
stands. What is not known is taken in its strictest sense and named in ``Ruling.needs``, so that the caller can find out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from agentowners.change.model import Change, FileChange, Kind, Status
from agentowners.diagnostics import AgentownersError, Diagnostic
from agentowners.engine.approvals import weigh
from agentowners.engine.court import Court
from agentowners.engine.facts import NO_FACTS, Facts, KindsOf, Known, Need
from agentowners.engine.obligations import Ask
from agentowners.engine.verdict import FileDecisions, Judgement
from agentowners.engine.warnings import undefined_names
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.identity.resolve import definitions, resolve
from agentowners.policy.model import Action, Policy
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


_Deed = tuple[tuple[Action, ...], Kind, Kind, int | None, bool]
"""What was done to one path, all entries of the change together: actions, what stood and stands there, first changed line, and
whether nothing but a plain file was ever there. (A bare tuple: there may be 80,000.)"""


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
    files = FileDecisions(paths=[], actions=[], judgements=[], first_lines=[])
    judged: dict[tuple[Action, ...], dict[tuple[int, ...], Judgement]] = {}
    others: list[Judgement] = []
    match, deeds = court.matcher.match, _deeds(change.files)
    paths, actions_of_paths, judgements, first_lines = files.paths, files.actions, files.judgements, files.first_lines
    paths.extend(sorted(deeds))
    for path in paths:
        deed = deeds[path]
        matching = match(path)
        actions = deed[0]
        if deed[4]:
            known_ones = judged.get(actions)
            if known_ones is None:
                known_ones = judged[actions] = {}
            judgement = known_ones.get(matching)
            if judgement is None:
                judgement = known_ones[matching] = court.judge((frozenset(matching),), actions)
        else:
            judgement = _judge_link(court, path, matching, deed, facts, needs)
            others.append(judgement)
        actions_of_paths.append(actions)
        judgements.append(judgement)
        first_lines.append(deed[3])
    needs |= court.needs
    asks, observed = court.asks.asks, court.observed_asks.asks
    needs |= weigh(asks or observed, policy, change, principals, known, facts).needs
    return Ruling(
        policy=policy,
        change=change,
        principals=principals,
        definitions=known,
        files=files,
        judgements=(*(j for by_match in judged.values() for j in by_match.values()), *others),
        obligations=asks,
        observed_obligations=observed,
        needs=frozenset(needs),
        diagnostics=policy.diagnostics + undefined_names(policy, court.names),
    )


_PLAIN = frozenset({Kind.FILE, Kind.NOTHING})


def _judge_link(court: Court, path: str, plain: tuple[int, ...], deed: _Deed, facts: Facts, needs: set[Need]) -> Judgement:
    """Judge a path where a link or a submodule stands or stood, or may: it can be taken for a directory of that name."""
    actions, before, after, _, _ = deed
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


def actions_of(status: Status) -> tuple[Action, ...]:
    """What a status says was done to the path that now bears the file."""
    match status:
        case Status.ADDED | Status.COPIED:
            return (Action.FILE_CREATE,)
        case Status.MODIFIED | Status.CHANGED:
            return (Action.FILE_MODIFY,)
        case Status.REMOVED:
            return (Action.FILE_DELETE,)
        case Status.RENAMED:
            return (Action.FILE_CREATE, Action.FILE_RENAME)
        case Status.WRITTEN:
            return (Action.FILE_WRITE,)
        case Status.READ:
            return (Action.FILE_READ,)
        case Status.EXECUTED:
            return (Action.SHELL_EXECUTE,)
        case _:
            assert_never(status)


_ACTIONS = {status: actions_of(status) for status in Status}
_ORDER = {action: index for index, action in enumerate(Action)}


def _deeds(files: Iterable[FileChange]) -> dict[str, _Deed]:
    """What was done to each path. A rename is judged twice; a path that several entries name gets all of their actions."""
    deeds: dict[str, _Deed] = {}
    shared: dict[tuple[Status, Kind, Kind], _Deed] = {}
    for file in files:
        status, before, after = key = (file.status, file.before, file.after)
        deed = shared.get(key)
        if deed is None:
            deed = shared[key] = _deed(_ACTIONS[status], before, after)
        if status is Status.RENAMED:
            if file.previous_path is None:
                deed = _deed((Action.FILE_RENAME,), before, after)
            else:
                deed = _deed(deed[0], Kind.NOTHING, after)
                _add(deeds, file.previous_path, _deed((Action.FILE_DELETE, Action.FILE_RENAME), before, Kind.NOTHING))
        if file.first_line is not None:
            deed = (*deed[:3], file.first_line, deed[4])
        if deeds.setdefault(file.path, deed) is not deed:
            _add(deeds, file.path, deed)
    return deeds


def _deed(actions: tuple[Action, ...], before: Kind, after: Kind, first_line: int | None = None) -> _Deed:
    return actions, before, after, first_line, before in _PLAIN and after in _PLAIN


def _add(deeds: dict[str, _Deed], path: str, deed: _Deed) -> None:
    other = deeds.setdefault(path, deed)
    if other != deed:
        deeds[path] = _deed(
            tuple(sorted({*other[0], *deed[0]}, key=_ORDER.__getitem__)),
            deed[1] if other[1] is Kind.NOTHING else other[1],
            deed[2] if other[2] is Kind.NOTHING else other[2],
            other[3] if deed[3] is None else deed[3],
        )
