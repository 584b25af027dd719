from __future__ import annotations

import pytest

from agentowners.change.model import Account
from agentowners.diagnostics import AgentownersError
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.identity.resolve import declared
from tests.identity.evidence import VERIFIED

DEFINED = (
    *CATALOGUE,
    AgentDefinition("smooth-operative/*", Group.AGENTS, logins=("op-*[bot]",)),
    AgentDefinition("ci", Group.BOTS, logins=("acme-ci",), ids=(7,)),
    AgentDefinition("wide", Group.AGENTS, logins=("wide*",)),
)


@pytest.mark.parametrize(
    ("name", "group", "identity", "account"),
    [
        ("@agents", Group.AGENTS, None, None),
        ("Bots", Group.BOTS, None, None),
        ("@humans", Group.HUMANS, None, None),
        ("unattributed", Group.UNATTRIBUTED, None, None),
        ("@claude", Group.AGENTS, "claude", None),
        ("@Claude", Group.AGENTS, "claude", None),
        ("@devin", Group.AGENTS, "devin", Account("devin-ai-integration[bot]", 158243242)),
        ("@windsurf", Group.AGENTS, "windsurf", Account("windsurf-bot")),
        ("@wide", Group.AGENTS, "wide", None),
        ("@ci", Group.BOTS, "ci", Account("acme-ci", 7)),
        ("@Copilot", Group.AGENTS, "copilot", None),
        ("cursor[bot]", Group.AGENTS, "cursor", Account("cursor[bot]")),
        ("@dependabot[bot]", Group.BOTS, "dependabot", Account("dependabot[bot]")),
        ("@copilot-swe-agent", Group.AGENTS, "copilot", Account("copilot-swe-agent[bot]")),
        ("@login:copilot-swe-agent", Group.HUMANS, None, Account("copilot-swe-agent")),
        ("@acme-ci", Group.BOTS, "ci", Account("acme-ci")),
        ("@smooth-operative/Alpha", Group.AGENTS, "smooth-operative/alpha", None),
        ("@op-a[bot]", Group.AGENTS, "smooth-operative/op-a", Account("op-a[bot]")),
        ("@login:claude", Group.HUMANS, None, Account("claude")),
        ("@LOGIN:agents", Group.HUMANS, None, Account("agents")),
        ("@login:x[bot]", Group.AGENTS, None, Account("x[bot]")),
        ("@login:cursor[bot]", Group.AGENTS, "cursor", Account("cursor[bot]")),
        ("@octocat", Group.HUMANS, None, Account("octocat")),
        ("@x[bot]", Group.AGENTS, None, Account("x[bot]")),
        ("@acme/helper", Group.AGENTS, "acme/helper", None),
        ("@smooth-operative/a/b", Group.AGENTS, "smooth-operative/a/b", None),
    ],
)
def test_a_name_means_a_group_an_identity_or_an_account(
    name: str, group: Group, identity: str | None, account: Account | None
) -> None:
    assert declared(name, DEFINED) == Principal(group, VERIFIED, identity, account, ("named by the caller",))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("@anyone", "`@anyone` is nobody in particular"),
        ("Anyone", "`@anyone` is nobody in particular"),
        ("", "`@` names nobody"),
        ("@", "`@` names nobody"),
        ("@login:", "`@login:` names nobody"),
        ("@smooth-operative/", "`@smooth-operative/` names nobody"),
        ("@smooth-operative/*", "`@smooth-operative/*` names nobody"),
    ],
)
def test_a_name_that_is_nobodys_is_refused(name: str, message: str) -> None:
    with pytest.raises(AgentownersError) as caught:
        declared(name, DEFINED)
    assert caught.value.message == message
    assert caught.value.help is not None
