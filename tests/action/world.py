"""A repository on the loopback server with a policy and an agent's pull request, and the action run on it as the runner would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentowners.action.run import main
from agentowners.github.model import Patience
from tests.github_server.model import CheckRun, Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

PATIENCE = Patience(attempts=3, pause=0.01, timeout=5, secondary_wait=0.01, longest_wait=1)
PERMISSIONS = {"contents": "read", "pull-requests": "write", "checks": "write", "issues": "write"}
POLICY = b"""\
security/**   @agents  block             # keys live here
infra/**      @agents  require_approval(2)
src/**        @agents  require_approval
docs/**       @agents  allow
"""
FILES = {
    "README.md": "hello\n",
    "security/keys.py": "KEY = 1\n",
    "infra/main.tf": "a\n",
    "src/app.py": "x = 1\n",
    "docs/index.md": "d\n",
}


@dataclass
class World:
    """One repository, the token of its workflow, and a place for the runner's files."""

    server: GitHubServer
    repo: Repository
    token: str
    directory: Path
    inputs: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    @classmethod
    def make(
        cls, server: GitHubServer, directory: Path, *, policy: bytes | None = POLICY, files: Mapping[str, Any] = FILES
    ) -> World:
        """A repository `acme/shop` with the policy, octocat and hubot as people who may write."""
        repo = server.add_repository("acme/shop")
        everything = dict(files) | ({".github/AGENTOWNERS": policy} if policy is not None else {})
        repo.commit("main", everything, message="first")
        for login in ("octocat", "hubot"):
            server.add_user(login)
            repo.set_permission(login, "write")
        token = server.token("actions", permissions=PERMISSIONS, repository=repo)
        return cls(server, repo, token, directory)

    def pull(
        self,
        files: Mapping[str, Any],
        *,
        branch: str = "copilot/fix",
        author: str = "Copilot",
        base: str = "main",
        **facts: Any,
    ) -> Pull:
        """A pull request with one commit by its author."""
        if branch not in self.repo.branches():
            self.repo.branch(branch, self.repo.tip(base))
        self.repo.commit(branch, files, message="change", author=author)
        return self.repo.open_pull(branch, base=base, author=author, title="Change", body="", **facts)

    def environ(self, event: str, payload: Any, **more: str) -> dict[str, str]:
        """The runner's variables."""
        self.runs += 1
        event_path = self.directory / f"event-{self.runs}.json"
        event_path.write_text(payload if isinstance(payload, str) else json.dumps(payload), encoding="utf-8")
        for name in ("output", "summary"):
            (self.directory / name).write_text("")
        (self.directory / "workspace").mkdir(exist_ok=True)
        inputs = {f"INPUT_{name.upper()}": value for name, value in ({"token": self.token} | self.inputs).items()}
        return {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(event_path),
            "GITHUB_REPOSITORY": self.repo.full_name,
            "GITHUB_API_URL": self.server.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": str(1000 + self.runs),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_OUTPUT": str(self.directory / "output"),
            "GITHUB_STEP_SUMMARY": str(self.directory / "summary"),
            "GITHUB_WORKSPACE": str(self.directory / "workspace"),
            **inputs,
            **more,
        }

    def run(self, event: str = "pull_request_target", action: str | None = "synchronize", **facts: Any) -> int:
        """Run the action on an event of the server's making; its exit code."""
        self.server.requests.clear()
        payload = self.server.payload(event, action, **facts)
        return main(self.environ(event, payload), patience=PATIENCE)

    def judge(self, pull: Pull) -> int:
        """Run the action because of a pull request."""
        return self.run(pull=pull)

    def checks(self, sha: str, name: str = "AGENTOWNERS") -> list[CheckRun]:
        """The runs of a name on a commit, oldest first."""
        return sorted(self.repo.check_runs(sha, name), key=lambda run: run.id)

    def check(self, sha: str, name: str = "AGENTOWNERS") -> CheckRun:
        """The newest run of a name on a commit."""
        return self.checks(sha, name)[-1]

    def outputs(self) -> dict[str, str]:
        """The job's outputs."""
        lines = iter((self.directory / "output").read_text(encoding="utf-8").split("\n"))
        found = {}
        for line in lines:
            if "<<" in line:
                name, _, delimiter = line.partition("<<")
                value = []
                for inner in lines:
                    if inner == delimiter:
                        break
                    value.append(inner)
                found[name] = "\n".join(value)
        return found

    @property
    def summary(self) -> str:
        """The job's summary."""
        return (self.directory / "summary").read_text(encoding="utf-8")

    @property
    def requests(self) -> list[str]:
        """The requests of the last run, `GET /repos/...`, decoded."""
        return [f"{r.method} {r.path.removeprefix('/repos/acme/shop')}" for r in self.server.requests]
