"""``agentowners audit``: on files, and on a real store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentowners.audit.entry import NOTHING, LogEntry
from agentowners.sinks.file import FileLog
from agentowners.sinks.s3 import S3Store
from tests.audit.test_events import BLOCKED, event_of
from tests.audit.test_events import problems as problems_of
from tests.cli.run import Runner
from tests.sinks import weed
from tests.sinks.conftest import credentials as credentials
from tests.sinks.conftest import s3 as s3
from tests.sinks.logs import AT, LOG, a_log, said

DAY = 86_400


def events_of(**changes: Any) -> tuple[dict[str, Any], ...]:
    return (event_of(BLOCKED, **changes),)


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    """A file with three verdicts."""
    log = FileLog(tmp_path / "audit.jsonl", LOG)
    told: list[dict[str, Any]] = [{"conclusion": "failure"}, {"conclusion": "neutral", "enforced": False}, {"target": "push"}]
    for number, changes in enumerate(told):
        log.append(LogEntry(LOG, 0, NOTHING, f"{number:064}", AT + number * DAY, events_of(at=AT + number * DAY, **changes)))
    return tmp_path / "audit.jsonl"


def receipts(run: Runner, trail: Path) -> dict[str, Any]:
    found: dict[str, Any] = run("audit", "verify", str(trail), "--format", "json").json
    return found


def test_a_whole_log(trail: Path, run: Runner) -> None:
    ran = run("audit", "verify", str(trail))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("github.com/5: 3 entries, whole, audit: 3 sha256:")


def test_a_log_that_is_not_whole(trail: Path, run: Runner) -> None:
    lines = trail.read_bytes().splitlines(keepends=True)
    trail.write_bytes(lines[0] + lines[1].replace(b'"neutral"', b'"success"') + lines[2])
    ran = run("audit", "verify", str(trail))
    assert ran.code == 6
    assert "entry 2 of epoch 0: entry 3 follows another entry than it" in ran.out
    found = receipts(run, trail)
    assert (found["whole"], found["faults"][0]["n"]) == (False, 2)


def test_an_end_that_is_cut_off_is_found_by_a_witness(trail: Path, run: Runner, tmp_path: Path) -> None:
    last = receipts(run, trail)["logs"][0]["last"]
    (tmp_path / "text").write_text(f"Allowed\n\n`audit: {last['n']} {last['digest']}`\n")
    (tmp_path / "json").write_text(json.dumps({"schema": 1, "audit": last}))
    lines = trail.read_bytes().splitlines(keepends=True)
    for witness in ("text", "json"):
        trail.write_bytes(b"".join(lines))
        assert run("audit", "verify", str(trail), "--witness", str(tmp_path / witness)).code == 0
        trail.write_bytes(b"".join(lines[:2]))
        assert run("audit", "verify", str(trail)).code == 0
        ran = run("audit", "verify", str(trail), "--witness", str(tmp_path / witness))
        assert (ran.code, "a receipt tells of another entry 3" in ran.out) == (6, True)
    (tmp_path / "text").write_text("nothing")
    assert run("audit", "verify", str(trail), "--witness", str(tmp_path / "text")).code == 1


def test_what_a_log_says(trail: Path, run: Runner) -> None:
    assert len(run("audit", "show", str(trail)).out.splitlines()) == 3
    assert "acme/shop #7  Blocked: 1 file" in run("audit", "show", str(trail)).out
    assert len(run("audit", "show", str(trail), "--would").out.splitlines()) == 1
    assert len(run("audit", "show", str(trail), "--agent", "Copilot").out.splitlines()) == 3
    assert run("audit", "show", str(trail), "--agent", "@claude").out == ""
    assert len(run("audit", "show", str(trail), "--path", "security/k.py").out.splitlines()) == 3
    assert run("audit", "show", str(trail), "--path", "security/").out == ""
    rules = run("audit", "show", str(trail), "--by", "rule").out.splitlines()
    assert rules[0].split() == ["2", "failure", "AGENTOWNERS:1"]
    exported = [json.loads(line) for line in run("audit", "show", str(trail), "--format", "json").out.splitlines()]
    assert [problems_of(event) for event in exported] == [[], [], []]


def test_since(trail: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentowners.cli.audit.time.time", lambda: AT + 2 * DAY + 10)
    for since, count in (("1d", 1), ("25h", 2), ("30d", 3)):
        assert len(run("audit", "show", str(trail), "--since", since).out.splitlines()) == count
    assert run("audit", "show", str(trail), "--since", "yesterday").code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["verify", "nowhere"], 1),
        (["verify", "s3://B"], 1),
        (["show", "x", "--witness", "y"], 2),
        (["verify", "x", "--would"], 2),
        (["probe", "s3://bucket", "--check-runs", "a/b"], 2),
        (["forget", "x"], 2),
        (["verify", "x", "--endpoint", "http://127.0.0.1"], 2),
    ],
)
def test_what_has_no_meaning(run: Runner, arguments: list[str], code: int) -> None:
    ran = run("audit", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n") <= 2) == (code, "", True)


@pytest.mark.usefixtures("credentials")
def test_a_bucket(run: Runner, s3: str) -> None:
    admin = weed.client(s3)
    good, loose = weed.bucket(admin, "audit-cli"), weed.bucket(admin, "audit-cli-loose", lock=False, versions=False)
    log = a_log(S3Store(good, s3))
    for number in range(3):
        log.append(said(str(number)))
    assert run("audit", "verify", f"s3://{good}/audit", "--endpoint", s3).code == 0
    probed = run("audit", "probe", f"s3://{good}/audit", "--endpoint", s3, "--format", "json")
    answers = {name: answer["holds"] for name, answer in probed.json["answers"].items()}
    # there is no bucket policy yet that refuses to hide an object
    assert answers == dict.fromkeys(answers, True) | {"marker-refused": False}
    assert probed.code == 6
    # what the probe leaves is no stranger in the log
    assert run("audit", "verify", f"s3://{good}/audit", "--endpoint", s3).code == 0
    bad = run("audit", "probe", f"s3://{loose}", "--endpoint", s3, "--format", "json")
    failed = {name for name, answer in bad.json["answers"].items() if not answer["holds"]}
    assert failed >= {"versioned", "default-lock", "version-undeletable", "marker-refused"}
    admin.put_object(Bucket=good, Key=f"audit/{LOG}/0/stranger", Body=b"x")
    ran = run("audit", "verify", f"s3://{good}/audit", "--endpoint", s3)
    assert (ran.code, f"`audit/{LOG}/0/stranger` is no entry" in ran.out) == (6, True)
    assert run("audit", "verify", f"s3://{good}/nothing", "--endpoint", s3).code == 1
