"""Questions of the engine once it knows the policy and the change, and the answers of adapters.

Every need is answered ``Known`` or ``Unavailable``; a need without an answer is an error, never "no".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from agentowners.change.model import Account, Kind
from agentowners.policy.model import Permission


class PermissionOf(Struct, frozen=True):
    """Need: the permission that an account has on the repository. Answer: ``Permission``."""

    account: Account


class MembersOf(Struct, frozen=True):
    """Need: everyone in a team, nested teams included. Answer: ``tuple[Account, ...]``."""

    owner: str
    team: str


class Requesters(Struct, frozen=True):
    """Need: who set the agent to work on this change, as far as the platform tells. Answer: ``tuple[Account, ...]``."""


class KindsOf(Struct, frozen=True):
    """Need: what stood at a path before the change and what stands there after. Answer: ``tuple[Kind, Kind]``."""

    path: str


class PathsOf(Struct, frozen=True):
    """Need: the paths that one commit of the change changes. Answer: ``frozenset[str]``; of a merge commit, the paths at which
    it is not what merging its parents makes. Unavailable counts as every path."""

    commit: str


Need = PermissionOf | MembersOf | Requesters | KindsOf | PathsOf
Answer = Permission | tuple[Account, ...] | tuple[Kind, Kind] | frozenset[str]


_T = TypeVar("_T", covariant=True)


class Known(Struct, Generic[_T], frozen=True):
    """A fact that was obtained."""

    value: _T


class Unavailable(Struct, frozen=True):
    """A fact that could not be obtained; ``why`` is shown to users: ``the token lacks members: read``."""

    why: str
    """Lower case, no final period."""
    permission: str | None = None
    """Permission with which a token is told; None where none would do, or ``why`` names it."""


Reply = Known[Answer] | Unavailable
Facts = Mapping[Need, Reply]
NO_FACTS: Facts = {}
