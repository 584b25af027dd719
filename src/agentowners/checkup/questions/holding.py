"""Ways around what protects a branch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agentowners.checkup.agents import Agents
from agentowners.checkup.facts import Bypass, RepositoryFacts
from agentowners.checkup.findings import Guarantee
from agentowners.engine.facts import Known, Unavailable

CLASSIC: Final = "branch protection"
_ROLES: Final = {2: "the maintain role", 4: "the write role", 5: "repository administrators"}
"""Source: https://registry.terraform.io/providers/integrations/github/latest/docs/resources/repository_ruleset"""
_PEOPLE: Final = {"OrganizationAdmin": "organization administrators", "Team": "team", "User": "user"}


class Held(Struct, frozen=True):
    """A protection: its strength, its source, and who gets around it."""

    guarantee: Guarantee
    by: str
    around: str = ""
    missing: Unavailable | None = None
    """The missing fact where it could not be told."""


def by_classic(for_admins: bool, direct: Sequence[str] = ()) -> Held:
    """Strength of classic protection."""
    around = ["administrators"] if not for_admins else []
    around += direct
    return Held(Guarantee.BEST_EFFORT if around else Guarantee.STRONG, CLASSIC, ", ".join(around))


def by_ruleset(facts: RepositoryFacts, number: int, agents: Agents) -> Held:
    """Strength of a ruleset."""
    found = facts.rulesets.get(number, Unavailable(f"ruleset {number} could not be read", "administration: read"))
    if isinstance(found, Unavailable):
        return Held(Guarantee.UNAVAILABLE, f"ruleset {number}", missing=found)
    name = f"the ruleset `{found.value.name}`" + ("" if found.value.source == facts.repository else f" of `{found.value.source}`")
    if isinstance(found.value.bypass, Unavailable):
        return Held(Guarantee.UNAVAILABLE, name, missing=found.value.bypass)
    graded = [_actor(actor, facts, agents) for actor in found.value.bypass.value]
    worst = min((grade for grade, _ in graded), key=lambda grade: grade.rank, default=Guarantee.STRONG)
    return Held(worst, name, ", ".join(words for _, words in graded))


def best(held: Sequence[Held]) -> Held | None:
    """The strongest of several that hold one thing: who gets around one is held by the other."""
    return max(held, key=lambda it: (it.guarantee.rank, it.missing is None), default=None)


def _actor(actor: Bypass, facts: RepositoryFacts, agents: Agents) -> tuple[Guarantee, str]:
    if actor.kind == "RepositoryRole":
        wide = actor.id not in (2, 5)  # a role that is not known may be one that everybody has
        words = _ROLES.get(actor.id or 0, f"role {actor.id}")
        return (Guarantee.UNAVAILABLE if wide else Guarantee.BEST_EFFORT), words
    if actor.kind in _PEOPLE:
        words = _PEOPLE[actor.kind]
        return Guarantee.BEST_EFFORT, words if actor.kind == "OrganizationAdmin" else f"{words} {actor.id}"
    if actor.kind == "DeployKey":
        return Guarantee.UNAVAILABLE, "deploy keys"
    apps = facts.apps.value if isinstance(facts.apps, Known) else ()
    app = next((app for app in apps if app.id == actor.id), None)
    if app is not None and not agents.is_app(app.slug):
        return Guarantee.BEST_EFFORT, f"the App `{app.slug}`"
    return Guarantee.UNAVAILABLE, f"App {actor.id}" if app is None else f"the agent's App `{app.slug}`"
