"""Warnings about a policy once it is known whose repository it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.identity.logins import names_member, wildcards_without_id, without_id
from agentowners.identity.match import Names
from agentowners.policy.model import AgentEntry, AgentGroup, Layer, ModeLine, Policy, Rule, Unprotect
from agentowners.policy.patterns import GROUP_WORDS, LOGIN_PREFIX, PrincipalPattern, ascii_lower
from agentowners.policy.warnings import layer_warnings
from agentowners.text.wording import quote

_SHOWN: Final = 2
_OTHER_WORDS: Final = {
    **dict.fromkeys(("all", "anybody", "everybody", "everyone"), "anyone"),
    **dict.fromkeys(("ai", "ais", "ai-agents", "ai_agents", "llm", "llms"), "agents"),
}
"""Other words for groups."""


def warnings(policy: Policy, names: Names) -> tuple[Diagnostic, ...]:
    """Everything about the policy's text that is worth a warning in this repository: what the text alone told, and more."""
    outweighed = (warning for layer in policy.layers for warning in layer_warnings(layer, names.group_of))
    known = frozenset(policy.diagnostics)
    return (
        *policy.diagnostics,
        *(d for d in outweighed if d not in known),
        *undefined_names(policy, names),
        *doubtful_logins(policy),
    )


def undefined_names(policy: Policy, names: Names) -> Iterator[Diagnostic]:
    """Warn of each name with a slash that no ``agents`` entry, no catalogue and no team of the owner explains, and of each
    that looks like a slip for a group; once a layer."""
    help_undefined = "define it with an `agent` line or under `agents:`"
    if names.owner is not None:
        help_undefined += f"; a team of this repository is `@{names.owner}/<team>`"
    for layer in policy.layers:
        seen: set[str] = set()
        for pattern, span in _principals(layer):
            key = ascii_lower(pattern.text)
            if span is None or key in seen:
                continue
            seen.add(key)
            group = None if names.is_defined(key) else meant_group(key)
            if group is not None:
                help = f"did you mean `@{group}`? if it is an account, write `@login:{pattern.text}`"
                message = f"`@{pattern.text}` is an account of that name, and no group"
                yield Diagnostic("misspelled-group", Severity.WARNING, message, span, help)
            if is_undefined(pattern, names):
                message = f"nothing defines `@{pattern.text}`"
                yield Diagnostic("undefined-name", Severity.WARNING, message, span, help_undefined)


def doubtful_logins(policy: Policy) -> Iterator[Diagnostic]:
    """Warn of each agent's entry that rests on a login which can be given away, and of each by which anybody could be let in."""
    let_in = loosened(policy)
    for entry in (entry for layer in policy.layers for entry in layer.agents):
        if entry.span is not None:
            for id, fault in (("login-without-id", given_away(entry)), ("login-by-wildcard", open_to_anybody(entry, let_in))):
                if fault is not None:
                    yield Diagnostic(id, Severity.WARNING, fault[0], entry.span, fault[1])


def given_away(entry: AgentEntry) -> tuple[str, str] | None:
    """The fault of an entry whose logins can be given away, and the way out; None where there is none."""
    logins = without_id(entry)
    if not logins:
        return None
    names = " and ".join(quote(login) for login in logins[:_SHOWN]) + (
        f" and {len(logins) - _SHOWN} more" if logins[_SHOWN:] else ""
    )
    is_one = "is a login" if len(logins) == 1 else "are logins"
    help = f"add the account's id, `id=<number>`: it is the `id` in `GET /users/{logins[0]}`"
    return f"{names} {is_one} without an id, and an account can take another login", help


def loosened(policy: Policy) -> dict[PrincipalPattern, str]:
    """Principals for whom a policy's text loosens something, each with the id of the first statement that does."""
    first: dict[PrincipalPattern, str] = {}
    for layer in policy.layers:
        statements = [(p, rule.id) for rule in layer.rules for p in rule.principals if p.negative is rule.decision.restricts]
        statements += [(p, line.id) for line in layer.unprotects for p in line.principals]
        statements += [(each.principal, each.id) for each in layer.defaults if not each.outcome.decision.restricts]
        for pattern, id in statements:
            first.setdefault(pattern, id)
    return first


def open_to_anybody(entry: AgentEntry, let_in: Mapping[PrincipalPattern, str]) -> tuple[str, str] | None:
    """The fault of an entry by whose logins with wildcards anybody would be let in, were they not asserted there, and the way
    out; None where there is none. ``let_in`` is the policy's ``loosened``."""
    wildcards = wildcards_without_id(entry)
    if not wildcards:
        return None
    what = "group=bots" if entry.group is AgentGroup.BOTS else next((let_in[p] for p in let_in if names_member(p, entry)), None)
    if what is None:
        return None
    message = f"{quote(what)} rests on {quote(wildcards[0])}, which anybody's login can fit, and so loosens nothing by that alone"
    return message, "add the accounts' ids, `id=<number>`, or name each login"


def meant_group(name: str) -> str | None:
    """The group that a name, in lower case, was most likely meant for: by its singular, another word, or a slip of one key."""
    if name in GROUP_WORDS or "*" in name or "/" in name:
        return None
    if name in _OTHER_WORDS:
        return _OTHER_WORDS[name]
    return next((word for word in GROUP_WORDS if name == word[:-1] or (len(word) > 4 and is_slip(name, word))), None)


def is_slip(name: str, word: str) -> bool:
    """True if one key too many, one too few, a wrong one, or two in the wrong order make the name of the word."""
    if abs(len(name) - len(word)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(name, word, strict=False)) if a != b), min(len(name), len(word)))
    rest, other = name[start:], word[start:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])


def is_undefined(pattern: PrincipalPattern, names: Names) -> bool:
    """True if a name has a slash, and neither an ``agents`` entry nor the catalogue nor a team of the owner explains it."""
    key = ascii_lower(pattern.text)
    if "/" not in key or key.startswith(LOGIN_PREFIX):
        return False
    if names.is_defined(key) or names.team(pattern) is not None:
        return False
    # Nothing can be said of a wildcard that may fit names in several namespaces.
    return "*" not in key.partition("/")[0]


def _principals(layer: Layer) -> Iterator[tuple[PrincipalPattern, Span | None]]:
    statements: tuple[Rule | ModeLine | Unprotect, ...] = (*layer.rules, *layer.modes, *layer.unprotects)
    for statement in statements:
        for pattern in statement.principals:
            yield pattern.positive, statement.span
    for default in layer.defaults:
        yield default.principal, default.span
