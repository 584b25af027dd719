"""Runs an MCP server, and carries frames between it and a client byte for byte; what must not reach it is answered here."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from threading import Lock, Thread
from types import FrameType
from typing import Final, Protocol

from agentowners.diagnostics import AgentownersError
from agentowners.mcp.frames import FaultCode, FrameError, FrameLine, LineSplitter
from agentowners.mcp.replies import fault_frame
from agentowners.mcp.session import McpSession, Undecided
from agentowners.server.outlet import Outlet, widen, write_all

_CHUNK: Final = 1 << 18
_TOGETHER: Final = 16
"""Pieces that are written at a time: a server begins with the first lines while the next are judged."""
_PAUSE: Final = 0.02
"""Seconds without anything from the client after which there is time for what can wait."""
_LONGEST: Final = 1.0
"""Seconds that it waits where something always comes."""
_PATIENCE: Final = 2.0
"""Seconds for what the client sent last, when the server has ended."""
_PASSED_ON: Final = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_CUT: Final = FrameError(FaultCode.UNREADABLE, "the client's last frame has no end")


class RequestJudge(Protocol):
    """Decides requests."""

    def refuse(self, undecided: Undecided, roots: Sequence[str]) -> bytes | None:
        """The frame that refuses a request, given the roots that the client named; None for one that may pass."""

    def rest(self) -> None:
        """Nothing is waiting to be decided."""


Notice = Callable[[str], None]
"""Tells people of a frame that was refused and bears no id to answer."""


class Relay:
    """One server, one client on standard input and output."""

    def __init__(self, command: Sequence[str], judge: RequestJudge, notice: Notice, client: tuple[int, int] = (0, 1)) -> None:
        """Prepare a server's run; ``client`` are the descriptors that the client writes to and reads from."""
        self._command = command
        self._judge = judge
        self._notice = notice
        self._session = McpSession()
        self._turn = Lock()
        self._client = client
        self._outlet = Outlet(client[1])
        self._pending: list[int] = []
        self._end = os.pipe()
        """Has something to read, its end, as soon as the server has ended."""
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Run the server until it ends, and return its exit code; 128 and the signal's number where it died of one.

        Signals are passed on to it: when to end is its own decision, or that of whoever sends the next one.

        Raises:
            AgentownersError: it cannot be started.
        """
        passed_on = [getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)]
        before = [signal.signal(number, self._pass_on) for number in passed_on]
        try:
            return self._run()
        finally:
            for number, handler in zip(passed_on, before, strict=True):
                signal.signal(number, handler)

    def _run(self) -> int:
        its_input, sink = os.pipe()
        source, its_output = os.pipe()
        for descriptor in (sink, source, self._client[1]):
            widen(descriptor)
        try:
            process = subprocess.Popen(self._command, stdin=its_input, stdout=its_output, env=_environment())
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise AgentownersError(f"`{self._command[0]}` cannot be started: {why.lower()}") from None
        os.close(its_input)
        os.close(its_output)
        self._process = process
        for number in self._pending:
            process.send_signal(number)
        upstream = Thread(target=self._upstream, args=(sink,), daemon=True)
        upstream.start()
        downstream = Thread(target=self._downstream, args=(source, process), daemon=True)
        downstream.start()
        downstream.join()
        code = process.wait()
        os.close(self._end[1])
        upstream.join(_PATIENCE)  # a thread that still judges when Python ends can take the process down, and its exit code
        self._judge.rest()  # not before: a server that says nothing any more may still take requests
        return 128 - code if code < 0 else code

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._pending.append(number)
        else:
            with contextlib.suppress(OSError):
                self._process.send_signal(number)

    def _upstream(self, sink: int) -> None:
        """Carry what the client sends, until it closes its end or the server takes nothing any more."""
        splitter = LineSplitter()
        rested = time.monotonic()
        try:
            while data := self._client_data():
                passing: list[bytes] = []
                for line in splitter.feed(data):
                    answer = self._answer(line)
                    if answer is None:
                        passing += (line.data, b"\n")
                    if answer is not None or len(passing) >= _TOGETHER:
                        write_all(sink, b"".join(passing))
                        passing.clear()
                    if answer is not None:
                        self._outlet.insert(answer)
                write_all(sink, b"".join(passing))
                if not _more_within(self._client[0], _PAUSE) or time.monotonic() - rested > _LONGEST:
                    self._judge.rest()
                    rested = time.monotonic()
            if data is not None and splitter.rest():
                self._outlet.insert(self._fault(_CUT))
        except OSError:
            pass  # one side is gone; the other learns it by its own end
        finally:
            self._judge.rest()
            os.close(self._end[0])
            os.close(sink)
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_RDONLY), self._client[0])

    def _client_data(self) -> bytes | None:
        """The next bytes of the client, empty at its end; None when the server has ended."""
        try:
            ready, _, _ = select.select([self._client[0], self._end[0]], [], [])
        except (OSError, ValueError):  # not of a pipe on Windows
            ready = []
        return None if self._end[0] in ready else os.read(self._client[0], _CHUNK)

    def _answer(self, line: FrameLine) -> bytes | None:
        """The frame that refuses a line of the client; None for what passes."""
        try:
            with self._turn:
                undecided = self._session.client_line(line)
                roots = self._session.roots
            answer = None if undecided is None else self._judge.refuse(undecided, roots)
        except FrameError as error:
            return self._fault(error)
        if undecided is not None and answer is not None:
            with self._turn:
                self._session.refused(undecided.request.id)
        return answer

    def _fault(self, error: FrameError) -> bytes:
        if error.id is None:
            self._notice(error.message)
        return fault_frame(error)

    def _downstream(self, source: int, process: subprocess.Popen[bytes]) -> None:
        """Carry what the server sends, until it closes its end; what it tells is learned before the client can use it."""
        splitter = LineSplitter()
        try:
            while data := os.read(source, _CHUNK):
                for line in splitter.feed(data):
                    if line.fits:
                        with self._turn:
                            self._session.server_line(line.data)
                self._outlet.relay(data)
        except OSError:  # nobody reads what it says
            with contextlib.suppress(OSError):
                process.terminate()
        finally:
            os.close(source)
            self._outlet.close()


def _more_within(descriptor: int, seconds: float) -> bool:
    """True if there is something to read, or the end, before so long."""
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    except (OSError, ValueError):  # not of a pipe on Windows
        return False


def _environment() -> dict[bytes, bytes] | None:
    """The variables that this process was started with; None where the system does not tell.

    Python puts one of its own among them where the locale is C.
    """
    try:
        with open("/proc/self/environ", "rb") as file:
            parts = file.read().split(b"\0")
    except OSError:
        return None
    return {name: value for name, equals, value in (part.partition(b"=") for part in parts) if equals}
