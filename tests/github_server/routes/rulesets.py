"""Rulesets, and the rules that they put on a branch."""

from __future__ import annotations

from tests.github_server.render.common import Json, node, time
from tests.github_server.render.pulls import root
from tests.github_server.routes.protection import offered
from tests.github_server.settings import Ruleset
from tests.github_server.web import Reply, Request, invalid, not_found, operation


@operation("repos/get-branch-rules", "metadata:read")
def get_rules(request: Request) -> Reply:
    """The rules that active rulesets put on a branch, which need not exist."""
    _exists(request)
    offered(request)

    def show(found: tuple[Ruleset, Json]) -> Json:
        ruleset, rule = found
        source = {"ruleset_source_type": ruleset.source_type, "ruleset_source": ruleset.source, "ruleset_id": ruleset.id}
        return rule | source

    return request.pages(request.repo.rules(request.params["branch"]), show)


def _exists(request: Request) -> None:
    if request.repo.settings.no_rulesets:
        raise not_found()


def _may_write(request: Request, ruleset: Ruleset) -> bool:
    token, repo = request.token, request.repo
    is_admin = token.kind != "user" or repo.permission_of(token.account.login) == "admin"
    return ruleset.source_type == "Repository" and is_admin and token.allows("administration", "write")


def _brief(request: Request, it: Ruleset) -> Json:
    url = f"{root(request.repo)}/rulesets/{it.id}"
    page = f"{request.server.html_url}/{request.repo.full_name}/rules/{it.id}"
    return {
        "id": it.id,
        "name": it.name,
        "target": it.target,
        "source_type": it.source_type,
        "source": it.source,
        "enforcement": it.enforcement,
        "node_id": node("RRS", it.id),
        "_links": {"self": {"href": url}, "html": {"href": page}},
        "created_at": time(it.made_at),
        "updated_at": time(it.made_at),
    }


def _full(request: Request, it: Ruleset) -> Json:
    conditions = {"ref_name": {"include": it.include, "exclude": it.exclude}}
    shown = _brief(request, it) | {"conditions": conditions, "rules": it.rules}
    if _may_write(request, it):
        shown["bypass_actors"] = it.bypass
    return shown | {"current_user_can_bypass": "never"}


@operation("repos/get-repo-rulesets", "metadata:read")
def list_rulesets(request: Request) -> Reply:
    """All rulesets, without their rules."""
    _exists(request)
    offered(request)
    return request.pages(list(request.repo.rulesets.values()), lambda it: _brief(request, it))


def _one(request: Request) -> Ruleset:
    _exists(request)
    offered(request)
    found = request.repo.rulesets.get(request.params["ruleset_id"])
    if found is None:
        raise not_found()
    return found


@operation("repos/get-repo-ruleset", "metadata:read")
def get_ruleset(request: Request) -> Reply:
    """One ruleset; who may bypass it is told to those only who may change it."""
    return Reply(200, _full(request, _one(request)))


@operation("repos/create-repo-ruleset", "administration:write")
def create(request: Request) -> Reply:
    """A new ruleset; its name must not be taken."""
    _exists(request)
    offered(request)
    if any(it.name == request.body["name"] for it in request.repo.rulesets.values()):
        raise invalid("Ruleset", "name", "Name must be unique")
    made = request.repo.add_ruleset(request.body["name"], [], include=[])
    _take(made, request.body)
    _check(request, made)
    return Reply(201, _full(request, made))


@operation("repos/update-repo-ruleset", "administration:write")
def update(request: Request) -> Reply:
    """Change what the body names."""
    offered(request)
    it = _one(request)
    if it.source_type != "Repository":
        raise not_found()
    _take(it, request.body or {})
    return Reply(200, _full(request, it))


def _take(it: Ruleset, body: Json) -> None:
    it.name = body.get("name", it.name)
    it.target = body.get("target", it.target)
    it.enforcement = body.get("enforcement", it.enforcement)
    it.rules = body.get("rules", it.rules)
    it.bypass = body.get("bypass_actors", it.bypass)
    if "conditions" in body:
        ref_name = body["conditions"]["ref_name"]
        it.include, it.exclude = ref_name.get("include", []), ref_name.get("exclude", [])


def _check(request: Request, it: Ruleset) -> None:
    for name in [*it.include, *it.exclude]:
        if not name.startswith(("refs/heads/", "~")):
            del request.repo.rulesets[it.id]
            raise invalid("Ruleset", "conditions", f"Invalid target patterns: {name}")
