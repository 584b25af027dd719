from __future__ import annotations

import pytest

from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.commits import Commit, commit_evidence
from agentowners.identity.logins import logins_without_id
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import definitions
from agentowners.policy.model import AgentEntry, AgentGroup, Layer, OidcClaims, Policy
from tests.identity.evidence import ACTIONS, OCTOCAT, body, bot, branch, by, commit, shown, trailer, who
from tests.identity.test_body import CLAUDE


def _policy(*layers: tuple[AgentEntry, ...]) -> tuple[AgentDefinition, ...]:
    return definitions(Policy(tuple(Layer(agents=agents) for agents in layers)))


def test_without_entries_it_is_the_catalogue() -> None:
    assert _policy() == _policy((), ()) == CATALOGUE


def test_a_new_name_is_a_new_identity_with_every_signal() -> None:
    oidc = (OidcClaims("https://issuer.example", (("sub", "x"),)),)
    entry = AgentEntry("helper", ("h[bot]",), (5,), ("h@x",), ("h/**",), oidc, AgentGroup.BOTS)
    expected = AgentDefinition("helper", Group.BOTS, ("h[bot]",), (5,), emails=("h@x",), branches=("h/**",), oidc=oidc)
    assert _policy((entry,)) == (*CATALOGUE, expected)


def test_e5_an_entry_with_a_catalogue_name_adds_and_takes_nothing_away() -> None:
    entry = AgentEntry("Claude", logins=("acme-claude[bot]",), emails=("c@acme.example",), branches=("ai/**",))
    defined = _policy((entry,))
    assert shown(who(branch("claude/x"), definitions=defined)) == ["@claude agents asserted"]
    assert shown(who(branch("ai/x"), definitions=defined)) == ["@claude agents asserted"]
    assert shown(who(by(OCTOCAT), body(CLAUDE), definitions=defined, author=OCTOCAT)) == [
        "@octocat humans verified",
        "@claude agents asserted",
    ]
    assert shown(who(by(bot("acme-claude[bot]", 5)), definitions=defined)) == ["@claude agents verified"]
    assert shown(who(by(bot("claude[bot]", 209825114)), definitions=defined)) == ["@claude agents verified"]
    assert shown(who(commit("c@acme.example"), definitions=defined)) == ["@claude agents asserted"]
    assert shown(who(commit("noreply@anthropic.com"), definitions=defined)) == ["@claude agents asserted"]
    assert who(body(CLAUDE), definitions=defined) == who(body(CLAUDE))


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("Assisted-by: Smooth 4.5 (a/b)", True),
        ("assisted-BY: smooth", True),
        ("Assisted-by: The Smooth", False),
        ("Reviewed-by: Assisted-by: Smooth", False),
    ],
)
def test_a_policy_teaches_trailers(line: str, known: bool) -> None:
    defined = _policy((AgentEntry("smooth", trailers=("Assisted-by: Smooth*",)),))
    assert (shown(who(trailer(line), definitions=defined)) == ["@smooth agents asserted"]) is known


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Fixes it.\n\n  Made by SMOOTH, see https://smoo.ai/session/1/2\t\n", True),
        ("made by smooth, see https://smoo.ai/session/", True),
        ("It was made by smooth, see https://smoo.ai/session/1", False),
        ("Made by Smooth,\nsee https://smoo.ai/session/1", False),
        ("> Made by Smooth, see https://smoo.ai/session/1", False),
        ("```\nMade by Smooth, see https://smoo.ai/session/1\n```", False),
    ],
)
def test_a_policy_teaches_lines_of_descriptions_and_of_commit_messages(text: str, known: bool) -> None:
    defined = _policy((AgentEntry("smooth", descriptions=("Made by Smooth, see https://smoo.ai/session/*",)),))
    expected = ["@smooth agents asserted"] if known else []
    assert shown(who(body(text), definitions=defined)) == expected
    made = commit_evidence(Commit(sha="a" * 40, author=OCTOCAT, committer=OCTOCAT, message=text), OCTOCAT)
    found = who(*made, definitions=defined, author=OCTOCAT)
    assert shown(found) == ["@octocat humans verified", *expected]
    if known:
        assert (found[1].evidence, found[1].commits) == (("footer in commit aaaaaaa",), ("a" * 40,))


def test_g1_footers_of_known_agents_are_seen_in_commit_messages() -> None:
    made = commit_evidence(Commit(sha="b" * 40, author=OCTOCAT, committer=OCTOCAT, message=f"fix\n\n{CLAUDE}\n"), OCTOCAT)
    assert [(p.name, p.commits) for p in who(*made, author=OCTOCAT)] == [("@octocat", None), ("@claude", ("b" * 40,))]


def test_other_entries_leave_the_catalogue_alone() -> None:
    assert _policy((AgentEntry("helper"),))[: len(CATALOGUE)] == CATALOGUE


def test_the_policy_says_the_group_and_agents_if_any_entry_does() -> None:
    as_bot = AgentEntry("github-actions", group=AgentGroup.BOTS)
    assert shown(who(by(ACTIONS), definitions=_policy((as_bot,)))) == ["@github-actions bots verified"]
    as_agent = AgentEntry("github-actions")
    for layers in (((as_bot,), (as_agent,)), ((as_agent,), (as_bot,)), ((as_bot, as_agent, as_bot),)):
        assert shown(who(by(ACTIONS), definitions=_policy(*layers))) == ["@github-actions agents verified"]
    own = AgentEntry("renovate", ("acme-renovate[bot]",), (5,), group=AgentGroup.BOTS)
    assert shown(who(by(bot("acme-renovate[bot]", 5)), definitions=_policy((own,)))) == ["@renovate bots verified"]


def test_a_name_that_several_layers_define_has_the_signals_of_all() -> None:
    defined = _policy((AgentEntry("helper", ids=(5,)),), (AgentEntry("Helper", logins=("h[bot]",)),))
    for account in (bot("x[bot]", 5), bot("h[bot]", 6)):
        assert shown(who(by(account), definitions=defined)) == ["@helper agents verified"]


def test_threat_19_an_entrys_ids_are_compared_where_it_has_any() -> None:
    defined = _policy((AgentEntry("helper", ("h[bot]",), (5,), group=AgentGroup.BOTS),))
    assert shown(who(by(bot("h[bot]", 6)), definitions=defined)) == ["@h[bot] agents verified", "@helper bots asserted"]


def test_b3_the_logins_that_accounts_can_give_away_are_told() -> None:
    first = (AgentEntry("a", ("Acme-A", "b[bot]", "c")), AgentEntry("b", ("d",), (5,)), AgentEntry("n/*", ("n-*",)))
    policy = Policy((Layer(agents=first), Layer(agents=(AgentEntry("c", ("acme-a", "e")),))))
    assert logins_without_id(policy) == ("Acme-A", "c", "e")
