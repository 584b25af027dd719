"""``agentowners hook install`` and ``hook doctor``: what is written asks, denies and fails closed, and what stood there stays."""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.install import project_command
from agentowners.dispatch.jsonc import JsoncError, append, texts
from agentowners.dispatch.model import Client
from tests.cli.run import in_process
from tests.git.repo import Repo


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=str(tmp_path / "home")))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    repo = Repo(tmp_path / "shop")
    monkeypatch.chdir(repo.path)
    return repo.path


@pytest.mark.parametrize("client", Client)
def test_an_installed_line_denies_and_fails_closed(shop: Path, capsys: Any, client: Client) -> None:
    assert in_process(capsys, "hook", "install", "--client", client.value).code == 0
    ran = in_process(capsys, "hook", "doctor")
    assert ran.out.count(f"{CLIENTS[client].name} (repository: ") == 1
    assert ran.out.count("denies a write below .git; fails closed on an invalid payload") == 1
    assert ran.code == 0
    again = in_process(capsys, "hook", "install", "--client", client.value)
    assert "asks agentowners already" in again.out


def test_a_line_that_does_not_deny_is_found(shop: Path, capsys: Any) -> None:
    assert in_process(capsys, "hook", "doctor").code == 6
    in_process(capsys, "hook", "install", "--client", "claude")
    settings = shop / ".claude/settings.json"
    settings.write_text(settings.read_text().replace("command -v", "exit 0; command -v"))
    ran = in_process(capsys, "hook", "doctor")
    assert (ran.code, "DOES NOT DENY" in ran.out) == (6, True)


@pytest.mark.parametrize(
    ("client", "place", "text", "switch"),
    [
        ("claude", ".claude/settings.local.json", '{"disableAllHooks": true}', "disableAllHooks"),
        ("codex", ".codex/config.toml", "[features]\nhooks = false\n", "hooks"),
        ("gemini", "~/.gemini/settings.json", '{"hooksConfig": {"enabled": false}}', "hooksConfig"),
        ("droid", ".factory/settings.json", '{"hooksDisabled": true}', "hooksDisabled"),
        ("vscode", ".vscode/settings.json", '{"chat.useHooks": false}', "chat.useHooks"),
    ],
)
def test_what_switches_hooks_off_elsewhere_is_found(
    shop: Path, capsys: Any, client: str, place: str, text: str, switch: str
) -> None:
    file = shop.parent / "home" / place[2:] if place.startswith("~/") else shop / place
    file.parent.mkdir(parents=True, exist_ok=True)
    in_process(capsys, "hook", "install", "--client", client)
    other = {"true": "false", "false": "true"}
    file.write_text(re.sub("true|false", lambda found: other[found[0]], text))
    assert "LOOK AT" not in in_process(capsys, "hook", "doctor").out
    file.write_text(text)
    assert f"LOOK AT `{switch}` in {file}: hooks are switched off" in in_process(capsys, "hook", "doctor").out


def test_a_cline_hook_that_is_not_executable_is_found(shop: Path, capsys: Any) -> None:
    in_process(capsys, "hook", "install", "--client", "cline")
    (shop / ".clinerules/hooks/PreToolUse").chmod(0o644)
    assert "it is not executable" in in_process(capsys, "hook", "doctor").out


def test_a_cline_hook_in_place_of_an_empty_file_is_executable_for_whoever_may_read_it(shop: Path, capsys: Any) -> None:
    hook = shop / ".clinerules/hooks/PreToolUse"
    hook.parent.mkdir(parents=True)
    hook.touch(mode=0o600)
    assert in_process(capsys, "hook", "install", "--client", "cline").code == 0
    assert hook.stat().st_mode & 0o777 == 0o700
    assert "it is not executable" not in in_process(capsys, "hook", "doctor").out


def test_codex_trust_is_told_as_far_as_its_file_tells(shop: Path, capsys: Any) -> None:
    in_process(capsys, "hook", "install", "--client", "codex")
    assert "NOT TRUSTED, and so skipped in silence" in in_process(capsys, "hook", "doctor").out
    config = shop.parent / "home/.codex/config.toml"
    config.parent.mkdir()
    config.write_text(f'[hooks.state."{shop}/.codex/hooks.json:pre_tool_use:0:0"]\ntrusted_hash = "sha256:1"\n')
    assert "trusted: `~/.codex/config.toml` has a hash for it" in in_process(capsys, "hook", "doctor").out


