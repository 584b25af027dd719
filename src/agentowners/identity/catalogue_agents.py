"""Signals of AI agents, and of automation that speaks for whoever commands it; see ``agentowners.identity.catalogue``.

Globs know ``*`` and ``**``. Bodies are RE2 expressions over the pull request's own text (see ``agentowners.identity.claims``):
each describes a whole footer or badge from the start of its line, with its link, so that a sentence about an agent is none.
"""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["login", "id", "app", "email", "name", "branch", "trailer", "body", "label"]
Signals = dict[str, str]
"""Value -> source."""
Entries = dict[str, dict[Kind, Signals]]

_O: Final = "observed: "
_APPS: Final = "https://github.com/apps/"
_USERS: Final = "https://api.github.com/users/"
_COPILOT: Final = "https://docs.github.com/en/copilot/concepts/agents/coding-agent/about-coding-agent"
_CLAUDE: Final = "https://code.claude.com/docs/en/settings#attribution-settings"
_CLAUDE_WEB: Final = "https://code.claude.com/docs/en/claude-code-on-the-web"
_CODEX_APP: Final = "https://github.com/apps/chatgpt-codex-connector"
_CODEX_CLI: Final = "https://github.com/openai/codex/pull/36963"
_CODEX_PULLS: Final = _O + "https://github.com/search?type=pullrequests&q=head%3Acodex%2F"
_CODEX_COMMIT: Final = _O + "https://github.com/petsc/petsc/commit/c67fa7d6d5"
_CURSOR_COMMIT: Final = _O + "https://github.com/storybookjs/storybook/commit/7fe9e88a55"
_CURSOR_PULLS: Final = _O + "https://github.com/search?type=pullrequests&q=head%3Acursor%2F"
_DEVIN_COMMIT: Final = _O + "https://github.com/feast-dev/feast/commit/99f4004764"
_JULES_COMMIT: Final = _O + "https://github.com/pksunkara/cargo-workspaces/commit/17b5467d51"
_GEMINI_COMMIT: Final = _O + "https://github.com/firebase/firebase-ios-sdk/commit/8f858bd6cb"
_GEMINI: Final = "https://developers.google.com/gemini-code-assist/docs/review-github-code"
_AMAZON_Q: Final = "https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/amazon-q-for-github.html"
_AIDER: Final = "https://aider.chat/docs/git.html#commit-attribution"
_AMP: Final = _O + "https://github.com/yjsoon/howmuch/commit/785d468af0"
_OPENHANDS: Final = _O + "https://github.com/animetubeonlinebr-star/backing-track-generator/commit/d38c56e2ba"
_OPENCODE: Final = _O + "https://github.com/RedHatProductSecurity/ai-guardian/commit/b62884bcb6"
_CRUSH: Final = "https://github.com/charmbracelet/crush#attribution-settings"
_KERNEL: Final = "https://docs.kernel.org/process/coding-assistants.html"
_PULLS: Final = _O + "https://github.com/search?type=pullrequests&q=head%3A"
_COMMITS: Final = _O + "https://github.com/search?type=commits&q="
_NOREPLY: Final = "%5Bbot%5D%40users.noreply.github.com"
_OPENCODE_COMMITS: Final = _COMMITS + "219766164%2Bopencode-agent" + _NOREPLY

_ASSISTED: Final = _O + "https://github.com/projectbluefin/common/commits/main"
_MAIL: Final = _O + "https://github.com/nextcloud/mail/commits/main"
_COSMOS: Final = _O + "https://github.com/astronomer/astronomer-cosmos/commits/main"
_COPILOT_ADDRESS: Final = _O + "https://github.com/gui-cs/Terminal.Gui/commits/develop"

_END: Final = r"\.?[ \t]*$"


