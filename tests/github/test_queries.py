"""What the product asks of the GraphQL API is in GitHub's schema, within its limits."""

from __future__ import annotations

import pytest
from graphql import parse

from agentowners.github import queries
from tests.github_server.graph.schema import problems

QUERIES = {name: value for name, value in vars(queries).items() if name.isupper() and isinstance(value, str)}


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_in_githubs_schema(name: str) -> None:
    wrong, *_ = problems(parse(QUERIES[name]), {})
    assert [str(error) for error in wrong] == []
    assert QUERIES[name].startswith("query ")


def test_there_are_queries_and_a_wrong_one_is_found() -> None:
    assert QUERIES
    assert problems(parse("{ viewer { shoeSize } }"), {})[0]
