"""Others who could publish the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.checkup.facts import PROTECTED_ONLY, RepositoryFacts
from agentowners.checkup.findings import Asked, CheckupFinding, Guarantee, Question
from agentowners.checkup.gate import Gate
from agentowners.checkup.questions.branches import names_own_app, requires_workflow
from agentowners.checkup.workflows import Permissions, Workflow, may_write
from agentowners.engine.facts import Known, Unavailable
from agentowners.policy.model import Permission

_RECIPE: Final = "publish the check from an App of your own: see the recipe for a check that workflows cannot forge"
_SETTING: Final = "Settings → Actions → General → Workflow permissions"
_GUARD: Final = "keep the key in an environment that only the default branch may use, and nowhere else"
_FORGING: Final = ("checks", "statuses")
_CANCELING: Final = "actions"


def on_forging(facts: RepositoryFacts, gates: Sequence[Gate]) -> Iterator[CheckupFinding]:
    """The findings about forgers."""
    key = _app_key(facts, gates) if any(gate.own_app for gate in gates) else None
    yield _forging(facts, gates, key)
    if key is not None:
        yield key
    yield _workflow_token(facts)
    if isinstance(facts.workflows, Known):
        yield _others(facts, facts.workflows.value, gates)


def _forging(facts: RepositoryFacts, gates: Sequence[Gate], key: CheckupFinding | None) -> CheckupFinding:
    question = Asked(Question.FORGING, "forging the check")
    if facts.branches and all(requires_workflow(branch, gates) for branch in facts.branches):
        return question.strong("a ruleset requires the gate's workflow itself, and GitHub runs it")
    if isinstance(facts.workflows, Unavailable):
        return question.untold(facts.workflows)
    if key is not None:
        if not all(names_own_app(branch, gates) for branch in facts.branches if branch.meant):
            return question.unavailable(
                "your App reports the check, and another may", "require the check from your App, on every branch"
            )
        if key.guarantee is Guarantee.STRONG:
            return question.strong("the check has to come from your App, whose key no branch's workflow can read")
        return question.graded(key.guarantee, f"the check comes from your App, whose key is not safe: {key.why}", key.fix)
    ways = _ways(facts, facts.workflows.value, gates)
    if ways:
        return question.unavailable(f"the check comes from GitHub Actions, as which every workflow speaks; {ways[0]}", _RECIPE)
    return question.best_effort(
        "no agent may write workflows; but people may, and every workflow speaks as GitHub Actions", _RECIPE
    )


def _ways(facts: RepositoryFacts, workflows: Sequence[Workflow], gates: Sequence[Gate]) -> list[str]:
    """Ways of an agent to a workflow of its own, or its code into one that may write checks."""
    if isinstance(facts.apps, Unavailable) or isinstance(facts.people, Unavailable) or isinstance(facts.policy, Unavailable):
        return ["whether agents may write workflows cannot be told"]
    if isinstance(facts.keys, Unavailable):
        return ["whether a deploy key may write workflows cannot be told"]
    writers = _writers(facts, workflows, gates, _FORGING)
    if writers is None:
        return ["whether other workflows may write checks cannot be told"]
    apps = [app.slug for app in facts.apps.value if app.permissions.get("workflows") == "write" and facts.is_agents_app(app.slug)]
    ways = [f"the App `{slug}` may write workflows" for slug in apps]
    people = [person for person in facts.people.value if person.permission.rank >= Permission.WRITE.rank]
    ways += [f"whoever has the deploy key `{title}` may write workflows" for title in facts.keys.value]
    ways += [f"what `{path}` runs can write checks" for path in writers]
    return ways + [f"`{person.account.login}` may write workflows" for person in people if facts.is_agent(person.account)]


def _app_key(facts: RepositoryFacts, gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.APP_KEY, "your App's key")
    for gate in gates:
        if not gate.own_app:
            continue
        name = gate.environment
        if name is None or "${{" in name:
            return question.unavailable(
                f"the job in `{gate.workflow.path}` uses no environment: every workflow can read its secrets", _GUARD
            )
        environment = facts.environment(name)
        if isinstance(environment, Unavailable):
            return question.untold(environment)
        if environment.value is None:
            return question.unavailable(f"there is no environment `{name}`", _GUARD)
        branches = environment.value.branches
        if branches is None:
            return question.unavailable(f"every branch may use the environment `{name}`", _GUARD)
        if isinstance(environment.value.secrets, Unavailable):
            return question.untold(environment.value.secrets)
        if isinstance(facts.secrets, Unavailable):
            return question.untold(facts.secrets)
        leaked = sorted(secret for secret in gate.secrets if secret in facts.secrets.value)
        if leaked:
            return question.unavailable(f"the secret `{leaked[0]}` is the repository's too, for every workflow to read", _GUARD)
        if PROTECTED_ONLY in branches:
            return question.best_effort(f"every protected branch may use the environment `{name}`", _GUARD)
        others = set(branches) - {facts.default_branch}
        if others and all(other.startswith("gh-readonly-queue/") for other in others):
            return question.best_effort(f"the merge queue's branches may use the environment `{name}` too", None)
        if set(branches) != {facts.default_branch}:
            return question.best_effort(f"other branches may use the environment `{name}` too", _GUARD)
    return question.strong("it is in an environment that only the default branch may use")


def _workflow_token(facts: RepositoryFacts) -> CheckupFinding:
    question = Asked(Question.DEFAULT_SCOPES, "workflows that ask for no permissions")
    if isinstance(facts.workflow_token, Unavailable):
        return question.untold(facts.workflow_token)
    token = facts.workflow_token.value
    if token.may_write:
        return question.unavailable("their token may write, checks too", f"set it to read: {_SETTING}")
    if token.may_approve:
        return question.best_effort(
            "they can write nothing, but Actions may approve pull requests for GitHub's own rules", f"turn that off: {_SETTING}"
        )
    return question.strong("their token may only read")


def _others(facts: RepositoryFacts, workflows: Sequence[Workflow], gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.OTHER_WORKFLOWS, "what other workflows may do")
    writing = _writers(facts, workflows, gates, (*_FORGING, _CANCELING))
    if writing:
        listed = ", ".join(f"`{path}`" for path in writing)
        return question.best_effort(
            f"what {listed} runs can forge the check, or cancel the gate's runs",
            "say `permissions:` there, without `checks`, `statuses` and `actions`",
        )
    unreadable = [workflow.path for workflow in workflows if not workflow.readable]
    if unreadable:
        return question.untold(Unavailable(f"`{unreadable[0]}` is not understood"), f"look at `{unreadable[0]}`")
    if writing is None:
        return question.untold(facts.workflow_token if isinstance(facts.workflow_token, Unavailable) else Unavailable("unclear"))
    return question.strong("none may write checks, statuses or actions")


def _writers(
    facts: RepositoryFacts, workflows: Sequence[Workflow], gates: Sequence[Gate], scopes: Sequence[str]
) -> tuple[str, ...] | None:
    """The workflows, other than the gate, in which a job may write one of the scopes; None where none does and some may."""
    ours = {(gate.workflow.path, gate.job.name) for gate in gates}
    token = facts.workflow_token
    writing, untold = [], any(not workflow.readable for workflow in workflows)
    for workflow in workflows:
        for job in workflow.jobs:
            permissions = workflow.of(job)
            # one that is only called has what its caller has
            if (workflow.path, job.name) in ours or set(workflow.events) == {"workflow_call"}:
                continue
            if permissions is None and isinstance(token, Unavailable):
                untold = True
            elif token.value.may_write if permissions is None and isinstance(token, Known) else _any(permissions, scopes):
                writing.append(workflow.path)
    return tuple(dict.fromkeys(writing)) or (None if untold else ())


def _any(permissions: Permissions | None, scopes: Sequence[str]) -> bool:
    return permissions is not None and any(may_write(permissions, scope) for scope in scopes)
