"""Whoever is said to be meant by another principal too, is: held to the engine's own reading of names."""

from __future__ import annotations

from itertools import product

import pytest

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.identity.match import Match, Names, Team
from agentowners.identity.model import Principal
from agentowners.identity.resolve import declared, definitions, resolve
from agentowners.lint.principals import Inclusion
from agentowners.policy.patterns import PrincipalPattern
from agentowners.proof.prover import Prover
from tests.engine.build import COPILOT, DEPENDABOT, UNKNOWN_BOT, policy

POLICY = policy(
    """
    agent so/* login=so-*[bot] group=agents
    agent tools/* login=tool-*[bot] group=bots
    agent tools/odd login=odd-tool group=agents
    agent pair login=pair-app[bot] group=bots
    """
)
KNOWN = definitions(POLICY)
NAMES = Names(KNOWN, "acme")
_NAMED = """
    agents bots humans unattributed anyone copilot claude dependabot so/* so/alpha so/** tools/* tools/odd tools/x pair pair-app
    pair-app[bot] login:pair-app login:copilot Copilot alice ALICE login:alice login:* * ** a* al*e */* acme/core other/core
    acme/*
    deploy-helper deploy-helper[bot] login:deploy-helper login:deploy-* deploy-* c* copilot* login:agents so-alpha login:so-* c*t
"""
PATTERNS = [PrincipalPattern.parse(f"@{name}") for name in _NAMED.split()]
ACCOUNTS = [
    COPILOT,
    DEPENDABOT,
    UNKNOWN_BOT,
    *(
        Account(name, number, AccountType.USER)
        for number, name in enumerate(["alice", "Alex", "agents", "c", "pair-app", "copilot"])
    ),
    *(Account(name, 900 + n, AccountType.BOT) for n, name in enumerate(["so-alpha[bot]", "tool-x[bot]", "pair-app[bot]"])),
    Account("odd-tool", 950, AccountType.USER),
]
_DECLARED = "agents bots humans unattributed copilot claude so/alpha tools/odd tools/x pair alice other/core acme/x login:copilot"


def principals() -> list[Principal]:
    """Everybody there may be: by account, verified or not, by a trailer, by name."""
    found = [declared(name, KNOWN) for name in _DECLARED.split()]
    for account, strength in product(ACCOUNTS, (Strength.VERIFIED, Strength.ASSERTED)):
        found += resolve([Evidence(Signal.COMMIT_AUTHOR, strength, account)], KNOWN, None)
    trailer = Evidence(Signal.TRAILER, Strength.ASSERTED, text="Co-authored-by: Claude <noreply@anthropic.com>")
    unknown = Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="X", email="x@nowhere.example")
    found += resolve([trailer, unknown], KNOWN, ACCOUNTS[3])
    return list(dict.fromkeys(found))


def _covers(inclusion: Inclusion, principals: tuple[PrincipalPattern, ...], principal: PrincipalPattern) -> bool:
    """True if a rule for these principals is certainly for everybody whom another principal means."""
    keys = inclusion.keys(principals)
    return any(key in keys for key in inclusion.wider(principal)) or any(
        wildcard.is_wildcard and inclusion.wildcard_covers(wildcard, principal) for wildcard in principals
    )


EVERYBODY = principals()


@pytest.mark.parametrize("said", [Match.MAYBE, Match.YES, Match.NO])
def test_who_is_covered_is_matched(said: Match) -> None:
    inclusion = Inclusion(NAMES, Prover(10_000))

    def membership(team: Team, account: Account) -> Match:
        return said

    covered = 0
    for wide, narrow in product(PATTERNS, PATTERNS):
        if not _covers(inclusion, (wide,), narrow):
            continue
        covered += wide.key != narrow.key
        for who in EVERYBODY:
            if NAMES.match(narrow, who, membership) is not Match.NO:
                assert NAMES.match(wide, who, membership) is not Match.NO, (wide, narrow, who)
    assert covered > 100


def test_whose_group_is_known_is_in_it() -> None:
    inclusion = Inclusion(NAMES, Prover(100))
    for pattern, who in product(PATTERNS, EVERYBODY):
        group = inclusion.group(pattern)
        if group is not None and NAMES.match(pattern, who, lambda team, account: Match.MAYBE) is not Match.NO:
            assert group in {one.value for one in (who.group, *who.itself)}, (pattern, who)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("@agents", "@copilot"),
        ("@agents", "@so/*"),
        ("@so/*", "@so/alpha"),
        ("@*", "@alice"),
        ("@login:*", "@alice"),
        ("@al*", "@alice"),
        ("@**", "@so/*"),
        ("@deploy-helper", "@deploy-helper[bot]"),
        ("@login:alice", "@ALICE"),
        ("@anyone", "@acme/core"),
        ("@bots", "@pair"),
    ],
)
def test_plain_cases(wide: str, narrow: str) -> None:
    inclusion = Inclusion(NAMES, Prover(100))
    assert _covers(inclusion, (PrincipalPattern.parse(wide),), PrincipalPattern.parse(narrow))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("@agents", "@tools/*"),  # one of them is an agent, the others are bots
        ("@bots", "@tools/*"),
        ("@agents", "@anyone"),
        ("@*", "@agents"),
        ("@*", "@acme/core"),
        ("@acme/*", "@acme/core"),
        ("@login:*", "@claude"),
        ("@login:*", "@*"),
        ("@so/*", "@so/**"),
        ("@deploy-helper[bot]", "@deploy-helper"),
        ("@humans", "@alice"),
    ],
)
def test_what_is_not_certain(wide: str, narrow: str) -> None:
    inclusion = Inclusion(NAMES, Prover(100))
    assert not _covers(inclusion, (PrincipalPattern.parse(wide),), PrincipalPattern.parse(narrow))


def test_all_groups_are_anyone() -> None:
    inclusion = Inclusion(NAMES, Prover(100))
    groups = tuple(PrincipalPattern(group) for group in ("agents", "bots", "humans", "unattributed"))
    assert _covers(inclusion, groups, PrincipalPattern("anyone"))
    assert _covers(inclusion, groups, PrincipalPattern("acme/core"))
    assert not _covers(inclusion, groups[1:], PrincipalPattern("anyone"))
