"""The tutorial, walked through: one repository from the first block of the page to the last, then GitHub on loopback."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.demo.gate import Gate
from tests.demo.shop import CHECK, COPILOT, Shop
from tests.docs import shop
from tests.docs.pages import Block, Page, page
from tests.docs.sessions import environment, session
from tests.github_server import GitHubServer
from tests.github_server.model import Pull

PAGE: Final = "docs/tutorial.md"
_LABELS: Final = ("agentowners/blocked", "agentowners/approvals-required-1")


@dataclass
class Walk:
    """What there is at each block, by the block's line."""

    sessions: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    """Commands with their output."""
    shown: dict[int, str] = field(default_factory=dict)
    """What GitHub shows."""


_WALKS: dict[str, Walk] = {}


def walk(where: Page) -> Walk:
    """Do what the page says, from top to bottom and once only; edits that cannot be made are an error."""
    if where.text not in _WALKS:
        _WALKS[where.text] = _walk(where)
    return _WALKS[where.text]


def _walk(where: Page) -> Walk:
    with tempfile.TemporaryDirectory() as place, GitHubServer() as server:
        clone = Path(place) / "shop"
        shop.build(clone, {})
        shop.git(clone, "checkout", "--quiet", "main")
        for key, value in (("user.name", "Mona"), ("user.email", "1+octocat@users.noreply.github.com")):
            shop.git(clone, "config", key, value)
        done = Walk()
        github: _GitHub | None = None
        for block in where.blocks:
            if block.language == "console":
                done.sessions[block.line] = session(block, clone)
            elif block.language == "diff":
                _edit(block, clone)
            elif "github" in block.attributes:
                github = github or _GitHub(server, clone, Path(place) / "jobs")
                done.shown[block.line] = github.show(block.attributes["github"])
        return done


def _edit(block: Block, clone: Path) -> None:
    command = ["git", "apply", "--unidiff-zero", "-"]
    done = subprocess.run(command, cwd=clone, env=environment(), input=block.text.encode(), capture_output=True, check=False)
    assert done.returncode == 0, f"{block}: this edit cannot be made: {done.stderr.decode()}"


class _GitHub:
    """The clone, pushed: main with its policy, the front page's ruleset imported, and Copilot's pull request."""

    def __init__(self, server: GitHubServer, clone: Path, jobs: Path) -> None:
        repo = server.add_repository("acme/shop", files=_files(clone, "main"))
        server.add_user("alice")
        repo.set_permission("alice", "write")
        for label in _LABELS:
            repo.add_label(label)
        ruleset = next(json.loads(block.text) for block in page("docs/set-up.md").blocks if block.title == "ruleset.json")
        repo.add_ruleset(ruleset["name"], ruleset["rules"], **ruleset["conditions"]["ref_name"])
        self._shop = Shop(server, repo, Gate(server, repo, jobs))
        self._main = _files(clone, "main")
        self._pull: Pull | None = None

    def show(self, step: str) -> str:
        """Do a step of the story, and say what the pull request shows then."""
        match step:
            case "opened":
                self._pull, _ = self._shop.open("Count each item", shop.BRANCH, COPILOT, shop.CHANGED)
            case "summary":
                return self._summary()
            case "taken out":
                self._shop.push(self._of_copilot, "Leave the keys alone", {"security/keys.py": self._main["security/keys.py"]})
            case "approved":
                self._shop.approve(self._of_copilot, "alice")
            case _:
                raise AssertionError(f"nothing in the story is called {step}")
        return self._page()

    @property
    def _of_copilot(self) -> Pull:
        assert self._pull is not None, "the pull request was not opened"
        return self._pull

    def _page(self) -> str:
        conclusion, title = self._shop.state(self._of_copilot)
        merged, answer = self._shop.merge(self._of_copilot, "alice")
        rows = {
            "check": f"{CHECK}: {title} ({conclusion})",
            "label": ", ".join(self._of_copilot.labels) or "none",
            "merge": answer if merged else f"refused: {answer}",
        }
        return "".join(f"{name}   {said}\n" for name, said in rows.items())

    def _summary(self) -> str:
        run = self._shop.check(self._of_copilot)
        assert run is not None
        return f"{run.summary}\n".replace(self._of_copilot.head_sha[:12], "<head>")


def _files(clone: Path, revision: str) -> dict[str, str]:
    names = shop.git(clone, "ls-tree", "-r", "--name-only", revision).splitlines()
    return {name: shop.git(clone, "show", f"{revision}:{name}") for name in names}
