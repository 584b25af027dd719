"""Values that others wrote are checked where they are read, and errors name the place."""

from __future__ import annotations

import pytest

from agentowners.change.model import Account, AccountType
from agentowners.github.reading import JsonNode, MalformedError, maybe_account

VALUE = JsonNode(
    {
        "text": "a",
        "number": 7,
        "flag": True,
        "list": [1, "x"],
        "null": None,
        "sha": "a" * 40,
        "half": "x\ud800y",
        "user": {"login": "octocat", "id": 1, "type": "User"},
    },
    "value",
)


def test_what_is_there() -> None:
    assert VALUE["text"].text() == "a"
    assert VALUE["number"].number() == 7
    assert VALUE["flag"].flag() is True
    assert VALUE["sha"].sha() == "a" * 40
    assert [node.where for node in VALUE["list"].items()] == ["value.list[0]", "value.list[1]"]
    assert VALUE["half"].text() == "x\ufffdy"
    assert VALUE["user"].account() == Account("octocat", 1, AccountType.USER)


def test_what_may_be_missing() -> None:
    assert VALUE.get("null") is None
    assert VALUE.get("nothing") is None
    assert VALUE.words("nothing") == VALUE.words("null") == ""
    assert VALUE.words("null", "a default") == "a default"
    assert VALUE.words("text") == "a"
    assert VALUE.maybe("nothing", JsonNode.number) is None
    assert VALUE.maybe("number", JsonNode.number) == 7
    assert [VALUE.is_on(name) for name in ("flag", "null", "nothing")] == [True, False, False]
    assert [node.value for node in VALUE.list("list")] == [1, "x"]
    assert VALUE.list("nothing") == ()
    assert maybe_account(None) is None
    assert maybe_account(JsonNode({})) is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Bot", AccountType.BOT),
        ("Organization", AccountType.OTHER),
        ("Mannequin", AccountType.OTHER),
        ("user", AccountType.OTHER),
        (None, AccountType.UNKNOWN),
    ],
)
def test_types_of_account(kind: str | None, expected: AccountType) -> None:
    assert JsonNode({"login": "x", "id": 1, "type": kind}).account().type is expected


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: VALUE["nothing"], "`value.nothing` is missing"),
        (lambda: VALUE["text"]["x"], "`value.text` is not an object"),
        (lambda: VALUE["text"].get("x"), "`value.text` is not an object"),
        (lambda: VALUE["number"].text(), "`value.number` is not a string"),
        (lambda: VALUE["text"].number(), "`value.text` is not a whole number"),
        (lambda: VALUE["flag"].number(), "`value.flag` is not a whole number"),
        (lambda: JsonNode(-1, "n").number(), "`n` is not a whole number"),
        (lambda: VALUE["number"].flag(), "`value.number` is neither true nor false"),
        (lambda: VALUE["text"].items(), "`value.text` is not a list"),
        (lambda: VALUE["text"].sha(), "`value.text` is not a commit id"),
        (lambda: JsonNode("A" * 40, "s").sha(), "`s` is not a commit id"),
        (lambda: JsonNode({"login": "x"}, "u").account(), "`u.id` is missing"),
    ],
)
def test_what_is_wrong_is_named(read: object, said: str) -> None:
    assert callable(read)
    with pytest.raises(MalformedError) as caught:
        read()
    assert caught.value.message == said
