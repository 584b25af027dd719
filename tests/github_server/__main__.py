"""The server as a process of its own.

    python -m tests.github_server --scenario shop --ready-file ready.json [--port 0] [--seconds 600]

When it answers, the ready file (written whole, then renamed) holds
`{"url", "pid", "token", "repository", "pulls": {name: number}}`.
State is read and changed through `/_test/` (control.py). The process ends on SIGTERM, SIGINT, `POST /_test/stop`, or by itself
after `--seconds`; with `--strict` its exit status is 1 if there were violations, which it prints.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from tests.github_server.scenarios import SCENARIOS
from tests.github_server.server import GitHubServer


def main() -> int:
    """Serve until told to stop; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.github_server", description="a GitHub API server on loopback")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="shop")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ready-file", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    with GitHubServer(options.port) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stopped.set())
        with server.lock:
            facts = {"url": server.url, "pid": os.getpid(), **SCENARIOS[options.scenario](server)}
        scratch = options.ready_file.with_suffix(".tmp")
        scratch.write_text(json.dumps(facts), "utf-8")
        scratch.replace(options.ready_file)
        server.stopped.wait(options.seconds)
        violations = [str(violation) for violation in server.violations]
    if options.strict and violations:
        print("\n".join(violations), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
