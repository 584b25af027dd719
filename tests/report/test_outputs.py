from __future__ import annotations

import pytest

from agentowners.report.verdict.conclusion import Enforcement, outputs
from tests.report.verdicts import EXAMPLES


@pytest.mark.parametrize(
    ("example", "values"),
    [
        ("allowed", ("allow", "success", "0", "0", "0")),
        ("waiting", ("require_approval", "action_required", "2", "1", "0")),
        ("approved", ("require_approval", "success", "2", "2", "0")),
        ("everything", ("block", "failure", "2", "1", "2")),
        ("only-observed", ("block", "neutral", "0", "0", "1")),
        ("no-policy", ("allow", "neutral", "0", "0", "0")),
        ("unparsed", ("", "failure", "", "", "")),
    ],
)
def test_outputs(example: str, values: tuple[str, ...]) -> None:
    names = ("decision", "conclusion", "approvals-required", "approvals-granted", "blocked-files")
    assert outputs(EXAMPLES[example]()) == dict(zip(names, values, strict=True))


def test_evaluate_changes_the_conclusion_and_nothing_else() -> None:
    active, told = outputs(EXAMPLES["everything"]()), outputs(EXAMPLES["everything"](), Enforcement.EVALUATE)
    assert told == {**active, "conclusion": "neutral"}
