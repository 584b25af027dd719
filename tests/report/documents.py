"""A verdict's JSON document as tests read it."""

from __future__ import annotations

import json
from typing import Any

from agentowners.engine.verdict import Outcome
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.json import chunks


def dumps(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> str:
    return "".join(chunks(outcome, enforcement))


def to_json(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dumps(outcome, enforcement))
    return document
