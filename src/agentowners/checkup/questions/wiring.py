"""Wiring of the gate: its events, its permissions, and whether its verdict counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.checkup.facts import RepositoryFacts, known, missing
from agentowners.checkup.findings import Asked, CheckupFinding, Guarantee, Question
from agentowners.checkup.gate import Gate
from agentowners.checkup.questions.branches import requires_workflow
from agentowners.checkup.workflows import Permissions, Workflow, may_write
from agentowners.engine.facts import Unavailable
from agentowners.policy.model import Policy
from agentowners.policy.patterns import Approver, PrincipalPattern

_ASKED: Final = Asked(Question.GATE, "the gate")
_SET_UP: Final = "`agentowners init` writes the gate's workflows; put them on the default branch"
_NEEDED: Final = {"contents": "read", "pull-requests": "write", "checks": "write"}
_EXPECTED: Final = frozenset({*_NEEDED, "issues"})
_SUPPORTED: Final = "wake the gate by `pull_request_target`, as the Action reference shows"


def on_the_gate(facts: RepositoryFacts, gates: Sequence[Gate]) -> Iterator[CheckupFinding]:
    """The findings about the gate's workflows."""
    workflows = facts.workflows
    if isinstance(workflows, Unavailable):
        yield _ASKED.untold(workflows)
        return
    required = any(requires_workflow(branch, gates) for branch in facts.branches)
    yield _gate(gates, required=required, unclear=missing(*(branch.rules for branch in facts.branches)))
    if not gates:
        return
    yield _allowed(facts, gates)
    yield _wiring(gates)
    yield _reviews(facts, gates, workflows.value)
    yield _token(facts, gates)
    yield _rejudged(facts, gates)
    yield _forks(facts, gates)


def _gate(gates: Sequence[Gate], *, required: bool, unclear: Unavailable | None) -> CheckupFinding:
    question = _ASKED
    if not gates:
        if required:
            elsewhere = "a ruleset runs the gate's workflow, which stands elsewhere; it needs `fail-job: always`"
            return question.untold(Unavailable(elsewhere))
        return question.unavailable("no workflow on the default branch runs the gate", _SET_UP)
    first = gates[0].workflow.path
    modes = {gate.input("enforcement", "active") for gate in gates}
    if None in modes:
        return question.untold(
            Unavailable(f"`{first}` does not say by itself what `enforcement` is"), "write `enforcement: active`"
        )
    if modes != {"active"}:
        return question.unavailable(
            "the gate only reports: `enforcement` is not `active`", f"take `enforcement` out of `{first}`"
        )
    jobs = {gate.input("fail-job", "auto") for gate in gates}
    if required and jobs != {"always"}:
        return question.unavailable(
            "a ruleset requires the workflow, whose job passes while approvals are missing", "set `fail-job: always`"
        )
    if unclear is not None and jobs != {"always"}:
        return question.untold(unclear)
    return question.strong(f"`{first}` judges pull requests, and the verdict counts")


def _allowed(facts: RepositoryFacts, gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.ACTIONS, "permission to run the gate")
    if isinstance(facts.actions, Unavailable):
        return question.untold(facts.actions)
    actions = facts.actions.value
    where = "Settings → Actions → General"
    if not actions.enabled:
        return question.unavailable("GitHub Actions is turned off", f"turn it on: {where}")
    refused = [gate.uses for gate in gates if not _may_use(gate.uses, actions.allowed, actions.patterns, facts.repository)]
    if refused:
        return question.unavailable(f"`{refused[0]}` may not be used here", f"allow `agentowners/agentowners-action@*`: {where}")
    return question.strong("GitHub Actions is turned on, and may use the Action")


def _may_use(uses: str, allowed: str, patterns: Sequence[str], repository: str) -> bool:
    owner = repository.partition("/")[0].lower()
    if allowed == "all" or uses.lower().startswith(f"{owner}/"):
        return True
    return allowed == "selected" and any(_pattern(pattern).fullmatch(uses.lower()) for pattern in patterns)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.lower().split("*")))


def _wiring(gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.WIRING, "what wakes the gate")
    trusted = [gate.workflow for gate in gates if "pull_request_target" in gate.workflow.events]
    if not trusted:
        if any("pull_request" in gate.workflow.events for gate in gates):
            return question.best_effort("`pull_request` takes the workflow from the branch that is judged", _SUPPORTED)
        return question.unavailable("nothing wakes the gate for a pull request", _SUPPORTED)
    filters = [workflow.events["pull_request_target"].get("types") for workflow in trusted]
    for type, without in (
        ("edited", "a pull request that is given another base is not judged again"),
        ("closed", "one that is closed leaves what it asked for on those that share its head commit"),
    ):
        if not any(names is not None and type in names for names in filters):
            return question.best_effort(without, f"add `{type}` to the types of `pull_request_target` in `{trusted[0].path}`")
    return question.strong("`pull_request_target` takes the workflow from the default branch")


