from __future__ import annotations

import json

import pytest

from agentowners.change.model import Evidence, Signal
from agentowners.identity.index import segment_of
from agentowners.identity.model import AgentDefinition, Group
from agentowners.policy.model import OidcClaims
from tests.identity.evidence import OCTOCAT, VERIFIED, app, bot, branch, by, co_author, commit, shown, user, who

OPERATIVES = AgentDefinition(
    "smooth-operative/*",
    Group.AGENTS,
    logins=("*-operative[bot]", "beta[bot]"),
    ids=(),
    emails=("**@operatives.smoo.ai",),
    names=("Operative *",),
    branches=("operative/**",),
    oidc=(OidcClaims("https://issuer.example", (("aud", "smoo*"), ("sub", "operative:**"))),),
)
BY_ID = AgentDefinition("smooth-operative/*", Group.AGENTS, ids=(123456,))
DEFINED = (OPERATIVES, BY_ID)


@pytest.mark.parametrize(
    ("evidence", "principal"),
    [
        (by(bot("Alpha-Operative[bot]", 5)), "@smooth-operative/alpha-operative agents verified"),
        (by(bot("beta[bot]", 6)), "@smooth-operative/beta agents verified"),
        (by(bot("gamma[bot]", 123456)), "@smooth-operative/gamma agents verified"),
        (by(user("delta", 123456)), "@smooth-operative/delta agents verified"),
        (app("beta"), "@smooth-operative/beta agents verified"),
        (commit("alpha@operatives.smoo.ai"), "@smooth-operative/alpha agents asserted"),
        (commit("alpha/beta@operatives.smoo.ai"), "@smooth-operative/alpha-beta agents asserted"),
        (commit("@operatives.smoo.ai"), "@smooth-operative/unnamed agents asserted"),
        (co_author("a-operative[bot]@users.noreply.github.com"), "@smooth-operative/a-operative agents asserted"),
        (commit("x@y", OCTOCAT, name="Operative X"), "@smooth-operative/x agents asserted"),
        (branch("operative/alpha/fix"), "@smooth-operative/unnamed agents asserted"),
    ],
)
def test_an_account_of_a_namespace_has_the_login_as_its_last_segment(evidence: Evidence, principal: str) -> None:
    assert shown(who(evidence, definitions=DEFINED))[0] == principal


def test_a_branch_is_the_verified_members_own() -> None:
    found = who(branch("operative/x"), by(bot("beta[bot]", 6)), definitions=DEFINED, author=bot("beta[bot]", 6))
    assert shown(found) == ["@smooth-operative/beta agents verified"]
    assert found[0].identity == "smooth-operative/beta"
    assert found[0].evidence == ("author id 6", "branch operative/x")


def test_a_branch_beside_an_asserted_member_is_nobodys_in_particular() -> None:
    found = who(branch("operative/x"), commit("beta@operatives.smoo.ai"), definitions=DEFINED)
    assert shown(found) == ["@smooth-operative/unnamed agents asserted", "@smooth-operative/beta agents asserted"]


def test_a_branch_with_another_signal_of_the_namespace_counts_beside_a_person() -> None:
    found = who(branch("operative/x"), commit("beta@operatives.smoo.ai"), definitions=DEFINED, author=OCTOCAT)
    assert len(found) == 3
    assert len(who(branch("operative/x"), definitions=DEFINED, author=OCTOCAT)) == 1


def _token(claims: object) -> Evidence:
    return Evidence(Signal.TOKEN, VERIFIED, text=claims if isinstance(claims, str) else json.dumps(claims))


@pytest.mark.parametrize(
    ("claims", "principal"),
    [
        ({"iss": "https://issuer.example", "aud": "smoo", "sub": "operative:Alpha"}, "@smooth-operative/alpha agents verified"),
        (
            {"iss": "https://issuer.example", "aud": ["x", "smoo"], "sub": "operative:a/b"},
            "@smooth-operative/unnamed agents verified",
        ),
        ({"iss": "https://issuer.example", "aud": "other", "sub": "operative:a"}, "@agents agents asserted"),
        ({"iss": "https://issuer.example.evil", "aud": "smoo", "sub": "operative:a"}, "@agents agents asserted"),
        ({"iss": "https://issuer.example", "sub": "operative:a"}, "@agents agents asserted"),
        ({"iss": "https://issuer.example", "aud": True, "sub": "operative:a"}, "@agents agents asserted"),
        ({}, "@agents agents asserted"),
        ([], "@agents agents asserted"),
        ("not json", "@agents agents asserted"),
        ("[" * 100_000, "@agents agents asserted"),
        ("", "@agents agents asserted"),
    ],
)
def test_a_tokens_subject_names_its_bearer(claims: object, principal: str) -> None:
    assert shown(who(_token(claims), definitions=DEFINED)) == [principal]


def test_a_token_without_a_subject_is_nobody_in_particular() -> None:
    open_to_all = AgentDefinition("ns/*", Group.AGENTS, oidc=(OidcClaims("i", ()),))
    assert shown(who(_token({"iss": "i"}), definitions=[open_to_all])) == ["@ns/unnamed agents verified"]
    numbered = AgentDefinition("one", Group.AGENTS, oidc=(OidcClaims("i", (("run", "12*"),)),))
    found = who(_token({"iss": "i", "run": 123, "sub": "x"}), definitions=[numbered])
    assert shown(found) == ["@one agents verified"]
    assert found[0].evidence == ("token of x",)


@pytest.mark.parametrize(
    ("text", "segment"), [("A[bot]", "a"), ("a/b", "a-b"), ("", "unnamed"), ("[bot]", "unnamed"), ("x" * 500, "x" * 100)]
)
def test_a_segment_is_one_segment_whatever_the_text(text: str, segment: str) -> None:
    assert segment_of(text) == segment
