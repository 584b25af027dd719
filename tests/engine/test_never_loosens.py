"""A further asserted signal never loosens: with wildcards, other names, who is left out, scopes and who answers for whom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.engine.facts import Known, Need, PathsOf, PermissionOf, Reply, Unavailable
from agentowners.engine.settle import inquire
from agentowners.policy.model import Permission
from tests.engine.build import ALICE, BOB, COPILOT, by, change, policy
from tests.examples import examples

EVIL = Account("acme-fleet-evil", 666, AccountType.USER)
FLEET = Account("acme-fleet-1[bot]", 5, AccountType.BOT)
AGENTS = (
    "agent fleet/* login=acme-fleet-* branch=fleet/**\n"
    "agent tools/* login=tool-*[bot] group=bots\n"
    "agent claude trailer=Via:\\ *\n"
)
NAMES = [
    "agents",
    "bots",
    "humans",
    "anyone",
    "claude",
    "claude-code",
    "fleet/*",
    "acme-fleet-*",
    "acme-fleet-evil",
    "*",
    "alice",
]
PATHS = ("a", "b", "AGENTS.md")
SIGNALS = (
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, FLEET),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, EVIL),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, BOB),
    Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, name="Claude", email="noreply@anthropic.com"),
    Evidence(Signal.TRAILER, Strength.ASSERTED, text="Via: something"),
    Evidence(Signal.BODY, Strength.ASSERTED, text="🤖 Generated with [Claude Code](https://claude.com/claude-code)"),
    Evidence(Signal.BRANCH, Strength.ASSERTED, text="fleet/x"),
    Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, name="x", email="acme-fleet-evil@users.noreply.github.com"),
    Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, name="x", email="tool-x[bot]@users.noreply.github.com"),
    Evidence(Signal.COMMITTER, Strength.ASSERTED, email="x@nowhere.example"),
)
evidence = st.builds(
    lambda signal, commits: replace(signal, commits=commits),
    st.sampled_from(SIGNALS),
    st.sampled_from([None, ("1",), ("2",)]),
)
names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2).map(lambda some: " ".join(f"@{name}" for name in some))
left_out = st.lists(st.sampled_from(NAMES), max_size=1).map(lambda some: "".join(f" !@{name}" for name in some))
decisions = st.sampled_from(["allow", "require_approval", "block"])
rules = st.lists(st.builds("{} {}{} {}".format, st.sampled_from(PATHS), names, left_out, decisions), max_size=5)
defaults = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).flatmap(
    lambda some: st.tuples(*[decisions for _ in some]).map(
        lambda said: [f"default @{name} {decision}" for name, decision in zip(some, said, strict=True)]
    )
)
lifts = st.sampled_from(
    [[], ["unprotect AGENTS.md @claude"], ["unprotect AGENTS.md @acme-fleet-*"], ["unprotect AGENTS.md @fleet/*"]]
)


@examples(40)
@given(
    rules,
    defaults,
    lifts,
    st.sampled_from([ALICE, EVIL, FLEET, COPILOT]),
    st.lists(evidence, max_size=3),
    st.lists(evidence, min_size=1, max_size=2),
    st.sampled_from([Permission.READ, Permission.WRITE]),
    st.frozensets(st.sampled_from(PATHS)),
)
def test_an_asserted_signal_never_loosens_whoever_answers_for_it(
    said: list[str],
    given_by: list[str],
    lifted: list[str],
    author: Account,
    known: list[Evidence],
    more: list[Evidence],
    permission: Permission,
    first: frozenset[str],
) -> None:
    def answer(need: Need) -> Reply:
        if isinstance(need, PathsOf):
            return Known(first if need.commit == "1" else frozenset(PATHS) - first)
        return Known(permission) if isinstance(need, PermissionOf) else Unavailable("not known here")

    text = policy(AGENTS + "\n".join([*said, *given_by, *lifted]) + "\n")
    subject = replace(change(*PATHS, evidence=[*by(author), *known], author=author), commits=("1", "2"))
    before = inquire(text, subject, answer)
    after = inquire(text, replace(subject, evidence=(*subject.evidence, *more)), answer)
    for one, other in zip(before.files, after.files, strict=True):
        assert one.path == other.path
        assert one.judgement.decision.strictness <= other.judgement.decision.strictness, one.path
