"""Frames of a client become messages: a request, a notification, or the answer to a server's request."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Final

from msgspec import Struct

from agentowners.dispatch.tools import fold
from agentowners.mcp.frames import FaultCode, FrameError, RequestId, valid_id
from agentowners.mcp.revisions import ENVELOPE, META, ONLY_META, PARAMS

_SHOWN: Final = 80
_IDS: Final = "ids are texts or whole numbers below 2^53"


class ClientRequest(Struct, frozen=True):
    """A message that wants an answer."""

    id: RequestId
    method: str
    params: Mapping[str, object]

    @property
    def meta(self) -> Mapping[str, object]:
        """Members of ``_meta``."""
        meta = self.params.get("_meta")
        return meta if isinstance(meta, dict) else {}


class ClientNotification(Struct, frozen=True):
    """A message that wants none."""

    method: str
    params: Mapping[str, object]


class ClientAnswer(Struct, frozen=True):
    """The answer to a server's request."""

    id: RequestId
    result: object
    """None for an error."""


ClientMessage = ClientRequest | ClientNotification | ClientAnswer


def read_message(members: Mapping[str, object]) -> ClientMessage:
    """The message in a frame.

    Raises:
        FrameError: it is none of JSON-RPC 2.0, or could be taken for another.
    """
    id = valid_id(members.get("id"))
    odd = _misspelled(members.keys(), ENVELOPE)
    if odd is not None:
        raise _misspelling(odd, "the frame", FaultCode.INVALID_REQUEST, id if odd.lower() != "id" else None)
    if members.get("jsonrpc") != "2.0":
        raise FrameError(FaultCode.INVALID_REQUEST, "the frame is not of JSON-RPC 2.0", id=id)
    if "id" in members and id is None:
        raise FrameError(FaultCode.INVALID_REQUEST, "the id of the frame is none", help=_IDS)
    if "method" not in members:
        return _answer(members, id)
    method, params = members["method"], members.get("params", {})
    if not isinstance(method, str) or "result" in members or "error" in members:
        raise FrameError(FaultCode.INVALID_REQUEST, "the frame is neither a request nor an answer", id=id)
    if not isinstance(params, dict):
        raise FrameError(FaultCode.INVALID_PARAMS, f"the params of `{method[:_SHOWN]}` are no object", id=id)
    check_names(params, PARAMS.get(method, ONLY_META), "params", id)
    meta = params.get("_meta", {})
    if not isinstance(meta, dict):
        raise FrameError(FaultCode.INVALID_PARAMS, "`_meta` is no object", id=id)
    check_names(meta, META, "_meta", id)
    return ClientNotification(method, params) if id is None else ClientRequest(id, method, params)


def check_names(members: Mapping[str, object], known: frozenset[str], where: str, id: RequestId | None) -> None:
    """Refuse members that differ from a known one only by case, or by what Unicode folds together.

    Raises:
        FrameError: there is one.
    """
    odd = _misspelled(members.keys(), known)
    if odd is not None:
        raise _misspelling(odd, f"`{where}`", FaultCode.INVALID_PARAMS, id)


def _answer(members: Mapping[str, object], id: RequestId | None) -> ClientAnswer:
    if id is None or ("result" in members) is ("error" in members):
        raise FrameError(FaultCode.INVALID_REQUEST, "the frame is neither a request nor an answer", id=id)
    return ClientAnswer(id, members.get("result"))


def _misspelling(name: str, where: str, code: FaultCode, id: RequestId | None) -> FrameError:
    return FrameError(code, f"`{name[:_SHOWN]}` in {where} is a name that some servers take for another", id=id)


def _misspelled(names: Set[str], known: frozenset[str]) -> str | None:
    """The first name that is none of the known ones, but folds to one: `Method`, or `method` in full-width letters."""
    if names <= known:
        return None
    folded = _folded(known)
    return next((name for name in names if name not in known and fold(name) in folded), None)


@lru_cache(maxsize=128)
def _folded(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold, names))
