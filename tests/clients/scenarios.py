"""What each client's model asks for, and how the client is started: headless, its own questions answered in advance."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.clients.model import Wanted


class Place(NamedTuple):
    """Where a client runs."""

    root: Path
    """The repository."""
    home: Path
    model: str
    """Address of the model, without a slash at its end."""
    server: Sequence[str]
    """The command of an MCP server that writes files."""


class Scenario(NamedTuple):
    """One client."""

    client: str
    """As ``agentowners hook --client`` names it."""
    wanted: Callable[[Path], list[Wanted]]
    """Writes ``security/keys.py`` and ``src/ok.py``, reads ``.env`` and ``README.md``, does it by commands too, and writes by a
    server's tool, where the client has such tools."""
    prepare: Callable[[Place], None]
    """What has to stand in its own configuration."""
    command: Callable[[Place], list[str]]
    """Behind the program's name."""
    variables: Callable[[Place], Mapping[str, str]]
    reads: bool = True
    """Whether it has a tool that reads files."""
    servers: bool = True
    """Whether its model asks for the server's tool."""
    nightly: bool = False
    """Whether it is installed for the nightly run alone."""
    alone: bool = False
    """Whether each call takes a session of its own, since a denial ends it, and no reason reaches the model."""


_PROMPT = "go on until you are done"


def _paths(root: Path) -> dict[str, str]:
    return {name: str(root / name) for name in ("security/keys.py", "src/ok.py", ".env", "README.md")}


def _commands(tool: str, **more: Any) -> list[Wanted]:
    lines = ["cat .env > leak.txt", "echo x > security/shell.py", "echo fine > src/shell.txt"]
    return [Wanted(tool, {"command": line, **more}) for line in lines]


def _nothing(place: Place) -> None:
    return None


def _claude(root: Path) -> list[Wanted]:
    at = _paths(root)
    return [
        Wanted("Write", {"file_path": at["security/keys.py"], "content": "KEY=1\n"}),
        Wanted("Write", {"file_path": at["src/ok.py"], "content": "ok\n"}),
        Wanted("Read", {"file_path": at[".env"]}),
        Wanted("Read", {"file_path": at["README.md"]}),
        *_commands("Bash", description="x"),
        Wanted("mcp__fs__write_file", {"path": str(root / "security/server.py"), "content": "x"}),
        Wanted("mcp__fs__write_file", {"path": str(root / "src/server.txt"), "content": "x"}),
    ]


def _claude_command(place: Place) -> list[str]:
    servers = {"mcpServers": {"fs": {"command": place.server[0], "args": list(place.server[1:])}}}
    tools = "Bash Read Write Edit mcp__fs__write_file"
    return ["-p", _PROMPT, "--allowedTools", tools, "--strict-mcp-config", "--mcp-config", json.dumps(servers)]


def _claude_variables(place: Place) -> dict[str, str]:
    return {
        "ANTHROPIC_BASE_URL": place.model,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }


def _gemini(root: Path) -> list[Wanted]:
    return [
        Wanted("write_file", {"file_path": "security/keys.py", "content": "KEY=1\n"}),
        Wanted("write_file", {"file_path": "src/ok.py", "content": "ok\n"}),
        Wanted("read_file", {"file_path": ".env"}),
        Wanted("read_file", {"file_path": "README.md"}),
        *_commands("run_shell_command", description="x"),
        Wanted("mcp_fs_write_file", {"path": str(root / "security/server.py"), "content": "x"}),
        Wanted("mcp_fs_write_file", {"path": str(root / "src/server.txt"), "content": "x"}),
    ]


def _gemini_prepare(place: Place) -> None:
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": False}},
        "general": {"disableAutoUpdate": True, "enableAutoUpdate": False},
        "privacy": {"usageStatisticsEnabled": False},
        "context": {"fileFiltering": {"respectGitIgnore": False}},
        "mcpServers": {"fs": {"command": place.server[0], "args": list(place.server[1:]), "trust": True}},
    }
    (place.home / ".gemini").mkdir()
    (place.home / ".gemini/settings.json").write_text(json.dumps(settings))


def _gemini_variables(place: Place) -> dict[str, str]:
    return {"GOOGLE_GEMINI_BASE_URL": place.model, "GEMINI_API_KEY": "none", "GEMINI_CLI_TRUST_WORKSPACE": "true"}


