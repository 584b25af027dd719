"""Classic branch protection and rulesets, read and set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from agentowners.checkup.facts import ACTIONS_APP, Branch, BranchRule, Bypass, Classic, Fact, RequiredCheck, Ruleset
from agentowners.checkup.gate import Require
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Known, Unavailable
from agentowners.github.client import Api
from agentowners.github.errors import Trouble, other_help, suppress_trouble
from agentowners.github.reading import JsonNode, MalformedError
from agentowners.github.settings import told_with

Json = dict[str, Any]
ADMINISTRATION: Final = "administration: read"
DEFAULT_BRANCH: Final = "~DEFAULT_BRANCH"
_UPGRADE: Final = "upgrade to"
"""Words of GitHub's where it does not offer something for a private repository on the owner's plan."""
_NOTHING: Final = JsonNode({})


class ProtectionChange(Struct, frozen=True):
    """A request that sets a repository up: what protects its branches, or a label."""

    words: str
    """Its effect, for people."""
    verb: str
    path: str
    """Below the repository."""
    body: Json

    @property
    def is_label(self) -> bool:
        """True if it creates a label, which protects nothing."""
        return self.path == "/labels"


class Protection:
    """Questions about what protects branches, and changes to it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._root = api.root

    def protected(self) -> tuple[str, ...]:
        """The branches that are protected.

        Source: https://docs.github.com/en/rest/branches/branches#list-branches
        """
        return tuple(node["name"].text() for node in self._api.pages(f"{self._root}/branches", {"protected": "true"}))

    def beginning(self, prefix: str) -> tuple[str, ...]:
        """The branches whose names begin so.

        Source: https://docs.github.com/en/rest/git/refs#list-matching-references
        """
        listed = self._api.get(f"{self._root}/git/matching-refs/heads/{quote(prefix)}").items()
        return tuple(ref["ref"].text().removeprefix("refs/heads/") for ref in listed)

    def branch(self, name: str, *, is_target: bool) -> Branch | None:
        """Protection of a branch; None where there is no such branch."""
        path = f"{self._root}/branches/{quote(name, safe='')}"
        node = self._api.find(path)
        if node is None:
            return None
        checks = (node.get("protection") or _NOTHING).get("required_status_checks") or _NOTHING
        level = checks.words("enforcement_level")
        return Branch(name, self._classic(path), _checks(checks), level == "everyone", self._rules(name), is_target)

    @told_with(ADMINISTRATION)
    def _classic(self, path: str) -> Classic | None:
        """Source: https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection"""
        with suppress_trouble(Trouble.NOT_FOUND, words="not protected"), suppress_trouble(Trouble.FORBIDDEN, words=_UPGRADE):
            return _protection(self._api.get(f"{path}/protection"))
        return None

    @told_with("metadata: read")
    def _rules(self, name: str) -> tuple[BranchRule, ...]:
        """Source: https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch"""
        # a server from before there were rulesets, or a plan without them: then there is none
        with suppress_trouble(Trouble.NOT_FOUND), suppress_trouble(Trouble.FORBIDDEN, words=_UPGRADE):
            return tuple(_branch_rule(node) for node in self._api.pages(f"{self._root}/rules/branches/{quote(name, safe='')}"))
        return ()

    @told_with(ADMINISTRATION)
    def ruleset(self, number: int) -> Ruleset:
        """Source: https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset"""
        node = self._api.get(f"{self._root}/rulesets/{number}")
        bypass_actors = node.get("bypass_actors")
        owner = node.words("source_type", "Repository")
        scope = "administration: write" if owner == "Repository" else "organization administration: write"
        hidden = Unavailable("who may bypass a ruleset is told to those only who may change it", scope)
        bypass: Fact[tuple[Bypass, ...]] = hidden
        if bypass_actors is not None:
            actors = bypass_actors.items()
            bypass = Known(
                tuple(Bypass(actor["actor_type"].text(), actor.maybe("actor_id", JsonNode.number)) for actor in actors)
            )
        return Ruleset(node["name"].text(), node["source"].text(), bypass)

    def is_refused(self) -> bool:
        """True if GitHub protects no branches here, because of the owner's plan."""
        with suppress_trouble(Trouble.FORBIDDEN, words=_UPGRADE):
            self.rulesets()
            return False
        return True

    def rulesets(self) -> tuple[JsonNode, ...] | None:
        """The repository's own rulesets, None where the server knows no rulesets.

        Source: https://docs.github.com/en/rest/repos/rules#get-all-repository-rulesets
        """
        with suppress_trouble(Trouble.NOT_FOUND):
            listed = self._api.pages(f"{self._root}/rulesets", {"includes_parents": "false"})
            return tuple(node for node in listed if node.words("source_type", "Repository") == "Repository")
        return None

    def changes(self, required: Sequence[Require], default_branch: str) -> tuple[ProtectionChange, ...]:
        """The requests that make rulesets require checks; nothing that they say else is loosened.

        Raises:
            AgentownersError: the server knows no rulesets, or there is one of the name that is not about branches.
        """
        if not required:
            return ()
        listed = self.rulesets()
        if listed is None:
            raise _by_hand(required)
        whole = [_object(self._api.get(f"{self._root}/rulesets/{node['id'].number()}")) for node in listed]
        existing = {str(ruleset.get("name")): ruleset for ruleset in whole}
        return tuple(ruleset_change(require, default_branch, existing.get(require.ruleset)) for require in required)

    def make(self, change: ProtectionChange) -> None:
        """Make a change. An update is repeated where its answer got lost; a ruleset is looked for by its name before it is
        created once more.
        """
        permission = "issues: write" if change.is_label else "administration: write"
        help = f"use a token with `{permission}`"
        path = f"{self._root}{change.path}"
        with other_help({Trouble.FORBIDDEN: help, Trouble.NOT_FOUND: help}):
            if change.verb == "POST":
                self._api.send_once(change.verb, path, change.body, lambda: self._named(change))
            else:
                self._api.send(change.verb, path, change.body)

    def _named(self, change: ProtectionChange) -> JsonNode | None:
        """Object that a change was to create, where it is there."""
        listed = self._api.pages(f"{self._root}{change.path}") if change.is_label else self.rulesets() or ()
        return next((node for node in listed if node["name"].text() == change.body["name"]), None)


