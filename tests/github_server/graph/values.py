"""What the objects of the GraphQL API are made of: connections, people, errors, permissions."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tests.github_server.model import Account, Token
from tests.github_server.render.common import node

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

    from tests.github_server.server import GitHubServer

Json = dict[str, Any]
Item = TypeVar("Item")
# the login of an App's account in REST, where it is no `<slug>[bot]`
SLUGS = {"Copilot": "copilot-swe-agent"}


class Refused(Exception):
    """A field that is null with an error beside it; `kind` is GitHub's word (NOT_FOUND, FORBIDDEN)."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Unresolved(Exception):
    """The schema has a field that this server knows nothing about."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who asks."""

    server: GitHubServer
    token: Token

    def require(self, *alternatives: str) -> None:
        """Refuse unless the token may read one of these."""
        if not any(self.token.allows(name, "read") for name in alternatives):
            kind = "integration" if self.token.kind in {"actions", "app"} else "personal access token"
            raise Refused("FORBIDDEN", f"Resource not accessible by {kind}")


def connection(items: Sequence[Item], show: Callable[[Item], Any]) -> Callable[..., Json]:
    """A connection's resolver: a page from either end, with cursors."""

    def resolve(info: GraphQLResolveInfo[Any], *, first: int | None = None, last: int | None = None, **more: Any) -> Json:
        start = _index(more["after"]) if more.get("after") else 0
        end = _index(more["before"]) - 1 if more.get("before") else len(items)
        if first is not None:
            end = min(end, start + first)
        if last is not None:
            start = max(start, end - last)
        numbers = range(start, max(start, end))
        nodes = [show(items[number]) for number in numbers]
        page = {
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(numbers[0] + 1) if numbers else None,
            "endCursor": _cursor(numbers[-1] + 1) if numbers else None,
        }
        edges = [{"cursor": _cursor(number + 1), "node": it} for number, it in zip(numbers, nodes, strict=True)]
        return {"nodes": nodes, "edges": edges, "totalCount": len(items), "pageInfo": page}

    return resolve


def _cursor(number: int) -> str:
    return base64.b64encode(f"cursor:v2:{number}".encode()).decode()


def _index(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("cursor:v2:"))
    except ValueError:
        raise Refused("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None


def login(account: Account) -> str:
    """A login as GraphQL has it: a bot's is the name of its App."""
    return SLUGS.get(account.login, account.login.removesuffix("[bot]")) if account.type == "Bot" else account.login


def actor(server: GitHubServer, account: Account | None) -> Json | None:
    """`Actor`; null where the account is gone."""
    if account is None or account is server.ghost:
        return None
    page = f"{server.html_url}/{'apps/' if account.type == 'Bot' else ''}{login(account)}"
    return {
        "__typename": account.type,
        "id": node("BOT" if account.type == "Bot" else "U", account.id),
        "databaseId": account.id,
        "login": login(account),
        "name": account.name,
        "url": page,
        "resourcePath": page.removeprefix(server.html_url),
        "avatarUrl": f"https://avatars.githubusercontent.com/u/{account.id}?v=4",
    }
