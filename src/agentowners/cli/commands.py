"""The commands there are. A new one is a file beside this one and a line here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Command:
    """A command: what it is for, and the module whose ``main`` takes its arguments and returns an exit code."""

    def __init__(self, module: str, purpose: str) -> None:
        """Name the module; it is imported by ``load``."""
        self.module = module
        self.purpose = purpose

    def load(self) -> Callable[[Sequence[str]], int]:
        """The command's ``main``."""
        from importlib import import_module

        main: Callable[[Sequence[str]], int] = import_module(self.module).main
        return main


COMMANDS = {
    "check": Command("agentowners.cli.check", "judge a change: a git range, a list of paths, or a recorded event"),
    "action": Command("agentowners.cli.action", "what the GitHub Action's container runs"),
}
