"""Contributors as a policy can tell them apart: one for each name, signal and strength of evidence that two policies speak of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, combinations, islice, product
from typing import Final

from msgspec.structs import replace

from agentowners.change.model import Account, Evidence, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.identity.accounts import BOT_SUFFIX, bare_login
from agentowners.identity.globs import matches
from agentowners.identity.index import index_of, named
from agentowners.identity.match import Names, Team
from agentowners.identity.model import Group
from agentowners.identity.resolve import definitions
from agentowners.policy.model import AgentEntry, Policy, Rule
from agentowners.policy.patterns import LOGIN_PREFIX, PrincipalPattern, ascii_lower
from agentowners.proof.cast import Actor, Cast, Trust
from agentowners.proof.kinds import kinds_of, tokens_of
from agentowners.proof.mentions import observed, only_somewhere, principals_of

_SOMEBODY: Final = "somebody"
_LETTERS: Final = "qxzjkvwyabcdefghilmnoprstu0123456789"
"""Letters of logins that are tried where that one is taken."""
_MOST: Final = 2_000
"""Names that are looked at; a policy that speaks of more is not known in full."""
_MANY_WILDCARDS: Final = 200
_NO_PEOPLE: Final = frozenset({"agents", "bots", "unattributed"})
_MANY_MEMBERS: Final = 4_000
"""Combinations of teams."""


class _Casting:
    """Actors in the making, and doubts about there being others."""

    def __init__(self, policies: Sequence[Policy], owner: str | None) -> None:
        self.policies = policies
        self.patterns = {
            pattern.key.removeprefix("!"): pattern.positive for policy in policies for pattern in principals_of(policy)
        }
        self._meanings = tuple(dict.fromkeys(Names(definitions(policy), owner) for policy in policies))
        self.teams = tuple(self.teams_of(list(self.patterns.values())))
        self.changed = _changed(policies)
        self.actors: dict[Actor, None] = {}
        self.doubts: dict[str, None] = {}

    def add(self, actor: Actor) -> None:
        """Take an actor up, unless its name is nobody's under one of the policies."""
        if actor not in self.actors and _resolves(actor, self.policies):
            self.actors[actor] = None

    def names(self) -> Iterator[str]:
        """Names of those whom principals may mean, identities and accounts; one for each kind that wildcards tell apart."""
        if len(self.patterns) > _MOST:
            self.doubts["more names than are looked at"] = None
        written = [candidate for candidate in islice(self.patterns.values(), _MOST) if candidate.group is None]
        plain = [pattern.text for pattern in written if not pattern.is_wildcard]
        wild = [ascii_lower(pattern.text).removeprefix(LOGIN_PREFIX) for pattern in written if pattern.is_wildcard]
        yield from plain
        for name in map(ascii_lower, plain):
            if any(self._has_other_account(name, own) for own in self._meanings):
                yield f"{LOGIN_PREFIX}{name}"
            if len({own.is_defined(name) for own in self._meanings}) > 1:
                yield f"{LOGIN_PREFIX}{name}{BOT_SUFFIX}"
        yield from self._defined(wild[:_MANY_WILDCARDS])
        texts = (
            text for own in self._meanings for definition in own.definitions for text in (definition.name, *definition.logins)
        )
        yield from self.kinds("names", wild, [*plain, *texts], suffix=BOT_SUFFIX, not_last="/")

    def nobody(self, suffix: str = "") -> str | None:
        """A login that nothing means, or that of a bot, which its name means, too; None where there is none."""
        globs, literals = self._logins()
        wild = {ascii_lower(pattern.text).removeprefix(LOGIN_PREFIX) for pattern in self.patterns.values()}
        if not wild.isdisjoint({"*", "**", f"*{suffix}", f"**{suffix}"}):
            return None  # of whatever wildcards tell apart, there is one of each kind
        texts = (_SOMEBODY, *map("".join, product(_LETTERS, repeat=2)))
        name = next((text for text in texts if not _is_meant((text, f"{text}{suffix}"), globs, literals)), None)
        if name is None:
            self.doubts["no login is found that no wildcard means"] = None
        return None if name is None else f"{name}{suffix}"

    def unnamed_bot(self) -> str | None:
        """Login of a bot of the catalogue that nothing names; None where each is named."""
        globs, literals = self._logins()
        bots = [
            definition for definition in self._meanings[0].definitions if definition.group is Group.BOTS and definition.logins
        ]
        for bot in bots:
            texts = (ascii_lower(text).removesuffix(BOT_SUFFIX) for text in (bot.name, *bot.logins))
            if not any(_is_meant((text, f"{text}{BOT_SUFFIX}"), globs, literals) for text in texts) and all(
                bot in own.definitions for own in self._meanings
            ):
                return bot.logins[0]
        return None

    def _logins(self) -> tuple[frozenset[str], frozenset[str]]:
        """Wildcards over names that the policies hold, and their other names."""
        written = [
            ascii_lower(pattern.text).removeprefix(LOGIN_PREFIX) for pattern in self.patterns.values() if pattern.group is None
        ]
        entries = [entry for policy in self.policies for layer in policy.layers for entry in layer.agents]
        written += [ascii_lower(text) for entry in entries for text in (entry.name, *entry.logins)]
        return frozenset(text for text in written if "*" in text), frozenset(text for text in written if "*" not in text)

    def _has_other_account(self, name: str, own: Names) -> bool:
        """True if a name means an identity, and an account of that spelling is somebody else."""
        if not own.is_defined(name) and name not in own.aliases:
            return False
        known = index_of(own.definitions)
        try:
            return named(name, known).identity != named(f"{LOGIN_PREFIX}{name}", known).identity
        except AgentownersError:
            return False

    def _defined(self, wild: Sequence[str]) -> Iterator[str]:
        """Identities, and their accounts, that wildcards mean: one for each kind that they tell apart."""
        if not wild:
            return

        def meant(text: str) -> frozenset[str]:
            spellings = {ascii_lower(text), bare_login(ascii_lower(text))}
            return frozenset(glob for glob in wild for spelling in spellings if matches(glob, spelling))

        seen: set[tuple[object, ...]] = set()
        for definition in dict.fromkeys(definition for own in self._meanings for definition in own.definitions):
            logins = [login for login in definition.logins if "*" not in login]
            by_logins = frozenset[str]().union(*map(meant, logins))
            for text in (definition.name, *logins):
                kind = (text == definition.name, definition.group, meant(text), by_logins)
                if (kind[2] or by_logins) and kind not in seen and "*" not in text:
                    seen.add(kind)
                    yield text

    def accounts_apart(self, claim: Rule | None) -> tuple[Account | str, ...]:
        """Accounts of which a statement may say something else than of others in the same team: agents that a policy defines by
        an account, people who are left out, have a default or are only observed, and those whom a claim is about."""
        layers = [layer for policy in self.policies for layer in policy.layers]
        entries = [entry for layer in layers for entry in layer.agents]
        globs = {ascii_lower(login) for entry in entries for login in entry.logins if "*" in login}
        logins = [login for entry in entries for login in entry.logins if "*" not in login]
        logins += [login for login in self._kinds_of_logins if any(matches(glob, login) for glob in globs)]
        named = [pattern for policy in self.policies for pattern in principals_of(policy) if pattern.negative]
        named += [*(default.principal for layer in layers for default in layer.defaults), *observed(self.policies)]
        logins += self.people([*named, *(() if claim is None else claim.principals)])
        accounts = [Account(f"account-{id}", id) for entry in entries for id in entry.ids if not entry.logins]
        # the accounts of Apps are in no team
        return tuple(dict.fromkeys([*(login for login in logins if not login.endswith(BOT_SUFFIX)), *accounts]))

    def people(self, named: Iterable[PrincipalPattern]) -> list[str]:
        """Logins that principals mean and that are no known agent's, one of each kind that wildcards describe."""

        def is_login(name: str) -> bool:
            known = any(own.is_defined(name) or name in own.aliases for own in self._meanings)
            return not known and "/" not in name and not name.endswith(BOT_SUFFIX)

        names = dict.fromkeys(ascii_lower(pattern.text) for pattern in named if pattern.group is None)
        globs = [name.removeprefix(LOGIN_PREFIX) for name in names if "*" in name]
        people = [name.removeprefix(LOGIN_PREFIX) for name in names if "*" not in name and is_login(name)]
        return [
            *people,
            *(kind for kind in self._kinds_of_logins if any(matches(glob, kind) for glob in globs) and is_login(kind)),
        ]

    @cached_property
    def _kinds_of_logins(self) -> tuple[str, ...]:
        """A login of each kind that the wildcards of principals and of definitions tell apart."""
        globs, literals = self._logins()
        return tuple(self.kinds("logins", sorted(globs), literals, not_last="/"))

    def teams_of(self, named: Iterable[PrincipalPattern]) -> list[Team]:
        """Teams that principals may mean."""
        teams = (own.team(pattern.positive) for pattern in named for own in self._meanings)
        return list(dict.fromkeys(team for team in teams if team is not None))

    def kinds(
        self, what: str, wild: Sequence[str], plain: Iterable[str], *, any_run: bool = False, suffix: str = "", not_last: str = ""
    ) -> Iterator[str]:
        """A text for each kind that globs tell apart."""
        if len(wild) > _MANY_WILDCARDS:
            self.doubts[f"more wildcards for {what} than are looked at"] = None
        kinds = kinds_of(
            wild[:_MANY_WILDCARDS], {ascii_lower(text) for text in plain}, any_run=any_run, suffix=suffix, not_last=not_last
        )
        if not kinds.complete:
            self.doubts[f"more kinds of {what} than are told apart"] = None
        yield from kinds.texts

    def of(self, what: str, globs: Callable[[AgentEntry], Iterable[str]], *, any_run: bool = False) -> Iterator[str]:
        """Texts that show identities which not all of the policies define alike, by one kind of signal."""
        texts = dict.fromkeys(text for entry in self.changed for text in globs(entry))
        if not texts:
            return
        everywhere = [
            text for policy in self.policies for layer in policy.layers for agent in layer.agents for text in globs(agent)
        ]
        yield from (text for text in texts if "*" not in text)
        wild = [ascii_lower(text) for text in dict.fromkeys([*texts, *everywhere]) if "*" in text]
        if any("*" in text for text in texts):
            yield from self.kinds(what, wild, [text for text in everywhere if "*" not in text], any_run=any_run)


