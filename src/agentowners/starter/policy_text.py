"""A proposal as a policy file, in either syntax, as ``fmt`` writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from agentowners.diagnostics import PolicyError, Source
from agentowners.policy.editor_schema import OF_POLICIES
from agentowners.policy.formatting import Syntax, canonical, parse
from agentowners.policy.model import Rule
from agentowners.policy.statement_text import rule_text
from agentowners.starter.proposal import ALONE, Proposal

_NAME: Final = "AGENTOWNERS"
_ALONE: Final = {ALONE: "approvals: {requester_counts: true}"}
"""The same comment in YAML."""
_BOT: Final = re.compile(r"agent (\S+) login=(\S+) group=bots")
_BOT_IN_YAML: Final = r'agents: {\1: {logins: ["\2"], group: bots}}'


def lines_text(proposal: Proposal) -> str:
    """``.github/AGENTOWNERS``."""
    return _formatted(proposal, Syntax.LINE)


def yaml_text(proposal: Proposal) -> str:
    """``.agentowners.yml``."""
    return f"{OF_POLICIES}\n{_formatted(proposal, Syntax.YAML)}"


def _formatted(proposal: Proposal, wanted: Syntax) -> str:
    source = Source(_NAME, _written(proposal, _ALONE if wanted is Syntax.YAML else {}).encode())
    layer, diagnostics = parse(source, Syntax.LINE)
    if diagnostics:
        raise PolicyError(diagnostics)
    return canonical(layer, wanted)


def _written(proposal: Proposal, comments: Mapping[str, str]) -> str:
    blocks: list[str] = []
    for section in proposal.sections:
        lines = [f"# {comments.get(comment, comment)}" for comment in section.comments]
        if comments:
            lines = [_BOT.sub(_BOT_IN_YAML, line) for line in lines]
        for rule in section.rules:
            lines += [f"# {remark}" for remark in proposal.remarks.get(rule, ())]
            lines.append(_line(rule))
        blocks.append("".join(f"{line}\n" for line in lines))
    if proposal.promises:
        lines = ["# What must stay so, whoever edits this file: agentowners prove, and every change of it is held against these."]
        blocks.append("".join(f"{line}\n" for line in [*lines, *(f"assert {_line(rule)}" for rule in proposal.promises)]))
    return "\n".join(blocks)


def _line(rule: Rule) -> str:
    return rule_text(rule) if rule.reason is None else f"{rule_text(rule)} # {rule.reason}"
