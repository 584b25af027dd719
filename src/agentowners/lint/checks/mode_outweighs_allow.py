"""An ``allow`` that was to widen what a mode leaves free, and widens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.shadowed import ShadowedRule, ShadowReason
from agentowners.lint.shadowing import StricterRule
from agentowners.lint.wording import listed_once, name_of, related
from agentowners.policy.model import Mode
from agentowners.policy.patterns import PathPattern
from agentowners.text.wording import quote


@check("mode-outweighs-allow", "an `allow` was to widen a mode, and the mode is stricter")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ``allow``, or pattern of one, that a mode of its layer outweighs for every write of everybody whom it names."""
    for found in subject.outweighed:
        if found.why is not ShadowReason.MODE:
            continue
        places = subject.places(found.layer).of(found.rule)
        what, span = "this `allow`", places.whole
        patterns = tuple(pattern for pattern in found.rule.patterns if not pattern.negative)
        if found.only is not None:
            patterns = (found.rule.patterns[found.only],)
            what, span = f"the `allow` of {quote(str(patterns[0]))}", places.patterns[found.only]
        by = listed_once(name_of(one) for one in found.by)
        message = f"{what} has no effect on a write: {by} is stricter wherever it matches"
        yield mistake.finding(message, span, _tip(found, patterns), related=related(found.by))


def _tip(found: ShadowedRule, patterns: tuple[PathPattern, ...]) -> str:
    """The way to say it to the mode. An ``allow`` never overrides a stricter rule, those of modes included."""
    one = found.by[0]
    if one.mode is None:
        return "remove it"
    paths = " ".join(quote(str(pattern)) for pattern in patterns[:3]) or "`**`"
    mode = one.mode.mode
    match mode:
        case Mode.READ_ONLY | Mode.OBSERVE_ONLY:
            who = " ".join(str(principal) for principal in one.mode.principals)
            return f"remove it, or the mode: `{mode.value}` leaves nothing to write for {who}"
        case Mode.APPROVED_ONLINE if _is_egress(one):
            return f"list {paths} with what the mode approves"
        case Mode.REVIEWED_EGRESS if _is_egress(one):
            return f"choose `{Mode.APPROVED_ONLINE.value}`, and list {paths} with what the mode approves"
        case Mode.WORKSPACE_WRITE | Mode.REVIEWED_EGRESS | Mode.APPROVED_ONLINE:
            return f"put {paths} into the mode's workspace"
        case _:
            assert_never(mode)


def _is_egress(one: StricterRule) -> bool:
    """True if it is the rule about what opens external access."""
    from agentowners.policy.egress import EGRESS

    return one.rule.patterns[: len(EGRESS)] == EGRESS
