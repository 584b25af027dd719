"""Runs real MCP servers behind the gateway, with the protocol's own clients, and beside it directly: ``make servers-test``.

What the policy lets through has to come back as it does without the gateway; what it denies must not happen, and say why.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.git.repo import Content, Repo

_HERE = Path(__file__).parent
_SECONDS = 120
_POLICY = """\
/security/ @agents block # keys and secrets
.env* @agents block
package.json @agents require_approval @acme/platform
/src/ @agents allow
"""
_FILES: dict[str | bytes, Content] = {
    ".github/AGENTOWNERS": _POLICY,
    "README.md": "READ-ME\n",
    "package.json": "{}\n",
    "security/keys.py": "key = 1\n",
    "src/a.py": "a\n",
}
Step = list[Any]


@dataclass(frozen=True)
class Scenario:
    """One server, and what is asked of it."""

    name: str
    server: list[str]
    """``{modules}`` and ``{venv}`` stand for where servers are installed, ``{root}`` for the repository."""
    modes: tuple[str, ...]
    """How the client for Python agrees on the protocol's revision; ``typescript`` is the other client."""
    passes: list[Step]
    denied: list[Step]
    asked: tuple[str, ...] = ()
    """What the server has to have asked its client."""


_FILESYSTEM = [
    ["call", "read_text_file", {"path": "src/a.py"}],
    ["call", "list_directory", {"path": "{root}"}],
    ["call", "write_file", {"path": "src/new.py", "content": "new\n"}],
    ["call", "edit_file", {"path": "{root}/src/a.py", "edits": [{"oldText": "a", "newText": "b"}]}],
    ["call", "search_files", {"path": ".", "pattern": "**/*.md"}],
    ["call", "read_multiple_files", {"paths": ["src/a.py", "README.md"]}],
    ["call", "read_text_file", {"path": "not/there"}],
]
_DENIED = [
    ["call", "write_file", {"path": "security/keys.py", "content": "x"}],
    ["call", "write_file", {"path": "{root}/src/../security/new.py", "content": "x"}],
    ["call", "read_text_file", {"path": "security/keys.py"}],
    ["call", "read_text_file", {"path": ' "{root}/security/keys.py" '}],
    ["call", "read_multiple_files", {"paths": ["README.md", ".env"]}],
    ["call", "move_file", {"source": "src/a.py", "destination": "security/a.py"}],
    ["call", "edit_file", {"path": "package.json", "edits": [{"oldText": "{", "newText": "["}]}],
    ["call", "create_directory", {"path": "{root}/security/below"}],
]
SCENARIOS = (
    Scenario(
        "filesystem",
        ["node", "{modules}/@modelcontextprotocol/server-filesystem/dist/index.js", "{root}"],
        ("auto", "legacy", "typescript"),
        _FILESYSTEM,
        _DENIED,
    ),
    Scenario(
        "filesystem by roots",
        ["node", "{modules}/@modelcontextprotocol/server-filesystem/dist/index.js"],
        ("legacy",),
        [["until", "list_allowed_directories", {"text": "{root}"}], *_FILESYSTEM],
        _DENIED,
        ("roots",),
    ),
    Scenario(
        "memory",
        ["node", "{modules}/@modelcontextprotocol/server-memory/dist/index.js"],
        ("auto",),
        [
            ["call", "create_entities", {"entities": [{"name": "gate", "entityType": "thing", "observations": ["it is shut"]}]}],
            ["call", "read_graph", {}],
            ["call", "search_nodes", {"query": "gate"}],
            ["read", "memory://knowledge-graph"],
        ],
        [
            ["call", "delete_entities", {"entityNames": ["gate"]}],
            ["call", "open_nodes", {"names": ["security/keys.py"]}],
        ],
    ),
    Scenario(
        "everything",
        ["node", "{modules}/@modelcontextprotocol/server-everything/dist/index.js"],
        ("auto",),
        [
            ["call", "echo", {"message": "é\u2028 and 1/2"}],
            ["call", "get-env", {}],
            ["call", "get-structured-content", {"location": "Chicago"}],
            ["call", "get-tiny-image", {}],
            ["call", "trigger-long-running-operation", {"duration": 0.1, "steps": 2}],
            ["call", "get-roots-list", {}],
            ["call", "trigger-sampling-request", {"prompt": "x", "maxTokens": 5}],
            ["call", "trigger-elicitation-request", {}],
            ["read", "demo://resource/static/document/features.md"],
            ["read", "demo://resource/none"],
            ["prompt", "args-prompt", {"city": "Oslo"}],
            ["list", "list_prompts"],
            ["list", "list_resources"],
            ["list", "list_resource_templates"],
        ],
        [
            ["call", "echo", {"message": "security/keys.py"}],
            ["prompt", "args-prompt", {"city": "security/keys.py"}],
            ["read", "file://{root}/security/keys.py"],
        ],
        ("roots", "sampling", "elicitation"),
    ),
    Scenario(
        "git",
        ["{venv}/bin/mcp-server-git"],
        ("2026-07-28", "auto", "legacy"),
        [
            ["call", "git_status", {"repo_path": "{root}"}],
            ["call", "git_log", {"repo_path": "."}],
            ["call", "git_branch", {"repo_path": "{root}", "branch_type": "local"}],
            ["call", "git_add", {"repo_path": "{root}", "files": ["src/staged.py"]}],
        ],
        [
            ["call", "git_add", {"repo_path": "{root}", "files": ["security/staged.py"]}],
            ["call", "git_add", {"repo_path": ".", "files": ["src/a.py", "security/staged.py"]}],
        ],
    ),
)