@pytest.mark.parametrize("client", Client)
@pytest.mark.parametrize("broken", ["missing", "crashes"])
def test_a_project_line_refuses_where_agentowners_is_missing_or_breaks(tmp_path: Path, client: Client, broken: str) -> None:
    if broken == "crashes":
        (tmp_path / "agentowners").write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "agentowners").chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-c", project_command(client)], input=b"{}", capture_output=True, check=False, env=env)
    if client is Client.CLINE:
        assert (done.returncode, json.loads(done.stdout)["cancel"]) == (0, True)
        return
    assert done.returncode == 2
    assert b"pip install agentowners[hooks]" in done.stderr
    assert client is Client.OPENCODE or json.loads(done.stdout)


def test_what_stands_in_a_file_stays(shop: Path, capsys: Any) -> None:
    (shop / ".gemini").mkdir()
    before = '{\n  // mine\n  "theme": "x", // keep\n  "hooks": {\n    "AfterTool": [/* none */],\n  },\n}\n'
    (shop / ".gemini/settings.json").write_text(before)
    assert in_process(capsys, "hook", "install").out.startswith(".gemini/settings.json: Gemini CLI asks")
    after = (shop / ".gemini/settings.json").read_text()
    for kept in ("// mine", '"theme": "x", // keep', '"AfterTool": [/* none */]'):
        assert kept in after
    assert '"timeout": 10000' in after


def test_a_file_that_nobody_else_may_read_stays_so(shop: Path, capsys: Any) -> None:
    (shop / ".claude").mkdir()
    settings = shop / ".claude/settings.json"
    settings.write_text('{"env": {"TOKEN": "x"}}')
    settings.chmod(0o600)
    assert in_process(capsys, "hook", "install").code == 0
    assert settings.stat().st_mode & 0o777 == 0o600


def test_a_machine_line_names_this_python_alone(shop: Path, capsys: Any) -> None:
    in_process(capsys, "hook", "install", "--client", "claude", "--machine")
    written = (shop.parent / "home/.claude/settings.json").read_text()
    assert f"{sys.executable} -I -m agentowners hook --client claude" in texts(written)
    assert json.loads(written)["hooks"]["PreToolUse"][0]["hooks"][0]["onFailure"] == "block"


@pytest.mark.parametrize(
    ("text", "says"), [("{", "line 1 is no JSON"), ('{"hooks": []}', "`hooks` is not of the form"), ("[]", "line 1 is no JSON")]
)
def test_a_file_that_no_client_reads_is_left_alone(shop: Path, capsys: Any, text: str, says: str) -> None:
    (shop / ".claude").mkdir()
    (shop / ".claude/settings.json").write_text(text)
    ran = in_process(capsys, "hook", "install")
    assert (ran.code, says in ran.err) == (1, True)
    assert (shop / ".claude/settings.json").read_text() == text


def test_a_link_is_not_followed(shop: Path, capsys: Any) -> None:
    (shop / ".claude").symlink_to(shop.parent / "home")
    ran = in_process(capsys, "hook", "install", "--client", "claude")
    assert (ran.code, "`.claude` is a symbolic link" in ran.err) == (1, True)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", max_size=3), _VALUES, max_size=4), st.sampled_from([None, 1, 2]))
def test_adding_to_a_file_adds_and_takes_nothing_away(value: dict[str, Any], indent: int | None) -> None:
    try:
        added = append(json.dumps(value, indent=indent), ("a", "b"), {"new": 1})
    except JsoncError:
        assert not isinstance(value.get("a", {}), dict) or not isinstance(value["a"].get("b", []), list)
        return
    found = json.loads(added)
    assert found["a"]["b"].pop() == {"new": 1}
    expected = value | {"a": {"b": []} | value.get("a", {})}
    assert found == expected


@given(st.text('{}[]":,/* \na1', max_size=20))
def test_no_text_is_too_odd(text: str) -> None:
    with suppress(JsoncError):
        append(text, ("a", "b"), 1)