def app_signals(slug: str, id: int, *, seen: str | None = None, docs: str | None = None) -> dict[Kind, Signals]:
    """A GitHub App: its bot's login and id, and its slug. ``seen`` is where the id was seen if not by a search for its commits,
    ``docs`` the source of the slug if there is a better one than the App's page."""
    return {
        "login": {f"{slug}[bot]": _APPS + slug},
        "id": {str(id): seen or f"{_COMMITS}author-email%3A{id}%2B{slug}{_NOREPLY}"},
        "app": {slug: docs or _APPS + slug},
    }


def _assisted(*tools: str, models: tuple[str, ...] = ()) -> Signals:
    """Trailers ``Assisted-by`` and ``AI-assisted``: ``tool``, ``tool:model``, ``tool (model)``, ``model via tool``, or a model.

    A model's name stands with its version or family, so that no person's given name is one.
    """
    by_tool = [form.format(tool) for tool in tools for form in ("{}", "{} (**", "** via {}", "** via {} (**")]
    values = (*by_tool, *(f"{model}**" for model in models))
    observed = {f"assisted-by: {value}": _ASSISTED for value in values} | {f"ai-assisted: {value}": _MAIL for value in values}
    return {f"assisted-by: {tool}:**": _KERNEL for tool in tools} | observed


def _footers(*names: str, links: str, source: str) -> Signals:
    """A footer of a description or a commit message: with its link, in brackets or behind it, or alone behind the robot."""
    name = "(?:" + "|".join(names) + ")"
    linked = rf"_?(?:[\x{{1F916}}\x{{1F498}}] ?)?Generated (?:with|by) (?:\[{name}\]\({links}\)|{name} \({links}\))_?"
    return {rf"(?im)^[ \t]*(?:{linked}|\x{{1F916}} ?Generated with {name})" + _END: source}


_CLAUDE_MODELS: Final = (
    *("claude opus ", "claude sonnet ", "claude haiku ", "claude fable "),
    *("claude-opus-", "claude-sonnet-", "claude-haiku-", "claude-fable-"),
    *("claude 3", "claude 4", "claude 5", "claude-3", "claude-4", "claude-5"),
)