def _reviews(facts: RepositoryFacts, gates: Sequence[Gate], workflows: Sequence[Workflow]) -> CheckupFinding:
    question = Asked(Question.REVIEWS, "reviews")
    if any("pull_request_review" in gate.workflow.events for gate in gates):
        return question.best_effort(
            "`pull_request_review` takes the workflow from the branch that is judged", "use the review signal"
        )
    signals = {workflow.name for workflow in workflows if "pull_request_review" in workflow.events}
    listened = {name for gate in gates for name in gate.workflow.events.get("workflow_run", {}).get("workflows", ())}
    if signals & listened:
        heard = any("issue_comment" in gate.workflow.events for gate in gates)
        if not heard and isinstance(facts.policy, Unavailable):
            return question.untold(facts.policy)
        if not heard and facts.comments_count:
            return question.best_effort(
                "the policy lets comments approve, and no comment wakes the gate",
                f"add `issue_comment: {{types: [created, edited, deleted]}}` to the events of `{gates[0].workflow.path}`",
            )
        return question.strong(f"the workflow `{min(signals & listened)}` wakes the gate")
    return question.unavailable(
        "no review wakes the gate: a dismissed approval counts until something else does",
        "add the review signal, and `workflow_run` to the gate, as docs/set-up.md shows",
    )


def _token(facts: RepositoryFacts, gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.GATE_SCOPES, "the gate's token")
    for gate in gates:
        permissions = gate.permissions
        if permissions is None:
            return question.best_effort(
                f"`{gate.workflow.path}` does not say what the token may do", "write the `permissions:` of the Action reference"
            )
        short = [
            f"{scope}: {level}"
            for scope, level in _NEEDED.items()
            if not gate.own_app and not may_write(permissions, scope) and (level == "write" or not _may_read(permissions, scope))
        ]
        if short:
            return question.unavailable(f"it lacks `{'`, `'.join(short)}`", f"grant them in `{gate.workflow.path}`")
        more = [scope for scope in permissions if scope not in _EXPECTED and may_write(permissions, scope)]
        more += ["contents"] if may_write(permissions, "contents") and "*" not in permissions else []
        if more:
            listed = ", ".join("every scope" if scope == "*" else f"`{scope}`" for scope in more)
            return question.best_effort(f"it may write {listed} too", f"take that out of `{gate.workflow.path}`")
    if any(gate.own_app for gate in gates):
        return question.strong("it has what the Action reference lists")
    if isinstance(facts.policy, Unavailable):
        return question.untold(facts.policy)
    if facts.policy.value is not None and _names_teams(facts.policy.value, facts):
        return question.best_effort(
            "the policy names teams, which the workflow's own token cannot read: what they should approve stays closed",
            "use an App's token with `members: read`: see the recipe on teams",
        )
    return question.strong("it has what the Action reference lists")


def _may_read(permissions: Permissions, scope: str) -> bool:
    return permissions.get(scope, permissions.get("*")) in ("read", "write")


def _names_teams(policy: Policy, facts: RepositoryFacts) -> bool:
    owner = f"{facts.repository.partition('/')[0].lower()}/"
    names: list[PrincipalPattern | Approver] = []
    for layer in policy.layers:
        for rule in layer.rules:
            names += [*(principal.positive for principal in rule.principals), *rule.outcome.approvers]
        for default in layer.defaults:
            names += [default.principal, *default.outcome.approvers]
    return any(name.key.startswith(owner) and "*" not in name.key for name in names)


def _rejudged(facts: RepositoryFacts, gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.REJUDGED, "changes of the policy")
    events = [event for gate in gates for event in gate.workflow.events.items()]
    pushes = [filters for name, filters in events if name == "push"]
    scheduled = any(name == "schedule" for name, _ in events)
    if any(_on_default(filters, facts.default_branch) for filters in pushes):
        if not scheduled:
            return question.best_effort(
                "a push to the default branch wakes the gate, unless it says `[skip ci]` or was made with the Actions token",
                "add `schedule` to the gate's events",
            )
        return question.strong("a push to the default branch wakes the gate, and a schedule where one does not")
    if scheduled:
        return question.best_effort(
            "open pull requests are judged again on a schedule only",
            f"add `push` to `{facts.default_branch}` to the gate's events",
        )
    return question.unavailable(
        "nothing judges open pull requests again", f"add `push: {{branches: [{facts.default_branch}]}}` to the gate's events"
    )


def _on_default(filters: object, default: str) -> bool:
    if not isinstance(filters, dict):
        return True
    if set(filters) & {"paths", "paths-ignore", "branches-ignore"} or ("tags" in filters and "branches" not in filters):
        return False
    return "branches" not in filters or any(_pattern(pattern).fullmatch(default.lower()) for pattern in filters["branches"])


def _forks(facts: RepositoryFacts, gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.FORKS, "pull requests from forks")
    if not facts.forks:
        return question.strong("there are none: the repository is private, and may not be forked")
    if any("pull_request_target" in gate.workflow.events for gate in gates):
        whose = known(facts.fork_approval)
        waiting = "" if whose is None else f"; workflows of {whose} wait for a person"
        return question.strong(f"the gate runs from the default branch, with a token that may publish{waiting}")
    return question.graded(Guarantee.BEST_EFFORT, "their runs get a read-only token, and publish no check", _SUPPORTED)
