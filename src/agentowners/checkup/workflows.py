"""Workflow files, as far as they say who runs when, with which permissions and inputs.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from agentowners.diagnostics import Source
from agentowners.yamltext.plain import read_plain

MAX_BYTES: Final = 1 << 20
ALL: Final = "*"
_SECRET: Final = re.compile(r"\bsecrets\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*'([^']+)'\s*\])")
_INPUT: Final = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")
_EXPRESSION: Final = re.compile(r"\$\{\{")

Permissions = Mapping[str, str]
"""Scope and level; ``*`` is every scope."""


class WorkflowStep(Struct, frozen=True):
    """A step that uses an action."""

    uses: str
    inputs: Mapping[str, str]


class WorkflowJob(Struct, frozen=True, kw_only=True):
    """A job."""

    name: str
    uses: str = ""
    """The reusable workflow that it calls, if it does."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    """Names of the secrets that it mentions."""
    permissions: Permissions | None = None
    environment: str | None = None
    steps: tuple[WorkflowStep, ...] = ()


class Workflow(Struct, frozen=True, kw_only=True):
    """A workflow file."""

    path: str
    name: str = ""
    events: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Filters by event: ``{"push": {"branches": ("main",)}}``."""
    permissions: Permissions | None = None
    """None where the file does not say, so that the repository's setting holds."""
    jobs: tuple[WorkflowJob, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Defaults of the inputs of a reusable workflow."""
    readable: bool = True
    """True if this is a workflow at all, as far as can be told."""

    def of(self, job: WorkflowJob) -> Permissions | None:
        """Permissions of a job's token; None where the repository's setting holds."""
        return job.permissions if job.permissions is not None else self.permissions


def may_write(permissions: Permissions, scope: str) -> bool:
    """True if permissions let a token write a scope."""
    return permissions.get(scope, permissions.get(ALL)) == "write"


def read_workflow(path: str, data: bytes) -> Workflow:
    """Read a workflow file; one that is not understood is not ``readable``."""
    root = _mapping(read_plain(Source(path, data)) if len(data) <= MAX_BYTES else None)
    if not isinstance(root.get("jobs"), dict):
        return Workflow(path=path, readable=False)
    events = _events(root.get("on"))
    called = _mapping(_mapping(root.get("on")).get("workflow_call"))
    inputs = _mapping(called.get("inputs"))
    return Workflow(
        path=path,
        name=_text_or_nothing(root.get("name")) or path,
        events=events,
        permissions=_permissions(root.get("permissions")),
        jobs=tuple(_job(name, _mapping(node)) for name, node in root["jobs"].items()),
        defaults={name: _text_or_nothing(_mapping(node).get("default")) for name, node in inputs.items()},
        readable=bool(events),
    )


def resolved(value: str, caller: Mapping[str, str], defaults: Mapping[str, str]) -> str | None:
    """Value of an input of a reusable workflow's step; None where it depends on more than the caller's inputs."""
    text = _INPUT.sub(lambda match: caller.get(match[1], defaults.get(match[1], "")), value)
    return None if _EXPRESSION.search(text) else text.strip()


def _job(name: str, node: Mapping[str, Any]) -> WorkflowJob:
    environment = node.get("environment")
    steps = [_mapping(step) for step in node.get("steps", ()) or ()] if isinstance(node.get("steps"), list) else []
    mentioned = {first or second for text in _below(node) for first, second in _SECRET.findall(text)}
    return WorkflowJob(
        name=str(name),
        uses=_text_or_nothing(node.get("uses")),
        inputs=_texts(node.get("with")),
        secrets=frozenset(mentioned | ({ALL} if node.get("secrets") == "inherit" else set())),
        permissions=_permissions(node.get("permissions")),
        environment=_text_or_nothing(_mapping(environment).get("name") or environment) or None,
        steps=tuple(
            WorkflowStep(_text_or_nothing(step.get("uses")), _texts(step.get("with"))) for step in steps if step.get("uses")
        ),
    )


def _events(node: object) -> dict[str, dict[str, tuple[str, ...]]]:
    if isinstance(node, str):
        return {node: {}}
    if isinstance(node, list):
        return {name: {} for name in node if isinstance(name, str)}
    return {
        str(name): {str(key): _list(value) for key, value in _mapping(filters).items()}
        for name, filters in _mapping(node).items()
    }


def _permissions(node: object) -> Permissions | None:
    if node is None:
        return None
    if isinstance(node, str):
        return {"read-all": {ALL: "read"}, "write-all": {ALL: "write"}, "": {}}.get(node, {ALL: "write"})
    return _texts(node)


def _list(node: object) -> tuple[str, ...]:
    if isinstance(node, list):
        return tuple(item for item in node if isinstance(item, str))
    return (node,) if isinstance(node, str) and node else ()


def _below(node: object) -> Iterator[str]:
    """Every text below a node, what aliases repeat once."""
    seen: set[int] = set()
    todo = [node]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        elif id(item) not in seen:
            seen.add(id(item))
            todo += item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()


def _texts(node: object) -> dict[str, str]:
    return {str(key): _text_or_nothing(value) for key, value in _mapping(node).items()}


def _text_or_nothing(node: object) -> str:
    return node if isinstance(node, str) else ""


def _mapping(node: object) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}
