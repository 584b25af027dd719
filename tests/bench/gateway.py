"""Calls through the gateway beside the same calls to the same server: the filesystem server that `make servers-test` installs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from tests.git.repo import CLEAN, Content, Repo

SERVER: Final = (
    Path(__file__).resolve().parents[2] / "build/servers/node_modules/@modelcontextprotocol/server-filesystem/dist/index.js"
)
CALLS: Final = 400
SIZE: Final = 5 << 20
_ROUNDS: Final = 40
"""Enough for some in which nothing else runs on the machine."""
_PAUSE: Final = 0.05
"""Seconds in which the gateway writes its journal: else it would do so while the direct connection is timed."""


class Connection:
    """A server, with or without the gateway before it."""

    def __init__(self, command: list[str], root: Path) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, env=CLEAN
        )
        self.id = 0
        info = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "claude-code", "version": "1"}}
        self.seconds([("initialize", info)])

    def seconds(self, requests: list[tuple[str, dict[str, Any]]]) -> float:
        """Seconds from the first byte of these requests, sent at once, to the last of their answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        lines = []
        for method, params in requests:
            self.id += 1
            lines.append(json.dumps({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}).encode() + b"\n")
        start = time.perf_counter()
        writer = threading.Thread(target=self._write, args=(b"".join(lines),))
        writer.start()
        for _ in lines:
            answer = self.process.stdout.readline()
            if b'"isError":true' in answer or b'"result"' not in answer[:20] + answer[-5_000_000:]:
                raise SystemExit(f"not answered: {answer[:300]!r}")
        writer.join()
        return time.perf_counter() - start

    def _write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def end(self) -> None:
        """Close the client's side."""
        self.process.communicate()


def shares(directory: Path) -> tuple[float, float, float]:
    """Throughput behind the gateway as a share of the direct one, by the best rounds: equal calls that are pipelined, such calls
    of another path each, and a large result."""
    repo = Repo(directory / "gateway")
    files: dict[str | bytes, Content] = {f"src/{number}.py": "a\n" for number in range(CALLS)}
    repo.commit({".github/AGENTOWNERS": "/security/ @agents block\n", "src/large.txt": "x" * SIZE, **files})
    repo.git("reset", "-q", "--hard")
    server = ["node", str(SERVER), str(repo.path)]
    connections = [
        Connection([*before, *server], repo.path) for before in ([], [sys.executable, "-m", "agentowners", "mcp-gateway", "--"])
    ]
    calls = [("tools/call", {"name": "read_text_file", "arguments": {"path": path}}) for path in (*files, "src/large.txt")]
    best: list[float] = []
    for requests in (calls[:1] * CALLS, calls[:CALLS], calls[CALLS:]):
        rounds = []
        for _ in range(_ROUNDS):
            rounds.append([connection.seconds(requests) for connection in connections])
            time.sleep(_PAUSE)
        direct, behind = (min(each) for each in zip(*rounds, strict=True))
        best.append(direct / behind)
    for connection in connections:
        connection.end()
    return best[0], best[1], best[2]
