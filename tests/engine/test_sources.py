"""In a layer of another source an entry only restricts: what a repository's file says loosens nothing of its organisation's."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Change
from agentowners.diagnostics import Source
from agentowners.engine.facts import Unavailable
from agentowners.engine.settle import inquire
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from tests.engine.build import by, change, decisions

JANE = Account("jane", 7, AccountType.USER)
ROBO = Account("robo[bot]", 8, AccountType.BOT)
COPILOT = Account("Copilot", 198982749, AccountType.BOT)


def both(repository: str, organisation: str) -> Policy:
    loaded = load_policy([Source("AGENTOWNERS", repository.encode()), Source("org", organisation.encode())])
    return replace(
        loaded, layers=tuple(replace(layer, organisation=True) if layer.name == "org" else layer for layer in loaded.layers)
    )


def of(account: Account, path: str = "x") -> Change:
    return change(path, evidence=by(account), author=account)


def decided(repository: str, organisation: str, account: Account, path: str = "x") -> str:
    found = inquire(both(repository, organisation), of(account, path), lambda need: Unavailable("not known here"))
    return decisions(found)[path]


def test_a_repository_lets_nobody_in_under_a_name_that_the_organisation_allows() -> None:
    organisation = "default @anyone block\nx @copilot allow\n"
    assert decided("", organisation, COPILOT) == "allow"
    assert decided("agent copilot login=jane id=7\n", organisation, COPILOT) == "allow"
    assert decided("agent copilot login=jane id=7\n", organisation, JANE) == "block"
    assert decided("", f"agent copilot login=jane id=7\n{organisation}", JANE) == "allow"


def test_a_repository_makes_no_bot_for_the_organisation() -> None:
    repository = "agent robo login=robo[bot] id=8 group=bots\nx @agents block\n"
    assert decided(repository, "y @bots block\n", ROBO) == "allow"
    assert decided(repository, "x @agents block\n", ROBO) == "block"
    assert decided(repository, "default @agents block\ndefault @bots allow\n", ROBO) == "block"


def test_a_repository_takes_nobody_out_of_what_the_organisation_says_of_people() -> None:
    entry = "agent robo login=jane id=7\n"
    assert decided("", "x @humans block\n", JANE) == "block"
    assert decided(entry, "x @humans block\n", JANE) == "block"
    assert decided(entry, "x @agents block\n", JANE) == "block"
    assert decided(entry, "default @humans allow\ndefault @agents block\n", JANE) == "block"
    assert decided(entry, "x @anyone !@robo block\n", JANE) == "block"


def test_a_repository_gives_no_name_away_that_the_organisation_uses() -> None:
    taken = "agent jane email=x@acme.example\n"
    assert decided(taken, "x @jane block\n", JANE) == "block"
    assert decided(taken, "default @anyone block\nx @jane allow\n", JANE) == "allow"


def test_an_organisation_restricts_and_loosens_nothing_of_a_repositorys() -> None:
    entry = "agent robo login=jane id=7\n"
    assert decided("x @robo block\n", entry, JANE) == "block"
    assert decided("default @anyone block\nx @robo allow\n", entry, JANE) == "block"
    assert decided("unprotect AGENTS.md @robo\n", entry, JANE, "AGENTS.md") == "require_approval"
    assert decided(f"{entry}unprotect AGENTS.md @robo\n", "z @anyone block\n", JANE, "AGENTS.md") == "allow"


@pytest.mark.parametrize("entry", ["", "agent robo login=robo[bot] id=8\n"])
def test_who_is_somebody_else_by_one_source_alone_is_named_beside(entry: str) -> None:
    found = inquire(both(entry, "x @agents block\n"), of(ROBO), lambda need: Unavailable("not known here"))
    assert [p.account for p in found.principals] == [ROBO] * len(found.principals)
    assert len(found.principals) == (2 if entry else 1)
