"""Requests: what is repeated, what is not, what is said, and how long is waited."""

from __future__ import annotations

import logging

import pytest

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Patience
from agentowners.github.reading import MalformedError
from tests.github.stub import PATIENCE, Stub

Both = tuple[Stub, Api]


def refused(api: Api, path: str = "/x") -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        api.get(f"{api.root}{path}")
    assert "\n" not in caught.value.message
    assert caught.value.help
    return caught.value


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (401, Trouble.UNAUTHORIZED),
        (403, Trouble.FORBIDDEN),
        (404, Trouble.NOT_FOUND),
        (410, Trouble.NOT_FOUND),
        (422, Trouble.INVALID),
        (409, Trouble.UNAVAILABLE),
        (304, Trouble.UNAVAILABLE),
        (307, Trouble.UNAVAILABLE),
        (500, Trouble.UNAVAILABLE),
    ],
)
def test_statuses(stubbed: Both, status: int, trouble: Trouble) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "Some reason."}, status=status)
    error = refused(api)
    assert error.trouble is trouble
    assert str(status) in error.message
    assert len(stub.seen) == (2 if status == 500 else 1)


def test_an_empty_answer_is_none_and_has_a_next_step(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", b"")
    error = refused(api)
    assert (error.trouble, error.message) == (Trouble.UNAVAILABLE, "GitHub's answer to `GET /repos/acme/shop/x` is empty")
    assert "run the job again" in (error.help or "")
    assert len(stub.seen) == 2


def test_an_answer_that_says_nothing_has_a_next_step(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", None)
    with pytest.raises(MalformedError) as caught:
        api.get(f"{api.root}/x")["id"]
    assert "run the job again" in (caught.value.help or "")


@pytest.mark.parametrize(
    ("path", "named"), [("/check-runs/1", "`checks: write`"), ("/commits/a/check-runs", "`checks: write`"), ("/x", "exists")]
)
def test_a_404_names_what_is_missing(stubbed: Both, path: str, named: str) -> None:
    _, api = stubbed
    assert named in (refused(api, path).help or "")


def test_githubs_own_words_are_passed_on_in_one_harmless_line(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "Resource `not`\n::error::accessible\u202e " + "x" * 400}, status=403)
    message = refused(api).message
    assert message.startswith("GitHub answered 403 to `GET /repos/acme/shop/x`: Resource 'not' ::error::accessible ")
    assert len(message) < 300


def test_threat_23_a_server_that_repeats_the_token_is_not_quoted(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "token ghs_x is not good enough"}, status=403)
    assert "token *** is not" in refused(api).message


@pytest.mark.parametrize("body", [b"", b"[]", b'"text"', b'{"message": 7}', b"<html>"])
def test_errors_without_words(stubbed: Both, body: bytes) -> None:
    stub, api = stubbed
    stub.answer("/x", body, status=404)
    assert refused(api).message == "GitHub answered 404 to `GET /repos/acme/shop/x`"


@pytest.mark.parametrize("status", [403, 429])
def test_a_rate_limit_is_no_missing_permission(stubbed: Both, status: int) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "API rate limit exceeded for installation ID 1."}, status=status)
    assert refused(api).trouble is Trouble.LIMITED


def test_a_rate_limit_that_takes_too_long_is_not_waited_for(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "API rate limit exceeded for x"}, status=403, X_RateLimit_Reset="99999999999")
    assert refused(api).trouble is Trouble.LIMITED
    assert len(stub.seen) == 1


def test_a_redirect_within_the_server_is_followed(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {}, status=301, Location=f"{stub.url}/repositories/1/x")
    stub.answer("//repositories/1/x", {"ok": True})
    assert api.get(f"{api.root}/x")["ok"].flag()


def test_threat_23_a_redirect_to_another_server_is_not_followed(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {}, status=301, Location="http://127.0.0.2:1/x")
    error = refused(api)
    assert error.trouble is Trouble.UNAVAILABLE
    assert "another server" in error.message


