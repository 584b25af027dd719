"""GitHub as commands reach it: the token, the server and the repository, by the environment and the clone."""

from __future__ import annotations

import os
from typing import Final

from agentowners.cli.shell import UsageError
from agentowners.diagnostics import AgentownersError

STANDARD_API: Final = "https://api.github.com"


def token_and_url() -> tuple[str, str]:
    """The token, and the address of the API where the environment names one."""
    token = _token()
    if not token:
        raise AgentownersError("no token for GitHub", help="set GITHUB_TOKEN, or GH_TOKEN: `GH_TOKEN=$(gh auth token)`")
    return token, os.environ.get("GITHUB_API_URL", "").strip()


def token_for(option: str) -> str:
    """The token that an option needs."""
    token = _token()
    if not token:
        raise AgentownersError(f"`{option}` needs a token, and there is none", help="put one into GITHUB_TOKEN or GH_TOKEN")
    return token


def _token() -> str:
    return os.environ.get("GITHUB_TOKEN", "").strip() or os.environ.get("GH_TOKEN", "").strip()


def repository_of(named: str | None, url: str) -> str:
    """``owner/name`` of the repository to look at.

    Raises:
        AgentownersError: none is named, and the clone does not tell.
    """
    import re

    repository = named or os.environ.get("GITHUB_REPOSITORY", "").strip() or _origin(url)
    if re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII) is None:
        raise UsageError(f"`{repository}` is not a repository", help="write `--repository OWNER/NAME`")
    return repository


def _origin(url: str) -> str:
    from agentowners.git.clone import origin_host, origin_repository
    from agentowners.git.run import Git, GitError

    git = Git()
    try:
        repository, host = origin_repository(git), origin_host(git)
    except GitError:
        repository, host = None, None
    if repository is None:
        raise AgentownersError(
            "no repository was named, and no remote `origin` tells one", help="write `--repository OWNER/NAME`"
        )
    if not url and host != "github.com":
        raise AgentownersError(
            f"`origin` is on `{host}`, and not on GitHub",
            help=f"if that is GitHub Enterprise Server, set `GITHUB_API_URL=https://{host}/api/v3`; else name one on GitHub with "
            "`--repository OWNER/NAME`",
        )
    return repository


def help_for(error: AgentownersError, url: str) -> str | None:
    """The way out of an error, with what is known of where GitHub was asked."""
    from agentowners.github.errors import PlatformError, Trouble
    from agentowners.report.shared.escape import printable

    if isinstance(error, PlatformError):
        if error.trouble is Trouble.UNAUTHORIZED:
            return "GitHub does not accept the token in GITHUB_TOKEN or GH_TOKEN"
        if error.trouble in (Trouble.NOT_FOUND, Trouble.FORBIDDEN) and "administration" not in (error.help or ""):
            return "check the repository's name, and that the token may read it"
        if error.trouble in (Trouble.LIMITED, Trouble.UNAVAILABLE):
            if url and url.rstrip("/") != STANDARD_API:
                return f"try again later, or see that GITHUB_API_URL, `{printable(url)}`, is the API of your server"
            return "try again later; https://www.githubstatus.com tells whether GitHub has a problem"
    return error.help
