"""Fire made-up calls through every installed hook line, and say whether it runs, denies and fails closed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from agentowners.cli.arguments import CommandParser
from agentowners.cli.hook_install import home_directory
from agentowners.cli.inputs import text_of
from agentowners.cli.moments import now
from agentowners.cli.policies import misnamed_on_disk, unread_remarks
from agentowners.cli.proposing import Desk
from agentowners.cli.shell import ExitCode, say
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.clients import CLIENTS, ClientFacts, guarantees
from agentowners.dispatch.install import is_installed
from agentowners.dispatch.jsonc import texts
from agentowners.dispatch.model import Client
from agentowners.proposals.fakes import FAKES, SAME_USER
from agentowners.report.shared.escape import for_terminal
from agentowners.store.repositories import repository_here

_EPILOG: Final = """\
looked at are the configurations of this repository and of the home directory. The calls are never made: they are only announced.

examples:
  agentowners hook doctor

exit codes:
  0 every line that was found denies, 1 the tool failed, 2 usage, 6 one does not, or none was found
"""
_SECONDS: Final = 15
_SWITCHES: Final[dict[Client, tuple[str, tuple[str, ...]]]] = {
    Client.CLAUDE: (
        r"\"(disableAllHooks|allowManagedHooksOnly)\"\s*:\s*true",
        (".claude/settings.json", ".claude/settings.local.json", "/etc/claude-code/managed-settings.json"),
    ),
    Client.CODEX: (
        r"(?m)^\s*((?:features\.)?(?:codex_)?hooks)\s*=\s*false",
        (".codex/config.toml", "/etc/codex/config.toml", "/etc/codex/managed_config.toml"),
    ),
    Client.GEMINI: (
        r"\"(hooksConfig)\"\s*:\s*\{[^}]*\"(?:enabled\"\s*:\s*false|disabled\"\s*:\s*\[\s*\")",
        (".gemini/settings.json", "/etc/gemini-cli/settings.json", "/etc/gemini-cli/system-defaults.json"),
    ),
    Client.QWEN: (r"\"(disableAllHooks)\"\s*:\s*true", (".qwen/settings.json", "/etc/qwen-code/settings.json")),
    Client.COPILOT: (
        r"\"(disableAllHooks)\"\s*:\s*true",
        (".copilot/config.json", ".copilot/settings.json", ".github/copilot/settings.json", ".claude/settings.json"),
    ),
    Client.DROID: (
        r"\"(hooksDisabled)\"\s*:\s*true",
        (".factory/settings.json", ".factory/settings.local.json", ".factory/hooks.json", "/etc/factory/settings.json"),
    ),
    Client.VSCODE: (r"\"(chat\.useHooks)\"\s*:\s*false", (".vscode/settings.json", ".config/Code/User/settings.json")),
}
"""Pattern of a thrown switch, and the files it may stand in, below the repository and the home directory; or the machine's."""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("hook doctor", __doc__, _EPILOG)
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Say what is installed and what it answers."""
    options = parser().read(arguments)
    root, home = repository_here().root, home_directory()
    lines: list[str] = []
    good = True
    for client, facts in CLIENTS.items():
        for scope, place in (("repository", os.path.join(root, facts.project)), ("home", os.path.join(home, facts.user))):
            text = text_of(place)
            if text is None or not is_installed(text, client):
                continue
            answers = []
            for command in dict.fromkeys(_commands(client, text)):
                denies, closed = (_denies(client, _fire(command, payload, root)) for payload in (_call(client, root), b"{"))
                good = good and denies and closed
                answers.append(
                    f"  {'denies' if denies else 'DOES NOT DENY'} a write below .git; "
                    f"{'fails closed' if closed else 'DOES NOT FAIL CLOSED'} on an invalid payload\n"
                )
            lines += [f"{facts.name} ({scope}: {place})\n", *dict.fromkeys(answers)]
            lines += [f"  {remark}\n" for remark in _remarks(client, facts, root, home)]
    if not lines:
        good = False
        lines.append("no hook is installed here: run `agentowners hook install`\n")
    unread = misnamed_on_disk(root)
    lines += [f"{for_terminal(line)}\n" for line in unread_remarks(unread)]
    lines.append(f"grants (`agentowners inbox`): {_held(root)}; {SAME_USER}\n")
    lines += [f"  {faked}: {comes}\n" for faked, comes in FAKES.items()]
    if not options.quiet:
        say("".join(lines))
    return ExitCode.ALLOWED if good and not unread else ExitCode.NOT_PROVED


def _held(root: str) -> str:
    moment = now()
    try:
        held = sum(grant.holds(moment) for grant in Desk(root).store.grants())
    except AgentownersError as error:
        return f"they count for nothing, since {error.message}"
    return f"{held} may hold now"


def _commands(client: Client, text: str) -> Iterator[str]:
    if client is Client.CLINE:
        yield text.partition("\n")[2]
        return
    if client is Client.OPENCODE:
        yield json.loads(text.partition('["-c", ')[2].partition("], {")[0])
        return
    yield from (line for line in texts(text) if is_installed(line, client))


def _fire(command: str, payload: bytes, root: str) -> subprocess.CompletedProcess[bytes] | None:
    """The answer of a line; None where it did not end in time."""
    shell = ["/bin/sh", "-c", command]
    with suppress(subprocess.TimeoutExpired):
        return subprocess.run(shell, input=payload, cwd=root, capture_output=True, timeout=_SECONDS, check=False)
    return None


def _denies(client: Client, fired: subprocess.CompletedProcess[bytes] | None) -> bool:
    """True if a client takes the answer for a no, or for a question to a person."""
    if fired is None:
        return False
    if client is Client.CLINE:
        return fired.returncode == 0 and b'"cancel": true' in fired.stdout
    asks = CLIENTS[client].asks and fired.returncode == 0 and b'"ask"' in fired.stdout
    return asks or (fired.returncode == 2 and bool(fired.stderr))


def _call(client: Client, root: str) -> bytes:
    """A write below ``.git``, as a client announces it."""
    path = f"{root}/.git/agentowners-doctor"
    write = {"file_path": path, "path": path, "filePath": path, "content": "x"}
    patch = f"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n"
    common = {"session_id": "doctor", "cwd": root, "permission_mode": "default", "tool_input": write}
    usual = {"hook_event_name": "PreToolUse", "tool_name": "Write", **common}
    shaped: dict[Client, dict[str, Any]] = {
        Client.CODEX: usual | {"turn_id": "1", "tool_name": "apply_patch", "tool_input": {"command": patch}},
        Client.GEMINI: usual | {"hook_event_name": "BeforeTool", "tool_name": "write_file"},
        Client.QWEN: usual | {"tool_call_id": "1", "tool_name": "write_file"},
        Client.DROID: usual | {"tool_name": "Create"},
        Client.CURSOR: usual | {"hook_event_name": "preToolUse"},
        Client.VSCODE: {"hookEventName": "PreToolUse", "tool_name": "create_file", **common},
        Client.COPILOT: {"toolName": "create", "toolArgs": write, "cwd": root, "sessionId": "doctor", "timestamp": 0},
        Client.CLINE: {
            "hookName": "tool_call",
            "tool_call": {"id": "1", "name": "editor", "input": write},
            "workspaceInfo": {"rootPath": root},
        },
        Client.OPENCODE: {
            "ev": "tool.execute.before",
            "input": {"tool": "write", "sessionID": "doctor", "callID": "1"},
            "output": {"args": write},
            "directory": root,
        },
    }
    return json.dumps(shaped.get(client, usual)).encode()


def _remarks(client: Client, facts: ClientFacts, root: str, home: str) -> Iterator[str]:
    unit = "milliseconds" if facts.milliseconds else "seconds"
    yield f"its timeouts are in {unit}; {'tested with ' + facts.run if facts.run else 'as documented, not tested'}"
    if client is Client.CODEX:
        yield _trust(root, home, facts)
    yield from (f"LOOK AT `{switch}` in {place}: hooks are switched off" for switch, place in _switched_off(client, root, home))
    if client is Client.CLINE:
        places = (os.path.join(root, facts.project), os.path.join(home, facts.user))
        yield from (f"LOOK AT {p}: it is not executable" for p in places if os.path.exists(p) and not os.access(p, os.X_OK))
    for kind, entry in guarantees(client).items():
        yield f"{kind.value}: {entry.hold.value}, {entry.why}"
    for switch in facts.switches:
        yield f"switched off by: {switch}"
    for unseen in facts.unseen:
        yield f"never seen: {unseen}"


def _trust(root: str, home: str, facts: ClientFacts) -> str:
    """Trust that Codex has in its hooks, as far as its file tells: a hash stands there, and only Codex knows of what."""
    text = text_of(os.path.join(home, ".codex/config.toml")) or ""
    places = (os.path.join(root, facts.project), os.path.join(home, facts.user))
    if "trusted_hash" in text and any(place in text for place in places):
        return "trusted: `~/.codex/config.toml` has a hash for it; if it changes, Codex asks again"
    return "NOT TRUSTED, and so skipped in silence: look at it in Codex's `/hooks`"


def _switched_off(client: Client, root: str, home: str) -> Iterator[tuple[str, str]]:
    """Switches that are thrown, each with its file."""
    pattern, names = _SWITCHES.get(client, ("", ()))
    for place in dict.fromkeys(os.path.join(base, name) for name in names for base in (root, home)):
        match = re.search(pattern, text_of(place) or "")
        if match is not None:
            yield match[1], place
