"""A proposal's cases as a file for ``agentowners test``."""

from __future__ import annotations

import json

from agentowners.policy.editor_schema import OF_CASES
from agentowners.policy.model import Decision
from agentowners.starter.proposal import Proposal, ProposedCase
from agentowners.starter.scalars import scalar


def cases_text(proposal: Proposal, default_branch: str) -> str:
    """``.github/agentowners-tests.yml``."""
    lines = [
        OF_CASES,
        "# What the policy is meant to say. Run it with `agentowners test`; add a case for whatever must stay so.",
        "version: 1",
    ]
    if default_branch != "main":
        lines.append(f"branch: {scalar(default_branch)}")
    lines.append("tests:")
    for case in proposal.cases:
        lines += _case(case)
    return "".join(f"{line}\n" for line in lines)


def _case(case: ProposedCase) -> list[str]:
    fields = [
        f"name: {json.dumps(case.name, ensure_ascii=False)}",
        f"as: {json.dumps(case.who)}",
        f"paths: [{json.dumps(case.path, ensure_ascii=False)}]",
    ]
    if case.branch is not None:
        fields.append(f"branch: {scalar(case.branch)}")
    fields.append(f"expect: {case.expect.value}")
    if case.expect is Decision.REQUIRE_APPROVAL:
        fields.append("approvals: 1")
    if case.approvers:
        fields.append("approvers: [" + ", ".join(json.dumps(str(approver)) for approver in case.approvers) + "]")
    return [f"{'    ' if number else '  - '}{field}" for number, field in enumerate(fields)]
