"""Names of principals and agents that are nearly others, are nobody's, or may be anybody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import chain, islice
from typing import Final

from agentowners.engine.warnings import given_away, is_slip, is_undefined, loosened, meant_group, open_to_anybody
from agentowners.identity.accounts import bare_login
from agentowners.identity.catalogue import VENDORS
from agentowners.identity.match import Names
from agentowners.lint.model import AccountStatus, LintFinding, LintSubject, check
from agentowners.lint.walk import PrincipalAt, agents, by_key, rule_patterns
from agentowners.policy.line_tree import LineTree
from agentowners.policy.patterns import GROUP_WORDS, ascii_lower
from agentowners.text.wording import quote
from agentowners.values import gathered

_SHORTEST: Final = 4
"""A name of an agent that is no longer is near too many."""
_SHORT: Final = 6
"""Up to this length another letter makes another name: `kevin` is no slip for `devin`."""
_KINDS: Final = frozenset(
    {"agent", "ai", "app", "assistant", "bot", "cli", "code", "coding", "dev", "github", "google", "review"}
)
"""Words that tell what something is, and not who."""
_WORDS: Final = frozenset({"factor"})
"""Names in their own right."""
_SHORTEST_WITH_SLASH: Final = 5
"""A shorter part of a name is near too many: `@acme/sre` is a team beside an agent `acme/sra`."""
_LONGEST: Final = 48
"""A longer name is no login, and its variants would be many."""
_GUESSES: Final = 10
_HELD_AGAINST: Final = 1000
_LENGTH: Final = 64
"""Bounds on what is held against what to find the name that was meant."""


@check("misspelled-default", "a rule about a file is one slip away from a default")
def misspelled_default(subject: LintSubject) -> Iterator[LintFinding]:
    """Each rule of a line about nothing but such a word, where no file or directory is called that."""
    for at in rule_patterns(subject):
        text = at.part.text
        if (
            at.part.negative
            or len(at.statement.patterns) > 1
            or at.statement.refs
            or not text.isalpha()
            or not is_slip(text.lower(), "default")
            or not isinstance(at.layer.tree, LineTree)
        ):
            continue
        if subject.files is None or text.lower() not in subject.files.by_name:
            message = f"{quote(text)} is the name of a file here, and begins no default"
            help = f"did you mean `default`? if it is a file, write `/{text}`"
            yield misspelled_default.finding(message, at.span(subject), help)


@check("misspelled-group", "a principal is one slip away from a group")
def misspelled_group(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal that is one slip away from a group's word, and is no identity."""
    for key, places in by_key(subject).items():
        group = meant_group(key)
        if group is None or subject.names.is_defined(key):
            continue
        for at in places:
            help = f"did you mean `@{group}`? if it is an account, write `@login:{at.part.text}`"
            yield misspelled_group.finding(f"`{at.part}` is an account of that name, and no group", at.span(subject), help)


