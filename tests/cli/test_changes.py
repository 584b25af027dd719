"""Lists of paths: what is read, and what is refused because it is not clear."""

from __future__ import annotations

import json

import pytest

from agentowners.change.model import FileChange, Kind, Status
from agentowners.cli.lists import parse_changes
from agentowners.cli.shell import UsageError

BYTES = "caf\udce9"  # Latin-1 bytes, which are not UTF-8


def listed(path: str, status: Status, previous: str | None = None) -> FileChange:
    """A plain file, as a list has it; only a change of type may be one to a link."""
    kind = Kind.UNKNOWN if status is Status.CHANGED else Kind.FILE
    return FileChange(path, status, previous, kind, kind)


def paths(data: bytes, *, nul: bool = False) -> list[str]:
    return [file.path for file in parse_changes(data, nul=nul)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n", []),
        (b"a\nb/c\n", ["a", "b/c"]),
        (b"a\n\nb", ["a", "b"]),
        (b" a b \n", [" a b "]),
        (b"[a]\n", ["[a]"]),
        (b"{a}\n", ["{a}"]),
        (b"-x\n--base\n", ["-x", "--base"]),
        ("日本\n".encode(), ["日本"]),
        (b"caf\xe9\n", [BYTES]),
        (b'"\n', ['"']),
        (b'a"\n', ['a"']),
        (b".env\n..x\nx..\n", [".env", "..x", "x.."]),
    ],
)
def test_one_path_a_line(data: bytes, expected: list[str]) -> None:
    assert paths(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a\0b/c\0", ["a", "b/c"]),
        (b"a\0b", ["a", "b"]),
        (b"new\nline\0tab\there\0cr\r\0", ["new\nline", "tab\there", "cr\r"]),
        (b'"quoted"\0', ['"quoted"']),
        (b'[{"path": "x"}]\0', ['[{"path": "x"}]']),
        (b"caf\xe9\0", [BYTES]),
    ],
)
def test_paths_that_end_in_nul(data: bytes, expected: list[str]) -> None:
    assert paths(data, nul=True) == expected


def test_a_path_without_status_is_modified_or_what_is_said() -> None:
    assert parse_changes(b"a\n", nul=False) == (listed("a", Status.MODIFIED),)
    assert parse_changes(b"a\n", nul=False, status=Status.READ) == (listed("a", Status.READ),)
    entries = json.dumps([{"path": "a"}, {"path": "b", "status": "removed"}]).encode()
    assert parse_changes(entries, nul=False, status=Status.READ) == (
        listed("a", Status.READ),
        listed("b", Status.REMOVED),
    )


def test_every_status_of_github() -> None:
    entries = [
        {"path": "1", "status": "added"},
        {"path": "2", "status": "modified"},
        {"path": "3", "status": "removed"},
        {"path": "4", "status": "renamed", "previous_path": "old4"},
        {"path": "5", "status": "copied", "previous_path": "old5"},
        {"path": "6", "status": "changed"},
        {"path": "7", "status": "unchanged"},
    ]
    assert parse_changes(json.dumps(entries).encode(), nul=False) == (
        listed("1", Status.ADDED),
        listed("2", Status.MODIFIED),
        listed("3", Status.REMOVED),
        listed("4", Status.RENAMED, "old4"),
        listed("5", Status.COPIED, "old5"),
        listed("6", Status.CHANGED),
    )


@pytest.mark.parametrize("data", [b"[]", b" \n\t[ ] ", b"[\n\n{}]".replace(b"{}", b'{"path": "a"}')])
def test_json_is_known_by_its_first_two_characters(data: bytes) -> None:
    assert paths(data) in ([], ["a"])


def test_bytes_in_json_are_lone_surrogates() -> None:
    assert paths(b'[{"path": "caf\\udce9"}]') == [BYTES]


def test_bytes_that_are_utf8_after_all_become_the_characters_they_are() -> None:
    assert paths(b'[{"path": "\\udcc3\\udca9"}]') == ["é"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"/etc/passwd\n", "absolute"),
        (b"a/../b\n", "not a plain path"),
        (b"..\n", "not a plain path"),
        (b"./a\n", "not a plain path"),
        (b"a//b\n", "not a plain path"),
        (b"a/\n", "is a directory"),
        (b"a\r\n", "line 1 of the list ends in a carriage return"),
        (b"ok\nb\0c\n", "line 2 of the list holds a NUL"),
        (b'"caf\\303\\251"\n', "in quotes, as git writes"),
        (b"\xef\xbb\xbfa\n", "byte order mark"),
        (b"[{]", "not valid JSON: line 1, column 3"),
        (b'[{"path": "a"}] x', "not valid JSON"),
        (b'[{"path": "\xe9"}]', "not UTF-8"),
        (b'[{"path": "a"}, "b"]', "entry 2 of the list is not an object"),
        (b'[{"path": 1}]', "`path` in entry 1 of the list is not a text"),
        (b'[{"path": "a", "path": "b"}]', "a key twice"),
        (b'[{"status": "added"}]', "has no `path`"),
        (b'[{"path": ""}]', "empty path"),
        (b'[{"path": "a\\u0000b"}]', "holds a NUL"),
        (b'[{"path": "/a"}]', "absolute"),
        (b'[{"path": "a/../b"}]', "not a plain path"),
        (b'[{"path": "\\ud800"}]', "half a character"),
        (b'[{"path": "a", "status": "renamed"}]', "no `previous_path`"),
        (b'[{"path": "a", "status": "renamed", "previous_path": "../x"}]', "not a plain path"),
        (b'[{"path": "a", "previous_path": "b"}]', "is not renamed"),
        (b'[{"path": "a", "status": "added", "previous_path": "b"}]', "is not renamed"),
        (b'[{"path": "a", "status": "deleted"}]', "unknown status `deleted`"),
        (b'[{"filename": "a"}]', "unknown key `filename`"),
        (b'[{"path": "a", "previuos_path": "b"}]', "unknown key `previuos_path`"),
        (b"[{" * 100_000, "not valid JSON"),
        (b'[{"path":' + b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_not_clear_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("[", r"\[")):
        parse_changes(data, nul=False)


@pytest.mark.parametrize(("data", "message"), [(b"a\0\0b\0", "record 2 of the list has an empty path"), (b"/a\0", "absolute")])
def test_what_is_not_clear_between_nuls(data: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_changes(data, nul=True)
