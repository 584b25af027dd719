"""Connections to the API: a socket of the user's own, or a port of this machine for bearers of a token."""

from __future__ import annotations

import contextlib
import hmac
import io
import json
import os
import socket
import socketserver
import stat
import struct
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from agentowners import __version__
from agentowners.diagnostics import AgentownersError
from agentowners.server.routes import MAX_BODY, ApiError, ApiRequest, ApiResponse, refusal
from agentowners.text.wording import reason

SECONDS: Final = 15.0
"""For a request to arrive whole."""
MAX_CONNECTIONS: Final = 32
_MAX_HEAD: Final = 32 << 10
_LINGER: Final = 1.0
"""Seconds to wait for more of a request that was refused."""
_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")

Answer = Callable[[ApiRequest], ApiResponse]


class _Arriving(io.RawIOBase):
    """The bytes of one request: so many, and for so long."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._left = _MAX_HEAD + MAX_BODY
        self._until = time.monotonic() + SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there; nothing more once there was too much.

        Raises:
            TimeoutError: the time is over.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        count = self._connection.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count


class _Handler(BaseHTTPRequestHandler):
    """One request, then the connection ends."""

    protocol_version = "HTTP/1.1"
    server_version = f"agentowners/{__version__}"
    sys_version = ""
    server: ApiServer

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BufferedReader(_Arriving(self.connection))

    def _serve(self) -> None:
        self.close_connection = True
        if self.request_version == "HTTP/0.9":
            return
        try:
            request = self._request()
        except ApiError as error:
            self._write(refusal(error))
            self._drain()
            return
        self.connection.settimeout(SECONDS)
        self._write(self.server.answer(request))

    def _request(self) -> ApiRequest:
        """The request, if it may come in.

        Raises:
            ApiError: it may not, or is not whole.
        """
        caller = self.server.admit(self._header)
        length = self._header("content-length")
        unsaid = length is None and self.command in ("POST", "PUT", "PATCH")
        if unsaid or self._header("transfer-encoding") is not None:
            raise ApiError(411, "length_required", "a body has to say its length")
        if length is not None and not (length.isascii() and length.isdecimal() and len(length) < 20):
            raise ApiError(400, "bad_request", "the length of the body is no number")
        size = int(length or 0)
        if size > MAX_BODY:
            raise ApiError(413, "too_large", f"the body is larger than {MAX_BODY >> 10} KiB")
        try:
            body = self.rfile.read(size)
        except TimeoutError:
            raise ApiError(408, "timeout", f"the request took longer than {SECONDS:.0f} seconds") from None
        if len(body) < size:
            raise ApiError(400, "bad_request", "the body ends early")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return ApiRequest(self.command, self.path, headers, body, caller)

    def _drain(self) -> None:
        """Take some of what still comes, so that the client hears why before the connection breaks."""
        self.wfile.flush()
        self.connection.settimeout(_LINGER)
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            until = time.monotonic() + _LINGER
            while time.monotonic() < until and self.connection.recv(_MAX_HEAD):
                pass

    def _header(self, name: str) -> str | None:
        """The value of a header.

        Raises:
            ApiError: it is given twice.
        """
        values = self.headers.get_all(name, [])
        if len(values) > 1:
            raise ApiError(400, "bad_request", f"the header `{name}` is given twice")
        return str(values[0]) if values else None

    def _write(self, response: ApiResponse) -> None:
        data = json.dumps(response.body).encode("ascii") + b"\n"
        self.send_response(response.status)
        standard = {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"}
        more = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        for name, value in {**standard, **more, **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the standard library refuses, as JSON."""
        self.close_connection = True
        if getattr(self, "request_version", "HTTP/0.9") != "HTTP/0.9":
            self._write(refusal(ApiError(code, "bad_request", (message or "the request is not understood").lower())))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: a request's words may be secrets."""


for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)


class ApiServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A server, on a socket or a port."""

    daemon_threads = True
    request_queue_size = MAX_CONNECTIONS
    answer: Answer

    def __init__(self, address: Any, answer: Answer) -> None:
        self.answer = answer
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, _Handler)

    def admit(self, header: Callable[[str], str | None]) -> str:
        """Let a request in by its headers, and name its principal; empty where whoever may open the socket may say who they are.

        Raises:
            ApiError: a browser's page sends it.
        """
        if header("origin") is not None:
            raise ApiError(403, "forbidden", "pages of a browser are not let in")
        return ""

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread, or end it where too many are open."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is nobody's business."""


class SocketServer(ApiServer):
    """Serves on a Unix socket that nobody else may open."""

    address_family = socket.AF_UNIX

    def __init__(self, path: str, answer: Answer) -> None:
        """Listen.

        Raises:
            AgentownersError: something else stands there, or it cannot be made.
        """
        _clear(path)
        before = os.umask(0o177)
        try:
            super().__init__(path, answer)
        except OSError as error:
            raise AgentownersError(f"the socket `{path}` cannot be made: {reason(error)}") from None
        finally:
            os.umask(before)
        self._path = path
        self._made = os.lstat(path).st_ino

    def server_close(self) -> None:
        """Stop listening, and take the socket away if it is still this one."""
        super().server_close()
        with contextlib.suppress(OSError, AttributeError):
            if os.lstat(self._path).st_ino == self._made:
                os.unlink(self._path)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """True if a process of this user is at the other end; where the system does not say, the socket's mode has to do."""
        option = getattr(socket, "SO_PEERCRED", None)
        if option is None:
            return True
        _, user, _ = struct.unpack("3i", request.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
        return bool(user == os.getuid())


class PortServer(ApiServer):
    """Serves on a port of the loopback interface to bearers of a token."""

    allow_reuse_address = True

    def __init__(self, port: int, tokens: Mapping[str, str], answer: Answer) -> None:
        """Listen; each token names a principal.

        Raises:
            AgentownersError: the port is taken.
        """
        self._tokens = dict(tokens)
        try:
            super().__init__(("127.0.0.1", port), answer)
        except OSError as error:
            raise AgentownersError(f"port {port} cannot be used: {reason(error)}") from None
        self.port = int(self.server_address[1])

    def admit(self, header: Callable[[str], str | None]) -> str:
        """Let in a request whose ``Host`` is this machine's own, since a name that leads here is not enough, and whose token is
        known; the principal that the token names.

        Raises:
            ApiError: it is not let in.
        """
        super().admit(header)
        if (header("host") or "").lower() not in [f"{name}:{self.port}" for name in _HOSTS]:
            raise ApiError(403, "forbidden", "`Host` is not this machine's own")
        scheme, _, given = (header("authorization") or "").partition(" ")
        token = given.strip().encode("utf-8", "surrogateescape")
        bearer = ""
        for known, principal in self._tokens.items():  # every one, so that the time tells nothing
            if hmac.compare_digest(known.encode(), token):
                bearer = principal
        if scheme.lower() != "bearer" or not bearer:
            raise ApiError(401, "unauthorized", "a bearer token is needed", headers={"WWW-Authenticate": "Bearer"})
        return bearer


def _clear(path: str) -> None:
    """Take away a socket of ours that nobody listens on.

    Raises:
        AgentownersError: what stands there is none, another user's, or is listened on.
    """
    try:
        status = os.lstat(path)
    except OSError:
        return
    if not stat.S_ISSOCK(status.st_mode):
        raise AgentownersError(f"`{path}` is there, and is no socket", help="name another place with `--socket`")
    if status.st_uid != os.getuid():
        raise AgentownersError(f"the socket `{path}` is another user's", help="name another place with `--socket`")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            os.unlink(path)
            return
    raise AgentownersError(f"something listens on `{path}` already", help="one `agentowners serve` is enough for a repository")
