"""``python -m tests.demo``: tell the story; exit code 0 if all of it was so, 1 if anything was not."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from tests.demo.claims import Claim, NotAsToldError
from tests.demo.gate import COMMAND, Gate
from tests.demo.page import WIDTH, Page
from tests.demo.shop import Shop, open_shop
from tests.demo.story import tell
from tests.github_server import GitHubServer

_INTRODUCTION = (
    "AI agents and people work on a small shop. Each time one of them does something, the gate judges it: the real "
    "`agentowners action`, started as GitHub would start it. A server on this machine stands in for GitHub, with a real git "
    "repository behind it; nothing leaves this machine."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell the story on standard output.

    Args:
        arguments: the command line's, where they are not those of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description="Pull requests judged, blocked, approved, merged.")
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="inputs",
        help="give the GitHub Action an input, as under `with:` (`enforcement=evaluate`); the story may then not hold",
    )
    options = parser.parse_args(arguments)
    inputs = {}
    for given in options.inputs:
        name, equals, value = given.partition("=")
        if not (name and equals):
            parser.error(f"`{given}` is not NAME=VALUE")
        inputs[name] = value
    if shutil.which("git") is None:
        parser.error("needs git")
    return perform(console(), inputs=inputs)


def perform(
    console: Console,
    *,
    inputs: Mapping[str, str] | None = None,
    command: Sequence[str] = COMMAND,
    prepare: Callable[[GitHubServer], object] = lambda server: None,
) -> int:
    """Tell the story and return the exit code.

    Args:
        console: where to.
        inputs: the GitHub Action's, where they are not the defaults.
        command: what to run as the gate.
        prepare: what to do to the server before anything happens on it.
    """
    page = Page(console)
    page.title("AGENTOWNERS: CODEOWNERS for AI agents")
    page.say(_INTRODUCTION)
    with GitHubServer() as server, tempfile.TemporaryDirectory(prefix="agentowners-demo-") as place:
        repo = open_shop(server)
        prepare(server)
        gate = Gate(server, repo, Path(place), inputs=inputs, command=command)
        try:
            tell(page, Shop(server, repo, gate))
            _end(page, server, gate)
        except NotAsToldError as wrong:
            page.broken(wrong.claim, gate.jobs[-1].log if gate.jobs else "")
            return 1
    return 0


def _end(page: Page, server: GitHubServer, gate: Gate) -> None:
    kept = Claim("every request and answer kept to GitHub's own description of its API", list(map(str, server.violations)), [])
    if not kept.holds:
        raise NotAsToldError(kept)
    page.gap()
    page.say(
        f"All as told: {len(gate.jobs)} events judged, {page.checked} statements checked, and every request and answer kept to "
        "GitHub's own description of its API."
    )
    page.say("To set it up in a repository of yours, in a minute: README.md")


def console() -> Console:
    """Standard output, 100 columns wide, in color on a terminal unless NO_COLOR is set."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    color = not os.environ.get("NO_COLOR") and bool(os.environ.get("FORCE_COLOR") or sys.stdout.isatty())
    color = color and os.environ.get("TERM") != "dumb"
    return Console(
        width=WIDTH,
        force_terminal=color,
        force_interactive=False,
        color_system="standard" if color else None,
        legacy_windows=False,
    )


if __name__ == "__main__":
    sys.exit(main())
