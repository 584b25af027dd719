"""Requests to GitHub through PyGithub: authentication, waiting out rate limits, retries, pages.

PyGithub's objects are not used: they fetch what they lack when an attribute is read, and here every request is counted.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import quote

import requests
from github.Requester import Requester
from msgspec import Struct
from urllib3.exceptions import InvalidHeader, NewConnectionError

from agentowners import __version__
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble, trouble_of
from agentowners.github.model import Budget, Patience
from agentowners.github.reading import JsonNode, MalformedError
from github import Auth, Github, GithubException, GithubRetry, RateLimitExceededException, set_log_level

PER_PAGE: Final = 100
MAX_PAGES: Final = 100
"""A list longer than this is not a list anybody meant."""
_NEXT: Final = re.compile(r'<([^>]*)>;\s*rel="next"')
_HOST: Final = re.compile(r"^https?://[^/]*")
_UNPRINTABLE: Final = re.compile(r"[^ -~]+")
_LONGEST_REASON: Final = 200
_T = TypeVar("_T")


class _Answer(Struct, frozen=True):
    """An answer that GitHub meant as a success."""

    body: JsonNode
    next: str | None


class _LostAnswerError(Exception):
    """The request may or may not have been carried out."""


class Api:
    """One repository's REST API, spoken to with one token."""

    def __init__(self, token: str, url: str, repository: str, patience: Patience, *, signed: bool = False) -> None:
        """Begin to speak; ``signed`` says that the token is one that an App signed for itself."""
        # PyGithub installs a handler of its own that prints to standard error, unescaped
        set_log_level(logging.CRITICAL)
        auth = Auth.AppAuthToken(token) if signed else Auth.Token(token)
        self._connect: Callable[[Patience], Requester] = lambda patience: _requester(auth, url, patience)
        self._requester = self._connect(patience)
        self._patience = patience
        self._secret = token
        owner, _, name = repository.partition("/")
        self.repository = repository
        """``owner/name``."""
        self.owner = owner
        self.requests = 0
        """Requests that were made, repeated ones too."""
        self.waited = 0.0
        """Seconds that went by with requests and between their attempts."""
        self.budget: Budget | None = None
        """Last known budget of the token's requests; None where GitHub does not count them."""
        self.root = f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"

    def close(self) -> None:
        """Let go of the connection."""
        self._requester.close()

    def hurry(self, patience: Patience) -> None:
        """Go on over a new connection, with another patience."""
        self._requester.close()
        self._requester, self._patience = self._connect(patience), patience

    def rest(self, times: float) -> None:
        """Do nothing for as many times the pause between two attempts."""
        time.sleep(self._patience.pause * times)

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, attempts: int | None = None) -> JsonNode:
        """Value at a path, asked for as often as patience has it, or ``attempts`` times."""
        return self._repeat(partial(self._request, "GET", path, query, None), attempts).body

    def find(self, path: str) -> JsonNode | None:
        """Value at a path, None where there is none."""
        with suppress_trouble(Trouble.NOT_FOUND):
            return self.get(path)
        return None

    def each_page(self, path: str, query: Mapping[str, Any] | None = None) -> Iterator[JsonNode]:
        """The pages at a path, one after the other.

        Raises:
            PlatformError: a page could not be had, or the pages do not end.
        """
        place, parameters = path, {**(query or {}), "per_page": PER_PAGE}
        for _ in range(MAX_PAGES):
            answer = self._repeat(partial(self._request, "GET", place, parameters, None))
            yield answer.body
            if answer.next is None:
                return
            place, parameters = answer.next, {}
        raise PlatformError(Trouble.INCOMPLETE, f"`{path}` has more than {MAX_PAGES} pages")

    def pages(self, path: str, query: Mapping[str, Any] | None = None, *, member: str | None = None) -> list[JsonNode]:
        """All items of a list; ``member`` is what the list is called where it is wrapped in an object.

        Raises:
            PlatformError: a page could not be had, one of several is empty, or the pages do not end.
        """
        items: list[JsonNode] = []
        for number, page in enumerate(self.each_page(path, query)):
            nodes = (page if member is None else page[member]).items()
            if number and not (nodes and items):
                raise PlatformError(Trouble.UNAVAILABLE, f"GitHub lists `{path}` on several pages, and one of them is empty")
            items += nodes
        return items

    def send(self, verb: str, path: str, body: Mapping[str, Any] | None) -> JsonNode:
        """Change something, where doing it twice does no harm.

        Raises:
            PlatformError: it was refused, or nobody knows what became of it.
        """
        return self._repeat(partial(self._request, verb, path, None, body)).body

    def graphql(self, query: str, variables: Mapping[str, Any]) -> JsonNode:
        """The data that a GraphQL query of ``queries.py`` asks for, all of it. It only reads, so it may be made again."""
        body = {"query": query, "variables": dict(variables)}
        return self._repeat(partial(self._queried, body))

    def of_repository(self, query: str, variables: Mapping[str, Any] | None = None) -> JsonNode:
        """The repository as a query of ``queries.py`` asks for it."""
        owner, _, name = self.repository.partition("/")
        return self.graphql(query, {"owner": owner, "name": name, **(variables or {})})["repository"]

    def connection(self, query: str, variables: Mapping[str, Any], *names: str, what: str = "") -> Iterator[JsonNode]:
        """Items of a connection below the repository, a page at a time; ``what`` names those that are no pull request's."""
        what, after, count = what or f"`{names[-1]}` of #{variables['number']}", None, 0
        for page in range(MAX_PAGES):
            connection = self.of_repository(query, {**variables, "after": after})
            for name in names:
                connection = connection[name]
            nodes, info = connection["nodes"].items(), connection["pageInfo"]
            if page and not nodes:
                raise PlatformError(Trouble.UNAVAILABLE, f"GitHub lists {what} on several pages, and one of them is empty")
            yield from nodes
            count += len(nodes)
            if not info["hasNextPage"].flag():
                whole = connection.maybe("filteredCount", JsonNode.number)
                if whole is not None and whole > count:
                    raise PlatformError(Trouble.INCOMPLETE, f"GitHub lists {count} of {whole} {what}")
                return
            after = info["endCursor"].text()
        raise PlatformError(Trouble.INCOMPLETE, f"GitHub lists more than {MAX_PAGES} pages of {what}")

    def send_once(self, verb: str, path: str, body: Mapping[str, Any], was_done: Callable[[], JsonNode | None]) -> JsonNode:
        """Change something that must not happen twice.

        ``was_done`` is asked where the answer got lost, before anything is repeated: what came of the request, None where it was
        not carried out.

        Raises:
            PlatformError: it was refused, or nobody knows what became of it.
        """
        return self._repeat(lambda: self._request(verb, path, None, body).body, was_done=was_done)

    def _queried(self, body: Mapping[str, Any]) -> JsonNode:
        budget = self.budget
        try:
            answer = self._request("POST", self._requester.graphql_url, None, body).body
        finally:
            # GraphQL is metered apart
            self.budget = budget
        if (errors := answer.get("errors")) is not None:
            trouble = trouble_of(errors)
            first = errors.items()[0] if errors.items() else JsonNode({})
            message = f"GitHub does not answer a query: {_reason(first.value, self._secret) or 'it does not say why'}"
            if trouble is Trouble.UNAVAILABLE:
                raise _LostAnswerError(message)
            raise PlatformError(trouble, message)
        return answer["data"]

    def _repeat(self, ask: Callable[[], _T], attempts: int | None = None, was_done: Callable[[], _T | None] | None = None) -> _T:
        """Answer to a request, made again where it got lost; where there is ``was_done``, that is asked first, at the end too."""
        attempts = attempts or self._patience.attempts
        for attempt in range(1, attempts + 1):
            try:
                return ask()
            except _LostAnswerError as lost:
                is_last = attempt == attempts
                if was_done is not None or not is_last:
                    self._pause(attempt)
                outcome = None if was_done is None else was_done()
                if outcome is not None:
                    return outcome
                if is_last:
                    raise PlatformError(Trouble.UNAVAILABLE, str(lost)) from None
        raise AssertionError("there is at least one attempt")

    def _pause(self, attempt: int) -> None:
        with self._waiting():
            time.sleep(self._patience.pause * 2 ** (attempt - 1))

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.waited += time.monotonic() - began

    def _request(self, verb: str, path: str, query: Mapping[str, Any] | None, body: Mapping[str, Any] | None) -> _Answer:
        what = f"`{verb} {_UNPRINTABLE.sub('?', _HOST.sub('', path.partition('?')[0]))}`"
        self.requests += 1
        try:
            with self._waiting():
                status, headers, text = self._requester.requestJson(verb, path, dict(query or {}), None, body)
        except RateLimitExceededException:
            raise _limited(what) from None
        except GithubException as error:
            reason = _reason(error.data, self._secret)
            raise (_limited(what) if _is_limit(error.status, reason) else _refusal(error.status, what, reason)) from None
        except RuntimeError:
            raise PlatformError(Trouble.UNAVAILABLE, f"GitHub redirects {what} to another server") from None
        except requests.Timeout:
            raise _LostAnswerError(f"GitHub did not answer {what} in time") from None
        except requests.RequestException as error:
            lost = "GitHub cannot be reached, asked for" if _never_connected(error) else "the connection to GitHub was lost at"
            raise _LostAnswerError(f"{lost} {what}") from None
        except (ValueError, OverflowError):
            # PyGithub reads numbers from headers
            raise _LostAnswerError(f"GitHub's answer to {what} makes no sense") from None
        self.budget = _budget(headers) or self.budget
        try:
            data: object = json.loads(text) if text else None
        except ValueError:
            data = _NOT_JSON
        if status >= 500:
            raise _LostAnswerError(f"GitHub answered {status} to {what}")
        if status in (403, 429):
            # any other 403 is raised above: these were retried for a rate limit until there were no attempts left
            raise _limited(what)
        if not 200 <= status < 300:
            raise _refusal(status, what, _reason(data, self._secret))
        if status == 200 and not text.strip():
            raise _LostAnswerError(f"GitHub's answer to {what} is empty")
        if data is _NOT_JSON:
            raise _LostAnswerError(f"GitHub's answer to {what} is not JSON")
        following = _NEXT.search(headers.get("link", ""))
        return _Answer(JsonNode(data, f"the answer to {verb} {path}"), following[1] if following else None)


