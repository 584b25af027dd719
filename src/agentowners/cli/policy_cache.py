"""Policies that a long session reads once, and again as soon as a file changes that they come from."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Hashable
from typing import Final

from msgspec import Struct

from agentowners.cli.hook_policies import RepositoryPolicies
from agentowners.git.clone import REMOTES
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.store.machine import state_directory
from agentowners.store.repositories import Repository, head_branch, origin_branch

_SETTLED: Final = 100_000_000
"""Nanoseconds after which a file's time tells the next change apart: file systems count time in steps of up to 10 ms."""
_MOST: Final = 200
_USES: Final = 20_000
"""Calls after which policies are read again: what they keep about paths grows."""

Stamp = tuple[tuple[int, ...] | None, ...]


class _CachedPolicies(Struct):
    files: tuple[bytes, ...]
    stamp: Stamp
    policies: RepositoryPolicies
    uses: int = 0


class PolicyCache:
    """Policies of repositories for each caller."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _CachedPolicies] = {}

    def get(self, repository: Repository, key: Hashable, load: Callable[[], RepositoryPolicies]) -> RepositoryPolicies:
        """The policies of a repository; ``key`` holds all else that they depend on."""
        known = self._known.get((repository.root, key))
        if known is not None and known.uses < _USES and known.stamp == _stamp(known.files):
            known.uses += 1
            return known.policies
        files = _files(repository)
        stamp, now = _stamp(files), time.time_ns()
        policies = load()
        newest = max((max(times[:2]) for times in stamp if times is not None), default=0)
        if len(self._known) >= _MOST:
            self._known.clear()
        if now - newest > _SETTLED and not policies.grants:  # a grant ends by the clock
            self._known[(repository.root, key)] = _CachedPolicies(files, stamp, policies)
        return policies


def _files(repository: Repository) -> tuple[bytes, ...]:
    """Files that tell the base, what is checked out, and the work tree's policy, and what was granted here."""
    branches = [branch for branch in (origin_branch(repository), head_branch(repository)) if branch is not None]
    names = dict.fromkeys([*branches, "refs/heads/main", "refs/heads/master"])
    refs = [*names, *(REMOTES + "origin/" + name.removeprefix("refs/heads/") for name in names), REMOTES + "origin/HEAD"]
    places = [os.path.join(repository.git_dir, "HEAD")]
    places += [os.path.join(repository.common_dir, name) for name in (*refs, "packed-refs", "reftable/tables.list", "HEAD")]
    places += [os.path.join(repository.root, name) for name in POLICY_NAMES]
    state = state_directory(repository.common_dir)
    places += [] if state is None else [os.path.join(state, "grants")]
    return tuple(place.encode("utf-8", "surrogateescape") for place in dict.fromkeys(places))


def _stamp(files: tuple[bytes, ...]) -> Stamp:
    return tuple(map(_times, files))


def _times(path: bytes) -> tuple[int, ...] | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev
