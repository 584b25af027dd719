"""A gateway before the small server, and a client that speaks to it line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.git.repo import CLEAN

SERVER = Path(__file__).parents[1] / "mcp/server.py"


class Gateway:
    """The command as a process of its own; the home directory is `home` beside the repository."""

    def __init__(self, root: Path, *options: str, env: dict[str, str] | None = None) -> None:
        program = f"import pwd, types; pwd.getpwuid = lambda _: types.SimpleNamespace(pw_dir={str(root.parent / 'home')!r})"
        program += "; from agentowners.cli.main import main; raise SystemExit(main())"
        self.log = root.parent / "server.log"
        server = [sys.executable, str(SERVER), str(self.log)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, "mcp-gateway", *options, "--", *server],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**CLEAN, **(env or {})},
        )
        self.id = 100

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def send(self, *messages: bytes | dict[str, Any]) -> None:
        """Send lines, together."""
        assert self.process.stdin is not None
        lines = (message if isinstance(message, bytes) else json.dumps(message).encode() for message in messages)
        self.process.stdin.write(b"".join(line + b"\n" for line in lines))
        self.process.stdin.flush()

    def line(self) -> bytes:
        """The next line that the client gets."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def get(self) -> Any:
        """The next message that the client gets."""
        return json.loads(self.line())

    def ask(self, method: str, params: object = None) -> Any:
        """Send a request, and return the next message."""
        self.send(self.request(method, params))
        return self.get()

    def call(self, tool: str, **arguments: object) -> Any:
        """Call a tool, and return the next message."""
        return self.ask("tools/call", {"name": tool, "arguments": arguments})

    def request(self, method: str, params: object = None) -> dict[str, Any]:
        """A request with a new id."""
        self.id += 1
        return {"jsonrpc": "2.0", "id": self.id, "method": method, **({} if params is None else {"params": params})}

    def start(self, client: str = "claude-code") -> None:
        """Shake hands, and answer what roots there are."""
        info = {"name": client, "version": "1"}
        self.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info})
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        assert self.get()["method"] == "roots/list"
        self.send({"jsonrpc": "2.0", "id": "r", "result": {"roots": []}})
        self.get()

    def end(self) -> tuple[int, bytes, bytes]:
        """Close the client's side, and return exit code, rest and standard error."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err
