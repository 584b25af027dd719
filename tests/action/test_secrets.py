"""Secrets are registered before anything else is done with them, and shown nowhere, whatever goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agentowners.cli.main import main
from tests.action.world import World
from tests.github_server.app_keys import give_key, pair
from tests.github_server.faults import Action, Fault
from tests.github_server.model import App, Installation, Pull

MASK = "::add-mask::"
NEEDED = {"contents": "read", "pull_requests": "write", "checks": "write"}
TOKEN = "ghs_TheTokenOfTheWorkflowItself0000000000"
LONGEST = 60


@dataclass
class Ran:
    """What a run printed."""

    code: int
    out: str
    err: str

    @property
    def masked(self) -> set[str]:
        return {line.removeprefix(MASK) for line in self.out.splitlines() if line.startswith(MASK)}

    @property
    def said(self) -> str:
        """All but the masks, which the runner takes in and does not show."""
        return "\n".join([line for line in self.out.splitlines() if not line.startswith(MASK)] + [self.err])


class Secretive:
    """A world where an App of acme's is used beside the workflow's own token."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app: App = world.server.add_app("acme-gate")
        self.key = give_key(self.app)
        self.installation: Installation = world.server.install(self.app, "acme", NEEDED)
        world.server.tokens[TOKEN] = world.server.tokens.pop(world.token)
        world.server.tokens[TOKEN].value = world.token = TOKEN
        world.inputs |= {
            "app-id": str(self.app.id),
            "private-key": self.key,
            "comment": "true",
            "report-file": "verdict.json",
            "sarif-file": "verdict.sarif",
        }
        self.pull: Pull = world.pull({"security/keys.py": "KEY = 2\n", "docs/index.md": "new\n"})

    def environ(self, **more: str) -> dict[str, str]:
        payload = self.world.server.payload("pull_request_target", "synchronize", pull=self.pull)
        base = {"PATH": os.environ.get("PATH", os.defpath), "AGENTOWNERS_DEBUG": "1"}
        return base | self.world.environ("pull_request_target", payload, **more)

    def start(self, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "agentowners", "action"],
            env=self.environ(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, **more: str) -> Ran:
        process = self.start(**more)
        try:
            out, err = process.communicate(timeout=LONGEST)
        finally:
            process.kill()
            process.wait()
        return Ran(process.returncode, out, err)

    def run_here(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ran:
        """Run in this process, with all that it prints by whatever way."""
        for name, value in self.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        capfd.readouterr()
        code = main(["action"])
        return Ran(code, *capfd.readouterr())

    def secrets(self) -> set[str]:
        """Whatever nobody may see: what was given, and what came of it."""
        given = self.world.inputs["private-key"]
        lines = [line for line in given.replace("\\n", "\n").splitlines() if "-----" not in line]
        sent = {request.token for request in self.world.server.requests if request.token}
        return {self.world.inputs.get("token", TOKEN), *lines, *sent}

    def places(self, ran: Ran) -> Iterator[tuple[str, str]]:
        """Everything that can be read afterwards."""
        yield "log", ran.said
        directory: Path = self.world.directory
        for path in [directory / "output", directory / "summary", *(directory / "workspace").rglob("*")]:
            yield path.name, path.read_text("utf-8")
        for run in self.world.repo.check_runs():
            shown = (run.title, run.summary, run.text, run.external_id, run.details_url, json.dumps(run.annotations))
            yield "check run", "\n".join(filter(None, shown))
        for comment in self.pull.comments:
            yield "comment", comment.body
        yield "labels", "\n".join(self.pull.labels)

    def nothing_shows(self, ran: Ran) -> None:
        for secret in self.secrets():
            for place, text in self.places(ran):
                assert secret not in text, f"a secret is in the {place}"
        assert self.secrets() <= ran.masked, "a secret that was used is not registered"


@pytest.fixture
def secretive(world: World) -> Secretive:
    return Secretive(world)


def fault(action: Action, path: str, method: str | None = None) -> Callable[[Secretive], object]:
    return lambda it: it.world.server.faults.add(action, method=method, path=path, times=1000, seconds=0)


def given(**inputs: str) -> Callable[[Secretive], object]:
    return lambda it: it.world.inputs.update({name.replace("_", "-"): value for name, value in inputs.items()})


BROKEN_KEY = "\n".join([*pair(2)[0].splitlines()[:8], "-----END RSA PRIVATE KEY-----"])
PATHS: dict[str, Callable[[Secretive], object]] = {
    "nothing goes wrong": lambda it: None,
    "the token alone": given(app_id="", private_key=""),
    "a key without a number": given(app_id=""),
    "the key as the number": lambda it: it.world.inputs.update({"app-id": it.key}),
    "a key cut short": given(private_key=BROKEN_KEY),
    "a public key": given(private_key=pair(2)[1]),
    "a key on one line": lambda it: it.world.inputs.update({"private-key": it.key.replace("\n", "\\n")}),
    "another App's key": given(private_key=pair(1)[0]),
    "another number": given(app_id="1"),
    "another input is wrong": given(fail_job="sometimes"),
    "the app is not installed": lambda it: it.world.server.installations.clear(),
    "the app is suspended": lambda it: setattr(it.installation, "suspended", True),
    "an odd answer for the token": fault("odd-json", r"/access_tokens$"),
    "500 for the installation": fault("500", r"/installation$"),
    "reset for the token": fault("reset", r"/access_tokens$"),
    "no JSON for the token": fault("not-json", r"/access_tokens$"),
    "half an answer for the token": fault("truncated", r"/access_tokens$"),
    "the rate limit for the token": fault("429", r"/access_tokens$"),
    "401": lambda it: it.world.inputs.update({"app-id": "", "private-key": "", "token": TOKEN + "x"}),
    "403": fault("403", r"/pulls/[0-9]+$"),
    "404": fault("404", r"/pulls/[0-9]+$"),
    "500": fault("500", r"/files$"),
    "reset": fault("reset", r"/commits$"),
    "no JSON": fault("not-json", r"/reviews$"),
    "the check cannot be written": fault("403", r"/check-runs$"),
    "the verdict cannot be written": fault("500", r"/check-runs/"),
    "the token cannot be revoked": fault("403", r"/installation/token$"),
}


@pytest.fixture(autouse=True)
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs in processes of their own wait for nothing: each of them imports this."""
    place = tmp_path / "site"
    place.mkdir()
    (place / "sitecustomize.py").write_text("import time\ntime.sleep = lambda seconds: None\n")
    monkeypatch.setattr(World, "environ", _with_site(World.environ, place))


def _with_site(environ: Callable[..., dict[str, str]], place: Path) -> Callable[..., dict[str, str]]:
    return lambda *args, **facts: {"PYTHONPATH": f"{place}{os.pathsep}{os.getcwd()}"} | environ(*args, **facts)


@pytest.mark.parametrize("path", PATHS)
def test_threat_23_no_secret_is_shown_on_any_path(
    secretive: Secretive, path: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    PATHS[path](secretive)
    ran = secretive.run_here(monkeypatch, capfd)
    assert "Traceback" not in ran.err
    assert ran.code == 1, "a file is blocked"
    secretive.nothing_shows(ran)


@pytest.mark.parametrize("path", ["nothing goes wrong", "reset for the token"])
def test_threat_23_no_secret_is_shown_by_a_process_to_its_very_end(secretive: Secretive, path: str) -> None:
    PATHS[path](secretive)
    ran = secretive.run()
    assert "Traceback" not in ran.err
    assert ran.code == 1, "a file is blocked"
    secretive.nothing_shows(ran)


CRASHES = {
    "while judging": ("agentowners.action.judge", "Judge.judge"),
    "while publishing": ("agentowners.action.board", "Board.publish"),
    "while telling": ("agentowners.action.run", "_summary"),
    "while minting": ("agentowners.github.app", "Installation._signed"),
    "while revoking": ("agentowners.github.app", "Installation.give_back"),
    "before anything": ("agentowners.action.run", "read_surroundings"),
    "in the main function": ("agentowners.action.run", "_run"),
}


@pytest.mark.parametrize("where", CRASHES)
def test_threat_23_a_crash_with_a_secret_in_its_message_shows_only_its_kind(
    secretive: Secretive, tmp_path: Path, where: str
) -> None:
    module, name = CRASHES[where]
    (tmp_path / "site" / "sitecustomize.py").write_text(
        f"import importlib, os, {module}\n"
        "def crash(*args, **facts):\n"
        "    raise ValueError(os.environ['INPUT_TOKEN'] + os.environ['INPUT_PRIVATE-KEY'], args, facts)\n"
        f"exec('{module}.{name} = crash')\n"
    )
    ran = secretive.run()
    assert ran.code == 1
    assert "agentowners stopped with ValueError" in ran.err
    assert "Traceback" not in ran.err
    for secret in secretive.secrets():
        for place, text in secretive.places(ran):
            assert secret not in text, f"a secret is in the {place}"


def test_threat_23_secrets_are_registered_before_the_first_request(secretive: Secretive) -> None:
    first = secretive.world.server.faults.add("hang", path=r"/installation$", seconds=LONGEST)
    process = secretive.start()
    try:
        wait_for(first)
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        heard = os.read(process.stdout.fileno(), 1 << 20).decode()
    finally:
        process.kill()
        process.communicate()
    masked = {line.removeprefix(MASK) for line in heard.splitlines()}
    assert masked >= {TOKEN, *secretive.key.splitlines()}
    assert any(one.count(".") == 2 for one in masked), "the signed token is one too"


@pytest.mark.parametrize("place", [r"/installation$", r"/access_tokens$", r"/files$", r"/installation/token$"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_threat_23_a_run_that_is_told_to_stop_gives_its_token_back(
    secretive: Secretive, number: signal.Signals, place: str
) -> None:
    hang = secretive.world.server.faults.add("hang", path=place, seconds=LONGEST)
    process = secretive.start()
    try:
        wait_for(hang)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    ran = Ran(process.returncode, out, err)
    assert ran.code == 1
    assert "Traceback" not in err
    secretive.nothing_shows(ran)
    if place == r"/files$":
        assert [token for token in secretive.world.server.tokens.values() if token.app is secretive.app] == []


def wait_for(one: Fault) -> None:
    deadline = time.monotonic() + 30
    while not one.hits:
        assert time.monotonic() < deadline, "nothing was asked"
        time.sleep(0.01)
