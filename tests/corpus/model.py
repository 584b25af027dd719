"""Cases: a policy, a change, and the verdict that the specification asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from agentowners.change.model import Account, AccountType, Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.diagnostics import Source
from agentowners.identity.commits import Commit, commit_evidence

_FOLDER = Path(__file__).parent / "cases"
LINES, YAML = "AGENTOWNERS", ".agentowners.yml"
REPOSITORY = "acme/shop"


@dataclass(frozen=True)
class File:
    """One entry of a change."""

    path: str
    status: Status = Status.MODIFIED
    previous_path: str | None = None
    was: Kind = Kind.FILE
    kind: Kind = Kind.FILE

    @property
    def change(self) -> FileChange:
        """The entry as the engine takes it."""
        new = self.status in (Status.ADDED, Status.COPIED)
        before = Kind.NOTHING if new else self.was
        after = Kind.NOTHING if self.status is Status.REMOVED else self.kind
        return FileChange(self.path, self.status, self.previous_path, before, after)


@dataclass(frozen=True)
class Made:
    """One commit: who says to have made it."""

    author: tuple[str, str]
    committer: tuple[str, str]
    message: str
    account: Account | None = None
    """Account that GitHub links the author's e-mail to, and the committer's where that is the same."""


@dataclass(frozen=True)
class PullRequest:
    """A pull request as far as it tells who contributed."""

    author: Account | None
    commits: tuple[Made, ...]
    branch: str = "topic"
    body: str = ""

    @property
    def linked(self) -> bool:
        """Whether it takes GitHub to know whose an e-mail address is."""
        return any(made.account for made in self.commits)


@dataclass(frozen=True)
class Case:
    """A case. Expectations that are not given are not checked."""

    id: str
    says: str
    """The sentence that the case stands for."""
    policy: dict[str, str]
    """Text of each policy file, by its path."""
    files: tuple[File, ...] = ()
    principals: tuple[str, ...] = ("@agents",)
    """Who does it, as ``--as`` names them; not for a pull request."""
    pull_request: PullRequest | None = None
    ref: str = "refs/heads/main"
    action: str | None = None
    invalid: tuple[int, ...] = ()
    """Lines on which the policy has errors."""
    wants: dict[str, Any] = field(default_factory=dict)
    """What the verdict should be; see ``expectation.py``."""

    @property
    def sources(self) -> list[Source]:
        """The policy files."""
        return [Source(path, text.encode("utf-8", "surrogateescape"), "refs/heads/main") for path, text in self.policy.items()]

    @property
    def change(self) -> Change:
        """The change as the engine takes it."""
        pull = self.pull_request
        return Change(
            ref=self.ref,
            files=tuple(self._acted(file) for file in self.files),
            evidence=tuple(self._evidence()),
            author=pull.author if pull else None,
            repository=REPOSITORY,
            pull_request=7 if pull else None,
        )

    def _acted(self, file: File) -> FileChange:
        status = {"file_read": Status.READ, "file_write": Status.WRITTEN, "shell_execute": Status.EXECUTED}.get(self.action or "")
        return FileChange(file.path, status, None, Kind.FILE, Kind.FILE) if status else file.change

    def _evidence(self) -> Iterator[Evidence]:
        pull = self.pull_request
        if pull is None:
            for name in self.principals:
                yield Evidence(Signal.DECLARED, Strength.VERIFIED, name=name.removeprefix("@"))
            return
        if pull.author is not None:
            yield Evidence(Signal.AUTHOR, Strength.VERIFIED, account=pull.author)
        yield Evidence(Signal.BRANCH, Strength.ASSERTED, text=pull.branch)
        if pull.body:
            yield Evidence(Signal.BODY, Strength.ASSERTED, text=pull.body)
        for number, made in enumerate(pull.commits):
            commit = Commit(
                sha=f"{number:040x}",
                author_name=made.author[0],
                author_email=made.author[1],
                author=made.account,
                committer_name=made.committer[0],
                committer_email=made.committer[1],
                committer=made.account if made.committer == made.author else None,
                message=made.message,
            )
            yield from commit_evidence(commit, pull.author)


def _expanded(raw: dict[str, Any]) -> dict[str, Any]:
    """A table of patterns, refs or principals as one case, or as one for each ref or principal."""
    raw = dict(raw)
    if "pattern" in raw:
        matches, others = raw.pop("matches"), raw.pop("others")
        raw["policy"] = f"{raw.pop('pattern')} @agents block\n"
        raw["files"] = [{"path": path, "status": "added"} for path in (*matches, *others)]
        raw["expect"] = {**dict.fromkeys(matches, "block 1"), **dict.fromkeys(others, "allow")}
    return raw


def _each(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cases of a table that needs a verdict for each of its entries."""
    for key, line in (("ref_pattern", "{} @agents block\n"), ("principal", "a {} block\n")):
        if key in raw:
            for value, decision in [(v, "block") for v in raw["matches"]] + [(v, "allow") for v in raw["others"]]:
                who = {"as": [value]} if key == "principal" else {"ref": value}
                yield {
                    "says": f"{raw['says']}: {value}",
                    "policy": line.format(raw[key]),
                    "files": [{"path": "a", "status": "added"}],
                    "decides": decision,
                    "expect": {"a": "block 1" if decision == "block" else "allow"},
                    **who,
                }
            return
    yield _expanded(raw)


def _case(id: str, raw: dict[str, Any]) -> Case:
    wants = dict(raw)
    policy = wants.pop("policy", None)
    yaml_text = wants.pop("yaml", None)
    if isinstance(policy, str):
        policy = {LINES: policy}
    policy = dict(policy or {}) | ({YAML: yaml_text} if yaml_text is not None else {})
    status = wants.pop("status", "modified")
    return Case(
        id=id,
        says=wants.pop("says"),
        policy=policy,
        files=tuple(_file(entry, status) for entry in wants.pop("files", ())),
        principals=tuple(wants.pop("as", ("@agents",))),
        pull_request=_pull_request(wants.pop("pull_request", None)),
        ref=wants.pop("ref", "refs/heads/main"),
        action=wants.pop("action", None),
        invalid=tuple(wants.pop("invalid", ())),
        wants=wants,
    )


def _file(entry: str | dict[str, str], status: str) -> File:
    if isinstance(entry, str):
        return File(entry, Status(status))
    return File(
        entry["path"],
        Status(entry.get("status", status)),
        entry.get("previous_path"),
        Kind(entry.get("was", "file")),
        Kind(entry.get("kind", "file")),
    )


def _pull_request(raw: dict[str, Any] | None) -> PullRequest | None:
    if raw is None:
        return None
    return PullRequest(
        author=_account(raw["author"]),
        commits=tuple(
            Made(
                tuple(made["author"]),
                tuple(made.get("committer", made["author"])),
                made.get("message", "a change\n"),
                _account(made.get("account")),
            )
            for made in raw["commits"]
        ),
        branch=raw.get("branch", "topic"),
        body=raw.get("body", ""),
    )


def _account(raw: dict[str, Any] | None) -> Account | None:
    return Account(raw["login"], raw["id"], AccountType(raw["type"])) if raw else None


def _all() -> Iterator[Case]:
    for path in sorted(_FOLDER.glob("*.yml")):
        for number, raw in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            entries = list(_each(raw))
            for index, entry in enumerate(entries):
                yield _case(f"{path.stem}-{number:02}" + (f"-{index + 1}" if len(entries) > 1 else ""), entry)


CASES = tuple(_all())
"""Every case, in order."""
