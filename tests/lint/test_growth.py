"""The work of lint grows with the rules, not with their square. Calls are counted: on a busy machine a clock says less."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from agentowners.lint.run import find
from tests.lint.linting import subject

POLICIES: dict[str, Callable[[int], str]] = {
    "paths": lambda n: "".join(f"/s{i}/src/** @agents require_approval @acme/t{i % 40}\n" for i in range(n)),
    "names": lambda n: "".join(f"*.x{i} @user{i} block\n" for i in range(n)),
    "the same": lambda n: "/src/** @agents block\n" * n,
    "below one": lambda n: "/src/ @agents block\n" + "".join(f"/src/s{i}/ @agents allow\n" for i in range(n)),
    "catch-alls": lambda n: "** @agents require_approval\n" * (n // 2) + "/a/ @agents allow\n" * (n // 2),
    "catch-alls of several": lambda n: "".join(f"** @agents @u{i} block\n/a{i}/ @agents allow\n" for i in range(n // 2)),
    "exceptions": lambda n: "".join(f"/x{i}/** !/x{i}/a/** !/y{i}/ @agents block\n" for i in range(n)),
    "modes": lambda n: "".join(f"mode workspace-write @b{i} /s{i}/\n/d{i}/ @b{i} allow\n" for i in range(n // 2)),
    "agents": lambda n: "".join(f"agent a{i}/* login=l{i}-*\n/x{i}/ @a{i}x/b block\n" for i in range(n // 2)),
    "unprotected": lambda n: "".join(f"unprotect /.github/workflows/w{i}.yml @agents\n" for i in range(n)),
}


def calls(text: str) -> int:
    """How many calls are made to look at a policy, of functions and of what the interpreter has built in."""
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    looked_at = subject(text, [f"s{i}/src/a/b" for i in range(50)], owner="acme")
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        find(looked_at)
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize("kind", POLICIES)
def test_four_times_the_rules_take_about_four_times_the_work(kind: str) -> None:
    few, many = (calls(POLICIES[kind](count)) for count in (150, 600))
    assert many < 5.5 * few
