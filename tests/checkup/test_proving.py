"""What is not asked of a repository that gives no reason to."""

from __future__ import annotations

import pytest

from agentowners.checkup.examine import examine
from agentowners.checkup.facts import RepositoryFacts
from tests.checkup.repository import facts
from tests.checkup.situations import Q
from tests.checkup.states_proof import DEPLOY, deploying


@pytest.mark.parametrize(
    "given",
    [
        facts(),
        deploying(DEPLOY.replace("runs-on: x", "runs-on: x\n    environment: production")),
        deploying(DEPLOY.replace("id-token: write", "contents: read")),
    ],
)
def test_nothing_is_asked_without_a_reason(given: RepositoryFacts) -> None:
    asked = {finding.question for finding in examine(given).findings}
    assert not asked & {Q.AGENT_PROOF, Q.ROLES, Q.AUDIT_STORE}
