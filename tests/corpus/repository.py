"""A case's change as commits of a real repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from agentowners.change.model import Kind, Status
from tests.corpus.model import REPOSITORY, Case, File
from tests.git.repo import PERSON, Content, Executable, Gone, Link, Repo, Submodule


def groups(files: Sequence[File]) -> list[list[File]]:
    """The files in as few groups as it takes for each to fit into one tree, where no path lies below another that is a file."""
    found: list[list[File]] = []
    for file in files:
        room = next((group for group in found if not any(_collide(file, other) for other in group)), None)
        if room is None:
            found.append([file])
        else:
            room.append(file)
    return found or [[]]


def _paths(file: File) -> list[str]:
    return [path for path in (file.path, file.previous_path) if path is not None]


def _collide(one: File, other: File) -> bool:
    return any(a.startswith(f"{b}/") or b.startswith(f"{a}/") for a in _paths(one) for b in _paths(other))


class Written:
    """A repository whose ``main`` is a case's base, with the policy, and whose ``topic`` has the case's change."""

    def __init__(self, path: Path, case: Case, files: Sequence[File]) -> None:
        self.repo = Repo(path)
        self.repo.git("remote", "add", "origin", f"git@github.com:{REPOSITORY}.git")
        self.base = self.repo.commit(dict([("README", "x\n"), *_before(files), *case.policy.items()]))
        pull = case.pull_request
        self.head = self.base
        for number, made in enumerate(pull.commits if pull else [None]):
            self.head = self.repo.commit(
                dict(_after(files, case.policy)) if number == 0 else {},
                branch="topic",
                parents=[self.head],
                author=made.author if made else PERSON,
                committer=made.committer if made else PERSON,
                message=made.message if made else "a change",
            )


def _before(files: Iterable[File]) -> Iterator[tuple[str, Content]]:
    for file in files:
        if file.status is Status.RENAMED:
            assert file.previous_path is not None
            yield file.previous_path, _content(file.previous_path, file.was)
        elif file.status is Status.COPIED:
            yield file.previous_path or f"{file.path}.origin", "origin\n"
        elif file.status is not Status.ADDED:
            yield file.path, _content(file.path, file.was)


def _after(files: Iterable[File], policy: Mapping[str, str]) -> Iterator[tuple[str, Content]]:
    for file in files:
        match file.status:
            case Status.ADDED | Status.COPIED:
                yield file.path, _content(file.path, file.kind)
            case Status.MODIFIED:
                yield file.path, f"{policy.get(file.path, '')}\n# changed\n"
            case Status.REMOVED:
                yield file.path, Gone()
            case Status.RENAMED:
                assert file.previous_path is not None
                yield file.previous_path, Gone()
                yield file.path, _content(file.previous_path, file.kind)
            case Status.CHANGED if file.was is file.kind:
                yield file.path, Executable(str(_content(file.path, file.kind)))
            case Status.CHANGED:
                yield file.path, _content(file.path, file.kind)
            case _:
                raise AssertionError(file)


def _content(path: str, kind: Kind) -> Content:
    if kind is Kind.SYMLINK:
        return Link("README")
    if kind is Kind.SUBMODULE:
        return Submodule()
    return f"what {path!a} holds\n" * 10
