"""Which workflows run the gate, how it is set up there, and what is missing to make its check count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.checkup.facts import ACTIONS_APP, RepositoryFacts, RequiredCheck
from agentowners.checkup.workflows import ALL, Permissions, Workflow, WorkflowJob, resolved
from agentowners.diagnostics import AgentownersError
from agentowners.values import gathered

STANDARD_NAME: Final = "AGENTOWNERS"
_ACTION: Final = re.compile(r"[\w.-]+/agentowners-action(?:/\.github/workflows/agentowners(?:-audit)?\.ya?ml)?@.+", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(r"[\w.-]+/[\w.-]+/\.github/workflows/[\w.-]*agentowners[\w.-]*\.ya?ml@.+", re.IGNORECASE)
_IN_ENVIRONMENT: Final = re.compile(r"[\w.-]+/agentowners-action/\.github/workflows/agentowners-audit\.ya?ml@.+", re.IGNORECASE)
"""The reusable workflow whose job is in an environment of the caller's."""
_NOT_A_KEY: Final = frozenset({ALL, "GITHUB_TOKEN", "DD_API_KEY"})
_OWN_TOKEN: Final = re.compile(r"\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN)\s*\}\}")


class Gate(Struct, frozen=True, kw_only=True):
    """A job that runs the gate."""

    workflow: Workflow
    """The one that the events start."""
    job: WorkflowJob
    uses: str
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    """As they come to the Action; None for one that cannot be told from the files."""
    written: Mapping[str, str] = field(default_factory=dict)
    """As they stand in the file that names the Action."""
    opaque: bool = False
    """True if it is set up in another repository's workflow."""
    own_app: bool = False
    """True if it speaks with a token that is not the workflow's own."""
    environment: str | None = None
    secrets: frozenset[str] = frozenset()

    @property
    def permissions(self) -> Permissions | None:
        """Permissions of the job's token."""
        return self.workflow.of(self.job)

    def input(self, name: str, default: str) -> str | None:
        """An input's value, None where it cannot be told."""
        if name not in self.inputs:
            return None if self.opaque else default
        value = self.inputs[name]
        return default if value == "" else value


def gates(workflows: Iterable[Workflow]) -> tuple[Gate, ...]:
    """Every job that runs the gate, by the workflow that starts it."""
    listed = tuple(workflows)
    by_path = {f"./{workflow.path}": workflow for workflow in listed}
    all_gates: list[Gate] = []
    for workflow in listed:
        if set(workflow.events) == {"workflow_call"}:
            continue
        for job in workflow.jobs:
            if job.uses in by_path:
                reusable = by_path[job.uses]
                all_gates += [_called(workflow, job, gate) for inner in reusable.jobs for gate in _direct(reusable, inner)]
            else:
                all_gates += _direct(workflow, job)
    return tuple(all_gates)


def check_name(gates: Sequence[Gate], branch: str) -> str:
    """The name of the check that is published for a branch."""
    names = [gate.input("check-name", STANDARD_NAME) for gate in gates]
    name = next((name for name in names if name is not None), STANDARD_NAME)
    return name.replace("{base}", branch)


def _direct(workflow: Workflow, job: WorkflowJob) -> list[Gate]:
    """The gates that a job runs itself, or by a workflow that is not of this repository."""
    environment, opaque = job.environment, False
    named: list[tuple[str, Mapping[str, str], bool]] = []
    if _ACTION.fullmatch(job.uses) or _ELSEWHERE.fullmatch(job.uses):
        own_app, opaque = bool(job.secrets - _NOT_A_KEY), _ACTION.fullmatch(job.uses) is None
        if _IN_ENVIRONMENT.fullmatch(job.uses):
            own_app, environment = bool(job.inputs.get("app-id")), job.inputs.get("environment")
        named.append((job.uses, job.inputs, own_app))
    else:
        for step in job.steps:
            if _ACTION.fullmatch(step.uses):
                token = step.inputs.get("token", "")
                own_app = bool(token and not _OWN_TOKEN.fullmatch(token)) or bool(step.inputs.get("app-id"))
                named.append((step.uses, step.inputs, own_app))
    return [
        Gate(
            workflow=workflow,
            job=job,
            uses=uses,
            inputs={name: resolved(value, {}, {}) for name, value in written.items()},
            written=written,
            opaque=opaque,
            own_app=own_app,
            environment=environment,
            secrets=job.secrets - _NOT_A_KEY,
        )
        for uses, written, own_app in named
    ]


def _called(workflow: Workflow, job: WorkflowJob, gate: Gate) -> Gate:
    """The gate of a reusable workflow as one that calls it sets it up."""
    inputs = {name: value for name, value in gate.written.items() if name != "token"}
    # `secrets.token || github.token`: the caller decides
    decided_here = gate.own_app and "github.token" not in gate.written.get("token", "")
    return replace(
        gate,
        workflow=workflow,
        job=job,
        inputs={name: resolved(value, job.inputs, gate.workflow.defaults) for name, value in inputs.items()},
        own_app=bool(job.secrets - _NOT_A_KEY) or decided_here,
        secrets=(job.secrets | gate.secrets) - {"token"} - _NOT_A_KEY,
    )


RULESET: Final = "AGENTOWNERS"


class Require(Struct, frozen=True):
    """A check to require on branches, from one App."""

    ruleset: str
    """Name of the ruleset that requires it."""
    check: str
    branches: tuple[str, ...]
    app: int


def source_app(gates: Sequence[Gate], chosen: int | None) -> int:
    """The App that has to report the check.

    Raises:
        AgentownersError: it is an App of one's own, and its number is not known.
    """
    if chosen is not None:
        return chosen
    if not any(gate.own_app for gate in gates):
        return ACTIONS_APP
    for gate in gates:
        number = gate.input("app-id", "") or ""
        if number.isascii() and number.isdigit():
            return int(number)
    raise AgentownersError(
        "the gate reports as an App of your own, whose number the workflow does not say", help="name it: `--app NUMBER`"
    )


def requirements(facts: RepositoryFacts, gates: Sequence[Gate], app: int) -> tuple[Require, ...]:
    """The requirements that are missing, one for each name of the check.

    Raises:
        AgentownersError: no workflow runs the gate.
    """
    if not gates:
        raise AgentownersError(
            "no workflow on the default branch runs the gate: to require its check would stop every merge",
            help="`agentowners init` writes the workflows; put them on the default branch first",
        )
    named = ((check_name(gates, branch.name), branch) for branch in facts.branches if branch.meant)
    groups = gathered((check, branch.name) for check, branch in named if RequiredCheck(check, app) not in branch.required)
    by_base = check_name(gates, "a") != check_name(gates, "b")
    return tuple(Require(check if by_base else RULESET, check, tuple(names), app) for check, names in groups.items())
