from __future__ import annotations

import pytest

from tests.lint.linting import findings, said, subject

ID = "refuted-assert"


def test_it_shows_a_path_and_who_decides_there() -> None:
    looked_at = subject("/a/ @agents require_approval\nassert /a/ @agents block\n")
    assert said(findings(ID, looked_at)) == [
        "2 `assert /a/ @agents block`: this promise does not hold, for example for `a/x`, file_modify by `@agents`"
        " on `refs/heads/main`, decided by `AGENTOWNERS:1`"
    ]


@pytest.mark.parametrize(
    "text", ["/a/ @agents block\nassert /a/ @agents block\n", "assert /a/ @agents allow\n", "/a/ @agents block\n"]
)
def test_what_holds_is_no_mistake(text: str) -> None:
    assert findings(ID, subject(text)) == ()


def test_what_is_not_known_is_left_to_prove() -> None:
    rest = "".join(f"{'?' * shorter} @agents block\n" for shorter in range(1, 13))
    policy = f"*a{'?' * 12} @agents block\n*[!a]{'?' * 12} @agents block\n{rest}assert * @agents block\n"
    assert findings(ID, subject(policy)) == ()
