"""A repository with an agent at work and a person at the inbox, as the tests of both see it."""

from __future__ import annotations

import json
import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agentowners.cli.hook import answer_to, parser
from agentowners.cli.hook_progress import Progress
from agentowners.cli.proposing import Desk
from agentowners.dispatch.markers import MARKERS
from tests.cli.run import Ran, in_process
from tests.git.repo import Repo

POLICY = "/security/ @agents block # keys and secrets\n.env* @agents block # secrets\ndocs/ @agents allow\n"


@dataclass(frozen=True)
class Office:
    """What happens on one machine, each command in this process."""

    root: Path
    home: Path
    capsys: Any
    monkeypatch: pytest.MonkeyPatch
    repo: Repo

    def run(self, *arguments: str) -> Ran:
        return in_process(self.capsys, *arguments)

    def call(self, path: str, *options: str, session: str = "s1", tool: str = "Write") -> str:
        """What Claude Code makes of the hook's answer to a write: ``pass`` or ``deny``."""
        payload = {
            "session_id": session,
            "transcript_path": "/t",
            "cwd": str(self.root),
            "permission_mode": "default",
            "hook_event_name": "PreToolUse",
            "tool_use_id": "t1",
            "tool_name": tool,
            "tool_input": {"file_path": str(self.root / path), "content": "x"},
        }
        done = answer_to(parser().read(options), lambda: json.dumps(payload).encode(), Progress(None))
        return "deny" if done.code == 2 else "pass" if not done.out else str(json.loads(done.out))

    def denial(self) -> dict[str, Any]:
        """The newest, as the agent reads it."""
        found: dict[str, Any] = json.loads(self.run("denials", "--last", "1", "--format", "json").out)[0]
        return found

    def propose(self, *operations: Any, expect: int = 0, arguments: tuple[str, ...] = (), **members: Any) -> dict[str, Any]:
        place = self.home / "proposal.json"
        place.write_text(json.dumps({"intent_summary": "why", "operations": list(operations), **members}))
        done = self.run("propose", str(place), *arguments)
        assert done.code == expect, done.err
        return done.json

    def except_path(self, path: str, rule: str = ".github/AGENTOWNERS:1", **members: Any) -> dict[str, Any]:
        return self.propose({"add_exception": {"rule": rule, "pattern": f"!/{path}"}}, **members)

    def token(self, id: str) -> str:
        """The review token of what is shown of a proposal."""
        return str(self.run("inbox", "show", id, "--format", "json").json["review_token"])

    def sit_down(self) -> None:
        """A person at a terminal."""
        for stream in (sys.stdin, sys.stdout):
            self.monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
        self.monkeypatch.setenv("TERM", "dumb")

    def approve(self, id: str, *arguments: str, token: str | None = None) -> Ran:
        token = self.token(id) if token is None else token
        self.sit_down()
        return self.run("inbox", "approve", id, "--token", token, *arguments)

    @property
    def state(self) -> Path:
        return Path(Desk(str(self.root)).store.directory)

    def journal(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.state / "journal.jsonl").read_text().splitlines()]


@pytest.fixture
def office(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Office:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=str(home)))
    for name in MARKERS:
        monkeypatch.delenv(name, raising=False)
    repo = Repo(tmp_path / "shop")
    repo.commit({".github/AGENTOWNERS": POLICY, "README.md": "# demo\n", "security/keys.py": "k\n"})
    repo.git("reset", "-q", "--hard")
    monkeypatch.chdir(repo.path)
    assert os.getcwd() == str(repo.path)
    return Office(repo.path, home, capsys, monkeypatch, repo)
