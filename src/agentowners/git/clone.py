"""Facts that a clone knows about itself and its origin, and a place to merge in that borrows its objects."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from agentowners.git.run import Git, GitError, text

HEADS = "refs/heads/"
REMOTES = "refs/remotes/"


class Clone(Struct, frozen=True):
    """Facts of a clone from one ``git rev-parse``."""

    branch: str | None = None
    """Full name, as it is called on the server, of the branch that was asked about; None where it is no branch."""
    boundary: frozenset[str] = frozenset()
    """Commits at which a shallow clone is cut; none in a whole one."""
    objects: str = ""
    """Directory of its objects, as seen from this process."""


def inspect_clone(git: Git, revision: str) -> Clone:
    """Look at the clone, and at the branch that a revision names (``refs/heads/main`` for ``origin/main`` too).

    Raises:
        GitError: there is no such revision.
    """
    places = ("--git-path", "shallow", "--git-path", "objects")
    answer = text(git.run("rev-parse", "--is-shallow-repository", *places, "--symbolic-full-name", revision))
    shallow, path, objects, *full = answer.removesuffix("\n").split("\n")
    boundary: frozenset[str] = frozenset()
    if shallow != "false":
        try:
            with open(git.path(path), encoding="ascii") as file:
                boundary = frozenset(file.read().split())
        except (OSError, ValueError) as error:
            raise GitError("the list of commits at which this shallow clone is cut cannot be read") from error
    return Clone(_branch(full[-1]) if full else None, boundary, git.path(objects))


def _branch(full: str) -> str | None:
    if full.startswith(HEADS):
        return full
    if full.startswith(REMOTES):
        return HEADS + full.removeprefix(REMOTES).partition("/")[2]
    return None


def default_branch(git: Git) -> str | None:
    """Full name of the repository's default branch, as the clone remembers it; None where it does not."""
    target = text(git.run("for-each-ref", "--format=%(symref)", REMOTES + "origin/HEAD")).strip()
    prefix = REMOTES + "origin/"
    return HEADS + target.removeprefix(prefix) if target.startswith(prefix) else None


def branches(git: Git) -> tuple[str, ...]:
    """Full names, as on the server, of the branches that the clone knows: its own and those of ``origin``; sorted."""
    named = text(git.run("for-each-ref", "--format=%(refname)", HEADS, REMOTES + "origin/")).splitlines()
    names = (name if name.startswith(HEADS) else HEADS + name.removeprefix(REMOTES + "origin/") for name in named)
    return tuple(sorted({name for name in names if name != HEADS + "HEAD"}))


def current_branch(git: Git) -> str | None:
    """Full name of the branch that is checked out, also before its first commit; None where it is none."""
    return text(git.run("symbolic-ref", "--quiet", "HEAD", accept=(0, 1))).removesuffix("\n") or None


def top_level(git: Git) -> str | None:
    """The root of the work tree, None where there is none."""
    return text(git.run("rev-parse", "--show-toplevel", accept=(0, 128))).removesuffix("\n") or None


def origin_repository(git: Git) -> str | None:
    """``owner/name`` from the URL of the remote ``origin``; None where the URL does not have that form."""
    return repository_of(_origin_url(git))


def home_repository(git: Git) -> str | None:
    """``owner/name`` of the repository that changes go to: of the remote ``upstream``, which a fork has by convention, else of
    ``origin``; None where neither URL has that form."""
    listed = text(git.run("config", "--get-regexp", r"^remote\.(origin|upstream)\.url$", accept=(0, 1)))
    urls = dict(line.split(" ", 1) for line in listed.splitlines() if " " in line)
    repositories = (repository_of(urls.get(f"remote.{remote}.url", "").strip()) for remote in ("upstream", "origin"))
    return next((repository for repository in repositories if repository is not None), None)


def origin_host(git: Git) -> str | None:
    """The host in the URL of the remote ``origin``, in lower case; None where the URL has none.

    GitHub takes SSH under another name too, where only the port of HTTPS is open.
    Source: https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port
    """
    match = re.fullmatch(_URL, _origin_url(git), re.ASCII)
    host = "" if match is None else (match["host"] or match["by_ssh"]).lower()
    return "github.com" if host == "ssh.github.com" else host or None


def _origin_url(git: Git) -> str:
    return text(git.run("config", "--get", "remote.origin.url", accept=(0, 1))).strip()


_URL = (
    r"(?:(?:https?|ssh|git)://(?:[^/@\s]*@)?(?P<host>[^/\s:]+)(?::\d+)?/|[^/@\s:]+@(?P<by_ssh>[^/\s:]+):)"
    r"/?(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def repository_of(url: str) -> str | None:
    """``owner/name`` of a clone URL as GitHub writes it (https, ssh, or ``git@host:owner/name``)."""
    match = re.fullmatch(_URL, url, re.ASCII)
    return match["repository"] if match is not None else None


_SHA256: Final = 64
_CONFIG: Final = "[core]\n\trepositoryformatversion = {}\n\tbare = true\n"
_FORMAT: Final = "[extensions]\n\tobjectFormat = sha256\n"


@contextmanager
def scratch(clone: Clone, commit: str) -> Iterator[Git]:
    """An empty bare repository that borrows the objects of a clone, gone when the block is left.

    It has none of the clone's settings, hooks, attributes and merge drivers, and no work tree that could bring attributes, so
    that nothing that the clone names can run. Nothing is written into the clone.

    Args:
        clone: whose objects to borrow.
        commit: id of any commit in it, which shows how its objects are named.

    Raises:
        GitError: there is no room for it.
    """
    from tempfile import TemporaryDirectory

    try:
        directory = TemporaryDirectory(prefix="agentowners-")
    except OSError as error:
        raise GitError("there is no directory for temporary files", help="set TMPDIR to one that can be written") from error
    with directory as place:
        try:
            _lay_out(place, clone, commit)
        except OSError as error:
            raise GitError("a temporary repository to merge in cannot be made") from error
        yield Git(place, alone=True)


def _lay_out(place: str, clone: Clone, commit: str) -> None:
    os.makedirs(os.path.join(place, "objects", "info"))
    os.mkdir(os.path.join(place, "refs"))
    # a path of any characters, under a name of ours
    borrowed = os.path.join(place, "borrowed")
    os.symlink(os.path.abspath(clone.objects), borrowed)
    new = len(commit) == _SHA256
    texts = {
        "HEAD": "ref: refs/heads/none\n",
        "config": _CONFIG.format(1 if new else 0) + (_FORMAT if new else ""),
        os.path.join("objects", "info", "alternates"): f"{borrowed}\n",
    }
    if clone.boundary:
        texts["shallow"] = "".join(f"{boundary}\n" for boundary in sorted(clone.boundary))
    for name, content in texts.items():
        with open(os.path.join(place, name), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(content)
