"""A part of a policy that decides about a change as the whole does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.backtest import replay
from agentowners.backtest.replay import LONG, NarrowedPolicy
from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.cli.offline import answer
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from tests.engine.build import policy
from tests.examples import examples
from tests.map.test_draw import MAIN, OTHER, POLICY, SEGMENTS

MORE = """\
!docs/ @claude require_approval(3)
mode workspace-write @copilot paths=src/**
refs/heads/main @codex block
"""
RULES = f"{POLICY}{OTHER}{MORE}"
PATHS = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3).map("/".join)
FILES = st.lists(
    st.builds(
        FileChange,
        path=PATHS,
        status=st.sampled_from([Status.ADDED, Status.MODIFIED, Status.REMOVED, Status.RENAMED]),
        previous_path=st.none() | PATHS,
        before=st.sampled_from([Kind.FILE, Kind.SYMLINK, Kind.UNKNOWN]),
        after=st.sampled_from([Kind.FILE, Kind.SUBMODULE]),
    ),
    min_size=1,
    max_size=4,
)
WHO = st.lists(
    st.builds(
        Evidence,
        signal=st.just(Signal.COMMIT_AUTHOR),
        strength=st.just(Strength.ASSERTED),
        name=st.sampled_from(["Claude", "Pat", "Codex"]),
        email=st.sampled_from(["noreply@anthropic.com", "198982749+Copilot@users.noreply.github.com", "pat@example.com"]),
        where=st.just("commit 1a2b3c4"),
    ),
    min_size=1,
    max_size=3,
)


def told(verdict: Verdict) -> object:
    """All of a verdict that a backtest counts."""
    return (
        verdict.decision,
        verdict.observed_only,
        verdict.approvals.required,
        [
            (file.path, file.judgement.decision, file.judgement.principal, [rule.id for rule in file.judgement.rules])
            for file in verdict.files
        ],
    )


@given(FILES, WHO)
@examples(30)
def test_it_decides_as_the_whole_policy(files: list[FileChange], who: list[Evidence]) -> None:
    whole = policy(RULES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "LONG", 0)
        part = NarrowedPolicy(whole).of(files)
    change = Change(MAIN, tuple(files), tuple(who), by_writer=True)
    assert told(inquire(part, change, answer)) == told(inquire(whole, change, answer))


def test_a_long_policy_becomes_short_and_a_short_one_stays() -> None:
    files = [FileChange("folder7/a.py", Status.MODIFIED, before=Kind.FILE, after=Kind.FILE)]
    long = policy("".join(f"/folder{number}/ @agents block\n" for number in range(LONG + 1)))
    narrowed = NarrowedPolicy(long)
    assert [rule.id for rule in narrowed.of(files).layers[0].rules] == ["AGENTOWNERS:8"]
    assert narrowed.of(files) is narrowed.of(files)
    short = policy("/folder7/ @agents block\n")
    assert NarrowedPolicy(short).of(files) is short