def _codex(root: Path) -> list[Wanted]:
    def patch(path: str) -> Wanted:
        return Wanted("apply_patch", {"input": f"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n"}, custom=True)

    lines = [
        "cat .env > leak.txt",
        "mkdir -p security && echo x > security/shell.py",
        "mkdir -p src && echo fine > src/shell.txt",
    ]
    return [
        patch("security/keys.py"),
        patch("src/ok.py"),
        *[Wanted("exec_command", {"cmd": line}) for line in lines],
        Wanted("write_file", {"path": str(root / "security/server.py"), "content": "x"}, namespace="mcp__fs"),
        Wanted("write_file", {"path": str(root / "src/server.txt"), "content": "x"}, namespace="mcp__fs"),
    ]


def _codex_prepare(place: Place) -> None:
    (place.home / ".codex").mkdir()
    (place.home / ".codex/config.toml").write_text(
        f"""\
model = "gpt-5.5"
model_provider = "here"
[model_providers.here]
name = "here"
base_url = "{place.model}/v1"
wire_api = "responses"
[features]
hooks = true
[projects."{place.root}"]
trust_level = "trusted"
[mcp_servers.fs]
command = {json.dumps(place.server[0])}
args = {json.dumps(list(place.server[1:]))}
"""
    )


def _codex_command(place: Place) -> list[str]:
    trusting = ["--dangerously-bypass-approvals-and-sandbox", "--dangerously-bypass-hook-trust"]
    return ["exec", *trusting, "--skip-git-repo-check", _PROMPT]


def _copilot(root: Path) -> list[Wanted]:
    at = _paths(root)
    return [
        Wanted("create", {"path": at["security/keys.py"], "file_text": "KEY=1\n"}),
        Wanted("create", {"path": at["src/ok.py"], "file_text": "ok\n"}),
        Wanted("view", {"path": at[".env"]}),
        Wanted("view", {"path": at["README.md"]}),
        *_commands("bash", description="x", mode="sync"),
        Wanted("fs-write_file", {"path": str(root / "security/server.py"), "content": "x"}),
        Wanted("fs-write_file", {"path": str(root / "src/server.txt"), "content": "x"}),
    ]


def _copilot_prepare(place: Place) -> None:
    (place.home / ".copilot").mkdir()
    (place.home / ".copilot/config.json").write_text(json.dumps({"trusted_folders": [str(place.root)]}))
    server = {"type": "local", "command": place.server[0], "args": list(place.server[1:]), "tools": ["*"]}
    (place.home / ".copilot/mcp-config.json").write_text(json.dumps({"mcpServers": {"fs": server}}))


def _copilot_variables(place: Place) -> dict[str, str]:
    return {
        "COPILOT_PROVIDER_BASE_URL": f"{place.model}/v1",
        "COPILOT_PROVIDER_API_KEY": "none",
        "COPILOT_MODEL": "here",
        "COPILOT_OFFLINE": "true",
        "GITHUB_COPILOT_PROMPT_MODE_REPO_HOOKS": "true",
    }


def _qwen(root: Path) -> list[Wanted]:
    at = _paths(root)
    return [
        Wanted("write_file", {"file_path": at["security/keys.py"], "content": "KEY=1\n"}),
        Wanted("write_file", {"file_path": at["src/ok.py"], "content": "ok\n"}),
        Wanted("read_file", {"file_path": at[".env"]}),
        Wanted("read_file", {"file_path": at["README.md"]}),
        *_commands("run_shell_command", description="x", is_background=False),
        Wanted("mcp__fs__write_file", {"path": str(root / "security/server.py"), "content": "x"}),
        Wanted("mcp__fs__write_file", {"path": str(root / "src/server.txt"), "content": "x"}),
    ]


def _qwen_prepare(place: Place) -> None:
    settings = {
        "security": {"auth": {"selectedType": "openai"}, "folderTrust": {"enabled": False}},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {"disableAutoUpdate": True, "enableAutoUpdate": False},
        "context": {"fileFiltering": {"respectGitIgnore": False}},
        "mcpServers": {"fs": {"command": place.server[0], "args": list(place.server[1:]), "trust": True}},
    }
    (place.home / ".qwen").mkdir()
    (place.home / ".qwen/settings.json").write_text(json.dumps(settings))


