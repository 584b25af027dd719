"""A bare git repository: writing commits without a work tree, reading objects, asking git about history.

Everything is bytes-safe: paths may hold any byte but NUL. Nothing here knows about GitHub.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.github_server import gitobjects

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "HOME": os.devnull,
    "PATH": os.environ.get("PATH", os.defpath),
}
ZERO = "0" * 40
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True, slots=True)
class Symlink:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True)
class Submodule:
    """A submodule at a commit."""

    sha: str


@dataclass(frozen=True, slots=True)
class Executable:
    """A file with the executable bit."""

    content: bytes | str


@dataclass(frozen=True, slots=True)
class Rename:
    """The file that was at `old`, unchanged."""

    old: str | bytes


Content = bytes | str | Symlink | Submodule | Executable | Rename | None
Files = Mapping[Any, Content]  # keys are str or bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """Who and when, as git stores it; `date` in seconds."""

    name: str
    email: str
    date: int

    def line(self) -> bytes:
        """The way commit objects and fast-import spell it."""
        return f"{self.name} <{self.email}> {self.date} +0000".encode()


@dataclass(frozen=True, slots=True)
class Commit:
    """A parsed commit object."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a tree; `path` is from the root that was asked for, `size` None for what is no blob."""

    mode: str
    type: str
    sha: str
    size: int | None
    path: bytes


def encode(path: str | bytes) -> bytes:
    """A path as git stores it."""
    return path if isinstance(path, bytes) else path.encode("utf-8", "surrogateescape")


def show(raw: bytes) -> str:
    """Bytes as GitHub's JSON has them: what is not UTF-8 becomes U+FFFD."""
    return raw.decode("utf-8", "replace")


def _quote(path: bytes) -> bytes:
    return b'"' + b"".join(bytes([c]) if 32 <= c < 127 and c not in b'"\\' else b"\\%03o" % c for c in path) + b'"'


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


