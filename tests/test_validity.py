"""Values are valid by construction: what means nothing cannot be made, nor be made of something valid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from agentowners.change.model import Account, Change, Evidence, FileChange, Review, ReviewState, Signal, Status, Strength
from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.policy.model import AgentEntry, Decision, Default, Mode, ModeLine, OidcClaims, Outcome, Rule, Unprotect
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern, RefPattern

AGENTS = PrincipalPattern("agents")
NOT_BOTS = PrincipalPattern("bots", negative=True)
ALLOW = Outcome(Decision.ALLOW)
ASK = Outcome(Decision.REQUIRE_APPROVAL, 10, (Approver("a"), Approver("b")))
DOCS = PathPattern("docs/")
SPAN = Span("p", 2, 3, 2, 3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Outcome(Decision.BLOCK, 7),
        lambda: Outcome(Decision.ALLOW, 1),
        lambda: Outcome(Decision.REQUIRE_APPROVAL),
        lambda: Outcome(Decision.REQUIRE_APPROVAL, 11),
        lambda: Outcome(Decision.REQUIRE_APPROVAL, -1),
        lambda: Outcome(Decision.BLOCK, approvers=(Approver("a"),)),
        lambda: replace(ASK, approvers=(Approver("a"), Approver("a"))),
        lambda: Rule((DOCS,), (), (), ALLOW),
        lambda: Rule((DOCS,), (), (NOT_BOTS,), ALLOW),
        lambda: Default(NOT_BOTS, ALLOW),
        lambda: ModeLine(Mode.READ_ONLY, ()),
        lambda: ModeLine(Mode.APPROVED_ONLINE, (AGENTS,), approved=(PathPattern("a", negative=True),)),
        lambda: Unprotect((), (AGENTS,)),
        lambda: Unprotect((DOCS,), ()),
        lambda: OidcClaims("", ()),
        lambda: OidcClaims("https://i.example", (("b", "*"), ("a", "*"))),
        lambda: AgentEntry(""),
        lambda: AgentEntry("@a"),
        lambda: PathPattern(""),
        lambda: RefPattern("main"),
        lambda: PrincipalPattern(""),
        lambda: PrincipalPattern("@a"),
        lambda: PrincipalPattern("!a"),
        lambda: Approver(""),
        lambda: Approver("@a"),
        lambda: Span("p", 0, 1, 1, 1),
        lambda: Span("p", 1, 0, 1, 1),
        lambda: Span("p", 2, 1, 1, 9),
        lambda: Span("p", 2, 3, 2, 2),
        lambda: Span("p", 1, 1, 2, 0),
        lambda: Diagnostic("", Severity.NOTE, "m", SPAN),
        lambda: Diagnostic("i", Severity.NOTE, "", SPAN),
        lambda: FileChange("", Status.RENAMED),
        lambda: FileChange("a", Status.RENAMED, ""),
        lambda: FileChange("a", Status.ADDED, first_line=0),
        lambda: Evidence(Signal.DECLARED, Strength.VERIFIED),
        lambda: Evidence(Signal.BODY, Strength.ASSERTED),
        lambda: Evidence(Signal.AUTHOR, Strength.DECLARED, Account("a")),
        lambda: Review(1, None, ReviewState.APPROVED, ""),
        lambda: Change("main", (), ()),
        lambda: Change("refs/heads/main", (), (), pull_request=0),
    ],
)
def test_what_means_nothing_cannot_be_made(make: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"^[a-z][^.]+$"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Outcome(Decision.REQUIRE_APPROVAL, 1),
        lambda: Rule((), (), (AGENTS, NOT_BOTS), ASK),
        lambda: ModeLine(Mode.READ_ONLY, (AGENTS,)),
        lambda: Unprotect((DOCS,), (AGENTS,)),
        lambda: OidcClaims("https://i.example", (("a", "*"), ("b", "*"))),
        lambda: Span("p", 1, 9, 2, 1),
        lambda: FileChange("a", Status.RENAMED, "b", first_line=1),
        lambda: FileChange("a", Status.RENAMED),
        lambda: Evidence(Signal.BODY, Strength.ASSERTED, text=""),
        lambda: Review(1, None, ReviewState.APPROVED, None),
        lambda: Change("refs/heads/main", (), (), pull_request=1),
    ],
)
def test_what_means_something_can(make: Callable[[], Any]) -> None:
    make()
