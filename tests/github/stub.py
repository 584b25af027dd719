"""A server that answers what a test says, however wrong; the loopback GitHub keeps to GitHub's description and cannot."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agentowners.github.client import Api
from agentowners.github.commits import Commits
from agentowners.github.model import Patience
from agentowners.github.pulls import Pulls
from agentowners.github.tree_changes import TreeChanges
from agentowners.github.trees import Trees

PATIENCE = Patience(attempts=2, pause=0.01, timeout=2, secondary_wait=0.01, longest_wait=1)


class Stub:
    """Answers by path; `seen` is what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.seen: list[str] = []
        self.url = ""

    def answer(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """What to answer at a path (below the repository's, unless it begins with two slashes)."""
        where = path[1:] if path.startswith("//") else f"/repos/acme/shop{path}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[where] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def pulls(api: Api) -> Pulls:
    """Questions about pull requests, asked of the stub."""
    return Pulls(api, Commits(api), TreeChanges(Trees(api), lambda _: None))


@contextmanager
def serving() -> Iterator[tuple[Stub, Api]]:
    """A stub and a client of it."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            stub.seen.append(f"{self.command} {self.path}")
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            status, headers, data = stub.answers.get(path, (404, {}, b'{"message": "Not Found"}'))
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json; charset=utf-8"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PATCH = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    api = Api("ghs_x", stub.url, "acme/shop", PATIENCE)
    try:
        yield stub, api
    finally:
        api.close()
        server.shutdown()
        server.server_close()
        thread.join()
