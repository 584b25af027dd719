"""What to change so that the check is required: nothing that holds today is loosened, and what holds already is left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from agentowners.checkup.facts import ACTIONS_APP, Branch, Known, RepositoryFacts
from agentowners.checkup.gate import Gate, check_name
from agentowners.checkup.ruleset import DEFAULT_BRANCH, NAME, Json, required_checks, ruleset
from agentowners.diagnostics import AgentownersError

_FLAGS: Final = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)
_PLAIN: Final = (
    "dismiss_stale_reviews",
    "require_code_owner_reviews",
    "required_approving_review_count",
    "require_last_push_approval",
)
_PEOPLE: Final = ("dismissal_restrictions", "bypass_pull_request_allowances")
_KNOWN: Final = {
    *_FLAGS,
    *("url", "enabled", "name", "protection_url", "required_signatures"),
    *("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"),
}


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """A request that changes something."""

    words: str
    """What it does, for people."""
    verb: str
    path: str
    """Below the repository."""
    body: Json


@dataclass(frozen=True, slots=True)
class CurrentSetup:
    """What there is to build on, as GitHub gives it."""

    rulesets: Mapping[str, Json] | None
    """The repository's own, by name; None where the server knows none."""
    classic: Mapping[str, Json | None]
    """Classic protection of branches; looked at where there are no rulesets."""


def source_app(found: Sequence[Gate], chosen: int | None) -> int:
    """The App that has to report the check.

    Raises:
        AgentownersError: it is an App of one's own, and its number is not known.
    """
    if chosen is not None:
        return chosen
    if not any(gate.own_app for gate in found):
        return ACTIONS_APP
    for gate in found:
        number = gate.input("app-id", "") or ""
        if number.isascii() and number.isdigit():
            return int(number)
    raise AgentownersError(
        "the gate reports as an App of your own, whose number the workflow does not say", help="name it: `--app NUMBER`"
    )


def wanting(facts: RepositoryFacts, found: Sequence[Gate], app: int) -> tuple[Branch, ...]:
    """The branches that are meant, and do not require the check of this App."""
    return tuple(one for one in facts.branches if one.meant and not _requires(one, check_name(found, one.name), app))


def plan(facts: RepositoryFacts, found: Sequence[Gate], app: int, today: CurrentSetup) -> tuple[SetupRequest, ...]:
    """The requests to make.

    Raises:
        AgentownersError: no workflow runs the gate, or something is there that cannot be kept as it is.
    """
    if not found:
        raise AgentownersError(
            "no workflow on the default branch runs the gate: to require its check would stop every merge",
            help="`agentowners init` writes the workflows; put them on the default branch first",
        )
    branches = wanting(facts, found, app)
    if today.rulesets is None:
        return tuple(_classic(one, check_name(found, one.name), app, today.classic.get(one.name)) for one in branches)
    groups: dict[str, list[Branch]] = {}
    for branch in branches:
        groups.setdefault(check_name(found, branch.name), []).append(branch)
    by_base = check_name(found, "a") != check_name(found, "b")
    return tuple(
        _ruleset(facts, check if by_base else NAME, check, app, members, today.rulesets) for check, members in groups.items()
    )


def _requires(branch: Branch, check: str, app: int) -> bool:
    rules = branch.rules.value if isinstance(branch.rules, Known) else ()
    classic = branch.classic.value if isinstance(branch.classic, Known) else None
    required = [one for rule in rules for one in rule.checks] + list(classic.checks if classic is not None else branch.seen)
    return any(one.name == check and one.app == app for one in required)


def _ruleset(
    facts: RepositoryFacts, name: str, check: str, app: int, branches: Sequence[Branch], existing: Mapping[str, Json]
) -> SetupRequest:
    include = [DEFAULT_BRANCH if one.name == facts.default_branch else f"refs/heads/{one.name}" for one in branches]
    who = "GitHub Actions" if app == ACTIONS_APP else f"App {app}"
    where = ", ".join(f"`{one.name}`" for one in branches)
    what = f"the ruleset `{name}`: nothing gets onto {where} before {who} has reported `{check}` as passed"
    old = existing.get(name)
    if old is None:
        return SetupRequest(f"create {what}", "POST", "/rulesets", ruleset(name=name, check=check, app=app, include=include))
    if old.get("target", "branch") != "branch":
        raise AgentownersError(f"there is a ruleset `{name}` that is not about branches", help="give it another name")
    body = {
        "enforcement": "active",
        "conditions": {"ref_name": _also(old, include)},
        "rules": _amended(old.get("rules") or [], check, app),
    }
    return SetupRequest(f"update {what}; what else it says stays", "PUT", f"/rulesets/{old['id']}", body)