def cast(policies: Sequence[Policy], owner: str | None, claim: Rule | None = None) -> Cast:
    """Enumerate the actors of policies that are compared; with ``claim`` only where that rule holds."""
    casting = _Casting(policies, owner)
    for group in Group:
        for trust in Trust:
            casting.add(_declared(group.value, trust, is_group=True))
    for name in casting.names():
        for spelling in _spellings(name):
            for trust in Trust:
                casting.add(_declared(spelling, trust))
    for actor in _in_no_team(casting):
        casting.add(actor)
    for evidence, name in _signals(casting):
        for trust in Trust:
            if (trust is Trust.VERIFIED) is (evidence.strength is Strength.VERIFIED):
                casting.add(Actor(name, trust, evidence))
    _add_members(casting, claim)
    return Cast(tuple(casting.actors), casting.teams, tuple(casting.doubts))


def cast_of(name: str, policies: Sequence[Policy], owner: str | None) -> Cast:
    """One principal alone, with or without the at-sign, with every strength of evidence."""
    whole = _Casting(policies, owner)
    bare = name.removeprefix("@")
    for trust in Trust:
        whole.add(_declared(bare, trust, is_group=ascii_lower(bare) in {group.value for group in Group}))
    for actor in _in_no_team(whole):
        if actor.stands_for == f"@{ascii_lower(bare)}":
            whole.add(actor)
    return Cast(tuple(whole.actors), whole.teams, tuple(whole.doubts))


