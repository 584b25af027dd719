"""The API's routes: a request becomes a response, without a socket."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.tokens.strict_json import read_object

Json = dict[str, Any]
MAX_BODY: Final = 64 << 10
"""Bytes of a request's body."""
MAX_WAITING: Final = 4
"""Requests that may wait for a person at once."""
_ID: Final = re.compile(r"/v1/proposals/(p-[0-9a-f]{16})(/wait)?")


class ApiRequest(Struct, frozen=True):
    """A request that was let in."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes = b""
    caller: str = ""
    """The principal that a bearer token names, with its at-sign; empty on the socket."""


class ApiResponse(Struct, frozen=True):
    """A response; its body is JSON."""

    status: int
    body: Json
    headers: Mapping[str, str] = {}


class ApiError(AgentownersError):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str, message: str, *, help: str | None = None, headers: Mapping[str, str] = {}) -> None:
        super().__init__(message, help=help)
        self.status = status
        self.code = code
        self.headers = headers


class PolicyService(Protocol):
    """Answers of one repository."""

    def current(self) -> Json:
        """The policy on the base."""

    def denials(self, last: int) -> Json:
        """The newest denials."""

    def propose(self, body: bytes, caller: str) -> tuple[Json, bool]:
        """The answer to a proposal, and whether it was handed in."""

    def proposal(self, id: str) -> Json | None:
        """A proposal; None where there is none."""

    def wait(self, id: str, seconds: int) -> Json | None:
        """A proposal as soon as it is decided, else as it is when the time is over; None where there is none."""

    def check(self, body: Json, caller: str) -> Json:
        """A decision, or the denial, of a call that is only supposed."""


def respond(request: ApiRequest, service: PolicyService, document: Callable[[], Json]) -> ApiResponse:
    """Answer a request; whatever is wrong with it is answered too.

    Args:
        request: one that was let in.
        service: the repository.
        document: the API's own description.
    """
    try:
        return _respond(request, service, document)
    except ApiError as error:
        return refusal(error)
    except AgentownersError as error:
        return refusal(ApiError(422, "unprocessable", error.message, help=error.help))


def refusal(error: ApiError) -> ApiResponse:
    """The response to a request that is not answered otherwise."""
    return ApiResponse(error.status, {"error": error.code, "message": error.message, "help": error.help}, error.headers)


def _respond(request: ApiRequest, service: PolicyService, document: Callable[[], Json]) -> ApiResponse:
    path, _, query_text = request.target.partition("?")
    try:
        query = parse_qsl(query_text, keep_blank_values=True, strict_parsing=bool(query_text), errors="strict")
    except ValueError:
        raise ApiError(400, "bad_request", "the query is none") from None
    of_proposal = _ID.fullmatch(path)
    if path == "/v1/openapi.json":
        _only(request, "GET", query)
        return ApiResponse(200, document())
    if path == "/v1/policy/current":
        _only(request, "GET", query)
        return ApiResponse(200, service.current())
    if path == "/v1/denials":
        given = _only(request, "GET", query, "last")
        return ApiResponse(200, service.denials(_number(given, "last", 10, 100)))
    if path == "/v1/proposals":
        _only(request, "POST", query)
        answer, handed_in = service.propose(_body(request), request.caller)
        return ApiResponse(202 if handed_in else 422, answer)
    if path == "/v1/check":
        _only(request, "POST", query)
        return ApiResponse(200, service.check(_object(request), request.caller))
    if of_proposal is not None:
        id, waits = of_proposal.groups()
        given = _only(request, "GET", query, *(["timeout"] if waits else []))
        proposal = service.wait(id, _number(given, "timeout", 60, 300)) if waits else service.proposal(id)
        if proposal is None:
            raise ApiError(404, "not_found", f"there is no proposal `{id}`")
        return ApiResponse(200, proposal)
    raise ApiError(404, "not_found", "there is no such route", help="`GET /v1/openapi.json` lists them")


def _only(request: ApiRequest, method: str, query: list[tuple[str, str]], *known: str) -> dict[str, str]:
    """The query, if the method and each name of it is one that the route has."""
    if request.method != method:
        raise ApiError(405, "method_not_allowed", f"this route takes `{method}`", headers={"Allow": method})
    given = dict(query)
    if len(given) < len(query) or not set(given) <= set(known):
        raise ApiError(400, "bad_request", "the query has a name twice, or one that this route does not know")
    return given


def _number(given: dict[str, str], name: str, standard: int, most: int) -> int:
    text = given.get(name, str(standard))
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text, re.ASCII) or int(text) > most:
        raise ApiError(400, "bad_request", f"`{name}` is no number from 1 to {most}")
    return int(text)


def _body(request: ApiRequest) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, "unsupported_media_type", "the body is not `application/json`")
    return request.body


def _object(request: ApiRequest) -> Json:
    body = _body(request)
    try:
        return dict(read_object(body, "the body"))
    except AgentownersError as error:
        raise ApiError(400, "bad_request", error.message, help=error.help) from None
