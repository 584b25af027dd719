"""Requests become responses; whatever is wrong with one is said, and nothing else happens."""

from __future__ import annotations

from typing import Any

import pytest

from agentowners.cli.serve import api_document
from agentowners.server.routes import ApiRequest, ApiResponse, respond
from tests.server.description import refreshed

ID = "p-0123456789abcdef"


class Recorder:
    """A service that answers with what it was asked."""

    def current(self) -> dict[str, Any]:
        return {"asked": "current"}

    def denials(self, last: int) -> dict[str, Any]:
        return {"asked": last}

    def propose(self, body: bytes, caller: str) -> tuple[dict[str, Any], bool]:
        return {"asked": body.decode(), "caller": caller}, body != b"wrong"

    def proposal(self, id: str) -> dict[str, Any] | None:
        return {"asked": id} if id == ID else None

    def wait(self, id: str, seconds: int) -> dict[str, Any] | None:
        return {"asked": [id, seconds]} if id == ID else None

    def check(self, body: dict[str, Any], caller: str) -> dict[str, Any]:
        return {"asked": body, "caller": caller}


def ask(method: str, target: str, body: bytes = b"", kind: str = "application/json", caller: str = "") -> ApiResponse:
    request = ApiRequest(method, target, {"content-type": kind}, body, caller)
    return respond(request, Recorder(), dict)


@pytest.mark.parametrize(
    ("method", "target", "status", "asked"),
    [
        ("GET", "/v1/policy/current", 200, "current"),
        ("GET", "/v1/denials", 200, 10),
        ("GET", "/v1/denials?last=100", 200, 100),
        ("POST", "/v1/proposals", 202, "{}"),
        ("GET", f"/v1/proposals/{ID}", 200, ID),
        ("GET", f"/v1/proposals/{ID}/wait", 200, [ID, 60]),
        ("GET", f"/v1/proposals/{ID}/wait?timeout=300", 200, [ID, 300]),
        ("POST", "/v1/check", 200, {}),
    ],
)
def test_routes(method: str, target: str, status: int, asked: Any) -> None:
    done = ask(method, target, b"{}")
    assert (done.status, done.body["asked"]) == (status, asked)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/policy/current/", 404),
        ("GET", "/v1/proposals/p-1", 404),
        ("GET", f"/v1/proposals/{ID[:-1]}0", 404),
        ("GET", f"/v1/proposals/{ID}\n", 404),
        ("GET", "/v1/denials?last=0", 400),
        ("GET", "/v1/denials?last=101", 400),
        ("GET", "/v1/denials?last=%D9%A1", 400),
        ("GET", "/v1/denials?last=1&last=2", 400),
        ("GET", "/v1/denials?first=1", 400),
        ("GET", "/v1/denials?last", 400),
        ("GET", "/v1/policy/current?token=x", 400),
        ("GET", f"/v1/proposals/{ID}/wait?timeout=301", 400),
        ("GET", f"/v1/proposals/{ID}/wait?timeout=0", 400),
        ("POST", "/v1/policy/current", 405),
        ("GET", "/v1/proposals", 405),
        ("DELETE", f"/v1/proposals/{ID}", 405),
        ("POST", f"/v1/proposals/{ID}", 405),
        ("POST", f"/v1/proposals/{ID}/approve", 404),
        ("PUT", "/v1/check", 405),
        ("OPTIONS", "/v1/check", 405),
        ("GET", "//[", 404),
        ("GET", "/v1/denials?%ff", 400),
        ("GET", "/v1/denials#x", 404),
    ],
)
def test_whatever_else_is_asked(method: str, target: str, status: int) -> None:
    done = ask(method, target, b"{}")
    assert done.status == status
    assert set(done.body) == {"error", "message", "help"}
    assert ("Allow" in done.headers) is (status == 405)


def test_a_body_is_json_and_says_so() -> None:
    assert ask("POST", "/v1/check", b"{}", "text/plain").status == 415
    assert ask("POST", "/v1/proposals", b"{}", "").status == 415
    assert ask("POST", "/v1/check", b"{", "application/json; charset=utf-8").status == 400
    assert ask("POST", "/v1/proposals", b"wrong").status == 422


def test_the_bearer_is_who_proposes() -> None:
    assert ask("POST", "/v1/proposals", b"{}", caller="@ci-bot").body["caller"] == "@ci-bot"


def test_no_route_approves() -> None:
    routes = {(path, method) for path, methods in api_document()["paths"].items() for method in methods}
    assert {path for path, method in routes if method != "get"} == {"/v1/proposals", "/v1/check"}
    for path, method in routes:
        target = path.replace("{id}", ID)
        assert ask(method.upper(), target, b"{}").status in (200, 202), "the description lists what is served"


def test_the_description_has_the_published_shapes() -> None:
    assert refreshed(api_document()) == api_document(), "`python -m tests.server.description` writes them into it"
