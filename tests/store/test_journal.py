"""The journal of tool calls: it is turned over when it is long, and whoever writes it at the same time is not waited for."""

from __future__ import annotations

import fcntl
import threading
from functools import partial
from pathlib import Path

import pytest

from agentowners.store import journal


def test_the_newest_lines_come_first_and_older_journals_after_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_BYTES", 60)
    for number in range(20):
        assert journal.append(str(tmp_path), {"n": number, "filled": "x" * 10})
    assert len(list(tmp_path.glob("journal.jsonl*"))) == journal.KEPT + 1
    numbers = [entry["n"] for entry in journal.entries(str(tmp_path))]
    assert numbers == list(range(19, 19 - len(numbers), -1))
    assert len(numbers) >= journal.KEPT + 1


def test_lines_that_are_none_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b'{"n": 1}\n[]\n{\n\xff\n{"n": NaN}\n{"n": 1e999}\n{"n": 2}\n')
    assert [entry["n"] for entry in journal.entries(str(tmp_path))] == [2, 1]
    assert list(journal.entries(str(tmp_path / "nowhere"))) == []


def test_a_journal_that_another_holds_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PATIENCE", 0)
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not journal.append(str(tmp_path), {"n": 1})
    assert journal.append(str(tmp_path), {"n": 1})


def test_a_journal_that_is_a_link_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").symlink_to(tmp_path / "elsewhere")
    assert not journal.append(str(tmp_path), {"n": 1})
    assert not (tmp_path / "elsewhere").exists()


def test_a_session_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = str(tmp_path)
    assert [journal.first_time(directory, session, "a") for session in ("s", "s", "t")] == [True, False, True]
    assert journal.first_time(directory, "s", "b")
    assert journal.first_time(str(tmp_path / "lock" / "x"), "s", "a")
    monkeypatch.setattr(journal, "_MOST_TOLD", 2)
    assert journal.first_time(directory, "u", "a")
    assert list((tmp_path / "told").iterdir()) == []


def test_lines_that_wait_are_made_when_they_are_written_and_too_many_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "state_directory", lambda _: str(tmp_path))
    monkeypatch.setattr(journal, "_MOST_WAITING", 3)
    made: list[int] = []

    def line(number: int) -> dict[str, int]:
        made.append(number)
        return {"n": number}

    batch = journal.JournalBatch()
    for number in range(4):
        batch.add("", partial(line, number))
        assert made == ([] if number < 3 else [0, 1, 2])
    batch.write()
    batch.write()
    assert [entry["n"] for entry in journal.entries(str(tmp_path))] == [3, 2, 1, 0]


def test_whoever_writes_is_told_of_the_line_that_was_added_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "state_directory", lambda _: None)
    monkeypatch.setattr(journal, "_MOST_WAITING", 3)
    batch = journal.JournalBatch()
    for number in range(7):
        batch.add("", partial(dict, n=number))
        if number in (2, 6):
            assert not batch.write()
    assert batch.write()


def test_lines_of_two_threads_stand_in_the_order_in_which_they_were_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "state_directory", lambda _: str(tmp_path))
    batch = journal.JournalBatch()

    def add_and_write() -> None:
        batch.add("", lambda: {"n": 1})
        batch.write()

    other = threading.Thread(target=add_and_write)

    def line() -> dict[str, int]:
        other.start()
        other.join(0.2)
        return {"n": 0}

    batch.add("", line)
    batch.write()
    other.join(20)
    assert [entry["n"] for entry in journal.entries(str(tmp_path))] == [1, 0]
