"""The runner around the action: its variables and files, read once and checked, and files that are written for later steps."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.report.shared.escape import quoted
from agentowners.text.wording import reason

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_ATTEMPT: Final = re.compile(r"[0-9]{1,6}")
_HELP: Final = "the runner sets it: run this as a GitHub Action, or set it as the runner would"
MAX_PAYLOAD: Final = 32 * 1024 * 1024


class EnvironmentVariableError(AgentownersError):
    """The runner's variables or files are missing or wrong."""


class RunnerEnvironment(Struct, frozen=True):
    """Facts from the runner."""

    event_name: str
    payload: Mapping[str, Any]
    repository: str
    api_url: str
    server_url: str
    run_id: str
    attempt: str
    output: Path | None
    summary: Path | None
    workspace: Path | None
    workflow: str | None = None
    """Path of the workflow that runs; None where the runner does not say."""

    @property
    def run_url(self) -> str:
        """Page of the workflow run."""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"

    def external_id(self, subject: str) -> str:
        """The ``external_id`` of a check run about a pull request's number, ``push`` or ``merge-group``."""
        return f"agentowners/{subject}/{self.run_id}-{self.attempt}"


def read_surroundings(environ: Mapping[str, str]) -> RunnerEnvironment:
    """Read the variables, and the event's payload from its file.

    Raises:
        EnvironmentVariableError: one of them is missing or is not what the runner sets.
    """
    return RunnerEnvironment(
        event_name=_needed(environ, "GITHUB_EVENT_NAME"),
        payload=_payload(Path(_needed(environ, "GITHUB_EVENT_PATH"))),
        repository=_matching(environ, "GITHUB_REPOSITORY", _REPOSITORY),
        api_url=_url(environ.get("GITHUB_API_URL") or "https://api.github.com", "GITHUB_API_URL"),
        server_url=_url(environ.get("GITHUB_SERVER_URL") or "https://github.com", "GITHUB_SERVER_URL"),
        run_id=_matching(environ, "GITHUB_RUN_ID", re.compile(r"[0-9]{1,20}")),
        attempt=_matching({"GITHUB_RUN_ATTEMPT": environ.get("GITHUB_RUN_ATTEMPT") or "1"}, "GITHUB_RUN_ATTEMPT", _ATTEMPT),
        output=_path_in(environ, "GITHUB_OUTPUT"),
        summary=_path_in(environ, "GITHUB_STEP_SUMMARY"),
        workspace=_path_in(environ, "GITHUB_WORKSPACE"),
        workflow=_workflow(environ.get("GITHUB_WORKFLOW_REF", "")),
    )


def _workflow(ref: str) -> str | None:
    """The path in ``<owner>/<repository>/<path>@<ref>``."""
    path = ref.partition("@")[0].split("/", 2)
    return path[2] if len(path) == 3 else None


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise EnvironmentVariableError(f"{name} is not set", help=_HELP)
    return value


def _matching(environ: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    value = _needed(environ, name)
    if not pattern.fullmatch(value):
        raise EnvironmentVariableError(f"{name} is {quoted(value[:200])}, which it cannot be", help=_HELP)
    return value


def _url(value: str, name: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise EnvironmentVariableError(f"{name} is {quoted(value[:200])}, which is no URL", help=_HELP)
    return value.rstrip("/")


def _path_in(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name, "")
    return Path(value) if value else None


def _payload(path: Path) -> Mapping[str, Any]:
    hint = "GITHUB_EVENT_PATH has to name the file with the payload of the event"
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PAYLOAD + 1)
    except OSError as error:
        raise EnvironmentVariableError(f"the event's payload cannot be read: {reason(error)}", help=hint) from None
    if len(data) > MAX_PAYLOAD:
        raise EnvironmentVariableError("the event's payload is larger than any that GitHub sends", help=hint)
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError):
        raise EnvironmentVariableError("the event's payload is not JSON", help=hint) from None
    if not isinstance(payload, dict):
        raise EnvironmentVariableError("the event's payload is not a JSON object", help=hint)
    return payload


class FileError(AgentownersError):
    """A file that cannot be written, or must not be."""


def append(path: Path | None, text: str, what: str) -> None:
    """Add to a file of the runner's; without a path, do nothing.

    Raises:
        FileError: it cannot be written.
    """
    if path is None or not text:
        return
    try:
        with path.open("a", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
    except OSError as error:
        raise FileError(f"{what} cannot be written: {reason(error)}") from None


def inside(workspace: Path | None, name: str, input_name: str) -> Path:
    """Finds the place of a report: a path inside the workspace, whatever symbolic links lead there.

    Raises:
        FileError: it lies outside, or there is no workspace.
    """
    if workspace is None:
        raise FileError(f"the input `{input_name}` needs GITHUB_WORKSPACE", help="run this as a GitHub Action")
    try:
        root = workspace.resolve(strict=True)
        target = root / name
        # the last name is replaced, not followed: a link that stands there is no way out
        parent = target.parent.resolve()
        # From Python 3.13 on `resolve` leaves a loop of links as it stands: what still is a link leads nowhere.
        if any(place.is_symlink() for place in (parent, *parent.parents)):
            raise RuntimeError
        path = parent / target.name
    except (OSError, RuntimeError, ValueError):
        raise FileError(f"the input `{input_name}` names {quoted(name)}, which cannot be reached") from None
    if not path.is_relative_to(root) or path == root or "\0" in name or target.name in ("", "..", ".") or path.is_dir():
        raise FileError(
            f"the input `{input_name}` names {quoted(name)}, which is no file inside the workspace",
            help="name a file relative to the workspace, as in `agentowners.json`",
        )
    return path


def replace(path: Path, chunks: Iterable[str]) -> None:
    """Write a file whole or not at all, in place of whatever stands there.

    Raises:
        FileError: it cannot be written.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".agentowners-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            for chunk in chunks:
                file.write(chunk)
        # later steps of the job run as another user and read it
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise FileError(f"{quoted(path.name)} cannot be written: {reason(error)}") from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
