"""Reading JSON that others wrote: every value is checked for its type where it is read, and errors name the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct

from agentowners.change.model import Account, AccountType
from agentowners.diagnostics import AgentownersError

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TYPES = {"User": AccountType.USER, "Bot": AccountType.BOT}
_T = TypeVar("_T")


class MalformedError(AgentownersError):
    """A value that is missing or of another type than it should be; the text is a message for people."""

    def __init__(self, message: str) -> None:
        """Say what, and what to do about it."""
        super().__init__(message, help="run the job again; https://www.githubstatus.com tells whether GitHub has a problem")


class JsonNode(Struct, frozen=True):
    """A JSON value and where it stands."""

    value: object
    where: str = "the answer"

    def __getitem__(self, name: str) -> JsonNode:
        """A member of an object, which must be there (null counts as there).

        Raises:
            MalformedError: this is no object, or it has no such member.
        """
        if not isinstance(self.value, Mapping):
            raise MalformedError(f"`{self.where}` is not an object")
        if name not in self.value:
            raise MalformedError(f"`{self.where}.{name}` is missing")
        return JsonNode(self.value[name], f"{self.where}.{name}")

    def get(self, name: str) -> JsonNode | None:
        """A member of an object, None where it is missing or null."""
        if not isinstance(self.value, Mapping):
            raise MalformedError(f"`{self.where}` is not an object")
        value = self.value.get(name)
        return None if value is None else JsonNode(value, f"{self.where}.{name}")

    def maybe(self, name: str, read: Callable[[JsonNode], _T]) -> _T | None:
        """A member as one of the methods below reads it, None where it is missing or null."""
        member = self.get(name)
        return None if member is None else read(member)

    def words(self, name: str, default: str = "") -> str:
        """The text of a member, or the default where it is missing or null."""
        text = self.maybe(name, JsonNode.text)
        return default if text is None else text

    def is_on(self, name: str) -> bool:
        """True if a flag is there and true."""
        return self.maybe(name, JsonNode.flag) is True

    def list(self, name: str) -> tuple[JsonNode, ...]:
        """The elements of a list; none where it is missing or null."""
        return self.maybe(name, JsonNode.items) or ()

    def __contains__(self, name: str) -> bool:
        """True if this is an object with such a member, null or not."""
        return isinstance(self.value, Mapping) and name in self.value

    def text(self) -> str:
        """A string. Half a surrogate pair, which is no text, becomes U+FFFD."""
        if not isinstance(self.value, str):
            raise MalformedError(f"`{self.where}` is not a string")
        return _SURROGATE.sub("\ufffd", self.value)

    def number(self) -> int:
        """A whole number that is not negative."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise MalformedError(f"`{self.where}` is not a whole number")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise MalformedError(f"`{self.where}` is neither true nor false")
        return self.value

    def sha(self) -> str:
        """An object id in lower-case hex."""
        text = self.text()
        if not _SHA.fullmatch(text):
            raise MalformedError(f"`{self.where}` is not a commit id")
        return text

    def commit(self) -> str | None:
        """A commit's id; None for the zeros that stand for no commit."""
        sha = self.sha()
        return sha if sha.strip("0") else None

    def id(self) -> int:
        """The number of an object."""
        return self["id"].number()

    def items(self) -> tuple[JsonNode, ...]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise MalformedError(f"`{self.where}` is not a list")
        return tuple(JsonNode(item, f"{self.where}[{index}]") for index, item in enumerate(self.value))

    def account(self) -> Account:
        """A user, bot or organization."""
        kind = self.maybe("type", JsonNode.text)
        account_type = AccountType.UNKNOWN if kind is None else _TYPES.get(kind, AccountType.OTHER)
        return Account(self["login"].text(), self["id"].number(), account_type)


def maybe_account(node: JsonNode | None) -> Account | None:
    """The account of a member that may be missing, null, or (as GitHub has it for commits) an empty object."""
    return None if node is None or node.value in (None, {}) else node.account()
