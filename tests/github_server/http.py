"""The HTTP side: sockets, tokens, faults, limits, and the referee before and after every route."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from tests.github_server import openapi, routes
from tests.github_server.app_keys import speaker
from tests.github_server.faults import Fault, emptied, graphql_fault, refuse, spoil
from tests.github_server.model import Token
from tests.github_server.web import HANDLERS, ApiError, Reply, Request, not_found

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer

assert routes.LOADED
MEDIA = ("application/vnd.github", "application/json", "*/*")
VERSIONS = {"2022-11-28", "2026-03-10"}
QUERIES = frozenset({"/graphql", "/api/graphql"})
LARGEST_BODY = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request as the server saw it; `path` is decoded, `operation` GitHub's name for it."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    operation: str | None
    body: Any
    token: str | None


@dataclass(frozen=True, slots=True)
class Violation:
    """A request or an answer that does not keep to GitHub's description."""

    side: str
    method: str
    path: str
    detail: str

    def __str__(self) -> str:
        return f"{self.side}: {self.method} {self.path}: {self.detail}"


class Abort(Exception):
    """Drop the connection without an answer."""


class HttpServer:
    """The listening socket, its thread, and the connections that are open."""

    def __init__(self, server: GitHubServer, port: int) -> None:
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        self.guard = threading.Lock()

        class Bound(ApiHandler):
            github = server
            owner = self

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Bound)
        self._http.daemon_threads = False
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, name="github-server")
        self._started = False

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()
        self._started = True

    def stop(self) -> None:
        """Stop listening, close every connection, wait for their threads."""
        self.stopping.set()
        if self._started:
            self._http.shutdown()
            self._thread.join()
        with self.guard:
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._http.server_close()


