"""GraphQL: an answer is whole, or it is none; it is metered apart; what failed for no reason of ours is asked again."""

from __future__ import annotations

from typing import Any

import pytest

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Budget
from agentowners.github.reading import MalformedError
from tests.github.stub import PATIENCE, Stub

Both = tuple[Stub, Api]
QUERY = "query($owner: String!) { viewer { login } }"


def refused(api: Api) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        api.graphql(QUERY, {"owner": "acme"})
    return caught.value


def test_data_comes_without_what_is_around_it(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("//graphql", {"data": {"viewer": {"login": "octocat"}}})
    assert api.graphql(QUERY, {"owner": "acme"})["viewer"]["login"].text() == "octocat"
    assert stub.seen == ["POST /graphql"]


def test_an_enterprise_server_is_asked_beside_its_rest_api(stubbed: Both) -> None:
    stub, _ = stubbed
    api = Api("ghs_x", f"{stub.url}/api/v3", "acme/shop", PATIENCE)
    stub.answer("//api/graphql", {"data": {}})
    api.graphql(QUERY, {})
    api.close()
    assert stub.seen == ["POST /api/graphql"]


@pytest.mark.parametrize(
    ("errors", "trouble", "asked"),
    [
        ([{"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}], Trouble.NOT_FOUND, 1),
        ([{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}], Trouble.FORBIDDEN, 1),
        ([{"type": "INSUFFICIENT_SCOPES", "message": "x"}], Trouble.FORBIDDEN, 1),
        ([{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}], Trouble.LIMITED, 1),
        ([{"message": "You have exceeded a secondary rate limit. Please wait a few minutes"}], Trouble.LIMITED, 1),
        ([{"message": "Field 'x' doesn't exist", "extensions": {"code": "undefinedField"}}], Trouble.INVALID, 1),
        ([{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "too much"}], Trouble.INVALID, 1),
        ([{"message": "Something went wrong while executing your query"}], Trouble.UNAVAILABLE, 2),
        ([{}], Trouble.UNAVAILABLE, 2),
        ([], Trouble.UNAVAILABLE, 2),
        ([{"message": "Something went wrong"}, {"type": "NOT_FOUND"}], Trouble.NOT_FOUND, 1),
    ],
)
def test_a_part_that_is_missing_is_the_whole_missing(stubbed: Both, errors: Any, trouble: Trouble, asked: int) -> None:
    stub, api = stubbed
    stub.answer("//graphql", {"data": {"viewer": {"login": "octocat"}}, "errors": errors})
    error = refused(api)
    assert error.trouble is trouble
    assert "\n" not in error.message
    assert len(stub.seen) == asked


@pytest.mark.parametrize("errors", ["x", {}, 7, [7], [{"type": 7}], [{"message": 7}]])
def test_errors_that_make_no_sense_are_no_answer_either(stubbed: Both, errors: Any) -> None:
    stub, api = stubbed
    stub.answer("//graphql", {"data": {"viewer": {"login": "octocat"}}, "errors": errors})
    with pytest.raises((PlatformError, MalformedError)):
        api.graphql(QUERY, {})


@pytest.mark.parametrize("body", [{}, [], "x", None])
def test_an_answer_without_data_is_malformed(stubbed: Both, body: Any) -> None:
    stub, api = stubbed
    stub.answer("//graphql", body)
    with pytest.raises(MalformedError):
        api.graphql(QUERY, {})


def test_errors_repeat_no_token_and_break_no_line(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("//graphql", {"errors": [{"type": "FORBIDDEN", "message": "no\n::error::ghs_x `is` bad"}]})
    assert refused(api).message == "GitHub does not answer a query: no ::error::*** 'is' bad"


def test_what_is_left_of_the_rest_api_is_not_taken_from_graphql(stubbed: Both) -> None:
    stub, api = stubbed
    stub.answer("/x", {}, X_RateLimit_Limit="1000", X_RateLimit_Remaining="400")
    stub.answer("//graphql", {"data": {}}, X_RateLimit_Limit="5000", X_RateLimit_Remaining="4999")
    api.get(f"{api.root}/x")
    api.graphql(QUERY, {})
    assert api.budget == Budget(limit=1000, remaining=400)


@pytest.mark.parametrize(
    ("status", "trouble"), [(401, Trouble.UNAUTHORIZED), (404, Trouble.NOT_FOUND), (502, Trouble.UNAVAILABLE)]
)
def test_statuses_are_those_of_any_request(stubbed: Both, status: int, trouble: Trouble) -> None:
    stub, api = stubbed
    stub.answer("//graphql", {"message": "Some reason."}, status=status)
    error = refused(api)
    assert error.trouble is trouble
    assert "`POST /graphql`" in error.message
    assert len(stub.seen) == (2 if status == 502 else 1)
