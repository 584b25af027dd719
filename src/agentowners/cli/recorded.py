"""``check --event``: the payload of a webhook event, judged by what the local clone holds.

The payload is believed where it says who opened the pull request or pushed: it is a recording of what GitHub sent. Files, commits
and policy come from the clone; reviews and what an e-mail address is linked to are known to GitHub alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from agentowners.change.model import Account, Change, Evidence, Signal, Strength
from agentowners.cli.inputs import read_input
from agentowners.cli.policies import from_disk, names_in_repository, on_revision
from agentowners.cli.ranges import not_looked_at
from agentowners.cli.shell import UsageError
from agentowners.cli.subject import Request, Subject
from agentowners.diagnostics import AgentownersError, Diagnostic, Severity, Source, Span
from agentowners.git.clone import inspect_clone
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.diff import files_since, first_lines
from agentowners.git.history import history_between
from agentowners.git.landing import RangeLanding, landing
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, find_branch, resolve
from agentowners.git.run import Git
from agentowners.github.reading import JsonNode, MalformedError, maybe_account, maybe_text
from agentowners.identity.commits import commit_evidence
from agentowners.records import record
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
    payload = _payload(read_input(path, "event"))
    name = request.event_name or _name(payload)
    try:
        told = _reader(name)(payload)
        repository = payload["repository"]["full_name"].text()
    except MalformedError as error:
        raise AgentownersError(f"the event in `{path}` is malformed: {error.message}", help=_AS_SENT) from None
    return _subject(request, told, repository, _note(path))


def _payload(data: bytes) -> JsonNode:
    import json

    try:
        return JsonNode(json.loads(data), "event")
    except (ValueError, RecursionError):
        raise AgentownersError("the event is not valid JSON", help=_AS_SENT) from None


def _name(payload: JsonNode) -> str:
    if not isinstance(payload.value, dict):
        raise AgentownersError("the event is not a JSON object", help=_AS_SENT)
    if "pull_request" in payload.value:
        return _PULL_REQUEST[0]
    if {"ref", "before", "after"} <= payload.value.keys():
        return _PUSH
    raise UsageError("what kind of event this is cannot be told from its payload", help="name it with `--event-name`")


def _reader(name: str) -> Callable[[JsonNode], _Payload]:
    if name in _PULL_REQUEST:
        return _pull_request
    if name == _PUSH:
        return _push
    known = ", ".join(f"`{known}`" for known in (*_PULL_REQUEST, _PUSH))
    raise UsageError(f"an event `{name}` cannot be judged without GitHub", help=f"there are: {known}")


def _note(path: str) -> Diagnostic:
    return Diagnostic(
        id="event-judged-offline",
        severity=Severity.NOTE,
        message="a recorded event holds no reviews, and no accounts of commit e-mails: no approval was counted",
        span=Span(path, 1, 1, 1, 1),
        help="the GitHub Action judges it with both",
    )


@record(kw_only=True)
class _Payload:
    """What a payload tells."""

    ref: str
    author: Account | None
    evidence: tuple[Evidence, ...]
    standard: str
    """Full name of the default branch."""
    base: str | None
    """None where a push made the ref."""
    head: str
    number: int | None = None
    straight: bool = False
    """Whether the base itself is what the head is compared with, and not the ancestor that both have in common."""


def _pull_request(event: JsonNode) -> _Payload:
    pull = event["pull_request"]
    author = maybe_account(pull.get("user"))
    # also where GitHub names no author: somebody opened it
    evidence = [Evidence(Signal.AUTHOR, Strength.VERIFIED, account=author)]
    evidence.append(Evidence(Signal.BRANCH, Strength.ASSERTED, text=pull["head"]["ref"].text()))
    body = maybe_text(pull.get("body"))
    evidence += [Evidence(Signal.BODY, Strength.ASSERTED, text=body)] if body else []
    names = [label["name"].text() for label in pull["labels"].items()]
    evidence += [Evidence(Signal.LABEL, Strength.ASSERTED, text=name) for name in names if not is_ours(name, _LABEL_PREFIX)]
    return _Payload(
        ref=f"{_HEADS}{pull['base']['ref'].text()}",
        author=author,
        evidence=tuple(evidence),
        standard=_standard(event),
        base=pull["base"]["sha"].sha(),
        head=pull["head"]["sha"].sha(),
        number=pull["number"].number(),
    )


def _push(event: JsonNode) -> _Payload:
    ref = event["ref"].text()
    if not ref.startswith("refs/"):
        raise MalformedError("`event.ref` is not the full name of a ref")
    before, after = event["before"].sha(), event["after"].sha()
    if _NO_COMMIT.fullmatch(after):
        raise AgentownersError(f"`{ref}` was deleted: there is nothing to judge")
    author = event["sender"].account()
    new = _NO_COMMIT.fullmatch(before) is not None
    return _Payload(
        ref=ref,
        author=author,
        evidence=(Evidence(Signal.AUTHOR, Strength.VERIFIED, account=author),),
        standard=_standard(event),
        base=None if new else before,
        head=after,
        straight=not new,
    )


def _standard(event: JsonNode) -> str:
    return f"{_HEADS}{event['repository']['default_branch'].text()}"


def _subject(request: Request, told: _Payload, repository: str, note: Diagnostic) -> Subject:
    git = Git()
    with Objects.of(git) as objects:
        standard = find_branch(objects, told.standard)
        base = standard if told.base is None else Revision(told.base, resolve(objects, told.base).commit, told.ref)
        if base is None:
            raise AgentownersError(f"`{told.standard}` is not in this clone", help="fetch it first")
        resolve(objects, told.head)
        on_disk = from_disk(request.policy_files)
        sources = on_disk or on_revision(objects, base, standard)
        if told.number is None and not on_disk and standard is not None and told.ref != told.standard:
            sources += tuple(source for source in on_revision(objects, standard) if not _has(sources, source))
    clone = inspect_clone(git, told.head)
    history = history_between(git, clone, base.commit, told.head)
    bases = (base.commit,) if told.straight else history.bases
    commits = tuple(commit.sha for commit in history.commits)
    paths = CommitPaths(clone, commits)
    if told.straight:
        found = RangeLanding(files_since(git, bases, told.head))
    else:
        found = landing(git, clone, base.commit, told.head, history, paths)
    made = (item for commit in history.commits for item in commit_evidence(commit, told.author, offline=True))
    change = Change(
        ref=told.ref,
        files=found.files,
        evidence=request.principals or (*told.evidence, *made),
        author=None if request.principals else told.author,
        repository=repository,
        pull_request=told.number,
        head=told.head,
        commits=commits,
        conflict=found.conflict,
    )
    return Subject(
        change=change,
        sources=sources,
        named=names_in_repository(git, request.policy_files) if on_disk else (),
        diagnostics=(note, *not_looked_at(found, note.span.path)),
        first_lines=lambda: first_lines(git, bases, told.head),
        paths_of=paths.of,
    )


def _has(sources: tuple[Source, ...], source: Source) -> bool:
    return any(known.path == source.path and known.data == source.data for known in sources)