def test_threat_23_a_next_page_on_another_server_is_asked_of_this_one(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/list", [1], Link='<http://127.0.0.2:1/repos/acme/shop/more?page=2>; rel="next"')
    stub.answer("/more", [2])
    assert [node.number() for node in api.pages(f"{api.root}/list")] == [1, 2]
    assert stub.seen[-1] == "GET /repos/acme/shop/more?page=2"


def test_pages_that_do_not_end(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/list", [1], Link=f'<{stub.url}/repos/acme/shop/list?page=2>; rel="next"')
    with pytest.raises(PlatformError) as caught:
        api.pages(f"{api.root}/list")
    assert caught.value.trouble is Trouble.INCOMPLETE


def test_a_list_inside_an_object(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/list", {"total_count": 1, "things": ["a"]})
    assert [node.text() for node in api.pages(f"{api.root}/list", member="things")] == ["a"]


def test_a_server_that_is_not_there() -> None:
    api = Api("ghs_x", "http://127.0.0.1:1", "acme/shop", PATIENCE)
    error = refused(api)
    assert error.trouble is Trouble.UNAVAILABLE
    assert error.message == "GitHub cannot be reached, asked for `GET /repos/acme/shop/x`"
    api.close()


def test_what_must_not_happen_twice_is_looked_up_in_between(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/thing", b"<html>")
    looks: list[int] = []

    def was_done() -> None:
        looks.append(len(stub.seen))

    with pytest.raises(PlatformError):
        api.send_once("POST", f"{api.root}/thing", {}, was_done)
    assert looks == [1, 2]


def test_names_in_paths_are_quoted() -> None:
    api = Api("ghs_x", "http://127.0.0.1:1", "acme/shop", PATIENCE)
    assert api.root == "/repos/acme/shop"
    assert Api("ghs_x", "http://127.0.0.1:1", "a?/b#c", PATIENCE).root == "/repos/a%3F/b%23c"
    api.close()


def test_threat_23_pygithub_prints_nothing_of_its_own(stubbed: Both, capfd: pytest.CaptureFixture[str]) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "no"}, status=403)
    refused(api)
    told = capfd.readouterr()
    assert told.out + told.err == ""
    assert logging.getLogger("github").level == logging.CRITICAL


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("wait", ["3600", "9" * 40, "9" * 5000, "Fri, 31 Dec 2199 23:59:59 GMT"])
def test_a_limit_that_asks_for_more_than_is_waited_is_a_failure_at_once(stubbed: Both, status: int, wait: str) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "API rate limit exceeded for x"}, status=status, Retry_After=wait)
    error = refused(api)
    if len(wait) < 1000:
        assert error.trouble is Trouble.LIMITED
        assert len(stub.seen) == 1


@pytest.mark.parametrize("wait", ["-5", "soon", "", "1e400", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 99999 23:59:59 GMT"])
@pytest.mark.parametrize("status", [403, 429])
def test_a_wait_that_makes_no_sense_is_a_rate_limit_all_the_same(stubbed: Both, status: int, wait: str) -> None:
    stub, api = stubbed
    stub.answer("/x", {"message": "You have exceeded a secondary rate limit."}, status=status, Retry_After=wait)
    assert refused(api).trouble is Trouble.LIMITED
    assert len(stub.seen) <= PATIENCE.attempts


@pytest.mark.parametrize("reset", ["1", "-1", "0", "9" * 30, "nan", "inf", "soon", ""])
def test_a_reset_that_makes_no_sense_is_a_rate_limit_all_the_same(stubbed: Both, reset: str) -> None:
    """Taken for a missing permission it would be a token that may not write check runs."""
    stub, api = stubbed
    limit = {"X_RateLimit_Limit": "1000", "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": reset}
    stub.answer("/x", {"message": "API rate limit exceeded for x"}, status=403, **limit)
    assert refused(api).trouble in (Trouble.LIMITED, Trouble.UNAVAILABLE)
    assert len(stub.seen) <= PATIENCE.attempts**2


@pytest.mark.parametrize("reset", ["nan", "inf", "soon", ""])
def test_an_answer_with_numbers_that_are_none_is_no_answer(stubbed: Both, reset: str) -> None:
    stub, api = stubbed
    stub.answer("/x", {}, X_RateLimit_Reset=reset)
    assert refused(api).trouble is Trouble.UNAVAILABLE


def test_a_redirect_that_leads_back_ends(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {}, status=301, Location=f"{stub.url}/repos/acme/shop/y")
    stub.answer("/y", {}, status=301, Location=f"{stub.url}/repos/acme/shop/x")
    assert refused(api).trouble is Trouble.UNAVAILABLE


def test_another_patience(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {}, status=500)
    api.hurry(Patience(attempts=1))
    refused(api)
    assert len(stub.seen) == 1
