"""The audit trail of the Action: what is published was written down before, and what cannot be written down does not pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from agentowners.action.run import main
from agentowners.audit.chain import StoredEntry, check_log
from agentowners.audit.entry import EntryPlace, LogEntry, Receipt, read_entry
from agentowners.cli.main import main as command_line
from agentowners.sinks.file import FileLog
from agentowners.sinks.s3 import S3Store
from tests.action.world import PATIENCE, World
from tests.audit.test_events import problems
from tests.sinks import weed
from tests.sinks.conftest import credentials as credentials
from tests.sinks.conftest import s3 as s3
from tests.sinks.logs import checked

FILE = "audit.jsonl"


@pytest.fixture
def trail(world: World) -> World:
    world.inputs["audit-file"] = FILE
    return world


def entries(world: World) -> list[LogEntry]:
    """What is in the file; it is a whole log."""
    path = world.directory / "workspace" / FILE
    lines = path.read_bytes().splitlines() if path.exists() else []
    found = [read_entry(line) for line in lines]
    stored = [StoredEntry(EntryPlace(e.log, 0, e.number), 1, False, line) for e, line in zip(found, lines, strict=True)]
    assert not found or check_log(found[0].log, stored).faults == ()
    assert [p for entry in found for event in entry.events for p in problems(event)] == []
    return found


def details(entry: LogEntry) -> dict[str, Any]:
    (event,) = entry.events
    inner: dict[str, Any] = event["unmapped"]["agentowners"]  # type: ignore[index,call-overload,assignment]
    return inner


def test_a_verdict_is_written_down_with_its_receipt(trail: World) -> None:
    trail.inputs["report-file"] = "verdict.json"
    pull = trail.pull({"security/keys.py": "KEY = 2\n"})
    assert trail.judge(pull) == 1
    (entry,) = entries(trail)
    assert (entry.log, entry.number) == (f"github.com/{trail.repo.id}", 1)
    inner = details(entry)
    assert (inner["conclusion"], inner["target"], inner["decision"]) == ("failure", str(pull.number), "block")
    assert inner["intends"] == ["check run `AGENTOWNERS`: failure", "label `agentowners/blocked`"]
    receipt = Receipt(entry.log, 1, check_receipt(trail))
    assert f"`{receipt}`" in (trail.check(pull.head_sha).text or "")
    written = json.loads((trail.directory / "workspace" / "verdict.json").read_text())
    assert written["audit"] == receipt.json()
    schema = json.loads(Path("src/agentowners/schemas/verdict-1.schema.json").read_text())
    jsonschema.validate(written, schema)


def check_receipt(world: World) -> str:
    from agentowners.audit.canonical import digest

    return digest((world.directory / "workspace" / FILE).read_bytes().splitlines()[-1])


def test_it_is_written_down_before_anything_is_shown(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the check run is completed, and when a label is put on, the entry stands already."""
    from agentowners.github.checks import Checks
    from agentowners.github.conversation import Conversation

    seen: list[tuple[str, int]] = []

    def watched(owner: type, name: str) -> None:
        plain = getattr(owner, name)

        def watch(self: Any, *arguments: Any, **named: Any) -> Any:
            seen.append((name, len(entries(trail))))
            return plain(self, *arguments, **named)

        monkeypatch.setattr(owner, name, watch)

    watched(Checks, "complete")
    watched(Conversation, "add_label")
    trail.judge(trail.pull({"security/keys.py": "KEY = 2\n"}))
    assert {name for name, _ in seen} == {"complete", "add_label"}
    assert {count for _, count in seen} == {1}


def test_each_attempt_is_an_entry_of_its_own(trail: World) -> None:
    pull = trail.pull({"docs/a.md": "a\n"})
    payload = trail.server.payload("pull_request_target", "synchronize", pull=pull)
    for attempt in ("1", "2"):
        environ = trail.environ("pull_request_target", payload, GITHUB_RUN_ID="77", GITHUB_RUN_ATTEMPT=attempt)
        assert main(environ, patience=PATIENCE) == 0
    assert [(e.number, details(e)["attempt"], details(e)["conclusion"]) for e in entries(trail)] == [
        (1, "1", "success"),
        (2, "2", "success"),
    ]
    assert len({entry.uid for entry in entries(trail)}) == 2


def test_that_nothing_could_be_judged_is_written_down(trail: World) -> None:
    trail.repo.commit("main", {".github/AGENTOWNERS": "docs/ @agents deny\n"}, message="broken")
    trail.judge(trail.pull({"docs/a.md": "a\n"}))
    (entry,) = entries(trail)
    assert details(entry)["kind"] == "no_verdict"
    assert details(entry)["diagnostics"] == ["unknown-decision .github/AGENTOWNERS:1"]


