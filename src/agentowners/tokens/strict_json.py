"""JSON in which nothing has two meanings: UTF-8, no name twice, no numbers that are none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final, NoReturn

from agentowners.diagnostics import AgentownersError

_SHOWN: Final = 80

MAX_DEPTH: Final = 100
"""Arrays and objects within each other that are read; Python's own limit differs between its versions."""


class TokenJsonError(AgentownersError):
    """Text that is not JSON of one meaning."""


def read_object(data: bytes, what: str) -> dict[str, object]:
    """An object, as it was written.

    Raises:
        TokenJsonError: it is not JSON in UTF-8, names something twice, holds half a character, nests too deeply, or is no object.
    """
    try:
        text = data.decode()
        value = _DECODER.decode(text)
        if "\\u" in text:  # half a character can only come of an escape
            json.dumps(value, ensure_ascii=False).encode()
    except TwiceError as error:
        raise TokenJsonError(f"{what} names `{error.args[0]}` twice") from None
    except (ValueError, RecursionError):
        raise TokenJsonError(f"{what} is not JSON in UTF-8") from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _nests_deeper(value, MAX_DEPTH):
        raise TokenJsonError(f"{what} nests deeper than {MAX_DEPTH} arrays and objects")
    if not isinstance(value, dict):
        raise TokenJsonError(f"{what} is not a JSON object")
    return value


def _nests_deeper(value: object, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        if not level:
            return False
        level = [part for whole in level for part in _parts(whole) if isinstance(part, list | dict)]
    return bool(level)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class TwiceError(ValueError):
    """An object names a member twice; holds its name."""


def once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """The members of an object.

    Raises:
        TwiceError: one of them stands there twice.
    """
    members = dict(pairs)
    if len(members) < len(pairs):
        names: set[str] = set()
        for name, _ in pairs:
            if name in names:
                raise TwiceError(name[:_SHOWN])
            names.add(name)
    return members


def refuse(constant: str) -> NoReturn:
    """Refuse a number.

    Raises:
        ValueError: always.
    """
    raise ValueError(constant)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=once, parse_constant=refuse)
