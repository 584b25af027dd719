from __future__ import annotations

import pytest

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import is_agent
from tests.identity.evidence import (
    ACTIONS,
    ASSERTED,
    COPILOT,
    DEPENDABOT,
    GHOST,
    HUBOT,
    OCTOCAT,
    VERIFIED,
    WEB_FLOW,
    app,
    bot,
    branch,
    by,
    co_author,
    commit,
    label,
    shown,
    trailer,
    user,
    who,
)

COPILOT_EMAIL = "198982749+Copilot@users.noreply.github.com"
PERSON = "@octocat humans verified"
UNATTRIBUTED = "@unattributed unattributed asserted"
AUTHOR, COMMITTER = "commit 1a2b3c4 author", "commit 1a2b3c4 committer"
CREDIT, TRAILER = "co-author trailer in commit 1a2b3c4", "trailer in commit 1a2b3c4"


@pytest.mark.parametrize(
    ("account", "principal"),
    [
        (OCTOCAT, PERSON),
        (COPILOT, "@copilot agents verified"),
        (bot("renamed", 198982749), "@copilot agents verified"),
        (bot("devin-ai-integration[bot]", 158243242), "@devin agents verified"),
        (user("cursoragent", 199161495), "@cursor agents verified"),
        (user("windsurf-bot", 77), "@windsurf agents verified"),
        (DEPENDABOT, "@dependabot bots verified"),
        (bot("renovate[bot]", 29139614), "@renovate bots verified"),
        (user("snyk-bot", 19733683), "@snyk bots verified"),
        (ACTIONS, "@github-actions agents verified"),
        (bot("acme-helper[bot]", 5), "@acme-helper[bot] agents verified"),
        (Account("acme", 5, AccountType.OTHER), "@acme agents verified"),
        (Account("acme-helper[bot]"), "@acme-helper[bot] agents verified"),
        (Account("jane"), "@jane humans verified"),
        (user("claude", 5), "@claude humans verified"),
        (user("cursor", 5), "@cursor humans verified"),
    ],
)
def test_the_author_is_who_the_platform_says(account: Account, principal: str) -> None:
    assert shown(who(by(account), author=account)) == [principal]
    assert shown(who(author=account)) == [principal], "an author is a contributor without further evidence"


@pytest.mark.parametrize("account", [GHOST, WEB_FLOW, None])
@pytest.mark.parametrize("signal", [Signal.AUTHOR, Signal.PUSHER])
def test_b4_an_author_or_pusher_who_is_gone_counts_as_two(account: Account | None, signal: Signal) -> None:
    assert shown(who(by(account, signal))) == [UNATTRIBUTED, "@agents agents asserted"]


@pytest.mark.parametrize("signal", [Signal.COMMIT_AUTHOR, Signal.COMMITTER])
def test_b4_a_commit_author_who_is_gone_is_unattributed_alone(signal: Signal) -> None:
    assert shown(who(commit("gone@example.com", GHOST, signal=signal))) == [UNATTRIBUTED]


def test_an_author_that_nobody_names_is_unattributed() -> None:
    assert who(by(None))[0].evidence == ("author has no account",)
    assert who(author=GHOST)[0].evidence == ("author login ghost, which is nobody's account",)


def test_threat_19_another_id_under_a_known_login_is_itself_and_tightens() -> None:
    found = who(by(bot("copilot-swe-agent[bot]", 5)))
    assert shown(found) == ["@copilot-swe-agent[bot] agents verified", "@copilot agents asserted"]
    assert found[1].evidence == ("author id 5, whose login is copilot-swe-agent[bot]",)
    assert shown(who(by(user("dependabot[bot]", 6)))) == ["@dependabot[bot] humans verified", "@dependabot bots asserted"]


@pytest.mark.parametrize("login", ["copilot", "COPILOT", "Copilot"])
def test_threat_19_logins_ignore_case_where_there_is_no_id(login: str) -> None:
    assert shown(who(by(Account(login)))) == ["@copilot agents verified"]


