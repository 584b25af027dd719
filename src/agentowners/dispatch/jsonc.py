"""Adding to a JSON file that people write, in which comments, order, layout and unknown keys have to stay as they are."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from agentowners.diagnostics import AgentownersError

_SPACE: Final = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_SCALAR: Final = re.compile(r"[-+\w.]+")
_MOST_DEPTH: Final = 100


_TOKEN: Final = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.DOTALL)


class JsoncError(AgentownersError):
    """A file that is no JSON, comments and commas at ends of lists aside."""


def texts(text: str) -> list[str]:
    """Every string in the text, comments left out."""
    return [json.loads(match[0]) for match in _TOKEN.finditer(text) if match[0].startswith('"')]


def append(text: str, path: tuple[str, ...], element: Any) -> str:
    """The text with an element at the end of the list at ``path``; what is missing on the way there is made.

    Raises:
        JsoncError: the text is no JSON, or what stands on the way is neither an object nor, at its end, a list.
    """
    if not text.strip("\ufeff \t\r\n"):
        text = "{}\n"
    at = _read(text, _skip(text, 0), 0)
    for number, key in enumerate(path):
        _expect(text, at.start, "{", path[:number])
        if key not in at.members:
            inner: Any = [element]
            for name in reversed(path[number + 1 :]):
                inner = {name: inner}
            return _insert(text, at, f"{json.dumps(key)}: {_laid_out(inner, number + 1)}", number + 1)
        at = at.members[key]
    _expect(text, at.start, "[", path)
    return _insert(text, at, _laid_out(element, len(path) + 1), len(path) + 1)


class _Value(NamedTuple):
    """Places in the text."""

    start: int
    end: int
    """Behind the value."""
    last: int
    """Behind the last part of an object or a list, and the comma behind it; behind the bracket where there is none."""
    members: dict[str, _Value]
    """Values in an object, by name."""


def _laid_out(value: Any, depth: int) -> str:
    return json.dumps(value, indent=2).replace("\n", "\n" + "  " * depth)


def _insert(text: str, value: _Value, piece: str, depth: int) -> str:
    """Put a piece at the end of an object or a list."""
    before, rest, after = text[: value.last], text[value.last : value.end - 1].rstrip(), text[value.end - 1 :]
    comma = "" if value.last == value.start + 1 or before.endswith(",") else ","
    return before + comma + rest + "\n" + "  " * depth + piece + "\n" + "  " * (depth - 1) + after


def _key_at(text: str, at: int) -> tuple[str, int]:
    """A key, and the place behind its colon."""
    match = _STRING.match(text, at)
    if match is None:
        raise _wrong(text, at)
    colon = _skip(text, match.end())
    _expect(text, colon, ":", ())
    return json.loads(match[0]), colon + 1


def _read(text: str, at: int, depth: int) -> _Value:
    """The value that begins at a place."""
    if depth > _MOST_DEPTH:
        raise JsoncError("the file is nested too deeply")
    close = {"{": "}", "[": "]"}.get(text[at : at + 1])
    if close is None:
        match = _STRING.match(text, at) or _SCALAR.match(text, at)
        if match is None:
            raise _wrong(text, at)
        return _Value(at, match.end(), at, {})
    members: dict[str, _Value] = {}
    last = at + 1
    here = _skip(text, last)
    while text[here : here + 1] != close:
        key = ""
        if close == "}":
            key, here = _key_at(text, here)
        value = members[key] = _read(text, _skip(text, here), depth + 1)
        last = value.end
        here = _skip(text, last)
        if text[here : here + 1] == ",":
            last = here + 1
            here = _skip(text, last)
        elif text[here : here + 1] != close:
            raise _wrong(text, here)
    return _Value(at, here + 1, last, members)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()


def _expect(text: str, at: int, char: str, path: tuple[str, ...]) -> None:
    if text[at : at + 1] != char:
        if path:
            raise JsoncError(f"`{'.'.join(path)}` is not of the form that the client reads")
        raise _wrong(text, at)


def _wrong(text: str, at: int) -> JsoncError:
    line = text.count("\n", 0, at) + 1
    return JsoncError(f"line {line} is no JSON", help="mend the file first")
