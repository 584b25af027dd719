"""A proxy between a client and a store that is not always on their side."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Meddling = Callable[[BaseHTTPRequestHandler, "Forward"], None]
Forward = Callable[[], tuple[int, list[tuple[str, str]], bytes]]


@contextmanager
def meddling(target: str, meddle: Callable[[str, str], Meddling | None]) -> Iterator[str]:
    """The proxy's address. ``meddle`` is told the method and path of each request, and may take it over."""
    host = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))

            # as it is now: a connection is kept for further requests
            method, path, headers = self.command, self.path, list(self.headers.items())

            def forward() -> tuple[int, list[tuple[str, str]], bytes]:
                connection = http.client.HTTPConnection(host, timeout=20)
                try:
                    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
                    for name, value in headers:
                        if name.lower() != "expect":
                            connection.putheader(name, value)
                    connection.endheaders(body)
                    answer = connection.getresponse()
                    return answer.status, answer.getheaders(), answer.read()
                finally:
                    connection.close()

            taken = meddle(self.command, self.path)
            if taken is not None:
                taken(self, forward)
                return
            reply(self, *forward())

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _any

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients that hang up are what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reply(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """Answer."""
    handler.send_response(status)
    for name, value in headers:
        if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
            handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Reset the connection."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def loses_the_answer(handler: BaseHTTPRequestHandler, forward: Forward) -> None:
    """The store has done it, and nobody learns of it."""
    forward()
    hang_up(handler)


def resets(handler: BaseHTTPRequestHandler, forward: Forward) -> None:
    """The store never hears of it."""
    hang_up(handler)


def answers(status: int, *, done: bool) -> Meddling:
    """Another answer than the store's, which has done it or not."""

    def meddle(handler: BaseHTTPRequestHandler, forward: Forward) -> None:
        if done:
            forward()
        reply(handler, status, [("Content-Type", "application/xml")], b"<Error><Code>SlowDown</Code></Error>")

    return meddle
