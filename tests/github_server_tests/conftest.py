"""Fixtures of the server's own tests: a repository with an agent's pull request, and plain HTTP with a token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer


class Client:
    """`requests` with a token, on one connection."""

    def __init__(self, server: GitHubServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.use(server.token("actions"))

    def use(self, token: str) -> Client:
        """Speak with another token."""
        self.session.headers["Authorization"] = f"Bearer {token}"
        return self

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """A request; a path without a leading `/repos` or the like is taken below the repository acme/shop."""
        url = (
            path if path.startswith("http") else self.server.url + (path if path.startswith("/") else f"/repos/acme/shop/{path}")
        )
        return self.session.request(method, url, json=body, timeout=20, **options)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self("GET", path, params=query)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()


@pytest.fixture
def repo(github: GitHubServer) -> Repository:
    """acme/shop with three files on `main`."""
    return github.add_repository("acme/shop", files={"README.md": "hi\n", "src/a.py": "1\n", ".github/AGENTOWNERS": "# none\n"})


@pytest.fixture
def pull(repo: Repository) -> Pull:
    """Copilot's pull request: one file changed, one added."""
    repo.commit("copilot/fix", {"README.md": "bye\n", "new.py": "x\n"}, message="fix", author="Copilot", verified=True)
    return repo.open_pull("copilot/fix", author="Copilot", title="Fix")


@pytest.fixture
def client(github: GitHubServer, repo: Repository) -> Iterator[Client]:
    """A client with an Actions token that may do everything such a token can."""
    client = Client(github)
    yield client
    client.session.close()
