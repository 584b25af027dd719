"""Which policy files apply: those named on the command line, else those on the revision that the change goes to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from agentowners.cli.unread import draft_diagnostics, misnamed_at, nested, refuse_misnamed, unread_diagnostics
from agentowners.diagnostics import AgentownersError, Diagnostic, Source
from agentowners.git.clone import default_branch, top_level
from agentowners.git.objects import Objects
from agentowners.git.policy import policy_sources
from agentowners.git.revisions import Revision
from agentowners.git.run import Git
from agentowners.policy.builtin import POLICY_NAMES

STANDARD_REF: Final = "refs/heads/main"
_LIMIT: Final = 5 << 20
"""Largest policy file in bytes; one byte more is read, so that the parser can say that it is too large."""


def from_disk(paths: Sequence[str]) -> tuple[Source, ...]:
    """Policy files by the names given on the command line.

    Raises:
        AgentownersError: one of them cannot be read.
    """
    sources: list[Source] = []
    for path in dict.fromkeys(paths):
        try:
            with open(path, "rb") as file:
                sources.append(Source(path, file.read(_LIMIT + 1)))
        except (OSError, ValueError) as error:
            raise AgentownersError(f"the policy file `{path}` cannot be read: {reason(error)}") from None
    return tuple(sources)


def names_in_repository(git: Git, paths: Sequence[str]) -> tuple[str, ...]:
    """The paths, from the repository's root, of those files that lie in its work tree: they are protected."""
    top = top_level(git)
    if top is None:
        return tuple(paths)
    root = os.path.realpath(top)
    return tuple(os.path.relpath(os.path.realpath(path), root).replace(os.sep, "/") for path in paths)


def on_revision(objects: Objects, revision: Revision, standard: Revision | None = None) -> tuple[Source, ...]:
    """The policy files on a revision; where it has none, those on ``standard``, the default branch.

    Raises:
        GitError: what stands at a policy's place is not a file.
        AgentownersError: there is none, but one with a wrong name.
    """
    revisions = [revision] if standard is None or standard.commit == revision.commit else [revision, standard]
    for each in revisions:
        found = policy_sources(objects, each, POLICY_NAMES)
        if found:
            return found
    refuse_misnamed([path for each in revisions for path in misnamed_at(objects, each)])
    return ()


def unread_on(git: Git, objects: Objects, revision: Revision, sources: Sequence[Source]) -> tuple[Diagnostic, ...]:
    """Remarks about files that are meant as policies, and by which a revision's change is not judged: those with wrong names, in
    directories where none is looked for, and, where there is no policy, in the work tree only.

    Raises:
        GitError: the repository cannot be read.
    """
    top = top_level(git)
    unread = unread_diagnostics([*misnamed_at(objects, revision), *(nested(Git(top)) if top is not None else ())])
    return unread if sources else (*unread, *draft_diagnostics(top))


def standard_branch(git: Git) -> str:
    """Full name of the repository's default branch, ``refs/heads/main`` where the clone does not know it."""
    return default_branch(git) or STANDARD_REF


def reason(error: OSError | ValueError) -> str:
    """Why a file could not be read, in lower case."""
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return said[:1].lower() + said[1:]