def main() -> int:
    """Run the servers that are installed; 1 where one did what it may not, or not what it does without the gateway."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--place", type=Path, required=True, help="where `node_modules` and `venv` are")
    place = parser.parse_args().place.absolute()
    bad = 0
    for scenario in SCENARIOS:
        missing = [part for part in scenario.server if "{" in part and not _there(part, place)]
        if missing or not (place / "venv/bin/python").exists():
            print(f"SKIPPED  {scenario.name}: it could not be installed here", flush=True)
            continue
        for mode in scenario.modes:
            wrong = _wrong(scenario, mode, place)
            bad += bool(wrong)
            mark = "WRONG" if wrong else "ok"
            print(f"{mark:7}  {scenario.name} ({mode})", *(f"\n         {each}" for each in wrong), flush=True)
    return 1 if bad else 0


def _there(part: str, place: Path) -> bool:
    return "{root}" in part or Path(_filled(part, place, place)).exists()


def _wrong(scenario: Scenario, mode: str, place: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        base = Path(name).resolve()
        direct, _ = _run(scenario, mode, place, base, behind=False)
        gated, wrong = _run(scenario, mode, place, base, behind=True)
    if "tools" not in direct or "tools" not in gated:
        return [f"the client failed: {direct.get('failed') or gated.get('failed')}"]
    wrong += [f"`{key}` is another behind the gateway" for key in ("version", "tools") if direct.get(key) != gated.get(key)]
    count = len(scenario.passes)
    for step, without, behind in zip(scenario.passes, direct["results"][:count], gated["results"][:count], strict=True):
        if without != behind:
            wrong.append(f"{step} gives {json.dumps(behind)[:300]} behind the gateway, and {json.dumps(without)[:300]} without")
    for step, result in zip(scenario.denied, gated["results"][count:], strict=True):
        text = json.dumps(result)
        refused = result.get("isError") is True if step[0] == "call" else "error" in result
        if not refused or "agentowners: " not in text or '"policy_denied"' not in text.replace('\\"', '"'):
            wrong.append(f"{step} is not denied: {text[:300]}")
    wrong += [f"the server did not ask for {each}" for each in scenario.asked if each not in gated["asked"]]
    wrong += [] if direct.get("progress") == gated.get("progress") else ["progress got lost"]
    return wrong


def _run(scenario: Scenario, mode: str, place: Path, base: Path, *, behind: bool) -> tuple[dict[str, Any], list[str]]:
    """The client's report, and what is wrong in the repository afterwards."""
    root = base / "repository"
    shutil.rmtree(base, ignore_errors=True)
    (base / "home").mkdir(parents=True)
    repo = Repo(root)
    repo.commit(_FILES)
    repo.git("reset", "-q", "--hard")
    for path in (".env", "src/staged.py", "security/staged.py"):
        (root / path).write_text("TOPSECRET-4711\n")
    server = [_filled(part, place, root) for part in scenario.server]
    program = f"import pwd, types; pwd.getpwuid = lambda _: types.SimpleNamespace(pw_dir={str(base / 'home')!r})"
    program += "; from agentowners.cli.main import main; raise SystemExit(main())"
    gateway = [sys.executable, "-c", program, "mcp-gateway", "--"] if behind else []
    steps = [*scenario.passes, *(scenario.denied if behind else [])]
    document = {
        "command": [*gateway, *server],
        "cwd": str(root),
        "env": {"PATH": os.environ["PATH"], "HOME": str(base), "MEMORY_FILE_PATH": str(base / "graph.jsonl"), "ODD": "é x"},
        "mode": mode,
        "roots": [f"file://{root}"],
        "steps": json.loads(_filled(json.dumps(steps), place, root)),
    }
    python = str(place / "venv/bin/python")
    client = ["node", str(place / "client.mjs")] if mode == "typescript" else [python, str(_HERE / "client.py")]
    done = subprocess.run([*client, json.dumps(document)], capture_output=True, check=False, timeout=_SECONDS)
    wrong = []
    if behind:
        wrong += [
            f"`{name}` was made" for name in ("security/new.py", "security/a.py", "security/below") if (root / name).exists()
        ]
        wrong += [
            f"`{name}` was changed" for name in ("security/keys.py", "package.json") if (root / name).read_text() != _FILES[name]
        ]
        wrong += ["`security/staged.py` was staged"] * ("security/staged.py" in repo.git("ls-files"))
        wrong += ["the secret reached the client"] * (b"TOPSECRET" in done.stdout)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        report = {"failed": (done.stdout + done.stderr).decode("utf-8", "replace")[-800:]}
    return report, wrong


def _filled(text: str, place: Path, root: Path) -> str:
    known = {"{modules}": place / "node_modules", "{venv}": place / "venv", "{root}": root}
    for word, path in known.items():
        text = text.replace(word, str(path))
    return text


if __name__ == "__main__":
    raise SystemExit(main())
