"""``agentowners action``: what the container runs. Everything it needs to know is in the environment that the runner sets."""

from __future__ import annotations

import os
from collections.abc import Sequence

from agentowners.cli.shell import UsageError

_HELP = """\
usage: agentowners action

The main job of the GitHub Action: judges what the event in GITHUB_EVENT_PATH is about and publishes the verdict.
It takes no arguments; inputs are read from the INPUT_... variables, as the runner passes them.
"""


def main(arguments: Sequence[str]) -> int:
    """Run the action and return the exit code of the job.

    Raises:
        UsageError: there are arguments.
    """
    if list(arguments) in (["--help"], ["-h"]):
        from agentowners.cli.output import say

        say(_HELP)
        return 0
    if arguments:
        raise UsageError(f"`action` takes no arguments, and `{arguments[0]}` is one", help="inputs are read from the environment")
    import gc

    from agentowners.action.run import main as run

    # a run over every open pull request is long enough for garbage to matter
    gc.enable()
    return run(os.environ)
