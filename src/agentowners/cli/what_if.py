"""Suppositions of a caller: principal, ref, action. Every command that asks "what if" reads these alike."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.cli.shell import UsageError
from agentowners.engine.path_changes import STATUS_OF as STATUS_OF
from agentowners.policy.model import Action

if TYPE_CHECKING:
    from agentowners.policy.model import Policy

UNNAMED_AGENT: Final = Evidence(Signal.DECLARED, Strength.VERIFIED, name="agents")
"""The principal where nobody is named."""


def declared(name: str) -> Evidence:
    """The evidence that ``--as`` gives, with or without the at-sign: as if it were proved.

    Raises:
        UsageError: it names nobody, or more than one.
    """
    from agentowners.policy.patterns import PatternError, PrincipalPattern

    try:
        pattern = PrincipalPattern.parse(name)
    except PatternError as error:
        raise UsageError(f"`--as {name}`: {error.message}", help=error.help) from None
    if pattern.is_wildcard:
        raise UsageError(f"`--as {name}` names more than one principal", help="name one; `--as` may be repeated")
    if pattern.group == "anyone":
        raise UsageError("`--as @anyone` names no principal", help="name one, or a group: `@agents`, `@bots`, `@humans`")
    return Evidence(Signal.DECLARED, Strength.VERIFIED, name=pattern.text)


def refuse_slips(evidence: Sequence[Evidence], policy: Policy) -> None:
    """Make sure that nobody who is supposed to act is a misspelled agent: they would be judged as a person, and people are rarely
    restricted.
    """
    from agentowners.identity.match import Names
    from agentowners.identity.resolve import definitions
    from agentowners.lint.checks.names import meant_among

    meanings = meant_among([each.name for each in evidence if each.name], Names(definitions(policy), None))
    for name, known in meanings.items():
        raise UsageError(
            f"`--as @{name}`: `@{name}` is no known agent", help=f"did you mean `@{known}`? an account is `--as @login:{name}`"
        )


def full_ref(ref: str | None) -> str | None:
    """The full name of a ref that the caller names, by this or as a branch."""
    if ref is None:
        return None
    whole = ref if ref.partition("/")[0] in ("refs", "heads", "tags") else f"refs/heads/{ref}"
    if whole.startswith("refs/") and whole.isprintable() and "" not in ref.split("/"):
        return whole
    named = ref.strip("/")
    help = "name a branch or a tag in it" if f"{named}/".startswith("refs/") else f"write `refs/{named}`"
    raise UsageError(f"`{ref}` is not the full name of a ref", help=help)


def add_action(options: argparse.ArgumentParser | argparse._ArgumentGroup, help: str, default: Action | None = None) -> None:
    """Add ``--action``; the help goes on with the words there are."""
    options.add_argument(
        "--action",
        choices=[action.value for action in Action],
        default=None if default is None else default.value,
        metavar="A",
        help=f"{help}; one of %(choices)s",
    )
