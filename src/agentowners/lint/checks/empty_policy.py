"""A policy that says nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from agentowners.diagnostics import Severity, Span
from agentowners.lint.model import Check, LintFinding, LintSubject
from agentowners.policy.model import Layer

_HELP: Final = "one line is a beginning: `security/** @agents block`"


def run(subject: LintSubject) -> Iterator[LintFinding]:
    """The beginning of the first file, where no file says more than who is who."""
    first = next(iter(subject.layers), None)
    if first is None or any(replace(layer, agents=(), organisation=False) != Layer() for layer in subject.layers):
        return
    message = "the policy restricts nothing: it has no rule, no default and no mode"
    yield CHECK.finding(message, Span(first.name, 1, 1, 1, 1), _HELP)


CHECK = Check("empty-policy", Severity.WARNING, "a policy has no rule, no default and no mode", run)