@check("unknown-agent", "a principal is nearly, or is made of, the name of a known agent")
def unknown_agent(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal without a slash that nothing defines, and that is nearly a known identity or one of its logins."""
    known = _AgentNames(subject.names)
    standings = subject.facts.standings or {}
    for key, places in by_key(subject).items():
        if meant_group(key) is not None or standings.get(key) is AccountStatus.THERE:
            continue
        agent = known.meant(key)
        for at in places if agent is not None else ():
            help = f"did you mean `@{agent}`? if it is an account, write `@login:{at.part.text}`"
            yield unknown_agent.finding(f"`{at.part}` is no known agent", at.span(subject), help)


def meant_among(logins: Iterable[str], names: Names) -> dict[str, str]:
    """The known agent or the group that is surely meant by each of the logins that is neither."""
    known = _AgentNames(names)
    meanings: dict[str, str] = {}
    for login in logins:
        key = ascii_lower(login)
        meaning = known.meant(key) or meant_group(key)
        if meaning is not None and not known.has(key):
            meanings[login] = meaning
    return meanings


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
        self._by_slip = _index(self._written)

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
        return next((self._written[name] for name in _near(key, self._by_slip) if _is_nearly(key, name)), None)


def _is_nearly(key: str, name: str) -> bool:
    if len(name) <= _SHORTEST or key in _WORDS or not is_slip(key, name):
        return False
    if key[:-1] == name and key[-1] != name[-1]:
        return False  # a name made from another: `factory1`, `geminis`
    return len(name) > _SHORT or len(key) != len(name) or sorted(key) == sorted(name)


@check("undefined-name", "nothing defines a name with a slash")
def undefined_name(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal that is no identity, lies in no namespace, and can be no team of the repository's owner; where the owner is
    not known, each that is one slip away from a name of the policy."""
    for places, help in _near_others(subject) if subject.names.owner is None else _undefined(subject):
        for at in places:
            yield undefined_name.finding(f"nothing defines {quote(str(at.part))}", at.span(subject), help)


def _near_others(subject: LintSubject) -> Iterator[tuple[list[PrincipalAt], str]]:
    """Names that are one slip away from a name of the policy, and that one."""
    names = subject.names
    known = _index({*(name for name in names.identities if "/" in name), *(space[:-1] for space in names.namespaces)})
    for key, places in by_key(subject).items():
        owner, slash, rest = key.partition("/")
        if not slash or names.is_defined(key):
            continue
        spaces = (f"{space}/{rest}" for space in _near(owner, known) if "/" not in space and _is_long_slip(owner, space))
        inside = (name for name in _near(key, known) if name.startswith(f"{owner}/"))
        whole = (name for name in inside if _is_long_slip(rest, name[len(owner) + 1 :]))
        guess = next(chain(spaces, whole), None)
        if guess is not None:
            yield places, f"did you mean {quote(f'@{guess}')}?"


def _is_long_slip(name: str, known: str) -> bool:
    return len(known) >= _SHORTEST_WITH_SLASH and is_slip(name, known)


def _undefined(subject: LintSubject) -> Iterator[tuple[list[PrincipalAt], str]]:
    """Names that nothing defines where the owner is known, and how to mend them; of the first few the name that was meant."""
    names = subject.names
    define = f"define it with an `agent` line or under `agents:`; a team of this repository is `@{names.owner}/<team>`"
    undefined = [(key, places) for key, places in by_key(subject).items() if is_undefined(places[0].part, names)]
    for number, (key, places) in enumerate(undefined):
        guess = _most_like(key, names) if number < _GUESSES else None
        yield places, define if guess is None else f"did you mean {quote(f'@{guess}')}?"


def _most_like(key: str, names: Names) -> str | None:
    """The name that was most likely meant: another namespace or owner, else another name."""
    owner, _, rest = key.partition("/")
    spaces = [namespace.removesuffix("/") for namespace in sorted(names.namespaces)[:_HELD_AGAINST]]
    owners = get_close_matches(owner[:_LENGTH], [*spaces, ascii_lower(names.owner or "")], n=1, cutoff=0.75)
    if owners and owners[0] != owner:
        return f"{owners[0]}/{rest}"
    known = (name for name in sorted(names.identities) if "/" in name)
    return next(iter(get_close_matches(key[:_LENGTH], list(islice(known, _HELD_AGAINST)), n=1, cutoff=0.75)), None)


@check("login-without-id", "an agent's login has no id beside it, and can be given away")
def login_without_id(subject: LintSubject) -> Iterator[LintFinding]:
    """Each agent's entry of which that is so."""
    for at in agents(subject):
        remark = given_away(at.entry)
        if remark is not None:
            yield login_without_id.finding(remark[0], at.span(subject), remark[1])


@check("login-by-wildcard", "something is let in by a login with a wildcard, which anybody can have")
def login_by_wildcard(subject: LintSubject) -> Iterator[LintFinding]:
    """Each agent's entry of which that is so."""
    let_in = loosened(subject.policy)
    for at in agents(subject):
        remark = open_to_anybody(at.entry, let_in)
        if remark is not None:
            yield login_by_wildcard.finding(remark[0], at.span(subject), remark[1])


def _index(names: Iterable[str]) -> dict[str, list[str]]:
    """The names by what each may have become, to be looked up by ``_near`` without holding each against each."""
    return gathered((variant, name) for name in names for variant in _variants(name))


def _near(name: str, known: dict[str, list[str]]) -> Iterator[str]:
    """Known names among which every one is that is one slip away."""
    return (word for variant in _variants(name) for word in known.get(variant, ()))


def _variants(name: str) -> Iterator[str]:
    """The name, and what is left when one character is gone: two names that are one slip apart have one of these in common."""
    if len(name) <= _LONGEST:
        yield name
        yield from (name[:at] + name[at + 1 :] for at in range(len(name)))
