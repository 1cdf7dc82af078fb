"""What code may count on before a thing is whole: containers without what is made later.

A class that enters itself into `REGISTRY` as it is made needs the registry, which holds the class.
Knows how containers begin; `put_back` knows which things have to.
"""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, bases_of, is_a
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.terms.contents import slots_of
from sfdag_magics.bundle.written.as_written import is_plain

#: Containers in containers that begin with these.
_DEEP = 4


def begins(value: object) -> bool:
    """Whether a value is a container that can be there empty, and be filled later."""
    return type(value) in _BEGINNINGS


class Beginning:
    """Writes what things begin with.

    Args:
        named: what an object is called that is there by then, if it is.
        filled: names of what code fills: attributes of these names begin without their data.
    """

    def __init__(
        self, bench: Bench, named: Callable[[object], str | None], filled: Container[str]
    ) -> None:
        self._bench = bench
        self._named = named
        self._filled = filled

    def of_container(self, value: object, deep: int = _DEEP) -> str:
        """The expression for one with no more in it than data, and others begun as well.

        Raises:
            NoExpression: its factory cannot be written.
        """
        return _BEGINNINGS[type(value)](self, value, deep)

    def of_object(self, name: str, value: object) -> Iterator[str]:
        """Lines that give an object what code may count on: its data, containers and objects.

        Raises:
            NoExpression: a factory of one of them cannot be written.
        """
        if is_a(value, type):
            return
        for key, text in self._parts(attributes_of(value), _DEEP, self._filled):
            yield f"{name}.__dict__[{key!r}] = {text}"
        for key, text in self._parts(_in_slots(value), _DEEP, self._filled):
            yield f"object.__setattr__({name}, {key!r}, {text})"

    def of_filled(self, name: str, value: object) -> Iterator[str]:
        """Lines that leave the data out of attributes that code fills."""
        for key, held in attributes_of(value).items() if not is_a(value, type) else ():
            if key in self._filled and begins(held) and is_plain(held) and held:
                yield f"{name}.__dict__[{key!r}] = {self.of_container(held, 0)}"

    def listing(self, value: Sequence[object], deep: int) -> str:
        """The expression for a list: of nothing, but where all that it holds are containers."""
        held = value if deep and not is_plain(value) and all(map(begins, value)) else ()
        return f"[{', '.join(self.of_container(each, deep - 1) for each in held)}]"

    def mapping(self, value: Mapping[Any, object], deep: int) -> str:
        """The expression for a dict."""
        known = {key: held for key, held in value.items() if is_plain(key)}
        pairs = (f"{key!r}: {text}" for key, text in self._parts(known, deep))
        return f"{{{', '.join(pairs)}}}"

    def of_collections(self, value: Any, deep: int) -> str:  # noqa: ANN401 - of collections
        """The expression for a container of the standard library's."""
        kind = f"{self._bench.module('collections')}.{type(value).__name__}"
        if isinstance(value, collections.deque):
            return f"{kind}([], {value.maxlen!r})"
        is_default = isinstance(value, collections.defaultdict)
        factory = f"{self._bench.part(value.default_factory)}, " if is_default else ""
        return f"{kind}({factory}{self.mapping(value, deep)})"

    def _parts(
        self, values: Mapping[Any, object], deep: int, filled: Container[str] = ()
    ) -> Iterator[tuple[object, str]]:
        for key, held in values.items() if deep else ():
            if is_plain(held) and not (begins(held) and key in filled):
                yield key, repr(held)
            elif begins(held):
                yield key, self.of_container(held, deep - 1)
            elif (name := self._named(held)) is not None:
                yield key, name


def _in_slots(value: object) -> dict[object, object]:
    found: dict[object, object] = {}
    for kind in bases_of(type(value)):
        for key, slot in slots_of(kind).items():
            with contextlib.suppress(AttributeError):  # not set
                found.setdefault(key, slot.__get__(value))
    return found


_BEGINNINGS: dict[type, Callable[[Beginning, Any, int], str]] = {
    list: Beginning.listing,
    set: lambda _beginning, _value, _deep: "set()",
    dict: Beginning.mapping,
    **dict.fromkeys(
        (
            *(collections.defaultdict, collections.OrderedDict, collections.Counter),
            collections.deque,
        ),
        Beginning.of_collections,
    ),
}
