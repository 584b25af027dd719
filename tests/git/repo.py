"""Real repositories, made quickly: one ``git fast-import`` a commit, so that any name and any mode can be written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

CLEAN = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_") and name != "CI"},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C",
}


class Link(NamedTuple):
    """A symbolic link."""

    target: str


class Submodule(NamedTuple):
    """A submodule at a commit."""

    commit: str = "1" * 40


class Executable(NamedTuple):
    """A file that can be run."""

    content: str


class Gone(NamedTuple):
    """A path that is removed."""


Content = str | bytes | Link | Submodule | Executable | Gone
Person = tuple[str, str]

PERSON: Person = ("Pat Person", "pat@example.com")


class Repo:
    """A repository whose branches are written without a work tree being looked at."""

    def __init__(self, path: Path, *, bare: bool = False, object_format: str = "sha1") -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", f"--object-format={object_format}", *(["--bare"] if bare else []))
        self._clock = 1_700_000_000

    def git(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] = {}) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, input=stdin, capture_output=True, check=False, env={**CLEAN, **env}
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(
        self,
        files: Mapping[str | bytes, Content],
        *,
        branch: str = "main",
        parents: Sequence[str] | None = None,
        author: Person = PERSON,
        committer: Person | None = None,
        message: str = "a change",
    ) -> str:
        """Write a commit on a branch; its parent is the branch's tip unless parents are named. Returns the commit's id."""
        tip = self.try_resolve(f"refs/heads/{branch}")
        if parents is None:
            parents = [tip] if tip is not None else []
        self._clock += 60
        out = bytearray(b"feature done\n")
        if not parents:
            out += f"reset refs/heads/{branch}\n".encode()
        out += f"commit refs/heads/{branch}\n".encode()
        for role, (name, email) in (("author", author), ("committer", committer or author)):
            out += f"{role} {name} <{email}> {self._clock} +0000\n".encode("utf-8", "surrogateescape")
        out += _data(message.encode("utf-8", "surrogateescape"))
        for index, parent in enumerate(parents):
            out += f"{'merge' if index else 'from'} {parent}\n".encode()
        for path, content in files.items():
            out += _entry(path, content)
        self.git("fast-import", "--quiet", "--force", stdin=bytes(out) + b"done\n")
        return self.resolve(f"refs/heads/{branch}")

    def resolve(self, revision: str) -> str:
        return self.git("rev-parse", "--verify", revision)

    def try_resolve(self, revision: str) -> str | None:
        found = self.git("for-each-ref", "--format=%(objectname)", revision)
        return found or None

    def checkout(self, branch: str) -> None:
        self.git("checkout", "-q", "-f", branch)


def _data(data: bytes) -> bytes:
    return b"data %d\n" % len(data) + data + b"\n"


def _entry(path: str | bytes, content: Content) -> bytes:
    raw = path.encode("utf-8", "surrogateescape") if isinstance(path, str) else path
    name = b'"' + b"".join(b"\\%03o" % byte for byte in raw) + b'"'
    if isinstance(content, Gone):
        return b"D " + name + b"\n"
    if isinstance(content, Submodule):
        return f"M 160000 {content.commit} ".encode() + name + b"\n"
    if isinstance(content, Link):
        mode, body = "120000", content.target.encode()
    elif isinstance(content, Executable):
        mode, body = "100755", content.content.encode()
    else:
        mode, body = "100644", content if isinstance(content, bytes) else content.encode()
    return f"M {mode} inline ".encode() + name + b"\n" + _data(body)
