"""What about a policy is worth a warning once it is known whose repository it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.identity.match import Names
from agentowners.policy.model import Layer, ModeLine, Policy, Rule, Unprotect
from agentowners.policy.patterns import LOGIN_PREFIX, PrincipalPattern
from agentowners.policy.warnings import layer_warnings


def warnings(policy: Policy, names: Names) -> tuple[Diagnostic, ...]:
    """Everything about the policy's text that is worth a warning in this repository: what the text alone told, and more."""
    outweighed = (found for layer in policy.layers for found in layer_warnings(layer, names.group_of))
    return (*policy.diagnostics, *(d for d in outweighed if d not in policy.diagnostics), *undefined_names(policy, names))


def undefined_names(policy: Policy, names: Names) -> tuple[Diagnostic, ...]:
    """Warn of each name with a slash that no ``agents`` entry, no catalogue and no team of the owner explains; once a layer."""
    found: list[Diagnostic] = []
    for layer in policy.layers:
        seen: set[str] = set()
        for pattern, span in _principals(layer):
            if span is None or pattern.key in seen or not _is_undefined(pattern, names):
                continue
            seen.add(pattern.key)
            help = "define it with an `agent` line or under `agents:`"
            if names.owner is not None:
                help += f"; a team of this repository is `@{names.owner}/<team>`"
            found.append(Diagnostic("undefined-name", Severity.WARNING, f"nothing defines `{pattern}`", span, help))
    return tuple(found)


def _is_undefined(pattern: PrincipalPattern, names: Names) -> bool:
    key = pattern.key
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
