"""Verdicts made by hand, for the tests of what is said about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Because, Strength, Via
from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.engine.verdict import (
    AppliedRule,
    Approvals,
    CountedReview,
    FileDecision,
    IgnoredReview,
    Judgement,
    NoVerdict,
    Outcome,
    SettledObligation,
    Verdict,
)
from agentowners.identity.model import Group, Principal
from agentowners.policy.model import Action, ByComment, Decision

POLICY_PATH = ".github/AGENTOWNERS"
POLICY = b"""# who may change what
security/**    @smooth-operative/* @copilot block   # keys live here
infra/**       @agents   require_approval(2) @acme/sre
"""
HEAD = "1a2b3c4d5e6f708192a3b4c5d6e7f80910213243"

COPILOT = Principal(
    group=Group.AGENTS,
    strength=Strength.VERIFIED,
    identity="copilot",
    account=Account("Copilot", 198982749, AccountType.BOT),
    evidence=("author id 198982749", "branch copilot/fix-login"),
)
CLAUDE = Principal(
    group=Group.AGENTS, strength=Strength.ASSERTED, identity="claude", evidence=("co-author noreply@anthropic.com in 1a2b3c4",)
)
OCTOCAT = Principal(
    group=Group.HUMANS, strength=Strength.VERIFIED, account=Account("octocat", 583231, AccountType.USER), evidence=("author",)
)

BLOCK_RULE = AppliedRule(
    id=".github/AGENTOWNERS:2",
    source=POLICY_PATH,
    line=2,
    statement="security/** @smooth-operative/* @copilot block",
    decision=Decision.BLOCK,
    reason="keys live here",
)
APPROVAL_RULE = AppliedRule(
    id="infra-on-main",
    source=POLICY_PATH,
    line=3,
    statement="infra/** @agents require_approval(2) @acme/sre id=infra-on-main",
    decision=Decision.REQUIRE_APPROVAL,
    reason=None,
)
BUILTIN_RULE = AppliedRule(
    id="builtin:workflows",
    source="builtin",
    line=None,
    statement=".github/workflows/** @agents @bots @unattributed require_approval actions=file_write",
    decision=Decision.REQUIRE_APPROVAL,
    reason="protected by default",
)
NO_APPROVALS = Approvals()
ALLOWED = Judgement(Decision.ALLOW, None)
BLOCKED = Judgement(Decision.BLOCK, COPILOT, (BLOCK_RULE,), (BLOCK_RULE.id, ".github/AGENTOWNERS:9"))


def approval(*obligations: int, rules: tuple[AppliedRule, ...] = (APPROVAL_RULE,)) -> Judgement:
    """A judgement that asks for the verdict's obligations of these numbers."""
    return Judgement(Decision.REQUIRE_APPROVAL, COPILOT, rules, tuple(r.id for r in rules), obligations=obligations)


def file(path: str, judgement: Judgement = ALLOWED, *actions: Action, first_line: int | None = None) -> FileDecision:
    """A judged path, modified unless told otherwise."""
    return FileDecision(path, actions or (Action.FILE_MODIFY,), judgement, first_line)


def verdict(
    *files: FileDecision,
    approvals: Approvals = NO_APPROVALS,
    principals: tuple[Principal, ...] = (COPILOT,),
    sources: tuple[Source, ...] = (Source(POLICY_PATH, POLICY, "refs/heads/main"),),
    diagnostics: tuple[Diagnostic, ...] = (),
    observed_only: bool = False,
    pull_request: int | None = 7,
) -> Verdict:
    """The verdict that the engine would make of these files."""
    ordered: Sequence[FileDecision] = tuple(sorted(files, key=lambda f: f.path))
    decisions = [f.judgement.observed if observed_only else f.judgement.decision for f in ordered]
    return Verdict(
        decision=max(decisions, key=lambda d: d.strictness, default=Decision.ALLOW),
        observed_only=observed_only,
        files=ordered,
        principals=principals,
        approvals=approvals,
        ref="refs/heads/main",
        sources=sources,
        diagnostics=diagnostics,
        repository="acme/shop",
        pull_request=pull_request,
        head=HEAD,
        author=Account("Copilot", 198982749, AccountType.BOT),
    )


def allowed() -> Verdict:
    return verdict(file("src/login.py"), file("tests/test_login.py"))


def blocked() -> Verdict:
    return verdict(file("security/x.py", BLOCKED, first_line=12), file("src/login.py"))


def two_sre(*granted_by: str, note: str | None = None) -> SettledObligation:
    return SettledObligation(2, ("@acme/sre",), (APPROVAL_RULE.id,), granted_by, note)


def waiting() -> Verdict:
    return verdict(
        file("infra/main.tf", approval(0), first_line=3),
        file("infra/vars.tf", approval(0), Action.FILE_CREATE),
        file("src/login.py"),
        approvals=Approvals(
            required=2,
            granted=1,
            obligations=(two_sre("mona"),),
            ignored=(
                IgnoredReview(
                    "octocat",
                    "gave it to an older commit",
                    "approve the newest commit (`approvals dismiss_stale=false` keeps old approvals)",
                ),
                IgnoredReview("hubot", "is a bot", "a person has to approve"),
            ),
        ),
        principals=(COPILOT, CLAUDE),
    )


def approved() -> Verdict:
    return verdict(
        file("infra/main.tf", approval(0), first_line=3),
        file("src/login.py"),
        approvals=Approvals(required=2, granted=2, obligations=(two_sre("mona", "lisa"),)),
    )


def blocked_and_waiting() -> Verdict:
    """Everything at once: blocked files, two obligations, a note, an observing layer, a warning about the policy."""
    observed = Judgement(Decision.ALLOW, None, observed=Decision.BLOCK, observed_rules=(BLOCK_RULE,), observed_principal=CLAUDE)
    anyone = SettledObligation(1, (), (BUILTIN_RULE.id,), ("mona",))
    return verdict(
        file(".github/workflows/ci.yml", approval(1, rules=(BUILTIN_RULE,)), first_line=8),
        file("infra/main.tf", approval(0), first_line=3),
        file("security/keys.py", BLOCKED, Action.FILE_DELETE),
        file("security/x.py", BLOCKED, first_line=12),
        file("src/login.py"),
        file("src/observed.py", observed),
        approvals=Approvals(
            required=2,
            granted=1,
            obligations=(two_sre("mona", note="cannot read team `acme/sre`: the token lacks `members: read`"), anyone),
            ignored=(
                IgnoredReview(
                    "octocat",
                    "gave it to an older commit",
                    "approve the newest commit (`approvals dismiss_stale=false` keeps old approvals)",
                ),
            ),
        ),
        principals=(COPILOT, CLAUDE, OCTOCAT),
        diagnostics=(CATCH_ALL,),
    )


def only_observed() -> Verdict:
    observed = Judgement(Decision.ALLOW, None, observed=Decision.BLOCK, observed_rules=(BLOCK_RULE,), observed_principal=COPILOT)
    return verdict(file("security/x.py", observed), file("src/login.py"), observed_only=True)


def observed_approvals() -> Verdict:
    """A layer that only observes would ask for approvals."""
    observed = Judgement(
        Decision.ALLOW,
        None,
        observed=Decision.REQUIRE_APPROVAL,
        observed_rules=(APPROVAL_RULE,),
        observed_principal=COPILOT,
        observed_obligations=(0,),
    )
    approvals = Approvals(required=2, granted=0, obligations=(two_sre(),))
    return verdict(file("infra/main.tf", observed), file("src/login.py"), approvals=approvals, observed_only=True)


def landing() -> Verdict:
    """A commit of an agent in a person's change, and paths that only merging writes; approvals that count for a part."""
    claude = replace(CLAUDE, commits=("1a2b3c4d5e6f708192a3b4c5d6e7f80910213243",))
    blocked_for_claude = replace(BLOCKED, principal=claude)
    both = (OCTOCAT, claude)
    moved = FileDecision("security/auth.py", (Action.FILE_MODIFY,), blocked_for_claude, None, Because.LANDS, "lib/auth.py", both)
    taken_back = FileDecision("security/keys.py", (Action.FILE_MODIFY,), blocked_for_claude, 3, Because.LANDS, None, both)
    replayed = FileDecision("infra/main.tf", (Action.FILE_MODIFY,), approval(0), None, Because.REPLAYED, None, both)
    made = verdict(
        moved,
        taken_back,
        replayed,
        FileDecision("src/login.py", (Action.FILE_MODIFY,), ALLOWED, principals=(OCTOCAT,)),
        approvals=Approvals(
            required=2,
            granted=1,
            obligations=(two_sre("mona"),),
            ignored=(
                IgnoredReview(
                    "lisa",
                    "is the author of a commit of it (commit 1a2b3c4, which changes `infra/main.tf`)",
                    "somebody else has to approve (`approvals contributors_count=true` lets contributors count)",
                    (APPROVAL_RULE.id,),
                ),
            ),
            counted=(CountedReview("mona", Via.COMMENT, "https://example.com/acme/shop/pull/7#issuecomment-1"),),
            by_comment=ByComment.OTHERS,
        ),
        principals=both,
    )
    return replace(made, paths=(None, ("infra/main.tf", "security/auth.py", "security/keys.py")))


def conflicting() -> Verdict:
    return replace(approved(), conflict=True)


def no_policy() -> Verdict:
    return verdict(file("src/login.py"), sources=())


def no_files() -> Verdict:
    return verdict()


CATCH_ALL = Diagnostic(
    "catch-all-outweighs-allow",
    Severity.WARNING,
    "the rule `** @agents require_approval` outweighs every `allow` for the same principals",
    Span(POLICY_PATH, 4, 1, 4, 31, "**   @agents  require_approval"),
    "write `default @agents require_approval` instead",
)
BAD_DECISION = Diagnostic(
    "unknown-decision",
    Severity.ERROR,
    "`blok` is not a decision",
    Span(POLICY_PATH, 2, 37, 2, 41, "security/**    @smooth-operative/*  blok"),
    "write `allow`, `require_approval` or `block`",
)
BAD_PRINCIPAL = Diagnostic(
    "missing-principal", Severity.ERROR, "a rule names at least one principal", Span(POLICY_PATH, 3, 1, 3, 9, "infra/**")
)


def unparsed() -> NoVerdict:
    return NoVerdict(
        title="Policy does not parse",
        message="the policy has 2 errors",
        diagnostics=(BAD_DECISION, BAD_PRINCIPAL),
        head=HEAD,
        repository="acme/shop",
        pull_request=7,
        ref="refs/heads/main",
    )


def too_many_files() -> NoVerdict:
    return NoVerdict(
        title="Too many files to list",
        message="the pull request changes 3,412 files, and GitHub lists only the first 3,000",
        help="split the pull request, or judge it with `agentowners check --base` in a checkout",
        head=HEAD,
        repository="acme/shop",
        pull_request=7,
        ref="refs/heads/main",
    )


EXAMPLES: dict[str, Callable[[], Outcome]] = {
    "allowed": allowed,
    "blocked": blocked,
    "waiting": waiting,
    "approved": approved,
    "everything": blocked_and_waiting,
    "only-observed": only_observed,
    "observed-approvals": observed_approvals,
    "landing": landing,
    "conflicting": conflicting,
    "no-policy": no_policy,
    "no-files": no_files,
    "unparsed": unparsed,
    "too-many-files": too_many_files,
}
"""Every kind of outcome by name."""
