"""The approval settings in force, of all that a policy's layers say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agentowners.policy.model import ApprovalSettings, ByComment, EffectiveApprovals, Layer, Permission, Policy


def effective_settings(policy: Policy) -> EffectiveApprovals:
    """For each source, the repository's files and the organisation's, the strictest of what its layers say, else the standard;
    of both sources the strictest, so that none loosens what the other asks."""
    own = [layer for layer in policy.layers if layer.source is not None]
    sources = [[layer for layer in own if layer.organisation is organisation] for organisation in (False, True)]
    found = [_of_source(layers) for layers in sources if layers] or [EffectiveApprovals()]
    return EffectiveApprovals(
        dismiss_stale=any(settings.dismiss_stale for settings in found),
        minimum_permission=max((settings.minimum_permission for settings in found), key=_rank),
        requester_counts=all(settings.requester_counts for settings in found),
        contributors_count=all(settings.contributors_count for settings in found),
        by_comment=max((settings.by_comment for settings in found), key=_strictness),
    )


def _of_source(layers: Sequence[Layer]) -> EffectiveApprovals:
    standard = EffectiveApprovals()

    def said(value: Callable[[ApprovalSettings], bool | None]) -> list[bool]:
        return [found for layer in layers if (found := value(layer.approvals)) is not None]

    dismiss = said(lambda settings: settings.dismiss_stale)
    requester = said(lambda settings: settings.requester_counts)
    contributors = said(lambda settings: settings.contributors_count)
    permissions = [layer.approvals.minimum_permission for layer in layers]
    comments = [layer.approvals.by_comment for layer in layers]
    return EffectiveApprovals(
        dismiss_stale=any(dismiss) if dismiss else standard.dismiss_stale,
        minimum_permission=max((p for p in permissions if p is not None), key=_rank, default=standard.minimum_permission),
        requester_counts=all(requester) if requester else standard.requester_counts,
        contributors_count=all(contributors) if contributors else standard.contributors_count,
        by_comment=max((c for c in comments if c is not None), key=_strictness, default=standard.by_comment),
    )


def _rank(permission: Permission) -> int:
    return permission.rank


def _strictness(by_comment: ByComment) -> int:
    return by_comment.strictness
