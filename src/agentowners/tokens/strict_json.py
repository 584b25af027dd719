"""JSON in which nothing has two meanings: UTF-8, no name twice, no numbers that are none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NoReturn

from agentowners.diagnostics import AgentownersError

_SHOWN: Final = 80


class TokenJsonError(AgentownersError):
    """Text that is not JSON of one meaning."""


def read_object(data: bytes, what: str) -> dict[str, object]:
    """An object, as it was written.

    Raises:
        TokenJsonError: it is not JSON in UTF-8, names something twice, holds half a character, or is no object.
    """
    try:
        text = data.decode()
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except _TwiceError as error:
        raise TokenJsonError(f"{what} names `{error.args[0]}` twice") from None
    except (ValueError, RecursionError):
        raise TokenJsonError(f"{what} is not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise TokenJsonError(f"{what} is not a JSON object")
    return value


class _TwiceError(Exception):
    pass


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name[:_SHOWN])
        found[name] = value
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
