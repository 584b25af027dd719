"""A policy that says nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from agentowners.diagnostics import Span
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.policy.model import Layer

_HELP: Final = "one line is a beginning: `security/** @agents block`"


@check("empty-policy", "a policy has no rule, no default and no mode")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """The beginning of the first file, where no file says more than who is who."""
    first = next(iter(subject.layers), None)
    if first is None or any(replace(layer, agents=(), organisation=False) != Layer() for layer in subject.layers):
        return
    message = "the policy restricts nothing: it has no rule, no default and no mode"
    yield mistake.finding(message, Span(first.name, 1, 1, 1, 1), _HELP)
