"""Situations that several of the tables name."""

from __future__ import annotations

from typing import Any

from agentowners.checkup.facts import ACTIONS_APP, BranchRule, Environment, RepositoryFacts
from agentowners.checkup.findings import Guarantee, Question
from agentowners.engine.facts import Known
from tests.checkup.repository import GATE, OWN_APP_GATE, QUEUE, branch, facts, requiring

STRONG, BEST, NO = Guarantee.STRONG, Guarantee.BEST_EFFORT, Guarantee.UNAVAILABLE
Q = Question
FALLBACK = GATE.replace("pull_request_target", "pull_request")
WORKFLOW_RULE = BranchRule(kind="workflows", ruleset=1, workflows=(".github/workflows/agentowners.yml",))
OTHER = "name: Other\non: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n"
QUEUED = branch(rules=Known((*requiring(ACTIONS_APP).value, QUEUE)))
UNQUEUED = GATE.replace("  merge_group:\n", "")
NAMES_ITS_BASE = OWN_APP_GATE + "          check-name: AGENTOWNERS ({base})\n"
OPENED: Known[Environment | None] = Known(Environment(("main", "gh-readonly-queue/**"), Known(())))
SIGNS = "permissions: {{{}}}\njobs:"


def on_main(**changes: Any) -> RepositoryFacts:
    return facts(branches=(branch(**changes),))
