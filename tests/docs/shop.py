"""The repository that the documentation's examples play in: a small shop, and an agent's branch that changes it.

Every commit is the same wherever and whenever it is made, so that its name can stand in the documentation.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MAIN = {
    "src/cart.py": "def total(cart):\n    return sum(item.price for item in cart)\n",
    "security/keys.py": "def sign(order):\n    ...\n",
    "infra/network.tf": 'resource "network" "shop" {}\n',
    "docs/usage.md": "# Usage\n",
    "docs/legal/terms.md": "# Terms\n",
    "package.json": '{"name": "shop"}\n',
}
CHANGED = {
    "src/cart.py": "def total(cart):\n    return sum(item.price * item.count for item in cart)\n",
    "security/keys.py": 'def sign(order):\n    return "signed"\n',
    "docs/usage.md": "# Usage\n\nAdd something to the cart.\n",
    "package.json": '{"name": "shop", "dependencies": {"left-pad": "1.3.0"}}\n',
}
BRANCH = "copilot/count-items"
_PERSON = ("Mona", "1+octocat@users.noreply.github.com")
_AGENT = ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com")
_GITHUB = ("GitHub", "noreply@github.com")


def build(path: Path, policies: dict[str, str]) -> None:
    """Make the shop at ``path`` with these policy files on ``main``, and stay on the agent's branch."""
    path.mkdir(parents=True, exist_ok=True)
    git(path, "init", "--quiet", "--initial-branch=main", "--object-format=sha1")
    write(path, MAIN | policies)
    commit(path, "Open the shop", _PERSON, _PERSON)
    git(path, "checkout", "--quiet", "-b", BRANCH)
    write(path, CHANGED)
    commit(path, "Count each item", _AGENT, _GITHUB)


def write(path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def commit(path: Path, message: str, author: tuple[str, str], committer: tuple[str, str]) -> None:
    git(path, "add", "--all")
    who = {"AUTHOR": author, "COMMITTER": committer}
    environment = {f"GIT_{role}_NAME": name for role, (name, _) in who.items()}
    environment |= {f"GIT_{role}_EMAIL": email for role, (_, email) in who.items()}
    environment |= {f"GIT_{role}_DATE": "2026-01-01T00:00:00Z" for role in who}
    git(path, "commit", "--quiet", "--no-gpg-sign", "--message", message, environment=environment)


def git(path: Path, *arguments: str, environment: dict[str, str] | None = None, stdin: str | None = None) -> str:
    env = clean_environment() | (environment or {})
    done = subprocess.run(["git", *arguments], cwd=path, env=env, check=True, capture_output=True, text=True, input=stdin)
    return done.stdout


def clean_environment() -> dict[str, str]:
    """The environment without what would make git, or the tool's output, differ from one machine to the next."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "INPUT_", "PYTEST_"))}
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "CI"):
        kept.pop(name, None)
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "COLUMNS": "100", "LC_ALL": "C.UTF-8"}
