"""Whatever is said never to decide never does, however it is tried; and the plain cases that people write are found."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from agentowners.change.model import Account, AccountType, Change, Evidence, Kind, Signal, Status, Strength
from agentowners.engine.verdict import Verdict
from agentowners.lint.model import LintSubject
from agentowners.lint.shadowed import ShadowedRule, ShadowReason
from agentowners.policy.model import Policy
from tests.engine.build import ALICE, COPILOT, DEPENDABOT, UNKNOWN_BOT, by, change, file, policy
from tests.engine.test_properties import ASSERTED, defaults, judge, rule
from tests.examples import examples

PATHS = ("src/a.py", "src/b/c.py", "docs", "docs/x.md", "a.py", "security/k", "AGENTS.md", "\udcff/a.py", "src/docs/a.py")
REFS = ("refs/heads/main", "refs/heads/dev", "refs/heads/release/1", "refs/tags/v1")
WRITTEN = (Status.ADDED, Status.MODIFIED, Status.REMOVED, Status.WRITTEN)
STATUSES = (*WRITTEN, Status.READ, Status.EXECUTED)
KINDS = (Kind.FILE, Kind.SYMLINK, Kind.UNKNOWN)
CLAUDE = Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="Claude", email="noreply@anthropic.com", where="commit 1")
BOB = Account("bob", 1002, AccountType.USER)
WHO: tuple[tuple[Account, tuple[Evidence, ...]], ...] = (
    *((account, by(account)) for account in (ALICE, COPILOT, DEPENDABOT, UNKNOWN_BOT)),
    (ALICE, (*by(ALICE), CLAUDE)),
    (BOB, (*by(BOB, COPILOT), *ASSERTED[3:5])),
)
EXTRAS = st.lists(
    st.sampled_from(
        [
            "mode read-only @claude",
            "mode read-only @agents",
            "mode workspace-write @copilot src/",
            "mode workspace-write @agents",
            "mode reviewed-egress @copilot src/ !src/docs/",
            "mode observe-only @copilot",
            "mode observe-only @agents",
            "unprotect AGENTS.md @copilot @claude",
            "unprotect docs/ @agents",
        ]
    ),
    max_size=2,
    unique=True,
)


def changes(statuses: tuple[Status, ...]) -> st.SearchStrategy[Change]:
    """A change of every path at once."""
    every = list(product(WHO, REFS, statuses, KINDS))

    def build(drawn: tuple[tuple[Account, tuple[Evidence, ...]], str, Status, Kind]) -> Change:
        (account, evidence), ref, status, kind = drawn
        return change(*(file(path, status, kind=kind) for path in PATHS), evidence=evidence, author=account, ref=ref)

    return st.sampled_from(every).map(build)


def carriers(result: Verdict) -> set[str]:
    """Ids of all rules that carry a decision, enforced or observed."""
    return {applied.id for f in result.files for applied in (*f.judgement.rules, *(f.judgement.observed_rules or ()))}


def outweighed(text: Policy) -> tuple[ShadowedRule, ...]:
    return tuple(found for found in LintSubject(text).outweighed if found.only is None)


NARROW = st.sampled_from(
    [
        "src/a.py @copilot allow",
        "src/a.py src/b/ @agents allow",
        "docs/x.md @alice require_approval",
        "AGENTS.md @copilot allow actions=file_write",
        "AGENTS.md security/** @copilot allow",
        "security/k refs/heads/main @agents @bots allow",
        "src/** !src/a.py @copilot require_approval(2)",
        "!src/ @claude allow",
        "src/b/c.py @acme/core allow",
        "*.py @* require_approval",
        "[ab]* !b* @dependabot allow actions=file_delete",
    ]
)
WIDE = st.sampled_from(
    [
        "src/ @agents block",
        "src/** !src/b/ @copilot block",
        "src/b/ @copilot block",
        "**/*.py @anyone block",
        "docs/ @humans block",
        "docs @alice @bob block",
        "security/** @agents @bots require_approval",
        "security/ refs/heads/* @anyone block",
        "!docs/ @agents block",
        "[a-z]* @agents block actions=file_write",
        "[a-z]* @agents block actions=file_read,shell_execute",
        "*.py @*  block",
    ]
)


@given(
    st.lists(rule() | NARROW, max_size=4),
    st.lists(rule() | WIDE, max_size=4),
    st.lists(rule() | WIDE, max_size=2),
    defaults,
    EXTRAS,
    st.lists(changes(STATUSES), min_size=4, max_size=8),
    st.lists(changes(WRITTEN), min_size=4, max_size=8),
)
@examples(30, suppress_health_check=[HealthCheck.filter_too_much])
def test_what_never_decides_is_never_among_the_carriers(
    narrow: list[str],
    wide: list[str],
    second: list[str],
    given: list[str],
    more: list[str],
    any_changes: list[Change],
    writes: list[Change],
) -> None:
    text = policy("\n".join([*narrow, *wide, *more]), "\n".join([*second, *given]))
    found = outweighed(text)
    assume(found)
    never = {one.rule.id for one in found if one.why not in (ShadowReason.MODE, ShadowReason.BUILTIN)}
    never_for_writes = {one.rule.id for one in found}
    for each in any_changes:
        assert never.isdisjoint(carriers(judge(text, each)))
    for each in writes:
        assert never_for_writes.isdisjoint(carriers(judge(text, each)))


FOUND = [
    ("/docs/ @agents block\n/docs/a.md @agents allow", ShadowReason.STRICTER),
    ("/docs/a.md @agents allow\n/docs/ @agents block", ShadowReason.STRICTER),  # whatever the order
    ("/docs/ @agents require_approval\n/docs/a.md @agents allow", ShadowReason.STRICTER),
    ("/docs/ @agents block\n/docs/a.md @agents require_approval(3) @alice", ShadowReason.STRICTER),
    ("/docs/ @agents block\n/docs/a.md @copilot allow", ShadowReason.STRICTER),
    ("/docs/ @anyone block\n/docs/a.md @alice @agents allow", ShadowReason.STRICTER),
    ("/docs/ @agents @bots @humans @unattributed block\n/docs/a.md @anyone allow", ShadowReason.STRICTER),
    ("/docs/ @copilot block\n/docs/ @claude block\n/docs/a.md @copilot @claude allow", ShadowReason.STRICTER),
    ("/docs/* @agents block\n/docs/*/** @agents block\n/docs/ @agents allow", ShadowReason.STRICTER),
    ("/docs/ !/docs/b.md @agents block\n/docs/a.md @agents allow", ShadowReason.STRICTER),
    ("/docs/ !/docs/b.md @agents block\n/docs/ !/docs/b* @agents allow", ShadowReason.STRICTER),
    ("!/docs/ @agents block\n/src/ @agents allow", ShadowReason.STRICTER),
    ("*.md @agents block\n/docs/a.md @agents allow", ShadowReason.STRICTER),
    ("/a/ refs/heads/* @agents block\n/a/b refs/heads/main @agents allow", ShadowReason.STRICTER),
    ("/a/ refs/heads/** !refs/heads/x @agents block\n/a/b refs/heads/main @agents allow", ShadowReason.STRICTER),
    ("refs/heads/main @agents block\n/a/b refs/heads/main @agents allow actions=file_read", ShadowReason.CATCH_ALL),
    ("/a/ @agents block actions=file_write\n/a/b @agents allow actions=file_delete", ShadowReason.STRICTER),
    ("/a/ @agents block actions=file_write,file_read,shell_execute\n/a/b @agents allow", ShadowReason.STRICTER),
    (
        "/a/ @agents block actions=file_write\n/a/ @agents block actions=file_read,shell_execute\n/a/b @agents allow",
        ShadowReason.STRICTER,
    ),
    ("/a/ @Alice block\n/a/b @login:alice allow", ShadowReason.STRICTER),
    ("/a/ @login:* block\n/a/b @alice allow", ShadowReason.STRICTER),
    ("/a/ @deploy block\n/a/b @deploy[bot] allow", ShadowReason.STRICTER),
    (
        "/a/ @smooth-operative/* block\n/a/b @smooth-operative/alpha allow\nagent smooth-operative/* login=so-*",
        ShadowReason.STRICTER,
    ),
    ("/a/ @agents block\n/a/b @smooth-operative/* allow\nagent smooth-operative/* login=so-*", ShadowReason.STRICTER),
    ("/a/ !/a/ @agents allow", ShadowReason.EMPTY),
    ("/a/b !/a/ @agents block", ShadowReason.EMPTY),
    ("** @agents block\n/a/b @copilot allow", ShadowReason.CATCH_ALL),
    ("mode read-only @ci-bot\n/a/b @ci-bot allow", ShadowReason.MODE),
    ("mode workspace-write @copilot /src/\n/docs/ @copilot allow", ShadowReason.MODE),
    ("mode workspace-write @copilot /src/ !/src/gen/\n/src/gen/x @copilot allow", ShadowReason.MODE),
    ("mode reviewed-egress @copilot /src/\n/src/package.json @copilot allow", ShadowReason.MODE),
    ("mode approved-online @copilot /Cargo.toml\n/src/package.json @copilot allow", ShadowReason.MODE),
    ("mode workspace-write @copilot\n/.github/workflows/ @copilot allow", ShadowReason.MODE),
    ("/.github/workflows/ @copilot allow", ShadowReason.BUILTIN),
    ("/.github/workflows/x.yml AGENTS.md @agents @dependabot allow", ShadowReason.BUILTIN),
    ("unprotect /CODEOWNERS @agents\n/.github/workflows/x.yml @agents allow actions=file_write", ShadowReason.BUILTIN),
    ("mode observe-only @copilot\n/a/ @copilot block\n/a/b @copilot allow", ShadowReason.STRICTER),  # both are only observed
]


@pytest.mark.parametrize(("text", "why"), FOUND)
def test_what_people_write_is_found(text: str, why: ShadowReason) -> None:
    found = outweighed(policy(text))
    assert [one.why for one in found] == [why]


SILENT = [
    "/docs/ !*.md @agents block\n/docs/conf.py @agents allow",  # docs/conf.py may be a directory, and hold some
    "unprotect AGENTS.md @agents\n/.github/workflows/x.yml @agents allow",
    "/docs/ @agents allow\n/docs/a.md @agents block",
    "/docs/ @agents require_approval\n/docs/a.md @agents require_approval(5)",  # obligations add up
    "/docs/ @agents require_approval(5)\n/docs/a.md @agents require_approval",
    "/docs/ @agents block\n/docs/a.md @agents block",
    "/docs/ @agents block\n/docs @agents allow",  # the file, or a link, called docs
    "/docs/ @agents block\n/docs/a.md @agents @humans allow",
    "/docs/ @agents block\n/docs/a.md @smooth-operative/x allow",  # nothing tells who that is
    "/docs/ @* block\n/docs/a.md @acme/core allow",  # no wildcard means a team
    "/docs/ @* block\n/docs/a.md @agents allow",  # a commit may have no account
    "/docs/ @** block\n/docs/a.md @acme/core allow",
    "/docs/ @login:* block\n/docs/a.md @copilot allow",  # known by a trailer it has no login
    "/docs/ @*/* block\n/docs/a.md @alice allow",
    "/docs/ @login:copilot block\n/docs/a.md @copilot allow",
    "/docs/ @copilot block\n/docs/a.md @login:copilot allow",
    "/docs/ @deploy[bot] block\n/docs/a.md @deploy allow",
    "/docs/ @humans @agents @bots block\n/docs/a.md @anyone allow",
    "/docs/ !/docs/a.md @agents block\n/docs/ @agents allow",
    "/docs/ !*.md @agents block\n/docs/a.md @agents allow",
    "/docs/ refs/heads/main @agents block\n/docs/a.md @agents allow",
    "/docs/ !refs/heads/main @agents block\n/docs/a.md refs/heads/* @agents allow",
    "/docs/ @agents block actions=file_write\n/docs/a.md @agents allow",  # it still answers for reading
    "/docs/ @agents block actions=file_create,file_modify\n/docs/a.md @agents allow actions=file_write",
    "/docs/ @agents block actions=file_delete\n/docs/a.md @agents allow actions=file_delete,file_create",
    "/docs/a* @agents block\n/docs/[ab]* @agents allow",
    "/docs/* @agents block\n/docs/ @agents allow",
    "docs/ @agents block\n/docs* @agents allow",
    "mode read-only @ci-bot\n/a/b @agents allow",
    "mode workspace-write @copilot /src/\n/src/lib/ @copilot allow",
    "mode workspace-write @copilot /src/\n/src/lib/ /docs/ refs/heads/main @claude allow",
    "mode reviewed-egress @copilot /src/\n/src/a.py @copilot allow",
    "mode observe-only @copilot\n/.github/workflows/ @copilot allow",
    "/.github/workflows/ @humans allow",
    "/.github/ @copilot allow",
    "/.github/workflows/ @copilot allow actions=file_read",
    "unprotect /.github/workflows/x.yml @copilot\n/.github/workflows/ @copilot allow",
    "unprotect /.github/workflows/ @claude\n/.github/workflows/ @copilot allow",
    "/.github/workflows/ @copilot require_approval(2)",
]


@pytest.mark.parametrize("text", SILENT)
def test_what_may_decide_is_left_alone(text: str) -> None:
    assert outweighed(policy(text)) == ()


def test_a_layer_can_be_stricter_than_another() -> None:
    text = policy("/docs/a.md @agents allow", "/docs/ @agents block")
    assert [(one.why, [s.rule.id for s in one.by]) for one in outweighed(text)] == [(ShadowReason.STRICTER, ["layer1:1"])]


@pytest.mark.parametrize("observing", ["mode observe-only @humans\n", "mode observe-only @agents\n"])
def test_unless_anybody_is_only_observed(observing: str) -> None:
    assert outweighed(policy("/docs/a.md @agents allow", f"{observing}/docs/ @agents block")) == ()
    assert outweighed(policy(f"{observing}/docs/a.md @agents allow", "/docs/ @agents block")) == ()


def test_one_pattern_of_an_allow_may_be_a_modes() -> None:
    found = LintSubject(policy("mode workspace-write @copilot /src/\n/src/lib/ /docs/ @copilot allow")).outweighed
    assert [(one.why, one.only) for one in found] == [(ShadowReason.MODE, 1)]


def test_a_policy_of_an_awkward_shape_takes_bounded_effort() -> None:
    lines = [f"**/a*b?c*{'?' * (n % 12)}{n}*/**/x*y @agents {['allow', 'block'][n % 2]}" for n in range(300)]
    looked_at = LintSubject(policy("\n".join(lines)))
    assert all(one.why is ShadowReason.STRICTER for one in looked_at.outweighed)
    assert looked_at.shadowing.prover.spent <= looked_at.shadowing.prover.limit * 1.01
