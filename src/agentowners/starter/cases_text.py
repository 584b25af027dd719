"""A proposal's cases as a file for ``agentowners test``."""

from __future__ import annotations

from agentowners.cases.model import Case, Expectation, Who
from agentowners.cases.write import cases_yaml, scalar
from agentowners.change.model import FileChange, Kind, Status
from agentowners.policy.editor_schema import OF_CASES
from agentowners.policy.model import Decision
from agentowners.starter.proposal import Proposal, ProposedCase

_HEADS = "refs/heads/"


def cases_text(proposal: Proposal, default_branch: str) -> str:
    """``.github/agentowners-tests.yml``."""
    lines = [
        OF_CASES,
        "# What the policy is meant to say. Run it with `agentowners test`; add a case for whatever must stay so.",
        "version: 1",
        *([] if default_branch == "main" else [f"branch: {scalar(default_branch)}"]),
        "tests:",
    ]
    cases = [_case(case, default_branch) for case in proposal.cases]
    return "".join(f"{line}\n" for line in lines) + cases_yaml(cases, _HEADS + default_branch)


def _case(case: ProposedCase, default_branch: str) -> Case:
    asks = case.expect is Decision.REQUIRE_APPROVAL
    return Case(
        who=(Who(case.who.removeprefix("@")),),
        files=(FileChange(case.path, Status.MODIFIED, None, Kind.FILE, Kind.FILE),),
        ref=_HEADS + (case.branch or default_branch),
        expected=Expectation(case.expect, approvals=1 if asks else None, approvers=case.approvers or None),
        name=case.name,
    )
