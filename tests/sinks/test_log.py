"""Many write one log: it never forks, nothing is written twice, and what is damaged is not written on."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace

from agentowners.audit.entry import NOTHING, EntryPlace, LogEntry, read_entry
from agentowners.sinks.log import PATIENCE, ObjectLog
from agentowners.sinks.store import ObjectVersions, StoreError
from tests.sinks.logs import LOG, FakeTime, a_log, checked, said
from tests.sinks.memory import MemoryStore


def key(number: int, epoch: int = 0, log: str = LOG) -> str:
    return EntryPlace(log, epoch, number).key("audit")


def written(store: MemoryStore, count: int, log: str = LOG) -> None:
    into = a_log(store, log=log)
    for number in range(count):
        into.append(said(f"entry {number}", log))


def test_entries_follow_each_other() -> None:
    store = MemoryStore()
    written(store, 12)
    assert list(store.kept) == [f"audit/{LOG}/0/000/000/{n:03}.json" for n in range(1, 13)]
    assert read_entry(store.kept[key(1)][0] or b"").previous == NOTHING
    assert checked(store).faults == ()
    assert [receipt.number for receipt in checked(store).receipts] == list(range(1, 13))


def test_the_next_writer_goes_on_where_the_last_one_stopped() -> None:
    store = MemoryStore()
    for number in range(5):
        assert a_log(store).append(said(str(number))).number == number + 1
    assert checked(store).faults == ()


def test_it_costs_few_requests() -> None:
    store = MemoryStore()
    written(store, 3)
    store.requests.clear()
    log = a_log(store)
    log.append(said("one more"))
    assert len(store.requests) == 6  # three listings, the last entry, the new one, its versions
    log.append(said("and another"))
    assert len(store.requests) == 8
    store.requests.clear()
    a_log(MemoryStore()).append(said("the first"))
    assert len(store.requests) <= 3


def test_the_thousands_are_crossed() -> None:
    store = MemoryStore()
    written(store, 1)
    link = read_entry(store.kept[key(1)][0] or b"")
    for number in (998, 999):
        store.put(key(number), replace(link, number=number, uid=f"{number:064}").stored())
    del store.kept[key(1)]
    assert a_log(store).append(said("a")).number == 1000
    assert a_log(store).append(said("b")).number == 1001
    assert key(1000).endswith("/000/001/000.json")


def test_the_same_thing_is_not_written_twice() -> None:
    store = MemoryStore()
    first = a_log(store).append(said("x"))
    assert a_log(store).append(said("x")) == first
    assert len(store.kept) == 1


def test_an_answer_that_was_lost() -> None:
    store, answers = MemoryStore(), ["lost", "lost"]
    store.fault = lambda request, name: answers.pop() if request == "create" and answers else None
    log = a_log(store)
    assert [log.append(said(str(number))).number for number in range(3)] == [1, 2, 3]
    assert checked(store).faults == ()


def test_somebody_else_was_quicker() -> None:
    store = MemoryStore()
    slow = a_log(store)
    slow.append(said("first"))
    written(store, 3)
    assert slow.append(said("later")).number == 5
    assert checked(store).faults == ()


def test_eight_at_once_make_one_chain() -> None:
    store = MemoryStore()
    problems: list[Exception] = []

    def write(writer: int) -> None:
        try:
            for number in range(3):
                ObjectLog(store, "audit", LOG).append(said(f"{writer}-{number}"))
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    found = checked(store)
    assert (len(found.entries), found.faults) == (24, ())


@pytest.mark.parametrize("request_name", ["list", "read", "create", "versions"])
def test_a_store_that_is_down_for_a_while(request_name: str) -> None:
    store, left = MemoryStore(), [3]

    def fault(request: str, name: str) -> str | None:
        if request == request_name and left[0]:
            left[0] -= 1
            return "down"
        return None

    written(store, 1)
    store.fault = fault
    assert a_log(store).append(said("x")).number == 2
    assert left == [0]
    assert checked(store).faults == ()


@pytest.mark.parametrize("answer", ["down", "busy"])
def test_a_store_that_stays_down_is_given_up_in_time(answer: str) -> None:
    store, passed = MemoryStore(), FakeTime()
    store.fault = lambda request, name: answer if request == "create" else None
    with pytest.raises(StoreError):
        ObjectLog(store, "audit", LOG, 0, passed.waiting).append(said("x"))
    assert PATIENCE <= passed.now < PATIENCE + 5
    assert store.kept == {}


def test_a_store_without_conditions_is_refused() -> None:
    store = MemoryStore()
    written(store, 1)
    store.heeds_condition = False
    store.put(key(2), b"quicker")
    hidden = dict(store.kept)
    store.kept = {key(1): hidden[key(1)]}
    log = a_log(store)
    store.fault = lambda request, name: store.kept.update(hidden) if request == "create" else None
    with pytest.raises(StoreError, match="this store keeps no order"):
        log.append(said("x"))


def test_a_store_without_versions_is_refused() -> None:
    class Unversioned(MemoryStore):
        def versions(self, prefix: str) -> list[ObjectVersions]:
            return []

    with pytest.raises(StoreError, match="this store keeps no order"):
        a_log(Unversioned()).append(said("x"))


@pytest.mark.parametrize(
    "name",
    [
        key(999_999_999),
        key(3),
        key(2_000),
        key(1_000),
        f"audit/{LOG}/0/x.json",
        f"audit/{LOG}/0/000/000/1.json",
        f"audit/{LOG}/0/000/000/000/x",
    ],
)
def test_what_is_far_ahead_or_no_entry_is_not_written_on(name: str) -> None:
    store = MemoryStore()
    written(store, 1)
    store.put(name, b"{}")
    with pytest.raises(StoreError) as caught:
        a_log(store).append(said("x"))
    assert caught.value.help is not None
    assert len(store.kept) == 2


def test_an_entry_of_another_log_is_not_written_on() -> None:
    store = MemoryStore()
    written(store, 1)
    store.put(key(2), replace(said("x", "github.com/6"), number=2).stored())
    with pytest.raises(StoreError, match="another log"):
        a_log(store).append(said("x"))


def test_an_honest_entry_links_to_bad_bytes() -> None:
    store = MemoryStore()
    written(store, 1)
    store.put(key(2), b"\xff not JSON")
    assert a_log(store).append(said("x")).number == 3
    assert [fault.number for fault in checked(store).faults] == [2]


def test_a_new_epoch_after_damage() -> None:
    store = MemoryStore()
    written(store, 3)
    store.put(key(999_999_999), b"{}")
    receipt = a_log(store, 1).append(said("again"))
    first = read_entry(store.kept[key(1, 1)][0] or b"")
    assert (receipt.number, first.previous) == (1, checked(store).receipts[2].digest)
    assert "`audit-epoch` was set to 1: the audit log" in (first.why or "")
    assert a_log(store, 1).append(said("more")).number == 2
    found = checked(store)
    assert (found.faults, len(found.remarks)) == ((), 1)
    assert "epoch 1 follows epoch 0, which is damaged at entry 4" in found.remarks[0]


def test_a_new_epoch_that_leaves_good_entries_out_is_found() -> None:
    store = MemoryStore()
    written(store, 3)
    forged: LogEntry = replace(said("x"), number=1, previous=checked(store).receipts[0].digest, why="nothing to see here")
    store.put(key(1, 1), forged.stored())
    (fault,) = checked(store).faults
    assert (fault.epoch, fault.number, fault.why) == (1, 1, "it does not follow the last good entry of the epoch before it")


def test_what_is_past_its_retention_is_no_damage() -> None:
    store = MemoryStore()
    written(store, 5)
    for number in (1, 2, 3):
        del store.kept[key(number)]
    assert a_log(store).append(said("x")).number == 6
    found = checked(store)
    assert (found.faults, found.remarks) == ((), ("it begins at entry 4 of epoch 0: what was before is not there any more",))
    for number in (4, 5):
        del store.kept[key(number)]
    assert a_log(store).append(said("y")).number == 7
