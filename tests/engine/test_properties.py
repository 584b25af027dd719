"""What must hold of every policy and every change, tried on many."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Change, Evidence, Kind, Signal, Status, Strength
from agentowners.engine.facts import Known, MembersOf, PathsOf, Reply, Unavailable
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.identity.resolve import definitions, resolve
from agentowners.policy.model import Decision, Policy
from tests.engine.build import ALICE, COPILOT, DEPENDABOT, UNKNOWN_BOT, by, change, file, policy
from tests.examples import examples

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


COMMITS = [f"{number}" * 40 for number in range(1, 5)]
ELSEWHERE = ["src/was", "lib/was", "nowhere"]
Paths = dict[str, frozenset[str] | None]
"""By commit, the paths it changes; None where it cannot be looked into."""


@st.composite
def shared_work(draw: st.DrawFn) -> tuple[Change, Paths]:
    """A change of which some contributors are known from commits alone, with what those commits change."""
    subject = draw(changes())
    somewhere = st.none() | st.lists(st.sampled_from(COMMITS), max_size=2).map(tuple)
    asserted = [*subject.evidence[1:], *draw(st.lists(st.sampled_from(ASSERTED), max_size=2)), ASSERTED[0]]
    evidence = [replace(each, commits=draw(somewhere)) for each in asserted]
    # every commit has an author
    evidence += [replace(draw(st.sampled_from([ASSERTED[0], ASSERTED[1]])), commits=(commit,)) for commit in COMMITS]
    files = [
        replace(each, everybodys=draw(st.booleans()), stands_for=draw(st.none() | st.sampled_from([*PATHS, *ELSEWHERE])))
        for each in subject.files
    ]
    some = st.lists(st.sampled_from([*PATHS, *ELSEWHERE, "docs/moved"]), max_size=4).map(frozenset)
    paths = {commit: draw(st.none() | some) for commit in COMMITS}
    author = subject.author if draw(st.booleans()) else None
    evidence += [subject.evidence[0]] if author is not None else []
    commits = tuple(draw(st.lists(st.sampled_from(COMMITS), max_size=4, unique=True)))
    return replace(subject, files=tuple(files), evidence=tuple(evidence), author=author, commits=commits), paths


def judge(rules: Policy, subject: Change, paths: Paths | None = None) -> Verdict:
    """The verdict where teams are empty, and nothing else is known but what commits change."""

    def answer(need: object) -> Reply:
        if isinstance(need, MembersOf) and paths is not None:
            return Known(())
        found = (paths or {}).get(need.commit) if isinstance(need, PathsOf) else None
        return Unavailable("not known here") if found is None else Known(found)

    return inquire(rules, subject, answer)


def strictness(result: Verdict) -> dict[str, int]:
    return {f.path: f.judgement.decision.strictness for f in result.files}


def at_least(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(one[path] >= other[path] for path in other)


@given(st.lists(rule(), max_size=6), defaults, extras, changes(), st.randoms(use_true_random=False))
@examples(15)
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
@examples(15)
def test_a_layer_never_loosens(first: list[str], second: list[str], given: list[str], modes: list[str], subject: Change) -> None:
    more = [line for line in modes if not line.startswith("unprotect")]
    alone = judge(policy("\n".join(first)), subject)
    both = judge(policy("\n".join(first), "\n".join([*second, *given, *more])), subject)
    assert at_least(strictness(both), strictness(alone))
    assert both.approvals.required >= alone.approvals.required


@given(st.lists(rule(), max_size=5), rule([d for d in DECISIONS if d != "allow"]), changes())
@examples(15)
def test_a_further_restricting_rule_never_loosens_what_other_rules_decide(
    rules: list[str], further: str, subject: Change
) -> None:
    before, after = judge(policy("\n".join(rules)), subject), judge(policy("\n".join([*rules, further])), subject)
    assert at_least(strictness(after), strictness(before))
    assert after.approvals.required >= before.approvals.required


@given(st.lists(rule(), max_size=5), defaults, extras, changes(), st.sampled_from(ASSERTED))
@examples(25)
def test_an_asserted_signal_never_loosens(
    rules: list[str], given: list[str], more: list[str], subject: Change, signal: Evidence
) -> None:
    text = policy("\n".join([*rules, *given, *more]))
    with_signal = replace(subject, evidence=(*subject.evidence, signal))
    before, after = judge(text, subject), judge(text, with_signal)
    assert at_least(strictness(after), strictness(before))
    assert after.approvals.required >= before.approvals.required


@given(st.lists(rule(), max_size=5), defaults, extras, changes())
@examples(25)
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


@given(
    st.lists(rule(), max_size=5), defaults, extras, shared_work(), st.sampled_from(ASSERTED), st.sampled_from([None, *COMMITS])
)
@examples(25)
def test_a_further_contributor_never_loosens(
    rules: list[str], given: list[str], more: list[str], work: tuple[Change, Paths], signal: Evidence, commit: str | None
) -> None:
    text = policy("\n".join([*rules, *given, *more]))
    subject, paths = work
    further = replace(signal, commits=None if commit is None else (commit,))
    before = judge(text, subject, paths)
    after = judge(text, replace(subject, evidence=(*subject.evidence, further)), paths)
    assert at_least(strictness(after), strictness(before))
    assert after.approvals.required >= before.approvals.required


@given(st.lists(rule(), max_size=5), defaults, extras, shared_work())
@examples(25)
def test_looking_into_commits_only_loosens_and_never_below_what_each_path_is_to_its_makers(
    rules: list[str], given: list[str], more: list[str], work: tuple[Change, Paths]
) -> None:
    text = policy("\n".join([*rules, *given, *more]))
    subject, paths = work
    looked, everywhere = strictness(judge(text, subject, paths)), strictness(judge(text, subject, {}))
    assert at_least(everywhere, looked)
    for one in subject.files:
        # the path alone, by those who are known from some commit that changes it
        own = {commit for commit, changed in paths.items() if changed is None or one.path in changed}
        makers = tuple(e for e in subject.evidence if e.commits is None or own & {*e.commits})
        if resolve(makers, definitions(text), None):
            alone = replace(subject, evidence=tuple(replace(e, commits=None) for e in makers), author=None)
            judged = judge(text, replace(alone, files=(replace(one, everybodys=False, stands_for=None),)), {})
            assert at_least(looked, strictness(judged))


@given(st.lists(rule(), max_size=5), defaults, extras, shared_work(), st.randoms(use_true_random=False))
@examples(15)
def test_the_order_of_files_and_commits_never_matters(
    rules: list[str], given: list[str], more: list[str], work: tuple[Change, Paths], random: Random
) -> None:
    text = policy("\n".join([*rules, *given, *more]))
    subject, paths = work
    files, commits = list(subject.files), list(subject.commits)
    random.shuffle(files)
    random.shuffle(commits)
    one, other = judge(text, subject, paths), judge(text, replace(subject, files=tuple(files), commits=tuple(commits)), paths)
    assert strictness(one) == strictness(other)
    assert [f.principals for f in one.files] == [f.principals for f in other.files]
    assert one.approvals.required == other.approvals.required


@given(st.lists(rule(), max_size=5), defaults, extras, shared_work())
@examples(15)
def test_only_answers_that_can_change_the_verdict_are_asked_for(
    rules: list[str], given: list[str], more: list[str], work: tuple[Change, Paths]
) -> None:
    text = policy("\n".join([*rules, *given, *more]))
    subject, paths = work
    asked: list[str] = []

    def answer(need: object) -> Reply:
        if not isinstance(need, PathsOf):
            return Unavailable("not known here")
        asked.append(need.commit)
        found = paths.get(need.commit)
        return Unavailable("not looked into") if found is None else Known(found)

    def decided(result: Verdict) -> list[object]:
        return [(f.path, f.judgement.decision, len(f.judgement.obligations), f.judgement.observed) for f in result.files]

    inquire(text, subject, answer)
    assert len(asked) == len(set(asked))
    somebody_is_everywhere = subject.author is not None and not any(f.everybodys for f in subject.files)
    if asked and somebody_is_everywhere:
        nothing = Known(frozenset({"elsewhere"}))
        least = inquire(text, subject, lambda need: nothing if isinstance(need, PathsOf) else Unavailable("not known here"))
        assert decided(least) != decided(judge(text, subject))