_NOT_JSON: Final = object()


def _never_connected(error: requests.RequestException) -> bool:
    """True where no server took the connection: nothing was asked of it, and nobody answers at the address."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, NewConnectionError)


class _Waiting(GithubRetry):
    """Waits out rate limits, whatever the method, and no other errors; a limit that lasts too long is a failure at once.

    GitHub's times are a wish and no order: a clock may be wrong, theirs or ours.
    """

    def parse_retry_after(self, retry_after: str) -> float:
        """Seconds to wait; where the header makes no sense, as many as without one.

        Raises:
            RateLimitExceededException: GitHub asks to wait for longer than is waited.
        """
        try:
            seconds = super().parse_retry_after(retry_after)
        except (InvalidHeader, ValueError, OverflowError):
            return self.secondary_rate_wait
        if self.max_rate_limit_wait is not None and seconds > self.max_rate_limit_wait:
            raise RateLimitExceededException(429)
        return seconds


def _requester(auth: Auth.Auth, url: str, patience: Patience) -> Requester:
    client = Github(
        auth=auth,
        base_url=url.rstrip("/"),
        timeout=max(1, int(patience.timeout)),
        user_agent=f"agentowners/{__version__}",
        per_page=PER_PAGE,
        # rate limits are PyGithub's to wait out; anything else is repeated here, or not at all
        retry=_Waiting(
            total=patience.attempts - 1,
            connect=0,
            read=0,
            status_forcelist=[429],
            allowed_methods=None,
            raise_on_status=False,
            secondary_rate_wait=patience.secondary_wait,
            max_rate_limit_wait=patience.longest_wait,
        ),
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    return client.requester


def _budget(headers: Mapping[str, Any]) -> Budget | None:
    """Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""
    limit, remaining = (str(headers.get(f"x-ratelimit-{name}", "")) for name in ("limit", "remaining"))
    return Budget(limit=int(limit), remaining=int(remaining)) if limit.isdecimal() and remaining.isdecimal() else None


