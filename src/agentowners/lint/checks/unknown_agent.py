"""A login that is a slip of the finger away from a known agent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agentowners.diagnostics import Severity
from agentowners.engine.warnings import is_slip, meant_group
from agentowners.identity.accounts import bare_login
from agentowners.identity.match import Names
from agentowners.lint.model import AccountStatus, Check, LintFinding, LintSubject
from agentowners.lint.slips import Index, index, near
from agentowners.lint.walk import by_key
from agentowners.policy.patterns import GROUP_WORDS, ascii_lower

_SHORTEST: Final = 4
"""A shorter name is near too many."""
_SHORT: Final = 6
"""Up to this length another letter makes another name: `kevin` is no slip for `devin`."""
_WORDS: Final = frozenset({"factor"})
"""Names in their own right."""


def run(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal without a slash that nothing defines, and that is nearly a known identity or one of its logins."""
    known = _known(subject.names)
    standings = subject.facts.standings or {}
    by_slip = index(known)
    for key, places in by_key(subject).items():
        if key in known or key in GROUP_WORDS or meant_group(key) is not None or standings.get(key) is AccountStatus.THERE:
            continue
        meant = _meant(key, by_slip)
        for at in places if meant is not None else ():
            help = f"did you mean `@{known[meant or key]}`? if it is an account, write `@login:{at.pattern.text}`"
            yield CHECK.finding(f"`{at.pattern}` is no known agent", at.span(subject), help)


def meant_by(login: str, names: Names) -> str | None:
    """The known agent or the group that a login, which is neither, is one slip away from; None where there is none."""
    return meant_among([login], names).get(login)


def meant_among(logins: Iterable[str], names: Names) -> dict[str, str]:
    """As ``meant_by``, of many logins: those that are a slip, each with what was meant."""
    known = _known(names)
    by_slip = index(known)
    found: dict[str, str] = {}
    for login in logins:
        key = ascii_lower(login)
        if key in known or key in GROUP_WORDS:
            continue
        agent = _meant(key, by_slip)
        meant = meant_group(key) if agent is None else known[agent]
        if meant is not None:
            found[login] = meant
    return found


def _known(names: Names) -> dict[str, str]:
    """Names of known agents, each with the name to write."""
    found = {key: key for key in names.identities if "/" not in key}
    found |= {alias: identity for alias, identity in names.aliases.items() if alias not in found}
    for definition in names.definitions:
        for login in definition.logins if "/" not in definition.name else ():
            bare = ascii_lower(bare_login(login))
            found.setdefault(bare, bare)
            found.setdefault(ascii_lower(login), bare)
    return found


def _meant(key: str, known: Index) -> str | None:
    if len(key) <= _SHORTEST or any(char in key for char in "/*:"):
        return None
    return next((name for name in near(key, known) if _is_nearly(key, name)), None)


def _is_nearly(key: str, name: str) -> bool:
    if len(name) <= _SHORTEST or key in _WORDS or not is_slip(key, name):
        return False
    if key[:-1] == name and key[-1] != name[-1]:
        return False  # a name made from another: `factory1`, `geminis`
    return len(name) > _SHORT or len(key) != len(name) or sorted(key) == sorted(name)


CHECK = Check("unknown-agent", Severity.WARNING, "a principal is one slip away from a known agent", run)
