"""``lint --online``: asks GitHub whether the accounts and teams that a policy names exist."""

from __future__ import annotations

import os
import re
from contextlib import closing
from typing import Final

from msgspec.structs import replace

from agentowners.cli.access import STANDARD_API, token_for
from agentowners.cli.work_tree import WorkTree
from agentowners.diagnostics import AgentownersError
from agentowners.git.clone import home_repository, origin_host
from agentowners.git.run import Git
from agentowners.lint.model import LintFacts, LintSubject
from agentowners.lint.walk import accounts, teams
from agentowners.policy.model import Policy

_OFFLINE: Final = "run it again later, or without `--online`"
_HELP: Final = {"unauthorized": "GitHub does not accept the token in GITHUB_TOKEN or GH_TOKEN: make a new one"}


def online_facts(tree: WorkTree, facts: LintFacts, policy: Policy) -> tuple[LintFacts, tuple[str, ...]]:
    """The facts with what GitHub knows of the names in a policy, and remarks about what it did not tell."""
    token, repository = token_for("--online"), _repository(tree)
    facts = replace(facts, owner=repository.partition("/")[0])
    subject = LintSubject(policy, facts)
    # not before it is known that there is something to ask: importing the client takes longer than all else
    from agentowners.github.client import Api
    from agentowners.github.errors import PlatformError
    from agentowners.github.model import Patience
    from agentowners.github.standings import Standings

    patience = Patience(attempts=2, timeout=15, secondary_wait=15, longest_wait=30)
    try:
        with closing(Api(token, _api_url(tree), repository, patience)) as api:
            lookup = Standings(api).look_up(accounts(subject), teams(subject))
    except PlatformError as error:
        raise AgentownersError(error.message, help=_HELP.get(error.trouble.value, _OFFLINE)) from None
    return replace(facts, standings=lookup.standings), lookup.remarks


def _repository(tree: WorkTree) -> str:
    given = os.environ.get("GITHUB_REPOSITORY") or (home_repository(Git(tree.root)) if tree.is_repository else None)
    if given is None or re.fullmatch(r"[\w.-]+/[\w.-]+", given, re.ASCII) is None:
        help = "set GITHUB_REPOSITORY to `owner/name`, or give the clone a remote `origin`"
        raise AgentownersError("`--online` does not know which repository this is", help=help)
    return given


def _api_url(tree: WorkTree) -> str:
    """Address of the API to ask. A token is sent nowhere but to the server that it is for."""
    given = os.environ.get("GITHUB_API_URL")
    if given:
        if re.fullmatch(r"https?://[^/\s@]+(?:/[^\s]*)?", given) is None:
            raise AgentownersError(
                f"GITHUB_API_URL is `{given[:200]}`, which is no URL", help=f"write `{STANDARD_API}`, or leave it out"
            )
        return given
    host = origin_host(Git(tree.root)) if tree.is_repository else None
    if host not in (None, "github.com"):
        raise AgentownersError(
            f"the API of `{host}` is not known", help=f"on a server of your own set `GITHUB_API_URL=https://{host}/api/v3`"
        )
    return STANDARD_API