def _also(old: Json, include: Sequence[str]) -> Json:
    ref_name = (old.get("conditions") or {}).get("ref_name") or {}
    return {
        "include": list(dict.fromkeys([*(ref_name.get("include") or []), *include])),
        "exclude": [one for one in ref_name.get("exclude") or [] if one not in include],
    }


def _amended(rules: Sequence[Json], check: str, app: int) -> list[Json]:
    ours = {"context": check, "integration_id": app}
    out, done = [], False
    for rule in rules:
        if rule["type"] == "required_status_checks" and not done:
            parameters = rule.get("parameters") or required_checks([])["parameters"]
            kept = [one for one in parameters["required_status_checks"] if one["context"] != check]
            rule, done = {**rule, "parameters": {**parameters, "required_status_checks": [*kept, ours]}}, True
        out.append(rule)
    return out if done else [*out, required_checks([ours])]


def _classic(branch: Branch, check: str, app: int, old: Json | None) -> SetupRequest:
    path = f"/branches/{quote(branch.name, safe='')}/protection"
    ours = {"context": check, "app_id": app}
    who = "GitHub Actions" if app == ACTIONS_APP else f"App {app}"
    what = f"nothing gets onto `{branch.name}` before {who} has reported `{check}` as passed"
    if old is None:
        body: Json = {
            "required_status_checks": {"strict": False, "contexts": [], "checks": [ours]},
            "enforce_admins": True,
            "required_pull_request_reviews": None,
            "restrictions": None,
        }
        return SetupRequest(f"protect the branch: {what}", "PUT", path, body)
    checks = old.get("required_status_checks")
    if checks is not None:
        kept = [_kept(one) for one in _checks(checks) if one["context"] != check]
        return SetupRequest(
            f"require one more check: {what}; what else the branch protection says stays",
            "PATCH",
            f"{path}/required_status_checks",
            {"strict": bool(checks.get("strict")), "checks": [*kept, ours]},
        )
    unknown = sorted(set(old) - _KNOWN)
    if unknown:
        raise AgentownersError(
            f"the branch protection of `{branch.name}` says `{unknown[0]}`, which is not known here and might be lost",
            help="add the required check by hand: Settings → Branches",
        )
    reviews, restrictions = old.get("required_pull_request_reviews"), old.get("restrictions")
    body = {
        "required_status_checks": {"strict": False, "contexts": [], "checks": [ours]},
        "enforce_admins": _on(old, "enforce_admins"),
        "required_pull_request_reviews": None if reviews is None else _reviews(reviews),
        "restrictions": None if restrictions is None else _lists(restrictions),
        **{flag: _on(old, flag) for flag in _FLAGS},
    }
    return SetupRequest(f"require a check: {what}; what else the branch protection says stays", "PUT", path, body)


def _checks(node: Json) -> list[Json]:
    listed: list[Json] | None = node.get("checks")
    return listed if listed is not None else [{"context": one, "app_id": None} for one in node.get("contexts", ())]


def _kept(check: Json) -> Json:
    """A check as a request has it: without a number GitHub would choose an App, so any App is -1."""
    app = check.get("app_id")
    return {"context": check["context"], "app_id": -1 if app is None else app}


def _reviews(node: Json) -> Json:
    kept: Json = {name: node[name] for name in _PLAIN if name in node}
    return kept | {name: _lists(node[name]) for name in _PEOPLE if node.get(name)}


def _lists(node: Json) -> Json:
    keys = {"users": "login", "teams": "slug", "apps": "slug"}
    return {kind: [one[key] for one in node.get(kind, ())] for kind, key in keys.items()}


def _on(node: Mapping[str, Any], name: str) -> bool:
    member = node.get(name)
    return bool(member and member.get("enabled"))
