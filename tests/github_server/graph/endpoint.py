"""`POST /graphql`: a query, its permissions, its answer in GraphQL's shape, metered apart from REST."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLResolveInfo, execute, parse

from tests.github_server.graph import objects
from tests.github_server.graph.schema import problems, schema
from tests.github_server.graph.values import Json, Refused, Speaker, Unresolved
from tests.github_server.model import Token
from tests.github_server.web import ApiError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.github_server.server import GitHubServer

POINTS = 5


def answer(server: GitHubServer, token: Token, body: Any, violation: Callable[[str], None]) -> Reply:
    """The answer to a query. What is wrong with the query is a violation, and errors with status 200, as on GitHub."""
    if token.kind == "jwt":
        raise ApiError(401, "Bad credentials")
    if (
        not isinstance(body, dict)
        or not isinstance(body.get("query"), str)
        or set(body) - {"query", "variables", "operationName"}
    ):
        violation("the body is not a query with variables")
        raise ApiError(400, "Problems parsing JSON")
    variables = body.get("variables") or {}
    document, wrong, nodes, requests = _read(body["query"], variables)
    if document is None or wrong:
        for problem in wrong:
            violation(f"graphql: {problem.message}")
        shown = [_shown(problem) | {"extensions": {"code": "invalid"}} for problem in wrong]
        return Reply(200, {"errors": shown}, _headers(server, token, 0))
    cost = max(1, round(requests / 100))
    headers = _headers(server, token, cost)
    if server.used_graphql[token.value] > _limit(server, token):
        return Reply(200, {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, headers)
    spent: Json = {"cost": cost, "nodeCount": nodes, "limit": _limit(server, token), "used": server.used_graphql[token.value]}
    spent |= {"remaining": int(headers["X-RateLimit-Remaining"]), "resetAt": objects.time(int(headers["X-RateLimit-Reset"]))}
    root = objects.root(Speaker(server, token)) | {"rateLimit": lambda info, dryRun=False: spent}
    done = execute(
        schema(), document, root, variable_values=variables, operation_name=body.get("operationName"), field_resolver=_resolve
    )
    assert isinstance(done, ExecutionResult)
    for failure in done.errors or ():
        if not isinstance(failure.original_error, Refused):
            violation(f"graphql: {failure.message}")
    answered: Json = {"data": done.data}
    if done.errors:
        answered["errors"] = [_shown(failure) for failure in done.errors]
    return Reply(200, answered, headers)


def _read(query: str, variables: Json) -> tuple[DocumentNode | None, list[GraphQLError], int, int]:
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error], 0, 0
    return document, *problems(document, variables)


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    if info.field_name not in source:
        raise Unresolved(f"this server does not tell `{info.parent_type.name}.{info.field_name}`")
    value = source[info.field_name]
    return value(info, **arguments) if callable(value) else value


def _shown(error: GraphQLError) -> Json:
    original = error.original_error
    kind = original.kind if isinstance(original, Refused) else (error.extensions or {}).get("type")
    shown: Json = {"type": kind} if kind else {}
    if error.path:
        shown["path"] = list(error.path)
    places = [{"line": it.line, "column": it.column} for it in error.locations or ()]
    return shown | {"locations": places, "message": error.message}


def _limit(server: GitHubServer, token: Token) -> int:
    return server.limits.graphql_rate * (1 if token.kind == "actions" else POINTS)


def _headers(server: GitHubServer, token: Token, cost: int) -> dict[str, str]:
    limit = _limit(server, token)
    used = server.used_graphql[token.value] = server.used_graphql.get(token.value, 0) + cost
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - used)),
        "X-RateLimit-Used": str(used),
        "X-RateLimit-Reset": str(int(time.time()) + 3600),
        "X-RateLimit-Resource": "graphql",
    }
