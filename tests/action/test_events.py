"""Payload in, target out: GitHub's published examples, and everything that is none."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.action.events import EventError, MergeGroup, Nothing, PullRequest, Push, Sweep, Target, WorkflowRun, target
from agentowners.github.model import Activity
from agentowners.github.reading import JsonNode

EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parent.parent / "data" / "webhooks" / "examples.json").read_text("utf-8")
)
EVENTS = (
    "pull_request",
    "pull_request_target",
    "pull_request_review",
    "merge_group",
    "push",
    "workflow_dispatch",
    "workflow_run",
    "schedule",
)
NOBODY = "0" * 40
SHA = "1" * 40


@pytest.mark.parametrize(
    ("event", "action"),
    [(event, action) for event in ("pull_request", "pull_request_review") for action in sorted(EXAMPLES[event])],
)
def test_pull_requests_of_githubs_examples(event: str, action: str) -> None:
    payload = EXAMPLES[event][action]
    pull = payload["pull_request"]
    push = None
    if (event, action) == ("pull_request", "synchronize"):
        actor = JsonNode(payload["sender"]).account()
        push = Activity(before=payload["before"], after=payload["after"], kind="", actor=actor)
    expected = PullRequest(pull["number"], pull["head"]["sha"], pull["base"]["ref"], push)
    assert target(event, payload) == expected
    assert target("pull_request_target", payload) == expected


def test_of_a_pull_request_its_number_is_enough() -> None:
    assert target("pull_request_target", {"pull_request": {"number": 7}}) == PullRequest(7)


def test_merge_group() -> None:
    payload = EXAMPLES["merge_group"]["checks_requested"]
    group = payload["merge_group"]
    assert target("merge_group", payload) == MergeGroup(group["head_sha"], group["head_ref"], group["base_ref"])
    assert isinstance(target("merge_group", payload | {"action": "destroyed"}), Nothing)


@pytest.mark.parametrize("name", sorted(EXAMPLES["push"]))
def test_pushes_of_githubs_examples(name: str) -> None:
    payload = EXAMPLES["push"][name]
    expected: Target
    if payload["after"] == NOBODY:
        expected = Nothing(f"{payload['ref']} was deleted")
    else:
        before = None if payload["before"] == NOBODY else payload["before"]
        pusher = JsonNode(payload["sender"]).account()
        expected = Push(payload["ref"], before, payload["after"], pusher, payload["repository"]["default_branch"])
    assert target("push", payload) == expected


def test_a_deleted_branch_is_nothing_to_judge() -> None:
    payload = {
        "ref": "refs/heads/x",
        "before": SHA,
        "after": NOBODY,
        "sender": {"id": 1},
        "repository": {"default_branch": "main"},
    }
    assert target("push", payload) == Nothing("refs/heads/x was deleted")


def test_workflow_run() -> None:
    for payload in EXAMPLES["workflow_run"].values():
        run = payload["workflow_run"]
        expected = WorkflowRun(run["head_repository"]["full_name"], run["head_branch"], run["head_sha"])
        assert target("workflow_run", payload) == expected
    assert target(
        "workflow_run", {"workflow_run": {"head_repository": None, "head_branch": None, "head_sha": SHA}}
    ) == WorkflowRun(None, None, SHA)


@pytest.mark.parametrize("value", ["7", 7, " #7 "])
def test_workflow_dispatch(value: object) -> None:
    assert target("workflow_dispatch", {"inputs": {"pull-request": value}}) == PullRequest(7)


@pytest.mark.parametrize("inputs", [None, {}, {"pull-request": ""}, {"pull-request": None}])
def test_workflow_dispatch_without_a_number(inputs: object) -> None:
    with pytest.raises(EventError, match="names no pull request"):
        target("workflow_dispatch", {"inputs": inputs})


@pytest.mark.parametrize("value", ["0", "-1", "seven", "7; rm", "99999999999", "\u0667", "1.0", True, [7]])
def test_workflow_dispatch_with_no_number_of_a_pull_request(value: object) -> None:
    with pytest.raises(EventError, match="not a pull request's number"):
        target("workflow_dispatch", {"inputs": {"pull-request": value}})


def test_schedule() -> None:
    assert target("schedule", {"schedule": "0 3 * * *"}) == Sweep()


@pytest.mark.parametrize("event", ["", "issues", "workflow_call", "PUSH", "pull_request_review_comment", "release\n::error::x"])
def test_threat_15_an_unknown_event_is_an_error(event: str) -> None:
    with pytest.raises(EventError) as caught:
        target(event, EXAMPLES["pull_request"]["opened"])
    assert "\n" not in caught.value.message
    assert caught.value.help is not None
    assert "pull_request_target" in caught.value.help


BREAKS: list[tuple[str, tuple[str, ...], object]] = [
    ("pull_request", ("pull_request",), None),
    ("pull_request", ("pull_request", "number"), "1"),
    ("pull_request", ("pull_request", "number"), True),
    ("pull_request", ("pull_request", "number"), -1),
    ("pull_request", ("pull_request", "number"), 0),
    ("pull_request", ("pull_request", "head", "sha"), "main"),
    ("pull_request", ("pull_request", "base", "ref"), 1),
    ("pull_request", ("number",), 12345),
    ("merge_group", ("merge_group", "head_sha"), SHA.upper().replace("1", "A")),
    ("merge_group", ("merge_group", "base_ref"), None),
    ("merge_group", ("merge_group",), []),
    ("push", ("ref",), "main"),
    ("push", ("before",), "abc"),
    ("push", ("after",), None),
    ("push", ("sender",), None),
    ("push", ("repository", "default_branch"), 3),
    ("workflow_run", ("workflow_run", "head_sha"), ""),
    ("workflow_run", ("workflow_run", "head_repository"), "acme/shop"),
]


@pytest.mark.parametrize(("event", "path", "value"), BREAKS)
def test_threat_15_a_malformed_payload_is_an_error(event: str, path: tuple[str, ...], value: object) -> None:
    payload = copy.deepcopy(next(iter(EXAMPLES[event].values())))
    place = payload
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(EventError) as caught:
        target(event, payload)
    assert caught.value.message.startswith(f"the payload of the event `{event}` is malformed: `event.")
    assert caught.value.help


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(event=st.sampled_from(EVENTS), payload=st.dictionaries(st.text(max_size=12), JSON, max_size=4))
def test_no_payload_ends_in_anything_but_a_target_or_an_event_error(event: str, payload: dict[str, Any]) -> None:
    if event == "schedule":
        assert target(event, payload) == Sweep()
        return
    with pytest.raises(EventError):
        target(event, payload)
