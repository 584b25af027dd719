"""Lets schemathesis ask the API everything that its description allows, and much that it does not: ``make api-test``.

The server runs in this process, on a port of the loopback interface, over a repository and a state folder of its own.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from agentowners.cli.policy_service import RepositoryService
from agentowners.cli.proposing import Desk
from agentowners.cli.serve import api_document
from agentowners.proposals.model import ProposalState
from agentowners.server.listening import PortServer
from agentowners.server.routes import respond
from tests.git.repo import Repo

_TOKEN = "schemathesis-0123456789abcdef0123456789"
_POLICY = "/security/ @agents block # keys\ndocs/ @agents allow\ndefault @agents require_approval\n"
_OPTIONS = ("--max-examples=60", "--seed=1", "--workers=1", "--no-color", "--exclude-checks=positive_data_acceptance")
"""What the description allows may still be refused: rules that are gone, directories that are not there."""


def main() -> int:
    """Serve, ask, and return schemathesis' exit code."""
    program = Path(sys.executable).with_name("schemathesis")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name).resolve()
        repo = Repo(home / "repository")
        repo.commit({".github/AGENTOWNERS": _POLICY, "README.md": "r\n"})
        repo.git("reset", "-q", "--hard")
        with patch.object(pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=name)):
            desk = Desk(str(repo.path))
            service = RepositoryService(desk, None, lambda _: _decide(desk))
            server = PortServer(0, {_TOKEN: "@ci-bot"}, lambda request: respond(request, service, api_document))
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                address = f"http://127.0.0.1:{server.port}"
                command = [str(program), "run", f"{address}/v1/openapi.json", f"--header=Authorization: Bearer {_TOKEN}"]
                return subprocess.run([*command, *_OPTIONS], cwd=name, check=False, env=_environment(name)).returncode
            finally:
                server.shutdown()
                thread.join()
                server.server_close()


def _decide(desk: Desk) -> None:
    """Do what a person does while somebody waits."""
    for kept in desk.store.proposals():
        if kept.state is ProposalState.PENDING:
            desk.store.reject(kept.id, "not now", 0)


def _environment(home: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | {"HOME": home, "NO_PROXY": "127.0.0.1", "SCHEMATHESIS_HOOKS": ""}


if __name__ == "__main__":
    sys.exit(main())
