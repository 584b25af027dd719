"""Faults on demand: what a network and a busy GitHub do to a client, each a bounded number of times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

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
        - `ignored`: (check runs) answered 200 with the state as it was, nothing done.
        """
        fault = Fault(action, method, re.compile(path) if path else None, times, after, seconds)
        self.all.append(fault)
        return fault

    def find(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request."""
        return next((fault for fault in self.all if fault.strikes(method, path)), None)
