"""Facts about each client's hooks: one source for the matrix, for the installer and for the documentation."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from agentowners.dispatch.model import Client, ToolCall
from agentowners.proof.mode_guide import Hold, HoldEntry

_STARTED: Final = "what a command does that it starts"
_MENTIONS: Final = ("files mentioned with `@` in a prompt", _STARTED)


class ClientFacts(Struct, frozen=True):
    """One client, as it was run (or, where ``run`` is empty, as its documentation describes it)."""

    name: str
    """As its makers write it."""
    identity: str
    """Name of the principal: an identity of the catalogue, or ``agents`` for an agent without a name."""
    run: str
    """The version that was run; empty where nothing was."""
    project: str
    """Its configuration in a repository."""
    user: str
    """Its configuration below the home directory."""
    event: str
    asks: bool = False
    """True if the answer ``ask`` makes it ask a person."""
    milliseconds: bool = False
    """True if its timeouts are in milliseconds."""
    unseen: tuple[str, ...] = (_STARTED,)
    """Its actions that its hooks never see."""
    switches: tuple[str, ...] = ()
    """Known ways to switch its hooks off, or to have them skipped."""


_DISABLED: Final = "`disableAllHooks` in any settings file"
_UNTRUSTED: Final = "a folder that is not trusted"

CLIENTS: Final[dict[Client, ClientFacts]] = {
    Client.CLAUDE: ClientFacts(
        *("Claude Code", "claude", "2.1.332", ".claude/settings.json", ".claude/settings.json", "PreToolUse"),
        asks=True,
        unseen=_MENTIONS,
        switches=(_DISABLED, "`--bare`, `--safe-mode` or `--setting-sources` without the scope of the hook"),
    ),
    Client.CODEX: ClientFacts(
        *("Codex", "codex", "0.171.0", ".codex/hooks.json", ".codex/hooks.json", "PreToolUse"),
        unseen=("`write_stdin` to a session that runs", _STARTED),
        switches=("hooks that are not trusted are skipped in silence", "`features.hooks = false` in `config.toml`"),
    ),
    Client.GEMINI: ClientFacts(
        *("Gemini CLI", "gemini", "0.61.0", ".gemini/settings.json", ".gemini/settings.json", "BeforeTool"),
        milliseconds=True,
        unseen=_MENTIONS,
        switches=("`hooksConfig.enabled: false` or `hooksConfig.disabled` in any settings file", _UNTRUSTED),
    ),
    Client.QWEN: ClientFacts(
        *("Qwen Code", "qwen-code", "0.24.4", ".qwen/settings.json", ".qwen/settings.json", "PreToolUse"),
        asks=True,
        milliseconds=True,
        unseen=_MENTIONS,
        switches=(_DISABLED, _UNTRUSTED),
    ),
    Client.COPILOT: ClientFacts(
        *("Copilot CLI", "copilot", "1.0.102"),
        *(".github/hooks/agentowners.json", ".copilot/hooks/agentowners.json", "preToolUse"),
        asks=True,
        switches=(_DISABLED, "`-p` ignores a repository's hooks unless it is told otherwise"),
    ),
    Client.DROID: ClientFacts(
        *("Droid", "factory", "0.215.0", ".factory/hooks.json", ".factory/hooks.json", "PreToolUse"),
        switches=("`hooksDisabled` in any settings file",),
    ),
    Client.CLINE: ClientFacts(
        *("Cline CLI", "agents", "3.0.65", ".clinerules/hooks/PreToolUse", ".cline/hooks/PreToolUse", "tool_call"),
        switches=("a hook file that is not executable",),
    ),
    Client.OPENCODE: ClientFacts(
        *("OpenCode", "opencode", "1.18.33"),
        *(".opencode/plugin/agentowners.js", ".config/opencode/plugin/agentowners.js", "tool.execute.before"),
        switches=("`OPENCODE_PURE`, which leaves plugins out",),
    ),
    Client.CURSOR: ClientFacts(
        *("Cursor", "cursor", "", ".cursor/hooks.json", ".cursor/hooks.json", "preToolUse"),
        asks=True,
    ),
    Client.VSCODE: ClientFacts(
        *("VS Code", "copilot", "", ".github/hooks/agentowners.json", ".copilot/hooks/agentowners.json", "PreToolUse"),
        asks=True,
        switches=("the setting `chat.useHooks`",),
    ),
}


_CALLERS: Final = (
    *(("claude", "claude"), ("codex", "codex"), ("gemini", "gemini"), ("qwen", "qwen-code"), ("copilot", "copilot")),
    *(("cursor", "cursor"), ("factory", "factory"), ("droid", "factory"), ("opencode", "opencode")),
    *(("visual studio code", "copilot"), ("vscode", "copilot"), ("visual-studio-code", "copilot")),
)
"""Words in the names that clients give themselves to MCP servers, and whose they are; the first that fits."""


def identity_of(call: ToolCall) -> str:
    """Name of the principal who calls, without a token: the client, as it names itself."""
    if call.client is not None:
        return CLIENTS[call.client].identity
    name = call.caller.lower()
    return next((identity for word, identity in _CALLERS if word in name), "agents")


class AccessKind(Enum):
    """Kinds of access through a client, as far as a hook's worth differs."""

    WRITE = "writes files"
    READ = "reads files"
    COMMAND = "runs commands"
    SERVER = "calls servers' tools"
    NETWORK = "uses the network"


_MACHINE: Final = (
    "where the hook's line and its `--policy-file` lie where the agent cannot write; in the repository alone, best-effort"
)
_COMMANDS: Final = "judged by what its words tell; what it then does is its own"
_SERVERS: Final = "an honest server does what its arguments say; another one is a program with your rights"


def guarantees(client: Client) -> dict[AccessKind, HoldEntry]:
    """Guarantee of a policy in a client, for each kind of access."""
    facts = CLIENTS[client]
    strong = HoldEntry(Hold.STRONG, _MACHINE)
    if not facts.run:
        strong = HoldEntry(Hold.BEST_EFFORT, "documented by its makers, not run here")
    reads = strong
    if client is Client.CODEX:
        reads = HoldEntry(Hold.BEST_EFFORT, "it reads by commands")
    elif _MENTIONS[0] in facts.unseen:
        reads = HoldEntry(Hold.BEST_EFFORT, "a file mentioned with `@` in a prompt is read without a call")
    return {
        AccessKind.WRITE: strong,
        AccessKind.READ: reads,
        AccessKind.COMMAND: HoldEntry(Hold.BEST_EFFORT, _COMMANDS),
        AccessKind.SERVER: HoldEntry(Hold.BEST_EFFORT, _SERVERS),
        AccessKind.NETWORK: HoldEntry(Hold.UNAVAILABLE, "no rule speaks of it; a sandbox does"),
    }
