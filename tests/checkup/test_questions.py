"""Every question in each of its states: what is guaranteed, why, and whether something can be done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agentowners.change.model import AccountType
from agentowners.checkup.examine import examine
from agentowners.checkup.facts import (
    ACTIONS_APP,
    PROTECTED_ONLY,
    Actions,
    BranchRule,
    Bypass,
    Environment,
    Facts,
    Known,
    RequiredCheck,
    Unavailable,
    WorkflowToken,
)
from agentowners.checkup.findings import Guarantee, Question
from agentowners.policy.model import Permission
from tests.checkup.repository import (
    GATE,
    HIDDEN,
    OWN_APP,
    OWN_APP_GATE,
    QUEUE,
    RULES,
    SIGNAL,
    answer,
    app,
    branch,
    classic,
    facts,
    person,
    policy,
    requiring,
    ruleset,
    with_actions,
    without,
    workflows,
)

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


def on_main(**changes: Any) -> Facts:
    return facts(branches=(branch(**changes),))


def test_where_everything_is_strong_only_what_nothing_can_close_is_left() -> None:
    checkup = examine(facts())
    weak = {finding.question for finding in checkup.findings if finding.guarantee is not STRONG}
    assert weak == {Q.BORROWED, Q.MERGE_QUEUE}
    assert checkup.next is not None
    assert checkup.next.question is Q.MERGE_QUEUE
    named = branch(rules=requiring(OWN_APP, "AGENTOWNERS (main)"))
    best = examine(facts(workflows=workflows(NAMES_ITS_BASE), branches=(named,)))
    assert {finding.question for finding in best.findings if finding.guarantee is not STRONG} == {Q.BORROWED, Q.MERGE_QUEUE}
    assert best.next is None


STATES: list[tuple[Question, Facts, Guarantee, str, bool]] = [
    # the check is required
    (Q.REQUIRED, facts(), STRONG, f"App {OWN_APP} has to report it", False),
    (Q.REQUIRED, with_actions(), STRONG, "GitHub Actions has to report it", False),
    (Q.REQUIRED, facts(workflows=HIDDEN), NO, "cannot be told", True),
    (Q.REQUIRED, on_main(rules=requiring(None)), BEST, "any App may report it", True),
    (Q.REQUIRED, on_main(rules=requiring(ACTIONS_APP)), NO, "the gate reports as an App of your own", True),
    (Q.REQUIRED, with_actions(branches=(branch(),)), NO, "the gate reports as GitHub Actions: nothing can be merged", True),
    (Q.REQUIRED, on_main(rules=requiring(OWN_APP, "Other")), NO, "nothing requires `AGENTOWNERS`", True),
    (Q.REQUIRED, on_main(rules=without("required_status_checks")), NO, "nothing requires `AGENTOWNERS`", True),
    (Q.REQUIRED, on_main(rules=Known(()), classic=Known(classic())), STRONG, "has to report it", False),
    (Q.REQUIRED, on_main(rules=Known(()), classic=HIDDEN), NO, "cannot be told", True),
    (Q.REQUIRED, on_main(rules=HIDDEN), NO, "cannot be told", True),
    (Q.REQUIRED, on_main(rules=Known(()), classic=HIDDEN, seen=classic().checks), STRONG, "has to report it", False),
    (Q.REQUIRED, on_main(rules=Known((WORKFLOW_RULE,))), STRONG, "the gate's workflow itself", False),
    (Q.REQUIRED, facts(branches=(branch(rules=Known(())),), unprotectable=True), NO, "on this plan", True),
    # who gets around it
    (Q.BYPASS, facts(), STRONG, "binds everybody", False),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("RepositoryRole", 5))), BEST, "repository administrators", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("RepositoryRole", 2))), BEST, "the maintain role", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("RepositoryRole", 4))), NO, "the write role", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("RepositoryRole", 99))), NO, "role 99", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("Team", 9))), BEST, "team 9", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("User", 9))), BEST, "user 9", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("OrganizationAdmin", 1))), BEST, "organization administrators", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("DeployKey", None))), NO, "deploy keys", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("Integration", 77))), NO, "App 77", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("Integration", 77)), apps=Known((app("renovate"),))), BEST, "`renovate`", True),
    (Q.BYPASS, facts(rulesets=ruleset(Bypass("Integration", 77)), apps=Known((app("claude"),))), NO, "agent's App", True),
    (Q.BYPASS, facts(rulesets={1: HIDDEN}), NO, "cannot be told", True),
    (Q.BYPASS, facts(rulesets={}), NO, "cannot be told", True),
    (Q.BYPASS, on_main(rules=Known(()), classic=Known(classic())), STRONG, "branch protection binds everybody", False),
    (Q.BYPASS, on_main(rules=Known(()), classic=Known(classic(for_admins=False))), BEST, "administrators", True),
    (Q.BYPASS, on_main(rules=Known(()), classic=HIDDEN, seen=classic().checks), BEST, "administrators", True),
    # of two that require it, the better one holds
    (
        Q.BYPASS,
        facts(rulesets=ruleset(Bypass("RepositoryRole", 4)), branches=(branch(classic=Known(classic())),)),
        STRONG,
        "branch protection",
        False,
    ),
    # other ways onto a branch
    (Q.DIRECT_PUSH, facts(), STRONG, "pull requests are required", False),
    (Q.DIRECT_PUSH, on_main(rules=without("pull_request")), BEST, "pushes without a pull request; what is pushed", True),
    (Q.DIRECT_PUSH, on_main(rules=without("non_fast_forward")), BEST, "force pushes", True),
    (Q.DIRECT_PUSH, on_main(rules=without("deletion")), BEST, "deleting it", True),
    (Q.DIRECT_PUSH, on_main(rules=Known(())), NO, "nothing refuses pushes", True),
    (Q.DIRECT_PUSH, on_main(rules=Known(()), classic=HIDDEN), NO, "cannot be told", True),
    (Q.DIRECT_PUSH, on_main(rules=HIDDEN, classic=Known(None)), NO, "cannot be told", True),
    (Q.DIRECT_PUSH, on_main(rules=Known(()), classic=Known(classic())), STRONG, "pull requests are required", False),
    (Q.DIRECT_PUSH, on_main(rules=Known(()), classic=Known(classic(force_pushes=True))), BEST, "force pushes", True),
    (Q.DIRECT_PUSH, on_main(rules=Known(()), classic=Known(classic(deletions=True))), BEST, "deleting it", True),
    (Q.DIRECT_PUSH, on_main(rules=Known(()), classic=Known(classic(direct=("hubot",)))), BEST, "hubot", True),
    (Q.DIRECT_PUSH, facts(rulesets=ruleset(Bypass("RepositoryRole", 4))), NO, "the write role", True),
    (Q.DIRECT_PUSH, facts(rulesets={1: HIDDEN}), NO, "cannot be told", True),
    # the moment before a merge
    (Q.MERGE_QUEUE, with_actions(branches=(QUEUED,)), STRONG, "a merge queue judges", False),
    (Q.MERGE_QUEUE, with_actions(branches=(QUEUED,), workflows=workflows(UNQUEUED)), NO, "is not woken", True),
    (Q.MERGE_QUEUE, facts(branches=(QUEUED,)), NO, "may not use the environment `agentowners`", True),
    (Q.MERGE_QUEUE, facts(branches=(QUEUED,), environments={"agentowners": OPENED}), STRONG, "a merge queue judges", False),
    (Q.MERGE_QUEUE, facts(branches=(QUEUED,), environments={"agentowners": HIDDEN}), NO, "cannot be told", True),
    (Q.MERGE_QUEUE, facts(branches=(QUEUED,), environments={}), NO, "cannot be told", False),
    (Q.MERGE_QUEUE, with_actions(), BEST, "the last verdict stands", True),
    (Q.MERGE_QUEUE, with_actions(organization=False), BEST, "the last verdict stands", True),
    (Q.MERGE_QUEUE, facts(workflows=workflows(NAMES_ITS_BASE)), BEST, "retargeting wins nothing", False),
    (Q.MERGE_QUEUE, on_main(rules=HIDDEN), NO, "cannot be told", True),
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
    (Q.WIRING, facts(workflows=workflows(GATE.replace("pull_request_target", "release"))), NO, "nothing wakes", True),
    (Q.REVIEWS, facts(), STRONG, "AGENTOWNERS review signal", False),
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
    (Q.REJUDGED, facts(workflows=workflows(GATE.replace("[main]", "[master]"))), NO, "nothing judges", True),
    (Q.REJUDGED, facts(workflows=workflows(GATE.replace("branches: [main]", "paths: [x]"))), NO, "nothing judges", True),
    (
        Q.REJUDGED,
        facts(workflows=workflows(GATE.replace("  push:\n    branches: [main]", "  schedule:\n    - cron: '1 1 * * *'"))),
        BEST,
        "on a schedule",
        True,
    ),
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
    # forging
    (Q.FORGING, facts(), STRONG, "your App", False),
    (Q.FORGING, on_main(rules=requiring(None)), NO, "and another may", True),
    (Q.FORGING, with_actions(), BEST, "people may", True),
    (Q.FORGING, with_actions(apps=HIDDEN), NO, "cannot be told", True),
    (Q.FORGING, with_actions(people=HIDDEN), NO, "cannot be told", True),
    (Q.FORGING, with_actions(apps=Known((app("claude", workflows="write"),))), NO, "`claude` may write workflows", True),
    (Q.FORGING, with_actions(apps=Known((app("renovate", workflows="write"),))), BEST, "people may", True),
    (Q.FORGING, with_actions(people=Known((person("Copilot", type=AccountType.BOT),))), NO, "`Copilot` may write", True),
    (Q.FORGING, facts(environments={"agentowners": Known(Environment(None, Known(())))}), NO, "every branch may use", True),
    (Q.FORGING, facts(environments={"agentowners": HIDDEN}), NO, "whose key is not safe: cannot be told", True),
    (Q.FORGING, facts(environments={"agentowners": OPENED}), BEST, "the merge queue's branches", False),
    (Q.FORGING, facts(workflows=HIDDEN), NO, "cannot be told", True),
    (Q.FORGING, with_actions(policy=HIDDEN), NO, "cannot be told", True),
    (Q.FORGING, with_actions(keys=HIDDEN), NO, "cannot be told", True),
    (Q.FORGING, with_actions(keys=Known(("ci",))), NO, "deploy key `ci` may write workflows", True),
    (Q.FORGING, with_actions(workflows=workflows(GATE, OTHER), workflow_token=HIDDEN), NO, "cannot be told", True),
    (Q.FORGING, with_actions(workflows=workflows(GATE, OTHER + "permissions: {checks: write}\n")), NO, "other0.yml", True),
    (Q.FORGING, with_actions(workflows=workflows(GATE, OTHER + "permissions: {actions: write}\n")), BEST, "people may", True),
    (Q.FORGING, on_main(rules=Known((WORKFLOW_RULE,))), STRONG, "GitHub runs it", False),
    (Q.APP_KEY, facts(), STRONG, "only the default branch", False),
    (
        Q.APP_KEY,
        facts(workflows=workflows(OWN_APP_GATE.replace("    environment: agentowners\n", ""))),
        NO,
        "no environment",
        True,
    ),
    (Q.APP_KEY, facts(environments={"agentowners": OPENED}), BEST, "the merge queue's branches", False),
    (Q.APP_KEY, facts(environments={"agentowners": Known(None)}), NO, "there is no environment", True),
    (Q.APP_KEY, facts(environments={"agentowners": Known(Environment(None, Known(())))}), NO, "every branch", True),
    (
        Q.APP_KEY,
        facts(environments={"agentowners": Known(Environment((PROTECTED_ONLY,), Known(())))}),
        BEST,
        "every protected",
        True,
    ),
    (
        Q.APP_KEY,
        facts(environments={"agentowners": Known(Environment(("main", "x/*"), Known(())))}),
        BEST,
        "other branches",
        True,
    ),
    (Q.APP_KEY, facts(environments={"agentowners": Known(Environment(("main",), HIDDEN))}), NO, "cannot be told", True),
    (Q.APP_KEY, facts(secrets=Known(("AGENTOWNERS_APP_KEY",))), NO, "the repository's too", True),
    (Q.APP_KEY, facts(secrets=HIDDEN), NO, "cannot be told", True),
    (Q.DEFAULT_SCOPES, facts(), STRONG, "may only read", False),
    (Q.DEFAULT_SCOPES, facts(workflow_token=Known(WorkflowToken(True, False))), NO, "may write", True),
    (Q.DEFAULT_SCOPES, facts(workflow_token=Known(WorkflowToken(False, True))), BEST, "may approve", True),
    (Q.DEFAULT_SCOPES, facts(workflow_token=HIDDEN), NO, "cannot be told", True),
    (Q.OTHER_WORKFLOWS, facts(), STRONG, "none may write", False),
    (Q.OTHER_WORKFLOWS, facts(workflows=workflows(OWN_APP_GATE, OTHER)), STRONG, "none may write", False),
    *(
        (
            Q.OTHER_WORKFLOWS,
            facts(workflows=workflows(OWN_APP_GATE, OTHER.replace("jobs:", SIGNS.format(f"{scope}: write")))),
            BEST,
            "other0.yml",
            True,
        )
        for scope in ("checks", "statuses", "actions")
    ),
    (
        Q.OTHER_WORKFLOWS,
        facts(workflows=workflows(OWN_APP_GATE, OTHER.replace("jobs:", "permissions: write-all\njobs:"))),
        BEST,
        "forge",
        True,
    ),
    (
        Q.OTHER_WORKFLOWS,
        facts(workflows=workflows(OWN_APP_GATE, OTHER), workflow_token=Known(WorkflowToken(True, False))),
        BEST,
        "forge",
        True,
    ),
    (Q.OTHER_WORKFLOWS, facts(workflows=workflows(OWN_APP_GATE, OTHER), workflow_token=HIDDEN), NO, "cannot be told", True),
    (Q.OTHER_WORKFLOWS, facts(workflows=workflows(OWN_APP_GATE, "on: [")), NO, "is not understood", True),
    # access
    (Q.AGENTS, facts(), STRONG, "no agent among 1 account and 0 Apps", False),
    (Q.AGENTS, facts(apps=Known((app("cursor", administration="write"),))), NO, "`administration: write`", True),
    (Q.AGENTS, facts(apps=Known((app("nobody-knows-this", workflows="write"),))), NO, "`workflows: write`", True),
    (Q.AGENTS, facts(apps=Known((app("renovate", workflows="write"),))), STRONG, "no agent", False),
    (Q.AGENTS, facts(people=Known((person("claude[bot]", Permission.ADMIN, AccountType.BOT),))), NO, "role `admin`", True),
    (Q.AGENTS, facts(policy=HIDDEN), NO, "cannot be told", True),
    (Q.AGENTS, facts(people=HIDDEN), NO, "cannot be told", True),
    (Q.AGENTS, facts(apps=Unavailable("shown on a page only")), NO, "shown on a page only", False),
    (
        Q.AGENTS,
        facts(policy=policy("agent fixer login=fixer\n"), people=Known((person("fixer", Permission.MAINTAIN),))),
        NO,
        "`fixer` is an agent",
        True,
    ),
    (Q.DEPLOY_KEYS, facts(), STRONG, "no deploy key", False),
    (Q.DEPLOY_KEYS, facts(keys=Known(("ci",))), BEST, "`ci` may write", True),
    (Q.DEPLOY_KEYS, facts(keys=HIDDEN), NO, "cannot be told", True),
    (Q.BORROWED, facts(), NO, "nothing tells them", False),
    (Q.BORROWED, facts(people=Known((person("acme-bot"),))), NO, "a program's name", True),
    (Q.BORROWED, facts(people=Known((person("abbott"),))), NO, "nothing tells them", False),
    (Q.BORROWED, facts(people=Known((person("acme-bot", Permission.READ),))), NO, "nothing tells them", False),
    (
        Q.BORROWED,
        facts(policy=policy("agent b login=acme-bot\n"), people=Known((person("acme-bot"),))),
        NO,
        "nothing tells",
        False,
    ),
    # the policy
    (Q.POLICY, facts(), STRONG, "`.github/AGENTOWNERS` is there", False),
    (Q.POLICY, facts(policy=Known(None)), NO, "there is none", True),
    (Q.POLICY, facts(policy=Unavailable("it does not parse: x")), NO, "does not parse", True),
    (Q.POLICY, facts(policy=HIDDEN), NO, "cannot be told", True),
    (Q.OWNED, facts(), STRONG, "CODEOWNERS names them", False),
    (Q.OWNED, facts(code_owners=Known(None)), BEST, "a person changes them alone", True),
    (Q.OWNED, facts(code_owners=Known(b"/src/ @acme/core\n")), BEST, "a person changes them alone", True),
    (Q.OWNED, facts(code_owners=Known(b"* @acme/core\n/.github/\n")), BEST, "a person changes them alone", True),
    (Q.OWNED, facts(code_owners=HIDDEN), NO, "cannot be told", True),
    (Q.OWNED, on_main(rules=without("pull_request")), BEST, "a person changes them alone", True),
    (Q.OWNED, on_main(rules=without("pull_request"), classic=Known(classic(code_owners=True))), STRONG, "CODEOWNERS", False),
    (Q.OWNED, on_main(rules=without("pull_request"), classic=HIDDEN), NO, "cannot be told", True),
    (Q.OWNED, facts(policy=policy("unprotect /.github/ @agents\n")), NO, "takes what is protected", True),
    (Q.OWNED, facts(policy=policy("unprotect /docs/ @agents\n")), STRONG, "CODEOWNERS", False),
    (Q.BRANCHES, facts(left_out=3), NO, "3 more", True),
]


@pytest.mark.parametrize(("question", "given", "guarantee", "words", "fixable"), STATES)
def test_a_state_has_its_guarantee(question: Question, given: Facts, guarantee: Guarantee, words: str, fixable: bool) -> None:
    found = answer(given, question)
    assert words in found.why
    assert found.guarantee is guarantee
    assert (found.fix is not None) is fixable
    assert found.known is not found.why.startswith("cannot be told:")
    assert found.known or guarantee is NO, "what is not known is never strong"


def test_every_question_is_asked_in_each_of_its_guarantees() -> None:
    assert {question for question, *_ in STATES} == set(Question)


READ = (
    *("policy", "workflows", "code_owners", "actions", "workflow_token", "fork_approval", "keys", "people", "apps", "secrets"),
    *("rules", "classic", "rulesets", "environments"),
)


def _without(given: Facts, name: str) -> Facts:
    changes: Any = {name: HIDDEN}
    if name in ("rules", "classic"):
        return replace(given, branches=tuple(replace(one, **changes) for one in given.branches))
    if name in ("rulesets", "environments"):
        changes = {name: dict.fromkeys(getattr(given, name), HIDDEN)}
    return replace(given, **changes)


@pytest.mark.parametrize("name", READ)
def test_a_fact_that_cannot_be_read_never_makes_anything_stronger(name: str) -> None:
    for given in {id(given): given for _, given, *_ in STATES}.values():
        before = {(one.question, one.branch): one.guarantee.rank for one in examine(given).findings}
        for one in examine(_without(given, name)).findings:
            assert one.guarantee.rank <= before.get((one.question, one.branch), 0), (one, given)


def test_a_check_that_names_its_base_is_looked_for_under_that_name() -> None:
    gate = workflows(GATE + '    with: {check-name: "AGENTOWNERS ({base})"}\n')
    rules = requiring(ACTIONS_APP, "AGENTOWNERS (main)")
    assert answer(facts(workflows=gate, branches=(branch(rules=rules),)), Q.REQUIRED).guarantee is STRONG
    assert answer(facts(workflows=gate, branches=(branch("other", rules=rules),)), Q.REQUIRED).guarantee is NO


def test_each_branch_is_answered_for() -> None:
    found = examine(facts(branches=(branch(), branch("production", rules=Known(()), meant=False)))).findings
    required = {one.branch: one for one in found if one.question is Q.REQUIRED}
    assert (required["main"].guarantee, required["production"].guarantee) == (STRONG, NO)
    assert required["production"].fix == "agentowners doctor --apply --branch production"
    assert [one.branch for one in found if one.question is Q.BYPASS] == ["main"]


def test_worst_comes_first_and_what_is_known_is_mended_before_what_is_not() -> None:
    checkup = examine(facts(keys=HIDDEN, branches=(branch(rules=without("required_status_checks")),)))
    ranks = [finding.guarantee.rank for finding in checkup.sorted]
    assert ranks == sorted(ranks)
    assert checkup.next is not None
    assert checkup.next.question is Q.REQUIRED
    assert RequiredCheck("x", None) not in RULES[0].checks
