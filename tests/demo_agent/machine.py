"""A machine of its own: a home directory, a repository, clocks that the story sets forward, an agent and a person."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.clients.model import Model, Wanted
from tests.git.repo import Repo

POLICY = b"/security/ @agents block # keys and secrets\ndocs/ @agents allow\nmode read-only @ci-bot\napprovals reviewer=4242\n"
PLACE = ".github/AGENTOWNERS"
_PROGRAM = """\
#!{python}
import pathlib, pwd, types
pwd.getpwuid = lambda _: types.SimpleNamespace(pw_dir={home!r})
from agentowners.cli import moments
from agentowners.cli.main import main
from agentowners.proposals.model import Instant
forward = int(pathlib.Path({clock!r}).read_text()) * 60_000
real = moments.now
moments.now = lambda: Instant(real().wall + forward, real().steady + forward)
raise SystemExit(main())
"""
_SECONDS = 240


class Machine:
    """Where the agent works."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.home = base / "home"
        self.home.mkdir()
        (base / "bin").mkdir()
        self.clock = base / "clock"
        self.forward(0)
        self.program = base / "bin/agentowners"
        self.program.write_text(_PROGRAM.format(python=sys.executable, home=str(self.home), clock=str(self.clock)))
        self.program.chmod(0o755)
        self.repo = Repo(base / "shop")
        self.repo.commit({PLACE: POLICY, "security/CHANGELOG.md": "nothing yet\n", "README.md": "shop\n"})
        self.repo.git("reset", "-q", "--hard")
        self.root = self.repo.path

    def forward(self, minutes: int) -> None:
        """Set the clocks that grants go by, by so many minutes from now."""
        self.clock.write_text(str(minutes))

    def environment(self, more: Mapping[str, str] = {}) -> dict[str, str]:
        """Variables of every program here."""
        node = shutil.which("node")
        folders = [str(self.base / "bin"), str(Path(sys.executable).parent), *([str(Path(node).parent)] if node else [])]
        path = os.pathsep.join([*folders, "/usr/bin", "/bin"])
        return {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8", "TERM": "dumb", **more}

    def run(self, *arguments: str, env: Mapping[str, str] = {}) -> str:
        """Output of the command line, for which nobody sits at a terminal."""
        done = subprocess.run(
            [str(self.program), *arguments], cwd=self.root, env=self.environment(env), capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    def person(self, *arguments: str) -> str:
        """What a person sees who types this into a terminal."""
        leader, follower = pty.openpty()
        with subprocess.Popen(
            [str(self.program), *arguments],
            cwd=self.root,
            env=self.environment(),
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        ):
            os.close(follower)
            seen = b""
            with contextlib.suppress(OSError):  # Linux ends a terminal with an error
                while part := os.read(leader, 65_536):
                    seen += part
        os.close(leader)
        return seen.decode("utf-8", "replace").replace("\r\n", "\n")

    def journal(self) -> list[dict[str, Any]]:
        """Its lines, oldest first."""
        (file,) = self.home.glob(".local/state/agentowners/*/journal.jsonl")
        return [json.loads(line) for line in file.read_text().splitlines()]


class Agent(Protocol):
    """Whoever calls tools."""

    name: str

    def work(self, *wanted: Wanted) -> str:
        """Call these tools, one after the other, and return everything that the model was told."""


class RecordedAgent:
    """Claude Code's own payloads to the installed hook line; what the hook lets through is carried out here."""

    name = "Claude Code's recorded dialect (no client is installed under build/clients: `make clients-test` installs them)"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        machine.run("hook", "install", "--client", "claude", "--quiet")
        settings = json.loads((machine.root / ".claude/settings.json").read_text())
        self._line = settings["hooks"]["PreToolUse"][0]["hooks"][0]["command"]

    def work(self, *wanted: Wanted) -> str:
        """Announce each call to the hook, and carry it out where the hook is silent."""
        return "\n".join(map(self._call, wanted))

    def _call(self, wanted: Wanted) -> str:
        machine = self._machine
        payload = {
            "session_id": "recorded",
            "transcript_path": str(machine.home / "transcript.jsonl"),
            "cwd": str(machine.root),
            "permission_mode": "default",
            "hook_event_name": "PreToolUse",
            "tool_name": wanted.tool,
            "tool_input": wanted.arguments,
            "tool_use_id": f"toolu_{wanted.tool}",
        }
        asked = subprocess.run(
            ["/bin/sh", "-c", self._line],
            input=json.dumps(payload),
            cwd=machine.root,
            env=machine.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 2:
            return asked.stderr
        if wanted.tool == "Write":
            Path(wanted.arguments["file_path"]).write_text(wanted.arguments["content"])
            return "written"
        env = machine.environment({"CLAUDECODE": "1"})
        done = subprocess.run(
            ["/bin/sh", "-c", wanted.arguments["command"]], cwd=machine.root, env=env, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr


class ClientAgent:
    """Claude Code itself, headless, with a model on loopback that says what it is told to."""

    def __init__(self, machine: Machine, program: Path) -> None:
        self._machine, self._program = machine, program
        self._session = str(uuid.uuid4())
        self._model = Model(())
        self._begun = False
        machine.run("hook", "install", "--client", "claude", "--quiet")
        version = subprocess.run([program, "--version"], env=machine.environment(), capture_output=True, text=True, check=True)
        self.name = f"Claude Code {version.stdout.split()[0]}, with a model on this machine that says what it is told to"

    def work(self, *wanted: Wanted) -> str:
        """Go on with the session until the model has asked for all of these."""
        self._model.wanted = (*self._model.wanted, *wanted)
        heard = len(self._model.requests)
        with self._model.serving():
            nowhere = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")
            env = self._machine.environment(
                {
                    "ANTHROPIC_BASE_URL": self._model.url,
                    "ANTHROPIC_API_KEY": "none",
                    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
                    "DISABLE_AUTOUPDATER": "1",
                    "NO_PROXY": "127.0.0.1,localhost",
                    **nowhere,
                }
            )
            session = ["--resume", self._session] if self._begun else ["--session-id", self._session]
            command = [str(self._program), "-p", "go on", *session, "--allowedTools", "Bash Read Write Edit"]
            with open(os.devnull, "r+b") as nothing:
                subprocess.run(
                    command,
                    cwd=self._machine.root,
                    env=env,
                    stdin=nothing,
                    stdout=nothing,
                    stderr=nothing,
                    check=False,
                    timeout=_SECONDS,
                )
        self._begun = True
        return "\n".join(body for _, body in self._model.requests[heard:])


def agent_on(machine: Machine, modules: Path | None) -> Agent:
    """The real client where it is installed and starts, else its recorded dialect."""
    program = None if modules is None else modules.absolute() / ".bin/claude"
    if program is not None and program.exists() and _starts(program, machine):
        return ClientAgent(machine, program)
    return RecordedAgent(machine)


def _starts(program: Path, machine: Machine) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired, OSError):
        done = subprocess.run([program, "--version"], env=machine.environment(), capture_output=True, check=False, timeout=60)
        return done.returncode == 0
    return False


def lines_with(text: str, *words: str) -> Iterator[str]:
    """Lines of what somebody saw that hold any of these words, without the blanks around them."""
    return (line.strip() for line in text.splitlines() if any(word in line for word in words))