def test_a_rename_of_the_repository_keeps_its_log(trail: World) -> None:
    trail.judge(trail.pull({"docs/a.md": "a\n"}))
    (entry,) = entries(trail)
    assert entry.log.rpartition("/")[2] == str(trail.repo.id)


def test_where_it_cannot_be_written_nothing_passes(trail: World) -> None:
    (trail.directory / "workspace" / FILE).mkdir(parents=True)
    pull = trail.pull({"docs/a.md": "a\n"})
    assert trail.judge(pull) == 1
    check = trail.check(pull.head_sha)
    assert (check.conclusion, check.title) == ("failure", "The audit log cannot be written")
    assert trail.outputs()["conclusion"] == "failure"


def test_where_it_need_not_be_written_the_verdict_stands_with_a_warning(trail: World) -> None:
    (trail.directory / "workspace" / FILE).mkdir(parents=True)
    trail.inputs["audit-required"] = "false"
    pull = trail.pull({"docs/a.md": "a\n"})
    assert trail.judge(pull) == 0
    check = trail.check(pull.head_sha)
    assert (check.conclusion, "audit: missing" in (check.summary or "")) == ("success", True)


@pytest.mark.parametrize(
    ("inputs", "conclusion"),
    [
        ({"audit-datadog-site": "datadoghq.com"}, "success"),
        ({"audit-datadog-site": "datadoghq.com", "audit-required": "true"}, "failure"),
        ({"audit-s3": "s3://bucket"}, "failure"),
        ({"audit-s3": "nonsense"}, "failure"),
        ({"audit-s3": "nonsense", "audit-required": "false"}, "success"),
        ({"audit-file": "../outside"}, "failure"),
    ],
)
@pytest.mark.usefixtures("credentials")
def test_a_sink_that_cannot_be_made_is_one_that_cannot_be_written(
    world: World, inputs: dict[str, str], conclusion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    world.inputs |= inputs
    pull = world.pull({"docs/a.md": "a\n"})
    world.judge(pull)
    assert world.check(pull.head_sha).conclusion == conclusion


def test_the_fall_back_has_no_environment_and_says_so(trail: World) -> None:
    (trail.directory / "workspace" / FILE).mkdir(parents=True)
    pull = trail.pull({"docs/a.md": "a\n"})
    assert trail.run("pull_request", pull=pull) == 1
    assert "use `pull_request_target`" in (trail.check(pull.head_sha).summary or "").replace("\\", "")


def test_a_run_without_a_sink_pays_nothing(world: World) -> None:
    import subprocess
    import sys

    program = (
        "import os, sys; from agentowners.action.run import main; from tests.action.world import PATIENCE;"
        "code = main(os.environ, patience=PATIENCE);"
        "found = [m for m in sys.modules if m.startswith(('botocore', 'agentowners.sinks', 'agentowners.action.auditing'))];"
        "print(sorted(found), code, file=sys.stderr)"
    )
    pull = world.pull({"docs/a.md": "a\n"})
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "synchronize", pull=pull))
    import os

    done = subprocess.run([sys.executable, "-c", program], env=os.environ | environ, capture_output=True, text=True)
    assert done.stderr.strip() == "[] 0"


@pytest.mark.usefixtures("credentials")
def test_on_a_real_store(world: World, s3: str, capfd: pytest.CaptureFixture[str]) -> None:
    admin = weed.client(s3)
    bucket = weed.bucket(admin, "audit-of-the-action")
    world.inputs |= {"audit-s3": f"s3://{bucket}/trail", "audit-s3-endpoint": s3, "report-file": "verdict.json"}
    pulls = [world.pull({path: "a\n"}, branch=f"copilot/{n}") for n, path in enumerate(("docs/a.md", "security/keys.py"))]
    for pull in pulls:
        world.judge(pull)
    found = checked(S3Store(bucket, s3), f"github.com/{world.repo.id}", "trail")
    assert (found.faults, [details(entry)["conclusion"] for _, entry in found.entries]) == ((), ["success", "failure"])
    for pull, receipt in zip(pulls, found.receipts, strict=True):
        assert f"`{receipt}`" in (world.check(pull.head_sha).text or "")
    told = "".join(capfd.readouterr()) + world.summary + (world.directory / "workspace" / "verdict.json").read_text()
    told += "".join(json.dumps(entry.events) for _, entry in found.entries)
    told = "\n".join(line for line in told.splitlines() if not line.startswith("::add-mask::"))
    for secret in (*weed.ADMIN, world.token):
        assert secret not in told


