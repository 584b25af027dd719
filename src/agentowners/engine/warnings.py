"""What about a policy is worth a warning once it is known whose repository it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.identity.match import Names
from agentowners.policy.model import Layer, ModeLine, Policy, Rule, Unprotect
from agentowners.policy.patterns import GROUP_WORDS, LOGIN_PREFIX, PrincipalPattern, ascii_lower
from agentowners.policy.warnings import layer_warnings

_OTHER_WORDS: Final = {
    **dict.fromkeys(("all", "anybody", "everybody", "everyone"), "anyone"),
    **dict.fromkeys(("ai", "ais", "ai-agents", "ai_agents", "llm", "llms"), "agents"),
}
"""What a group is called elsewhere."""


def warnings(policy: Policy, names: Names) -> tuple[Diagnostic, ...]:
    """Everything about the policy's text that is worth a warning in this repository: what the text alone told, and more."""
    outweighed = (found for layer in policy.layers for found in layer_warnings(layer, names.group_of))
    known = frozenset(policy.diagnostics)
    return (*policy.diagnostics, *(d for d in outweighed if d not in known), *undefined_names(policy, names))


def undefined_names(policy: Policy, names: Names) -> tuple[Diagnostic, ...]:
    """Warn of each name with a slash that no ``agents`` entry, no catalogue and no team of the owner explains, and of each
    that looks like a slip for a group; once a layer."""
    found: list[Diagnostic] = []
    for layer in policy.layers:
        seen: set[str] = set()
        for pattern, span in _principals(layer):
            key = ascii_lower(pattern.text)
            if span is None or key in seen:
                continue
            seen.add(key)
            meant = None if names.is_defined(key) else meant_group(key)
            if meant is not None:
                help = f"did you mean `@{meant}`? if it is an account, write `@login:{pattern.text}`"
                message = f"`@{pattern.text}` is an account of that name, and no group"
                found.append(Diagnostic("misspelled-group", Severity.WARNING, message, span, help))
            if not is_undefined(pattern, names):
                continue
            help = "define it with an `agent` line or under `agents:`"
            if names.owner is not None:
                help += f"; a team of this repository is `@{names.owner}/<team>`"
            found.append(Diagnostic("undefined-name", Severity.WARNING, f"nothing defines `@{pattern.text}`", span, help))
    return tuple(found)


def meant_group(name: str) -> str | None:
    """The group that a name, in lower case, was most likely meant for: by its singular, another word, or a slip of one key."""
    if name in GROUP_WORDS or "*" in name or "/" in name:
        return None
    if name in _OTHER_WORDS:
        return _OTHER_WORDS[name]
    return next((word for word in GROUP_WORDS if name == word[:-1] or (len(word) > 4 and is_slip(name, word))), None)


def is_slip(name: str, word: str) -> bool:
    """Whether one key too many, one too few, a wrong one, or two in the wrong order make the name of the word."""
    if abs(len(name) - len(word)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(name, word, strict=False)) if a != b), min(len(name), len(word)))
    one, other = name[start:], word[start:]
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])


def is_undefined(pattern: PrincipalPattern, names: Names) -> bool:
    """Whether a name has a slash, and neither an ``agents`` entry nor the catalogue nor a team of the owner explains it."""
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
            yield pattern, statement.span
    for default in layer.defaults:
        yield default.principal, default.span
