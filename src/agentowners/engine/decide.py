"""Policy and change become decisions: total, deterministic, the same whatever the order of rules.

A decision is made for every path, every action done to it and every principal who contributed to it, by every layer; the
strictest stands. What is not known is taken in its strictest sense and named in ``Ruling.needs``, so that the caller can find
out, as far as it can make a difference.
"""

from __future__ import annotations

from collections.abc import Iterable

from agentowners.change.model import Because, Change, FileChange
from agentowners.diagnostics import AgentownersError, Diagnostic
from agentowners.engine.approvals import count_approvals
from agentowners.engine.contributions import Reach
from agentowners.engine.evaluator import Evaluator
from agentowners.engine.facts import NO_FACTS, Facts, Need
from agentowners.engine.obligations import Obligation
from agentowners.engine.path_changes import PathChanges
from agentowners.engine.path_judge import PathJudge
from agentowners.engine.scopes import Scopes
from agentowners.engine.settings import effective_settings
from agentowners.engine.verdict import FileDecisions, Judgement
from agentowners.engine.warnings import warnings
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import ByComment, Policy
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
    scopes: Scopes
    """Who is judged on which path."""
    judgements: tuple[Judgement, ...]
    """Every judgement that a file has."""
    obligations: tuple[Obligation, ...]
    """Approvals asked for by layers that are enforced."""
    observed_obligations: tuple[Obligation, ...]
    """Approvals that would be asked for by layers that only observe."""
    needs: frozenset[Need]
    """Every one of them must be answered, ``Known`` or ``Unavailable``, for ``settle``."""
    diagnostics: tuple[Diagnostic, ...] = ()
    vouched: frozenset[int] = frozenset()
    """Indices of the asserted principals for whom the verdict is milder because the change's author answers for them."""


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
    evaluator = Evaluator(policy, change, principals, known, facts)
    scopes = Scopes(change, principals, facts)
    path_changes: PathChanges[Judgement] = PathChanges(change.files)
    paths = sorted(path_changes.of)
    judge = PathJudge(evaluator, scopes, facts, by_author=effective_settings(policy).by_comment is ByComment.AUTHOR)
    judgements: list[Judgement] = []
    others: list[Judgement] = []
    match, deed_of, add = evaluator.matcher.match, path_changes.of, judgements.append
    divided, everybody = scopes.divided, judge.everybody
    for path in paths:
        path_change, matching = deed_of[path], match(path)
        judged = path_change.judged
        if judged is None or divided:
            judgement = judge.judgement(path, matching, path_change)
            if judged is None:
                others.append(judgement)
        else:
            known_one = judged.get(matching)
            if known_one is None:
                known_one = judged[matching] = evaluator.judge((frozenset(matching),), path_change.actions, everybody)
            judgement = known_one
        add(judgement)
    files = FileDecisions(paths, judgements, deed_of, _unlisted(change.files), principals, scopes.of_paths(paths))
    asks, observed = evaluator.asks.asks, evaluator.observed_asks.asks
    commits = judge.commits
    needs = evaluator.needs | judge.needs
    if not needs:
        # who somebody is, and what stands at a path, may save looking into commits
        needs |= commits
    if not commits:
        # until it is known who is judged on what, it is not known what is asked for
        reach = Reach(scopes, files, facts, observed=not asks)
        needs |= count_approvals(asks or observed, policy, change, principals, known, facts, reach).needs
    return Ruling(
        policy=policy,
        change=change,
        principals=principals,
        definitions=known,
        files=files,
        scopes=scopes,
        judgements=(*path_changes.judged, *others),
        obligations=asks,
        observed_obligations=observed,
        needs=frozenset(needs),
        diagnostics=warnings(policy, evaluator.names),
        vouched=frozenset(evaluator.context.leaning),
    )


def restricts_anybody(policy: Policy, change: Change) -> bool:
    """True where there may be a path that is not simply allowed to everybody who contributed to a change.

    Raises:
        MatcherError: the patterns do not fit into memory.
    """
    known = definitions(policy)
    principals = contributors(policy, change.evidence, known, change.author)
    return Evaluator(policy, change, principals, known, NO_FACTS).restricts


def _unlisted(files: Iterable[FileChange]) -> dict[str, FileChange]:
    """By path, the changes for which a path is judged that the head did not change under this name."""
    found = {file.path: file for file in files if file.because is not Because.LISTED}
    if found:
        for path in {path for file in files if file.because is Because.LISTED for path in (file.path, file.previous_path)}:
            found.pop(path or "", None)
    return found
