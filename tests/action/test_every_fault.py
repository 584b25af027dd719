"""A fault at every request of a run in turn, once and lasting, in every scenario: from that request on, or at its place only.

Whatever strikes: what is published passes only where a run without a fault passes; a fault that is over by the next attempt
changes nothing; a run ends within its time; and the next run puts everything right.

Here every kind of request meets one fault of each class, and every shape of request each fault, once or lasting: a class is
handled in one place for all requests of a shape. With AGENTOWNERS_ALL_FAULTS=1, as every night, every request of every scenario
meets every fault both ways, which takes a good part of an hour.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import get_args

import pytest

from agentowners.github.model import Patience
from tests.action.fault_scenarios import SCENARIOS, Recording, Stage, record, recorded, staged
from tests.github_server.faults import Action

# the socket of a connection that a fault broke is closed when it is collected, and that may be while another test runs
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ALL = bool(os.environ.get("AGENTOWNERS_ALL_FAULTS"))
FAULTS: tuple[Action, ...] = get_args(Action)
OVER: frozenset[Action] = frozenset(
    {
        *("500", "502", "503", "reset", "reset-after", "truncated", "not-json", "gzip", "hang", "ignored", "skew"),
        *("secondary-limit", "429", "odd-wait", "past-reset"),
    }
)
"""Where they strike once, the request is made again, or its effect looked up."""
CLASSES: tuple[tuple[Action, ...], ...] = (
    ("500", "502", "503"),
    ("secondary-limit", "429", "long-wait", "odd-wait"),
    ("primary-limit", "past-reset", "odd-reset"),
    ("reset", "truncated", "hang", "drip"),
    ("not-json", "gzip", "odd-json"),
    ("graphql-errors", "graphql-partial", "graphql-null", "graphql-type"),
    ("403", "redirect", "skew", "forgotten-page"),
    ("404",),
    ("reset-after",),
    ("ignored",),
    ("empty-page",),
)
"""Faults that a client hardly tells apart; those that say something untrue are alone."""
BOTH: frozenset[Action] = frozenset({"empty-page"})
"""Tried both ways everywhere also here: the one that looks most like an answer."""
FOREVER = 100_000
NONE_OPEN: frozenset[Action] = frozenset({"empty-page", "forgotten-page"})
UNKNOWABLE: dict[str, frozenset[Action]] = {"pulls/list": NONE_OPEN, "graphql": NONE_OPEN}
"""Asked for all open pull requests, GitHub says each time that there are none: who could tell that from the truth?"""
NOT_SHOWN: dict[str, frozenset[Action]] = {"repos/list-activities": frozenset({"403", "404"})}
"""GitHub does not show the record of a branch: commits are taken for whose they say they are, and the check says so."""
SLOW: frozenset[Action] = frozenset({"hang", "drip"})
SLACK = 20.0
"""Seconds that a busy machine may take for what is no waiting."""

Strike = tuple[str, int, bool]
"""Scenario, index of the request, whether it lasts."""


def patience(fault: Action, *, lasting: bool, seconds: float) -> Patience:
    """Little of it; a run that has to be ended by its time limit has the least, for what takes so long without a fault."""
    whole = 0.6 + 2 * seconds if lasting and fault in SLOW else 30.0
    return Patience(
        attempts=3, pause=0.001, timeout=1, secondary_wait=0.001, longest_wait=0.05, whole_run=whole, last_words=whole / 2
    )


def plan(fault: Action) -> Iterator[Strike]:
    """Where a fault strikes here: every kind of request by its class, in other scenarios each, by turns once and lasting."""
    if ALL:
        for name in SCENARIOS:
            for index in range(len(recorded(name).operations)):
                yield from ((name, index, False), (name, index, True))
        return
    (faults,) = [faults for faults in CLASSES if fault in faults]
    turns: Counter[str] = Counter()
    turn = FAULTS.index(fault) % 2 == 0
    for number, (operation, found) in enumerate(sorted(places().items())):
        # kinds of one shape take the faults of a class by turns; there is one kind of query, which takes all
        turns[shape(operation)] += 1
        if operation != "graphql" and turns[shape(operation)] % len(faults) != faults.index(fault):
            continue
        turn = not turn
        for lasting in (False, True) if fault in BOTH else (turn,):
            # prime steps: neither every fault nor every kind of request comes to the same scenarios
            yield *found[(7 * FAULTS.index(fault) + 3 * number + 11 * lasting) % len(found)], lasting


@cache
def places() -> dict[str, list[tuple[str, int]]]:
    """Where each kind of request is made: scenarios, and the request's index there."""
    by_operation: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name in SCENARIOS:
        for index, operation in enumerate(recorded(name).operations):
            by_operation[operation].append((name, index))
    return by_operation