class ApiHandler(BaseHTTPRequestHandler):
    """One connection."""

    github: GitHubServer
    owner: HttpServer
    protocol_version = "HTTP/1.1"
    server_version = "github.com"
    wbufsize = -1
    disable_nagle_algorithm = True
    skewed: float | None = None

    def setup(self) -> None:
        """Remember the connection, to be closed with the server."""
        sys.settrace(None)  # coverage need not watch the server
        super().setup()
        with self.owner.guard:
            self.owner.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        with self.owner.guard:
            self.owner.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        """Serve until either side closes."""
        with contextlib.suppress(ConnectionError, Abort):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """The log is `server.requests`."""

    def do_GET(self) -> None:
        """Every method goes one way."""
        self._serve()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_GET

    # --- a request ---

    def _serve(self) -> None:
        raw_path, _, raw_query = self.path.partition("?")
        raw_path = self._canonical(raw_path.removeprefix("/api/v3"))
        path = unquote(raw_path, errors="replace")
        query = parse_qsl(raw_query, keep_blank_values=True, errors="surrogateescape")
        data = self._read_body()
        if path.startswith("/_test/"):
            self._control(path.removeprefix("/_test/"), data)
            return
        if self.github.gate is not None:
            self.github.gate((self.headers.get("Authorization") or "").partition(" ")[2].strip())
        with self.github.lock:
            fault = self.github.faults.find(self.command, path)
        if fault and fault.action == "hang":
            self.owner.stopping.wait(fault.seconds)
        if fault and fault.action in {"hang", "reset"}:
            self._record(path, query, 0, None, None, None)
            self._reset()
        operation, body, token = None, None, None
        is_query = path in QUERIES and self.command == "POST"
        with self.github.lock:
            limits: dict[str, str] = {}
            try:
                if fault:
                    refuse(fault, self.github.url + self.path)
                token = self._authenticate()
                if is_query:
                    body = self._parse(data, path)
                    reply = self._query(token, body, path)
                else:
                    limits = self._count(token)
                    found = openapi.find(self.command, raw_path)
                    if found is None:
                        self._violation("request", path, "no such operation in the description")
                        raise ApiError(404, "Not Found")
                    operation = found[0]
                    body = self._parse(data, path)
                    request = self._check(found, path, query, body, token, present=bool(data))
                    request.ignored = fault is not None and fault.action == "ignored"
                    reply = self._route(request)
            except ApiError as error:
                reply = Reply(error.status, error.body, error.headers)
            except Exception as error:
                self._violation("server", path, f"{type(error).__name__}: {error}")
                raise
            if operation is not None and reply.raw is None:
                for detail in openapi.check_answer(operation, reply.status, reply.body):
                    self._violation("answer", path, f"{operation.id} {reply.status}: {detail}")
            name = "graphql" if is_query else operation.id if operation else None
            self._record(path, query, reply.status, name, body, token)
        if fault and fault.action == "reset-after":
            self._reset()
        if fault and fault.action in {"empty-page", "forgotten-page"} and reply.status < 300:
            links = reply.headers if fault.action == "forgotten-page" else {}
            reply = Reply(200, emptied(reply.body), links)
        if fault and is_query and reply.status < 300:
            reply = Reply(200, graphql_fault(fault, reply.body), reply.headers)
        self._answer(reply, limits, fault)

    def _query(self, token: Token, body: Any, path: str) -> Reply:
        # loading it takes a quarter of a second, and not every test asks
        from tests.github_server.graph import endpoint

        return endpoint.answer(self.github, token, body, lambda detail: self._violation("request", path, detail))

    def _canonical(self, raw_path: str) -> str:
        """A team's own `url` goes by numbers, which the description does not have, and leads to the same operations."""
        match = re.fullmatch(r"/organizations/(\d+)/team/(\d+)(/.*)?", raw_path)
        for team in list(self.github.teams.values()) if match else ():
            if match and (str(team.organization.id), str(team.id)) == match.groups()[:2]:
                return f"/orgs/{team.organization.login}/teams/{team.slug}{match[3] or ''}"
        return raw_path

    def _control(self, name: str, data: bytes) -> None:
        from tests.github_server.control import COMMANDS

        with self.github.lock:
            try:
                reply = Reply(200, COMMANDS[name](self.github, json.loads(data or b"{}")))
            except (KeyError, TypeError, ValueError, AssertionError, StopIteration) as error:
                reply = Reply(400, {"message": f"{type(error).__name__}: {error}"})
        self._answer(reply, {}, None)

    def _read_body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            raise Abort
        return self.rfile.read(length)

    def _authenticate(self) -> Token:
        if not self.headers.get("User-Agent"):
            raise ApiError(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
            )
        scheme, _, value = (self.headers.get("Authorization") or "").partition(" ")
        if not value:
            raise ApiError(401, "Requires authentication")
        if value.count(".") == 2 and scheme.lower() == "bearer":
            return speaker(self.github, value.strip())
        token = self.github.tokens.get(value.strip())
        if token is None or scheme.lower() not in {"bearer", "token"}:
            raise ApiError(401, "Bad credentials")
        return token

    def _count(self, token: Token) -> dict[str, str]:
        limit = self.github.limits.rate if token.kind == "actions" else 5 * self.github.limits.rate
        used = self.github.used[token.value] = self.github.used.get(token.value, 0) + 1
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - used)),
            "X-RateLimit-Used": str(used),
            "X-RateLimit-Reset": str(int(time.time()) + 3600),
            "X-RateLimit-Resource": "core",
        }
        if used > limit:
            raise ApiError(403, "API rate limit exceeded for installation ID 1.", headers=headers)
        return headers

    def _parse(self, data: bytes, path: str) -> Any:
        accept = self.headers.get("Accept") or "*/*"
        if not all(part.strip().startswith(MEDIA) for part in accept.split(",")):
            raise ApiError(415, f"Unsupported 'Accept' header: '{accept}'. Must accept 'application/json'.")
        version = self.headers.get("X-GitHub-Api-Version")
        if version is not None and version not in VERSIONS:
            self._violation("request", path, f"API version {version} does not exist")
            raise ApiError(400, f"{version!r} is not a supported version")
        if not data:
            return None
        try:
            return json.loads(data)
        except ValueError:
            self._violation("request", path, "the body is not JSON")
            raise ApiError(400, "Problems parsing JSON") from None

    def _check(
        self,
        found: tuple[openapi.Operation, dict[str, Any]],
        path: str,
        query: list[tuple[str, str]],
        body: Any,
        token: Token,
        *,
        present: bool,
    ) -> Request:
        operation, params = found
        values, wrong = openapi.check_query(operation, query)
        wrong += openapi.check_body(operation, body, present=present)
        for detail in wrong:
            self._violation("request", path, detail)
        if wrong:
            raise ApiError(422, "Invalid request.\n\n" + "\n".join(wrong))
        return Request(
            self.github, operation, path_for_links(self.path), params, values, body, self.headers.get("Accept") or "", token
        )

    def _route(self, request: Request) -> Reply:
        handler, permission = HANDLERS[request.operation.id]
        if "owner" in request.params:
            repo = request.repo
            if request.token.repository not in (None, repo) and repo.private:
                raise not_found()
            if request.token.repository not in (None, repo) and request.operation.method != "GET":
                raise request.refusal("a token of this repository")
        if permission:
            request.require(permission)
        if permission.startswith("administration") and request.token.kind == "user":
            request.require_administrator()
        return handler(request)

    # --- an answer ---

    def _answer(self, reply: Reply, limits: dict[str, str], fault: Fault | None) -> None:
        content = reply.raw if reply.raw is not None else b"" if reply.body is None else json.dumps(reply.body).encode()
        kind = "application/json; charset=utf-8" if reply.raw is None else "application/octet-stream"
        announced = len(content)
        if fault:
            content, announced, headers = spoil(fault, content)
            kind = headers.pop("Content-Type", kind)
            limits = limits | headers
        self.skewed = 7.0 if fault and fault.action == "skew" else None
        self.send_response(reply.status)
        for name, value in (reply.headers | limits).items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(announced))
        self.end_headers()
        if fault and fault.action == "drip":
            self._drip(content, fault.seconds)
        elif self.command != "HEAD":
            self.wfile.write(content)
        if len(content) != announced:
            self.wfile.flush()
            raise Abort

    def _drip(self, content: bytes, seconds: float) -> None:
        for start in range(0, len(content), 32):
            self.wfile.write(content[start : start + 32])
            self.wfile.flush()
            if self.owner.stopping.wait(seconds):
                raise Abort

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time that answers bear; by a clock that is decades off where there is that fault."""
        return super().date_time_string(self.skewed if timestamp is None else timestamp)

    def _reset(self) -> None:
        # closing with a zero linger time sends RST instead of FIN, unless the library gets to shut the socket down first
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self.owner.guard:
            self.owner.connections.discard(self.connection)
        os.close(self.connection.detach())
        raise Abort

    def _record(
        self, path: str, query: list[tuple[str, str]], status: int, operation: str | None, body: Any, token: Token | None
    ) -> None:
        value = token.value if token else None
        self.github.requests.append(RequestRecord(self.command, path, tuple(query), status, operation, body, value))

    def _violation(self, side: str, path: str, detail: str) -> None:
        self.github.violations.append(Violation(side, self.command, path, detail))


def path_for_links(target: str) -> str:
    """The undecoded path of a request target, for the Link header."""
    return target.partition("?")[0]
