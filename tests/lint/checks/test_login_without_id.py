from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "login-without-id"


def test_b3_a_login_that_its_account_can_give_away() -> None:
    found = findings(ID, subject("agent robo login=acme-robo\n"))
    assert said(found) == ["1 `robo`: `acme-robo` is a login without an id, and an account can take another login"]
    assert helps(found) == ["add the account's id, `id=<number>`: it is the `id` in `GET /users/acme-robo`"]


def test_in_yaml_and_of_several_logins() -> None:
    text = """
    agents:
      robo: {logins: [a, b, c, "d[bot]"]}
    """
    (line,) = said(findings(ID, subject(text, name=YAML)))
    assert line.endswith("`a` and `b` and 1 more are logins without an id, and an account can take another login")


@pytest.mark.parametrize(
    "line", ["login=acme-robo id=5", "login=acme-robo[bot]", "email=robo@acme.example", "branch=robo/**", "trailer=Robo:\\ *"]
)
def test_silent(line: str) -> None:
    assert findings(ID, subject(f"agent robo {line}\n")) == ()
