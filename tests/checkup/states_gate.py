"""How the gate is set up, in each of its states."""

from __future__ import annotations

from agentowners.checkup.facts import Actions
from agentowners.engine.facts import Known
from tests.checkup.repository import (
    GATE,
    HIDDEN,
    SIGNAL,
    State,
    branch,
    facts,
    policy,
    with_actions,
    workflows,
)
from tests.checkup.situations import (
    BEST,
    FALLBACK,
    NO,
    OTHER,
    STRONG,
    WORKFLOW_RULE,
    Q,
    on_main,
)

UNSCHEDULED = GATE.replace('  schedule:\n    - cron: "17 5 * * *"\n', "")
COMMENTS = "/security/ @agents block\napprovals by_comment=others\n"

STATES: list[State] = [
    # the gate
    (Q.GATE, facts(), STRONG, "judges pull requests", False),
    (Q.GATE, facts(workflows=workflows(OTHER)), NO, "no workflow on the default branch", True),
    (Q.GATE, facts(workflows=workflows(OTHER), branches=(branch(rules=Known((WORKFLOW_RULE,))),)), NO, "elsewhere", False),
    (Q.GATE, facts(workflows=workflows(GATE + "    with: {enforcement: evaluate}\n")), NO, "only reports", True),
    (Q.GATE, facts(workflows=workflows(GATE + "    with: {enforcement: '${{ vars.X }}'}\n")), NO, "cannot be told", True),
    (
        Q.GATE,
        facts(workflows=workflows(GATE.replace("agentowners/agentowners-action", "acme/.github"))),
        NO,
        "cannot be told",
        True,
    ),
    (Q.GATE, facts(workflows=HIDDEN), NO, "cannot be told", True),
    (Q.GATE, on_main(rules=HIDDEN), NO, "cannot be told", True),
    (Q.BYPASS, facts(workflows=HIDDEN), NO, "cannot be told", True),
    (Q.GATE, on_main(rules=Known((WORKFLOW_RULE,))), NO, "passes while approvals are missing", True),
    (
        Q.GATE,
        with_actions(
            branches=(branch(rules=Known((WORKFLOW_RULE,))),), workflows=workflows(GATE + "    with: {fail-job: always}\n")
        ),
        STRONG,
        "judges",
        False,
    ),
    # what may run
    (Q.ACTIONS, facts(), STRONG, "turned on", False),
    (Q.ACTIONS, facts(actions=Known(Actions(False, ""))), NO, "turned off", True),
    (Q.ACTIONS, facts(actions=Known(Actions(True, "local_only"))), NO, "may not be used", True),
    (Q.ACTIONS, facts(actions=Known(Actions(True, "selected", ("actions/*",)))), NO, "may not be used", True),
    (
        Q.ACTIONS,
        facts(actions=Known(Actions(True, "selected", ("agentowners/agentowners-action@*",)))),
        STRONG,
        "turned on",
        False,
    ),
    (Q.ACTIONS, facts(actions=HIDDEN), NO, "cannot be told", True),
    # what wakes it
    (Q.WIRING, facts(), STRONG, "from the default branch", False),
    (Q.WIRING, facts(workflows=workflows(FALLBACK)), BEST, "from the branch that is judged", True),
    (Q.WIRING, facts(workflows=workflows(GATE.replace("edited, ", ""))), BEST, "another base", True),
    (Q.WIRING, facts(workflows=workflows(GATE.replace(", closed", ""))), BEST, "share its head commit", True),
    (Q.WIRING, facts(workflows=workflows(GATE.replace("pull_request_target", "release"))), NO, "nothing wakes", True),
    (Q.REVIEWS, facts(), STRONG, "AGENTOWNERS review signal", False),
    (Q.REVIEWS, facts(policy=policy(COMMENTS)), BEST, "lets comments approve", True),
    (
        Q.REVIEWS,
        facts(policy=policy(COMMENTS), workflows=workflows(GATE.replace("  push:", "  issue_comment:\n  push:"))),
        STRONG,
        "AGENTOWNERS review signal",
        False,
    ),
    (Q.REVIEWS, facts(workflows=workflows(signal=OTHER)), NO, "no review wakes the gate", True),
    (Q.REVIEWS, facts(workflows=workflows(signal=SIGNAL.replace("name: AGENTOWNERS", "name: Another"))), NO, "no review", True),
    (
        Q.REVIEWS,
        facts(workflows=workflows(GATE.replace("workflow_run", "pull_request_review"))),
        BEST,
        "branch that is judged",
        True,
    ),
    (Q.REJUDGED, facts(), STRONG, "a push to the default branch", False),
    (Q.REJUDGED, facts(workflows=workflows(UNSCHEDULED)), BEST, "`[skip ci]`", True),
    (Q.REJUDGED, facts(workflows=workflows(UNSCHEDULED.replace("[main]", "[master]"))), NO, "nothing judges", True),
    (Q.REJUDGED, facts(workflows=workflows(UNSCHEDULED.replace("branches: [main]", "paths: [x]"))), NO, "nothing judges", True),
    (Q.REJUDGED, facts(workflows=workflows(GATE.replace("[main]", "[master]"))), BEST, "on a schedule", True),
    (Q.FORKS, facts(), STRONG, "first-time contributors wait", False),
    (Q.FORKS, facts(private=True, forks=False, workflows=workflows(FALLBACK)), STRONG, "there are none", False),
    (Q.FORKS, facts(workflows=workflows(FALLBACK)), BEST, "read-only token", True),
    (Q.FORKS, facts(fork_approval=HIDDEN), STRONG, "may publish", False),
    # what its token may
    (Q.GATE_SCOPES, with_actions(), STRONG, "what the Action reference lists", False),
    (Q.GATE_SCOPES, with_actions(workflows=workflows(GATE.replace("      checks: write\n", ""))), NO, "`checks: write`", True),
    (
        Q.GATE_SCOPES,
        with_actions(workflows=workflows(GATE.replace("contents: read", "contents: none"))),
        NO,
        "contents: read",
        True,
    ),
    (
        Q.GATE_SCOPES,
        with_actions(workflows=workflows(GATE.replace("contents: read", "contents: write"))),
        BEST,
        "`contents`",
        True,
    ),
    (
        Q.GATE_SCOPES,
        with_actions(workflows=workflows(GATE.replace("      contents", "      actions: write\n      contents"))),
        BEST,
        "`actions`",
        True,
    ),
    (Q.GATE_SCOPES, with_actions(policy=policy("/infra/ @agents require_approval @acme/sre\n")), BEST, "names teams", True),
    (Q.GATE_SCOPES, with_actions(policy=HIDDEN), NO, "cannot be told", True),
    (Q.GATE_SCOPES, facts(policy=policy("/infra/ @agents require_approval @acme/sre\n")), STRONG, "reference lists", False),
]
