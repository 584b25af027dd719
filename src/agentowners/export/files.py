"""Decisions about files that are there, by the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Strength
from agentowners.engine.facts import Need, Unavailable
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.settle import find_out
from agentowners.export.openshell import DecisionOf
from agentowners.policy.model import Action, Decision, Policy


def file_decisions(policy: Policy, who: str, ref: str, repository: str | None) -> DecisionOf:
    """Answers about files for one contributor on one branch."""
    evidence = (Evidence(Signal.DECLARED, Strength.VERIFIED, name=who),)

    def decide(action: Action, paths: Sequence[str]) -> Mapping[str, Decision]:
        files = tuple([FileChange(path, STATUS_OF[action], None, Kind.FILE, Kind.FILE) for path in paths])
        ruling, _ = find_out(policy, Change(ref, files, evidence, repository=repository), _nobody)
        return {path: judged.decision for path, judged in zip(ruling.files.paths, ruling.judgements, strict=True)}

    return decide


def _nobody(need: Need) -> Unavailable:
    return Unavailable("an export asks no server")