def test_threat_19_the_suffix_of_a_login_is_significant() -> None:
    assert shown(who(by(Account("dependabot")))) == ["@dependabot humans verified"]
    assert who(by(Account("dependabot")))[0].identity is None


@pytest.mark.parametrize(
    ("evidence", "principal", "reason"),
    [
        (commit("noreply@anthropic.com"), "@claude agents asserted", f"{AUTHOR} e-mail noreply@anthropic.com"),
        (commit("NoReply@Anthropic.com"), "@claude agents asserted", f"{AUTHOR} e-mail NoReply@Anthropic.com"),
        (commit("noreply@anthropic.com", user("x", 9)), "@claude agents asserted", f"{AUTHOR} e-mail noreply@anthropic.com"),
        (commit(COPILOT_EMAIL), "@copilot agents asserted", f"{AUTHOR} e-mail {COPILOT_EMAIL}"),
        (commit(COPILOT_EMAIL, COPILOT), "@copilot agents asserted", f"{AUTHOR} id 198982749"),
        (commit("jane@example.com", name="Jane (aider)"), "@aider agents asserted", f"{AUTHOR} name Jane (aider)"),
        (commit("agent@cursor.com", signal=Signal.COMMITTER), "@cursor agents asserted", f"{COMMITTER} e-mail agent@cursor.com"),
        (co_author("noreply@anthropic.com"), "@claude agents asserted", CREDIT),
        (co_author("223556219+Copilot@users.noreply.github.com"), "@copilot agents asserted", CREDIT),
        (co_author("1+jane@users.noreply.github.com"), "@jane humans asserted", CREDIT),
        (co_author("x[bot]@users.noreply.github.com"), "@x[bot] agents asserted", CREDIT),
        (trailer("Amp-Thread-ID: https://ampcode.com/threads/T-1"), "@amp agents asserted", f"Amp-Thread-ID {TRAILER}"),
        (trailer("Assisted-by: Claude:claude-opus-5 [sparse]"), "@claude agents asserted", f"Assisted-by {TRAILER}"),
        (trailer("Made-with: Cursor"), "@cursor agents asserted", f"Made-with {TRAILER}"),
        (trailer("Replit-Commit-Author: Agent"), "@replit agents asserted", f"Replit-Commit-Author {TRAILER}"),
        (commit("hubot@example.com", HUBOT), "@hubot humans asserted", f"{AUTHOR} id 480938"),
        (by(HUBOT, Signal.PUSHER), "@hubot humans verified", "pusher id 480938"),
        (by(HUBOT, Signal.SIGNATURE), "@hubot humans verified", "commit signature of id 480938"),
        (app("cursor"), "@cursor agents verified", "app cursor"),
        (app("GitHub-Actions"), "@github-actions agents verified", "app GitHub-Actions"),
    ],
)  # fmt: skip
def test_each_signal_makes_a_contributor_beside_the_person(evidence: Evidence, principal: str, reason: str) -> None:
    found = who(by(OCTOCAT), evidence, author=OCTOCAT)
    assert shown(found) == [PERSON, principal]
    assert found[1].evidence == (reason,)


