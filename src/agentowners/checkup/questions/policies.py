"""The policy: its presence, and who may change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.checkup.facts import Branch, RepositoryFacts
from agentowners.checkup.findings import Asked, CheckupFinding, Guarantee, Question
from agentowners.engine.facts import Unavailable
from agentowners.engine.matcher import Matcher
from agentowners.policy.builtin import is_nested_policy, name_to_give
from agentowners.policy.model import Policy
from agentowners.policy.patterns import PathPattern, PatternError
from agentowners.text.wording import quote

_WORKFLOWS: Final = ".github/workflows/agentowners.yml"


def on_the_policy(facts: RepositoryFacts) -> Iterator[CheckupFinding]:
    """The findings about the policy."""
    question = Asked(Question.POLICY, f"the policy on `{facts.default_branch}`")
    if isinstance(facts.policy, Unavailable):
        if facts.policy.permission is not None:
            yield question.untold(facts.policy)
        else:
            yield question.unavailable(facts.policy.why, "put a policy there that `agentowners lint` finds no mistake in")
        return
    policy = facts.policy.value
    misnamed = next((path for path in facts.unread if not is_nested_policy(path)), None)
    if policy is None and misnamed is not None:
        why = f"{quote(misnamed)} is surely meant as one, and is not read: it has no name under which one is found"
        yield question.unavailable(why, f"rename it to `{name_to_give(misnamed)}`")
        return
    if policy is None:
        yield question.unavailable("there is none", "`agentowners init` writes one for this repository")
        return
    names = _layer_names(policy)
    there = f"{', '.join(map(quote, names))} {'is' if len(names) == 1 else 'are'} there, and understood"
    if facts.unread:
        more = f" and {len(facts.unread) - 1:,} more" if len(facts.unread) > 1 else ""
        unread = f"{there}; {quote(facts.unread[0])}{more} is called like one, and is not read"
        yield question.best_effort(unread, f"move its rules to {quote(names[0])}")
    else:
        yield question.strong(there)
    yield _owned(facts, policy)


def _layer_names(policy: Policy) -> list[str]:
    return [layer.name for layer in policy.layers if layer.source is not None]


def _owned(facts: RepositoryFacts, policy: Policy) -> CheckupFinding:
    question = Asked(Question.OWNED, "owners of the policy and the gate")
    lifted = [
        line.id
        for layer in policy.layers
        for line in layer.unprotects
        if _covers(line.patterns, [*_layer_names(policy), _WORKFLOWS])
    ]
    if lifted:
        return question.unavailable(
            f"`{lifted[0]}` takes what is protected by default out for some", f"take `{lifted[0]}` out, or narrow it"
        )
    builtin = "agents need a person's approval; a person changes them alone"
    if isinstance(facts.code_owners, Unavailable):
        return question.untold(facts.code_owners)
    default = next((branch for branch in facts.branches if branch.name == facts.default_branch), None)
    reviewed = default is not None and _is_reviewed(default)
    unowned = [name for name in [*_layer_names(policy), _WORKFLOWS] if not owners_of(facts.code_owners.value or b"", name)]
    if not unowned and reviewed:
        return question.strong("CODEOWNERS names them, and their owners' review is required")
    if not unowned and default is not None and isinstance(default.classic, Unavailable):
        return question.untold(default.classic)
    if unowned:
        fix = "name owners of the policy and of `/.github/` in CODEOWNERS, and require a review from code owners"
        return question.graded(Guarantee.BEST_EFFORT, builtin, fix)
    return question.graded(Guarantee.BEST_EFFORT, builtin, f"require a review from code owners on `{facts.default_branch}`")


def _is_reviewed(branch: Branch) -> bool:
    classic = branch.known_classic
    return (classic is not None and classic.code_owners) or any(rule.code_owners for rule in branch.known_rules)


def _covers(patterns: Sequence[PathPattern], paths: Sequence[str]) -> bool:
    return any(_matches(pattern, path) for pattern in patterns if not pattern.negative for path in paths)


def owners_of(code_owners: bytes, path: str) -> tuple[str, ...]:
    """The owners that a CODEOWNERS file names for a path: those of the last line that matches.

    Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
    """
    owners: tuple[str, ...] = ()
    for line in code_owners.decode("utf-8", "replace").splitlines():
        pattern, *named = line.split("#", 1)[0].split() or [""]
        try:
            if pattern and not pattern.startswith("!") and _matches(PathPattern.parse(pattern), path):
                owners = tuple(named)
        except PatternError:
            continue
    return owners


def _matches(pattern: PathPattern, path: str) -> bool:
    return bool(Matcher.of((pattern,)).match(path))
