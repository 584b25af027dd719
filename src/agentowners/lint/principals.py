"""Which principals of a policy's text certainly mean everybody whom another one means."""

from __future__ import annotations

from typing import Final

from agentowners.identity.accounts import bare_login
from agentowners.identity.globs import matches
from agentowners.identity.match import Names
from agentowners.identity.model import Group
from agentowners.policy.patterns import LOGIN_PREFIX, PrincipalPattern, ascii_lower
from agentowners.proof.prover import PatternSet, Prover
from agentowners.proof.search import Domain

ANYONE: Final = "anyone"
_GROUPS: Final = frozenset(group.value for group in Group)


class Inclusion:
    """Answers of the form: wherever a rule for the one matches, so does a rule for the other, as strict evidence or stricter."""

    def __init__(self, names: Names, prover: Prover) -> None:
        """Remember what the policy's names mean."""
        self._names = names
        self._prover = prover
        self._wider: dict[str, tuple[str, ...]] = {}
        self._wildcards: dict[tuple[str, str], bool] = {}

    def keys(self, principals: tuple[PrincipalPattern, ...]) -> frozenset[str]:
        """The keys of a rule's principals; all groups together are anyone."""
        keys = frozenset(principal.key for principal in principals)
        return keys | {ANYONE} if keys >= _GROUPS else keys

    def wider(self, principal: PrincipalPattern) -> tuple[str, ...]:
        """Keys without wildcards, of which each means at least everybody whom the principal means; its own among them."""
        keys = self._wider.get(principal.key)
        if keys is None:
            keys = self._wider[principal.key] = tuple(dict.fromkeys(self._wider_keys(principal)))
        return keys

    def group(self, principal: PrincipalPattern) -> str | None:
        """The group of everybody whom a principal means, where that is certain."""
        if not principal.is_wildcard:
            group = self._names.group_of(principal)
            return None if group == ANYONE else group
        if principal.key not in {f"{namespace}*" for namespace in self._names.namespaces}:
            return None
        # A name with a slash is nobody's login, so these are the namespace's identities, and those defined one by one.
        inside = (d for d in self._names.definitions if matches(principal.key, d.name) or ascii_lower(d.name) == principal.key)
        groups = {definition.group for definition in inside}
        return groups.pop().value if len(groups) == 1 else None

    def wildcard_covers(self, wildcard: PrincipalPattern, principal: PrincipalPattern) -> bool:
        """True if a wildcard certainly means everybody whom another principal means."""
        key = (wildcard.key, principal.key)
        answer = self._wildcards.get(key)
        if answer is None:
            answer = self._wildcards[key] = self._wildcard_covers(wildcard, principal)
        return answer

    def _wider_keys(self, principal: PrincipalPattern) -> list[str]:
        key = principal.key
        keys = [key, ANYONE]
        group = self.group(principal)
        if group is not None:
            keys.append(group)
        login = key.removeprefix(LOGIN_PREFIX)
        if self._is_login(principal):
            spellings = {login, bare_login(login)}
            keys += [f"{LOGIN_PREFIX}{name}" for name in spellings]
            keys += [name for name in spellings if not self._names.is_defined(name) and name not in {*_GROUPS, ANYONE}]
        return keys

    def _is_login(self, principal: PrincipalPattern) -> bool:
        """True if a principal means an account by its login, and nobody else."""
        key = principal.key
        if principal.group is not None or principal.is_wildcard:
            return False
        return key.startswith(LOGIN_PREFIX) or ("/" not in key and not self._names.is_defined(key))

    def _wildcard_covers(self, wildcard: PrincipalPattern, principal: PrincipalPattern) -> bool:
        if principal.group is not None:
            return False
        only_logins = wildcard.key.startswith(LOGIN_PREFIX)
        glob, name = wildcard.key.removeprefix(LOGIN_PREFIX), principal.key.removeprefix(LOGIN_PREFIX)
        if principal.is_wildcard:
            if only_logins and not principal.key.startswith(LOGIN_PREFIX):
                return False
            return self._prover.is_within(PatternSet((name,)), [PatternSet((glob,))], Domain.NAMES)
        if self._is_login(principal):
            return matches(glob, name)
        # an identity: what is not defined and has a slash may be a team, and no wildcard means a team
        return not only_logins and self._names.is_defined(principal.key) and matches(glob, name)
