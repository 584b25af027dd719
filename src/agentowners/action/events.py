"""Reads an event: payload in, target out.

Of a payload only numbers, refs and commit ids are used, to look up the rest; and who pushed, which nothing else tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from agentowners.change.model import Account
from agentowners.diagnostics import AgentownersError
from agentowners.github.model import Activity
from agentowners.github.reading import JsonNode, MalformedError, maybe_account
from agentowners.report.shared.escape import quoted

ADDRESS: Final = "/agentowners"
"""Beginning of a comment that speaks to the gate."""
_BRANCH: Final = "refs/heads/"


class PullRequest(Struct, frozen=True):
    """Judge one pull request."""

    number: int
    head: str | None = None
    """Its head when the event happened: where a failure can be shown if even the pull request cannot be fetched."""
    base_ref: str | None = None
    """Name of its base branch when the event happened, for the name of that failure."""
    push: Activity | None = None
    """The push that the event is about."""


class CommentCommand(Struct, frozen=True):
    """Judge one pull request, for what somebody said, or has said, to the gate in a comment on it."""

    number: int
    speaker: Account | None
    """Author of the comment; None where the account is gone."""


class MergeGroup(Struct, frozen=True):
    """Judge the pull requests of a merge queue's group."""

    head: str
    head_ref: str
    """Full name of the queue's own ref, which names a pull request."""
    base_ref: str
    """Full name of the ref that the group is to be merged into."""


class Push(Struct, frozen=True):
    """Judge what was pushed."""

    ref: str
    """Full name."""
    before: str | None
    """None where the ref is new."""
    after: str
    pusher: Account
    """The account that pushed, as it was then."""
    default_branch: str


class Sweep(Struct, frozen=True):
    """Judge every open pull request again."""


class WorkflowRun(Struct, frozen=True):
    """Judge the pull requests of the branch and commit that a workflow ran for."""

    head_repository: str | None
    """``owner/name``; None where the fork is gone."""
    head_branch: str | None
    head: str


class Nothing(Struct, frozen=True):
    """There is nothing to judge."""

    why: str


Target = PullRequest | CommentCommand | MergeGroup | Push | Sweep | WorkflowRun | Nothing


class EventError(AgentownersError):
    """An event that is not understood: never a pass."""


def target(event_name: str, payload: Mapping[str, Any]) -> Target:
    """Target of an event.

    Raises:
        EventError: the event is none of those supported, or its payload is not what GitHub sends.
    """
    reader = _READERS.get(event_name)
    if reader is None:
        raise EventError(
            f"the event {quoted(event_name)} is not supported" if event_name else "no event is named",
            help=f"run this workflow on one of {', '.join(_READERS)}",
        )
    try:
        return reader(JsonNode(payload, "event"))
    except MalformedError as error:
        raise EventError(
            f"the payload of the event {quoted(event_name)} is malformed: {error.message}",
            help="GITHUB_EVENT_PATH has to hold the payload as GitHub sent it",
        ) from None


def _pull_request(event: JsonNode) -> Target:
    pull = event["pull_request"]
    number = pull["number"].number()
    stated = event.get("number")
    if number < 1 or (stated is not None and stated.number() != number):
        raise MalformedError("`event.pull_request.number` is not the number of a pull request")
    head, base = pull.maybe("head", lambda head: head["sha"].sha()), pull.maybe("base", lambda base: base["ref"].text())
    return PullRequest(number, head, base, _synchronized(event))


def _synchronized(event: JsonNode) -> Activity | None:
    """The push, with its author; that stays true however late the job is run."""
    action, before, after, sender = (event.get(name) for name in ("action", "before", "after", "sender"))
    if action is None or action.text() != "synchronize" or before is None or after is None or sender is None:
        return None
    return Activity(before=before.sha(), after=after.sha(), kind="", actor=sender.account())


def _issue_comment(event: JsonNode) -> Target:
    issue, comment, action = event["issue"], event["comment"], event["action"].text()
    number = issue["number"].number()
    if number < 1:
        raise MalformedError("`event.issue.number` is not the number of an issue or a pull request")
    speaker = maybe_account(comment.get("user"))
    if action not in ("created", "edited", "deleted"):
        return Nothing(f"the comment was {action if action.isalpha() else 'changed'}, which says nothing new")
    if issue.get("pull_request") is None:
        return Nothing(f"#{number} is no pull request")
    before = (event.get("changes") or JsonNode({})).get("body") or JsonNode({})
    if not any(text.lstrip().startswith(ADDRESS) for text in (comment.words("body"), before.words("from"))):
        return Nothing(f"the comment on #{number} does not begin with {quoted(ADDRESS)}")
    return CommentCommand(number, speaker)


def _merge_group(event: JsonNode) -> Target:
    group = event["merge_group"]
    action = event["action"].text()
    if action == "destroyed":
        return Nothing("the merge group is gone")
    return MergeGroup(group["head_sha"].sha(), _ref(group["head_ref"]), _ref(group["base_ref"]))


def _ref(node: JsonNode) -> str:
    text = node.text()
    return text if text.startswith("refs/") else f"{_BRANCH}{text}"


def _push(event: JsonNode) -> Target:
    ref = event["ref"].text()
    before, after = event["before"].commit(), event["after"].commit()
    if not ref.startswith("refs/"):
        raise MalformedError("`event.ref` is not the full name of a ref")
    if after is None:
        return Nothing(f"{ref} was deleted")
    pusher = event["sender"].account()
    default_branch = event["repository"]["default_branch"].text()
    return Push(ref, before, after, pusher, default_branch)


def _workflow_dispatch(event: JsonNode) -> Target:
    inputs = event.get("inputs")
    number = None if inputs is None else inputs.get("pull-request")
    text = "" if number is None else str(number.value).strip().removeprefix("#")
    if not re.fullmatch(r"[1-9][0-9]{0,9}", text):
        what = f"{quoted(text[:100])} is not a pull request's number"
        raise EventError(
            what if text else "the event `workflow_dispatch` names no pull request",
            help="run the workflow with the number of a pull request as its input `pull-request`",
        )
    return PullRequest(int(text))


def _workflow_run(event: JsonNode) -> Target:
    run = event["workflow_run"]
    repository = run.maybe("head_repository", lambda repository: repository["full_name"].text())
    return WorkflowRun(repository, run.maybe("head_branch", JsonNode.text), run["head_sha"].sha())


def _schedule(event: JsonNode) -> Target:
    event.get("schedule")
    return Sweep()


_READERS: Final[Mapping[str, Callable[[JsonNode], Target]]] = {
    "pull_request": _pull_request,
    "pull_request_target": _pull_request,
    "pull_request_review": _pull_request,
    "merge_group": _merge_group,
    "push": _push,
    "workflow_dispatch": _workflow_dispatch,
    "workflow_run": _workflow_run,
    "schedule": _schedule,
    "issue_comment": _issue_comment,
}
