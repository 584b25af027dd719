"""Values are frozen, compared as their class says, and hold no further attributes."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
from collections.abc import Iterator
from typing import ClassVar

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

import agentowners
from agentowners.values import PartlyCompared


class Point(PartlyCompared, frozen=True):
    """A value with a field of each kind."""

    uncompared: ClassVar = frozenset({"note"})

    x: int
    note: str = ""
    more: tuple[int, ...] = field(default_factory=tuple)


class Other(PartlyCompared, frozen=True):
    """The same fields under another name."""

    uncompared: ClassVar = frozenset({"note"})

    x: int
    note: str = ""
    more: tuple[int, ...] = ()


def structs() -> Iterator[type[Struct]]:
    for module in pkgutil.walk_packages(agentowners.__path__, "agentowners."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    seen = list(Struct.__subclasses__())
    while seen:
        each = seen.pop()
        seen += each.__subclasses__()
        if each.__module__.startswith("agentowners."):
            yield each


def test_equality_and_hash_leave_out_what_the_class_names() -> None:
    assert Point(1, "a") == Point(1, "b")
    assert not Point(1, "a") != Point(1, "b")  # noqa: SIM202 (an operator of its own)
    assert hash(Point(1, "a")) == hash(Point(1, "b"))
    assert Point(1) != Point(2)
    assert Point(1, more=(1,)) != Point(1, more=(2,))
    assert Point(1) != Other(1)
    assert {Point(1, "a"): 1}[Point(1, "b")] == 1


def test_values_are_frozen_and_have_no_further_attributes() -> None:
    for name in ("x", "z"):
        with pytest.raises(AttributeError):
            setattr(Point(1), name, 3)
    assert not hasattr(Point(1), "__dict__")


def test_values_are_copied_whole() -> None:
    point = Point(1, "n", (2,))
    for same in (pickle.loads(pickle.dumps(point)), copy.deepcopy(point), replace(point, x=1)):
        assert (same.x, same.note, same.more) == (1, "n", (2,))


def test_uncompared_fields_are_fields() -> None:
    """A name that no field has would leave nothing out."""
    checked = [each for each in structs() if issubclass(each, PartlyCompared)]
    assert len(checked) > 5
    for each in checked:
        assert each.uncompared <= set(each.__struct_fields__), each
        assert each is PartlyCompared or each.__struct_config__.frozen, each
