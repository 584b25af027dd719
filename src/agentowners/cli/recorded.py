"""``check --event``: the payload of a webhook event, judged by what the local clone holds.

The payload is believed where it says who opened the pull request or pushed: it is a recording of what GitHub sent. Files, commits
and policy come from the clone; reviews and what an e-mail address is linked to are known to GitHub alone.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Change, Evidence, Signal, Strength
from agentowners.cli.inputs import read_input
from agentowners.cli.offline import Subject
from agentowners.cli.policies import from_disk, on_revision
from agentowners.cli.ranges import range_subject
from agentowners.cli.request import Request
from agentowners.cli.shell import UsageError
from agentowners.diagnostics import AgentownersError, Diagnostic, Severity, Span
from agentowners.git.clone import inspect_clone
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, find_branch, policy_sources, resolve
from agentowners.git.run import Git
from agentowners.github.reading import JsonNode, MalformedError, maybe_account
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.report.verdict.labels import is_ours

_HEADS: Final = "refs/heads/"
_PULL_REQUEST: Final = ("pull_request", "pull_request_target", "pull_request_review")
_PUSH: Final = "push"
_AS_SENT: Final = "it has to be as GitHub sent it"
_LABEL_PREFIX: Final = "agentowners"
_NO_COMMIT: Final = re.compile("0+")


def of_event(request: Request, path: str) -> Subject:
    """The change that a recorded event is about.

    Raises:
        UsageError: the event is none that can be judged without GitHub.
        AgentownersError: the payload is malformed, or the clone does not have what it names.
    """
    event = _event(read_input(path, "event"))
    name = request.event_name or _name(event)
    reader = _push if name == _PUSH else _pull_request if name in _PULL_REQUEST else None
    if reader is None:
        known = ", ".join(f"`{known}`" for known in (*_PULL_REQUEST, _PUSH))
        raise UsageError(f"an event `{name}` cannot be judged without GitHub", help=f"there are: {known}")
    try:
        payload = reader(event)
    except MalformedError as error:
        raise AgentownersError(f"the event in `{path}` is malformed: {error.message}", help=_AS_SENT) from None
    return _subject(request, payload, _note(path))


def _event(data: bytes) -> JsonNode:
    import json

    try:
        return JsonNode(json.loads(data), "event")
    except (ValueError, RecursionError):
        raise AgentownersError("the event is not valid JSON", help=_AS_SENT) from None


def _name(event: JsonNode) -> str:
    if not isinstance(event.value, dict):
        raise AgentownersError("the event is not a JSON object", help=_AS_SENT)
    if "pull_request" in event.value:
        return _PULL_REQUEST[0]
    if {"ref", "before", "after"} <= event.value.keys():
        return _PUSH
    raise UsageError("what kind of event this is cannot be told from its payload", help="name it with `--event-name`")


def _note(path: str) -> Diagnostic:
    return Diagnostic(
        id="event-judged-offline",
        severity=Severity.NOTE,
        message="a recorded event holds no reviews, and no accounts of commit e-mails: no approval was counted",
        span=Span(path, 1, 1, 1, 1),
        help="the GitHub Action judges it with both",
    )


class _RecordedEvent(Struct, frozen=True, kw_only=True):
    """Facts read from a webhook payload."""

    change: Change
    """Without its files."""
    standard: str
    """Full name of the default branch."""
    base: str | None
    """None where a push made the ref."""
    straight: bool = False
    """True where the head is compared with the base itself, and not with the ancestor that both have in common."""


def _pull_request(event: JsonNode) -> _RecordedEvent:
    pull = event["pull_request"]
    author = maybe_account(pull.get("user"))
    # also where GitHub names no author: somebody opened it
    evidence = [Evidence(Signal.AUTHOR, Strength.VERIFIED, account=author)]
    evidence.append(Evidence(Signal.BRANCH, Strength.ASSERTED, text=pull["head"]["ref"].text()))
    body = pull.words("body")
    evidence += [Evidence(Signal.BODY, Strength.ASSERTED, text=body)] if body else []
    names = [label["name"].text() for label in pull["labels"].items()]
    evidence += [Evidence(Signal.LABEL, Strength.ASSERTED, text=name) for name in names if not is_ours(name, _LABEL_PREFIX)]
    change = Change(
        ref=f"{_HEADS}{pull['base']['ref'].text()}",
        files=(),
        evidence=tuple(evidence),
        author=author,
        repository=_repository(event),
        pull_request=pull["number"].number(),
        head=pull["head"]["sha"].sha(),
    )
    return _RecordedEvent(change=change, standard=_standard(event), base=pull["base"]["sha"].sha())


def _push(event: JsonNode) -> _RecordedEvent:
    ref = event["ref"].text()
    if not ref.startswith("refs/"):
        raise MalformedError("`event.ref` is not the full name of a ref")
    before, after = event["before"].sha(), event["after"].sha()
    if _NO_COMMIT.fullmatch(after):
        raise AgentownersError(f"`{ref}` was deleted: there is nothing to judge")
    author = event["sender"].account()
    new = _NO_COMMIT.fullmatch(before) is not None
    evidence = (Evidence(Signal.AUTHOR, Strength.VERIFIED, account=author),)
    change = Change(ref=ref, files=(), evidence=evidence, author=author, repository=_repository(event), head=after)
    return _RecordedEvent(change=change, standard=_standard(event), base=None if new else before, straight=not new)


def _repository(event: JsonNode) -> str:
    return event["repository"]["full_name"].text()


def _standard(event: JsonNode) -> str:
    return f"{_HEADS}{event['repository']['default_branch'].text()}"


def _subject(request: Request, payload: _RecordedEvent, note: Diagnostic) -> Subject:
    git, change, head = Git(), payload.change, payload.change.head or ""
    with Objects.of(git) as objects:
        standard = find_branch(objects, payload.standard)
        base = standard if payload.base is None else Revision(payload.base, resolve(objects, payload.base).commit, change.ref)
        if base is None:
            raise AgentownersError(f"`{payload.standard}` is not in this clone", help="fetch it first")
        resolve(objects, head)
        on_disk = from_disk(request.policy_files)
        sources = on_disk or on_revision(objects, base, standard)
        if change.pull_request is None and not on_disk and standard is not None and change.ref != payload.standard:
            known = {(source.path, source.data) for source in sources}
            above = policy_sources(objects, standard, POLICY_NAMES)
            sources += tuple(source for source in above if (source.path, source.data) not in known)
    clone, name = inspect_clone(git, head), note.span.path
    subject = range_subject(request, git, clone, base.commit, change, sources, name, straight=payload.straight)
    return replace(subject, diagnostics=(note, *subject.diagnostics))