@pytest.mark.parametrize(
    "evidence",
    [
        commit("claude@gmail.com", user("octocat", 583231), name="Claude"),
        co_author("claude@dupont.example", "Claude"),
        co_author("devin@example.com", "Devin"),
        co_author("sam@openai.com", "Sam"),
        co_author("paul@aider.chat", "Paul"),
        trailer("Reviewed-by: Claude <noreply@anthropic.com>"),
        trailer("Raider: yes"),
        trailer("Made-with: Cursor and care"),
        trailer("Assisted-by: Claude Dupont"),
        commit("noreply@github.com", WEB_FLOW, signal=Signal.COMMITTER),
        commit("noreply@github.com", None, signal=Signal.COMMITTER),
        by(WEB_FLOW, Signal.SIGNATURE),
        app(""),
        app("github-codespaces"),
        branch("feature/codex/x"),
        label("documentation"),
    ],
)
def test_threat_21_what_shows_nobody_else(evidence: Evidence) -> None:
    assert shown(who(by(OCTOCAT), evidence, author=OCTOCAT)) == [PERSON]


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (commit("root@localhost"), "commit 1a2b3c4 author e-mail root@localhost, linked to no account"),
        (commit(""), "commit 1a2b3c4 author has no account"),
        (commit("root@localhost", signal=Signal.COMMITTER), f"{COMMITTER} e-mail root@localhost, linked to no account"),
        (commit("x@y", GHOST), "commit 1a2b3c4 author login ghost, which is nobody's account"),
        (commit("noreply@github.com", WEB_FLOW), "commit 1a2b3c4 author login web-flow, which is nobody's account"),
        (commit("noreply@github.com"), "commit 1a2b3c4 author e-mail noreply@github.com, linked to no account"),
    ],
)  # fmt: skip
def test_threat_7_a_commit_that_no_account_made_is_unattributed(evidence: Evidence, reason: str) -> None:
    found = who(by(OCTOCAT), evidence, author=OCTOCAT)
    assert shown(found) == [PERSON, UNATTRIBUTED]
    assert found[1].evidence == (reason,)


def test_threat_7_all_that_nobody_made_is_one_principal_and_hides_no_agent() -> None:
    found = who(by(OCTOCAT), commit("a@b"), co_author("noreply@anthropic.com"), commit("c@d"), author=OCTOCAT)
    assert shown(found) == [PERSON, UNATTRIBUTED, "@claude agents asserted"]
    assert len(found[1].evidence) == 2


def test_the_account_behind_an_agents_own_address_is_the_agents() -> None:
    found = who(commit("noreply@anthropic.com", user("claude", 81847)))
    assert shown(found) == ["@claude agents asserted"]
    assert found[0].account == user("claude", 81847)
    assert found[0].evidence == (f"{AUTHOR} e-mail noreply@anthropic.com", f"{AUTHOR} id 81847")


def test_threat_7_a_noreply_address_that_github_links_to_nobody_is_unattributed_too() -> None:
    assert shown(who(commit("1+jane@users.noreply.github.com"))) == ["@jane humans asserted", UNATTRIBUTED]
    assert shown(who(commit("49699333+dependabot[bot]@users.noreply.github.com"))) == ["@dependabot bots asserted", UNATTRIBUTED]
    assert shown(who(commit(COPILOT_EMAIL))) == ["@copilot agents asserted"]


def test_a_co_author_under_a_private_address_is_only_credited() -> None:
    assert shown(who(by(OCTOCAT), co_author("jane@example.com"), author=OCTOCAT)) == [PERSON]


def test_threat_29_a_signature_proves_the_committers_account_and_no_other() -> None:
    found = who(
        by(OCTOCAT),
        commit("copilot", COPILOT),
        commit("hubot@example.com", HUBOT, signal=Signal.COMMITTER),
        by(HUBOT, Signal.SIGNATURE),
        author=OCTOCAT,
    )
    assert shown(found) == [PERSON, "@hubot humans verified", "@copilot agents asserted"]


def test_threat_29_an_agent_that_pushed_to_a_persons_branch_is_a_contributor() -> None:
    found = who(by(OCTOCAT), commit("octocat@example.com", OCTOCAT), by(COPILOT, Signal.PUSHER), author=OCTOCAT)
    assert shown(found) == [PERSON, "@copilot agents verified"]


def test_threat_30_the_actions_bot_is_an_agent_and_the_branchs_owner_is_one_beside() -> None:
    found = who(by(ACTIONS), branch("claude/fix-1"), author=ACTIONS)
    assert shown(found) == ["@github-actions agents verified", "@claude agents asserted"]


