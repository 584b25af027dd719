"""Policy and change become decisions: total, deterministic, the same whatever the order of rules.

What is not known is taken in its strictest sense and named in ``Ruling.needs``, so that the caller can find out, as far as it can
make a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from msgspec.structs import replace

from agentowners.change.model import Because, Change, FileChange, Kind
from agentowners.diagnostics import AgentownersError
from agentowners.engine.approvals import count_approvals
from agentowners.engine.context import EvaluationContext
from agentowners.engine.evaluator import Evaluator
from agentowners.engine.facts import NO_FACTS, Facts, KindsOf, Known, Need, PathsOf
from agentowners.engine.matcher import Numbers
from agentowners.engine.path_changes import PathChange, collect_path_changes
from agentowners.engine.ruling import Ruling
from agentowners.engine.scopes import Scope, Scopes
from agentowners.engine.settings import effective_settings
from agentowners.engine.verdict import FileDecision, FileDecisions, Judgement
from agentowners.engine.warnings import warnings
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Action, ByComment, Policy

_PLAIN = frozenset({Kind.FILE, Kind.NOTHING})


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
    principals = contributors(policy, change.evidence, known, change.author)
    if change.files and not principals:
        raise AgentownersError("files were changed, and nothing tells who changed them", help="name the principal with `--as`")
    context = EvaluationContext(policy, change, principals, known, facts)
    evaluator = Evaluator(context)
    scopes = Scopes(change, principals, facts)
    judge = _PathJudge(evaluator, scopes, facts, by_author=effective_settings(policy).by_comment is ByComment.AUTHOR)
    path_changes = collect_path_changes(change.files)
    paths = sorted(path_changes)
    judgements = [judge.judgement(path, path_changes[path]) for path in paths]
    needs: set[Need] = {*context.needs, *judge.needs}
    if context.permission is not None and any(judgement.unsettled for judgement in judgements):
        needs.add(context.permission)
    ruling = Ruling(
        policy=policy,
        change=change,
        principals=principals,
        definitions=known,
        files=FileDecisions(paths, judgements, _decider(path_changes, change.files, scopes)),
        scopes=scopes,
        obligations=evaluator.obligations.all,
        observed_obligations=evaluator.observed_obligations.all,
        needs=frozenset(),
        diagnostics=warnings(policy, context.names),
        vouched=frozenset(context.vouched),
    )
    commits = judge.commits
    if commits:
        # until it is known who is judged on what, it is not known what is asked for;
        # and who somebody is, and what stands at a path, may save looking into commits
        needs = needs or {*commits}
    else:
        needs |= count_approvals(ruling, facts, observed=not ruling.obligations)[1]
    return replace(ruling, needs=frozenset(needs))


def restricts_anybody(policy: Policy, change: Change) -> bool:
    """True where there may be a path that is not simply allowed to everybody who contributed to a change.

    Raises:
        MatcherError: the patterns do not fit into memory.
    """
    known = definitions(policy)
    principals = contributors(policy, change.evidence, known, change.author)
    return EvaluationContext(policy, change, principals, known, NO_FACTS).restricts


class _PathJudge:
    """Decides about one path after the other for those who are judged on it, and finds out what else has to be known."""

    def __init__(self, evaluator: Evaluator, scopes: Scopes, facts: Facts, *, by_author: bool) -> None:
        """Decide nothing yet; ``by_author`` says whether it matters if approvals are asked because of people."""
        self.needs: set[KindsOf] = set()
        """Kinds at paths that are not known and could change a judgement."""
        self._by_author = by_author
        self._context = evaluator.context
        self._scopes = scopes
        self._facts = facts
        self._matcher = evaluator.context.matcher
        # paths that the same patterns match are decided alike
        self._judge = cache(evaluator.judge)
        self._some_of = cache(evaluator.context.some_of)
        self._everybody = evaluator.context.some_of(scopes.everyone)
        self._mattering: dict[tuple[tuple[Numbers, ...], tuple[Action, ...], Scope], int] = {}
        self._sought = 0
        self._all_sought = False

    @property
    def commits(self) -> frozenset[PathsOf]:
        """Commits whose paths could still change a judgement."""
        return frozenset(self._scopes.unread(self._sought, everybodys=self._all_sought))

    def judgement(self, path: str, change: PathChange) -> Judgement:
        """The judgement of a path, for all actions done to it and everybody who is judged on it."""
        if change.is_plain and not self._scopes.divided:
            return self._judge((self._matcher.match(path),), change.actions, self._everybody)
        scope = self._scopes.of(path)
        some = self._some_of(scope.perhaps)
        views = self._views(path, change, some)
        if scope.surely != scope.perhaps:
            key = (views, change.actions, scope)
            if key not in self._mattering:
                self._mattering[key] = self._find_mattering(*key)
            self._sought |= self._mattering[key]
            self._all_sought |= self._mattering[key] != 0 and self._scopes.is_everybodys(path)
        return self._judge(views, change.actions, some)

    def _views(self, path: str, change: PathChange, principals: tuple[int, ...]) -> tuple[Numbers, ...]:
        """The patterns that match a path; a link or a submodule can also be taken for a directory of that name."""
        as_file = self._matcher.match(path)
        if change.is_plain:
            return (as_file,)
        kinds = {change.before, change.after}
        as_directory = (*as_file, *self._matcher.match(f"{path}/"))
        if set(as_file) == set(as_directory):
            return (as_file,)
        if Kind.UNKNOWN in kinds:
            answer = self._facts.get(KindsOf(path))
            if isinstance(answer, Known) and isinstance(answer.value, tuple):
                kinds = {kind for kind in answer.value if isinstance(kind, Kind)}
            elif answer is None:
                either = [self._judge((view,), change.actions, principals) for view in (as_file, as_directory)]
                if either[0] != either[1]:
                    self.needs.add(KindsOf(path))
        if Kind.UNKNOWN in kinds and not kinds & {Kind.SYMLINK, Kind.SUBMODULE}:
            return (as_file, as_directory)
        return (as_file,) if kinds <= _PLAIN else (as_directory,)

    def _find_mattering(self, views: tuple[Numbers, ...], actions: tuple[Action, ...], scope: Scope) -> int:
        """The principals, as a set, who make a judgement stricter than it would be without them."""

        def effect(principals: int) -> tuple[object, ...]:
            return self._effect(self._judge(views, actions, self._some_of(principals)))

        least = effect(scope.surely)
        if least == effect(scope.perhaps):
            return 0
        doubtful = scope.perhaps & ~scope.surely
        kinds = (kind & doubtful for kind in self._context.kinds if kind & doubtful)
        return sum(kind for kind in kinds if effect(scope.surely | kind) != least)

    def _effect(self, judgement: Judgement) -> tuple[object, ...]:
        """The parts of a judgement that a verdict stands on; not in whose name, nor by which of several rules."""
        return (
            judgement.decision,
            frozenset(judgement.obligations),
            judgement.observed,
            frozenset(judgement.observed_obligations),
            (judgement.of_people, judgement.observed_of_people) if self._by_author else None,
        )


def _decider(
    changes: Mapping[str, PathChange], files: Sequence[FileChange], scopes: Scopes
) -> Callable[[str, Judgement], FileDecision]:
    """Puts together what is known of a judged path."""
    those = cache(scopes.those)

    @cache
    def unlisted() -> Mapping[str, FileChange]:
        """By path, the changes for which a path is judged that the head did not change under this name."""
        listed = {path for file in files if file.because is Because.LISTED for path in (file.path, file.previous_path)}
        return {file.path: file for file in files if file.because is not Because.LISTED and file.path not in listed}

    def decision(path: str, judgement: Judgement) -> FileDecision:
        change, other = changes[path], unlisted().get(path)
        because, stands_for = (Because.LISTED, None) if other is None else (other.because, other.stands_for)
        principals = those(scopes.of(path).perhaps)
        return FileDecision(path, change.actions, judgement, change.first_line, because, stands_for, principals)

    return decision
