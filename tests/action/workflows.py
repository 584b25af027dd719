"""GitHub Actions, as far as the gate's wiring goes: which workflows an event starts, from which commit, with what token.

Each rule is GitHub's:
https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
https://docs.github.com/en/actions/reference/security/securely-using-pull_request_target
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from agentowners.action.run import main
from tests.action.world import PATIENCE, World
from tests.docs.pages import page
from tests.github_server.merging import trial_merge
from tests.github_server.model import Comment, MergeGroup, MergeRefused, Pull, Review, WorkflowRun

ROOT = Path(__file__).resolve().parents[2]
ACTION = re.compile(r"agentowners/agentowners-action@.+")
REUSABLE = re.compile(r"agentowners/agentowners-action/\.github/workflows/agentowners\.yml@.+")
FOLDER = ".github/workflows"
GATE, SIGNAL = f"{FOLDER}/agentowners.yml", f"{FOLDER}/agentowners-review-signal.yml"
GRANTED = {"contents": "read", "pull-requests": "write", "checks": "write"}
FROM_THE_PULL_REQUEST = ("pull_request", "pull_request_review")
USUAL_TYPES = {
    "pull_request": ["opened", "synchronize", "reopened"],
    "pull_request_target": ["opened", "synchronize", "reopened"],
}
SKIP = re.compile(r"\[(skip ci|ci skip|no ci|skip actions|actions skip)\]")
Json = dict[Any, Any]


@dataclass(frozen=True)
class Job:
    """A job that ran."""

    workflow: str
    event: str
    name: str
    permissions: Mapping[str, str]
    """What its token may do."""
    code: int | None
    """What the gate ended with; None where the job does not run it."""
    log: str = field(repr=False, default="")


class Actions:
    """The workflows of a world's repository, and what its events start."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.jobs: list[Job] = []
        """Every job since the last event."""

    def opened(self, pull: Pull) -> None:
        """A pull request was opened."""
        self._about("opened", pull)

    def pushed_to(self, pull: Pull) -> None:
        """A pull request's branch was pushed to."""
        self._about("synchronize", pull)

    def reviewed(self, pull: Pull, review: Review, action: str = "submitted") -> None:
        """A review was given, edited or dismissed."""
        self.jobs = []
        payload = self.world.server.payload("pull_request_review", action, pull=pull, review=review)
        self._from_the_pull_request("pull_request_review", action, pull, payload)

    def closed(self, pull: Pull) -> None:
        """A pull request was closed."""
        self._about("closed", pull)

    def base_pushed(self, before: str, *, by: str = "octocat", branch: str = "main") -> None:
        """A branch of the repository itself was pushed to, from a commit to where it is now; the workflows are those of the push,
        and none runs where its newest commit says so."""
        self.jobs = []
        after = self.world.repo.tip(branch)
        if SKIP.search(self.world.repo.store.read_commit(after).message) is not None:
            return
        facts = {"repo": self.world.repo, "ref": f"refs/heads/{branch}", "before": before, "after": after}
        payload = self.world.server.payload("push", None, pusher=by, sender=by, **facts)
        for workflow in self._on("push", "", after):
            filters = (workflow["on"]["push"] or {}).get("branches", ["**"])
            if any(fnmatchcase(branch, one) for one in filters):
                self._run(workflow, "push", payload, read_only=False)

    def scheduled(self) -> None:
        """The hour has come."""
        self.jobs = []
        payload = self.world.server.payload("schedule", None)
        for workflow in self._on("schedule", "", self.world.repo.tip(self.world.repo.default_branch)):
            self._run(workflow, "schedule", payload, read_only=False)

    def commented(self, comment: Comment, action: str = "created", **facts: Any) -> None:
        """Something was written on a pull request, edited or deleted."""
        self.jobs = []
        pull = self.world.repo.pulls[comment.number]
        payload = self.world.server.payload("issue_comment", action, pull=pull, comment=comment, **facts)
        for workflow in self._on("issue_comment", action, self.world.repo.tip(self.world.repo.default_branch)):
            self._run(workflow, "issue_comment", payload, read_only=False)

    def queued(self, group: MergeGroup) -> None:
        """The merge queue built a group."""
        self.jobs = []
        payload = self.world.server.payload("merge_group", "checks_requested", group=group)
        for workflow in self._on("merge_group", "checks_requested", group.head_sha):
            self._run(workflow, "merge_group", payload, read_only=False)

    def ended(self, run: WorkflowRun, **lies: Any) -> None:
        """A run of a workflow ended; `lies` replace what GitHub says of it."""
        payload = self.world.server.payload("workflow_run", "completed", repo=self.world.repo, run=run)
        payload["workflow_run"] |= lies
        default = self.world.repo.tip(self.world.repo.default_branch)
        for workflow in self._on("workflow_run", "completed", default):
            if run.name in workflow["on"]["workflow_run"]["workflows"]:
                self._run(workflow, "workflow_run", payload, read_only=False)

    # --- which workflows ---

    def _about(self, action: str, pull: Pull) -> None:
        self.jobs = []
        default = self.world.repo.tip(self.world.repo.default_branch)
        payload = self.world.server.payload("pull_request_target", action, pull=pull)
        for workflow in self._on("pull_request_target", action, default):
            self._run(workflow, "pull_request_target", payload, read_only=False)
        message = pull.head_repo.store.read_commit(pull.head_sha).message
        if SKIP.search(message) is None:
            self._from_the_pull_request(
                "pull_request", action, pull, self.world.server.payload("pull_request", action, pull=pull)
            )

    def _from_the_pull_request(self, event: str, action: str, pull: Pull, payload: Json) -> None:
        commit = trial_merge(pull)
        if commit is None:
            return  # there is a conflict, and so no commit to run on
        read_only = pull.head_repo is not self.world.repo
        for workflow in self._on(event, action, commit):
            conclusion = self._run(workflow, event, payload, read_only=read_only, shown_on=pull.head_sha)
            run = self.world.repo.add_workflow_run(
                event=event,
                head_branch=pull.head_ref,
                head_sha=pull.head_sha,
                head_repo=pull.head_repo,
                name=workflow["name"],
                path=workflow["path"],
                conclusion=conclusion,
            )
            self.ended(run)

    def _on(self, event: str, action: str, commit: str) -> Iterator[Json]:
        """The workflows of a commit that an event starts."""
        store = self.world.repo.store
        folder = store.lookup(commit, FOLDER.encode())
        for entry in store.tree(folder.sha) if folder else ():
            workflow: Json = yaml.safe_load(store.read(entry.sha)[1])
            events = workflow["on"] = workflow.pop(True)
            if event in events:
                filters = events[event] if isinstance(events[event], dict) else {}
                types = filters.get("types", USUAL_TYPES.get(event, [action]))
                if any(fnmatchcase(action, one) for one in types):
                    yield workflow | {"path": f"{FOLDER}/{entry.path.decode()}"}

    # --- what they do ---

    def _run(self, workflow: Json, event: str, payload: Json, *, read_only: bool, shown_on: str | None = None) -> str:
        conclusion = "success"
        for key, job in workflow["jobs"].items():
            granted = dict(job.get("permissions", workflow.get("permissions", {})))
            name, steps = key, job.get("steps", [])
            if REUSABLE.fullmatch(job.get("uses", "")):
                called = yaml.safe_load((ROOT / ".github/workflows/agentowners.yml").read_text("utf-8"))["jobs"]["gate"]
                # a workflow that is called can have less than its caller, never more
                granted = {scope: level for scope, level in called["permissions"].items() if scope in granted}
                name, steps = f"{key} / {called['name']}", [{"uses": called["steps"][0]["uses"], "with": job.get("with", {})}]
            if read_only:
                granted = dict.fromkeys(granted, "read")
            codes = [self._gate(step, event, payload, granted) for step in steps if ACTION.fullmatch(step.get("uses", ""))]
            code = codes[0] if codes else None
            self.jobs.append(Job(workflow["name"], event, name, granted, code))
            if code:
                conclusion = "failure"
            if shown_on is not None:
                self.world.repo.add_check_run(name, shown_on, job=True, conclusion="failure" if code else "success")
        return conclusion

    def _gate(self, step: Json, event: str, payload: Json, permissions: Mapping[str, str]) -> int:
        world = self.world
        token = world.server.token("actions", permissions=permissions, repository=world.repo)
        inputs = {f"INPUT_{name.upper()}": str(value) for name, value in step.get("with", {}).items()}
        environ = world.environ(event, json.dumps(payload))
        return main(environ | {"INPUT_TOKEN": token} | inputs, patience=PATIENCE)


def shown(name: str, title: str, *words: str) -> str:
    """The workflow that a page shows under a title."""
    (text,) = (block.text for block in page(name).blocks if block.title == title and ("fall-back" in block.words) == bool(words))
    return text


def fork_pull(
    world: World, files: dict[str, Any], *, author: str = "Copilot", message: str = "change", owner: str = "octofork"
) -> Pull:
    """A pull request from a fork, whose owner may write nothing here."""
    fork = world.repo.fork(owner)
    fork.commit("patch", files, message=message, author=author)
    return world.repo.open_pull("patch", base="main", author=author, title="Change", body="", fork=fork)


def merges(world: World, pull: Pull) -> bool:
    try:
        world.repo.merge(pull)
    except MergeRefused:
        return False
    return True
