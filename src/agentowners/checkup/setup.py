"""Requirements that make the gate's check count: for branches that are meant, and do not require it yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agentowners.checkup.facts import ACTIONS_APP, Branch, RepositoryFacts
from agentowners.checkup.gate import Gate, check_name
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Known

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
    groups: dict[str, list[str]] = {}
    for branch in facts.branches:
        check = check_name(gates, branch.name)
        if branch.meant and not _requires(branch, check, app):
            groups.setdefault(check, []).append(branch.name)
    by_base = check_name(gates, "a") != check_name(gates, "b")
    return tuple(Require(check if by_base else RULESET, check, tuple(names), app) for check, names in groups.items())


def _requires(branch: Branch, check: str, app: int) -> bool:
    rules = branch.rules.value if isinstance(branch.rules, Known) else ()
    classic = branch.classic.value if isinstance(branch.classic, Known) else None
    required = [one for rule in rules for one in rule.checks] + list(classic.checks if classic is not None else branch.seen)
    return any(one.name == check and one.app == app for one in required)
