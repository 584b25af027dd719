"""A headless Chromium, told what to do over two pipes in its DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SECONDS: Final = 120
"""A browser that says nothing for so long hangs; nothing waits for it otherwise."""


def installed() -> str | None:
    """The browser to use: ``CHROMIUM`` names one."""
    named = os.environ.get("CHROMIUM")
    found = [shutil.which(name) for name in ([named] if named else _NAMES)]
    return next((path for path in found if path), None)


class Tab:
    """A page of its own."""

    def __init__(self, browser: _Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self.messages: list[str] = []
        """Whatever the console or the security policy complained about."""
        self.requests: list[str] = []
        """Addresses that were asked for."""
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> Any:
        """Ask for something, and wait for the answer."""
        return self._browser.send(method, params, self._session, self._hear)

    def open(self, path: Path, *, dark: bool = False, size: tuple[int, int] = (1200, 760)) -> None:
        """Load a file, and wait until its own script is done."""
        self.messages.clear()
        self.requests.clear()
        width, height = size
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", features=scheme)
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.send("Page.navigate", url=path.resolve().as_uri())
        self._browser.wait("Page.loadEventFired", self._session, self._hear)
        self.settle()

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise's once it has one."""
        said = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise AssertionError(said["exceptionDetails"])
        return said["result"].get("value")

    def settle(self) -> None:
        """Let two frames be drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def press(self, key: str, *, times: int = 1) -> None:
        """Press a key, so often."""
        text = {"text": key} if len(key) == 1 else {}
        for _ in range(times):
            self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
            self.send("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.settle()

    def picture(self) -> bytes:
        """A PNG of what is in view."""
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])

    def spoken(self) -> list[tuple[str, str]]:
        """Role and name of everything that a screen reader finds."""
        nodes = self.send("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def _hear(self, event: dict[str, Any]) -> None:
        method, params = event["method"], event["params"]
        if method == "Runtime.exceptionThrown":
            self.messages.append(json.dumps(params["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.messages.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.messages.append(json.dumps(params["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


class _Browser:
    """Messages to a browser and from it, each ended by a NUL."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._rest = b""
        self._number = 0
        self._early: list[dict[str, Any]] = []

    def send(self, method: str, params: dict[str, Any], session: str | None = None, hear: Any = None) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            found = self._next()
            if found.get("id") == self._number:
                if "error" in found:
                    raise AssertionError(f"{method}: {found['error']}")
                return found["result"]
            self._event(found, session, hear)

    def wait(self, method: str, session: str, hear: Any) -> None:
        while True:
            found = self._early.pop(0) if self._early else self._next()
            if found.get("method") == method and found.get("sessionId") == session:
                return
            if "method" in found and found.get("sessionId") == session:
                hear(found)

    def _event(self, found: dict[str, Any], session: str | None, hear: Any) -> None:
        if found.get("method") == "Page.loadEventFired":
            self._early.append(found)
        elif hear is not None and found.get("sessionId") == session:
            hear(found)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise AssertionError("the browser is gone")
            self._rest += chunk
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def tab(program: str) -> Iterator[Tab]:
    """A page in a browser of its own, without a network, which is gone when the block is left."""
    to_browser, from_us = os.pipe()[::-1], os.pipe()
    write, their_read = to_browser
    read, their_write = from_us
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"]
        options += [f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND", "--force-color-profile=srgb"]
        redirect = f'exec "$@" 3<&{their_read} 4>&{their_write}'
        process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", program, *options, "about:blank"],
            pass_fds=(their_read, their_write),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(their_read)
        os.close(their_write)
        before = signal.signal(signal.SIGALRM, _give_up)
        signal.alarm(_SECONDS)
        try:
            browser = _Browser(write, read)
            target = browser.send("Target.createTarget", {"url": "about:blank"})["targetId"]
            session = browser.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
            yield Tab(browser, session)
            browser.send("Browser.close", {})
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
            os.close(write)
            os.close(read)
            # its helpers, too: they are of a session of its own, which begins with it
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _give_up(number: int, frame: FrameType | None) -> None:
    raise AssertionError(f"the browser took more than {_SECONDS} seconds")
