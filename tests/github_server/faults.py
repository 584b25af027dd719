"""Faults on demand: what a network and a busy GitHub do to a client, each a bounded number of times."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.github_server.web import ApiError

Action = Literal[
    "500",
    "502",
    "503",
    "404",
    "403",
    "secondary-limit",
    "primary-limit",
    "429",
    "reset",
    "reset-after",
    "truncated",
    "not-json",
    "empty-page",
    "hang",
    "ignored",
    "long-wait",
    "odd-wait",
    "past-reset",
    "odd-reset",
    "skew",
    "drip",
    "forgotten-page",
    "redirect",
    "gzip",
    "odd-json",
    "graphql-errors",
    "graphql-partial",
    "graphql-null",
    "graphql-type",
]


@dataclass(slots=True)
class Fault:
    """One fault; `hits` counts how often it struck."""

    action: Action
    method: str | None
    path: re.Pattern[str] | None
    times: int
    after: int
    seconds: float
    hits: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Whether this request is hit; counts."""
        if (self.method and self.method != method) or (self.path and not self.path.search(path)):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.hits >= self.times:
            return False
        self.hits += 1
        return True


@dataclass(slots=True)
class Faults:
    """The faults of a server, asked in the order they were added."""

    all: list[Fault] = field(default_factory=list)

    def add(
        self,
        action: Action,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
        after: int = 0,
        seconds: float = 1.0,
    ) -> Fault:
        """Let the first `times` matching requests after `after` others fail.

        `path` is a regular expression searched in the decoded path (without the query). Actions:

        - `500`, `502`, `503`, `404`, `403`: that status, nothing done;
        - `secondary-limit` (403) and `429`: with `Retry-After: <seconds>`; `primary-limit`: 403 with no requests remaining;
        - `reset`: the connection is reset before anything is done; `reset-after`: the request is carried out, its answer lost;
        - `truncated`: half of the answer's JSON, then the end; `not-json`: an HTML page with status 200;
        - `empty-page`: an empty list with status 200; `hang`: no answer for `seconds`, then a reset, nothing done;
        - `ignored`: (check runs) answered 200 with the state as it was, nothing done;
        - `long-wait`, `odd-wait`: 429 that asks for a week, or for a wait that makes no sense;
        - `past-reset`, `odd-reset`: `primary-limit` that was over long ago, or whose end is further off than there are years;
        - `skew`: a good answer whose `Date` and `X-RateLimit-Reset` are decades off;
        - `drip`: the answer, a few bytes every `seconds`; `gzip`: something that is not gzip though it says so;
        - `forgotten-page`: one page of a list without its items, its links to others as they are;
        - `redirect`: 301 to itself, nothing done; `odd-json`: 200 with JSON of another kind, `null`;
        - (`/graphql`, status 200) `graphql-errors`: nothing but errors; `graphql-partial`: errors beside data whose innermost
          objects are null; `graphql-null`: `{"data": null}` and no word why; `graphql-type`: data with text for every object.
        """
        fault = Fault(action, method, re.compile(path) if path else None, times, after, seconds)
        self.all.append(fault)
        return fault

    def find(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request."""
        return next((fault for fault in self.all if fault.strikes(method, path)), None)


_LIMIT = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
_SPENT = "API rate limit exceeded for installation ID 1."


def refuse(fault: Fault, here: str) -> None:
    """Answer with an error in place of doing what was asked, where the fault is one; `here` is the request's own URL."""
    match fault.action:
        case "500" | "502" | "503":
            raise ApiError(int(fault.action), "Server Error")
        case "404":
            raise ApiError(404, "Not Found")
        case "403":
            raise ApiError(403, "Resource not accessible by integration")
        case "secondary-limit" | "429" | "long-wait" | "odd-wait":
            wait = {"long-wait": "604800", "odd-wait": "-7"}.get(fault.action, str(int(fault.seconds)))
            raise ApiError(403 if fault.action == "secondary-limit" else 429, _LIMIT, headers={"Retry-After": wait})
        case "primary-limit" | "past-reset" | "odd-reset":
            reset = {"past-reset": "86400", "odd-reset": "9" * 30}.get(fault.action, str(int(time.time() + fault.seconds)))
            raise ApiError(403, _SPENT, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})
        case "redirect":
            raise ApiError(301, "Moved Permanently", headers={"Location": here})
        case _:
            return


def spoil(fault: Fault, content: bytes) -> tuple[bytes, int, dict[str, str]]:
    """An answer as the fault leaves it, the length that it announces, and headers that take the place of others."""
    match fault.action:
        case "truncated":
            return content[: len(content) // 2], len(content), {}
        case "not-json":
            page = b"<!DOCTYPE html><title>Unicorn!</title>"
            return page, len(page), {"Content-Type": "text/html"}
        case "odd-json":
            return b"null", 4, {}
        case "gzip":
            return b"\x1f\x8bno gzip", 9, {"Content-Encoding": "gzip"}
        case "skew":
            return content, len(content), {"X-RateLimit-Reset": "7"}
        case _:
            return content, len(content), {}


def graphql_fault(fault: Fault, body: Any) -> Any:
    """An answer to a query as the fault leaves it."""
    failed = {"message": "Something went wrong while executing your query. Please include `C0FF:EE` when reporting this issue."}
    match fault.action:
        case "graphql-errors":
            return {"errors": [failed]}
        case "graphql-partial":
            return {"data": _innermost(body["data"], None), "errors": [failed | {"path": list(body["data"] or ())[:1]}]}
        case "graphql-null":
            return {"data": None}
        case "graphql-type":
            return {"data": _innermost(body["data"], "odd")}
        case _:
            return body


def _innermost(node: Any, value: Any) -> Any:
    if isinstance(node, list):
        return [_innermost(item, value) for item in node]
    if not isinstance(node, dict):
        return node
    deeper = any(isinstance(item, dict | list) for item in node.values())
    return {name: _innermost(item, value) for name, item in node.items()} if deeper else value


def emptied(body: Any) -> Any:
    """A page of a list without its items; of a query's answer, every page of it."""
    if isinstance(body, dict) and "data" in body:
        return _without_nodes(body)
    if isinstance(body, list):
        return []
    return {name: [] if isinstance(value, list) else value for name, value in body.items()} if isinstance(body, dict) else body


def _without_nodes(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: [] if name in {"nodes", "edges"} else _without_nodes(item) for name, item in node.items()}
    return node
