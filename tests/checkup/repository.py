"""Facts about a repository where everything is as strong as it can be, for tests to weaken."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from agentowners.change.model import Account, AccountType
from agentowners.checkup.examine import examine
from agentowners.checkup.facts import (
    ACTIONS_APP,
    Actions,
    App,
    Branch,
    BranchRule,
    Bypass,
    Classic,
    Environment,
    Person,
    RepositoryFacts,
    RequiredCheck,
    Ruleset,
    WorkflowToken,
)
from agentowners.checkup.findings import CheckupFinding, Guarantee, Question
from agentowners.checkup.workflows import Workflow, read_workflow
from agentowners.diagnostics import Source
from agentowners.engine.facts import Known, Unavailable
from agentowners.policy.load import load_policy
from agentowners.policy.model import Permission, Policy

OWN_APP = 4242
State = tuple[Question, RepositoryFacts, Guarantee, str, bool]
"""A question, the facts, and the answer: what is guaranteed, words of the reason, whether something can be done."""
POLICY = "/security/ @agents block\n"
GATE = """\
name: AGENTOWNERS
on:
  pull_request_target:
    types: [opened, reopened, synchronize, edited, ready_for_review, labeled, unlabeled, closed]
  merge_group:
  workflow_run:
    workflows: [AGENTOWNERS review signal]
    types: [completed]
  push:
    branches: [main]
  schedule:
    - cron: "17 5 * * *"
permissions: {}
jobs:
  gate:
    permissions:
      contents: read
      pull-requests: write
      checks: write
    uses: agentowners/agentowners-action/.github/workflows/agentowners.yml@v1
"""
SIGNAL = """\
name: AGENTOWNERS review signal
on:
  pull_request_review:
    types: [submitted, edited, dismissed]
permissions: {}
jobs:
  signal:
    runs-on: ubuntu-latest
    steps:
      - run: echo a review
"""
OWN_APP_GATE = """\
name: AGENTOWNERS
on:
  pull_request_target:
    types: [opened, reopened, synchronize, edited, closed]
  merge_group:
  workflow_run:
    workflows: [AGENTOWNERS review signal]
    types: [completed]
  push:
    branches: [main]
  schedule:
    - cron: "17 5 * * *"
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-latest
    environment: agentowners
    permissions:
      contents: read
      pull-requests: write
      checks: write
    steps:
      - uses: actions/create-github-app-token@v2
        id: app
        with:
          app-id: ${{ vars.AGENTOWNERS_APP_ID }}
          private-key: ${{ secrets.AGENTOWNERS_APP_KEY }}
      - uses: agentowners/agentowners-action@v1
        with:
          token: ${{ steps.app.outputs.token }}
"""
CHECK = (RequiredCheck("AGENTOWNERS", OWN_APP),)
RULES = (
    BranchRule(kind="required_status_checks", ruleset=1, checks=CHECK, strict=True),
    BranchRule(kind="pull_request", ruleset=1, code_owners=True),
    BranchRule(kind="non_fast_forward", ruleset=1),
    BranchRule(kind="deletion", ruleset=1),
)
QUEUE = BranchRule(kind="merge_queue", ruleset=1)
HIDDEN = Unavailable("GitHub does not tell this token", "administration: read")


def policy(text: str = POLICY) -> Known[Policy | None]:
    return Known(load_policy([Source(".github/AGENTOWNERS", text.encode())]))


def workflows(gate: str = OWN_APP_GATE, *more: str, signal: str = SIGNAL) -> Known[tuple[Workflow, ...]]:
    texts = {"agentowners": gate, "signal": signal} | {f"other{number}": text for number, text in enumerate(more)}
    return Known(tuple(read_workflow(f".github/workflows/{name}.yml", text.encode()) for name, text in texts.items()))


def branch(name: str = "main", **changes: Any) -> Branch:
    return replace(Branch(name, Known(None), (), False, Known(RULES)), **changes)


def without(*kinds: str) -> Known[tuple[BranchRule, ...]]:
    return Known(tuple(rule for rule in RULES if rule.kind not in kinds))


def requiring(app: int | None, name: str = "AGENTOWNERS", *, strict: bool = False) -> Known[tuple[BranchRule, ...]]:
    rule = BranchRule(kind="required_status_checks", ruleset=1, checks=(RequiredCheck(name, app),), strict=strict)
    return Known((rule, *without("required_status_checks").value))


def classic(**changes: Any) -> Classic:
    return replace(Classic(checks=CHECK, for_admins=True, pull_requests=True), **changes)


def ruleset(*bypass: Bypass) -> dict[int, Any]:
    return {1: Known(Ruleset("AGENTOWNERS", "acme/shop", Known(bypass)))}


def person(login: str, permission: Permission = Permission.WRITE, type: AccountType = AccountType.USER) -> Person:
    return Person(Account(login, None, type), permission)


def app(slug: str, **permissions: str) -> App:
    return App(77, slug, permissions)


def facts(**changes: Any) -> RepositoryFacts:
    """A repository that is as strong as it can be where an App of its own reports the check, with changes."""
    strong = RepositoryFacts(
        repository="acme/shop",
        organization=True,
        private=False,
        forks=True,
        default_branch="main",
        branches=(branch(),),
        rulesets=ruleset(),
        policy=policy(),
        workflows=workflows(),
        code_owners=Known(b"* @acme/core\n"),
        actions=Known(Actions(True, "all")),
        workflow_token=Known(WorkflowToken(False, False)),
        fork_approval=Known("first-time contributors"),
        keys=Known(()),
        people=Known((person("octocat", Permission.ADMIN),)),
        apps=Known(()),
        environments={"agentowners": Known(Environment(("main",), Known(("AGENTOWNERS_APP_KEY",))))},
        secrets=Known(()),
    )
    return replace(strong, **changes)


def with_actions(**changes: Any) -> RepositoryFacts:
    """The same where the check comes from GitHub Actions, as on the front page."""
    standard: dict[str, Any] = {"workflows": workflows(GATE), "branches": (branch(rules=requiring(ACTIONS_APP)),)}
    return facts(**(standard | changes))


def answers(given: RepositoryFacts, question: Question) -> list[CheckupFinding]:
    return [finding for finding in examine(given).findings if finding.question is question]


def answer(given: RepositoryFacts, question: Question) -> CheckupFinding:
    (found,) = answers(given, question)
    return found
