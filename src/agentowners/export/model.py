"""An export: a document for another surface, and every place where the policy says more, or less, than that holds."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.policy.model import Default, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import EVERYTHING, PathPattern
from agentowners.policy.printer import default_text, rule_text


class Target(StrEnum):
    """Surfaces that there is a document for."""

    CODEOWNERS = "codeowners"
    RULESETS = "rulesets"
    CLAUDE_CODE = "claude-code"
    COPILOT = "copilot"
    OPENSHELL = "openshell"


NOT_HELD: Final = "not-held"
"""The policy asks or refuses, and the surface does not."""
STRICTER: Final = "stricter"
"""The surface asks or refuses where the policy does not."""
NO_EXCEPTIONS: Final = "its exceptions have no form here, so it holds for them too"
MARK: Final = "agentowners export"
"""Stands in each document that has room for a comment."""


class Exported(Struct, frozen=True):
    """A document for a surface."""

    target: Target
    document: Any
    """Plain data for a surface that reads JSON, else text."""
    notes: tuple[str, ...]
    """Remarks about the whole of it, one line each."""
    remarks: tuple[Diagnostic, ...]
    """Ids are ``NOT_HELD`` and ``STRICTER``; by the place in the policy."""


def positive(source: Rule | Default) -> list[PathPattern]:
    """The patterns that a statement is about, but for its exceptions."""
    patterns = source.patterns if isinstance(source, Rule) else ()
    return [pattern for pattern in patterns if not pattern.negative] or [EVERYTHING]


def has_exceptions(source: Rule | Default) -> bool:
    """True if a statement leaves paths out."""
    return isinstance(source, Rule) and any(pattern.negative for pattern in source.patterns)


def remark(id: str, message: str, source: Rule | Default | Unprotect | ModeLine) -> Diagnostic:
    """A remark about a statement, at its place; what is built in, rules and defaults, has none."""
    severity = Severity.WARNING if id == NOT_HELD else Severity.NOTE
    span = source.span
    if span is None:
        text = rule_text(source) if isinstance(source, Rule) else default_text(source) if isinstance(source, Default) else ""
        span = Span(source.id or "builtin", 1, 1, 1, len(text) + 1, text)
    return Diagnostic(id, severity, message, span)
