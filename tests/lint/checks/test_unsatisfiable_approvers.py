from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.change.model import Account, AccountType
from agentowners.diagnostics import Severity
from agentowners.engine.facts import Known, MembersOf, Need, PermissionOf, Reply, Requesters
from agentowners.engine.settle import evaluate
from agentowners.engine.verdict import Verdict
from agentowners.policy.model import Permission
from tests.engine.build import ALICE, by, change, policy, review
from tests.examples import examples
from tests.lint.linting import YAML, findings, said, subject

ID = "unsatisfiable-approvers"
PEOPLE = [Account(name, 1001 + number, AccountType.USER) for number, name in enumerate(("alice", "bob", "carol", "dave"))]


def all_approve(text: str, author: Account = ALICE) -> Verdict:
    """A verdict where everybody there is has approved."""
    reviews = [review(who, id=number) for number, who in enumerate(PEOPLE)]
    facts: dict[Need, Reply] = {PermissionOf(who): Known(Permission.WRITE) for who in PEOPLE}
    facts[Requesters()] = Known(())
    facts[MembersOf("acme", "core")] = Known(tuple(PEOPLE))
    return evaluate(policy(text), change("a", evidence=by(author), author=author, reviews=reviews), facts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/a @agents require_approval(2) @bob", "1 `@bob`: this asks for 2 approvals and names 1 approver"),
        (
            "/a @agents require_approval(2) @bob @copilot",
            "1 `@bob @copilot`: this asks for 2 approvals and names 2 approvers, of whom `@copilot` is the agent `copilot`",
        ),
        (
            "default @agents require_approval @helper[bot]",
            "1 `@helper[bot]`: this asks for 1 approval and names 1 approver, of whom `@helper[bot]` is a bot",
        ),
        (
            "agent helper login=helper-app[bot]\n/a @agents require_approval @helper",
            "2 `@helper`: this asks for 1 approval and names 1 approver, of whom `@helper` is an agent's name",
        ),
        (
            "/a @alice require_approval @Alice",
            "1 `@Alice`: this asks for 1 approval, and beside `@alice`, "
            "who cannot approve changes of their own, too few are named",
        ),
    ],
)
def test_it_says_why(text: str, message: str) -> None:
    assert said(findings(ID, subject(text))) == [message]


def test_where_it_holds_for_some_of_those_named_it_is_a_note() -> None:
    (found,) = findings(ID, subject("/a @alice @bob require_approval @alice"))
    assert found.diagnostic.severity is Severity.NOTE
    (found,) = findings(ID, subject("/a @alice @bob require_approval(2) @alice @bob"))
    assert found.diagnostic.severity is Severity.WARNING


def test_yaml() -> None:
    text = """\
    rules:
      - patterns: [a]
        decision: require_approval
        approvals: 3
        approvers:
          - "@alice"
          - "@bob"
    """
    assert said(findings(ID, subject(text, name=YAML))) == [
        "3 `require_approval`: this asks for 3 approvals and names 2 approvers"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "/a @agents require_approval(10)",
        "/a @agents require_approval(10) @acme/core",
        "/a @agents require_approval(2) @alice @acme/core",
        "/a @agents require_approval(2) @alice @bob",
        "/a @alice require_approval @alice @bob",
        "/a @agents @humans require_approval @alice",
        "/a @agents require_approval @login:claude",  # an account of that name
        "/a @alice require_approval @alice\napprovals contributors_count=true",  # for what she did not open
        "/a @acme/core require_approval @alice",
        "/a @copilot require_approval @alice",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()


NAMES = ["@alice", "@bob", "@carol", "@dave", "@copilot", "@helper[bot]", "@acme/core"]
ASKS = st.tuples(st.integers(1, 4), st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)).map(
    lambda ask: f"a @anyone require_approval({ask[0]}) {' '.join(ask[1])}"
)


@given(ASKS)
@examples(20)
def test_whatever_is_found_nobody_can_satisfy(ask: str) -> None:
    if findings(ID, subject(ask)):
        for author in PEOPLE:
            assert not all(obligation.met for obligation in all_approve(ask, author).approvals.obligations)


@given(st.lists(ASKS, min_size=2, max_size=4), st.sampled_from(PEOPLE))
@examples(20)
def test_what_can_be_met_one_by_one_can_be_met_together(asks: list[str], author: Account) -> None:
    alone = list(chain.from_iterable(all_approve(ask, author).approvals.obligations for ask in asks))
    together = all_approve("\n".join(asks), author).approvals.obligations
    assert all(o.met for o in together) == all(o.met for o in alone)