def ruleset(name: str, check: str, app: int, include: Sequence[str] = (DEFAULT_BRANCH,)) -> Json:
    """A ruleset, as the API and the page *Import a ruleset* take it, that nobody may bypass, and that lets nothing onto the
    branches before an App has reported a check as passed."""
    return {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": {"ref_name": {"include": list(include), "exclude": []}},
        "rules": [_required_checks([{"context": check, "integration_id": app}])],
    }


def _required_checks(checks: Sequence[Json]) -> Json:
    return {
        "type": "required_status_checks",
        "parameters": {"strict_required_status_checks_policy": False, "required_status_checks": list(checks)},
    }


def ruleset_change(require: Require, default_branch: str, old: Json | None) -> ProtectionChange:
    """The request that makes a ruleset require a check: a new one, or the old one of that name with all else that it says.

    Raises:
        AgentownersError: the old one is not about branches.
    """
    include = [DEFAULT_BRANCH if name == default_branch else f"refs/heads/{name}" for name in require.branches]
    effect = f"the ruleset `{require.ruleset}`: {_effect(require)}"
    if old is None:
        body = ruleset(require.ruleset, require.check, require.app, include)
        return ProtectionChange(f"create {effect}", "POST", "/rulesets", body)
    if old.get("target", "branch") != "branch":
        raise AgentownersError(f"there is a ruleset `{require.ruleset}` that is not about branches", help="give it another name")
    ref_name = (old.get("conditions") or {}).get("ref_name") or {}
    condition = {
        "include": list(dict.fromkeys([*(ref_name.get("include") or []), *include])),
        "exclude": [ref for ref in ref_name.get("exclude") or [] if ref not in include],
    }
    rules = _with_check(old.get("rules") or [], {"context": require.check, "integration_id": require.app})
    body = {"enforcement": "active", "conditions": {"ref_name": condition}, "rules": rules}
    return ProtectionChange(f"update {effect}; what else it says stays", "PUT", f"/rulesets/{old['id']}", body)


