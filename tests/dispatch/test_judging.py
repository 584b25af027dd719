"""Judgements that are kept, and how many."""

from __future__ import annotations

import pytest

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.diagnostics import Source
from agentowners.dispatch import judging
from agentowners.dispatch.model import Access
from agentowners.engine.evaluator import Evaluator
from agentowners.engine.matcher import Numbers
from agentowners.engine.verdict import Judgement
from agentowners.policy.load import load_policy
from agentowners.policy.model import Action, Decision

JUDGE = Evaluator.judge


def test_paths_of_the_same_patterns_are_judged_once_and_only_so_many_judgements_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Action, ...]] = []

    def judge(
        evaluator: Evaluator, views: tuple[Numbers, ...], actions: tuple[Action, ...], principals: tuple[int, ...]
    ) -> Judgement:
        asked.append(actions)
        return JUDGE(evaluator, views, actions, principals)

    monkeypatch.setattr(Evaluator, "judge", judge)
    monkeypatch.setattr(judging, "_KEPT", 2)
    policy = load_policy([Source("AGENTOWNERS", b"*a* @agents block\n*b* @agents block\n")])
    evidence = Evidence(Signal.DECLARED, Strength.DECLARED, name="claude")
    judge_all = judging.AccessJudge(policy, evidence, ("refs/heads/main",), None, lifts=False)
    for path, times in [("x/a", 1), ("y/a", 1), ("z/b", 2), ("a", 2), ("ab", 3), ("a", 4), ("ab", 4)]:
        (decided,) = judge_all.decide([Access(Action.FILE_WRITE, path)])
        assert decided.decision is Decision.BLOCK
        assert len(asked) == times, path
