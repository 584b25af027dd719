"""Short ways to write policies, changes and reviews in tests of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentowners.change.model import (
    Account,
    AccountType,
    Change,
    Evidence,
    FileChange,
    Kind,
    Review,
    ReviewState,
    Signal,
    Status,
    Strength,
)
from agentowners.diagnostics import Source
from agentowners.engine.facts import Facts, Known, MembersOf, Need, PermissionOf, Reply, Requesters, Unavailable
from agentowners.engine.settle import evaluate
from agentowners.engine.verdict import Verdict
from agentowners.policy.load import load_policy
from agentowners.policy.model import Permission, Policy

HEAD = "a" * 40
OLD = "b" * 40
COPILOT = Account("Copilot", 198982749, AccountType.BOT)
DEPENDABOT = Account("dependabot[bot]", 49699333, AccountType.BOT)
UNKNOWN_BOT = Account("deploy-helper[bot]", 777, AccountType.BOT)
ALICE = Account("alice", 1001, AccountType.USER)
BOB = Account("bob", 1002, AccountType.USER)
CAROL = Account("carol", 1003, AccountType.USER)


def policy(text: str, *more: str) -> Policy:
    """A policy of one layer or several, in the line syntax."""
    return load_policy([Source(f"layer{index}" if index else "AGENTOWNERS", t.encode()) for index, t in enumerate([text, *more])])


def by(*accounts: Account) -> tuple[Evidence, ...]:
    """The first account opened the change; the others wrote commits of it."""
    first, *others = accounts
    return (
        Evidence(Signal.AUTHOR, Strength.VERIFIED, first),
        *(Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, other, where="commit 1a2b3c4") for other in others),
    )


def declared(name: str, strength: Strength = Strength.VERIFIED) -> Evidence:
    """Somebody named by the caller."""
    return Evidence(Signal.DECLARED, strength, name=name)


def file(path: str, status: Status = Status.MODIFIED, previous: str | None = None, *, kind: Kind = Kind.FILE) -> FileChange:
    """A change of a plain file, unless said otherwise."""
    before = Kind.NOTHING if status is Status.ADDED else kind
    after = Kind.NOTHING if status is Status.REMOVED else kind
    return FileChange(path, status, previous, before, after)


def change(
    *files: str | FileChange,
    evidence: Sequence[Evidence] = by(COPILOT),
    ref: str = "refs/heads/main",
    reviews: Sequence[Review] = (),
    author: Account | None = COPILOT,
    repository: str | None = "acme/shop",
    emails: Mapping[str, Account] | None = None,
) -> Change:
    """A change by Copilot to main of acme/shop, unless said otherwise."""
    return Change(
        ref=ref,
        files=tuple(file(f) if isinstance(f, str) else f for f in files),
        evidence=tuple(evidence),
        author=author,
        reviews=tuple(reviews),
        repository=repository,
        pull_request=7,
        head=HEAD,
        emails=emails or {},
    )


def review(
    who: Account | None, state: ReviewState = ReviewState.APPROVED, *, commit: str | None = HEAD, id: int = 1, body: str = ""
) -> Review:
    """An approval of the newest commit, unless said otherwise."""
    return Review(id, who, state, commit, body)


def facts(
    *,
    requesters: Sequence[Account] | Unavailable = (),
    teams: Mapping[str, Sequence[Account] | Unavailable] | None = None,
    **permissions: Permission,
) -> Facts:
    """Alice, Bob and Carol may write; nobody is known to have asked for the change; unless said otherwise."""
    answers: dict[Need, Reply] = {
        PermissionOf(account): Known(permissions.get(account.login, Permission.WRITE)) for account in (ALICE, BOB, CAROL)
    }
    answers[Requesters()] = requesters if isinstance(requesters, Unavailable) else Known(tuple(requesters))
    for name, members in (teams or {}).items():
        owner, _, slug = name.partition("/")
        answers[MembersOf(owner, slug)] = members if isinstance(members, Unavailable) else Known(tuple(members))
    return answers


def verdict(text: str, subject: Change, known: Facts | None = None) -> Verdict:
    """The verdict of a policy of one layer."""
    return evaluate(policy(text), subject, facts() if known is None else known)


def decisions(result: Verdict) -> dict[str, str]:
    """Each path with its decision."""
    return {f.path: result.decision_of(f).value for f in result.files}


def rules(result: Verdict) -> dict[str, tuple[str, ...]]:
    """Each path with the ids of the rules that carry its decision."""
    return {f.path: tuple(rule.id for rule in f.judgement.rules) for f in result.files}
