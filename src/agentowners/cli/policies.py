"""Which policy files apply: those named on the command line, else those on the revision that the change goes to.

And files that somebody meant as a policy, and that are not read as one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from agentowners.cli.inputs import read_file
from agentowners.cli.shell import UsageError
from agentowners.diagnostics import AgentownersError, Diagnostic, PolicyError, Severity, Source, Span
from agentowners.git.clone import default_branch, home_repository, top_level
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, policy_sources, resolve
from agentowners.git.run import Git, GitError
from agentowners.policy.builtin import POLICY_NAMES, is_meant_as_policy, is_nested_policy, name_to_give

if TYPE_CHECKING:
    from agentowners.policy.model import Policy

STANDARD_REF: Final = "refs/heads/main"
_FOLDERS: Final = ("", ".github", "docs")
_SHOWN: Final = 5
LIMIT: Final = 5 << 20
"""Largest policy file in bytes; one byte more is read, so that the parser can say that it is too large."""


def from_disk(paths: Sequence[str]) -> tuple[Source, ...]:
    """Policy files by the names given on the command line."""
    return tuple([Source(path, read_file(path, "policy file", LIMIT + 1)) for path in dict.fromkeys(paths)])


def on_revision(objects: Objects, revision: Revision, standard: Revision | None = None) -> tuple[Source, ...]:
    """The policy files on a revision; where it has none, those on ``standard``, the default branch.

    Raises:
        GitError: what stands at a policy's place is not a file.
        AgentownersError: there is none, but one with a wrong name.
    """
    revisions = [revision] if standard is None or standard.commit == revision.commit else [revision, standard]
    for each in revisions:
        sources = policy_sources(objects, each, POLICY_NAMES)
        if sources:
            return sources
    refuse_misnamed([path for each in revisions for path in _misnamed_at(objects, each)])
    return ()


def unread_on(git: Git, objects: Objects, revision: Revision, sources: Sequence[Source]) -> tuple[Diagnostic, ...]:
    """Remarks about files that are meant as policies, and by which a revision's change is not judged: those with wrong names, in
    directories where none is looked for, and, where there is no policy, in the work tree only.
    """
    top = top_level(git)
    paths = dict.fromkeys([*_misnamed_at(objects, revision), *(nested(Git(top)) if top is not None else ())])
    unread = [
        Diagnostic("policy-not-read", Severity.WARNING, _words(path), Span(path, 1, 1, 1, 1), _way_out(path))
        for path in list(paths)[:_SHOWN]
    ]
    if not sources and top is not None:
        # whoever judges by a revision that has none may have one in the work tree
        for name in (name for name in POLICY_NAMES if os.path.isfile(os.path.join(top, name))):
            words = f"`{name}` is in your work tree, but not on the branch that the change goes to, so it was not used"
            help = f"to judge by it, add `--policy-file {name}`"
            unread.append(Diagnostic("draft-not-judged-by", Severity.NOTE, words, Span(name, 1, 1, 1, 1), help))
    return tuple(unread)


def standard_branch(git: Git) -> str:
    """Full name of the repository's default branch, ``refs/heads/main`` where the clone does not know it."""
    return default_branch(git) or STANDARD_REF


def home_owner(git: Git) -> str | None:
    """The owner of the repository that the clone is of, where it tells."""
    return (home_repository(git) or "").partition("/")[0] or None


def other_policy(git: Git, name: str) -> tuple[Source, ...]:
    """The policy files that ``--compare`` names: a file on disk, or a revision's.

    Raises:
        UsageError: there is neither such a file nor such a revision, or both.
    """
    is_file = os.path.isfile(name)
    try:
        with Objects.of(git) as objects:
            revision = resolve(objects, name)
            if not is_file:
                return on_revision(objects, revision)
    except GitError as error:
        if not is_file:
            raise UsageError(f"`--compare {name}`: {error.message}", help="name a policy file, or a revision") from None
        return from_disk([name])
    raise UsageError(
        f"`--compare {name}` may be a file or a revision", help=f"write `./{name}` for the file, or the revision's id"
    )


def load_pair(old: Sequence[Source], new: Sequence[Source], *, named: Sequence[str] = ()) -> tuple[Policy, Policy]:
    """Two policies, each with the built-in layer that protects the files of both, and those that are named.

    Raises:
        PolicyError: one of them does not parse; it carries the diagnostics of both.
    """
    from agentowners.policy.load import load_policy

    names = [*(source.path for source in (*old, *new)), *named]
    policies: list[Policy] = []
    wrong: list[Diagnostic] = []
    for sources in (old, new):
        try:
            policies.append(load_policy(sources, named=names))
        except PolicyError as error:
            wrong += error.diagnostics
    if wrong:
        raise PolicyError(tuple(dict.fromkeys(wrong)))
    return policies[0], policies[1]


def load_with_other(
    sources: tuple[Source, ...], compare: str | None, named: Sequence[str]
) -> tuple[Policy, Policy | None, tuple[Source, ...] | None]:
    """A policy, and the one that ``--compare`` names beside it, where it does, with its files."""
    from agentowners.policy.load import load_policy

    if compare is None:
        return load_policy(sources, named=named), None, None
    compared = other_policy(Git(), compare)
    other, policy = load_pair(compared, sources, named=named)
    return policy, other, compared


def misnamed_on_disk(root: str) -> list[str]:
    """Misnamed policies in the directories of a work tree in which policies are looked for."""
    paths: list[str] = []
    for folder in _FOLDERS:
        with suppress(OSError), os.scandir(os.path.join(root, folder)) as entries:
            paths += _misnamed(folder, [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)])
    return sorted(paths)


def _misnamed_at(objects: Objects, revision: Revision) -> list[str]:
    """The same on a revision."""
    paths: list[str] = []
    for folder in _FOLDERS:
        entries = objects.tree(f"{revision.commit}:{folder}")
        paths += _misnamed(folder, [os.fsdecode(name) for name, entry in entries.items() if entry.mode.startswith(b"100")])
    return sorted(paths)


def nested(git: Git) -> list[str]:
    """Files of git's index that are called like a policy, in directories in which none is looked for; git runs in the root."""
    listed = git.run("ls-files", "-z", "--cached").split(b"\0")
    return [path for path in (os.fsdecode(name) for name in listed if b"owner" in name.lower()) if is_nested_policy(path)]


def refuse_misnamed(paths: Sequence[str]) -> None:
    """Make sure that nobody takes a repository for one without a policy whose policy has a wrong name: that is an error."""
    if paths:
        first = paths[0]
        help = f"rename it: `git mv {first} {name_to_give(first)}`; or name it with `--policy-file`"
        raise AgentownersError(_words(first), help=help)


def unread_remarks(paths: Iterable[str]) -> tuple[str, ...]:
    """A line about each of the files, the first few."""
    every = list(dict.fromkeys(paths))
    lines = [f"{_words(path)}; {_way_out(path)}" for path in every[:_SHOWN]]
    return (*lines, *([f"{len(every) - _SHOWN:,} more such files are not read"] if len(every) > _SHOWN else []))


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
