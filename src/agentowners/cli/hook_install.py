"""Write into clients' configuration that they ask `agentowners hook` before a tool runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from agentowners.cli.arguments import CommandParser
from agentowners.cli.policies import misnamed_on_disk, unread_remarks
from agentowners.cli.shell import ExitCode
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.install import installed, is_installed, machine_command, project_command
from agentowners.dispatch.model import Client, Moment
from agentowners.report.shared.escape import for_terminal

_EPILOG: Final = """\
without --client: every client whose folder is in this repository. What stands in a file stays as it is, comments too.

in a repository the line refuses, in the client's words, where agentowners is missing. --machine writes below the home directory,
with this Python and nothing of the environment: a repository cannot change it.

examples:
  agentowners hook install --client claude --client gemini
  agentowners hook install --client claude --machine

exit codes:
  0 written, or written already, 1 the tool failed, 2 usage
"""
_MODES: Final = {Client.CLINE: 0o755}


def parser() -> CommandParser:
    """The command's grammar."""
    made = CommandParser("hook install", __doc__, _EPILOG)
    made.add_argument(
        "--client",
        dest="clients",
        action="append",
        choices=[client.value for client in Client],
        metavar="NAME",
        help="for whom; may be repeated; one of %(choices)s",
    )
    made.add_argument("--machine", action="store_true", help="write below the home directory, for every repository")
    made.add_quiet()
    return made


def main(arguments: Sequence[str]) -> int:
    """Write the configuration, and return 0.

    Raises:
        UsageError: the arguments are not understood.
        AgentownersError: a file cannot be written, or is not one that the client reads.
    """
    options = parser().read(arguments)
    from agentowners.cli.shell import say

    root = _home() if options.machine else _root()
    clients = [Client(name) for name in dict.fromkeys(options.clients or ())] or _found(root, machine=options.machine)
    if not clients:
        raise AgentownersError("no client has a folder here", help="name one: `--client claude`")
    lines: list[str] = []
    for client in clients:
        name = CLIENTS[client].user if options.machine else CLIENTS[client].project
        machine = machine_command(client, sys.executable)
        commands = (
            (machine, machine) if options.machine else (project_command(client), project_command(client, Moment.PERMISSION))
        )
        lines.append(f"{install(root, name, client, *commands)}\n")
        lines += [f"  {remark}\n" for remark in _remarks(client, machine=options.machine)]
    if not options.machine:
        lines += [f"{for_terminal(line)}\n" for line in unread_remarks(misnamed_on_disk(root))]
    if not options.quiet:
        say("".join(lines))
    return ExitCode.ALLOWED


def install(root: str, name: str, client: Client, command: str, at_permission: str) -> str:
    """Write a client's file, and say what was done.

    Raises:
        AgentownersError: the file, or a directory above it, is a link, or cannot be read or written.
    """
    parts = name.split("/")
    for end in range(1, len(parts) + 1):
        if os.path.islink(os.path.join(root, *parts[:end])):
            raise AgentownersError(f"`{'/'.join(parts[:end])}` is a symbolic link", help="put the file itself there")
    path = os.path.join(root, *parts)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        text = ""
    except (OSError, ValueError) as error:
        raise AgentownersError(f"`{name}` cannot be read: {error}") from None
    if is_installed(text, client):
        return f"{name}: asks agentowners already"
    if text and client in (Client.CLINE, Client.OPENCODE):
        raise AgentownersError(f"`{name}` is there already", help="call `agentowners hook` from it, or take it away")
    try:
        new = installed(client, text, command, at_permission)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        temporary = f"{path}.agentowners-new"
        with open(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODES.get(client, 0o644)), "w", encoding="utf-8"
        ) as file:
            file.write(new)
        os.replace(temporary, path)
    except OSError as error:
        raise AgentownersError(f"`{name}` cannot be written: {(error.strerror or str(error)).lower()}") from None
    return f"{name}: {CLIENTS[client].name} asks agentowners now"


def _found(root: str, *, machine: bool) -> list[Client]:
    found: dict[str, Client] = {}
    for client, facts in CLIENTS.items():
        folder = (facts.user if machine else facts.project).split("/")[0]
        if folder != ".github" and os.path.isdir(os.path.join(root, folder)):
            found.setdefault(folder, client)
    return list(found.values())


def _remarks(client: Client, *, machine: bool) -> list[str]:
    remarks = [f"switched off by: {switch}" for switch in CLIENTS[client].switches]
    if not machine:
        remarks.append("whoever writes the repository can take it out: `--machine` writes it where they cannot")
    return remarks


def _root() -> str:
    from agentowners.store.repositories import Repositories

    holding = Repositories().holding(os.path.realpath(os.getcwd()))
    if not holding:
        raise AgentownersError("this is not a git repository", help="run it inside a clone, or with `--machine`")
    return holding[0][0].root


def _home() -> str:
    from agentowners.store.machine import home

    found = home()
    if found is None:
        raise AgentownersError("the machine knows no home directory for this user")
    return found
