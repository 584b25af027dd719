"""``check --event``: the payload of a webhook event, judged by what the local clone holds.

The payload is believed where it says who opened the pull request or pushed: it is a recording of what GitHub sent. Files, commits
and policy come from the clone; reviews and what an e-mail address is linked to are known to GitHub alone.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from agentowners.change.model import Change, Evidence, Signal, Strength
from agentowners.cli.inputs import read_input
from agentowners.cli.offline import Subject
from agentowners.cli.policies import from_disk, on_revision
from agentowners.cli.ranges import range_subject
from agentowners.cli.request import Request
from agentowners.cli.shell import UsageError
from agentowners.diagnostics import AgentownersError, Diagnostic, Severity, Span
from agentowners.git.clone import HEADS, inspect_clone
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, find_branch, policy_sources, resolve
from agentowners.git.run import Git
from agentowners.github.reading import JsonNode, MalformedError, maybe_account
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.report.verdict.labels import is_ours

_PULL_REQUEST: Final = ("pull_request", "pull_request_target", "pull_request_review")
_PUSH: Final = "push"
_AS_SENT: Final = "it has to be as GitHub sent it"
_LABEL_PREFIX: Final = "agentowners"


def of_event(request: Request, path: str) -> Subject:
    """The change that a recorded event is about.

    Raises:
        UsageError: the event is none that can be judged without GitHub.
        AgentownersError: the payload is malformed, or the clone does not have what it names.
    """
    event = _event(read_input(path, "event"))
    name = request.event_name or _name(event)
    if name not in (*_PULL_REQUEST, _PUSH):
        known = ", ".join(f"`{known}`" for known in (*_PULL_REQUEST, _PUSH))
        raise UsageError(f"an event `{name}` cannot be judged without GitHub", help=f"there are: {known}")
    try:
        change, base = _push(event) if name == _PUSH else _pull_request(event)
        standard = f"{HEADS}{event['repository']['default_branch'].text()}"
    except MalformedError as error:
        raise AgentownersError(f"the event in `{path}` is malformed: {error.message}", help=_AS_SENT) from None
    note = Diagnostic(
        id="event-judged-offline",
        severity=Severity.NOTE,
        message="a recorded event holds no reviews, and no accounts of commit e-mails: no approval was counted",
        span=Span(path, 1, 1, 1, 1),
        help="the GitHub Action judges it with both",
    )
    return _subject(request, change, base, standard, note)


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


def _pull_request(event: JsonNode) -> tuple[Change, str]:
    """The change without its files, and the base's commit."""
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
        ref=f"{HEADS}{pull['base']['ref'].text()}",
        files=(),
        evidence=tuple(evidence),
        author=author,
        repository=event["repository"]["full_name"].text(),
        pull_request=pull["number"].number(),
        head=pull["head"]["sha"].sha(),
    )
    return change, pull["base"]["sha"].sha()


def _push(event: JsonNode) -> tuple[Change, str | None]:
    """The change without its files, and the commit that was there before; None where the push made the ref."""
    ref = event["ref"].text()
    if not ref.startswith("refs/"):
        raise MalformedError("`event.ref` is not the full name of a ref")
    before, after = event["before"].commit(), event["after"].commit()
    if after is None:
        raise AgentownersError(f"`{ref}` was deleted: there is nothing to judge")
    author = event["sender"].account()
    evidence = (Evidence(Signal.AUTHOR, Strength.VERIFIED, account=author),)
    repository = event["repository"]["full_name"].text()
    change = Change(ref=ref, files=(), evidence=evidence, author=author, repository=repository, head=after)
    return change, before


def _subject(request: Request, change: Change, before: str | None, standard_ref: str, note: Diagnostic) -> Subject:
    git, head = Git(), change.head or ""
    with Objects.of(git) as objects:
        standard = find_branch(objects, standard_ref)
        base = standard if before is None else Revision(before, resolve(objects, before).commit, change.ref)
        if base is None:
            raise AgentownersError(f"`{standard_ref}` is not in this clone", help="fetch it first")
        resolve(objects, head)
        on_disk = from_disk(request.policy_files)
        sources = on_disk or on_revision(objects, base, standard)
        is_push = change.pull_request is None
        if is_push and not on_disk and standard is not None and change.ref != standard_ref:
            known = {(source.path, source.data) for source in sources}
            above = policy_sources(objects, standard, POLICY_NAMES)
            sources += tuple(source for source in above if (source.path, source.data) not in known)
    # what was pushed is compared with what was there, and not with the ancestor that both have in common
    straight = is_push and before is not None
    clone, name = inspect_clone(git, head), note.span.path
    subject = range_subject(request, git, clone, base.commit, change, sources, name, straight=straight)
    return replace(subject, diagnostics=(note, *subject.diagnostics))
