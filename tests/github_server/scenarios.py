"""Ready-made situations for a server that runs as a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer

POLICY = """\
# what agents may change in this shop
security/**          @agents  block                          # keys and audits are people's work
infra/**             @agents  require_approval(2)            # two people look at every change of the ground we stand on
docs/**              @agents  allow
"""
PERMISSIONS = {"contents": "read", "pull-requests": "write", "checks": "write"}


def shop(server: GitHubServer) -> dict[str, Any]:
    """A protected `main`, a blocked pull request of Copilot's, one of Claude's that waits for two people, and a person's."""
    repo = server.add_repository(
        "acme/shop",
        files={
            ".github/AGENTOWNERS": POLICY,
            "README.md": "# Shop\n",
            "docs/guide.md": "# Guide\n",
            "infra/main.tf": 'resource "shop" "one" {}\n',
            "security/audit.py": "def audit():\n    return True\n",
            "security/keys.py": "ROTATE_AFTER_DAYS = 30\n",
            "src/shop.py": "def price(item):\n    return item.cost\n",
        },
    )
    for login in ("alice", "bob"):
        server.add_user(login)
        repo.set_permission(login, "write")
    repo.set_permission("octocat", "admin")
    repo.protect("main", [("AGENTOWNERS", server.actions.id)])
    repo.commit(
        "copilot/longer-keys",
        {
            "security/keys.py": "ROTATE_AFTER_DAYS = 300\n",
            "security/audit.py": "def audit():\n    return None\n",
            "docs/guide.md": "# Guide\n\nKeys live longer now.\n",
        },
        message="Let keys live longer",
        author="Copilot",
    )
    blocked = repo.open_pull("copilot/longer-keys", author="Copilot", title="Let keys live longer")
    repo.commit(
        "claude/bigger-shop", {"infra/main.tf": 'resource "shop" "two" {}\n'}, message="A bigger shop", author="claude[bot]"
    )
    waiting = repo.open_pull("claude/bigger-shop", author="claude[bot]", title="A bigger shop")
    repo.commit("alice/price", {"src/shop.py": "def price(item):\n    return item.cost * 2\n"}, message="Price", author="alice")
    person = repo.open_pull("alice/price", author="alice", title="Price")
    numbers = {"blocked": blocked.number, "waiting": waiting.number, "person": person.number}
    return {
        "repository": repo.full_name,
        "pulls": numbers,
        "token": server.token("actions", permissions=PERMISSIONS, repository=repo),
    }


def empty(server: GitHubServer) -> dict[str, Any]:
    """Nothing but a repository with one file, to be filled through the control paths."""
    repo = server.add_repository("acme/shop", files={"README.md": "# Shop\n"})
    return {"repository": repo.full_name, "pulls": {}, "token": server.token("actions", permissions=PERMISSIONS, repository=repo)}


SCENARIOS: dict[str, Callable[[GitHubServer], dict[str, Any]]] = {"shop": shop, "empty": empty}
