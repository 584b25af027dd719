"""``check --changes``: a list of paths, a what-if about one who is named or about an agent that is not.

A list is plain lines, NUL-separated, or JSON; anything unclear in it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from agentowners.change.model import Change, FileChange, Kind, Status
from agentowners.cli.inputs import read_input
from agentowners.cli.offline import Subject
from agentowners.cli.policies import STANDARD_REF, from_disk, on_revision, standard_branch, unread_on
from agentowners.cli.request import Request
from agentowners.cli.shell import UsageError
from agentowners.cli.what_if import UNNAMED_AGENT
from agentowners.cli.work_tree import find_work_tree
from agentowners.diagnostics import AgentownersError, Diagnostic, Source
from agentowners.git.clone import origin_repository
from agentowners.git.objects import Objects
from agentowners.git.revisions import find_branch, resolve
from agentowners.git.run import Git, NoRepositoryError

_STATUSES: Final = {
    status.value: status
    for status in (Status.ADDED, Status.MODIFIED, Status.REMOVED, Status.RENAMED, Status.COPIED, Status.CHANGED)
}
_JSON: Final = re.compile(rb"\s*\[\s*[{\]]")
_UNCHANGED: Final = "unchanged"
_KEYS: Final = ("path", "previous_path", "status")


def of_list(request: Request, path: str) -> Subject:
    """The files that a list names."""
    files = parse_changes(read_input(path, "list of paths"), nul=request.nul, status=request.status)
    git = Git()
    on_disk = from_disk(request.policy_files)
    try:
        ref = request.ref or standard_branch(git)
        sources, unread = (on_disk, ()) if on_disk else _sources(git, ref)
        repository = origin_repository(git)
    except NoRepositoryError as error:
        if not on_disk:
            raise AgentownersError(error.message, help="run it inside a clone, or name the policy with `--policy-file`") from None
        ref, sources, unread, repository = request.ref or STANDARD_REF, on_disk, (), None
    change = Change(ref=ref, files=files, evidence=request.principals or (UNNAMED_AGENT,), repository=repository)
    named = find_work_tree(git).names(request.policy_files) if on_disk else ()
    return Subject(change=change, sources=sources, supposed=request.principals, named=named, diagnostics=unread)


def _sources(git: Git, ref: str) -> tuple[tuple[Source, ...], tuple[Diagnostic, ...]]:
    """The policy on the branch that the change goes to, as far as the clone has it, else on the default branch, else on HEAD, and
    remarks about what is not read."""
    with Objects.of(git) as objects:
        standard = find_branch(objects, standard_branch(git))
        revision = find_branch(objects, ref) or standard or resolve(objects, "HEAD")
        sources = on_revision(objects, revision, standard)
        return sources, unread_on(git, objects, revision, sources)


def parse_changes(data: bytes, *, nul: bool, status: Status = Status.MODIFIED) -> tuple[FileChange, ...]:
    """Read a list of changed files; one whose paths end in NUL is never taken for JSON, and ``status`` holds where it says none.

    Raises:
        UsageError: something in the list is not a path in a repository, or not understood.
    """
    if nul:
        records = data.removesuffix(b"\0").split(b"\0") if data else []
        return tuple(_file(checked_path(_decoded(each), f"record {number}"), status) for number, each in enumerate(records, 1))
    if _JSON.match(data):
        return tuple(_entries(data, status))
    return tuple(_file(path, status) for path in _lines(data))


def _lines(data: bytes) -> Iterator[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        raise UsageError("the list of paths starts with a byte order mark", help="write it without one")
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line:
            continue
        where = f"line {number}"
        if line.endswith(b"\r"):
            raise UsageError(
                f"{where} of the list ends in a carriage return",
                help="end lines with a line feed, or paths with NUL and use `-z`",
            )
        if b"\0" in line:
            raise UsageError(f"{where} of the list holds a NUL", help="use `-z` where paths end in NUL")
        if len(line) > 1 and line.startswith(b'"') and line.endswith(b'"'):
            raise UsageError(
                f"{where} of the list is in quotes, as git writes unusual names",
                help="list them with `git diff --name-only -z`, and use `-z`",
            )
        yield checked_path(_decoded(line), where)


def _entries(data: bytes, status: Status) -> Iterator[FileChange]:
    import json

    try:
        entries = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError:
        raise UsageError("the list is not UTF-8") from None
    except json.JSONDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise UsageError(f"the list is not valid JSON: line {error.lineno}, column {error.colno}: {message}") from None
    except RecursionError:
        raise UsageError("the list is nested too deeply") from None
    for number, entry in enumerate(entries, 1):
        yield from _entry(entry, f"entry {number}", status)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise UsageError("an entry of the list has a key twice")
    return members


def _entry(entry: object, where: str, status: Status) -> Iterator[FileChange]:
    if not isinstance(entry, dict):
        raise UsageError(f"{where} of the list is not an object", help='write `{"path": "...", "status": "modified"}`')
    for key, value in entry.items():
        if key not in _KEYS:
            hint = "the path is called `path` here" if key == "filename" else f"there are: {', '.join(f'`{k}`' for k in _KEYS)}"
            raise UsageError(f"{where} of the list has an unknown key `{key}`", help=hint)
        if not isinstance(value, str):
            raise UsageError(f"`{key}` in {where} of the list is not a text")
    if "path" not in entry:
        raise UsageError(f"{where} of the list has no `path`")
    path = checked_path(_normal(entry["path"], where), where)
    previous = checked_path(_normal(entry["previous_path"], where), where) if "previous_path" in entry else None
    word = entry.get("status")
    if word == _UNCHANGED:
        return
    if word is not None:
        if word not in _STATUSES:
            known = ", ".join(f"`{name}`" for name in (*_STATUSES, _UNCHANGED))
            raise UsageError(f"{where} of the list has an unknown status `{word}`", help=f"there are: {known}")
        status = _STATUSES[word]
        if status is Status.RENAMED and previous is None:
            raise UsageError(f"{where} of the list is renamed and has no `previous_path`")
    if previous is not None and (word is None or status not in (Status.RENAMED, Status.COPIED)):
        raise UsageError(f"{where} of the list has a `previous_path` and is not renamed", help='write `"status": "renamed"`')
    yield _file(path, status, previous)


def _file(path: str, status: Status, previous: str | None = None) -> FileChange:
    # A list names files: what it does not say of links it cannot mean. A change of type is one from or to a link, perhaps.
    kind = Kind.UNKNOWN if status is Status.CHANGED else Kind.FILE
    return FileChange(path, status, previous, kind, kind)


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _normal(text: str, where: str) -> str:
    """The one spelling of a path: lone surrogates stand for bytes, and bytes that are UTF-8 after all become characters."""
    try:
        return _decoded(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        raise UsageError(f"{where} of the list holds half a character") from None


def checked_path(path: str, where: str) -> str:
    """A path, if it is one that a repository can hold.

    Raises:
        UsageError: it is empty, absolute, or has an empty, ``.`` or ``..`` segment, or a NUL.
    """
    if path == "":
        raise UsageError(f"{where} of the list has an empty path")
    if "\0" in path:
        raise UsageError(f"the path in {where} of the list holds a NUL")
    if path.startswith("/"):
        raise UsageError(f"`{path}` in {where} of the list is an absolute path", help=_RELATIVE)
    if path.endswith("/"):
        raise UsageError(f"`{path}` in {where} of the list is a directory", help="list the files in it")
    if any(segment in ("", ".", "..") for segment in path.split("/")):
        raise UsageError(f"`{path}` in {where} of the list is not a plain path", help=_RELATIVE)
    return path


_RELATIVE: Final = "write paths from the repository's root, as `git diff --name-only` does"
