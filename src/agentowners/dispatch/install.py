"""Configuration by which a client asks this hook."""

from __future__ import annotations

import json
from typing import Any, Final, assert_never

from agentowners.dispatch.answers import Reply, wire
from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.jsonc import append
from agentowners.dispatch.model import Client, Moment

SECONDS: Final = 10
"""Time that a client waits for the hook; its own deadline is shorter."""
_VERSION: Final = '{"version": 1}\n'
_MISSING: Final = "agentowners is not installed, so nothing can be judged: pip install agentowners[hooks]"


def project_command(client: Client, moment: Moment = Moment.CALL) -> str:
    """A shell line for a repository: where agentowners is missing, or breaks, it refuses in the client's words."""
    refused = wire(client, moment, Reply.DENY, f"agentowners: refused: {_MISSING}")
    out = refused.out.decode("ascii").strip()
    output = f"printf '%s\\n' '{out}'; " if out else ""
    refuse = f"no() {{ {output}echo '{_MISSING}' >&2; exit {refused.code}; }}"
    ask = f"agentowners hook --client {client} || {{ [ $? = 2 ] && exit 2; no; }}"
    return f"{refuse}; command -v agentowners >/dev/null 2>&1 || no; {ask}"


def machine_command(client: Client, python: str) -> str:
    """A command for the configuration of a user or a machine, which nothing in a repository changes."""
    program = f"'{python}'" if " " in python else python
    return f"{program} -I -m agentowners hook --client {client}"


def installed(client: Client, text: str, command: str, at_permission: str) -> str:
    """A configuration file with the hook in it, everything else as it was.

    Args:
        client: whose file it is.
        text: what stands there; empty where there is none.
        command: the line that asks before a call.
        at_permission: the line that asks before the client asks a person, where it does that apart.

    Raises:
        JsoncError: the file is not one that the client reads.
    """
    if is_installed(text, client):
        return text
    place = ("hooks", CLIENTS[client].event)
    match client:
        case Client.CLAUDE:
            text = append(text, place, _matching(command, SECONDS, onFailure="block"))
            return append(text, ("hooks", "PermissionRequest"), _matching(at_permission, SECONDS, onFailure="block"))
        case Client.CODEX | Client.DROID:
            return append(text, place, _matching(command, SECONDS))
        case Client.QWEN | Client.GEMINI:
            return append(text, place, _matching(command, SECONDS * 1000, name="agentowners"))
        case Client.COPILOT:
            entry = {"type": "command", "bash": command, "timeoutSec": SECONDS}
            text = append(text or _VERSION, place, entry)
            return append(text, ("hooks", "permissionRequest"), entry)
        case Client.VSCODE:
            return append(text, place, {"type": "command", "command": command, "timeout": SECONDS})
        case Client.CURSOR:
            return append(text or _VERSION, place, {"command": command, "failClosed": True})
        case Client.CLINE:
            return f"#!/bin/sh\n# Asks agentowners before a tool runs.\n{command}\n"
        case Client.OPENCODE:
            return _PLUGIN.replace("COMMAND", json.dumps(command))
        case _:
            assert_never(client)


def is_installed(text: str, client: Client) -> bool:
    """True if a configuration asks this hook already."""
    return f"agentowners hook --client {client}" in text


def _matching(command: str, timeout: int, **more: str) -> dict[str, Any]:
    return {"matcher": "*", "hooks": [{"type": "command", "command": command, "timeout": timeout, **more}]}


_PLUGIN: Final = """\
// Asks agentowners before a tool runs, and throws where the answer is no.
import { spawnSync } from "node:child_process";

export const Agentowners = async ({ directory }) => ({
  "tool.execute.before": async (input, output) => {
    const asked = JSON.stringify({ ev: "tool.execute.before", input, output, directory });
    const done = spawnSync("/bin/sh", ["-c", COMMAND], { input: asked, cwd: directory, timeout: 10000, encoding: "utf8" });
    if (done.status !== 0) throw new Error((done.stderr || "agentowners: refused: no answer").trim());
  },
});
"""
