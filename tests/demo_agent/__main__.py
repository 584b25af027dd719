"""``python -m tests.demo_agent``: tell the story; exit code 0 if all of it was so, 1 if anything was not."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.demo.__main__ import console
from tests.demo.claims import NotAsToldError
from tests.demo.page import Page
from tests.demo_agent.machine import Machine, agent_on
from tests.demo_agent.story import by_pull_request, tell
from tests.github_server import GitHubServer

_INTRODUCTION = (
    "An agent is denied, reads why, proposes a narrow change of the policy, and a person decides: for half an hour on this "
    "machine, and for good by a pull request. The repository, the home directory, the model and GitHub are made for this and "
    "lie on this machine."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell the story on standard output.

    Args:
        arguments: the command line's, where they are not those of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.demo_agent", description="Denied, proposed, granted, tried again.")
    parser.add_argument("--modules", type=Path, help="the node_modules that Claude Code is in; its recorded dialect without")
    return perform(console(), parser.parse_args(arguments).modules)


def perform(output: Console, modules: Path | None) -> int:
    """Tell the story and return the exit code."""
    page = Page(output)
    page.title("AGENTOWNERS: denied, proposed, granted, tried again")
    page.say(_INTRODUCTION)
    with GitHubServer() as server, tempfile.TemporaryDirectory(prefix="agentowners-demo-") as place:
        machine = Machine(Path(place).resolve())
        agent = agent_on(machine, modules)
        try:
            tell(page, machine, agent)
            by_pull_request(page, machine, server)
        except NotAsToldError as wrong:
            page.broken(wrong.claim, machine.run("denials"))
            return 1
    page.gap()
    page.say(f"All as told: {page.checked} statements checked, with {agent.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
