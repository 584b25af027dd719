"""A denial as data: one shape for agents, whether a tool call or a change is denied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from agentowners.diagnostics import Source
from agentowners.engine.verdict import AppliedRule
from agentowners.policy.model import Decision

if TYPE_CHECKING:
    from agentowners.dispatch.document import DenialJson, DeniedAccessJson, RuleMissingJson

SCHEMA: Final[Literal[1]] = 1
SKILL: Final = ".agentowners/skills/policy_advisor.md"
_GUIDANCE: Final = (
    "Do not try another way to the same files. Leave them as they are, do the rest of the work, or propose a narrow change of the"
    " policy; a person decides about it."
)


class Denial(Struct, frozen=True):
    """A denial: the access, the policy, the principal, and the change that would lift it."""

    boundary: str
    """``tool`` or ``change``."""
    digest: str
    """Digest of the policy, ``sha256:`` and 64 hex digits."""
    principals: tuple[str, ...]
    refs: tuple[str, ...]
    accesses: tuple[DeniedAccessJson, ...]
    remedies: tuple[RuleMissingJson, ...] = ()
    """Lines whose addition would change the decision on these accesses and on no other."""
    allowed: tuple[str, ...] = ()
    """The paths of the same change or call that are allowed as they are."""

    @property
    def id(self) -> str:
        """The same for the same denial, whenever and by however many hooks it is made."""
        accesses = sorted([each["action"], each["path"]] for each in self.accesses)
        parts = [self.digest, self.boundary, sorted(self.refs), sorted(self.principals), accesses]
        return "d-" + hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode("ascii")).hexdigest()[:16]

    @property
    def decision(self) -> Decision:
        """The strictest of all accesses."""
        decisions = (Decision(each["decision"]["decision"]) for each in self.accesses)
        return max(decisions, key=lambda each: each.strictness, default=Decision.BLOCK)

    def as_json(self) -> DenialJson:
        """The published shape."""
        first = self.accesses[0] if self.accesses else None
        return {
            "error": "policy_denied",
            "schema": SCHEMA,
            "id": self.id,
            "boundary": self.boundary,
            "decision": self.decision.value,
            "principals": list(self.principals),
            "refs": list(self.refs),
            "accesses": list(self.accesses),
            "detail": _detail(first, len(self.accesses)),
            "rule_missing": list(self.remedies),
            "nearest_allowed": list(self.allowed),
            "next_steps": [
                {"action": "read_skill", "path": SKILL},
                {"action": "inspect_policy", "command": f"agentowners explain {_quoted(first['path']) if first else 'PATH'}"},
                {"action": "inspect_recent_denials", "command": "agentowners denials --last 10"},
                {"action": "submit_proposal", "command": "agentowners propose", "body_type": "PolicyProposal"},
            ],
            "agent_guidance": _GUIDANCE,
        }


def denied_access(action: str, path: str, decision: Decision, rules: Iterable[AppliedRule]) -> DeniedAccessJson:
    """An access that is not allowed as it is, with the rules that carry its decision."""
    rules = tuple(rules)
    outcomes = [rule.statement.outcome for rule in rules if not isinstance(rule.statement, str)]
    obligations = dict.fromkeys(
        (o.count, tuple(map(str, o.approvers))) for o in outcomes if o.decision is Decision.REQUIRE_APPROVAL
    )
    return {
        "action": action,
        "path": path,
        "decision": {
            "decision": decision.value,
            "obligations": [{"count": count, "approvers": list(approvers)} for count, approvers in obligations],
        },
        "rules": [{"id": rule.id, "text": rule.text, "reason": rule.reason} for rule in rules],
    }


def digest_of(sources: Sequence[Source]) -> str:
    """Names and bytes of policy files, told apart from all others."""
    total = hashlib.sha256()
    for source in sources:
        for part in (source.path.encode("utf-8", "surrogatepass"), source.data):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return f"sha256:{total.hexdigest()}"


def _detail(first: DeniedAccessJson | None, count: int) -> str:
    if first is None:
        return "It cannot be told what this touches, and the policy asks for nothing less."
    more = f" and {count - 1} more" if count > 1 else ""
    by = f" by {first['rules'][0]['id']}" if first["rules"] else ""
    reason = f" ({first['rules'][0]['reason']})" if first["rules"] and first["rules"][0]["reason"] else ""
    verb = "is blocked" if first["decision"]["decision"] == Decision.BLOCK.value else "needs approval"
    return f"{first['action']} of {first['path']}{more} {verb}{by}{reason}."


def _quoted(path: str) -> str:
    plain = all(char.isalnum() or char in "/._-" for char in path) and not path.startswith("-") and path.isascii()
    return path if plain else "'" + path.replace("'", "'\\''") + "'"
