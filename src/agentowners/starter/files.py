"""The files of a proposal: the policy in either syntax, as ``fmt`` writes it; the workflows, as the documentation shows them; and
the cases for ``agentowners test``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from agentowners.cases.write import cases_yaml, scalar
from agentowners.diagnostics import PolicyError, Source
from agentowners.policy.editor_schema import OF_CASES, OF_POLICIES
from agentowners.policy.formatting import Syntax, canonical, parse
from agentowners.policy.model import Rule
from agentowners.policy.statement_text import rule_text
from agentowners.starter.model import ALONE, Proposal

GATE_JOB: Final = """\
jobs:
  gate:
    permissions:
      contents: read # the policy and the change
      pull-requests: write # labels
      checks: write # the verdict
    uses: agentowners/agentowners-action/.github/workflows/agentowners.yml@v1
"""
GATE: Final = (
    """\
name: AGENTOWNERS
on:
  pull_request_target:
    types: [opened, reopened, synchronize, edited, ready_for_review, labeled, unlabeled, closed]
  merge_group:
  workflow_run:
    workflows: [AGENTOWNERS review signal]
    types: [completed]
  push:
    branches: [main] # the base has moved, or its policy has changed: judge open pull requests again
  schedule:
    - cron: "17 5 * * *" # and once a day what no event told of
permissions: {}
"""
    + GATE_JOB
)
SIGNAL: Final = """\
name: AGENTOWNERS review signal
on:
  pull_request_review:
    types: [submitted, edited, dismissed]
permissions: {}
jobs:
  signal:
    runs-on: ubuntu-latest
    steps:
      - run: echo "a review changed; the gate judges the pull request again"
"""
MARK: Final = b"agentowners/agentowners-action"
"""Text that every workflow with the gate contains."""
_EVALUATE: Final = """\
    with:
      enforcement: evaluate # only reports; take these two lines away to enforce
"""
_SCHEDULE: Final = """\
  schedule:
"""
_COMMENTS: Final = """\
  issue_comment: # where the policy lets a comment approve
    types: [created, edited, deleted]
"""
_PATTERN: Final = re.compile(r"([!*?+\[\]\\])")
"""Characters with a meaning in the branch filters of a workflow."""
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
            lines.append(_with_reason(rule))
        blocks.append("".join(f"{line}\n" for line in lines))
    if proposal.promises:
        lines = ["# What must stay so, whoever edits this file: agentowners prove, and every change of it is held against these."]
        blocks.append("".join(f"{line}\n" for line in [*lines, *(f"assert {_with_reason(rule)}" for rule in proposal.promises)]))
    return "\n".join(blocks)


def _with_reason(rule: Rule) -> str:
    return rule_text(rule) if rule.reason is None else f"{rule_text(rule)} # {rule.reason}"


def gate_text(default_branch: str, *, evaluate: bool = False, alone: bool = False) -> str:
    """The gate, for a repository with this default branch; with ``evaluate`` it reports and holds nothing up, and ``alone``
    it hears comments."""
    name = scalar(_PATTERN.sub(r"\\\1", default_branch))
    text = GATE.replace("branches: [main]", f"branches: [{name}]")
    if alone:
        text = text.replace(_SCHEDULE, _COMMENTS + _SCHEDULE)
    return text + _EVALUATE if evaluate else text


def cases_text(proposal: Proposal, default_branch: str) -> str:
    """``.github/agentowners-tests.yml``."""
    lines = [
        OF_CASES,
        "# What the policy is meant to say. Run it with `agentowners test`; add a case for whatever must stay so.",
        "version: 1",
        *([] if default_branch == "main" else [f"branch: {scalar(default_branch)}"]),
        "tests:",
    ]
    return "".join(f"{line}\n" for line in lines) + cases_yaml(proposal.cases, f"refs/heads/{default_branch}")