@pytest.mark.parametrize("hint", [branch("codex/fix"), branch("refs/heads/codex/fix"), label("codex"), label("Codex")])
def test_a_branch_or_label_alone_does_not_make_a_verified_humans_change_an_agents(hint: Evidence) -> None:
    assert shown(who(by(OCTOCAT), hint, author=OCTOCAT)) == [PERSON]
    assert shown(who(by(OCTOCAT), hint, co_author("noreply@anthropic.com"), author=OCTOCAT)) == [
        PERSON,
        "@claude agents asserted",
    ]
    assert shown(who(by(OCTOCAT), hint, co_author("codex@openai.com"), author=OCTOCAT)) == [PERSON, "@codex agents asserted"]


def test_two_hints_of_two_kinds_count() -> None:
    assert shown(who(by(OCTOCAT), branch("codex/a"), branch("codex/b"), author=OCTOCAT)) == [PERSON]
    assert shown(who(by(OCTOCAT), branch("codex/a"), label("codex"), author=OCTOCAT)) == [PERSON, "@codex agents asserted"]
    three = who(by(OCTOCAT), branch("codex/a"), label("codex"), co_author("codex@openai.com"), author=OCTOCAT)
    assert three[1].evidence == (CREDIT, "branch codex/a", "label codex")


@pytest.mark.parametrize("author", [None, GHOST, DEPENDABOT, bot("x[bot]", 5), user("claude[bot]", 6)])
def test_a_branch_counts_where_the_author_is_no_verified_human(author: Account | None) -> None:
    found = who(branch("codex/fix"), author=author)
    assert "@codex agents asserted" in shown(found)
    assert found[-1].evidence == ("branch codex/fix",)


def test_one_identity_is_one_principal_verified_if_any_evidence_is() -> None:
    found = who(
        branch("copilot/fix-1"),
        commit(COPILOT_EMAIL, COPILOT),
        co_author("octocat@example.com"),
        by(COPILOT),
        app("copilot-swe-agent"),
        author=COPILOT,
    )
    assert shown(found) == ["@copilot agents verified"]
    assert found[0].account == COPILOT
    assert found[0].evidence == (
        "author id 198982749",
        "app copilot-swe-agent",
        "commit 1a2b3c4 author id 198982749",
        "branch copilot/fix-1",
    )


def test_one_account_is_one_principal_under_whatever_login() -> None:
    found = who(by(OCTOCAT), commit("x", user("old-name", 583231)), co_author("octocat@users.noreply.github.com"), author=OCTOCAT)
    assert shown(found) == [PERSON]
    assert len(found[0].evidence) == 3


def test_what_is_asserted_of_a_verified_identitys_account_is_that_identitys() -> None:
    renamed = Account("something-else", 77)
    found = who(by(user("windsurf-bot", 77)), commit("x", renamed))
    assert shown(found) == ["@windsurf agents verified"]


def test_an_account_known_by_login_is_the_one_with_the_id() -> None:
    found = who(commit("x", OCTOCAT), co_author("octocat@users.noreply.github.com"))
    assert shown(found) == ["@octocat humans asserted"]
    assert found[0].account == OCTOCAT
    assert shown(who(by(Account("octocat")), by(OCTOCAT, Signal.PUSHER))) == [PERSON]


def test_asserted_accounts_that_differ_in_login_or_type_are_kept_apart() -> None:
    found = who(co_author("5+a@users.noreply.github.com"), co_author("5+b@users.noreply.github.com"), commit("x", bot("a", 5)))
    assert shown(found) == ["@a humans asserted", "@b humans asserted", "@a agents asserted"]


def test_the_platforms_type_stands_where_one_verified_source_lacks_it() -> None:
    found = who(by(bot("helper", 5)), by(Account("helper"), Signal.PUSHER))
    assert shown(found) == ["@helper agents verified"]


def test_the_author_comes_first_then_who_is_verified_then_the_rest() -> None:
    found = who(co_author("noreply@anthropic.com"), commit("a@b"), by(HUBOT, Signal.PUSHER), by(OCTOCAT), author=OCTOCAT)
    assert shown(found) == [PERSON, "@hubot humans verified", "@claude agents asserted", UNATTRIBUTED]


