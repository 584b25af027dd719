"""Reads the parts of a test case: one principal, one ref, and ``paths``, plain or with the details of a change."""

from __future__ import annotations

from typing import Final

from agentowners.cases.model import STATUSES
from agentowners.change.model import FileChange, Kind, Status
from agentowners.engine.path_changes import STATUS_OF
from agentowners.policy.model import Action
from agentowners.policy.patterns import PatternError, PrincipalPattern
from agentowners.policy.words import ACTIONS
from agentowners.text.wording import quote, suggest
from agentowners.yamltext.compose import Mapping, Node
from agentowners.yamltext.nodes import Field, Nodes

PATH_KEYS: Final = ("path", "previous_path", "status", "actions", "kind")
KINDS: Final = {kind.value: kind for kind in (Kind.FILE, Kind.SYMLINK, Kind.SUBMODULE, Kind.UNKNOWN)}
_HEADS: Final = "refs/heads/"
_NOT_IN_REFS: Final = " *?[\\^~:"
"""Text that git allows in no ref."""
_RELATIVE: Final = "write paths from the repository's root, as `git diff --name-only` does"


def principal_name(text: str) -> str:
    """The name of one principal, without its at-sign.

    Raises:
        PatternError: it names nobody, or more than one.
    """
    if text.endswith("/"):
        raise PatternError(f"{quote(text)} names nobody", 0, "write what follows the slash")
    pattern = PrincipalPattern.parse(text)
    if pattern.is_wildcard:
        raise PatternError(f"{quote(text)} names more than one principal", 0, "name one; `as` takes a list")
    if pattern.group == "anyone":
        raise PatternError(f"{quote(text)} names nobody in particular", 0, "name one, or a group: `@agents`, `@bots`, `@humans`")
    return pattern.text


def full_ref(text: str) -> str:
    """The full name of a ref.

    Raises:
        PatternError: it is none.
    """
    if not text.startswith("refs/"):
        raise PatternError(f"{quote(text)} is not the full name of a ref", 0, f"write `branch: {text}` for a branch")
    if not text.isprintable() or text.endswith("/") or "//" in text or any(char in text for char in _NOT_IN_REFS):
        raise PatternError(f"{quote(text)} is not the name of a ref", 0, "name one, `refs/heads/main` say; it takes no patterns")
    return text


def branch_ref(text: str) -> str:
    """The full name of the ref of a branch.

    Raises:
        PatternError: no branch can be called so.
    """
    if text == "":
        raise PatternError("empty name of a branch")
    if text.startswith("refs/"):
        raise PatternError(f"{quote(text)} is the full name of a ref", 0, "name it under `ref`")
    try:
        return full_ref(_HEADS + text)
    except PatternError:
        raise PatternError(f"{quote(text)} is not the name of a branch", 0, "name one; it takes no patterns") from None


def checked_path(text: str) -> str:
    """A path, if it is one that a repository can hold.

    Raises:
        PatternError: it is empty, absolute, a directory, or has an empty, ``.`` or ``..`` segment, or a NUL.
    """
    if text == "":
        raise PatternError("empty path")
    if "\0" in text:
        raise PatternError("NUL in a path", text.index("\0"))
    if text.startswith("/"):
        raise PatternError(f"{quote(text)} is an absolute path", 0, _RELATIVE)
    if text.endswith("/"):
        raise PatternError(f"{quote(text)} is a directory", 0, "name a file in it")
    if any(segment in ("", ".", "..") for segment in text.split("/")):
        raise PatternError(f"{quote(text)} is not a plain path", 0, _RELATIVE)
    return text


def read_paths(nodes: Nodes, field: Field, action: Action) -> tuple[FileChange, ...]:
    """``paths``: a list of strings, and of mappings that say more. ``action`` is done to those that do not say."""
    changes: list[FileChange] = []
    for node in nodes.items(field.value, "`paths`"):
        if isinstance(node, Mapping):
            changes += _detailed(nodes, node, action)
            continue
        path = nodes.read(node, "an item of `paths`", checked_path, "invalid-path")
        if path is not None:
            changes.append(_file(path, STATUS_OF[action]))
    return tuple(dict.fromkeys(changes))


def _detailed(nodes: Nodes, node: Node, action: Action) -> tuple[FileChange, ...]:
    fields = nodes.mapping(node, "a path", PATH_KEYS)
    if fields is None:
        return ()
    errors = nodes.problems.errors
    path = nodes.one(nodes.required(fields, "path", node, "an item of `paths`"), checked_path, "invalid-path")
    previous = nodes.one(fields.get("previous_path"), checked_path, "invalid-path")
    status = nodes.choice(fields.get("status"), STATUSES, "unknown-status", "status")
    actions = nodes.strings(fields.get("actions"), action_of, "unknown-action")
    kind = nodes.choice(fields.get("kind"), KINDS, "unknown-kind", "kind of file")
    if "status" in fields and "actions" in fields:
        nodes.error("misplaced-key", "`actions` beside `status`", fields["actions"].key, "either says what was done; keep one")
    if "previous_path" in fields and status not in (Status.RENAMED, Status.COPIED):
        help = "write `status: renamed`"
        nodes.error("misplaced-key", "`previous_path` of a path that is not renamed", fields["previous_path"].key, help)
    if status is Status.RENAMED and "previous_path" not in fields:
        help = "name where it was; for one side of a rename alone write `actions: [file_rename]`"
        nodes.error("missing-key", "`status: renamed` without `previous_path`", fields["status"].value, help)
    if path is None or nodes.problems.errors != errors:
        return ()
    if status is not None:
        return (_file(path, status, previous, kind),)
    return tuple(_file(path, STATUS_OF[name], None, kind) for name in actions or (action,))


def _file(path: str, status: Status, previous: str | None = None, kind: Kind | None = None) -> FileChange:
    # As in a list for ``check --changes``: a change of type is one from or to a link, perhaps.
    standing = kind or (Kind.UNKNOWN if status is Status.CHANGED else Kind.FILE)
    return FileChange(path, status, previous, standing, standing)


def action_of(text: str) -> Action:
    """An action by its word.

    Raises:
        PatternError: it is none.
    """
    if text not in ACTIONS:
        raise PatternError(f"unknown action {quote(text)}", 0, suggest(text, ACTIONS))
    return ACTIONS[text]
