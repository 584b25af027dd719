"""Policy and change become decisions: total, deterministic, the same whatever the order of rules.

A decision is made for every path, every action done to it and every principal who contributed, by every layer; the strictest
stands. What is not known is taken in its strictest sense and named in ``Ruling.needs``, so that the caller can find out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from agentowners.change.model import Change, FileChange, Kind, Status
from agentowners.diagnostics import AgentownersError, Diagnostic
from agentowners.engine.approvals import weigh
from agentowners.engine.court import Court
from agentowners.engine.facts import NO_FACTS, Facts, KindsOf, Known, Need
from agentowners.engine.obligations import Ask
from agentowners.engine.verdict import FileDecision, Judgement
from agentowners.engine.warnings import undefined_names
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.identity.resolve import definitions, resolve
from agentowners.policy.model import Action, Policy


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided, and what must be found out before it is a verdict."""

    policy: Policy
    change: Change
    principals: tuple[Principal, ...]
    definitions: tuple[AgentDefinition, ...]
    files: Sequence[FileDecision]
    """Sorted by path."""
    obligations: tuple[Ask, ...]
    """Approvals asked for by layers that are enforced."""
    observed_obligations: tuple[Ask, ...]
    """Approvals that would be asked for by layers that only observe."""
    needs: frozenset[Need]
    """Every one of them must be answered, ``Known`` or ``Unavailable``, for ``settle``."""
    diagnostics: tuple[Diagnostic, ...] = ()


class _Deed(NamedTuple):
    """What was done to one path, all entries of the change taken together."""

    actions: tuple[Action, ...]
    before: Kind
    after: Kind
    first_line: int | None


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
    files: list[FileDecision] = []
    cache: dict[tuple[tuple[Action, ...], tuple[int, ...]], Judgement] = {}
    match = court.matcher.match
    for path, deed in sorted(_deeds(change.files).items()):
        plain = match(path)
        if deed.before in _PLAIN and deed.after in _PLAIN:
            judgement = cache.get((deed.actions, plain))
            if judgement is None:
                judgement = cache[deed.actions, plain] = court.judge((frozenset(plain),), deed.actions)
        else:
            judgement = _judge_link(court, path, plain, deed, facts, needs)
        files.append(FileDecision(path, deed.actions, judgement, deed.first_line))
    needs |= court.needs
    asks, observed = court.asks.asks, court.observed_asks.asks
    needs |= weigh(asks or observed, policy, change, principals, known, facts).needs
    return Ruling(
        policy=policy,
        change=change,
        principals=principals,
        definitions=known,
        files=files,
        obligations=asks,
        observed_obligations=observed,
        needs=frozenset(needs),
        diagnostics=policy.diagnostics + undefined_names(policy, court.names),
    )


_PLAIN = frozenset({Kind.FILE, Kind.NOTHING})


def _judge_link(court: Court, path: str, plain: tuple[int, ...], deed: _Deed, facts: Facts, needs: set[Need]) -> Judgement:
    """Judge a path where a link or a submodule stands or stood, or may: it can be taken for a directory of that name."""
    as_file = frozenset(plain)
    as_directory = as_file | frozenset(court.matcher.match(f"{path}/"))
    kinds = {deed.before, deed.after}
    if as_directory == as_file:
        return court.judge((as_file,), deed.actions)
    if Kind.UNKNOWN in kinds:
        need = KindsOf(path)
        answer = facts.get(need)
        if isinstance(answer, Known) and isinstance(answer.value, tuple):
            kinds = {kind for kind in answer.value if isinstance(kind, Kind)}
        elif court.judge((as_file,), deed.actions) != court.judge((as_directory,), deed.actions):
            needs.add(need)
    if Kind.UNKNOWN in kinds and not kinds & {Kind.SYMLINK, Kind.SUBMODULE}:
        return court.judge((as_file, as_directory), deed.actions)
    return court.judge((as_file,) if kinds <= _PLAIN else (as_directory,), deed.actions)


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
    for path, deed in _single_deeds(files):
        other = deeds.get(path)
        if other is not None:
            deed = _Deed(
                tuple(sorted({*other.actions, *deed.actions}, key=_ORDER.__getitem__)),
                deed.before if other.before is Kind.NOTHING else other.before,
                deed.after if other.after is Kind.NOTHING else other.after,
                other.first_line if deed.first_line is None else deed.first_line,
            )
        deeds[path] = deed
    return deeds


def _single_deeds(files: Iterable[FileChange]) -> Iterator[tuple[str, _Deed]]:
    for file in files:
        if file.status is not Status.RENAMED:
            yield file.path, _Deed(_ACTIONS[file.status], file.before, file.after, file.first_line)
        elif file.previous_path is None:
            yield file.path, _Deed((Action.FILE_RENAME,), file.before, file.after, file.first_line)
        else:
            yield file.previous_path, _Deed((Action.FILE_DELETE, Action.FILE_RENAME), file.before, Kind.NOTHING, None)
            yield file.path, _Deed(_ACTIONS[file.status], Kind.NOTHING, file.after, file.first_line)
