"""GitHub rulesets made of a policy: paths that may not be pushed, and reviews that have to be there."""

from __future__ import annotations

from typing import Any, Final

from agentowners.diagnostics import Diagnostic
from agentowners.export.model import NO_EXCEPTIONS, NOT_HELD, STRICTER, Exported, Target, has_exceptions, positive, remark
from agentowners.export.patterns import fnmatch_globs
from agentowners.export.standpoint import HeldLayer, HeldPolicy
from agentowners.policy.model import Action, Decision, Default, Rule
from agentowners.policy.patterns import EVERYTHING

MAX_PATHS: Final = 200
"""Paths of one restriction, and characters of one of them, that GitHub takes."""
_NOTES: Final = (
    "A list of request bodies, one for each ruleset: `POST /repos/{owner}/{repo}/rulesets`.",
    "A restriction of paths holds for everybody who pushes, to every branch and fork.",
    "GitHub matches with fnmatch: whether a star finds a name that begins with a dot is not written down, so both are listed.",
)


def rulesets(policy: HeldPolicy, ref: str, teams: dict[str, int]) -> Exported:
    """Request bodies for rulesets, which require reviews on one ref; ``teams`` holds ids by ``owner/team`` in lower case."""
    remarks = list(policy.remarks)
    bodies: list[dict[str, Any]] = []
    paths = _restricted(policy, remarks)
    if paths:
        restriction = {"type": "file_path_restriction", "parameters": {"restricted_file_paths": paths}}
        bodies.append({"name": "AGENTOWNERS: paths", "target": "push", "enforcement": "active", "rules": [restriction]})
    reviews = _reviews(policy, teams, remarks)
    if reviews is not None:
        conditions = {"ref_name": {"include": [ref], "exclude": []}}
        rules = [{"type": "pull_request", "parameters": reviews}]
        body = {"name": "AGENTOWNERS: reviews", "target": "branch", "enforcement": "active"}
        bodies.append({**body, "conditions": conditions, "rules": rules})
    return Exported(Target.RULESETS, bodies, _NOTES, tuple(dict.fromkeys(remarks)))


def _restricted(policy: HeldPolicy, remarks: list[Diagnostic]) -> list[str]:
    paths: dict[str, None] = {}
    blocks = [rule for _, rule in policy.about(Action.FILE_WRITE, restricts=True) if rule.decision is Decision.BLOCK]
    blocking: list[Rule | Default] = [*blocks]
    for layer, default in policy.closed:
        if default.outcome.decision is not Decision.BLOCK:
            continue
        if _allows(layer):
            remarks.append(remark(NOT_HELD, "what nothing allows is not refused: it would outweigh what is allowed", default))
        else:
            blocking.append(default)
    for source in blocking:
        globs = [glob for pattern in positive(source) for glob in fnmatch_globs(pattern)]
        if len(paths) + len(globs) > MAX_PATHS or any(len(glob) > MAX_PATHS for glob in globs):
            words = f"GitHub takes {MAX_PATHS} paths of {MAX_PATHS} characters: there is no room"
            remarks.append(remark(NOT_HELD, words, source))
            continue
        paths.update(dict.fromkeys(globs))
        remarks.append(remark(STRICTER, "it holds for people too, and on every branch", source))
        if has_exceptions(source):
            remarks.append(remark(STRICTER, NO_EXCEPTIONS, source))
    return list(paths)


def _reviews(policy: HeldPolicy, teams: dict[str, int], remarks: list[Diagnostic]) -> dict[str, Any] | None:
    """Parameters of ``pull_request``; None where nothing asks for an approval."""
    count = 0
    reviewers: list[dict[str, Any]] = []
    needs_review = by_owners = False
    for layer in policy.layers:
        sources: list[Rule | Default] = [*layer.about(Action.FILE_WRITE)]
        if layer.default is not None and not _allows(layer):
            sources.append(layer.default)
        elif layer.default is not None and layer.default_decision is Decision.REQUIRE_APPROVAL:
            words = "what nothing allows asks for no review: it would ask about what is allowed too"
            remarks.append(remark(NOT_HELD, words, layer.default))
        for source in sources:
            if source.outcome.decision is not Decision.REQUIRE_APPROVAL or layer.builtin:
                continue
            needs_review = True
            whole = positive(source) == [EVERYTHING] and not has_exceptions(source)
            if whole:
                count = max(count, source.outcome.count)
            by_owners = by_owners or bool(source.outcome.approvers)
            team = _team(source, teams)
            if team is not None:
                globs = [glob for pattern in positive(source) for glob in fnmatch_globs(pattern)]
                reviewer = {"id": team, "type": "Team"}
                reviewers.append({"file_patterns": globs, "minimum_approvals": source.outcome.count, "reviewer": reviewer})
                if has_exceptions(source):
                    remarks.append(remark(STRICTER, NO_EXCEPTIONS, source))
            elif not whole or source.outcome.approvers:
                remarks.append(remark(NOT_HELD, _NO_TEAM, source))
    if not needs_review:
        return None
    return {
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": by_owners,
        "require_last_push_approval": True,
        "required_approving_review_count": count,
        "required_review_thread_resolution": False,
        **({"required_reviewers": reviewers} if reviewers else {}),
    }


_NO_TEAM: Final = (
    "GitHub requires reviews of some paths from one team, by its id: `--team` tells it; code owners may be asked instead"
)


def _allows(layer: HeldLayer) -> bool:
    """True if a rule allows some writes."""
    return any(not rule.decision.restricts for rule in layer.about(Action.FILE_WRITE))


def _team(source: Rule | Default, teams: dict[str, int]) -> int | None:
    """The id of the one team that a statement names."""
    if len(source.outcome.approvers) != 1:
        return None
    return teams.get(source.outcome.approvers[0].key)
