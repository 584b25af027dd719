"""The two workflows, as the documentation shows them."""

from __future__ import annotations

import re
from typing import Final

from agentowners.cases.write import scalar

GATE: Final = """\
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
jobs:
  gate:
    permissions:
      contents: read # the policy and the change
      pull-requests: write # labels
      checks: write # the verdict
    uses: agentowners/agentowners-action/.github/workflows/agentowners.yml@v1
"""
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


def gate_text(default_branch: str, *, evaluate: bool = False, alone: bool = False) -> str:
    """The gate, for a repository with this default branch; with ``evaluate`` it reports and holds nothing up, and ``alone``
    it hears comments."""
    name = scalar(_PATTERN.sub(r"\\\1", default_branch))
    text = GATE.replace("branches: [main]", f"branches: [{name}]")
    if alone:
        text = text.replace(_SCHEDULE, _COMMENTS + _SCHEDULE)
    return text + _EVALUATE if evaluate else text