class GitStore:
    """A bare repository; a fork shares its parent's objects, as on GitHub."""

    def __init__(self, path: Path, default_branch: str, parent: GitStore | None = None) -> None:
        self.path = path
        for folder in ("refs/heads", "refs/tags", "objects/pack", "objects/info"):
            if not (parent and folder.startswith("objects")):
                (path / folder).mkdir(parents=True)
        if parent:
            (path / "objects").symlink_to(parent.path / "objects")
        (path / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n")
        (path / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsync = none\n[gc]\n\tauto = 0\n")
        self.refs: dict[str, str] = {}
        self._reader: subprocess.Popen[bytes] | None = None
        self._objects: dict[str, tuple[str, bytes]] = {}
        self._merge_bases: dict[tuple[str, str], tuple[str, ...]] = {}
        self._commits: dict[tuple[str, ...], list[str]] = {}
        self._trees: dict[tuple[str, bool], list[TreeEntry]] = {}
        self._sizes: dict[str, int] = {}
        self._history = gitobjects.History(self)

    def close(self) -> None:
        """End the reading process."""
        if self._reader:
            assert self._reader.stdin
            assert self._reader.stdout
            self._reader.stdin.close()
            self._reader.stdout.close()
            self._reader.wait(timeout=10)
            self._reader = None

    def git(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """Run git; its output, or CalledProcessError."""
        command = ["git", "--git-dir", str(self.path), "-c", "core.quotePath=false", *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, env=ENVIRONMENT | dict(env or {}), check=False)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    # --- writing ---

    def set_ref(self, ref: str, sha: str | None) -> None:
        """Point a full ref name at a commit, or delete it."""
        file = self.path / ref
        if sha is None:
            self.refs.pop(ref, None)
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(sha + "\n")
            self.refs[ref] = sha

    def commit(
        self, ref: str, files: Files, message: str, author: Signature, committer: Signature, parents: Sequence[str]
    ) -> str:
        """Write a commit on top of the parents' first, move the ref there; its id."""
        base = self.read_commit(parents[0]).tree if parents else None
        renames = any(isinstance(content, Rename) for content in files.values())
        leaves = {} if renames else {encode(path): self._leaf(content) for path, content in files.items()}
        tree = None if renames else gitobjects.change(self, base, leaves)
        if tree is None:
            return self._import(ref, files, message, author, committer, parents)
        sha = self.commit_tree(tree, message, author, committer, parents)
        self.set_ref(ref, sha)
        return sha

    def _leaf(self, content: Content) -> gitobjects.Leaf | None:
        match content:
            case Submodule(sha):
                return "160000", sha
            case Symlink(target):
                return "120000", self.write("blob", target.encode())
            case Executable(text):
                return "100755", self.write("blob", _bytes(text))
            case bytes() | str():
                return "100644", self.write("blob", _bytes(content))
            case _:
                return None

    def _import(
        self, ref: str, files: Files, message: str, author: Signature, committer: Signature, parents: Sequence[str]
    ) -> str:
        lines = [b"commit " + ref.encode() + b"\n", b"mark :1\n"]
        lines += [b"author ", author.line(), b"\ncommitter ", committer.line(), b"\n", _data(message.encode())]
        for verb, parent in zip([b"from ", *[b"merge "] * len(parents)], parents, strict=False):
            lines += [verb, parent.encode(), b"\n"]
        for path, content in files.items():
            if content is None:
                lines += [b"D ", _quote(encode(path)), b"\n"]
            elif isinstance(content, Rename):
                lines += [b"R ", _quote(encode(content.old)), b" ", _quote(encode(path)), b"\n"]
        for path, content in files.items():
            match content:
                case None | Rename():
                    continue
                case Submodule(sha):
                    lines += [b"M 160000 ", sha.encode(), b" ", _quote(encode(path)), b"\n"]
                case Symlink(target):
                    lines += [b"M 120000 inline ", _quote(encode(path)), b"\n", _data(target.encode())]
                case Executable(text):
                    lines += [b"M 100755 inline ", _quote(encode(path)), b"\n", _data(_bytes(text))]
                case _:
                    lines += [b"M 100644 inline ", _quote(encode(path)), b"\n", _data(_bytes(content))]
        lines.append(b"\nget-mark :1\ndone\n")
        options = ("--quiet", "--force", "--done", "--date-format=raw")
        sha = self.git("-c", "fastimport.unpackLimit=1", "fast-import", *options, stdin=b"".join(lines)).decode().strip()
        self.refs[ref] = sha
        return sha

    def commit_tree(self, tree: str, message: str, author: Signature, committer: Signature, parents: Sequence[str]) -> str:
        """Write a commit of an existing tree."""
        body = [b"tree ", tree.encode(), b"\n", *(b"parent " + parent.encode() + b"\n" for parent in parents)]
        body += [b"author ", author.line(), b"\ncommitter ", committer.line(), b"\n\n", message.encode()]
        return self.write("commit", b"".join(body))

    def write(self, kind: str, content: bytes) -> str:
        """Write an object (loose, as git does, without the cost of a process); its id."""
        whole = f"{kind} {len(content)}\0".encode() + content
        sha = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        file = self.path / "objects" / sha[:2] / sha[2:]
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(zlib.compress(whole, 1))
        if kind == "blob":
            self._sizes[sha] = len(content)
        else:
            self._objects[sha] = kind, content
        return sha

    # --- reading ---

    def read(self, sha: str) -> tuple[str, bytes]:
        """Type and content of an object; KeyError where there is none."""
        if sha in self._objects:
            return self._objects[sha]
        if self._reader is None:
            command = ["git", "--git-dir", str(self.path), "cat-file", "--batch"]
            self._reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
        assert self._reader.stdin
        assert self._reader.stdout
        if len(sha) != 40 or not set(sha) <= set("0123456789abcdef"):
            raise KeyError(sha)
        self._reader.stdin.write(sha.encode() + b"\n")
        self._reader.stdin.flush()
        head = self._reader.stdout.readline().split()
        if head[1] == b"missing":
            raise KeyError(sha)
        content = self._reader.stdout.read(int(head[2]))
        self._reader.stdout.read(1)
        found = head[1].decode(), content
        self._sizes[sha] = len(content)
        if found[0] != "blob":
            self._objects[sha] = found
        return found

    def read_commit(self, sha: str) -> Commit:
        """A commit's facts; KeyError where there is no such commit."""
        kind, content = self.read(sha)
        if kind != "commit":
            raise KeyError(sha)
        head, _, message = content.partition(b"\n\n")
        fields: dict[str, list[str]] = {}
        for line in show(head).split("\n"):
            key, _, value = line.partition(" ")
            fields.setdefault(key, []).append(value)
        return Commit(
            sha,
            fields["tree"][0],
            tuple(fields.get("parent", ())),
            _signature(fields["author"][0]),
            _signature(fields["committer"][0]),
            show(message),
        )

    def tree(self, sha: str, *, recursive: bool = False) -> list[TreeEntry]:
        """The entries of a tree or of a commit's tree, with sizes; recursive with the folders themselves, as GitHub has it."""
        if (sha, recursive) not in self._trees:
            self._trees[sha, recursive] = self._listed(sha, recursive=recursive) or self._ls_tree(sha, recursive=recursive)
        return self._trees[sha, recursive]

    def _listed(self, sha: str, *, recursive: bool) -> list[TreeEntry] | None:
        try:
            tree = self.read_commit(sha).tree if self.read(sha)[0] == "commit" else sha
            found = list(gitobjects.listed(self, tree, recursive=recursive))
            unknown = {name for _, (mode, name) in found if mode.startswith("1") and mode != "160000"} - self._sizes.keys()
            if len(unknown) > gitobjects.MANY:
                return None
            for name in unknown:
                self.read(name)
        except KeyError:
            return None
        kinds = {gitobjects.FOLDER: "tree", "160000": "commit"}
        entries = [(kinds.get(mode, "blob"), mode, name, path) for path, (mode, name) in found]
        return [TreeEntry(f"{mode:0>6}", k, name, self._sizes[name] if k == "blob" else None, p) for k, mode, name, p in entries]

    def _ls_tree(self, sha: str, *, recursive: bool) -> list[TreeEntry]:
        flags = ["-r", "-t"] if recursive else []
        entries = []
        for line in self.git("ls-tree", *flags, "-l", "-z", sha).split(b"\0")[:-1]:
            facts, path = line.split(b"\t", 1)
            mode, kind, name, size = facts.decode().split()
            entries.append(TreeEntry(mode, kind, name, None if size == "-" else int(size), path))
        return entries

    def lookup(self, commit: str, path: bytes) -> TreeEntry | None:
        """What is at a path of a commit; the root for an empty one."""
        found = TreeEntry("040000", "tree", self.read_commit(commit).tree, None, b"")
        for segment in filter(None, path.split(b"/")):
            if found.type != "tree":
                return None
            inside = {entry.path: entry for entry in self.tree(found.sha)}
            if segment not in inside:
                return None
            found = inside[segment]
        return TreeEntry(found.mode, found.type, found.sha, found.size, path)

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """All best common ancestors in git's order; where there are several, GitHub shows the first."""
        if (one, other) not in self._merge_bases:
            found = self._history.base(one, other)
            if found is None:
                try:
                    found = tuple(self.git("merge-base", "--all", one, other).decode().split())
                except subprocess.CalledProcessError:
                    found = ()
            self._merge_bases[one, other] = found
        return self._merge_bases[one, other]

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor that git names first, if there is one."""
        return next(iter(self.merge_bases(one, other)), None)

    def commits(self, head: str, exclude: Iterable[str] = ()) -> list[str]:
        """The commits reachable from head and not from the others, parents before children."""
        key = (head, *exclude)
        if key not in self._commits:
            found = self._history.chain(head, key[1:])
            if found is None:
                output = self.git("rev-list", "--topo-order", "--reverse", head, *(f"^{sha}" for sha in key[1:]))
                found = output.decode().split()
            self._commits[key] = found
        return list(self._commits[key])


def _signature(text: str) -> Signature:
    who, date, _zone = text.rsplit(" ", 2)
    name, _, email = who.partition("<")
    return Signature(name.strip(), email.rstrip(">"), int(date))