@pytest.mark.usefixtures("credentials")
def test_a_store_that_is_down_is_waited_for_once(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("agentowners.sinks.log.PATIENCE", 0.2)
    world.inputs |= {"audit-s3": "s3://bucket/trail", "audit-s3-endpoint": "http://127.0.0.1:1"}
    pulls = [world.pull({f"docs/{n}.md": "a\n"}, branch=f"copilot/{n}") for n in range(2)]
    environ = world.environ("schedule", world.server.payload("schedule", None), GITHUB_REPOSITORY_ID=str(world.repo.id))
    assert main(environ, patience=PATIENCE) == 1
    for pull in pulls:
        assert world.check(pull.head_sha).title == "The audit log cannot be written"
    assert capfd.readouterr().out.count("the audit trail: ") == 1


def test_without_the_repositorys_number_there_is_no_log(trail: World) -> None:
    pull = trail.pull({"docs/a.md": "a\n"})
    assert trail.run("schedule", None) == 1
    assert (trail.check(pull.head_sha).title, entries(trail)) == ("The audit log cannot be written", [])


@pytest.mark.usefixtures("credentials")
def test_no_secret_of_the_environment_is_in_anything_that_is_written(
    trail: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A token in a path, in the policy's reason and in a branch; keys in the environment; every output searched for them."""
    jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJvcGVyYXRpdmU6YWxwaGEifQ.c2lnbmF0dXJlLW9mLWl0"
    keys = {"DD_API_KEY": "0123456789abcdef0123456789abcdef", "AWS_SESSION_TOKEN": "session-token-of-the-test-that-is-secret"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    trail.inputs |= {"audit-datadog-site": "127.0.0.1.invalid", "report-file": "verdict.json", "sarif-file": "verdict.sarif"}
    monkeypatch.setattr("agentowners.sinks.datadog._WHOLE", 0.0)
    pull = trail.pull({f"docs/{jwt}.md": "a\n", "security/ghp_16C7e42F292c6912E7710c838347Ae178B4a": "b\n"})
    payload = trail.server.payload("pull_request_target", "synchronize", pull=pull)
    assert main(trail.environ("pull_request_target", payload, **keys), patience=PATIENCE) == 1
    audit = (trail.directory / "workspace" / FILE).read_text()
    assert "eyJ" not in audit
    assert "16C7e42F292c6912E7710c838347Ae178B4a" not in audit
    check = trail.check(pull.head_sha)
    written = [path.read_text() for path in trail.directory.rglob("*") if path.is_file() and not path.name.startswith("event-")]
    told = "\n".join([*written, *capfd.readouterr(), check.summary or "", check.text or ""])
    told = "\n".join(line for line in told.splitlines() if not line.startswith("::add-mask::"))
    for secret in (*keys.values(), *weed.ADMIN[1:], trail.token):
        assert secret not in told
    assert len(entries(trail)) == 1


def test_check_runs_are_the_witnesses(trail: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`agentowners audit verify --check-runs` holds the log against what GitHub shows."""
    pulls = [trail.pull({f"docs/{n}.md": "a\n"}, branch=f"copilot/{n}") for n in range(2)]
    for pull in (*pulls, pulls[0]):  # the second verdict on one commit points from the older run to the newer
        trail.judge(pull)
    place = trail.directory / "workspace" / FILE
    monkeypatch.setenv("GITHUB_TOKEN", trail.token)
    monkeypatch.setenv("GITHUB_API_URL", trail.server.url)

    def verify(*more: str) -> tuple[int, str]:
        code = command_line(["audit", "verify", str(place), "--check-runs", "Acme/Shop", *more])
        return code, capsys.readouterr().out

    assert verify()[0] == 0
    whole = place.read_bytes()
    place.write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    code, said = verify()
    assert (code, "a receipt tells of another entry 3" in said) == (6, True)
    place.write_bytes(whole)
    # whoever has the writer's key may add, and GitHub knows nothing of it
    stolen = entries(trail)[-1]
    FileLog(place, stolen.log).append(replace(stolen, uid="f" * 64))
    code, said = verify()
    assert (code, "entry 4 of epoch 0: no check run tells of it" in said) == (6, True)
    assert verify("--allow-unpublished")[0] == 0
    kept = place.with_name("receipts")  # of what `doctor --apply` wrote, whoever ran it kept the receipt
    kept.write_text(str(Receipt(stolen.log, 4, check_receipt(trail))))
    assert verify("--witness", str(kept))[0] == 0
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.delenv("GH_TOKEN", raising=False)
    assert verify()[0] == 1
