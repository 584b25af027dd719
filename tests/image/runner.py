"""GitHub's runner, as a container action meets it: the mounts, the environment, and a workspace that means harm.

https://docs.github.com/en/actions/reference/runners/github-hosted-runners#docker-container-filesystem
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.image.engines import Engine, Mount, Ran

# GitHub-hosted runners' own account; what is made here belongs to it where this process is root
RUNNER_UID, RUNNER_GID = 1001, 118
# what a hostile checkout would like to have imported: the standard library's, a dependency's and the product's names
SHADOWS = (
    "agentowners/__init__.py",
    "agentowners/__main__.py",
    "encodings/__init__.py",
    "github/__init__.py",
    "json.py",
    "os.py",
    "re2.py",
    "sitecustomize.py",
    "usercustomize.py",
    "yaml/__init__.py",
)
MARKER = "IMPORTED-FROM-THE-WORKSPACE"
INPUTS = {
    "APP-ID": "",
    "PRIVATE-KEY": "",
    "POLICY-FILE": "",
    "ENFORCEMENT": "active",
    "CHECK-NAME": "AGENTOWNERS",
    "LABEL-PREFIX": "agentowners",
    "COMMENT": "false",
    "FAIL-JOB": "auto",
    "SARIF-FILE": "",
    "REPORT-FILE": "verdict.json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step of a job did."""

    ran: Ran
    outputs: dict[str, str]
    summary: str
    report: dict[str, Any] | None
    owners: dict[str, int]
    """The user id that each file the container made or changed belongs to."""
    strays: list[str]
    """What appeared in the workspace and the home directory besides the report."""


def parse_outputs(text: str) -> dict[str, str]:
    """The outputs in a GITHUB_OUTPUT file: `name=value` lines, and `name<<MARK` blocks."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        block, mark, end = line.partition("<<")
        if mark and (not equals or len(block) < len(name)):
            outputs[block] = "\n".join(iter(lambda: next(lines), end))
        elif equals:
            outputs[name] = value
    return outputs


class Runner:
    """A job's directories on the host, thrown away at the end."""

    def __init__(self, engine: Engine, *, api: str, repository: str, token: str) -> None:
        self.engine = engine
        self.api = api
        self.repository = repository
        self.token = token
        self.uid = os.getuid() or RUNNER_UID
        self.root = Path(tempfile.mkdtemp(prefix="agentowners-runner-"))
        self.runs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self.root)

    def step(self, event: str, payload: Mapping[str, Any] | str, **changed: str) -> Step:
        """Run the action once for an event; `changed` replaces or adds environment variables."""
        self.runs += 1
        base = self.root / str(self.runs)
        names = ("workspace", "home", "workflow", "file_commands")
        mounts = [Mount(source=base / name, target=f"/github/{name}") for name in names]
        for mount in mounts:
            mount.source.mkdir(parents=True)
        workspace, home, workflow, commands = (mount.source for mount in mounts)
        trap = f"open('/github/workspace/{MARKER}', 'w').close()\nprint('{MARKER}')\nraise SystemExit(99)\n"
        packages = [f".local/lib/python3.{minor}/site-packages" for minor in range(11, 16)]
        for place in [workspace, *(home / folder for folder in packages)]:
            for name in SHADOWS:
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_text(trap, "utf-8")
        (workflow / "event.json").write_text(payload if isinstance(payload, str) else json.dumps(payload), "utf-8")
        for name in ("output", "summary"):
            (commands / name).touch(mode=0o644)
        if os.getuid() == 0:
            for path in (base, *base.rglob("*")):
                os.chown(path, RUNNER_UID, RUNNER_GID)
        before = {path for path in base.rglob("*") if path.is_file()}
        ran = self.engine.run(env=self._environment(event) | changed, mounts=mounts, workdir="/github/workspace")
        return self._collect(base, before, ran)

    def _environment(self, event: str) -> dict[str, str]:
        fixed = {
            "HOME": "/github/home",
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": "/github/workflow/event.json",
            "GITHUB_WORKSPACE": "/github/workspace",
            "GITHUB_OUTPUT": "/github/file_commands/output",
            "GITHUB_STEP_SUMMARY": "/github/file_commands/summary",
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_API_URL": self.api,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": str(9000 + self.runs),
            "GITHUB_RUN_ATTEMPT": "1",
            "INPUT_TOKEN": self.token,
            # a workflow that sets these does not make the workspace importable
            "PYTHONPATH": "/github/workspace",
            "PYTHONSTARTUP": "/github/workspace/os.py",
        }
        return fixed | {f"INPUT_{name}": value for name, value in INPUTS.items()}

    def _collect(self, base: Path, before: set[Path], ran: Ran) -> Step:
        commands, report = base / "file_commands", base / "workspace" / "verdict.json"
        made = {path for path in base.rglob("*") if path.is_file()} - before
        changed = [*made, *(path for path in before if path.parent == commands and path.stat().st_size)]
        return Step(
            ran=ran,
            outputs=parse_outputs((commands / "output").read_text("utf-8")),
            summary=(commands / "summary").read_text("utf-8"),
            report=json.loads(report.read_text("utf-8")) if report in made else None,
            owners={path.name: path.stat().st_uid for path in changed},
            strays=sorted(str(path.relative_to(base)) for path in made - {report}),
        )