def shape(operation: str) -> str:
    """What a client asks for, and so how it takes the answer: a list by pages, an object, a change, or a query."""
    verb = operation.partition("/")[2].partition("-")[0]
    if operation == "graphql":
        return "query"
    return "list" if verb in ("list", "compare") else "object" if verb == "get" else "change"


def strikes(scenario: str) -> Iterator[tuple[Action, int, bool]]:
    """The faults of all plans that strike in a scenario."""
    for fault in FAULTS:
        for name, index, lasting in plan(fault):
            if name == scenario:
                yield fault, index, lasting


def check(stage: Stage, good: Recording, fault: Action, index: int, *, lasting: bool) -> None:
    for place in (None, good.requests[index]) if lasting and (ALL or fault in BOTH) else (None,):
        check_at(stage, good, fault, index, lasting=lasting, place=place)


def check_at(stage: Stage, good: Recording, fault: Action, index: int, *, lasting: bool, place: tuple[str, str] | None) -> None:
    """Strike, and look at what comes of it; `place` is where alone, by method and path."""
    stage.rewind()
    spent = patience(fault, lasting=lasting, seconds=good.seconds)
    seconds = {"hang": 30.0 if lasting else 0.1, "drip": 0.2 if lasting else 0.001}.get(
        fault, 0.0 if fault != "primary-limit" else 3600.0
    )
    faults = stage.world.server.faults
    if place is None:
        struck = faults.add(fault, after=index, times=FOREVER if lasting else 1, seconds=seconds)
    else:
        # check runs have other numbers in each run
        path = re.sub(r"[0-9]{9,}$", "[0-9]+", re.escape(place[1]))
        struck = faults.add(fault, method=place[0], path=f"^{path}$", times=FOREVER, seconds=seconds)
    code, took = stage.run(spent)
    assert struck.hits
    assert took <= spent.whole_run + spent.last_words + SLACK
    for head, passes in zip(stage.heads, good.passes, strict=True):
        if not passes and stage.passing(*head) and fault in NOT_SHOWN.get(good.operations[index], ()):
            assert "not everybody who pushed to the head branch is known" in (stage.world.check(*head).summary or "")
        elif not passes and stage.passing(*head):
            # nothing but a word of ours can take back what was said before; where none got through, the job has to tell
            assert not stage.told(head[0])
            assert code == 1 or (lasting and head != stage.heads[0] and fault in UNKNOWABLE.get(good.operations[index], ()))
    if fault in OVER and not lasting:
        assert (stage.shown(), code) == (good.shown, good.code)
    stage.world.server.faults.all.clear()
    stage.world.server.used.clear()
    code, _ = stage.run()
    if stage.event == "push" and stage.shown() != good.shown:
        # a push judges again what passes or conflicts: a pull request that a fault kept from both waits for its own next event
        assert not any(stage.passing(*head) for head, passes in zip(stage.heads, good.passes, strict=True) if not passes)
        stage.world.judge(stage.pulls[0])
    assert (stage.shown(), code) == (good.shown, good.code), "after the next run"


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_fault_makes_a_pass_or_lasts(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    with staged(name) as stage:
        good = record(stage)
        for fault, index, lasting in strikes(name):
            try:
                check(stage, good, fault, index, lasting=lasting)
            except AssertionError as error:
                kind = "lasting" if lasting else "once"
                raise AssertionError(
                    f"{fault}, {kind}, at request {index} of {name}, {good.operations[index]}: {error}"
                ) from error
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err
    assert "Internal error" not in told.out + told.err
    assert "agentowners stopped with" not in told.err


def test_every_kind_of_request_meets_every_class_of_faults_and_every_shape_each_fault() -> None:
    kinds = {operation for name in SCENARIOS for operation in recorded(name).operations}
    assert len(kinds) >= 24
    by_class: dict[tuple[Action, ...], set[str]] = defaultdict(set)
    for fault in FAULTS:
        met = {(recorded(name).operations[index], lasting) for name, index, lasting in plan(fault)}
        assert {shape(kind) for kind, _ in met} == {"list", "object", "change", "query"}, fault
        assert {lasting for _, lasting in met} == {False, True}, fault
        assert fault not in BOTH or len(met) == 2 * len(kinds)
        by_class[next(faults for faults in CLASSES if fault in faults)] |= {kind for kind, _ in met}
    assert sorted(fault for faults in CLASSES for fault in faults) == sorted(FAULTS)
    assert all(met == kinds for met in by_class.values())


def test_without_a_fault_each_scenario_comes_to_what_it_is_for() -> None:
    passing = {name for name in SCENARIOS if all(recorded(name).passes)}
    assert passing == {"approved", "passes", "closed", "good_group", "large_approved", "teams", "merged_only", "beside"}
    for name in SCENARIOS:
        for head, shown in recorded(name).shown.items():
            assert head.startswith("#") or len(shown[0]) == 1, f"{name}: {head}: several words on one commit"
