"""Webhook payloads: GitHub's published examples with everything in them replaced by the server's state.

An example says which fields a payload has, the state says what is in them: fields that the REST objects have and the example has
not are left out. Every payload is checked against the published schema of its event.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema_rs

from tests.github_server.gitstore import ZERO, Signature, show
from tests.github_server.model import Comment, MergeGroup, Pull, Review, WorkflowRun
from tests.github_server.render.common import Json, organization, repository, time, user

if TYPE_CHECKING:
    from tests.github_server.repository import Repository
    from tests.github_server.server import GitHubServer

DATA = Path(__file__).resolve().parent.parent / "data" / "webhooks"
# events of Actions that carry another event's payload
SAME_AS = {"pull_request_target": "pull_request"}
YOUNGER = frozenset({"user_view_type", "organization_id"})
# actions that the examples lack, shown by the one whose shape they share
SHAPED_AS = {"edited": {"pull_request": "opened", "pull_request_review": "submitted"}}


@cache
def examples() -> dict[str, dict[str, Json]]:
    """The examples by event and action."""
    loaded: dict[str, dict[str, Json]] = json.loads((DATA / "examples.json").read_text("utf-8"))
    return loaded


@cache
def _schema(name: str) -> jsonschema_rs.Draft7Validator | None:
    whole = json.loads((DATA / "schema.json").read_text("utf-8"))
    if name not in whole["definitions"]:
        return None
    return jsonschema_rs.Draft7Validator(whole | {"allOf": [{"$ref": f"#/definitions/{name}"}]})


def overlay(example: Any, state: Any) -> Any:
    """The example's fields with the state's values; fields that the state does not know keep the example's."""
    if isinstance(example, Mapping) and example and isinstance(state, Mapping):
        return {key: overlay(value, state[key]) if key in state else copy.deepcopy(value) for key, value in example.items()}
    if isinstance(example, list) and isinstance(state, list):
        return [overlay(example[0], item) if example else plain(item) for item in state]
    return plain(state)


def plain(state: Any) -> Any:
    """A REST object without the fields that are younger than the published payloads."""
    if isinstance(state, Mapping):
        return {key: plain(value) for key, value in state.items() if key not in YOUNGER}
    return [plain(item) for item in state] if isinstance(state, list) else state


def build(
    server: GitHubServer,
    event: str,
    action: str | None,
    *,
    pull: Pull | None = None,
    repo: Repository | None = None,
    sender: str | None = None,
    review: Review | None = None,
    comment: Comment | None = None,
    label: str | None = None,
    assignee: str | None = None,
    before: str | None = None,
    after: str | None = None,
    changes: Json | None = None,
    group: MergeGroup | None = None,
    ref: str | None = None,
    pusher: str = "octocat",
    inputs: Json | None = None,
    run: WorkflowRun | None = None,
    schedule: str = "17 3 * * *",
) -> Json:
    """The payload of an event.

    - `pull_request`, `pull_request_target`: `pull`, and `label`, `assignee`, `before` (synchronize) or `changes` (edited, as in
      `{"base": {"ref": {"from": "weak"}, "sha": {"from": ...}}}`), or `review_requested` with `assignee` as the one asked;
    - `pull_request_review`: `pull`, `review`; its state is in lower case, as in GitHub's payloads;
    - `issue_comment`: `comment`, and `pull` or, on an issue, `repo`; for an edited one `changes`, as in
      `{"body": {"from": "before"}}`, known where `edit_comment` was used; the sender is who wrote it, if nobody else is named;
    - `merge_group`: `group`; `push`: `repo`, `ref`, `before`, `after`, `pusher`; `workflow_dispatch`: `repo`, `ref`, `inputs`;
    - `workflow_run`: `repo`, `run`; `schedule`: nothing but the cron expression, all that GitHub promises.
    """
    if event == "schedule":
        return {"schedule": schedule}
    kind = SAME_AS.get(event, event)
    home = repo or (pull.repo if pull else group.repo if group else None)
    assert home, f"{event} needs a repository"
    shape = SHAPED_AS.get(action or "", {}).get(kind, action or kind)
    default_action = {"merge_group": "checks_requested"}.get(kind)
    example = examples()[kind][default_action if action is None and default_action else shape]
    if comment and not sender:
        sender = comment.user.login
    if pull and action == "synchronize":
        moved, pushed_by = _last_push(pull)
        before, sender = before or moved, sender or pushed_by
    actor = server.account(sender) if sender else pull.user if pull else server.account(pusher)
    state: Json = {"repository": repository(home) | {"stargazers": 0}, "sender": user(server, actor)}
    if home.owner.type == "Organization":
        state["organization"] = organization(server, home.owner)
    if "action" in example:
        state["action"] = action or default_action
    if pull:
        state |= _pull_facts(server, pull, kind, before, after, label, assignee, review)
    match kind:
        case "issue_comment":
            assert comment
            state |= _comment_facts(home, comment)
            if action == "edited" and changes is None and comment.previous_body is not None:
                changes = {"body": {"from": comment.previous_body}}
        case "merge_group":
            assert group
            state["merge_group"] = _group_facts(group)
        case "push":
            assert ref
            state |= _push_facts(server, home, ref, before or ZERO, after or ZERO, pusher)
        case "workflow_dispatch":
            state |= {
                "ref": ref or f"refs/heads/{home.default_branch}",
                "inputs": inputs or {},
                "workflow": ".github/workflows/agentowners.yml",
            }
        case "workflow_run":
            assert run
            state["workflow_run"], state["workflow"] = _run_facts(home, run)
        case _:
            pass
    payload: Json = overlay(example, state)
    if kind == "issue_comment" and "pull_request" in state["issue"]:
        # the examples are of an issue that is none
        payload["issue"]["pull_request"] = state["issue"]["pull_request"]
    if home.owner.type != "Organization":
        payload.pop("organization", None)
    elif "organization" not in payload:
        payload["organization"] = overlay(examples()["merge_group"]["checks_requested"]["organization"], state["organization"])
    payload |= {"changes": changes} if changes is not None else {"changes": {}} if action == "edited" else {}
    check(kind, action or default_action, payload)
    return payload


