"""Several runs of the action at once, each stopped before every request, so that a test decides who goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cached_property

from msgspec.structs import replace

from agentowners.action.run import main
from tests.action.world import PATIENCE
from tests.github_server.server import GitHubServer

_LONG = 60.0


def _unlocked() -> None:
    """Let no run wait for another at a property that is computed once: on Python 3.11 one lock serves all objects of a class."""
    for name, module in list(sys.modules.items()):
        if name.startswith("agentowners."):
            kinds = [kind for kind in vars(module).values() if isinstance(kind, type)]
            for each in (each for kind in kinds for each in vars(kind).values() if isinstance(each, cached_property)):
                if hasattr(each, "lock"):
                    each.lock = nullcontext()


class Run:
    """One run, in a thread of its own; it has a token of its own, by which its requests are told from others'."""

    def __init__(self, environ: Mapping[str, str], label: str) -> None:
        self.token = environ["INPUT_TOKEN"]
        self.label = label
        self.code: int | None = None
        self._stopped = threading.Event()
        self._go = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._main, args=(environ,), name=label)
        self._free = False

    def _main(self, environ: Mapping[str, str]) -> None:
        _unlocked()
        try:
            # however long it is left standing, GitHub did answer
            self.code = main(environ, patience=replace(PATIENCE, timeout=60))
        finally:
            self._stopped.set()

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.code is not None

    def wait_here(self) -> None:
        """What the server does before it looks at a request of this run."""
        if not self._free:
            self._stopped.set()
            assert self._go.acquire(timeout=_LONG), f"{self.label} was left standing"

    def step(self, requests: int = 1) -> None:
        """Let some requests through; on return the run stands before its next one, or has ended."""
        for _ in range(requests):
            if self.done:
                return
            if not self._thread.ident:
                self._thread.start()
            else:
                self._stopped.clear()
                self._go.release()
            assert self._stopped.wait(_LONG), f"{self.label} does not come to a request"

    def let_go(self) -> None:
        """Hold it back no longer, whatever becomes of it."""
        self._free = True
        self._go.release()

    def finish(self) -> int:
        """Let it run to its end."""
        if not self._thread.ident:
            self._free = True
            self._thread.start()
        while not self.done and self._thread.is_alive():
            self._free = True
            self._go.release()
            self._thread.join(0.001)
        self._thread.join(_LONG)
        assert self.code is not None, f"{self.label} does not end"
        return self.code


class Crossing:
    """Lets the server hold back the runs that were made here; what others ask goes through at once."""

    def __init__(self, server: GitHubServer) -> None:
        self._runs: dict[str, Run] = {}
        server.gate = self._gate

    def _gate(self, token: str) -> None:
        run = self._runs.get(token)
        if run is not None:
            run.wait_here()

    def run(self, environ: Mapping[str, str], label: str) -> Run:
        """A run that has not begun."""
        made = Run(environ, label)
        self._runs[made.token] = made
        return made

    def while_stopped_at(self, run: Run, request: Callable[[], bool]) -> None:
        """Let a run go on until something holds of the server's log, as that it has sent a certain request."""
        while not run.done and not request():
            run.step()