def _with_check(rules: Sequence[Json], check: Json) -> list[Json]:
    """The rules, of which the first about checks requires this one too."""
    changed, has_check = [], False
    for rule in rules:
        if rule["type"] == "required_status_checks" and not has_check:
            parameters = rule.get("parameters") or _required_checks([])["parameters"]
            checks = [other for other in parameters["required_status_checks"] if other["context"] != check["context"]]
            rule, has_check = {**rule, "parameters": {**parameters, "required_status_checks": [*checks, check]}}, True
        changed.append(rule)
    return changed if has_check else [*changed, _required_checks([check])]


def _effect(require: Require) -> str:
    reporter = "GitHub Actions" if require.app == ACTIONS_APP else f"App {require.app}"
    where = ", ".join(f"`{name}`" for name in require.branches)
    return f"nothing gets onto {where} before {reporter} has reported `{require.check}` as passed"


def _by_hand(required: Sequence[Require]) -> AgentownersError:
    """Steps for a server without rulesets: classic branch protection is read here, and never written."""
    first = required[0]
    source = "GitHub Actions" if first.app == ACTIONS_APP else f"App {first.app}"
    clicks = (
        "Settings → Branches → Add branch protection rule: `Require status checks to pass before merging`,"
        f" then `{first.check}` from {source}; and `Do not allow bypassing the above settings`"
    )
    where = ", ".join(f"`{name}`" for require in required for name in require.branches)
    return AgentownersError("this server has no rulesets, and `--apply` writes nothing else", help=f"for {where}: {clicks}")


def _object(node: JsonNode) -> Json:
    """A whole answer, to be sent back with a change."""
    if not isinstance(node.value, dict):
        raise MalformedError(f"`{node.where}` is not an object")
    return node.value


def _checks(node: JsonNode) -> tuple[RequiredCheck, ...]:
    if node.get("checks") is None:
        return tuple(RequiredCheck(context.text(), None) for context in node.list("contexts"))
    return tuple(
        RequiredCheck(check["context"].text(), check.maybe("app_id", lambda app: None if app.value == -1 else app.number()))
        for check in node.list("checks")
    )


def _protection(node: JsonNode) -> Classic:
    checks = node.get("required_status_checks") or _NOTHING
    reviews = node.get("required_pull_request_reviews") or _NOTHING
    around = reviews.get("bypass_pull_request_allowances") or _NOTHING
    for_admins, force_pushes, deletions = (
        node.maybe(name, lambda member: member["enabled"].flag()) is True
        for name in ("enforce_admins", "allow_force_pushes", "allow_deletions")
    )
    return Classic(
        checks=_checks(checks),
        for_admins=for_admins,
        pull_requests=reviews is not _NOTHING,
        code_owners=reviews.is_on("require_code_owner_reviews"),
        direct=tuple(
            actor[key].text()
            for kind, key in (("users", "login"), ("teams", "slug"), ("apps", "slug"))
            for actor in around.list(kind)
        ),
        force_pushes=force_pushes,
        strict=checks.is_on("strict"),
        deletions=deletions,
    )


def _branch_rule(node: JsonNode) -> BranchRule:
    parameters = node.get("parameters") or _NOTHING
    return BranchRule(
        kind=node["type"].text(),
        ruleset=node["ruleset_id"].number(),
        checks=tuple(
            RequiredCheck(check["context"].text(), check.maybe("integration_id", JsonNode.number))
            for check in parameters.list("required_status_checks")
        ),
        workflows=tuple(workflow["path"].text() for workflow in parameters.list("workflows")),
        code_owners=parameters.is_on("require_code_owner_review"),
        strict=parameters.is_on("strict_required_status_checks_policy"),
    )
