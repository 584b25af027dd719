"""What can be done to a log by whoever holds its store, and that it is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.audit.canonical import digest
from agentowners.audit.chain import CheckedLog, StoredEntry, check_log, unwitnessed
from agentowners.audit.entry import NOTHING, EntryPlace, LogEntry, Receipt
from tests.sinks.logs import LOG, said


def a_chain(count: int, log: str = LOG) -> list[StoredEntry]:
    """Entries as an honest writer leaves them."""
    made, previous = [], NOTHING
    for number in range(1, count + 1):
        data = replace(said(f"entry {number}", log), number=number, previous=previous).stored()
        made.append(StoredEntry(EntryPlace(log, 0, number), 1, False, data))
        previous = digest(data)
    return made


TWENTY = a_chain(20)
LAST = Receipt(LOG, 20, digest(TWENTY[-1].data or b""))


def faults(stored: list[StoredEntry], witness: Receipt = LAST) -> list[tuple[int, str]]:
    found: CheckedLog = check_log(LOG, stored)
    return [(fault.number, fault.why) for fault in (*found.faults, *unwitnessed(found, [witness]))]


def test_an_honest_log_is_whole() -> None:
    assert faults(TWENTY) == []
    assert check_log(LOG, TWENTY).receipts[-1] == LAST
    assert str(LAST) == f"audit: 20 {LAST.digest}"


@given(st.integers(0, 19), st.data())
def test_any_byte_that_is_changed_is_found(number: int, data: st.DataObject) -> None:
    stored = bytearray(TWENTY[number].data or b"")
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] ^= data.draw(st.integers(1, 255))
    changed = [*TWENTY]
    changed[number] = TWENTY[number]._replace(data=bytes(stored))
    assert faults(changed)


@given(st.integers(0, 19))
def test_any_entry_that_is_taken_away_is_found(number: int) -> None:
    left = TWENTY[:number] + TWENTY[number + 1 :]
    found = check_log(LOG, left)
    if number == 0:
        assert found.remarks  # as if its retention were over; whoever remembers the first entry knows better
    else:
        assert faults(left)


@given(st.integers(0, 19), st.integers(0, 19))
def test_any_two_entries_that_are_swapped_are_found(one: int, other: int) -> None:
    swapped = [*TWENTY]
    swapped[one] = TWENTY[one]._replace(data=TWENTY[other].data)
    swapped[other] = TWENTY[other]._replace(data=TWENTY[one].data)
    assert bool(faults(swapped)) is (one != other)


@given(st.integers(1, 19))
def test_an_end_that_is_cut_off_is_found_by_a_receipt(length: int) -> None:
    assert check_log(LOG, TWENTY[:length]).faults == ()
    ((number, why),) = faults(TWENTY[:length])
    assert (number, "a receipt tells of" in why) == (20, True)


def test_a_log_that_was_replaced_is_found_by_a_receipt() -> None:
    other = []
    previous = NOTHING
    for number in range(1, 21):
        data = replace(said(f"forged {number}"), number=number, previous=previous).stored()
        other.append(StoredEntry(EntryPlace(LOG, 0, number), 1, False, data))
        previous = digest(data)
    assert check_log(LOG, other).faults == ()
    assert [number for number, _ in faults(other)] == [20]


def _second(**changes: object) -> StoredEntry:
    good = LogEntry(LOG, 2, digest(TWENTY[0].data or b""), "1" * 64, 0, ())
    return TWENTY[1]._replace(data=replace(good, **changes).stored())


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (TWENTY[1]._replace(versions=2), "it was written 2 times"),
        (TWENTY[1]._replace(marked=True), "it is marked as deleted"),
        (TWENTY[1]._replace(data=None), "it has no bytes any more"),
        (_second(log="github.com/6"), "it is an entry of `github.com/6`"),
        (_second(number=7), "it says that it is entry 7"),
        (_second(uid=said("entry 1").uid), "it says the same as entry 1"),
        (TWENTY[1]._replace(data=b"{}"), "it does not have an entry's fields"),
        (TWENTY[1]._replace(data=b'{"v": 1, "v": 1}'), "it is not unambiguous JSON"),
        (TWENTY[1]._replace(data=(TWENTY[1].data or b"") + b"\n"), "it is not written in canonical form"),
        (TWENTY[1]._replace(data=b"["), "it is not unambiguous JSON"),
        (TWENTY[1]._replace(data=b'{"v": NaN}'), "it is not unambiguous JSON"),
        (TWENTY[1]._replace(data=b"[" * 100_000), "it is not unambiguous JSON"),
        (TWENTY[1]._replace(place=EntryPlace(LOG, 0, 999_999_999)), "entries 2 to 999999998 are missing"),
    ],
)
def test_an_entry_that_is_none(second: StoredEntry, why: str) -> None:
    assert why in [why for _, why in faults([TWENTY[0], second])]


def test_a_link_to_another_entry_names_the_entry_that_was_changed() -> None:
    edited = TWENTY[4]._replace(data=(TWENTY[4].data or b"").replace(b"entry 5", b"entry X"))
    assert faults([*TWENTY[:4], edited, *TWENTY[5:]]) == [(5, "entry 6 follows another entry than it")]


def test_a_first_entry_that_follows_another() -> None:
    first = TWENTY[0]._replace(data=replace(said("x"), number=1, previous="sha256:" + "1" * 64).stored())
    assert (1, "the first entry follows another") in faults([first])


def test_an_epoch_without_its_first_entry_or_a_reason() -> None:
    link = digest(TWENTY[-1].data or b"")
    first = replace(said("x"), number=1, previous=link, why="because")
    for entry, why in (
        (StoredEntry(EntryPlace(LOG, 1, 2), 1, False, replace(first, number=2).stored()), "the epoch's first entry is missing"),
        (
            StoredEntry(EntryPlace(LOG, 1, 1), 1, False, replace(first, why=None).stored()),
            "it begins a new epoch and does not say why",
        ),
    ):
        assert why in [why for _, why in faults([*TWENTY, entry])]
    assert faults([*TWENTY, StoredEntry(EntryPlace(LOG, 1, 1), 1, False, first.stored())]) == []
