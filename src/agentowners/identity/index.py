"""Definitions made ready to be asked which of them a signal shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from agentowners.change.model import Account
from agentowners.identity.accounts import app_account, bare_login
from agentowners.identity.globs import matches, searches
from agentowners.identity.model import AgentDefinition, Group
from agentowners.policy.model import OidcClaims
from agentowners.policy.patterns import ascii_lower

NAMESPACE: Final = "/*"
UNNAMED: Final = "unnamed"
"""Last segment of an identity in a namespace where nothing says which one it is."""
_MAX_SEGMENT: Final = 100

Claims = Mapping[str, object]
"""Claims of a token, as JSON has them."""


class Index:
    """Looks definitions up by what was observed. Several definitions may share a name; they are one identity."""

    def __init__(self, definitions: tuple[AgentDefinition, ...]) -> None:
        self._definitions = definitions
        self._names: dict[str, str] = {}
        self._groups: dict[str, Group] = {}
        self._ids: dict[int, list[AgentDefinition]] = {}
        self._logins: dict[str, list[AgentDefinition]] = {}
        self._emails: dict[str, list[AgentDefinition]] = {}
        self._login_globs: list[tuple[str, AgentDefinition]] = []
        self._email_globs: list[tuple[str, AgentDefinition]] = []
        for definition in definitions:
            key = ascii_lower(definition.name)
            self._names.setdefault(key, definition.name)
            if self._groups.setdefault(key, definition.group) is not Group.AGENTS:
                self._groups[key] = definition.group
            for id in definition.ids:
                self._ids.setdefault(id, []).append(definition)
            _sort_in(definition, definition.logins, self._logins, self._login_globs)
            _sort_in(definition, definition.emails, self._emails, self._email_globs)

    def group(self, definition: AgentDefinition) -> Group:
        """The identity's group: agents where definitions of one name do not agree."""
        return self._groups[ascii_lower(definition.name)]

    def identity(self, definition: AgentDefinition, segment: str | None = None) -> str:
        """The identity's name as first written; a namespace's with its last segment, or still open where that is None."""
        name = self._names[ascii_lower(definition.name)]
        if segment is None or not name.endswith(NAMESPACE):
            return name
        return name.removesuffix("*") + segment_of(segment)

    def by_account(self, account: Account) -> list[tuple[AgentDefinition, bool]]:
        """Definitions that name an account, and whether it is the one they mean: a login they have under another id is not."""
        found = [(definition, True) for definition in self._ids.get(account.id, ())] if account.id is not None else []
        for definition in _look_up(account.login, self._logins, self._login_globs):
            if all(definition is not known for known, _ in found):
                found.append((definition, account.id is None or not definition.ids))
        return found

    def by_email(self, email: str) -> list[tuple[AgentDefinition, bool]]:
        """Definitions that name an address, and whether they name this very one, not a set of them."""
        exact = self._emails.get(ascii_lower(email), [])
        return [(definition, definition in exact) for definition in _look_up(email, self._emails, self._email_globs)]

    def by_name(self, name: str) -> list[AgentDefinition]:
        """Definitions that name what stands beside an address."""
        return self._by_globs(name, lambda definition: definition.names)

    def by_trailer(self, line: str) -> list[AgentDefinition]:
        """Definitions whose tools write such a trailer."""
        return self._by_globs(line, lambda definition: definition.trailers)

    def by_branch(self, branch: str) -> list[AgentDefinition]:
        """Definitions whose branches are named so."""
        return self._by_globs(branch, lambda definition: definition.branches)

    def by_label(self, label: str) -> list[AgentDefinition]:
        """Definitions whose pull requests are labeled so."""
        return self._by_globs(label, lambda definition: definition.labels)

    def by_app(self, slug: str) -> list[AgentDefinition]:
        """Definitions that a GitHub App acts for, by its slug or by the login of its bot."""
        by_slug = [d for d in self._definitions if any(matches(app, slug) for app in d.apps)]
        return by_slug or [definition for definition, _ in self.by_account(app_account(slug))]

    def by_body(self, text: str) -> list[AgentDefinition]:
        """Definitions whose footers stand in a pull request's own text."""
        return [d for d in self._definitions if any(searches(expression, text) for expression in d.bodies)]

    def by_token(self, claims: Claims) -> list[AgentDefinition]:
        """Definitions that accept a token's issuer and claims."""
        return [d for d in self._definitions if any(_accepts(oidc, claims) for oidc in d.oidc)]

    def by_identity(self, name: str) -> tuple[AgentDefinition, str | None] | None:
        """The definition of an identity, and the segment that fills it where it is a namespace."""
        key = ascii_lower(name)
        space, slash, segment = key.rpartition("/")
        for definition in self._definitions:
            own = ascii_lower(definition.name)
            if own == key and not own.endswith(NAMESPACE):
                return definition, None
            if slash and segment and own == space + NAMESPACE:
                return definition, segment
        return None

    def accounts_of(self, definition: AgentDefinition) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """All logins and ids under an identity's name."""
        same = [d for d in self._definitions if ascii_lower(d.name) == ascii_lower(definition.name)]
        return tuple(login for d in same for login in d.logins), tuple(id for d in same for id in d.ids)

    def _by_globs(self, text: str, globs: Callable[[AgentDefinition], tuple[str, ...]]) -> list[AgentDefinition]:
        return [d for d in self._definitions if any(matches(glob, text) for glob in globs(d))]


@lru_cache(maxsize=16)
def index_of(definitions: tuple[AgentDefinition, ...]) -> Index:
    """The index of some definitions; the same one for the same definitions."""
    return Index(definitions)


def segment_of(text: str) -> str:
    """The last segment of a namespaced identity: one segment whatever the text, so that ``*`` always matches it."""
    return ascii_lower(bare_login(text)).replace("/", "-")[:_MAX_SEGMENT] or UNNAMED


def _sort_in(
    definition: AgentDefinition,
    globs: Iterable[str],
    exact: dict[str, list[AgentDefinition]],
    wild: list[tuple[str, AgentDefinition]],
) -> None:
    for glob in globs:
        if "*" in glob:
            wild.append((glob, definition))
        else:
            exact.setdefault(ascii_lower(glob), []).append(definition)


def _look_up(
    text: str, exact: Mapping[str, list[AgentDefinition]], wild: Iterable[tuple[str, AgentDefinition]]
) -> list[AgentDefinition]:
    found = [*exact.get(ascii_lower(text), ()), *(definition for glob, definition in wild if matches(glob, text))]
    return [definition for at, definition in enumerate(found) if definition not in found[:at]]


def _accepts(oidc: OidcClaims, claims: Claims) -> bool:
    if claims.get("iss") != oidc.issuer:
        return False
    return all(any(matches(glob, value) for value in _texts(claims.get(name))) for name, glob in oidc.claims)


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item) for item in values if isinstance(item, str | int) and not isinstance(item, bool)]
