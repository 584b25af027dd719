"""Differences of two policies beside the points: settings, who is a person, and promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from agentowners.change.model import Account
from agentowners.engine.settings import STRICTNESS, effective_settings
from agentowners.identity.resolve import definitions, is_agent
from agentowners.policy.expressions import ascii_lower
from agentowners.policy.model import AtCall, Opaque, Policy
from agentowners.policy.statement_text import assert_text
from agentowners.proof.difference import BesideKind, BesidePoints, Direction
from agentowners.proof.kinds import kinds_of

_Witness = tuple[tuple[str, str], ...]


_WITNESSES: Final[Mapping[str, _Witness]] = {
    "dismiss_stale": (("commit", "an older one"),),
    "requester_counts": (("relation", "set the agent to work"),),
    "contributors_count": (("relation", "contributed to the change"),),
    "by_comment": (("given by", "a comment"),),
}
"""A review that counts under the weaker setting only; of a permission it is one of somebody who has no more."""


def beside_points(old: Policy, new: Policy) -> tuple[BesidePoints, ...]:
    """Each difference once, settings first."""
    return (*_settings(old, new), *_calls(old, new), *_tools(old, new), *_reviewers(old, new), *_promises(old, new))


def _settings(old: Policy, new: Policy) -> Iterator[BesidePoints]:
    before, after = effective_settings(old), effective_settings(new)
    permission = min(before.minimum_permission, after.minimum_permission, key=STRICTNESS["minimum_permission"])
    for name, strictness in STRICTNESS.items():
        witness = _WITNESSES.get(name, (("permission", permission.value),))
        yield from _setting(name, getattr(before, name), getattr(after, name), strictness, witness)


def _setting(name: str, old: Any, new: Any, strictness: Callable[[Any], Any], witness: _Witness) -> Iterator[BesidePoints]:
    before, after = strictness(old), strictness(new)
    if before != after:
        how = Direction.LOOSER if after < before else Direction.STRICTER
        old_value, new_value = (str(value).lower() if isinstance(value, bool) else str(value.value) for value in (old, new))
        yield BesidePoints(BesideKind.SETTING, name, old_value, new_value, how, witness)


_CALLS: Final[Sequence[tuple[str, Opaque | AtCall, _Witness]]] = (
    ("opaque", Opaque.FLOW, (("call", "one of which it cannot be told what it touches"),)),
    ("at_call", AtCall.ASK, (("call", "a write that needs an approval"),)),
)
"""Settings of tool calls, each with its standard and a call that shows it."""


def _calls(old: Policy, new: Policy) -> Iterator[BesidePoints]:
    """Settings of tool calls: of all layers the strictest that one says, else the standard."""
    for name, standard, witness in _CALLS:
        strictness = list(type(standard)).index
        each = ([getattr(layer.dispatch, name) for layer in policy.layers] for policy in (old, new))
        before, after = (
            max((choice for choice in choices if choice is not None), key=strictness, default=standard) for choices in each
        )
        yield from _setting(f"dispatch {name}", before, after, strictness, witness)


def _tools(old: Policy, new: Policy) -> Iterator[BesidePoints]:
    """Entries of tools. A tool that has one on one side only is judged otherwise there: what is not mapped cannot be told."""
    before, after = _entries(old), _entries(new)
    for name in dict.fromkeys([*before, *after]):
        old_accesses, new_accesses = before.get(name, frozenset()), after.get(name, frozenset())
        if old_accesses != new_accesses:
            how = Direction.INCOMPARABLE
            if old_accesses and new_accesses:
                stricter = Direction.STRICTER if old_accesses < new_accesses else how
                how = Direction.LOOSER if new_accesses < old_accesses else stricter
            witness = (("call", name),)
            yield BesidePoints(BesideKind.SETTING, f"tool {name}", _touched(old_accesses), _touched(new_accesses), how, witness)


def _entries(policy: Policy) -> Mapping[str, frozenset[tuple[str, str]]]:
    """Accesses of each tool, as actions with the arguments that hold their paths."""
    entries: dict[str, frozenset[tuple[str, str]]] = {}
    for tool in (tool for layer in policy.layers for tool in layer.dispatch.tools):
        accesses = frozenset((action.value, path) for action in tool.actions for path in tool.paths or ("",))
        entries[tool.pattern] = entries.get(tool.pattern, frozenset()) | accesses
    return entries


def _touched(accesses: frozenset[tuple[str, str]]) -> str:
    words = [f"{action} {path}".rstrip() for action, path in sorted(accesses)]
    return ", ".join(words) or "not mapped"


def _reviewers(old: Policy, new: Policy) -> Iterator[BesidePoints]:
    """Accounts that were an agent's or a bot's and are a person's now, or the other way round."""
    before, after = definitions(old), definitions(new)
    entries = [entry for policy in (old, new) for layer in policy.layers for entry in layer.agents]
    logins = [ascii_lower(login) for entry in entries for login in entry.logins]
    accounts = [Account(login) for entry in entries for login in entry.logins if "*" not in login]
    accounts += [Account(login) for login in kinds_of([login for login in logins if "*" in login], logins).texts]
    accounts += [Account(f"account-{id}", id) for entry in entries for id in entry.ids]
    for account in dict.fromkeys(accounts):
        old_agent, new_agent = is_agent(account, before), is_agent(account, after)
        if (old_agent is None) is not (new_agent is None):
            how = Direction.LOOSER if new_agent is None else Direction.STRICTER
            name = f"@{account.login}" if account.id is None else f"account {account.id}"
            words = ("person" if old_agent is None else "agent", "person" if new_agent is None else "agent")
            yield BesidePoints(BesideKind.REVIEWER, name, *words, how, (("reviewer", name),))


def _promises(old: Policy, new: Policy) -> Iterator[BesidePoints]:
    """Asserts and modes that are gone."""
    before, after = (Counter(_written(policy)) for policy in (old, new))
    for text in before - after:
        yield BesidePoints(BesideKind.PROMISE, text, "held", "gone", Direction.LOOSER, (("line", text),))


def _written(policy: Policy) -> Iterator[str]:
    for layer in policy.layers:
        for promise in layer.asserts:
            yield assert_text(replace(promise, claim=replace(promise.claim, name=None, reason=None)))
        for mode in layer.modes:
            yield " ".join(map(str, ("mode", mode.mode.value, *mode.principals, *mode.workspace, *mode.approved)))
