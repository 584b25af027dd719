"""A proposal as a policy file, in either syntax, as ``fmt`` would write it."""

from __future__ import annotations

import re
from typing import Final

from agentowners.policy.model import Layer, Rule
from agentowners.policy.printer import rule_text, to_yaml
from agentowners.starter.proposal import Proposal

_AHEAD: Final = "lint: ignore=unmatched-pattern (the rule is to hold before there is such a file)"
_TOKEN: Final = re.compile(r"(?:[^ \t\\]|\\.?)+")


def lines_text(proposal: Proposal) -> str:
    """``.github/AGENTOWNERS``: sections apart, the columns of each aligned."""
    blocks: list[str] = []
    for section in proposal.sections:
        lines = [f"# {comment}" for comment in section.comments]
        for rule, line in zip(section.rules, _aligned(section.rules), strict=True):
            lines += [*_ahead(rule, proposal), line]
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def yaml_text(proposal: Proposal) -> str:
    """``.agentowners.yml``."""
    first, *sections = proposal.sections
    lines = [*(f"# {comment}" for comment in first.comments), "version: 1", "rules:"]
    for section in sections:
        lines += [f"  # {comment}" for comment in section.comments]
        for rule in section.rules:
            lines += [f"  {comment}" for comment in _ahead(rule, proposal)]
            lines += to_yaml(Layer((rule,))).splitlines()[2:]
    return "".join(f"{line}\n" for line in lines)


def _ahead(rule: Rule, proposal: Proposal) -> list[str]:
    return [f"# {_AHEAD}"] if proposal.unmatched.intersection(rule.patterns) else []


def _aligned(rules: tuple[Rule, ...]) -> list[str]:
    cells = [_cells(rule) for rule in rules]
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(3)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip() for row in cells]


def _cells(rule: Rule) -> tuple[str, str, str, str]:
    """Patterns, principals, decision and approvers, and reason."""
    tokens = _TOKEN.findall(rule_text(rule))
    start = max(1, len(rule.patterns) + len(rule.refs))
    end = start + len(rule.principals)
    reason = "" if rule.reason is None else f"# {rule.reason}"
    return " ".join(tokens[:start]), " ".join(tokens[start:end]), " ".join(tokens[end:]), reason
