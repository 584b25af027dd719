from __future__ import annotations

import pytest

from agentowners.identity.catalogue import CATALOGUE
from agentowners.lint.model import AccountStatus
from tests.lint.linting import findings, helps, said, subject

ID = "unknown-agent"
PEOPLE = """
kevin aiden julia julie junio janie marvin devon alice bob octocat torvalds gitster mona hubot crash brush code codey curtis
claudia claudio claudine gemma renata snake camp wrap kira amir geminis replay factor factory1 window surfer opencoder codecombat
"""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("copilto", "copilot"),
        ("claud", "claude"),
        ("dependbot", "dependabot"),
        ("Copilott", "copilot"),
        ("dependabto[bot]", "dependabot"),
        ("copilot-swe-agnet", "copilot-swe-agent"),
        ("renovat", "renovate"),
    ],
)
def test_one_slip_away(written: str, meant: str) -> None:
    found = findings(ID, subject(f"x/ @agents  block\ny/  @{written}  block\n"))
    assert said(found) == [f"2 `@{written}`: `@{written}` is no known agent"]
    assert helps(found) == [f"did you mean `@{meant}`? if it is an account, write `@login:{written}`"]


def test_an_agent_of_the_policy() -> None:
    found = findings(
        ID, subject("agent deploy-helper login=deploy-helper-app[bot]\ny/  @deploy-heper @deploy-helper-ap  block\n")
    )
    assert [line.partition(" is")[0] for line in said(found)] == [
        "2 `@deploy-heper`: `@deploy-heper`",
        "2 `@deploy-helper-ap`: `@deploy-helper-ap`",
    ]


@pytest.mark.parametrize("name", [*PEOPLE.split(), *(definition.name for definition in CATALOGUE)])
def test_silent_for_people_and_for_what_is_known(name: str) -> None:
    assert findings(ID, subject(f"y/  @{name}  block\n")) == ()


@pytest.mark.parametrize("login", sorted({login for d in CATALOGUE for login in d.logins}))
def test_silent_for_logins_of_known_agents(login: str) -> None:
    assert findings(ID, subject(f"y/  @{login} @{login.removesuffix('[bot]')}  block\n")) == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("anthropic", "claude"),
        ("openai", "codex"),
        ("copilot-bot", "copilot"),
        ("devin-bot[bot]", "devin"),
        ("anthropic-bot", "claude"),
        ("github-claude", "claude"),
    ],
)
def test_made_of_an_agents_or_a_vendors_name(written: str, meant: str) -> None:
    found = findings(ID, subject(f"y/  @{written}  block\n"))
    assert helps(found) == [f"did you mean `@{meant}`? if it is an account, write `@login:{written}`"]


@pytest.mark.parametrize(
    "name", ["claude-dupont", "devin-smith", "copilot[bot]", "claude-code", "renovate-bot", "chatgpt", "acme-bot"]
)
def test_silent_for_people_of_that_name_and_for_aliases(name: str) -> None:
    assert findings(ID, subject(f"y/  @{name}  block\n")) == ()


@pytest.mark.parametrize("name", ["login:copilto", "copilto/x", "copilt*", "agent", "agetns"])
def test_silent_where_it_is_something_else(name: str) -> None:
    assert findings(ID, subject(f"y/  @{name}  block\n")) == ()


def test_silent_where_the_account_is_there() -> None:
    assert findings(ID, subject("y/  @copilto  block\n", standings={"copilto": AccountStatus.THERE})) == ()
    assert len(findings(ID, subject("y/  @copilto  block\n", standings={"copilto": AccountStatus.UNKNOWN}))) == 1
