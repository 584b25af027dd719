"""Progress of one call of the hook. Imports next to nothing: the watch-dog needs it before all else."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentowners.dispatch.model import ToolCall


class Progress:
    """Facts known so far about the caller, for whoever has to answer in the call's stead."""

    def __init__(self, named: str | None) -> None:
        self.named = named
        """The client that the command line names, rightly or not."""
        self.call: ToolCall | None = None
        self.started = time.monotonic()
