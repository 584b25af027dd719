"""``/package.json`` in a rule that restricts, where the manifests below the root were meant too."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from agentowners.lint.coverage import RuleCoverage
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import RulePattern, rule_patterns
from agentowners.text.wording import quote


@check("root-anchored-manifest", "`/package.json` leaves out the manifests below the root")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each such pattern that lets a file of the same name escape."""
    asked = [at for at in rule_patterns(subject) if _is_rooted(at)]
    tree = subject.files if asked and _manifests(asked) else None
    if tree is None:
        return
    coverage = RuleCoverage(subject)
    known = _manifests(asked)
    for at in asked:
        name = at.pattern.text[1:]
        if name not in known:
            continue
        nested = (path for path in tree.by_name.get(name.lower(), ()) if path.endswith(f"/{name}") and path in tree.files)
        path = next((path for path in nested if coverage.escapes(at.statement, path)), None)
        if path is not None:
            message = f"{quote(at.pattern.text)} is the one at the root only: it lets {quote(path)} escape"
            help = f"write {quote(name)} for the one in every directory"
            yield mistake.finding(message, at.span(subject), help)


def _is_rooted(at: RulePattern) -> bool:
    text = at.pattern.text
    return (
        text.startswith("/")
        and "/" not in text[1:]
        and not at.pattern.negative
        and at.statement.decision.restricts
        and not any(char in text for char in "*?[\\")
    )


def _manifests(asked: list[RulePattern]) -> frozenset[str]:
    """Those names that a tool looks for in whatever directory it is run in."""
    from agentowners.policy.egress import EGRESS  # ninety patterns: imported where a policy may name one of them

    globs = [pattern.text for pattern in EGRESS if "/" not in pattern.text]
    return frozenset(name for name in {at.pattern.text[1:] for at in asked} if any(fnmatchcase(name, glob) for glob in globs))
