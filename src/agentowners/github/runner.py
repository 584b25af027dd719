"""Commands and files for the workflow's runner, in the forms that actions-toolkit knows."""

from __future__ import annotations

import sys

from actions_toolkit.command import Command, issue_command
from actions_toolkit.core import set_secret
from actions_toolkit.file_command import prepare_key_value_message

from agentowners.report.shared.escape import printable


def mask(secret: str) -> None:
    """Keep a value out of the log from here on, each line of it by itself as the runner matches lines."""
    for line in {secret, *secret.splitlines()}:
        if line.strip():
            set_secret(line)
    # before anything else is said, on whichever stream
    sys.stdout.flush()


def error(message: str) -> None:
    """Say in one line what went wrong, on standard error; the runner reads commands there too."""
    sys.stderr.write(f"{Command('error', {'title': 'AGENTOWNERS'}, printable(message))}\n")


def notice(message: str) -> None:
    """Say something in one line."""
    issue_command("notice", {"title": "AGENTOWNERS"}, printable(message))


def line(text: str) -> None:
    """Print a line that is escaped already."""
    sys.stdout.write(f"{text}\n")


def output_lines(name: str, value: str) -> str:
    """Lines to append to the runner's file of outputs."""
    return prepare_key_value_message(name, printable(value)) + "\n"
