"""The server as a process of its own, and at size."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client

ROOT = Path(__file__).resolve().parents[2]


def command(url: str, name: str, **arguments: Any) -> Any:
    answer = requests.post(f"{url}/_test/{name}", json=arguments, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_scenario_is_served_driven_and_stopped(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    arguments = ["-m", "tests.github_server", "--scenario", "shop", "--ready-file", str(ready), "--seconds", "60", "--strict"]
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 20
        while not ready.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        facts = json.loads(ready.read_text("utf-8"))
        url, repository, pulls = facts["url"], facts["repository"], facts["pulls"]
        headers = {"Authorization": f"Bearer {facts['token']}"}
        shown = requests.get(f"{url}/repos/{repository}/pulls/{pulls['blocked']}", headers=headers, timeout=20).json()
        assert shown["changed_files"] == 3
        at = {"repository": repository, "pull": pulls["waiting"]}
        assert command(url, "merge", **at)["merged"] is False
        review = command(url, "review", **at, login="alice", state="APPROVED")
        payload = command(url, "payload", event="pull_request_review", action="submitted", review=review["id"], **at)
        assert payload["review"]["user"]["login"] == "alice"
        command(url, "dismiss", **at, review=review["id"])
        state = command(url, "state")
        assert state["repositories"][repository]["pulls"][str(pulls["waiting"])]["reviews"][0]["state"] == "DISMISSED"
        assert (state["violations"], len(state["requests"])) == ([], 1)
        made = command(url, "commit", repository=repository, branch="topic", files={"a": "1"}, author="alice")
        opened = command(url, "open_pull", repository=repository, head="topic", author="alice")
        assert opened["head_sha"] == made["sha"]
        command(url, "commit", repository=repository, branch="release", files={"b": "1"})
        command(url, "retarget", repository=repository, pull=opened["number"], base="release")
        other = command(url, "token", kind="app")["token"]
        command(url, "fault", action="500")
        assert requests.get(f"{url}/rate_limit", headers={"Authorization": f"token {other}"}, timeout=20).status_code == 500
        assert requests.post(f"{url}/_test/review", json={}, timeout=20).status_code == 400
        assert requests.post(f"{url}/_test/nothing", json={}, timeout=20).status_code == 400
        command(url, "stop")
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        output, _ = process.communicate()
    assert output == b""


def test_violations_fail_a_strict_process(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    arguments = ["-m", "tests.github_server", "--scenario", "empty", "--ready-file", str(ready), "--seconds", "60", "--strict"]
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 20
        while not ready.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        facts = json.loads(ready.read_text("utf-8"))
        requests.get(f"{facts['url']}/nowhere", headers={"Authorization": f"token {facts['token']}"}, timeout=20)
        process.terminate()
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 1
        assert b"GET /nowhere" in errors
    finally:
        process.kill()
        process.wait()


def test_three_thousand_files_and_a_tree_of_thirty_thousand_are_served(client: Client, repo: Repository) -> None:
    repo.commit("main", {f"dir{number // 300}/file{number}.txt": "x" for number in range(30_000)})
    repo.commit("copilot/many", {f"many/{number}.txt": f"{number}\n" for number in range(3_001)})
    pull = repo.open_pull("copilot/many", author="Copilot")
    tree = client.get("git/trees/main", recursive="1")
    assert (len([it for it in tree["tree"] if it["type"] == "blob"]), tree["truncated"]) == (30_003, False)
    assert client.get(f"pulls/{pull.number}")["changed_files"] == 3_001
    pages = [client.get(f"pulls/{pull.number}/files", per_page=100, page=page) for page in range(1, 32)]
    assert ([len(page) for page in pages], len(pages[29])) == ([100] * 30 + [0], 100)


def test_setting_up_is_cheap(github: GitHubServer) -> None:
    started = time.process_time()
    with GitHubServer() as other:
        repo = other.add_repository("acme/shop", files={f"f{number}": "1\n" for number in range(5)})
        repo.commit("topic", {f"f{number}": "2\n" for number in range(5)})
        repo.open_pull("topic")
    assert time.process_time() - started < 0.3
