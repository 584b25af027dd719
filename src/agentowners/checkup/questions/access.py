"""Access of agents by their accounts, Apps and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentowners.checkup.facts import RepositoryFacts, known, missing
from agentowners.checkup.findings import Asked, CheckupFinding, Question
from agentowners.engine.facts import Unavailable
from agentowners.policy.model import Permission

_PROGRAM: Final = re.compile(
    r"(?:^|[-_])(?:bot|robot|agent|ai|ci|automation|copilot|claude|codex|cursor|devin)(?:[-_]|$)", re.IGNORECASE
)


def on_access(facts: RepositoryFacts) -> Iterator[CheckupFinding]:
    """The findings about access."""
    yield _agents(facts)
    yield _keys(facts)
    yield _borrowed(facts)
    if facts.same_user is not None:
        yield Asked(Question.SAME_USER, "hooks, proposals and grants on this machine").best_effort(facts.same_user, None)


def _agents(facts: RepositoryFacts) -> CheckupFinding:
    question = Asked(Question.AGENTS, "what agents may change")
    apps, people = known(facts.apps) or (), known(facts.people) or ()
    for app in apps:
        wide = [scope for scope in ("administration", "workflows") if app.permissions.get(scope) == "write"]
        if wide and facts.is_agents_app(app.slug):
            why = f"the App `{app.slug}`, which is an agent's or not known, has `{wide[0]}: write`"
            return question.unavailable(why, "take that permission from it, or the App from this repository")
    for person in people:
        if person.permission.rank >= Permission.MAINTAIN.rank and facts.is_agent(person.account):
            login = person.account.login
            why = f"`{login}` is an agent with the role `{person.permission.value}`"
            return question.unavailable(why, f"give `{login}` the role `write` at most")
    if (untold := missing(facts.people, facts.apps, facts.policy)) is not None:
        return question.untold(untold)
    return question.strong(
        f"no agent among {_count(len(people), 'account')} and {_count(len(apps), 'App')} may change settings or workflows"
    )


def _borrowed(facts: RepositoryFacts) -> CheckupFinding:
    """Nothing can tell an agent that holds a person's token; an account that has a program's name is a sign."""
    question = Asked(Question.BORROWED, "agents that use a person's account")
    for person in known(facts.people) or ():
        login = person.account.login
        if person.permission.rank >= Permission.WRITE.rank and _PROGRAM.search(login) and not facts.is_agent(person.account):
            fix = f"if a program uses it, write `agent {login} login={login}` into the policy"
            return question.unavailable(f"`{login}` may write, has a program's name, and counts as a person", fix)
    why = "nothing tells them from the person: give agents accounts of their own"
    if facts.comments_count:
        why += ". The policy lets comments approve, which such an agent can write too"
    return question.unavailable(why, None)


def _keys(facts: RepositoryFacts) -> CheckupFinding:
    question = Asked(Question.DEPLOY_KEYS, "deploy keys")
    if isinstance(facts.keys, Unavailable):
        return question.untold(facts.keys)
    if facts.keys.value:
        listed = ", ".join(f"`{title}`" for title in facts.keys.value)
        return question.best_effort(f"the deploy keys {listed} may write", "make them read-only, or use an App")
    return question.strong("no deploy key may write")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
