"""A login that is a slip of the finger away from a known agent, or made of its name or its vendor's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from agentowners.engine.warnings import is_slip, meant_group
from agentowners.identity.accounts import bare_login
from agentowners.identity.catalogue import VENDORS
from agentowners.identity.match import Names
from agentowners.lint.model import AccountStatus, LintFinding, LintSubject, check
from agentowners.lint.slips import index, near
from agentowners.lint.walk import by_key
from agentowners.policy.patterns import GROUP_WORDS, ascii_lower

_SHORTEST: Final = 4
"""A shorter name is near too many."""
_SHORT: Final = 6
"""Up to this length another letter makes another name: `kevin` is no slip for `devin`."""
_KINDS: Final = frozenset(
    {"agent", "ai", "app", "assistant", "bot", "cli", "code", "coding", "dev", "github", "google", "review"}
)
"""Words that tell what something is, and not who."""
_WORDS: Final = frozenset({"factor"})
"""Names in their own right."""


@check("unknown-agent", "a principal is nearly, or is made of, the name of a known agent")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal without a slash that nothing defines, and that is nearly a known identity or one of its logins."""
    known = _AgentNames(subject.names)
    standings = subject.facts.standings or {}
    for key, places in by_key(subject).items():
        if meant_group(key) is not None or standings.get(key) is AccountStatus.THERE:
            continue
        meant = known.meant(key)
        for at in places if meant is not None else ():
            help = f"did you mean `@{meant}`? if it is an account, write `@login:{at.pattern.text}`"
            yield mistake.finding(f"`{at.pattern}` is no known agent", at.span(subject), help)


def meant_among(logins: Iterable[str], names: Names) -> dict[str, str]:
    """The known agent or the group that is surely meant by each of the logins that is neither."""
    known = _AgentNames(names)
    found: dict[str, str] = {}
    for login in logins:
        key = ascii_lower(login)
        meant = known.meant(key) or meant_group(key)
        if meant is not None and not known.has(key):
            found[login] = meant
    return found


class _AgentNames:
    """Names of known agents."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._written = {key: key for key in names.identities if "/" not in key}
        self._written |= {alias: identity for alias, identity in names.aliases.items() if alias not in self._written}
        for definition in names.definitions:
            for login in definition.logins if "/" not in definition.name else ():
                bare = ascii_lower(bare_login(login))
                self._written.setdefault(bare, bare)
                self._written.setdefault(ascii_lower(login), bare)
        self._by_slip = index(self._written)

    def has(self, key: str) -> bool:
        """True if a name in lower case is a group's, or means an agent."""
        return key in GROUP_WORDS or key in self._written or self._names.alias_of(key) is not None

    def meant(self, key: str) -> str | None:
        """The name to write for one that means no agent, and was surely meant to."""
        if self.has(key) or any(char in key for char in "/*:"):
            return None
        return self._made_of(bare_login(key)) or self._slip(key)

    def _made_of(self, key: str) -> str | None:
        """The agent whose name, or whose vendor's, is one of a name's words, where the others name nobody."""
        words = re.split(r"[-_.]", key)
        agents = {VENDORS.get(word, word) for word in words} & self._names.identities
        left = [word for word in words if word not in agents and word not in VENDORS and word not in _KINDS]
        return agents.pop() if len(agents) == 1 and not left else None

    def _slip(self, key: str) -> str | None:
        if len(key) <= _SHORTEST:
            return None
        return next((self._written[name] for name in near(key, self._by_slip) if _is_nearly(key, name)), None)


def _is_nearly(key: str, name: str) -> bool:
    if len(name) <= _SHORTEST or key in _WORDS or not is_slip(key, name):
        return False
    if key[:-1] == name and key[-1] != name[-1]:
        return False  # a name made from another: `factory1`, `geminis`
    return len(name) > _SHORT or len(key) != len(name) or sorted(key) == sorted(name)
