"""Who moved a branch, by GitHub's own record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agentowners.change.model import Account, AccountType
from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Activity
from agentowners.github.timeline import activity
from tests.github.stub import Stub, serving

ZERO, ONE, TWO = "0" * 40, "1" * 40, "2" * 40
MONA = {"login": "mona", "id": 7, "type": "User"}


@pytest.fixture
def stubbed() -> Iterator[tuple[Stub, Api]]:
    with serving() as both:
        yield both


def entry(before: str, after: str, kind: str, actor: Any = None, ref: str = "refs/heads/fix") -> dict[str, Any]:
    return {"before": before, "after": after, "activity_type": kind, "actor": actor, "ref": ref}


def test_moves_newest_first_of_this_branch_only(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    moves = [entry(TWO, ZERO, "branch_deletion"), entry(ZERO, ONE, "branch_creation", MONA)]
    stub.answer("//repos/fork/shop/activity", [*moves, entry(ONE, TWO, "push", MONA, ref="refs/heads/fix/2")])
    assert list(activity(api, "fork/shop", "fix")) == [
        Activity(before=TWO, after=None, kind="branch_deletion", actor=None),
        Activity(before=None, after=ONE, kind="branch_creation", actor=Account("mona", 7, AccountType.USER)),
    ]
    assert "ref=refs%2Fheads%2Ffix" in stub.seen[0]


def test_what_is_not_come_to_is_not_asked_for_and_there_is_an_end(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    link = f'<{stub.url}/repos/acme/shop/activity?after=x>; rel="next"'
    stub.answer("/activity", [entry(ONE, TWO, "push", MONA)] * 100, Link=link)
    first = activity(api, "acme/shop", "fix")
    assert next(first).after == TWO
    assert len(stub.seen) == 1
    with pytest.raises(PlatformError, match="moved more than 500 times") as raised:
        list(first)
    assert raised.value.trouble is Trouble.INCOMPLETE
