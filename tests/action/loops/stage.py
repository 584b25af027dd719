"""One repository, and the action run on it as the runner would: on the fake, or on the loopback server."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentowners.action.run import main
from agentowners.change.model import ReviewState
from agentowners.policy.model import Permission
from tests.action.loops.facts import REPOSITORY, Facts, account
from tests.action.loops.fake import FakeHost
from tests.action.world import FILES, PATIENCE, POLICY, World
from tests.github_server.gitstore import ZERO
from tests.github_server.model import MergeGroup

ALLOWED = {"docs/index.md": "new\n"}
APPROVED = {"src/app.py": "x = 2\n"}
BLOCKED = {"security/keys.py": "KEY = 2\n"}
WAITING = {"infra/main.tf": "b\n"}
NAME = "AGENTOWNERS"
PUSH = "AGENTOWNERS (push)"
MAIN = "refs/heads/main"


class Shown(NamedTuple):
    """A check run, as far as it is compared."""

    conclusion: str | None
    title: str


class Stage(ABC):
    """Deeds that the fake and the server's world both know; pull requests go by their numbers."""

    @abstractmethod
    def commit(self, branch: str, files: Mapping[str, str], *, author: str = "Copilot") -> str:
        """A new commit on a branch."""

    @abstractmethod
    def pull(self, files: Mapping[str, str], *, branch: str = "copilot/fix", author: str = "Copilot", base: str = "main") -> int:
        """A pull request with one commit by its author."""

    @abstractmethod
    def review(self, number: int, login: str) -> None:
        """Approve."""

    @abstractmethod
    def dismiss(self, number: int) -> None:
        """Dismiss every review of a pull request."""

    @abstractmethod
    def queue(self, *numbers: int) -> str:
        """Make a merge group; its head."""

    @abstractmethod
    def judge(self, number: int) -> int:
        """Run the action because of a pull request; the exit code, as below."""

    @abstractmethod
    def push(self, before: str | None, after: str) -> int:
        """Run it because of a push to `main` by Copilot."""

    @abstractmethod
    def group(self, head: str) -> int:
        """Run it because of a merge group."""

    @abstractmethod
    def sweep(self) -> int:
        """Run it by the clock."""

    @abstractmethod
    def tip(self, branch: str) -> str:
        """The commit at a branch's tip."""

    @abstractmethod
    def shown(self, sha: str, name: str = NAME) -> list[Shown]:
        """Check runs of a name on a commit, oldest first."""

    @abstractmethod
    def labels(self, number: int) -> list[str]:
        """Labels of a pull request."""