AGENTS: Final[Entries] = {
    "copilot": {
        "login": {
            "Copilot": _USERS + "Copilot",
            "copilot-swe-agent[bot]": "https://github.com/apps/copilot-swe-agent",
            "copilot-pull-request-reviewer[bot]": "https://github.com/apps/copilot-pull-request-reviewer",
        },
        "id": {
            "198982749": _O + "https://github.com/gui-cs/Terminal.Gui/commit/cb8aec7de9",
            "175728472": _O + "https://github.com/sanity-io/sanity/commit/160cd9d3c8",
            "223556219": _O + "https://github.com/dotnet/ClangSharp/commit/4774489991",
        },
        "app": {"copilot-swe-agent": "https://github.com/apps/copilot-swe-agent"},
        "email": {"copilot@github.com": _COPILOT_ADDRESS},
        "name": {"github copilot": _COSMOS},
        "branch": {"copilot/**": _COPILOT},
        "trailer": {
            **_assisted("copilot", "github copilot", "copilot cli", "github copilot cli"),
            "co-authored-by: github copilot": _COSMOS,
            "agent-logs-url: https://github.com/**": _O + "https://github.com/gui-cs/Terminal.Gui/commit/cb8aec7de9",
            "copilot-session: **": _O + "https://github.com/open-telemetry/opentelemetry-rust/commit/92557b4334",
        },
        "body": _footers("GitHub Copilot(?: CLI)?", links=r"https://(?:docs\.)?github\.com/[^)\s]*", source=_COSMOS),
    },
    "claude": {
        "login": {
            "claude[bot]": "https://github.com/apps/claude",
            "anthropic-code-agent[bot]": "https://github.com/apps/anthropic-code-agent",
        },
        "id": {
            "209825114": _O + "https://github.com/depot/cli/commit/ae92fafd88",
            "242468646": _COMMITS + "author-email%3A242468646%2BClaude%40users.noreply.github.com",
            "81847": _O + "https://github.com/pwndoc/pwndoc/commit/4f5c6fd38f",
        },
        "app": {"claude": "https://github.com/apps/claude", "anthropic-code-agent": "https://github.com/apps/anthropic-code-agent"},
        "email": {"noreply@anthropic.com": _CLAUDE},
        "branch": {"claude/**": _CLAUDE_WEB},
        "trailer": {
            "claude-session: https://claude.ai/code/session_**": _O + "https://github.com/SciML/ModelingToolkit.jl/commit/2c1ee5cac8",
            **_assisted("claude", "claude code", "claudecode", "claude-code", models=_CLAUDE_MODELS),
            **{f"co-authored-by: {model}**": _COSMOS for model in _CLAUDE_MODELS},
            "assisted-by: claude via **": _ASSISTED,
        },
        "body": {
            **_footers("Claude Code", links=r"https://claude\.(?:ai/code|com/claude-code)[^)\s]*", source=_CLAUDE),
            r"(?m)^[ \t]*https://claude\.ai/code/session_[0-9A-Za-z]+[ \t]*$": _CLAUDE_WEB,
        },
    },
    "codex": {
        "login": {
            "openai-code-agent[bot]": "https://github.com/apps/openai-code-agent",
            "chatgpt-codex-connector[bot]": _CODEX_APP,
        },
        "id": {
            "242516109": _COMMITS + "author-email%3A242516109%2BCodex%40users.noreply.github.com",
            "199175422": _COMMITS + "author-email%3A199175422%2Bchatgpt-codex-connector%5Bbot%5D%40users.noreply.github.com",
            "267193182": _O + "https://github.com/i365dev/free4chat/commit/9ba12b99b6",
        },
        "app": {"openai-code-agent": "https://github.com/apps/openai-code-agent", "chatgpt-codex-connector": _CODEX_APP},
        "email": {
            "noreply@openai.com": _O + "https://github.com/phuryn/claude-usage/commit/ad05701a9c",
            "codex@openai.com": _CODEX_COMMIT,
        },
        "branch": {"codex/**": _CODEX_PULLS},
        "trailer": _assisted("codex", "codex cli", "openai codex", models=("gpt-", "openai via ", "codex gpt-")),
        "body": {
            **_footers("Codex", links=r"https://(?:openai|chatgpt)\.com/codex/?", source=_CODEX_CLI),
            r"(?m)^[ \t]*\[Codex Task\]\(https://chatgpt\.com/codex/(?:cloud/)?tasks/task_[0-9A-Za-z_]+\)[ \t]*$": _CODEX_PULLS,
            r"(?m)^[ \t]*https://chatgpt\.com/codex/(?:cloud/)?tasks/task_[0-9A-Za-z_]+[ \t]*$": _CODEX_PULLS,
        },
        "label": {"codex": _O + "https://github.com/search?type=pullrequests&q=label%3Acodex"},
    },
    "cursor": {
        "login": {"cursor[bot]": "https://github.com/apps/cursor", "cursoragent": _USERS + "cursoragent"},
        "id": {
            "206951365": _COMMITS + "author-email%3A206951365%2Bcursor%5Bbot%5D%40users.noreply.github.com",
            "199161495": _CURSOR_COMMIT,
        },
        "app": {"cursor": "https://github.com/apps/cursor"},
        "email": {
            "cursoragent@cursor.com": _CURSOR_COMMIT,
            "agent@cursor.com": _COMMITS + "author-email%3Aagent%40cursor.com",
        },
        "branch": {"cursor/**": _CURSOR_PULLS},
        "trailer": {
            **_assisted("cursor", "cursor agent", "cursor cli"),
            "made-with: cursor": _O + "https://github.com/terryyin/lizard/commit/f5172b1521",
        },
        "body": {
            r"(?m)^[ \t]*<!-- CURSOR_AGENT_PR_BODY_BEGIN -->[ \t]*$": _CURSOR_PULLS,
            r'(?m)^[ \t]*(?:<(?:div|p|br)[^<>]*>)*<a href="https://(?:www\.)?cursor\.com/(?:agents/|agents\?id=|background-agent\?bcId=)bc-':
                _CURSOR_PULLS,
            **_footers("Cursor", links=r"https://(?:www\.)?cursor\.com[^)\s]*", source=_COSMOS),
            r"(?im)^[ \t]*Made with \[Cursor\]\(https://cursor\.com/?\)" + _END: _O + "https://github.com/MetaMask/skills/commit/1193e1e24e",
        },
    },
    "devin": {
        **app_signals("devin-ai-integration", 158243242, seen=_DEVIN_COMMIT, docs="https://docs.devin.ai/integrations/gh"),
        "branch": {"devin/**": _PULLS + "devin%2F"},
        "body": {
            r"(?m)^[ \t#*]*Link to Devin (?:run|session)[ \t:*]*<?https://app\.devin\.ai/sessions/[0-9a-f]{32}":
                _PULLS + "devin%2F",
            r"(?m)^[ \t]*https://app\.devin\.ai/sessions/[0-9a-f]{32}[ \t]*$": _PULLS + "devin%2F",
        },
    },
    "jules": {
        **app_signals("google-labs-jules", 161369871, seen=_JULES_COMMIT),
        "branch": {"jules-*-*": _PULLS + "jules-", "jules/**": _PULLS + "jules%2F"},
        "body": {
            r"(?m)^[ \t*_]*PR created automatically by Jules for task \[[0-9]+\]\(https://jules\.google\.com/(?:task|session)/[0-9]+\)":
                _PULLS + "jules-",
        },
    },
    "gemini": {
        **app_signals("gemini-code-assist", 176961590, seen=_GEMINI_COMMIT, docs=_GEMINI),
        "trailer": _assisted("gemini", "gemini cli", models=("gemini 1", "gemini 2", "gemini 3", "gemini-", "gemini via ")),
    },
    "amp": {
        "login": {"ampagent": _USERS + "ampagent"},
        "id": {"289058786": _COMMITS + "author-email%3Aamp%40ampcode.com"},
        "email": {"amp@ampcode.com": _AMP},
        "trailer": {
            **_assisted("amp", "ampcode"),
            "amp-thread-id: https://ampcode.com/threads/t-**": _AMP,
            "amp-thread: https://ampcode.com/threads/t-**": _AMP,
        },
    },
    "openhands": {
        "login": {"openhands-agent": _USERS + "openhands-agent"},
        "email": {"openhands@all-hands.dev": _OPENHANDS},
        "branch": {"openhands/**": _PULLS + "openhands%2F", "openhands-fix-*": _PULLS + "openhands-fix-"},
    },
    "aider": {
        "email": {"noreply@aider.chat": _AIDER, "aider@aider.chat": _AIDER},
        "name": {"**(aider)": _AIDER},
        "branch": {"aider/**": _PULLS + "aider%2F"},
    },
    "windsurf": {
        "login": {"windsurf-bot": _USERS + "windsurf-bot"},
        "email": {"cascade@windsurf.ai": _COMMITS + "author-email%3Acascade%40windsurf.ai"},
        "branch": {"windsurf-bot/**": _PULLS + "windsurf-bot%2F"},
    },
    "factory": {
        "login": {"factory-droid[bot]": "https://github.com/apps/factory-droid", "factorydroid": _USERS + "factorydroid"},
        "id": {
            "138933559": _COMMITS + "138933559%2Bfactory-droid%5Bbot%5D%40users.noreply.github.com",
            "238568704": _COMMITS + "author-email%3Adroid%40factory.ai",
        },
        "app": {"factory-droid": "https://github.com/apps/factory-droid"},
        "email": {"droid@factory.ai": _COMMITS + "author-email%3Adroid%40factory.ai"},
    },
    "amazon-q": {
        **app_signals("amazon-q-developer", 208079219, docs=_AMAZON_Q),
        "branch": {"q-dev-issue-*": _PULLS + "Q-DEV-issue-"},
    },
    "kiro": {
        "login": {"kiro-agent[bot]": "https://github.com/apps/kiro-agent", "kiro-agent": _USERS + "kiro-agent"},
        "id": {
            "245459735": _COMMITS + "author-email%3A245459735%2Bkiro-agent%5Bbot%5D%40users.noreply.github.com",
            "244629292": _O + "https://github.com/ryancormack/strands-acp/commit/6c58a8dadd",
        },
        "app": {"kiro-agent": "https://github.com/apps/kiro-agent"},
    },
    "codegen": app_signals("codegen-sh", 131295404),
    "opencode": {
        **app_signals("opencode-agent", 219766164, seen=_OPENCODE_COMMITS, docs="https://opencode.ai/docs/github/"),
        "email": {"noreply@opencode.ai": _OPENCODE},
        "branch": {"opencode/**": _PULLS + "opencode%2F"},
        "trailer": _assisted("opencode"),
        "body": _footers("OpenCode", links=r"https://opencode\.ai/?", source=_OPENCODE),
    },
    "crush": {
        "email": {"crush@charm.land": _CRUSH},
        "trailer": _assisted("crush"),
        "body": {r"(?m)^[ \t]*\x{1F498} Generated with (?:Crush|\[Crush\]\(https://[^)\s]+\))" + _END: _CRUSH},
    },
    "pi-agent": {"trailer": {"assisted-by: pi:**": _ASSISTED, "assisted-by: ** via pi": _ASSISTED}},
    "junie": {"email": {"junie@jetbrains.com": _COMMITS + "junie%40jetbrains.com"}},
    "qwen-code": {"email": {"qwen-coder@alibabacloud.com": _COMMITS + "qwen-coder%40alibabacloud.com"}},
    "warp": {
        "email": {
            "agent@warp.dev": _COMMITS + "agent%40warp.dev",
            "oz-agent@warp.dev": _COMMITS + "oz-agent%40warp.dev",
        },
    },
    "replit": {
        "email": {"agent@replit.com": _COMMITS + "author-email%3Aagent%40replit.com"},
        "trailer": {"replit-commit-author: agent": _COMMITS + "%22Replit-Commit-Author%3A+Agent%22"},
    },
    "lovable": app_signals("gpt-engineer-app", 159125892),
    "roo-code": {
        "login": {"roomote[bot]": "https://github.com/apps/roomote"},
        "id": {
            "219738659": _COMMITS + "author-email%3A219738659%2Broomote%5Bbot%5D%40users.noreply.github.com",
            "263205322": _COMMITS + "author-email%3A263205322%2Broomote%5Bbot%5D%40users.noreply.github.com",
        },
        "app": {"roomote": "https://github.com/apps/roomote"},
    },
    "coderabbit": {
        **app_signals("coderabbitai", 136622811),
        "branch": {"coderabbitai/**": _PULLS + "coderabbitai%2F"},
    },
    "github-actions": app_signals(
        "github-actions", 41898282, seen="https://github.com/actions/checkout#push-a-commit-using-the-built-in-token"
    ),
    "mergify": app_signals(
        "mergify", 37929162, seen=_COMMITS + "37929162%2Bmergify" + _NOREPLY, docs="https://docs.mergify.com/commands/copy/"
    ),
    "pre-commit-ci": {
        **app_signals("pre-commit-ci", 66853113, seen=_COMMITS + "66853113%2Bpre-commit-ci" + _NOREPLY),
        "branch": {"pre-commit-ci-update-config": "https://pre-commit.ci/"},
    },
}  # fmt: skip