def _in_no_team(casting: _Casting) -> Iterator[Actor]:
    """Somebody of each group who is certainly in none of the teams: nobody in particular of a group may be in any, so that what
    restricts a team restricts that one too. An identity or an account that nobody made a commit with is in none as it is."""
    if not casting.teams:
        return
    accounts = {
        Group.HUMANS: casting.nobody(),
        Group.AGENTS: casting.nobody(BOT_SUFFIX),
        Group.BOTS: casting.unnamed_bot(),
    }
    for group, login in accounts.items():
        for trust in Trust if login is not None else ():
            actor = _declared(f"{LOGIN_PREFIX}{login}", trust)
            yield replace(actor, name=f"@{login}", stands_for=f"@{group.value}")


def _add_members(casting: _Casting, claim: Rule | None) -> None:
    """Somebody in each team, and in several at once: one for a rule that asks, one for each statement that may take its place or
    leave them out, and one for a claim that is about a team itself.

    A rule about a person is one in whatever team: only where a team is left out, only observed or has a default, or where what is
    said of a team takes the place of a person's default, it may matter less.
    """
    if not casting.teams:
        return
    patterns = [pattern for policy in casting.policies for pattern in principals_of(policy)]
    defaults = [[layer.defaults for layer in policy.layers if layer.defaults] for policy in casting.policies]
    of_people = [
        default.principal for own in defaults for some in own for default in some if default.principal.group not in _NO_PEOPLE
    ]
    layers = max(map(len, defaults))
    only_observed = observed(casting.policies)
    let_go = casting.teams_of([*(pattern for pattern in patterns if pattern.negative), *only_observed])
    most = 1 + layers + len(let_go) + (claim is not None)
    members: list[Account | str] = [_SOMEBODY, *casting.accounts_apart(claim)]
    alone = only_somewhere(casting.policies)
    everybody = casting.people(patterns)
    is_changed = only_observed or len({tuple(own) for own in defaults}) > 1
    whom, where = (everybody, casting.teams) if is_changed else (casting.people(alone), casting.teams_of(alone))
    claimed = () if claim is None else claim.principals
    apart = list(dict.fromkeys([*let_go, *casting.teams_of([*of_people, *claimed])]))
    beside = (
        (login, tuple(dict.fromkeys([*own, *more])))
        for size in range(1, min(layers if of_people else 0, len(casting.teams)) + 1)
        for own in combinations(casting.teams, size)
        for login in (whom if frozenset(own).isdisjoint(where) else everybody)
        for left_out in range(len(let_go) + 1)
        for more in combinations(let_go, left_out)
    )
    people = everybody if of_people else whom
    some = chain(_in_teams(members, casting.teams, most), _in_teams(people, apart, len(let_go) + layers + bool(claimed)), beside)
    for member, teams in islice(some, _MANY_MEMBERS):
        name = member if isinstance(member, str) else member.login
        label = f"{teams[0].owner}/{teams[0].slug}" if name == _SOMEBODY else name
        for trust in Trust:
            strength = Strength.VERIFIED if trust is Trust.VERIFIED else Strength.ASSERTED
            evidence = (
                Evidence(Signal.DECLARED, strength, name=f"{LOGIN_PREFIX}{member}")
                if isinstance(member, str)
                else Evidence(Signal.AUTHOR if trust is Trust.VERIFIED else Signal.PUSHER, strength, member)
            )
            casting.add(Actor(f"@{label}", trust, evidence, frozenset(teams)))
    if next(some, None) is not None:
        casting.doubts["more combinations of teams than are looked at"] = None


