from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from tests.github_server.app_keys import give_key, pair
from tests.github_server.model import App
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client


@pytest.fixture
def app(github: GitHubServer, repo: Repository) -> App:
    made = github.add_app("acme-gate")
    give_key(made)
    github.install(made, repo.owner.login, {"contents": "read", "checks": "write"})
    return made


def signed(app: App, *, key: str = "", algorithm: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    payload = {"iat": now - 60, "exp": now + 300, "iss": str(app.id)} | claims
    return jwt.encode(payload, key or pair(0)[0], algorithm=algorithm)


def test_an_app_finds_its_installation_and_gets_a_token(client: Client, app: App, repo: Repository, github: GitHubServer) -> None:
    found = client.use(signed(app)).get("installation")
    assert (found["app_id"], found["permissions"]["checks"]) == (app.id, "write")
    body = {"repositories": [repo.name], "permissions": {"contents": "read"}}
    made = client("POST", f"/app/installations/{found['id']}/access_tokens", body)
    assert made.status_code == 201
    token = made.json()["token"]
    assert made.json()["permissions"] == {"metadata": "read", "contents": "read"}
    client.use(token)
    assert client("GET", "git/trees/main").status_code == 200
    assert client("GET", "commits/main/check-runs").status_code == 403
    assert client("DELETE", "/installation/token").status_code == 204
    assert client("GET", "git/trees/main").status_code == 401


WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "by another key": ({"key": pair(1)[0]}, 401),
    "by a word": ({"key": "secret" * 8, "algorithm": "HS256"}, 401),
    "of another app": ({"iss": "1"}, 404),
    "expired": ({"exp": 1}, 401),
    "for too long": ({"exp": int(time.time()) + 5000}, 401),
    "from the future": ({"iat": int(time.time()) + 5000}, 401),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_token_that_is_not_signed_as_it_should_be(client: Client, app: App, what: str) -> None:
    facts, status = WRONG[what]
    assert client.use(signed(app, **facts))("GET", "installation").status_code == status


def test_a_signed_token_reads_nothing_of_a_repository(client: Client, app: App) -> None:
    assert client.use(signed(app))("GET", "git/trees/main").status_code == 403


def test_no_more_than_the_installation_has(client: Client, app: App, github: GitHubServer) -> None:
    path = f"/app/installations/{github.installations[0].id}/access_tokens"
    client.use(signed(app))
    assert client("POST", path, {"permissions": {"contents": "write"}}).status_code == 422
    assert client("POST", path, {"repositories": ["elsewhere"]}).status_code == 422
    github.installations[0].suspended = True
    assert client("POST", path, {}).status_code == 403
    assert client("POST", "/app/installations/7/access_tokens", {}).status_code == 404


def test_only_an_app_asks_for_installations(client: Client, app: App, github: GitHubServer) -> None:
    assert client.use(github.token("actions"))("GET", "installation").status_code == 401
    assert client.use(github.token("user"))("DELETE", "/installation/token").status_code == 403
