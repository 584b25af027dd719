"""GitHub's runner, as far as the gate meets it: the event's payload in a file, the inputs and the token in the environment.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.github_server import GitHubServer
from tests.github_server.repository import Repository

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "agentowners", "action")
_REPORT = "verdict.json"
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Job:
    """What one run of the gate left behind: its exit code, what it printed, and its report."""

    exit_code: int | None
    """None where it had to be stopped."""
    log: str
    report: dict[str, Any]

    @property
    def ignored(self) -> dict[str, str]:
        """Who approved without counting, and why."""
        approvals = self.report.get("approvals", {})
        return {review["reviewer"]: review["why"] for review in approvals.get("ignored", ())}


class Gate:
    """The gate of one repository, with the permissions that the reusable workflow asks for and the inputs of action.yml."""

    def __init__(
        self,
        server: GitHubServer,
        repo: Repository,
        directory: Path,
        *,
        inputs: Mapping[str, str] | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.jobs: list[Job] = []
        self._server, self._repo, self._directory, self._command = server, repo, directory, command
        token = server.token("actions", permissions=permissions(), repository=repo)
        self._inputs = default_inputs() | {"token": token, "report-file": _REPORT} | dict(inputs or {})

    def judge(self, event: str, action: str, **facts: Any) -> Job:
        """Let an event start the gate, and wait for it."""
        place = self._directory / f"job-{len(self.jobs) + 1}"
        workspace = place / "workspace"
        workspace.mkdir(parents=True)
        payload = self._server.payload(event, action, **facts)
        (place / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        for name in ("output", "summary"):
            (place / name).touch()
        code, printed = self._run(self._environment(event, place), workspace)
        log = printed.decode(errors="replace").replace(self._inputs["token"], "***")
        report = workspace / _REPORT
        job = Job(code, log, json.loads(report.read_bytes()) if report.exists() else {})
        self.jobs.append(job)
        return job

    def _run(self, environment: Mapping[str, str], place: Path) -> tuple[int | None, bytes]:
        try:
            done = subprocess.run(
                self._command,
                cwd=place,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return None, (late.stdout or b"") + f"stopped after {_SECONDS} seconds".encode()
        return done.returncode, done.stdout

    def _environment(self, event: str, place: Path) -> dict[str, str]:
        # nothing of the environment this was started in, which may itself be a runner's, reaches the gate
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(place),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self._server.url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_REPOSITORY": self._repo.full_name,
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": str(len(self.jobs) + 1),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "GITHUB_WORKSPACE": str(place / "workspace"),
            **{f"INPUT_{name.upper()}": value for name, value in self._inputs.items()},
        }


def permissions() -> dict[str, str]:
    """What the reusable workflow lets the gate's token do."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/agentowners.yml").read_bytes())
    granted: dict[str, str] = workflow["jobs"]["gate"]["permissions"]
    return granted


def default_inputs() -> dict[str, str]:
    """The inputs as action.yml has them, which is what the runner passes where a workflow says nothing."""
    metadata = yaml.safe_load((ROOT / "action.yml").read_bytes())
    return {name: facts["default"] for name, facts in metadata["inputs"].items()}
