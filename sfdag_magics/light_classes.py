"""`dataclass`, for the hundreds of classes that are made whenever a process of ours starts.

The standard library writes five functions for each such class as it is made and compiles them: half
a millisecond a class (*measured*), once a fifth of the engine's start and more of `%load_ext`. Most
of the classes have no object in most processes. So here `__init__` is compiled for the first object
(or whoever looks at it), and the other functions are the same for all classes. What a class is to
`fields`, `replace`, `asdict`, `match` and `pickle` is made by the standard library. Knows no class
of ours.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen=False, slots=False, kw_only=False, eq=True, repr=True):  # noqa: ANN001, ANN201, A002 - as the standard library's, which type checkers see instead
        """The decorator, with those options of the standard library's that we use."""

        def light(given):  # noqa: ANN001, ANN202 - as above
            made = dataclasses.dataclass(
                init=False, repr=False, eq=False, slots=slots, kw_only=kw_only
            )
            given.__doc__ = given.__doc__ or given.__name__  # or it is given the signature
            kind = made(given)
            _add(kind, "__init__", _LaterInit(kind, is_frozen=frozen))
            for name, function in _functions(kind, frozen=frozen, slots=slots, eq=eq):
                _add(kind, name, function)
            if repr:
                _add(kind, "__repr__", _repr)
            return kind

        return light


__all__ = ["dataclass"]

_Kind = TypeVar("_Kind", bound=type)
_FACTORY = object()


def _add(kind: type, name: str, function: object) -> None:
    """Where the class does not say it itself; a class with `__eq__` has a `__hash__` of None."""
    if kind.__dict__.get(name) is None:
        setattr(kind, name, function)


def _functions(
    kind: type, *, frozen: bool, slots: bool, eq: bool
) -> Iterator[tuple[str, Callable[..., object] | None]]:
    if eq:
        yield "__eq__", _equality(_values(kind, [each for each in _fields(kind) if each.compare]))
        yield "__hash__", _hashing(kind) if frozen else None
    if frozen:
        yield from _refusals(kind)
    if frozen and slots:  # what puts values back for `pickle` and `copy` would be refused
        yield from (("__getstate__", _state), ("__setstate__", _restore))


def _fields(kind: Any) -> tuple[dataclasses.Field[Any], ...]:  # noqa: ANN401 - class or object
    return dataclasses.fields(kind)


def _values(kind: type, those: list[dataclasses.Field[Any]]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of some fields as a tuple; of a single name `attrgetter` gives none."""
    names = [each.name for each in those]
    return attrgetter(*names, *names[: len(names) == 1]) if names else lambda _: ()


def _equality(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, object], bool]:
    def __eq__(self: Any, other: object) -> bool:  # noqa: ANN401, N807 - of any class
        if type(other) is not type(self):
            return NotImplemented
        return values(self) == values(other)

    return __eq__


def _hashing(kind: type) -> Callable[[Any], int]:
    counted = [each for each in _fields(kind) if (each.compare if each.hash is None else each.hash)]
    values = _values(kind, counted)

    def __hash__(self: Any) -> int:  # noqa: ANN401, N807 - of any class
        return hash(values(self))

    return __hash__


def _refusals(kind: Any) -> Iterator[tuple[str, Callable[..., None]]]:  # noqa: ANN401 - a class
    """A class below it may have attributes of its own, which are no fields."""
    names = frozenset(each.name for each in _fields(kind))

    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807 - of any class
        if type(self) is kind or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(kind, self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:  # noqa: N807 - of any class
        if type(self) is kind or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(kind, self).__delattr__(name)

    yield from (("__setattr__", __setattr__), ("__delattr__", __delattr__))


@recursive_repr("...")
def _repr(self: Any) -> str:  # noqa: ANN401 - of any class
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in _fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _state(self: Any) -> list[object]:  # noqa: ANN401 - of any class
    return [getattr(self, each.name) for each in _fields(self)]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401 - of any class
    for each, value in zip(_fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


class _LaterInit:
    """Stands where `__init__` will, and makes it for the first who asks. Any thread."""

    def __init__(self, kind: type, *, is_frozen: bool) -> None:
        self._kind = kind
        self._is_frozen = is_frozen

    def __get__(self, instance: object, owner: type | None = None) -> Any:  # noqa: ANN401 - bound or not
        if self._kind.__dict__["__init__"] is self:
            self._kind.__init__ = _init(self._kind, is_frozen=self._is_frozen)
        return self._kind.__dict__["__init__"].__get__(instance, owner)


def _init(kind: type, *, is_frozen: bool) -> Callable[..., None]:
    """`__init__` as the standard library makes it, of the class's fields."""
    taken = [each for each in _fields(kind) if each.init]
    named = [_parameter(each) for each in taken if each.kw_only]
    parameters = ["self", *(_parameter(each) for each in taken if not each.kw_only)]
    parameters += ["*", *named] if named else []
    lines = list(_assignments(kind, is_frozen=is_frozen)) or ["pass"]
    source = "\n ".join([f"def __init__({', '.join(parameters)}):", *lines])
    known: dict[str, Any] = {"_set": object.__setattr__, "_factory": _FACTORY}
    for each in _fields(kind):
        known |= {f"_default_{each.name}": each.default, f"_made_{each.name}": each.default_factory}
    exec(source, known)  # noqa: S102 - names of fields, as the standard library does it
    init: Callable[..., None] = known["__init__"]
    init.__annotations__ = {each.name: each.type for each in taken} | {"return": None}
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    init.__module__ = kind.__module__
    return init


def _parameter(each: dataclasses.Field[Any]) -> str:
    if each.default_factory is not dataclasses.MISSING:
        return f"{each.name}=_factory"
    has_default = each.default is not dataclasses.MISSING
    return f"{each.name}=_default_{each.name}" if has_default else each.name


def _assignments(kind: type, *, is_frozen: bool) -> Iterator[str]:
    for each in _fields(kind):
        value = _assigned(each)
        if value is not None:
            name = each.name
            yield f"_set(self, {name!r}, {value})" if is_frozen else f"self.{name} = {value}"
    if hasattr(kind, "__post_init__"):
        yield "self.__post_init__()"


def _assigned(each: dataclasses.Field[Any]) -> str | None:
    """What the field becomes; None where nobody says."""
    name = each.name
    if each.default_factory is not dataclasses.MISSING:
        made = f"_made_{name}()"
        return f"{made} if {name} is _factory else {name}" if each.init else made
    if each.init:
        return name
    return f"_default_{name}" if each.default is not dataclasses.MISSING else None