_NO_CHECKS: Final = "give the job, or the App, `checks: write`"


_LIMITED: Final = (
    "api rate limit exceeded",
    "secondary rate limit",
    "please retry your request again later",
    "please wait a few minutes",
)
"""Words of a rate limit's refusal. Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""


def _is_limit(status: int, words: str) -> bool:
    """True if a refusal in these words of GitHub's is a rate limit, though what else it says of it could not be read."""
    return status == 429 or (status == 403 and any(phrase in words.lower() for phrase in _LIMITED))


def _limited(what: str) -> PlatformError:
    return PlatformError(Trouble.LIMITED, f"GitHub's rate limit is used up; {what} was not answered")


def _refusal(status: int, what: str, reason: str) -> PlatformError:
    trouble = {
        401: Trouble.UNAUTHORIZED,
        403: Trouble.FORBIDDEN,
        404: Trouble.NOT_FOUND,
        410: Trouble.NOT_FOUND,
        422: Trouble.INVALID,
    }.get(status, Trouble.UNAVAILABLE)
    message = f"GitHub answered {status} to {what}" + (f": {reason}" if reason else "")
    # to a token that may not write checks, GitHub says of them that there are none
    return PlatformError(trouble, message, help=_NO_CHECKS if trouble is Trouble.NOT_FOUND and "/check-runs" in what else None)


def _reason(data: object, secret: str) -> str:
    """GitHub's own words, on one line; should a server repeat the token in them, without it."""
    try:
        text = JsonNode(data).words("message")
    except MalformedError:
        return ""
    line = _UNPRINTABLE.sub(" ", text.replace(secret, "***")).replace("`", "'").strip().rstrip(".")
    return line[:_LONGEST_REASON]
