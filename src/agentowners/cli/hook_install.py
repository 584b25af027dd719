"""Write into clients' configuration that they ask `agentowners hook` before a tool runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from agentowners.cli.arguments import CommandParser
from agentowners.cli.policies import misnamed_on_disk, unread_remarks
from agentowners.cli.shell import ExitCode, say
from agentowners.cli.work_tree import WorkTree
from agentowners.cli.writing import create_file, replace_file
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.install import installed, is_installed, machine_command, project_command
from agentowners.dispatch.model import Client, Moment
from agentowners.report.shared.escape import for_terminal
from agentowners.store.machine import home
from agentowners.store.repositories import repository_here

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


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("hook install", __doc__, _EPILOG)
    command.add_client("for whom; may be repeated", dest="clients", action="append")
    command.add_argument("--machine", action="store_true", help="write below the home directory, for every repository")
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Write the configuration, and return 0."""
    options = parser().read(arguments)
    machine: bool = options.machine
    root = home_directory() if machine else repository_here(help="run it inside a clone, or with `--machine`").root
    clients = [Client(name) for name in dict.fromkeys(options.clients or ())] or _found(root, machine=machine)
    if not clients:
        raise AgentownersError("no client has a folder here", help="name one: `--client claude`")
    lines: list[str] = []
    for client in clients:
        facts = CLIENTS[client]
        if machine:
            name, commands = facts.user, (machine_command(client, sys.executable),) * 2
        else:
            name, commands = facts.project, (project_command(client), project_command(client, Moment.PERMISSION))
        lines.append(f"{_install(WorkTree(root, is_repository=True), name, client, *commands)}\n")
        lines += [f"  switched off by: {switch}\n" for switch in facts.switches]
        if not machine:
            lines.append("  whoever writes the repository can take it out: `--machine` writes it where they cannot\n")
    if not machine:
        lines += [f"{for_terminal(line)}\n" for line in unread_remarks(misnamed_on_disk(root))]
    if not options.quiet:
        say("".join(lines))
    return ExitCode.ALLOWED


def _install(tree: WorkTree, name: str, client: Client, command: str, at_permission: str) -> str:
    """Write a client's file, and say what was done."""
    tree.refuse_links(name)
    path = tree.path(name)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        text = None
    except (OSError, ValueError) as error:
        raise AgentownersError(f"`{name}` cannot be read: {error}") from None
    if text is not None and is_installed(text, client):
        return f"{name}: asks agentowners already"
    if text and client in (Client.CLINE, Client.OPENCODE):
        raise AgentownersError(f"`{name}` is there already", help="call `agentowners hook` from it, or take it away")
    new = installed(client, text or "", command, at_permission).encode()
    write = create_file if text is None else replace_file
    write(path, new, executable=client is Client.CLINE)
    return f"{name}: {CLIENTS[client].name} asks agentowners now"


def _found(root: str, *, machine: bool) -> list[Client]:
    clients: dict[str, Client] = {}
    for client, facts in CLIENTS.items():
        folder = (facts.user if machine else facts.project).split("/")[0]
        if folder != ".github" and os.path.isdir(os.path.join(root, folder)):
            clients.setdefault(folder, client)
    return list(clients.values())


def home_directory() -> str:
    """The home directory of whoever runs this; an error where the machine knows none."""
    directory = home()
    if directory is None:
        raise AgentownersError("the machine knows no home directory for this user")
    return directory
