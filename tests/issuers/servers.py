"""Issuers on loopback, over TLS, that answer as they like."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

Answer = Callable[[BaseHTTPRequestHandler], None]


class LoopbackIssuer:
    """A server; ``answers`` holds what each path is answered with, ``asked`` what was asked for."""

    def __init__(self, scheme: str) -> None:
        self.url = ""
        self.scheme = scheme
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    def publishes(self, keys: bytes, issuer: str | None = None, jwks_uri: str | None = None) -> None:
        """Answer as an honest issuer does, in whose name and with whichever place for its keys."""
        document = {"issuer": issuer or self.url, "jwks_uri": jwks_uri or f"{self.url}/keys"}
        self.answers["/.well-known/openid-configuration"] = document_of(json.dumps(document).encode())
        self.answers["/keys"] = document_of(keys)


def document_of(body: bytes, status: int = 200, **headers: str) -> Answer:
    """An answer with a body; an underscore in a header's name is a hyphen."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def issuer(certificate: trustme.LeafCert | None) -> Iterator[LoopbackIssuer]:
    """A server at ``localhost``; without a certificate it speaks plain HTTP."""
    found = LoopbackIssuer("http" if certificate is None else "https")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            try:
                found.answers.get(self.path, document_of(b"", 404))(self)
            except (OSError, ssl.SSLError):
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is what half of the tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    found.url = f"{found.scheme}://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def trust(authority: trustme.CA, folder: Path) -> Path:
    """A file with an authority's certificate, for the variable ``SSL_CERT_FILE``."""
    place = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(place))
    return place
