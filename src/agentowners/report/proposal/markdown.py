"""The description of a pull request that a proposal becomes. Whatever the proposal says is shown as it is, and makes nothing."""

from __future__ import annotations

from agentowners.proposals.model import KeptProposal
from agentowners.report.proposal.text import operation_words
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import for_markdown, printable

_TITLE = 60


def pull_title(kept: KeptProposal) -> str:
    """One line."""
    return f"Policy: {shorten(printable(kept.proposal.intent).strip(), _TITLE)}"


def pull_body(kept: KeptProposal) -> str:
    """The operations, and who says that they are theirs."""
    origin = kept.provenance
    said = [f"{for_markdown(origin.principal)}, as it says"]
    said += [f"through {for_markdown(origin.client)}"] if origin.client else []
    said += [f"after the denial {for_markdown(kept.proposal.denial)}"] if kept.proposal.denial else []
    lines = [
        f"An agent proposes to change the policy, because: {for_markdown(kept.proposal.intent)}",
        "",
        *(f"- {for_markdown(operation_words(operation))}" for operation in kept.proposal.operations),
        "",
        f"Proposed by {', '.join(said)}, as `{kept.id}`.",
        "",
        "The check on this pull request says what the change lets agents do: by the policy on both sides, not by this text.",
    ]
    return "\n".join(lines) + "\n"
