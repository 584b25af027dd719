"""What a converted policy decides, by the engine."""

from __future__ import annotations

from functools import lru_cache

from agentowners.cases.model import Case, Expectation, Who
from agentowners.cases.run import judge
from agentowners.change.model import FileChange, Kind, Status
from agentowners.convert.model import Conversion
from agentowners.convert.policy_text import policy_text
from agentowners.diagnostics import Source
from agentowners.policy.load import load_policy
from agentowners.policy.model import Decision, Policy
from agentowners.policy.patterns import PrincipalPattern

ANYONE = (PrincipalPattern("anyone"),)


def loaded(conversion: Conversion) -> Policy:
    """The policy as its text is read."""
    return load_policy([Source("AGENTOWNERS", policy_text(conversion).encode())])


def answer(policy: Policy, path: str, who: str = "octocat", ref: str = "refs/heads/main") -> str:
    """``allow``, ``block``, or ``2: @a @b`` for two approvals of these people, ``1:`` for anyone's."""
    case = Case((Who(who),), (FileChange(path, Status.MODIFIED, None, Kind.FILE, Kind.FILE),), ref, Expectation(Decision.ALLOW))
    (judged,) = judge([case], policy, "acme/shop")
    (file,) = judged.files
    decision = file.judgement.decision
    if decision is not Decision.REQUIRE_APPROVAL:
        return decision.value
    return " + ".join(
        f"{one.count}: {' '.join(sorted(name.lower() for name in one.approvers))}".strip() for one in judged.obligations
    )


@lru_cache(maxsize=256)
def _segment(pattern: str, name: str) -> bool:
    """True if a name is one of a segment's: ``*`` is any run of characters, ``?`` one."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return _segment(pattern[1:], name) or (bool(name) and _segment(pattern, name[1:]))
    return bool(name) and pattern[0] in ("?", name[0]) and _segment(pattern[1:], name[1:])


def in_segments(pattern: list[str], names: list[str]) -> bool:
    """True if a path, by its names, is matched whole: ``**`` is any number of directories."""
    if not pattern:
        return not names
    if pattern[0] == "**":
        return any(in_segments(pattern[1:], names[at:]) for at in range(len(names) + 1))
    return bool(names) and _segment(pattern[0], names[0]) and in_segments(pattern[1:], names[1:])


def owns(pattern: str, path: str) -> bool:
    """True if a CODEOWNERS pattern is about a path: by gitignore's rules, but ``x/*`` is one level only."""
    directory = pattern.endswith("/")
    body = pattern.strip("/")
    anchored = "/" in pattern.removesuffix("/")
    segments = body.split("/") if anchored else ["**", *body.split("/")]
    names = path.split("/")
    if anchored and segments[-1] == "*" and not directory:
        return in_segments(segments, names)
    if segments[-1] == "**":
        return any(in_segments(segments[:-1], names[:end]) for end in range(len(names)))
    return any(in_segments(segments, names[:end]) for end in range(1, len(names) + (not directory)))
