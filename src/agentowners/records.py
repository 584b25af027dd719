"""Frozen records: what ``dataclass(frozen=True, slots=True)`` gives, for a tenth of what that costs at start-up.

A command imports some sixty of them, and on Python 3.11 each ``dataclass`` takes half a millisecond to make, most of it in
compiling methods that are never called: together three times as long as a bare interpreter takes to start. Here ``__init__``
is compiled when the first record is made, and everything else is shared by all records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast, dataclass_transform, overload

_T = TypeVar("_T")
_MISSING: Any = object()


class Field:
    """What ``field`` says about a field, until ``record`` has read it."""

    __slots__ = ("compare", "default", "factory")

    def __init__(self, default: Any, factory: Callable[[], Any] | None, compare: bool) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare


def field(*, default: Any = _MISSING, default_factory: Callable[[], Any] | None = None, compare: bool = True) -> Any:
    """Say more about a field than its type: a default, a way to make one, and whether equality looks at it."""
    return Field(default, default_factory, compare)


@overload
def record(cls: type[_T]) -> type[_T]: ...
@overload
def record(*, kw_only: bool = False) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T] | None = None, *, kw_only: bool = False) -> type[_T] | Callable[[type[_T]], type[_T]]:
    """Make a class a frozen record: its annotations are its fields, in order; it has slots, and no base but ``object`` or a
    class without fields. ``__post_init__``, ``ClassVar`` and inheritance of fields are for ``dataclass``."""
    if cls is None:
        return lambda late: _make(late, kw_only)
    return _make(cls, kw_only)


def replace(instance: _T, /, **changes: Any) -> _T:
    """A copy of a record with some fields changed.

    Raises:
        TypeError: it has no such field.
    """
    names: tuple[str, ...] = cast("Any", instance).__record__
    return type(instance)(**{name: getattr(instance, name) for name in names} | changes)


def _make(cls: type[_T], kw_only: bool) -> type[_T]:
    given = dict(cls.__dict__)
    annotations = cls.__annotations__
    names = tuple(annotations)
    defaults = {name: given.pop(name) for name in names if name in given}
    for leftover in ("__dict__", "__weakref__", "__annotate_func__", "__annotations_cache__"):
        given.pop(leftover, None)
    body: dict[str, Any] = {**_SHARED, **given}
    body["__annotations__"] = annotations
    body["__slots__"] = body["__match_args__"] = body["__record__"] = names
    body["__compared__"] = tuple(n for n in names if not isinstance(d := defaults.get(n), Field) or d.compare)
    body["__defaults__"] = (kw_only, defaults)
    made: type[_T] = type(cls.__name__, cls.__bases__, body)
    return made


def _first_init(self: Any, *args: Any, **kwargs: Any) -> None:
    cls = type(self)
    cls.__init__ = _compile_init(cls, *cls.__defaults__)
    cls.__init__(self, *args, **kwargs)


def _compile_init(cls: type[Any], kw_only: bool, defaults: Mapping[str, Any]) -> Any:
    scope: dict[str, Any] = {"_missing": _MISSING}
    parameters = ["self", "*"] if kw_only else ["self"]
    lines = []
    for name in cls.__record__:
        default = defaults.get(name, _MISSING)
        factory = default.factory if isinstance(default, Field) else None
        default = default.default if isinstance(default, Field) else default
        scope[f"_set_{name}"] = cls.__dict__[name].__set__
        value = name
        if factory is not None:
            scope[f"_make_{name}"], default = factory, _MISSING
            value = f"_make_{name}() if {name} is _missing else {name}"
        if default is not _MISSING or factory is not None:
            scope[f"_default_{name}"] = default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f"\n _set_{name}(self, {value})")
    exec(f"def __init__({', '.join(parameters)}):{''.join(lines) or ' pass'}", scope)  # noqa: S102 (names are this module's)
    init = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self is other or all(getattr(self, name) == getattr(other, name) for name in self.__compared__)


def _hash(self: Any) -> int:
    return hash(tuple([getattr(self, name) for name in self.__compared__]))


def _repr(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__record__)})"


def _refuse(self: Any, name: str, value: object = None) -> None:
    raise AttributeError(f"`{type(self).__name__}` is frozen: `{name}` cannot be changed")


def _reduce(self: Any) -> tuple[Any, ...]:
    return _restore, (type(self), {name: getattr(self, name) for name in self.__record__})


def _restore(cls: type[_T], fields: Mapping[str, Any]) -> _T:
    return cls(**fields)


_SHARED: dict[str, Any] = {
    "__init__": _first_init,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _reduce,
}
