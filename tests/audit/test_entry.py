"""What an entry is made of: one text for each value, nothing that looks like a secret, and a place that a rename keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.audit.canonical import canonical, digest, whole
from agentowners.audit.entry import EntryError, EntryPlace, LogEntry, place_of, read_entry, uid
from agentowners.audit.redaction import redacted, without_addresses
from tests.sinks.logs import LOG, said

HOSTILE = [
    "a\nb",
    "a\x00b",
    "\u202egnp.exe",
    "\udc80\udcff",
    "\ud83d",
    "😀",
    '"\\/\b\f\t\x7f\u2028',
    "[redacted:x:00000000]",
    "",
    "\ufeff",
]
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_it_is_the_standards_canonical_form(value: dict[str, Any]) -> None:
    assert canonical(value) == rfc8785.dumps(whole(value))


@given(st.dictionaries(NAMES, st.text() | st.sampled_from(HOSTILE), max_size=4))
def test_hostile_names_come_back(value: dict[str, Any]) -> None:
    entry = LogEntry(LOG, 7, "sha256:" + "a" * 64, "b" * 64, 5, (value,))
    found = read_entry(entry.stored())
    assert found.stored() == entry.stored()
    assert set(found.events[0]) == set(value)


def test_bytes_that_are_not_utf_8_stand_as_their_escapes() -> None:
    assert canonical({"path": "a\udc80b"}) == b'{"path":"a\\\\udc80b"}'
    assert json.loads(canonical({"path": "a\udc80b"})) == {"path": "a\\udc80b"}


def test_a_digest_is_of_the_bytes_in_their_context() -> None:
    # printf 'agentowners-audit-v1\n{}' | sha256sum
    assert digest(b"{}") == "sha256:75ada9738d3b1c80f874d198422f1a293cf952395218cb5d5bf10011262544c2"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "github-token"),
        ("ghs_x", "github-token"),
        ("github_pat_11ABC_def", "github-token"),
        ("AKIAIOSFODNN7EXAMPLE", "aws-key"),
        ("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "jwt"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "private-key"),
        ("-----BEGIN PRIVATE KEY-----", "private-key"),
        ("xoxb-1234-abcd", "slack-token"),
        ("sk-ant-api03-abcdefgh", "api-key"),
    ],
)
def test_what_looks_like_a_secret_is_not_written_down(text: str, kind: str) -> None:
    entry = replace(said("x"), number=1, events=({f"a {text}": [{"b": f"before {text} after"}]},))
    stored = entry.stored().decode()
    assert text not in json.loads(stored)["events"][0]
    assert text not in stored.replace("\\n", "\n")
    assert stored.count(f"[redacted:{kind}:") == 2
    assert redacted(f"before {text} after").startswith(f"before [redacted:{kind}:")
    assert redacted(f"before {text} after").endswith("] after")


@pytest.mark.parametrize(
    "text", ["docs/task-list-for-everybody.md", "src/keyJar.py", "@smooth-operative/alpha", "disk-abcdefgh", "BEGIN"]
)
def test_what_only_looks_a_little_like_one_stays(text: str) -> None:
    assert redacted(text) == text


def test_peoples_addresses_are_not_written_down() -> None:
    said_of = without_addresses("commit 1a2b3c4 author e-mail jane.doe@acme.example, login octocat")
    assert said_of.startswith("commit 1a2b3c4 author e-mail [redacted:email:")
    assert said_of.endswith("], login octocat")
    assert without_addresses("@smooth-operative/alpha and @copilot") == "@smooth-operative/alpha and @copilot"


@given(st.text(max_size=50).map(lambda text: text * 1000))
def test_looking_for_secrets_takes_time_in_proportion(text: str) -> None:
    assert isinstance(without_addresses(text), str)


def test_where_an_entry_stands() -> None:
    place = EntryPlace(LOG, 2, 1_234_567)
    assert place.key("audit/acme") == "audit/acme/github.com/5/2/001/234/567.json"
    assert place_of(place.key("audit/acme"), "audit/acme") == place
    assert place_of(EntryPlace(LOG, 0, 1).key(""), "") == EntryPlace(LOG, 0, 1)
    for other in (
        "audit/x",
        "audit/github.com/5/0/000/000/1.json",
        "audit/github.com/5/00/000/000/001.json",
        "other/github.com/5/0/000/000/001.json",
    ):
        assert place_of(other, "audit") is None


def test_each_try_to_say_a_thing_has_one_uid() -> None:
    assert uid(5, "1", "1", "7", 0) == uid(5, "1", "1", "7", 0)
    others = {
        uid(5, "1", "1", "7", 0),
        uid(6, "1", "1", "7", 0),
        uid(5, "2", "1", "7", 0),
        uid(5, "1", "2", "7", 0),
        uid(5, "1", "1", "8", 0),
    }
    assert len(others | {uid(5, "1", "1", "7", 1), uid(5, "11", "1", "7", 0), uid(5, "1", "11", "7", 0)}) == 8


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"log": 5},
        {"n": "1"},
        {"n": -1},
        {"n": True},
        {"n": 2**53},
        {"prev": "sha256:x"},
        {"prev": "sha256:" + "a" * 64 + "\n"},
        {"uid": "A" * 64},
        {"at": 1.5},
        {"events": {}},
        {"events": [5]},
        {"more": 1},
        {"why": 5},
    ],
)
def test_what_is_no_entry(change: dict[str, Any]) -> None:
    good = json.loads(replace(said("x"), number=1).stored())
    assert read_entry(canonical(good)).number == 1
    with pytest.raises(EntryError):
        read_entry(json.dumps(good | change, sort_keys=True, separators=(",", ":")).encode())
