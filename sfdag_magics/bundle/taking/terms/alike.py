"""Whether what was built anew is what it was built after. Knows no notebook."""

from __future__ import annotations

import functools
import types
from typing import Any

from sfdag_magics.bundle.inspection import attribute_of, bases_of, module_of
from sfdag_magics.bundle.literals.standard_types import is_one
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.terms.contents import (
    Reduced,
    ids_kept,
    is_plain_layout,
    lasting,
    reduced,
    says_how_to_copy,
    slots_of,
)

_CALLED = types.FunctionType | types.BuiltinFunctionType | types.ModuleType | type
_LISTS = (list, tuple)
_ATOMS = (bool, int, float, complex, str, bytes)


def is_alike(one: object, other: object) -> bool:
    """Whether two objects are the same, or are made of the same parts."""
    return _Comparison().alike(one, other)


class _Comparison:
    """Compares two objects part by part; each pair once, so that circles end."""

    def __init__(self) -> None:
        self._met: dict[tuple[int, int], tuple[object, object]] = {}

    def alike(self, one: Any, other: Any) -> bool:  # noqa: ANN401 - two of anything
        if one is other or (id(one), id(other)) in self._met:
            return True
        self._met[id(one), id(other)] = one, other  # kept, so that no id is given away again
        kind = type(one)
        if kind is not type(other):
            return False
        if kind in _ATOMS:
            return repr(one) == repr(other)
        if kind in (dict, *_LISTS):
            return self._collections(one, other)
        if isinstance(one, _CALLED):
            return bool(one == other) or self._is_method_alike(one, other)
        if kind is functools.partial:
            return self.alike(
                (one.func, one.args, one.keywords), (other.func, other.args, other.keywords)
            )
        if module_of(kind) == "numpy" and hasattr(one, "tobytes"):
            return self._arrays(one, other)
        if is_plain_layout(kind) and not says_how_to_copy(kind):
            return self.alike(_without_ids(_kept(one), one), _without_ids(_kept(other), other))
        return self._reduced(one, other)

    def _collections(self, one: Any, other: Any) -> bool:  # noqa: ANN401 - dicts, lists or tuples
        if len(one) != len(other):
            return False
        if isinstance(one, dict):
            one, other = list(one.items()), list(other.items())
        return all(self.alike(a, b) for a, b in zip(one, other, strict=True))

    def _is_method_alike(self, one: Any, other: Any) -> bool:  # noqa: ANN401 - functions
        """Whether two are the same method of objects that are alike, such as two locks."""
        owner = getattr(one, "__self__", None)
        is_method = isinstance(one, types.BuiltinFunctionType) and owner is not None
        return (
            is_method
            and one.__name__ == other.__name__
            and self.alike(owner, getattr(other, "__self__", None))
        )

    def _arrays(self, one: Any, other: Any) -> bool:  # noqa: ANN401 - arrays, or their items
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
        if one.dtype.names:  # between fields lies memory that nobody wrote
            return all(self._arrays(one[name], other[name]) for name in one.dtype.names)
        if one.dtype.hasobject:
            return self.alike(one.tolist(), other.tolist())
        return bool(one.tobytes() == other.tobytes())

    def _reduced(self, one: Any, other: Any) -> bool:  # noqa: ANN401 - two of one type
        try:
            first, second = reduced(one), reduced(other)
        except NoExpression:
            return is_one(one)  # nobody holds either of them
        if not (isinstance(first, Reduced) and isinstance(second, Reduced)):
            return bool(first == second)
        if first.maker is getattr and not isinstance(first.arguments[0], type):
            return bool(first.arguments[1] == second.arguments[1])
        if isinstance(one, set | frozenset):
            return sorted(map(repr, one)) == sorted(map(repr, other))
        if first.maker is not second.maker:
            return False
        names = ("arguments", "keywords", "items", "pairs")
        is_alike = all(
            self.alike(getattr(first, name), getattr(second, name)) for name in names
        ) and self.alike(_without_ids(first.state, one), _without_ids(second.state, other))
        # Many keep what they once computed among their parts. Not first: a class may compare what
        # stands at two places twice, and so each time what is in there.
        return is_alike or _is_equal(one, other)


def _kept(value: object) -> dict[str, object]:
    """The attributes of an object, those in slots as well."""
    slots = [each for base in bases_of(type(value)) for each in slots_of(base)]
    return {**lasting(value), **{each: attribute_of(value, each) for each in slots}}


def _without_ids(state: object, value: object) -> object:
    """What is kept of an object; of the id of a part, whose it is."""
    if type(state) is not dict:
        return state
    return {**state, **{key: of for key, of in ids_kept(value).items() if key in state}}


def _is_equal(one: object, other: object) -> bool:
    """Whether a class that says what equality is finds them so."""
    if type(one).__eq__ is object.__eq__:
        return False
    try:
        return (one == other) is True
    except Exception:  # noqa: BLE001 - a library's own words, of whatever class
        return False