def test_an_asserted_author_is_no_verified_author() -> None:
    found = who(by(HUBOT, strength=ASSERTED), author=OCTOCAT)
    assert shown(found) == [PERSON, "@hubot humans asserted"]


def test_a_hundred_reasons_are_not_all_given() -> None:
    found = who(*(commit(f"{number}@localhost") for number in range(100)))
    assert len(found[0].evidence) == 21
    assert found[0].evidence[-1] == "and 80 more"


def test_a_reason_is_short_whatever_was_written() -> None:
    found = who(
        commit("a" * 5000 + "@b"),
        branch("codex/" + "x" * 5000),
        trailer("Amp-Thread-ID: https://ampcode.com/threads/T-" + "9" * 5000),
    )
    reasons = [reason for principal in found for reason in principal.evidence]
    assert len(reasons) == 3
    assert max(map(len, reasons)) == 120


def test_a_declared_principal_counts_as_the_caller_says() -> None:
    declared = Evidence(Signal.DECLARED, VERIFIED, name="copilot")
    assert shown(who(declared, Evidence(Signal.DECLARED, VERIFIED, name="agents"))) == [
        "@copilot agents verified",
        "@agents agents verified",
    ]


def test_a_bots_address_does_not_explain_a_commit_that_no_account_made() -> None:
    helper = AgentDefinition("helper", Group.BOTS, emails=("helper@bots.example",), names=("helper",))
    assert shown(who(commit("helper@bots.example", name="helper"), definitions=[helper])) == [
        "@helper bots asserted",
        UNATTRIBUTED,
    ]


def test_a_set_of_addresses_does_not_hide_the_account_that_uses_one() -> None:
    agents = AgentDefinition("helper", Group.AGENTS, emails=("*@acme.example",))
    assert shown(who(commit("hubot@acme.example", HUBOT), definitions=[agents])) == [
        "@helper agents asserted",
        "@hubot humans asserted",
    ]


def test_definitions_of_one_name_are_one_identity_and_agents_if_any_says_so() -> None:
    twice = [AgentDefinition("helper", Group.BOTS, logins=("h[bot]",)), AgentDefinition("Helper", Group.AGENTS, ids=(5,))]
    assert shown(who(by(bot("h[bot]", 6)), by(bot("x[bot]", 5), Signal.PUSHER), definitions=twice)) == ["@helper agents verified"]


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        (OCTOCAT, None),
        (Account("octocat"), None),
        (COPILOT, "is the agent `copilot`"),
        (DEPENDABOT, "is the bot `dependabot`"),
        (bot("x[bot]", 5), "is an account of type Bot"),
        (Account("acme", 5, AccountType.OTHER), "is an account of type other"),
        (Account("x[bot]"), "has a login that ends in `[bot]`"),
        (user("copilot-swe-agent[bot]", 6), "has the login of the agent `copilot`"),
        (GHOST, "is nobody's account"),
    ],
)
def test_threat_10_why_a_reviewer_is_no_person(account: Account, reason: str | None) -> None:
    assert is_agent(account, CATALOGUE) == reason


def test_an_app_is_known_by_its_slug_or_its_bot_and_not_by_a_persons_login() -> None:
    assert shown(who(app("renovate"))) == ["@renovate bots verified"]
    assert shown(who(app("snyk-bot"))) == []
    own = AgentDefinition("helper", Group.BOTS, logins=("acme-*[bot]",), ids=(5,))
    assert shown(who(app("acme-renovate"), definitions=[own])) == ["@helper bots verified"]


def test_a_noreply_address_that_the_policy_calls_an_agents_is_no_persons() -> None:
    own = AgentDefinition("helper", Group.AGENTS, emails=("5+jane@users.noreply.github.com",))
    assert shown(who(commit("5+jane@users.noreply.github.com"), definitions=[own])) == ["@helper agents asserted"]


def test_strength_is_the_evidences_own() -> None:
    assert shown(who(Evidence(Signal.APP, Strength.ASSERTED, name="cursor"))) == ["@cursor agents asserted"]
