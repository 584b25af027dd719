"""C1: who made a change is found out in work that grows with what was written, not with its square, and only so far."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from agentowners.change.model import Account, AccountType, Evidence, Signal
from agentowners.identity.commits import Commit, commit_evidence, trailers
from agentowners.identity.resolve import MAX_MAKERS, TooManyMakersError
from tests.identity.evidence import ASSERTED, OCTOCAT, who


def _work(do: Callable[[], object]) -> int:
    """Function calls, those into C included."""
    count = 0

    def step(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(step)
    try:
        do()
    finally:
        sys.setprofile(before)
    return count


def _crowd(lines: int, form: str) -> list[Evidence]:
    found: list[Evidence] = []
    for start in range(0, lines, 500):
        block = "\n".join(form.format(number) for number in range(start, min(start + 500, lines)))
        commit = Commit(sha=f"{start:040}", author=OCTOCAT, committer=OCTOCAT, message=f"x\n\n{block}\n")
        found += commit_evidence(commit, OCTOCAT)
    return found


FORMS = [
    "Co-authored-by: n <n{}@users.noreply.github.com>",
    "Co-authored-by: n <9{0}+n{0}@users.noreply.github.com>",
    "Co-authored-by: n{} <x@acme.example>",
    "Co-authored-by: n <n{}[bot]@users.noreply.github.com>",
    "Assisted-by: n{} via crush x",
]


@pytest.mark.parametrize("form", FORMS)
def test_threat_40_twice_the_trailers_cost_twice_the_work(form: str) -> None:
    less, more = (_crowd(lines, form) for lines in (200, 400))
    who(*less, author=OCTOCAT)
    assert _work(lambda: who(*more, author=OCTOCAT)) < 2.2 * _work(lambda: who(*less, author=OCTOCAT))


def test_accounts_without_an_id_join_the_one_of_their_login() -> None:
    with_id = [Evidence(Signal.COMMIT_AUTHOR, ASSERTED, Account("a", id, AccountType.USER)) for id in (9, 7, 8)]
    found = who(Evidence(Signal.CO_AUTHOR, ASSERTED, None, "A", "a@users.noreply.github.com"), *with_id)
    assert [(p.account, len(p.evidence)) for p in found if p.account is not None and p.account.id == 7] == [
        (Account("a", 7, AccountType.USER), 2)
    ]


def test_threat_40_beyond_the_bound_it_is_refused_and_that_costs_no_more_than_the_bound() -> None:
    form = FORMS[0]
    most = _crowd(MAX_MAKERS - 1, form)  # the author is one, too
    assert len(who(*most, author=OCTOCAT)) == MAX_MAKERS
    at_the_bound = _work(lambda: who(*most, author=OCTOCAT))

    def refuse(evidence: list[Evidence]) -> None:
        with pytest.raises(TooManyMakersError, match="more than 5,000 people"):
            who(*evidence, author=OCTOCAT)

    for lines in (MAX_MAKERS, 2 * MAX_MAKERS):
        beyond = _crowd(lines, form)
        assert _work(partial(refuse, beyond)) < at_the_bound / 2


def test_one_person_named_over_and_over_is_one() -> None:
    again = [e for _ in range(4) for e in _crowd(500, "Co-authored-by: n <n{}@users.noreply.github.com>")]
    assert len(who(*again, author=OCTOCAT)) == 501


@pytest.mark.parametrize("unit", [" b\n", "a: b\n", "a\n", ":\n", "Co-authored-by: \n"])
def test_a_message_twice_as_long_costs_twice_the_work(unit: str) -> None:
    less, more = (f"x\n\na: {'y' * 64 * size}\n{unit * size}" for size in (1000, 2000))
    assert _work(lambda: trailers(more)) < 2.2 * _work(lambda: trailers(less)) + 100
