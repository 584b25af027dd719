"""The main job of the GitHub Action: judges what the event in GITHUB_EVENT_PATH is about and publishes the verdict.

It takes no arguments; inputs are read from the INPUT_... variables, as the runner passes them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from agentowners.cli.arguments import CommandParser
from agentowners.diagnostics import AgentownersError

_OF_A_RUNNER: Final = ("GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH")
_EPILOG: Final = """\
examples:
  agentowners action
      in the container of a step that says `uses: agentowners/agentowners-action@v1`
  agentowners check --base main
      what to run on your own machine instead

exit codes:
  0 the job passes, 1 the job fails (the input fail-job says when), 2 usage
"""


def parser() -> CommandParser:
    """The command's grammar."""
    return CommandParser("action", __doc__, _EPILOG)


def main(arguments: Sequence[str]) -> int:
    """Run the action and return the exit code of the job."""
    parser().read(arguments)
    if not any(name in os.environ for name in _OF_A_RUNNER):
        raise AgentownersError(
            "there is no event here: this is for a job of GitHub Actions",
            help="on your machine, `agentowners check --base main` judges the branch you are on",
        )
    import gc

    from agentowners.action.run import main as run

    # a run over every open pull request is long enough for garbage to matter
    gc.enable()
    return run(os.environ)
