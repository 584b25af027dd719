"""Files that somebody meant as a policy, and that are not read as one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from agentowners.diagnostics import AgentownersError, Diagnostic, Severity, Span
from agentowners.policy.builtin import POLICY_NAMES, is_meant_as_policy, is_nested_policy, name_to_give

if TYPE_CHECKING:
    from agentowners.git.objects import Objects
    from agentowners.git.revisions import Revision
    from agentowners.git.run import Git

_FOLDERS: Final = ("", ".github", "docs")
_SHOWN: Final = 5


def misnamed_on_disk(root: str) -> list[str]:
    """Misnamed policies in the directories of a work tree in which policies are looked for."""
    found: list[str] = []
    for folder in _FOLDERS:
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                names = [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        found += _misnamed(folder, names)
    return sorted(found)


def misnamed_at(objects: Objects, revision: Revision) -> list[str]:
    """The same on a revision."""
    found: list[str] = []
    for folder in _FOLDERS:
        entries = objects.tree(f"{revision.commit}:{folder}")
        found += _misnamed(folder, [os.fsdecode(name) for name, entry in entries.items() if entry.mode.startswith(b"100")])
    return sorted(found)


def nested(git: Git) -> list[str]:
    """Files of git's index that are called like a policy, in directories in which none is looked for; ``git`` runs in the root.

    Raises:
        GitError: the index cannot be read.
    """
    listed = git.run("ls-files", "-z", "--cached").split(b"\0")
    return [path for path in (os.fsdecode(name) for name in listed if b"owner" in name.lower()) if is_nested_policy(path)]


def refuse_misnamed(paths: Sequence[str]) -> None:
    """Make sure that nobody takes a repository for one without a policy whose policy has a wrong name.

    Raises:
        AgentownersError: there is a misnamed policy.
    """
    if paths:
        first = paths[0]
        raise AgentownersError(
            f"`{first}` is surely meant as a policy, and is not read: it has no name under which one is found",
            help=f"rename it: `git mv {first} {name_to_give(first)}`; or name it with `--policy-file`",
        )


def unread_remarks(paths: Iterable[str]) -> tuple[str, ...]:
    """A line about each of the files, the first few."""
    every = list(dict.fromkeys(paths))
    lines = [f"{_words(path)}; {_way_out(path)}" for path in every[:_SHOWN]]
    return (*lines, *([f"{len(every) - _SHOWN:,} more such files are not read"] if len(every) > _SHOWN else []))


def unread_diagnostics(paths: Iterable[str]) -> tuple[Diagnostic, ...]:
    """A warning about each of the files, the first few."""
    every = list(dict.fromkeys(paths))[:_SHOWN]
    return tuple(
        Diagnostic("policy-not-read", Severity.WARNING, _words(path), Span(path, 1, 1, 1, 1), _way_out(path)) for path in every
    )


def draft_diagnostics(root: str | None) -> tuple[Diagnostic, ...]:
    """A note about each policy of the work tree, for whoever judges by a revision that has none."""
    names = [name for name in POLICY_NAMES if root is not None and os.path.isfile(os.path.join(root, name))]
    return tuple(
        Diagnostic(
            "draft-not-judged-by",
            Severity.NOTE,
            f"`{name}` is in your work tree, but not on the branch that the change goes to, so it was not used",
            Span(name, 1, 1, 1, 1),
            f"to judge by it, add `--policy-file {name}`",
        )
        for name in names
    )


def _misnamed(folder: str, names: Iterable[str]) -> list[str]:
    paths = (f"{folder}/{name}" if folder else name for name in names)
    return [path for path in paths if is_meant_as_policy(path)]


def _words(path: str) -> str:
    if is_nested_policy(path):
        return f"`{path}` is called like a policy, and is not read: policies stand in the root, `.github` or `docs`"
    return f"`{path}` is surely meant as a policy, and is not read: it has no name under which one is found"


def _way_out(path: str) -> str:
    if is_nested_policy(path):
        return f"move its rules to `{name_to_give(path)}`, with paths from the root"
    return f"rename it to `{name_to_give(path)}`"
