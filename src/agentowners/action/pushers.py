"""Who pushed a pull request's commits, by GitHub's own record of its branch: pure, but for the questions it is given.

The record is read from the newest entry back to where the branch had nothing of its own. Who brought a commit that is part of
the pull request pushed to it; so did who brought one that was replaced since, as what is there now may be made of it. Who made
the branch of a commit of the base, or set it back to one, brought nothing. A branch that was deleted and made again where it had
been, as GitHub's button to restore it does, has the record of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from typing import Final

from agentowners.change.model import Account
from agentowners.github.model import Activity
from agentowners.identity.accounts import is_web_flow, same_account

MAX_LOOKUPS: Final = 10
"""As many entries are looked into; whoever is named by a further one pushed."""
_ONWARD: Final = frozenset({"push", "pr_merge", "merge_queue_merge"})
"""Moves after which the commit before is an ancestor.
Source: https://docs.github.com/en/rest/repos/repos#list-repository-activities"""


@dataclass(slots=True)
class Trail:
    """What a branch's record says about a pull request."""

    certain: list[Activity] = field(default_factory=list)
    """Moves that brought something."""
    doubtful: list[Activity] = field(default_factory=list)
    """Moves that may have brought nothing but commits of the base."""
    whole: bool = False
    """Whether the record goes from the head back to where the branch had nothing of its own, without a gap."""


def trail(record: Iterable[Activity], head: str, own: Set[str], merges: Set[tuple[str | None, str]]) -> Trail:
    """Sort out a branch's record.

    Args:
        record: newest first; read no further than needed.
        head: the pull request's newest commit.
        own: its commits.
        merges: moves, from one commit to another, by which nothing but a merge came that may be of the base.
    """
    found = Trail()
    tip: str | None = head
    gap = False
    made: str | None = None
    for move in record:
        if made is not None and (move.after is not None or move.before != made):
            break
        if move.after is None:
            if made is not None:
                # made anew where it had been deleted: what is on it was brought before that
                tip, made, found.whole = made, None, False
            continue
        # what the event told may be in the record as well
        gap |= move.after not in (tip, head)
        if move.after not in own or (move.before, move.after) in merges:
            found.doubtful.append(move)
        else:
            found.certain.append(move)
        tip = move.before
        onward = move.kind in _ONWARD and move.after in own
        if move.before is None or (onward and move.before not in own):
            found.whole = not gap
            if move.before is not None or move.after not in own:
                break
            made = move.after
    return found


def pushers(found: Trail, known: Iterable[Account], brings_nothing: Callable[[Activity], bool]) -> tuple[Account | None, ...]:
    """Everybody who pushed, each once: None for an account that is gone. GitHub itself is nobody.

    Args:
        found: what the branch's record says.
        known: contributors whom a doubtful move makes no more of one.
        brings_nothing: asked about a doubtful move of anybody else.
    """
    named = [move.actor for move in found.certain]
    lookups = 0
    for move in found.doubtful:
        if any(_same(move.actor, other) for other in (*named, *known)):
            continue
        lookups += 1
        if lookups > MAX_LOOKUPS or not brings_nothing(move):
            named.append(move.actor)
    once: list[Account | None] = []
    for account in named:
        if not any(_same(account, other) for other in once) and (account is None or not is_web_flow(account, None)):
            once.append(account)
    return tuple(once)


def _same(one: Account | None, other: Account | None) -> bool:
    return one is other if one is None or other is None else same_account(one, other)
