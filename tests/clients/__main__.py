"""Runs real clients against a model on loopback, and looks at what they did: ``make clients-test``.

Each client runs with a home directory and an environment of its own; whatever it would ask of another host goes to a closed port.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.clients.model import Model
from tests.clients.scenarios import SCENARIOS, Place, Scenario
from tests.git.repo import Repo

_ROOT = Path(__file__).resolve().parents[2]
_POLICY = "/security/ @agents block # keys and secrets\n.env* @agents block # secrets\n"
_SECRET = "TOPSECRET-4711"
_SECONDS = 240


def main() -> int:
    """Run the clients that are installed; 1 where one did what it may not, or not what it may."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--modules", type=Path, required=True, help="the node_modules that the clients are in")
    parser.add_argument("clients", nargs="*", help="some of them; all without")
    options = parser.parse_args()
    bad = 0
    for scenario in SCENARIOS:
        if options.clients and scenario.client not in options.clients:
            continue
        program = options.modules.absolute() / ".bin" / scenario.client
        if not program.exists() or not _starts(program):
            print(f"SKIPPED  {scenario.client}: it could not be installed here", flush=True)
            continue
        wrong = _run(scenario, program)
        bad += bool(wrong)
        print(f"{'WRONG' if wrong else 'ok':7}  {scenario.client}", *(f"\n         {each}" for each in wrong), flush=True)
    return 1 if bad else 0


def _starts(program: Path) -> bool:
    done = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=60)
    return done.returncode == 0


def _run(scenario: Scenario, program: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        base = Path(name).resolve()
        repo = Repo(base / "repository")
        repo.commit({".github/AGENTOWNERS": _POLICY, "README.md": "READ-ME\n", "src/a.py": "a\n"})
        repo.git("reset", "-q", "--hard")
        (repo.path / ".env").write_text(_SECRET)
        (base / "home").mkdir()
        model = Model(scenario.wanted(repo.path))
        with model.serving():
            place = Place(repo.path, base / "home", model.url, [sys.executable, str(Path(__file__).with_name("server.py"))])
            scenario.prepare(place)
            env = _environment(place, program, scenario)
            install = [sys.executable, "-m", "agentowners", "hook", "install", "--client", scenario.client, "--quiet"]
            subprocess.run(install, cwd=repo.path, env=env, check=True)
            ended: list[str] = []
            whole = model.wanted
            for model.wanted in [(each,) for each in whole] if scenario.alone else [whole]:
                try:
                    done = _session([str(program), *scenario.command(place)], repo.path, env)
                except subprocess.TimeoutExpired:
                    return [f"it did not end within {_SECONDS} seconds, after {len(model.requests)} requests"]
                _end_rest(place.home)
                ended.append(f"it ended with {done.returncode}: {(done.stdout + done.stderr).decode('utf-8', 'replace')[-1500:]}")
        wrong = list(_wrong(scenario, repo.path, model))
        return [*wrong, *ended] if wrong else []


def _session(command: list[str], root: Path, env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command, cwd=root, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS
    )


def _end_rest(home: Path) -> None:
    """End what a client left running: processes with the home directory that was made for it."""
    mark = f"HOME={home}".encode()
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in entry.read_bytes().split(b"\0"):
                os.kill(int(entry.parent.name), signal.SIGKILL)


def _environment(place: Place, program: Path, scenario: Scenario) -> dict[str, str]:
    node = shutil.which("node")
    folders = [str(Path(sys.executable).parent), *([str(Path(node).parent)] if node else []), "/usr/bin", "/bin"]
    nowhere = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")
    return {
        "PATH": os.pathsep.join(folders),
        "HOME": str(place.home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        **nowhere,
        **scenario.variables(place),
    }


def _wrong(scenario: Scenario, root: Path, model: Model) -> list[str]:
    servers = scenario.servers
    denied = ["security/keys.py", "security/shell.py", "leak.txt", *(["security/server.py"] if servers else [])]
    allowed = ["src/ok.py", "src/shell.txt", *(["src/server.txt"] if servers else [])]
    wrong = [f"`{name}` was written" for name in denied if (root / name).exists()]
    wrong += [f"`{name}` was not written" for name in allowed if not (root / name).exists()]
    if _SECRET in model.heard:
        wrong.append("the secret reached the model")
    if scenario.reads and "READ-ME" not in model.heard:
        wrong.append("what may be read did not reach the model")
    if scenario.alone:
        return wrong
    if "agentowners: blocked: " not in model.heard or "keys and secrets" not in model.heard:
        wrong.append("the reason did not reach the model")
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
