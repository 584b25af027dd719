"""Judges one path after the other, where that takes more than the patterns that match it: who contributed to it, and what stands
there."""

from __future__ import annotations

from collections.abc import Callable

from agentowners.change.model import Kind
from agentowners.engine.evaluator import Evaluator
from agentowners.engine.facts import Facts, KindsOf, Known, PathsOf
from agentowners.engine.path_changes import PathChange
from agentowners.engine.scopes import Scope, Scopes
from agentowners.engine.verdict import Judgement
from agentowners.policy.model import Action

_PLAIN = frozenset({Kind.FILE, Kind.NOTHING})
_Who = tuple[int, ...]
"""Indices of principals: one for each kind of them."""


class PathJudge:
    """Judges paths for those who are judged on them, and finds out whose commits have to be looked into."""

    def __init__(self, evaluator: Evaluator, scopes: Scopes, facts: Facts, *, by_author: bool) -> None:
        """Judge nothing yet; ``by_author`` says whether it matters if approvals are asked because of people."""
        self._by_author = by_author
        self._court = evaluator
        self._scopes = scopes
        self._facts = facts
        self.everybody = evaluator.some_of(scopes.everyone)
        self.needs: set[KindsOf] = set()
        """What may stand at paths, where that could change a judgement."""
        self._sought = 0
        self._all_sought = False
        self._supposed: dict[tuple[tuple[Action, ...], tuple[int, ...], _Who], Judgement] = {}
        self._mattering: dict[tuple[tuple[Action, ...], tuple[int, ...], _Who, _Who], int] = {}

    def judgement(self, path: str, matching: tuple[int, ...], path_change: PathChange[Judgement]) -> Judgement:
        """What is decided about a path, given the numbers of the patterns that match it."""
        scope = self._scopes.of(path)
        who = self._court.some_of(scope.perhaps)
        judged = path_change.judged
        if judged is None:
            found = self._of_link(path, matching, path_change, who)
        else:
            known = judged.get((matching, who))
            if known is None:
                known = judged[matching, who] = self._plain(matching, path_change, who)
            found = known
        if scope.surely != scope.perhaps:
            self._seek(path, matching, path_change, scope, found)
        return found

    @property
    def commits(self) -> frozenset[PathsOf]:
        """Commits whose paths could still change a judgement."""
        return frozenset(self._scopes.unread(self._sought, everybodys=self._all_sought))

    def _plain(self, matching: tuple[int, ...], path_change: PathChange[Judgement], who: _Who) -> Judgement:
        return self._court.judge((frozenset(matching),), path_change.actions, who)

    def _seek(
        self, path: str, matching: tuple[int, ...], path_change: PathChange[Judgement], scope: Scope, found: Judgement
    ) -> None:
        """Note whose commits make a difference for a path: those of the principals without whom less would be decided."""
        surely, perhaps = self._court.some_of(scope.surely), self._court.some_of(scope.perhaps)
        key = (path_change.actions, matching, surely, perhaps)
        mattering = self._mattering.get(key) if path_change.judged is not None else None
        if mattering is None:

            def judge(who: _Who) -> Judgement:
                if path_change.judged is None:
                    return self._of_link(path, matching, path_change, who)
                known = self._supposed.get((path_change.actions, matching, who))
                if known is None:
                    known = self._supposed[path_change.actions, matching, who] = self._plain(matching, path_change, who)
                return known

            asked = set(self._court.needs)
            mattering = self._difference(judge, scope, found)
            # what is only supposed asks for nothing
            self._court.needs &= asked
            if path_change.judged is not None:
                self._mattering[key] = mattering
        sought = mattering & scope.perhaps & ~scope.surely
        self._sought |= sought
        self._all_sought |= sought != 0 and self._scopes.is_everybodys(path)

    def _difference(self, judge: Callable[[_Who], Judgement], scope: Scope, found: Judgement) -> int:
        """The kinds of principals, as one set, that make a judgement stricter than it would be without them."""
        some_of = self._court.some_of
        least = self._decided(judge(some_of(scope.surely)))
        if least == self._decided(found):
            return 0
        mattering = 0
        for kind in self._court.kinds:
            if kind & scope.perhaps & ~scope.surely:
                more = judge(some_of(scope.surely | kind & scope.perhaps))
                mattering |= kind if self._decided(more) != least else 0
        return mattering

    def _decided(self, judgement: Judgement) -> tuple[object, ...]:
        """What of a judgement a verdict stands on; not in whose name, nor by which of several rules."""
        return (
            judgement.decision,
            frozenset(judgement.obligations),
            judgement.observed,
            frozenset(judgement.observed_obligations),
            (judgement.of_people, judgement.observed_of_people) if self._by_author else None,
        )

    def _of_link(self, path: str, plain: tuple[int, ...], path_change: PathChange[Judgement], who: _Who) -> Judgement:
        """Judge a path where a link or a submodule stands or stood, or may: it can be taken for a directory of that name."""
        evaluator, actions, before, after = self._court, path_change.actions, path_change.before, path_change.after
        as_file = frozenset(plain)
        as_directory = as_file | frozenset(evaluator.matcher.match(f"{path}/"))
        kinds = {before, after}
        if as_directory == as_file:
            return evaluator.judge((as_file,), actions, who)
        if Kind.UNKNOWN in kinds:
            need = KindsOf(path)
            answer = self._facts.get(need)
            if isinstance(answer, Known) and isinstance(answer.value, tuple):
                kinds = {kind for kind in answer.value if isinstance(kind, Kind)}
            elif evaluator.judge((as_file,), actions, who) != evaluator.judge((as_directory,), actions, who):
                self.needs.add(need)
        if Kind.UNKNOWN in kinds and not kinds & {Kind.SYMLINK, Kind.SUBMODULE}:
            return evaluator.judge((as_file, as_directory), actions, who)
        return evaluator.judge((as_file,) if kinds <= _PLAIN else (as_directory,), actions, who)
