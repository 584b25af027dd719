"""Contributors as they come, not as the comparison thinks of them: whatever one of them loses is said."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.policy.model import Action
from agentowners.proof.cast import Actor, Trust
from agentowners.proof.cells import Cell
from agentowners.proof.compare import compare
from agentowners.proof.difference import Direction
from tests.proof.points import PATHS, RULES, decided, passes_more, policy

_VERIFIED = [
    Account("amy", 1, AccountType.USER),
    Account("codex-fan", 2, AccountType.USER),
    Account("helper", 3, AccountType.USER),
    Account("claude-code", 4, AccountType.USER),
    Account("x-helper", 5, AccountType.USER),
    Account("Copilot", 198982749, AccountType.BOT),
    Account("claude[bot]", 209825114, AccountType.BOT),
    Account("dependabot[bot]", 49699333, AccountType.BOT),
    Account("cobot[bot]", 6, AccountType.BOT),
    Account("helper[bot]", 7, AccountType.BOT),
]
EVERYBODY = [
    *(Evidence(Signal.AUTHOR, Strength.VERIFIED, account) for account in _VERIFIED),
    *(Evidence(Signal.PUSHER, Strength.ASSERTED, account) for account in _VERIFIED),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="Claude", email="noreply@anthropic.com"),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="x", email="h@a.example"),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="x", email="amy@nowhere.example"),
    Evidence(Signal.BRANCH, Strength.ASSERTED, text="copilot/x"),
    Evidence(Signal.BRANCH, Strength.ASSERTED, text="helper/x"),
    Evidence(Signal.TRAILER, Strength.ASSERTED, text="Made-by: helper 2"),
    Evidence(Signal.BODY, Strength.ASSERTED, text="by helper"),
]
_WHO = st.sampled_from(
    [
        "@co*",
        "@*bot",
        "@dep*",
        "@helper",
        "@*helper",
        "@claude-code",
        "@claude",
        "@bots !@dep*",
        "@humans",
        "@agents !@co*",
        "@n/*",
        "@acme/t",
        "@acme/t @agents",
        "@acme/t @bots",
        "@acme/t @humans",
    ]
)
_LINES = st.one_of(
    st.builds(
        "{} {} {}".format, st.sampled_from(["a", "b", "**"]), _WHO, st.sampled_from(["block", "allow", "require_approval"])
    ),
    RULES,
    st.sampled_from(
        [
            "agent helper login=helper",
            "agent helper email=h@*.example",
            "agent helper branch=helper/*",
            "agent helper trailer=Made-by:*",
            "agent helper description=by*helper",
            "agent dependabot group=agents",
            "agent n/* login=*-helper",
            "default @agents block",
            "default @humans require_approval",
        ]
    ),
)
_LOOSE = (Direction.LOOSER, Direction.INCOMPARABLE)


def _text(lines: list[str]) -> str:
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(" ".join(line.split()[:2]) if line.startswith(("default", "agent")) else line, line)
    return "".join(f"{line}\n" for line in found.values())


@given(st.lists(_LINES, max_size=4), st.lists(_LINES, max_size=2), st.integers(0, 15), st.sampled_from(EVERYBODY))
@settings(max_examples=40, deadline=None)
@example(["a @dep* block"], ["a @humans @agents block"], 1, EVERYBODY[7])
@example(["a @claude-code block"], ["a @claude block"], 1, EVERYBODY[3])
@example(["a @acme/t @bots block"], ["a @acme/t block"], 1, EVERYBODY[7])
@example(["a @helper block"], ["agent helper email=h@*.example", "a @helper block"], 1, EVERYBODY[2])
def test_whoever_loses_anything_it_is_said(first: list[str], more: list[str], dropped: int, evidence: Evidence) -> None:
    old, new = policy(_text(first)), policy(_text([line for place, line in enumerate(first) if not dropped >> place & 1] + more))
    found = compare(old, new)
    if found.unknown:
        return
    trusts = (Trust.VERIFIED,) if evidence.strength is Strength.VERIFIED else (Trust.ASSERTED, Trust.VOUCHED)
    for trust in trusts:
        cell = Cell(Actor("@somebody", trust, evidence), Action.FILE_MODIFY, "refs/heads/main")
        before, after = (decided(which, cell, PATHS, as_link=False, author=cell.actor.author) for which in (old, new))
        lost = [path for path in PATHS if passes_more(before[path], after[path])]
        gained = [path for path in PATHS if passes_more(after[path], before[path])]
        ways = {region.direction for region in found.regions}
        assert not lost or not ways.isdisjoint(_LOOSE), (trust, lost[:3])
        assert not gained or ways & {Direction.STRICTER, Direction.INCOMPARABLE}, (trust, gained[:3])