def _qwen_variables(place: Place) -> dict[str, str]:
    return {"OPENAI_BASE_URL": f"{place.model}/v1", "OPENAI_API_KEY": "none", "OPENAI_MODEL": "here"}


def _opencode(root: Path) -> list[Wanted]:
    at = _paths(root)
    return [
        Wanted("write", {"filePath": at["security/keys.py"], "content": "KEY=1\n"}),
        Wanted("write", {"filePath": at["src/ok.py"], "content": "ok\n"}),
        Wanted("read", {"filePath": at[".env"]}),
        Wanted("read", {"filePath": at["README.md"]}),
        *_commands("bash", description="x"),
        Wanted("fs_write_file", {"path": str(root / "security/server.py"), "content": "x"}),
        Wanted("fs_write_file", {"path": str(root / "src/server.txt"), "content": "x"}),
    ]


def _opencode_prepare(place: Place) -> None:
    options = {"baseURL": f"{place.model}/v1", "apiKey": "none"}
    models = {"m": {"name": "m", "tool_call": True, "limit": {"context": 100000, "output": 4096}}}
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "here", "options": options, "models": models}
    config = {
        "provider": {"here": provider},
        "model": "here/m",
        "small_model": "here/m",
        "autoupdate": False,
        "share": "disabled",
        "mcp": {"fs": {"type": "local", "command": list(place.server), "enabled": True}},
        "permission": {"edit": "allow", "bash": "allow", "read": "allow"},
    }
    (place.home / ".config/opencode").mkdir(parents=True)
    (place.home / ".config/opencode/opencode.json").write_text(json.dumps(config))


def _cline(root: Path) -> list[Wanted]:
    at = _paths(root)
    return [
        Wanted("editor", {"path": at["security/keys.py"], "new_text": "KEY=1\n"}),
        Wanted("editor", {"path": at["src/ok.py"], "new_text": "ok\n"}),
        Wanted("read_files", {"files": [{"path": at[".env"]}]}),
        Wanted("read_files", {"files": [{"path": at["README.md"]}]}),
        *[Wanted("run_commands", {"commands": [each.arguments["command"]]}) for each in _commands("run_commands")],
        Wanted("fs__write_file", {"path": str(root / "security/server.py"), "content": "x"}),
        Wanted("fs__write_file", {"path": str(root / "src/server.txt"), "content": "x"}),
    ]


def _cline_prepare(place: Place) -> None:
    settings = {"provider": "openai-compatible", "apiKey": "none", "model": "m", "baseUrl": f"{place.model}/v1"}
    provider = {"settings": settings, "updatedAt": "2026-01-01T00:00:00.000Z", "tokenSource": "manual"}
    config = {"version": 1, "lastUsedProvider": "openai-compatible", "providers": {"openai-compatible": provider}}
    (place.home / ".cline/data/settings").mkdir(parents=True)
    (place.home / ".cline/data/settings/providers.json").write_text(json.dumps(config))
    transport = {"type": "stdio", "command": place.server[0], "args": list(place.server[1:])}
    servers = {"mcpServers": {"fs": {"transport": transport, "disabled": False}}}
    (place.home / ".cline/data/settings/cline_mcp_settings.json").write_text(json.dumps(servers))


SCENARIOS = [
    Scenario("claude", _claude, _nothing, _claude_command, _claude_variables),
    Scenario("gemini", _gemini, _gemini_prepare, lambda _: ["--yolo", "-p", _PROMPT], _gemini_variables),
    Scenario("codex", _codex, _codex_prepare, _codex_command, lambda _: {"OPENAI_API_KEY": "none"}, reads=False),
    Scenario(
        "copilot",
        _copilot,
        _copilot_prepare,
        lambda _: ["-p", _PROMPT, "--allow-all-tools", "--allow-all-paths"],
        _copilot_variables,
    ),
    Scenario("qwen", _qwen, _qwen_prepare, lambda _: ["--yolo", "-p", _PROMPT], _qwen_variables, nightly=True),
    Scenario(
        "opencode",
        _opencode,
        _opencode_prepare,
        lambda _: ["run", _PROMPT],
        lambda _: {"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1"},
        nightly=True,
    ),
    Scenario("cline", _cline, _cline_prepare, lambda _: [_PROMPT], lambda _: {}, nightly=True, alone=True),
]
