"""What must hold of every policy and every change, tried on many."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from agentowners.change.model import Account, AccountType, Change, Evidence, Kind, Signal, Status, Strength
from agentowners.engine.facts import MembersOf, PermissionOf, Requesters, Unavailable
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.policy.model import Decision, Policy
from agentowners.records import replace
from tests.engine.build import ALICE, COPILOT, DEPENDABOT, UNKNOWN_BOT, by, change, file, policy

PATTERNS = ["**", "*.py", "src/", "src/**", "src/*", "/docs", "!src/a.py", "a.py", "security/**", "!docs/", "[ab]*", "AGENTS.md"]
REFS = ["refs/heads/main", "!refs/heads/main", "refs/heads/*", "refs/heads/dev", "refs/heads/release/"]
PRINCIPALS = [
    "@agents",
    "@bots",
    "@humans",
    "@unattributed",
    "@anyone",
    "@copilot",
    "@claude",
    "@alice",
    "@dependabot",
    "@acme/core",
    "@*",
]
DECISIONS = [
    "allow",
    "require_approval",
    "require_approval(2)",
    "require_approval @bob",
    "require_approval(3) @acme/core",
    "block",
]
ACTIONS = ["", " actions=file_write", " actions=file_delete", " actions=file_rename,file_modify", " actions=file_read"]
PATHS = ["src/a.py", "src/b/c.py", "docs", "docs/x.md", "a.py", "security/k", "AGENTS.md", "\udcff/a.py", "b\nsrc"]


@st.composite
def rule(draw: st.DrawFn, decisions: list[str] = DECISIONS) -> str:
    patterns = draw(st.lists(st.sampled_from(PATTERNS), max_size=3, unique=True))
    refs = draw(st.lists(st.sampled_from(REFS), max_size=2 if patterns else 1, min_size=0 if patterns else 1, unique=True))
    principals = draw(st.lists(st.sampled_from(PRINCIPALS), min_size=1, max_size=2, unique=True))
    return " ".join([*patterns, *refs, *principals]) + " " + draw(st.sampled_from(decisions)) + draw(st.sampled_from(ACTIONS))


defaults = st.lists(
    st.tuples(st.sampled_from(PRINCIPALS), st.sampled_from(DECISIONS)), max_size=3, unique_by=lambda item: item[0]
).map(lambda items: [f"default {principal} {decision}" for principal, decision in items])
extras = st.lists(
    st.sampled_from(["mode read-only @claude", "mode workspace-write @copilot src/", "unprotect AGENTS.md @copilot @claude"]),
    max_size=2,
    unique=True,
)

ASSERTED = [
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="Claude", email="noreply@anthropic.com", where="commit 1"),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, COPILOT, where="commit 2"),
    Evidence(Signal.COMMITTER, Strength.ASSERTED, ALICE, where="commit 3"),
    Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, name="X", email="x@nowhere.example", where="commit 4"),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="X", email="x@nowhere.example", where="commit 4"),
    Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, name="Copilot", email="198982749+Copilot@users.noreply.github.com"),
    Evidence(Signal.TRAILER, Strength.ASSERTED, text="Co-authored-by: Claude <noreply@anthropic.com>", where="commit 5"),
    Evidence(Signal.BRANCH, Strength.ASSERTED, text="claude/fix"),
    Evidence(Signal.BODY, Strength.ASSERTED, text="Generated with [Claude Code](https://claude.com/claude-code)"),
    Evidence(Signal.LABEL, Strength.ASSERTED, text="codex"),
    Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, Account("Copilot", 5, AccountType.USER), where="commit 6"),
]


@st.composite
def changes(draw: st.DrawFn) -> Change:
    files = draw(
        st.lists(
            st.builds(
                file,
                st.sampled_from(PATHS),
                st.sampled_from([Status.ADDED, Status.MODIFIED, Status.REMOVED, Status.WRITTEN]),
                kind=st.sampled_from([Kind.FILE, Kind.SYMLINK, Kind.UNKNOWN]),
            ),
            min_size=1,
            max_size=4,
            unique_by=lambda f: f.path,
        )
    )
    if draw(st.booleans()):
        files.append(file("docs/moved", Status.RENAMED, "src/was"))
    author = draw(st.sampled_from([ALICE, COPILOT, DEPENDABOT, UNKNOWN_BOT]))
    more = draw(st.lists(st.sampled_from(ASSERTED), max_size=2, unique_by=repr))
    ref = draw(st.sampled_from(["refs/heads/main", "refs/heads/dev", "refs/heads/release/1"]))
    return change(*files, evidence=[*by(author), *more], author=author, ref=ref)


def judge(rules: Policy, subject: Change) -> Verdict:
    def answer(need: object) -> Unavailable:
        assert isinstance(need, MembersOf | PermissionOf | Requesters) or need is not None
        return Unavailable("not known here")

    return inquire(rules, subject, answer)


def strictness(result: Verdict) -> dict[str, int]:
    return {f.path: f.judgement.decision.strictness for f in result.files}


def at_least(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(one[path] >= other[path] for path in other)


@given(st.lists(rule(), max_size=6), defaults, extras, changes(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_the_order_of_rules_never_matters(
    rules: list[str], given: list[str], more: list[str], subject: Change, random: Random
) -> None:
    lines = [*rules, *given, *more]
    shuffled = list(lines)
    random.shuffle(shuffled)
    one, other = judge(policy("\n".join(lines)), subject), judge(policy("\n".join(shuffled)), subject)
    assert strictness(one) == strictness(other)
    assert one.approvals.required == other.approvals.required


@given(st.lists(rule(), max_size=4), st.lists(rule(), max_size=4), defaults, extras, changes())
@settings(max_examples=150)
def test_a_layer_never_loosens(first: list[str], second: list[str], given: list[str], modes: list[str], subject: Change) -> None:
    more = [line for line in modes if not line.startswith("unprotect")]
    alone = judge(policy("\n".join(first)), subject)
    both = judge(policy("\n".join(first), "\n".join([*second, *given, *more])), subject)
    assert at_least(strictness(both), strictness(alone))
    assert both.approvals.required >= alone.approvals.required


@given(st.lists(rule(), max_size=5), rule([d for d in DECISIONS if d != "allow"]), changes())
@settings(max_examples=150)
def test_a_further_restricting_rule_never_loosens_what_other_rules_decide(
    rules: list[str], further: str, subject: Change
) -> None:
    before, after = judge(policy("\n".join(rules)), subject), judge(policy("\n".join([*rules, further])), subject)
    assert at_least(strictness(after), strictness(before))
    assert after.approvals.required >= before.approvals.required


@given(st.lists(rule(), max_size=5), defaults, extras, changes(), st.sampled_from(ASSERTED))
@settings(max_examples=300)
def test_an_asserted_signal_never_loosens(
    rules: list[str], given: list[str], more: list[str], subject: Change, signal: Evidence
) -> None:
    text = policy("\n".join([*rules, *given, *more]))
    with_signal = replace(subject, evidence=(*subject.evidence, signal))
    before, after = judge(text, subject), judge(text, with_signal)
    assert at_least(strictness(after), strictness(before))
    assert after.approvals.required >= before.approvals.required


@given(st.lists(rule(), max_size=5), defaults, extras, changes())
@settings(max_examples=100)
def test_a_verdict_is_the_strictest_of_its_files_and_says_who_carries_it(
    rules: list[str], given: list[str], more: list[str], subject: Change
) -> None:
    text = policy("\n".join([*rules, *given, *more]))
    result = judge(text, subject)
    assert result.decision.strictness == max(strictness(result).values())
    assert [f.path for f in result.files] == sorted(f.path for f in result.files)
    for f in result.files:
        if f.judgement.decision.restricts:
            assert f.judgement.rules
            assert all(applied.decision is f.judgement.decision for applied in f.judgement.rules)
            assert f.judgement.principal in result.principals
        if f.judgement.decision is Decision.REQUIRE_APPROVAL:
            assert f.judgement.obligations
    assert judge(text, subject) == result
