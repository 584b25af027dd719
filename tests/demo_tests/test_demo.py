"""The demonstration tells the same story everywhere, and says loudly where the product no longer does what is told."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from tests.demo.__main__ import perform
from tests.demo.claims import Claim, NotAsToldError
from tests.demo.page import WIDTH, Page
from tests.github_server import GitHubServer
from tests.github_server.http import Violation

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden" / "demo.txt"
UPDATE = "AGENTOWNERS_UPDATE_GOLDEN"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
SHIFTING = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "TZ", "LANG", "LC_ALL")
# what a runner, a proxy or a narrow terminal leaves in the environment, and the story must not heed
ELSEWHERE = {
    "TZ": "Asia/Tokyo",
    "COLUMNS": "40",
    "TERM": "dumb",
    "LANG": "C.UTF-8",
    "GITHUB_ACTIONS": "true",
    "GITHUB_API_URL": "http://127.0.0.1:9",
    "GITHUB_EVENT_NAME": "push",
    "INPUT_ENFORCEMENT": "evaluate",
    "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}
STOPS_EARLY = ("--input", "policy-file=elsewhere")
# a gate that lets everything pass
PASSES = """\
import json, os, urllib.request
pull = json.load(open(os.environ["GITHUB_EVENT_PATH"]))["pull_request"]
body = {"name": "AGENTOWNERS", "head_sha": pull["head"]["sha"], "status": "completed", "conclusion": "success",
        "output": {"title": "Allowed", "summary": "whatever it is"}}
headers = {"Authorization": "Bearer " + os.environ["INPUT_TOKEN"], "Content-Type": "application/json"}
url = os.environ["GITHUB_API_URL"] + "/repos/acme/shop/check-runs"
urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST"), timeout=20)
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The demonstration as a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in SHIFTING}
    return subprocess.run(
        [sys.executable, "-m", "tests.demo", *arguments],
        cwd=ROOT,
        env=kept | {"PYTHONUTF8": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def short() -> str:
    """What is printed of a story that stops early."""
    return run(*STOPS_EARLY).stdout


def told(**facts: object) -> tuple[int, str]:
    """The demonstration in this process: its exit code and what it said."""
    paper = io.StringIO()
    code = perform(Console(file=paper, width=WIDTH), **facts)  # type: ignore[arg-type]  # each test names its own
    return code, paper.getvalue()


def test_the_story_is_told_as_it_was() -> None:
    done = run()
    if os.environ.get(UPDATE):
        GOLDEN.write_text(done.stdout, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == GOLDEN.read_text(encoding="utf-8"), f"the story differs; {UPDATE}=1 writes it anew"


def test_the_story_is_the_same_elsewhere() -> None:
    done = run(**ELSEWHERE)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", GOLDEN.read_text(encoding="utf-8"))


def test_the_story_fits_and_keeps_its_secrets() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    assert all(len(line) <= WIDTH and line == line.rstrip() for line in text.splitlines())
    assert not re.search(r"ghs_|ghp_|127\.0\.0\.1|localhost|/tmp|[0-9a-f]{12}", text)


def test_color_says_nothing_that_the_words_do_not(short: str) -> None:
    done = run(*STOPS_EARLY, FORCE_COLOR="1", TERM="xterm")
    assert ESCAPE.search(done.stdout)
    assert ESCAPE.sub("", done.stdout) == short


def test_no_color_is_heeded() -> None:
    assert "\x1b" not in run(*STOPS_EARLY, NO_COLOR="1", FORCE_COLOR="1", TERM="xterm").stdout


def test_an_encoding_without_our_marks_is_no_obstacle(short: str) -> None:
    done = run(*STOPS_EARLY, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    assert not short.isascii()
    assert done.stdout == short.encode("ascii", "replace").decode()


def test_a_policy_that_is_not_found_breaks_the_story_loudly() -> None:
    done = run(*STOPS_EARLY)
    assert done.returncode == 1
    assert "NOT AS TOLD" in done.stdout
    assert "('failure', 'Policy file not found')" in done.stdout
    assert "The gate printed last:" in done.stdout
    assert "ghs_" not in done.stdout
    assert "All as told" not in done.stdout


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"enforcement": "evaluate"}, "'Would be: Blocked: 2 files'"),
        ({"enforcement": "nonsense"}, "(None, None)"),
        ({"check-name": "Another"}, "(None, None)"),
        ({"label-prefix": "another"}, "[]"),
        ({"fail-job": "never"}, "0"),
        ({"report-file": ""}, "[]"),
        ({"token": "ghs_wrong"}, "(None, None)"),
    ],
)
def test_another_configuration_is_another_story(inputs: dict[str, str], found: str) -> None:
    code, said = told(inputs=inputs)
    assert code == 1
    assert "NOT AS TOLD" in said
    assert f"found     {found}" in said or f"{found})" in said
    assert "ghs_" not in said


@pytest.mark.parametrize("program", ["pass", "raise SystemExit(1)", PASSES], ids=["does-nothing", "fails", "lets-all-pass"])
def test_a_gate_that_does_not_do_its_work_is_found_out(program: str) -> None:
    code, said = told(command=(sys.executable, "-c", program))
    assert code == 1
    assert "NOT AS TOLD: “the check failed for two files”" in said


@pytest.mark.parametrize(
    "prepare",
    [
        lambda server: server.faults.add("403", method="POST", path="/check-runs$", times=100),
        lambda server: server.faults.add("403", method="GET", path="/pulls/[0-9]+/files$", times=100),
        lambda server: server.faults.add("403", method="POST", path="/labels$", times=100),
        lambda server: server.faults.add("403", method="GET", path="/reviews$", after=2, times=100),
        lambda server: server.faults.add("403", method="PUT", path="/merge$", times=1),
        lambda server: server.repository("acme/shop").protect("main", []),
        lambda server: server.repository("acme/shop").set_permission("alice", "read"),
        lambda server: server.violations.append(Violation("response", "GET", "/", "GitHub would not say so")),
    ],
    ids=["check", "files", "label", "reviews", "merge", "unprotected", "reader", "violation"],
)
def test_a_github_that_does_not_play_along_is_found_out(prepare: Callable[[GitHubServer], object]) -> None:
    code, said = told(prepare=prepare)
    assert code == 1
    assert "NOT AS TOLD" in said
    assert "All as told" not in said


def test_a_statement_that_does_not_hold_is_never_said_to_have_been_checked() -> None:
    paper = io.StringIO()
    page = Page(Console(file=paper, width=WIDTH))
    with pytest.raises(NotAsToldError):
        page.checks(Claim("one is one", 1, 1), Claim("one is two", 1, 2))
    assert page.checked == 0
    assert "one is" not in paper.getvalue()


def test_an_input_without_a_value_is_a_usage_error() -> None:
    done = run("--input", "nonsense")
    assert done.returncode == 2
    assert "`nonsense` is not NAME=VALUE" in done.stderr