def _last_push(pull: Pull) -> tuple[str | None, str | None]:
    """From which commit the head came to be what it is, and who pushed."""
    ref = f"refs/heads/{pull.head_ref}"
    for _, before, after, moved, _, by, _ in reversed(pull.head_repo.activity):
        if (moved, after) == (ref, pull.head_sha) and before != ZERO:
            return before, by.login
    return None, None


def _pull_facts(
    server: GitHubServer,
    pull: Pull,
    kind: str,
    before: str | None,
    after: str | None,
    label: str | None,
    assignee: str | None,
    review: Review | None,
) -> Json:
    from tests.github_server.render import pulls as render

    state: Json = {"number": pull.number}
    state["pull_request"] = render.pull_full(pull) if kind == "pull_request" else render.pull_simple(pull)
    for asked in state["pull_request"]["requested_teams"]:
        # a webhook says less of a team
        del asked["type"], asked["organization_id"]
    state |= {"before": before or pull.base_sha, "after": after or pull.head_sha}
    if label is not None:
        known = pull.repo.find_label(label)
        assert known, f"no label {label!r}"
        state["label"] = render.label(pull.repo, known)
    if assignee is not None:
        state["assignee"] = state["requested_reviewer"] = user(server, server.account(assignee))
    if review is not None:
        shown = render.review(pull, review)
        state["review"] = shown | {"state": shown["state"].lower()}
    return state


def _comment_facts(repo: Repository, comment: Comment) -> Json:
    from tests.github_server.render import pulls as render

    return {"issue": render.issue(repo.discussed(comment.number)), "comment": render.comment(repo, comment)}


def _group_facts(group: MergeGroup) -> Json:
    store = group.repo.store
    commit = store.read_commit(group.head_sha)
    head = {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": time(commit.committer.date),
        "author": _who(commit.author),
        "committer": _who(commit.committer),
    }
    return {
        "head_sha": group.head_sha,
        "head_ref": group.head_ref,
        "base_sha": group.base_sha,
        "base_ref": group.base_ref,
        "head_commit": head,
    }


def _who(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email}


def _push_facts(server: GitHubServer, repo: Repository, ref: str, before: str, after: str, pusher: str) -> Json:
    from tests.github_server.render import history

    deleted, created = after == ZERO, before == ZERO
    exclude = [sha for name, sha in repo.branches().items() if f"refs/heads/{name}" != ref] if created else [before]
    commits = []
    for sha in [] if deleted else repo.store.commits(after, exclude)[-2048:]:
        it = repo.store.read_commit(sha)
        by_status: dict[str, list[str]] = {"added": [], "removed": [], "modified": []}
        for file in history.commit_files(repo, sha):
            if file.previous is not None:
                by_status["removed"].append(show(file.previous))
            name = {"renamed": "added", "copied": "added", "changed": "modified"}.get(file.status, file.status)
            by_status[name].append(show(file.path))
        people = {}
        for role, signature in (("author", it.author), ("committer", it.committer)):
            account = server.find_account(signature.email)
            people[role] = _who(signature) | ({"username": account.login} if account else {})
        commits.append(
            {
                "id": sha,
                "tree_id": it.tree,
                "distinct": True,
                "message": it.message,
                "timestamp": time(it.committer.date),
                "url": f"{server.html_url}/{repo.full_name}/commit/{sha}",
                **people,
                **by_status,
            }
        )
    account = server.account(pusher)
    forced = not created and not deleted and repo.store.merge_base(before, after) != before
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "created": created,
        "deleted": deleted,
        "forced": forced,
        "base_ref": None,
        "compare": f"{server.html_url}/{repo.full_name}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": account.login, "email": account.email},
        "repository": repository(repo)
        | {
            "stargazers": 0,
            "master_branch": repo.default_branch,
            "created_at": repo.created_at,
            "pushed_at": repo.created_at,
            "owner": user(server, repo.owner) | {"name": repo.owner.login, "email": repo.owner.email},
        },
    }


def _run_facts(repo: Repository, run: WorkflowRun) -> tuple[Json, Json]:
    from tests.github_server.render import checks

    shown = checks.workflow_run(repo, run)
    root, page = shown["workflow_url"], f"{repo.server.html_url}/{repo.full_name}"
    badge = f"{page}/workflows/{quote(run.name)}/badge.svg"
    dates = {"created_at": shown["created_at"], "updated_at": shown["created_at"]}
    workflow = {"id": 1, "node_id": "W_1", "name": run.name, "path": run.path, "state": "active", "url": root, "badge_url": badge}
    return shown, workflow | dates | {"html_url": f"{page}/blob/{repo.default_branch}/{run.path}"}


def check(event: str, action: str | None, payload: Json) -> None:
    """AssertionError where a payload does not have the published shape."""
    validator = _schema(f"{event}${action}" if action else f"{event}$event")
    assert validator, f"no schema for {event} {action}"
    wrong = [f"/{'/'.join(map(str, error.instance_path))}: {error.message[:300]}" for error in validator.iter_errors(payload)]
    assert not wrong, "\n".join([f"payload of {event} {action}:", *wrong])
