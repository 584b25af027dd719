"""Answers to questions about a repository."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.engine.facts import Unavailable


class Guarantee(Enum):
    """Strength of a guarantee, worst first; the security model defines the words."""

    UNAVAILABLE = "unavailable"
    BEST_EFFORT = "best-effort"
    STRONG = "strong"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Guarantee).index(self)


class Question(Enum):
    """Questions about a repository, most telling first: of several that could be mended, the first helps most."""

    POLICY = "policy"
    GATE = "gate"
    REQUIRED = "required-check"
    ACTIONS = "actions-allowed"
    BYPASS = "bypass"
    WIRING = "wiring"
    GATE_SCOPES = "gate-permissions"
    DIRECT_PUSH = "direct-push"
    FORGING = "forging"
    APP_KEY = "app-key"
    AGENTS = "agents-access"
    DEFAULT_SCOPES = "default-permissions"
    OTHER_WORKFLOWS = "other-workflows"
    REVIEWS = "reviews"
    REJUDGED = "policy-changes"
    MERGE_QUEUE = "merge-queue"
    BASE_MOVES = "base-moves"
    OWNED = "policy-owners"
    FORKS = "forks"
    DEPLOY_KEYS = "deploy-keys"
    BRANCHES = "branches"
    AGENT_PROOF = "agents-proof"
    ROLES = "assumable-roles"
    AUDIT_STORE = "audit-store"
    SAME_USER = "same-user"
    BORROWED = "borrowed-accounts"


APPLY: Final = "agentowners doctor --apply"


class CheckupFinding(Struct, frozen=True, kw_only=True, rename={"question": "id"}):
    """An answer to a question."""

    question: Question
    branch: str | None = None
    subject: str
    """Subject: ``the required check on main``."""
    guarantee: Guarantee
    known: bool = True
    """False where it could not be told; then the guarantee is unavailable."""
    why: str
    fix: str | None = None
    """Next step; None where nothing can be better."""


class Asked(Struct, frozen=True):
    """A question with its subject, for which the answers are made."""

    question: Question
    subject: str
    branch: str | None = None

    def strong(self, why: str) -> CheckupFinding:
        """It holds."""
        return self.graded(Guarantee.STRONG, why, None)

    def best_effort(self, why: str, fix: str | None) -> CheckupFinding:
        """It holds in the usual case."""
        return self.graded(Guarantee.BEST_EFFORT, why, fix)

    def unavailable(self, why: str, fix: str | None) -> CheckupFinding:
        """It does not hold."""
        return self.graded(Guarantee.UNAVAILABLE, why, fix)

    def graded(self, guarantee: Guarantee, why: str, fix: str | None) -> CheckupFinding:
        """As the guarantee says; what is strong has nothing to mend."""
        return CheckupFinding(
            question=self.question,
            subject=self.subject,
            branch=self.branch,
            guarantee=guarantee,
            why=why,
            fix=None if guarantee is Guarantee.STRONG else fix,
        )

    def untold(self, missing: Unavailable, fix: str | None = None) -> CheckupFinding:
        """It could not be told."""
        grant = None if missing.permission is None else f"ask with a token that has `{missing.permission}`"
        return replace(self.unavailable(f"cannot be told: {missing.why}", grant or fix), known=False)


class Checkup(Struct, frozen=True):
    """All findings about a repository."""

    repository: str
    default_branch: str
    branches: tuple[str, ...]
    findings: tuple[CheckupFinding, ...]

    @property
    def sorted(self) -> Sequence[CheckupFinding]:
        """Worst first; of equals those that can be mended before those that cannot, then as questions are listed."""
        order = list(Question)
        return sorted(self.findings, key=lambda it: (it.guarantee.rank, it.fix is None, not it.known, order.index(it.question)))

    @property
    def next(self) -> CheckupFinding | None:
        """The finding to mend first; None where nothing can be better."""
        return next((finding for finding in self.sorted if finding.fix is not None), None)

    def of(self, guarantee: Guarantee) -> tuple[CheckupFinding, ...]:
        """The findings of one guarantee, in order."""
        return tuple(finding for finding in self.sorted if finding.guarantee is guarantee)
