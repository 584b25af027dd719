"""Short ways to say what was observed."""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.identity.resolve import resolve

VERIFIED, ASSERTED = Strength.VERIFIED, Strength.ASSERTED

OCTOCAT = Account("octocat", 583231, AccountType.USER)
HUBOT = Account("hubot", 480938, AccountType.USER)
COPILOT = Account("Copilot", 198982749, AccountType.BOT)
DEPENDABOT = Account("dependabot[bot]", 49699333, AccountType.BOT)
ACTIONS = Account("github-actions[bot]", 41898282, AccountType.BOT)
WEB_FLOW = Account("web-flow", 19864447, AccountType.USER)
GHOST = Account("ghost", 10137, AccountType.USER)


def user(login: str, id: int | None = None) -> Account:
    return Account(login, id, AccountType.USER)


def bot(login: str, id: int | None = None) -> Account:
    return Account(login, id, AccountType.BOT)


def by(account: Account | None, signal: Signal = Signal.AUTHOR, strength: Strength = VERIFIED) -> Evidence:
    return Evidence(signal, strength, account)


def text(signal: Signal, value: str) -> Evidence:
    return Evidence(signal, ASSERTED, text=value)


def branch(name: str) -> Evidence:
    return text(Signal.BRANCH, name)


def body(value: str) -> Evidence:
    return text(Signal.BODY, value)


def label(value: str) -> Evidence:
    return text(Signal.LABEL, value)


def trailer(line: str) -> Evidence:
    return Evidence(Signal.TRAILER, ASSERTED, text=line, where="commit 1a2b3c4")


def co_author(email: str, name: str = "Somebody") -> Evidence:
    return Evidence(Signal.CO_AUTHOR, ASSERTED, None, name, email, where="commit 1a2b3c4")


def commit(
    email: str, account: Account | None = None, *, name: str = "Somebody", signal: Signal = Signal.COMMIT_AUTHOR
) -> Evidence:
    return Evidence(signal, ASSERTED, account, name, email, where="commit 1a2b3c4")


def app(slug: str) -> Evidence:
    return Evidence(Signal.APP, VERIFIED, name=slug)


def who(
    *evidence: Evidence, author: Account | None = None, definitions: Sequence[AgentDefinition] = CATALOGUE
) -> tuple[Principal, ...]:
    return resolve(evidence, tuple(definitions), author)


def shown(principals: Sequence[Principal]) -> list[str]:
    """Each principal as ``@name group strength``."""
    return [f"{p.name} {p.group.value} {p.strength.value}" for p in principals]