class FakeStage(Stage):
    """On plain fields; see ``Facts`` for what can be changed, made to fail, or let happen meanwhile."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch, policy: str = POLICY.decode()) -> None:
        self.facts = Facts()
        self.directory = directory
        self.inputs: dict[str, str] = {}
        self._runs = 0
        self._groups: dict[str, str] = {}
        self.facts.commit("main", FILES | {".github/AGENTOWNERS": policy})
        self.facts.permissions = dict.fromkeys(("octocat", "hubot"), Permission.WRITE)
        monkeypatch.setattr("agentowners.action.run.GitHubHost", lambda *_: FakeHost(self.facts))

    def commit(self, branch: str, files: Mapping[str, str], *, author: str = "Copilot") -> str:
        if branch not in self.facts.branches:
            self.facts.move(branch, self.tip("main"), author)
        return self.facts.commit(branch, files, author=author)

    def pull(self, files: Mapping[str, str], *, branch: str = "copilot/fix", author: str = "Copilot", base: str = "main") -> int:
        if branch not in self.facts.branches:
            self.facts.move(branch, self.tip(base), author)
        self.facts.commit(branch, files, author=author)
        return self.facts.open(branch, author=author, base=base)

    def review(self, number: int, login: str, state: ReviewState = ReviewState.APPROVED) -> None:
        self.facts.review(number, login, state)

    def dismiss(self, number: int) -> None:
        self.facts.dismiss(number)

    def queue(self, *numbers: int) -> str:
        base = self.tip("main")
        name = f"gh-readonly-queue/main/pr-{numbers[-1]}-{base}"
        self.facts.move(name, base, "web-flow")
        for number in numbers:
            pull, tip = self.facts.pulls[number], self.tip(name)
            changed = {path: data.decode() for path, data in self.facts.files[pull.head].items() if data != self._old(path)}
            message = f"Merge pull request #{number} from acme/{pull.head_ref}"
            self.facts.commit(name, changed, author="web-flow", message=message, parents=(tip, pull.head))
        self.name_group(self.tip(name), name)
        return self.tip(name)

    def name_group(self, head: str, branch: str) -> None:
        """Let a commit be the head of the group that the queue makes on a branch."""
        self._groups[head] = f"refs/heads/{branch}"

    def _old(self, path: str) -> bytes | None:
        return self.facts.files[self.tip("main")].get(path)

    def judge(self, number: int) -> int:
        pull = self.facts.pulls[number]
        described = {"number": number, "head": {"sha": pull.head}, "base": {"ref": pull.base_ref}}
        return self.run("pull_request_target", {"action": "opened", "number": number, "pull_request": described})

    def push(self, before: str | None, after: str) -> int:
        who = account("Copilot")
        sender = {"login": who.login, "id": who.id, "type": who.type.value}
        repository = {"default_branch": "main"}
        payload = {"ref": MAIN, "before": before or ZERO, "after": after, "sender": sender, "repository": repository}
        return self.run("push", payload)

    def group(self, head: str) -> int:
        group = {"head_sha": head, "head_ref": self._groups[head], "base_ref": MAIN}
        return self.run("merge_group", {"action": "checks_requested", "merge_group": group})

    def sweep(self) -> int:
        return self.run("schedule", {"schedule": "0 * * * *"})

    def run(self, event: str, payload: Mapping[str, Any]) -> int:
        """Run the action on an event; its exit code."""
        self._runs += 1
        self.facts.asked.clear()
        path = self.directory / "event.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        environ = {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(1000 + self._runs),
        }
        inputs = {f"INPUT_{name.upper()}": value for name, value in ({"token": "t"} | self.inputs).items()}
        return main(environ | inputs, patience=PATIENCE)

    def tip(self, branch: str) -> str:
        return self.facts.branches[branch]

    def shown(self, sha: str, name: str = NAME) -> list[Shown]:
        runs = [run for run in self.facts.checks.values() if (run.head, run.name) == (sha, name)]
        return [Shown(run.conclusion, self.facts.outputs[run.id].title) for run in runs]

    def labels(self, number: int) -> list[str]:
        return list(self.facts.pulls[number].labels)

    def check(self, number: int) -> Shown:
        """The newest check run on a pull request's head."""
        return self.shown(self.facts.pulls[number].head)[-1]

    def asked(self, *methods: str) -> list[str]:
        """Questions and writes of the last run, those of these methods alone."""
        return [each for each in self.facts.asked if each.partition(" ")[0] in methods]


class ServerStage(Stage):
    """On the loopback server."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.groups: dict[str, MergeGroup] = {}

    def commit(self, branch: str, files: Mapping[str, str], *, author: str = "Copilot") -> str:
        return self.world.repo.commit(branch, files, author=author, message="change")

    def pull(self, files: Mapping[str, str], *, branch: str = "copilot/fix", author: str = "Copilot", base: str = "main") -> int:
        return self.world.pull(files, branch=branch, author=author, base=base).number

    def review(self, number: int, login: str) -> None:
        self.world.repo.review(self.world.repo.pulls[number], login, "APPROVED")

    def dismiss(self, number: int) -> None:
        for review in self.world.repo.pulls[number].reviews:
            self.world.repo.dismiss(review)

    def queue(self, *numbers: int) -> str:
        group = self.world.server.queue(self.world.repo, [self.world.repo.pulls[number] for number in numbers])
        self.groups[group.head_sha] = group
        return group.head_sha

    def judge(self, number: int) -> int:
        return self.world.judge(self.world.repo.pulls[number])

    def push(self, before: str | None, after: str) -> int:
        who = {"pusher": "Copilot", "sender": "Copilot"}
        return self.world.run("push", None, repo=self.world.repo, ref=MAIN, before=before or ZERO, after=after, **who)

    def group(self, head: str) -> int:
        return self.world.run("merge_group", "checks_requested", group=self.groups[head])

    def sweep(self) -> int:
        return self.world.run("schedule", None)

    def tip(self, branch: str) -> str:
        return self.world.repo.tip(branch)

    def shown(self, sha: str, name: str = NAME) -> list[Shown]:
        return [Shown(run.conclusion, run.title or "") for run in self.world.checks(sha, name)]

    def labels(self, number: int) -> list[str]:
        return list(self.world.repo.pulls[number].labels)
