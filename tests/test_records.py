"""Records behave as frozen dataclasses with slots do."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from dataclasses import field as dataclass_field

import pytest

from agentowners.records import field, record, replace


@record
class Point:
    """A record of every kind of field."""

    x: int
    y: int = 2
    note: str = field(default="", compare=False)
    more: list[int] = field(default_factory=list)

    @property
    def sum(self) -> int:
        return self.x + self.y


@dataclass(frozen=True, slots=True)
class Twin:
    """The same as a dataclass."""

    x: int
    y: int = 2
    note: str = dataclass_field(default="", compare=False)
    more: list[int] = dataclass_field(default_factory=list)


@record(kw_only=True)
class Named:
    a: int
    b: int = 1


@record
class Empty:
    pass


def test_fields_are_set_by_place_and_by_name() -> None:
    assert (Point(1).x, Point(1).y, Point(1, 5).y, Point(y=3, x=1).sum) == (1, 2, 5, 4)
    assert Point(1).more is not Point(1).more
    assert Named(a=1) == Named(a=1, b=1)
    assert Empty() == Empty()


@pytest.mark.parametrize("make", [Point, Twin])
def test_wrong_arguments_are_refused_with_the_name_of_the_record(make: type[Point]) -> None:
    with pytest.raises(TypeError, match=rf"{make.__name__}.__init__\(\) missing 1 required positional argument: 'x'"):
        make()  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        make(1, z=1)  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match="positional argument"):
        Named(1)  # type: ignore[call-arg]  # that is the point


def test_equality_and_hash_look_at_the_compared_fields_of_one_class() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Point(2)
    twin: object = Twin(1)
    assert Point(1) != twin
    assert hash(Named(a=1)) == hash(Named(a=1))
    assert {Named(a=1), Named(a=1)} == {Named(a=1)}


def test_records_are_frozen_and_have_no_further_attributes() -> None:
    point = Point(1)
    for name in ("x", "z"):
        with pytest.raises(AttributeError, match="frozen"):
            setattr(point, name, 3)
    with pytest.raises(AttributeError, match="frozen"):
        del point.x
    assert not hasattr(point, "__dict__")


def test_text_copy_replace_and_match() -> None:
    point = Point(1, 2, "n", [3])
    assert repr(point) == repr(Twin(1, 2, "n", [3])).replace("Twin", "Point")
    assert pickle.loads(pickle.dumps(point)) == copy.deepcopy(point) == point
    assert replace(point, x=9) == Point(9, 2, "n", [3])
    with pytest.raises(TypeError):
        replace(point, z=9)
    match point:
        case Point(x, y):
            assert (x, y) == (1, 2)
