"""Signals of automation that is no AI agent; see ``agentowners.identity.catalogue``.

Only what is certain, and what nobody can command to carry somebody's content: a bot that opens pull requests with others' commits
at a comment's word, or commits what the branch's own configuration makes, speaks for whoever gives the word. Such a bot, and one
that is missing here, counts as an agent; a policy can say otherwise with ``group=bots``.
"""

from __future__ import annotations

from typing import Final

from agentowners.identity.catalogue_agents import Entries, app_signals

_O: Final = "observed: "
_APPS: Final = "https://github.com/apps/"
_COMMITS: Final = _O + "https://github.com/search?type=commits&q=author-email%3A"
_NOREPLY: Final = "%5Bbot%5D%40users.noreply.github.com"
_DEPENDABOT: Final = "https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-on-actions"
_RENOVATE: Final = "https://docs.renovatebot.com/configuration-options/"

BOTS: Final[Entries] = {
    "dependabot": {
        "login": {"dependabot[bot]": _DEPENDABOT, "dependabot-preview[bot]": _APPS + "dependabot-preview"},
        "id": {
            "49699333": _COMMITS + "49699333%2Bdependabot" + _NOREPLY,
            "27856297": _COMMITS + "27856297%2Bdependabot-preview" + _NOREPLY,
        },
        "app": {"dependabot": _APPS + "dependabot"},
        "branch": {"dependabot/**": _DEPENDABOT},
    },
    "renovate": {
        **app_signals("renovate", 29139614),
        "branch": {"renovate/**": _RENOVATE + "#branchprefix"},
    },
    "allcontributors": {
        **app_signals("allcontributors", 46447321),
        "branch": {"all-contributors/**": "https://allcontributors.org/docs/en/bot/overview"},
    },
    "imgbot": {
        **app_signals("imgbot", 31301654),
        "branch": {"imgbot": "https://imgbot.net/docs/"},
    },
    "github-merge-queue": app_signals(
        "github-merge-queue", 118344674, seen=_COMMITS + "118344674%2Bgithub-merge-queue%40users.noreply.github.com"
    ),
    "release-please": app_signals("release-please", 55107282),
    "codecov": app_signals("codecov", 22429695),
    "snyk": {
        "login": {"snyk-bot": "https://api.github.com/users/snyk-bot"},
        "id": {"19733683": _COMMITS + "19733683%2Bsnyk-bot%40users.noreply.github.com"},
        "branch": {"snyk-fix-*": _O + "https://github.com/search?type=pullrequests&q=head%3Asnyk-fix-"},
    },
}
