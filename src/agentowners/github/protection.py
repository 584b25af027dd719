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
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.reading import JsonNode, MalformedError, maybe_text
from agentowners.github.settings import fact

Json = dict[str, Any]
ADMINISTRATION: Final = "administration: read"
DEFAULT_BRANCH: Final = "~DEFAULT_BRANCH"
_UPGRADE: Final = "upgrade to"


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


def refused_by_plan(error: PlatformError) -> bool:
    """True if GitHub does not offer this for a private repository on the owner's plan."""
    return error.trouble is Trouble.FORBIDDEN and _UPGRADE in error.message.lower()


class Protection:
    """Questions about what protects branches, and changes to it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._root = api.root

    def protected(self) -> tuple[str, ...]:
        """The branches that are protected.

        Source: https://docs.github.com/en/rest/branches/branches#list-branches

        Raises:
            PlatformError: they cannot be listed.
        """
        return tuple(one["name"].text() for one in self._api.pages(f"{self._root}/branches", {"protected": "true"}))

    def beginning(self, prefix: str) -> tuple[str, ...]:
        """The branches whose names begin so.

        Source: https://docs.github.com/en/rest/git/refs#list-matching-references

        Raises:
            PlatformError: they cannot be listed.
        """
        listed = self._api.get(f"{self._root}/git/matching-refs/heads/{quote(prefix)}").items()
        return tuple(one["ref"].text().removeprefix("refs/heads/") for one in listed)

    def branch(self, name: str, *, meant: bool) -> Branch | None:
        """Protection of a branch; None where there is no such branch.

        Raises:
            PlatformError: GitHub fails.
        """
        path = f"{self._root}/branches/{quote(name, safe='')}"
        try:
            node = self._api.get(path)
        except PlatformError as error:
            if error.trouble is not Trouble.NOT_FOUND:
                raise
            return None
        summary = node.get("protection")
        checks = None if summary is None else summary.get("required_status_checks")
        level = "" if checks is None else maybe_text(checks.get("enforcement_level"))
        seen = () if checks is None else _checks(checks)
        return Branch(name, self._classic(path), seen, level == "everyone", self._rules(name), meant)

    def _classic(self, path: str) -> Fact[Classic | None]:
        """Source: https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection"""

        def read() -> Classic | None:
            node = self._classic_node(path)
            return None if node is None else _protection(node)

        return fact(read, ADMINISTRATION)

    def _classic_node(self, path: str) -> JsonNode | None:
        """Classic protection as GitHub gives it, None where there is none; the path is a branch's.

        Raises:
            PlatformError: it cannot be read.
        """
        try:
            return self._api.get(f"{path}/protection")
        except PlatformError as error:
            if (error.trouble is Trouble.NOT_FOUND and "not protected" in error.message) or refused_by_plan(error):
                return None
            raise

    def _rules(self, name: str) -> Fact[tuple[BranchRule, ...]]:
        """Source: https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch"""

        def read() -> tuple[BranchRule, ...]:
            try:
                return tuple(_rule(node) for node in self._api.pages(f"{self._root}/rules/branches/{quote(name, safe='')}"))
            except PlatformError as error:
                # a server from before there were rulesets, or a plan without them: then there is none
                if error.trouble is Trouble.NOT_FOUND or refused_by_plan(error):
                    return ()
                raise

        return fact(read, "metadata: read")

    def ruleset(self, number: int) -> Fact[Ruleset]:
        """Source: https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset"""

        def read() -> Ruleset:
            node = self._api.get(f"{self._root}/rulesets/{number}")
            who = node.get("bypass_actors")
            owner = maybe_text(node.get("source_type"), "Repository")
            scope = "administration: write" if owner == "Repository" else "organization administration: write"
            hidden = Unavailable("who may bypass a ruleset is told to those only who may change it", scope)
            bypass: Fact[tuple[Bypass, ...]] = hidden if who is None else Known(tuple(_bypass(one) for one in who.items()))
            return Ruleset(node["name"].text(), node["source"].text(), bypass)

        return fact(read, ADMINISTRATION)

    def is_refused(self) -> bool:
        """True if GitHub protects no branches here, because of the owner's plan.

        Raises:
            PlatformError: GitHub fails.
        """
        try:
            self.rulesets()
        except PlatformError as error:
            if not refused_by_plan(error):
                raise
            return True
        return False

    def rulesets(self) -> tuple[JsonNode, ...] | None:
        """The repository's own rulesets, None where the server knows no rulesets.

        Source: https://docs.github.com/en/rest/repos/rules#get-all-repository-rulesets

        Raises:
            PlatformError: they cannot be listed.
        """
        try:
            listed = self._api.pages(f"{self._root}/rulesets", {"includes_parents": "false"})
        except PlatformError as error:
            if error.trouble is Trouble.NOT_FOUND:
                return None
            raise
        return tuple(node for node in listed if maybe_text(node.get("source_type"), "Repository") == "Repository")

    def changes(self, required: Sequence[Require], default_branch: str) -> tuple[ProtectionChange, ...]:
        """The requests that make rulesets require checks; nothing that they say else is loosened.

        Raises:
            AgentownersError: the server knows no rulesets, or there is one of the name that is not about branches.
            PlatformError: they cannot be read.
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

        Raises:
            PlatformError: it was refused.
        """
        try:
            path = f"{self._root}{change.path}"
            if change.verb == "POST":
                self._api.send_once(change.verb, path, change.body, lambda: self._named(change))
            else:
                self._api.send(change.verb, path, change.body)
        except PlatformError as error:
            if error.trouble in (Trouble.FORBIDDEN, Trouble.NOT_FOUND):
                needed = "issues: write" if change.is_label else "administration: write"
                raise PlatformError(error.trouble, error.message, help=f"use a token with `{needed}`") from None
            raise

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
    changed, done = [], False
    for rule in rules:
        if rule["type"] == "required_status_checks" and not done:
            parameters = rule.get("parameters") or _required_checks([])["parameters"]
            kept = [other for other in parameters["required_status_checks"] if other["context"] != check["context"]]
            rule, done = {**rule, "parameters": {**parameters, "required_status_checks": [*kept, check]}}, True
        changed.append(rule)
    return changed if done else [*changed, _required_checks([check])]


def _effect(require: Require) -> str:
    who = "GitHub Actions" if require.app == ACTIONS_APP else f"App {require.app}"
    where = ", ".join(f"`{name}`" for name in require.branches)
    return f"nothing gets onto {where} before {who} has reported `{require.check}` as passed"


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
    """A whole answer, to be sent back with a change.

    Raises:
        MalformedError: it is no object.
    """
    if not isinstance(node.value, dict):
        raise MalformedError(f"`{node.where}` is not an object")
    return node.value


def _checks(node: JsonNode) -> tuple[RequiredCheck, ...]:
    listed = node.get("checks")
    if listed is None:
        named = node.get("contexts")
        return () if named is None else tuple(RequiredCheck(one.text(), None) for one in named.items())
    found = []
    for check in listed.items():
        app = check.get("app_id")
        found.append(RequiredCheck(check["context"].text(), None if app is None or app.value == -1 else app.number()))
    return tuple(found)


def _on(node: JsonNode, name: str) -> bool:
    member = node.get(name)
    return member is not None and member["enabled"].flag()


def _protection(node: JsonNode) -> Classic:
    checks, reviews = node.get("required_status_checks"), node.get("required_pull_request_reviews")
    owners = None if reviews is None else reviews.get("require_code_owner_reviews")
    around = None if reviews is None else reviews.get("bypass_pull_request_allowances")
    return Classic(
        checks=() if checks is None else _checks(checks),
        for_admins=_on(node, "enforce_admins"),
        pull_requests=reviews is not None,
        code_owners=owners is not None and owners.flag(),
        direct=() if around is None else _names(around),
        force_pushes=_on(node, "allow_force_pushes"),
        strict=checks is not None and _flag(checks, "strict"),
        deletions=_on(node, "allow_deletions"),
    )


def _names(node: JsonNode) -> tuple[str, ...]:
    found = []
    for kind, key in (("users", "login"), ("teams", "slug"), ("apps", "slug")):
        listed = node.get(kind)
        found += [one[key].text() for one in listed.items()] if listed is not None else []
    return tuple(found)


def _rule(node: JsonNode) -> BranchRule:
    kind, parameters = node["type"].text(), node.get("parameters") or JsonNode({})
    checks, workflows = parameters.get("required_status_checks"), parameters.get("workflows")
    owners = parameters.get("require_code_owner_review")
    return BranchRule(
        kind=kind,
        ruleset=node["ruleset_id"].number(),
        checks=() if checks is None else tuple(_required(one) for one in checks.items()),
        workflows=() if workflows is None else tuple(one["path"].text() for one in workflows.items()),
        code_owners=owners is not None and owners.flag(),
        strict=_flag(parameters, "strict_required_status_checks_policy"),
    )


def _flag(node: JsonNode, name: str) -> bool:
    member = node.get(name)
    return member is not None and member.flag()


def _required(node: JsonNode) -> RequiredCheck:
    app = node.get("integration_id")
    return RequiredCheck(node["context"].text(), None if app is None else app.number())


def _bypass(node: JsonNode) -> Bypass:
    number = node.get("actor_id")
    return Bypass(node["actor_type"].text(), None if number is None else number.number())