def _in_teams(
    members: Sequence[Account | str], teams: Sequence[Team], most: int
) -> Iterator[tuple[Account | str, tuple[Team, ...]]]:
    """Each member in each team, and in up to so many at once; in fewer teams first."""
    sizes = range(1, min(most, len(teams)) + 1)
    return ((member, some) for size in sizes for some in combinations(teams, size) for member in members)


def _spellings(name: str) -> list[str]:
    """A name, and that of a bot of it."""
    return [name] if "/" in name or name.endswith(BOT_SUFFIX) else [name, f"{name}{BOT_SUFFIX}"]


def _declared(name: str, trust: Trust, *, is_group: bool = False) -> Actor:
    strength = Strength.VERIFIED if trust is Trust.VERIFIED else Strength.ASSERTED
    return Actor(f"@{name}", trust, Evidence(Signal.DECLARED, strength, name=name), is_group=is_group)


def _changed(policies: Sequence[Policy]) -> list[AgentEntry]:
    """Identities that not all of the policies define alike."""
    each = [[entry for layer in policy.layers for entry in layer.agents] for policy in policies]
    return [entry for own in each for entry in own if not all(entry in others for others in each)]


def _signals(casting: _Casting) -> Iterator[tuple[Evidence, str]]:
    """Evidence that would show an identity which not all of the policies define alike.

    Each signal by itself is enough: what several show together is what each of them shows, and a branch that a person's change
    has shows less then, on both sides.
    """
    accounts = [Account(login) for login in casting.of("logins", lambda entry: entry.logins)]
    accounts += [Account(f"account-{id}", id) for entry in casting.changed for id in entry.ids]
    for account in dict.fromkeys(accounts):
        yield Evidence(Signal.AUTHOR, Strength.VERIFIED, account), f"@{account.login}"
        yield Evidence(Signal.PUSHER, Strength.ASSERTED, account), f"@{account.login}"
    for email in casting.of("e-mails", lambda entry: entry.emails):
        yield Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, email=email), email
    for signal, what, globs, any_run in _WRITTEN:
        for text in casting.of(what, globs, any_run=any_run):
            yield Evidence(signal, Strength.ASSERTED, text=text), text
    tokens, doubts = tokens_of(casting.policies, dict.fromkeys(oidc.issuer for entry in casting.changed for oidc in entry.oidc))
    casting.doubts.update(dict.fromkeys(doubts))
    yield from tokens


_WRITTEN: Final[tuple[tuple[Signal, str, Callable[[AgentEntry], Iterable[str]], bool], ...]] = (
    (Signal.BRANCH, "branches", lambda entry: entry.branches, False),
    (Signal.TRAILER, "trailers", lambda entry: entry.trailers, True),
    (Signal.BODY, "descriptions", lambda entry: entry.descriptions, True),
)


def _is_meant(spellings: Iterable[str], globs: Iterable[str], literals: Collection[str]) -> bool:
    """True if one of some wildcards or names means a login by one of its spellings."""
    return any(spelling in literals or any(matches(glob, spelling) for glob in globs) for spelling in spellings)


def _resolves(actor: Actor, policies: Iterable[Policy]) -> bool:
    """True if the name is somebody's under every policy."""
    if actor.evidence.signal is not Signal.DECLARED:
        return True
    try:
        for policy in policies:
            named(ascii_lower(actor.evidence.name or ""), index_of(definitions(policy)))
    except AgentownersError:
        return False
    return True
