"""Adding to a JSON file that people write, in which comments, order, layout and unknown keys have to stay as they are."""

from __future__ import annotations

import json
import re
from typing import Any, Final

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
    return [json.loads(found[0]) for found in _TOKEN.finditer(text) if found[0].startswith('"')]


def append(text: str, path: tuple[str, ...], element: Any) -> str:
    """The text with an element at the end of the list at ``path``; what is missing on the way there is made.

    Raises:
        JsoncError: the text is no JSON, or what stands on the way is neither an object nor, at its end, a list.
    """
    if not text.strip("\ufeff \t\r\n"):
        text = "{}\n"
    at = _skip(text, 0)
    _value(text, at, 0)
    for number, key in enumerate(path):
        _expect(text, at, "{", path[:number])
        found = dict(_members(text, at)).get(key)
        if found is None:
            inner: Any = [element]
            for name in reversed(path[number + 1 :]):
                inner = {name: inner}
            return _insert(text, at, f"{json.dumps(key)}: {_laid_out(inner, number + 1)}", number + 1)
        at = found
    _expect(text, at, "[", path)
    return _insert(text, at, _laid_out(element, len(path) + 1), len(path) + 1)


def _laid_out(value: Any, depth: int) -> str:
    return json.dumps(value, indent=2).replace("\n", "\n" + "  " * depth)


def _insert(text: str, start: int, piece: str, depth: int) -> str:
    """Put a piece at the end of the object or list that begins at ``start``."""
    end = _value(text, start, 0) - 1
    last = _end_of_last(text, start)
    comma = "" if last == start + 1 or text[last - 1] == "," else ","
    rest = text[last:end]
    if rest.strip(" \t\r\n"):
        return text[:last] + comma + rest.rstrip() + "\n" + "  " * depth + piece + "\n" + "  " * (depth - 1) + text[end:]
    return text[:last] + comma + "\n" + "  " * depth + piece + "\n" + "  " * (depth - 1) + text[end:]


def _end_of_last(text: str, start: int) -> int:
    """Behind the last member or item, and the comma behind it; behind the bracket where there is none."""
    last = start + 1
    at = _skip(text, last)
    while text[at] not in "}]":
        if text[start] == "{":
            at = _skip(text, _key(text, at)[1])
        last = _value(text, at, 0)
        at = _skip(text, last)
        if text[at] == ",":
            last = at + 1
            at = _skip(text, last)
    return last


def _members(text: str, start: int) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, at = _key(text, at)
        at = _skip(text, at)
        found.append((key, at))
        at = _skip(text, _value(text, at, 0))
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def _key(text: str, at: int) -> tuple[str, int]:
    """A key, and the place behind its colon."""
    found = _STRING.match(text, at)
    if found is None:
        raise _wrong(text, at)
    colon = _skip(text, found.end())
    _expect(text, colon, ":", ())
    return json.loads(found[0]), colon + 1


def _value(text: str, at: int, depth: int) -> int:
    """The place behind a value."""
    if depth > _MOST_DEPTH:
        raise JsoncError("the file is nested too deeply")
    first = text[at : at + 1]
    if first in ("{", "["):
        close = "}" if first == "{" else "]"
        at = _skip(text, at + 1)
        while text[at : at + 1] != close:
            if first == "{":
                at = _skip(text, _key(text, at)[1])
            at = _skip(text, _value(text, at, depth + 1))
            if text[at : at + 1] == ",":
                at = _skip(text, at + 1)
            elif text[at : at + 1] != close:
                raise _wrong(text, at)
        return at + 1
    found = _STRING.match(text, at) or _SCALAR.match(text, at)
    if found is None:
        raise _wrong(text, at)
    return found.end()


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _expect(text: str, at: int, char: str, path: tuple[str, ...]) -> None:
    if text[at : at + 1] != char:
        if path:
            raise JsoncError(f"`{'.'.join(path)}` is not of the form that the client reads")
        raise _wrong(text, at)


def _wrong(text: str, at: int) -> JsoncError:
    line = text.count("\n", 0, at) + 1
    return JsoncError(f"line {line} is no JSON", help="mend the file first")
