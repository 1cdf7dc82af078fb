"""Forms of what holds other values: lists, tuples, dicts, classes of fields. Python 3.9."""

from __future__ import annotations

import collections
import collections.abc
import dataclasses
import functools
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from .forms import Form, UntoldError, misfit, token_of
from .json_text import json_text, json_tree


class Items(Form):
    """Any number of items of one kind: a list, a set, `tuple[int, ...]`."""

    tokens = frozenset(["list"])

    def __init__(self, kind: Any, made: Callable[[list[Any]], Any], item: Form, said: str) -> None:  # noqa: ANN401 - a type
        self.kind, self.item, self.parts = kind, item, (item,)
        self._made = made
        self.said = f"{said}[{item.said}{', ...' if kind is tuple else ''}]"
        self.standard = item.standard

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        if not _is_row(value):
            raise misfit(value, where, self.said)
        if getattr(value, "maxlen", None) is not None:
            raise ValueError(f"{where} is a deque with a maxlen, which does not travel: list(…)")
        trees = [self.item.write(each, f"{where}[{i}]") for i, each in enumerate(value)]
        # A set has no order, and what is written must not change from run to run.
        return sorted(trees, key=json_text) if isinstance(value, (set, frozenset)) else trees

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        if not isinstance(tree, list):
            raise misfit(tree, where, self.said)
        return self._made([self.item.read(each, f"{where}[{i}]") for i, each in enumerate(tree)])


class Row(Form):
    """A fixed number of items, each of its kind: `tuple[int, str]`, a NamedTuple."""

    tokens = frozenset(["list"])

    def __init__(self, kind: Any, items: Callable[[], tuple[Form, ...]]) -> None:  # noqa: ANN401 - a type
        self.kind = kind
        self._items = items
        self.standard = kind is tuple
        self.said = kind.__qualname__
        if kind is tuple:
            self.parts = items()
            self.said = f"tuple[{', '.join(part.said for part in self.parts) or '()'}]"
            self.standard = all(part.standard for part in self.parts)

    @functools.cached_property
    def items(self) -> tuple[Form, ...]:
        """The forms of the items; those of a class are looked at when they are needed."""
        return self._items()

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        rows = (list, tuple) if self.kind is tuple else (self.kind,)
        if not isinstance(value, rows) or len(value) != len(self.items):
            raise misfit(value, where, self.said)
        pairs = enumerate(zip(self.items, value))  # noqa: B905 - Python 3.9 has no strict
        return [item.write(each, f"{where}[{i}]") for i, (item, each) in pairs]

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        if not isinstance(tree, list) or len(tree) != len(self.items):
            raise misfit(tree, where, self.said)
        pairs = enumerate(zip(self.items, tree))  # noqa: B905 - as above
        values = [item.read(each, f"{where}[{i}]") for i, (item, each) in pairs]
        return tuple(values) if self.kind is tuple else self.kind(*values)


class Keyed(Form):
    """Keys of one kind and values of one: a dict. Keys that are no texts are JSON in a text."""

    tokens = frozenset(["dict"])

    def __init__(self, kind: Any, key: Form, value: Form, said: str) -> None:  # noqa: ANN401 - a type
        self.kind, self.key, self.value, self.parts = kind, key, value, (key, value)
        inside = key.said if said.endswith("Counter") else f"{key.said}, {value.said}"
        self.said = f"{said}[{inside}]"
        self.standard = key.standard and value.standard

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        if not isinstance(value, dict):
            raise misfit(value, where, self.said)
        return {
            self._key_text(key, where): self.value.write(each, f"{where}[{key!r}]")
            for key, each in value.items()
        }

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        if not isinstance(tree, dict):
            raise misfit(tree, where, self.said)
        found = {
            self._key(text, where): self.value.read(each, f"{where}[{text!r}]")
            for text, each in tree.items()
        }
        return found if self.kind is dict else self.kind(found)

    def _key_text(self, key: Any, where: str) -> str:  # noqa: ANN401 - any key
        if self.key.kind is Any and not isinstance(key, str):
            raise TypeError(
                f"{where} has the key {key!r}: JSON keys are strings, use str({key!r}) or say "
                f"their type on both sides: dict[{type(key).__name__}, …]"
            )
        tree = self.key.write(key, f"the key {key!r} of {where}")
        return tree if isinstance(tree, str) and self._keys_are_texts else json_text(tree)

    def _key(self, text: str, where: str) -> Any:  # noqa: ANN401 - any key
        named = f"the key {text!r} of {where}"
        try:
            return self.key.read(text if self._keys_are_texts else json_tree(text), named)
        except json.JSONDecodeError:
            raise misfit(text, named, self.key.said) from None

    @property
    def _keys_are_texts(self) -> bool:
        return self.key.kind is Any or self.key.tokens == {"str"}


class Record(Form):
    """Fields by name: a dataclass, a TypedDict. A field may be None whatever it says.

    A dataclass is not made by its `__init__`, which may compute anew what was computed already.
    """

    tokens = frozenset(["dict"])
    standard = False

    def __init__(
        self,
        kind: Any,  # noqa: ANN401 - a class
        fields: Callable[[], Mapping[str, Form]],
        required: frozenset[str],
    ) -> None:
        self.kind, self.said, self.required = kind, kind.__qualname__, required
        self._fields = fields
        self._is_dict = issubclass(kind, dict)

    @functools.cached_property
    def fields(self) -> Mapping[str, Form]:
        """`{field: its form}`; looked at when they are needed: a class may hold itself."""
        return self._fields()

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        if not isinstance(value, dict) if self._is_dict else type(value) is not self.kind:
            raise misfit(value, where, self.said)
        given = value if self._is_dict else self._attributes(value, where)
        self._must_have_fields(given, where)
        return {name: self._part(name, "write", each, where) for name, each in given.items()}

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        if not isinstance(tree, dict):
            raise misfit(tree, where, self.said)
        self._must_have_fields(tree, where)
        values = {name: self._part(name, "read", each, where) for name, each in tree.items()}
        if self._is_dict:
            return values
        made = self.kind.__new__(self.kind)
        for name, each in values.items():
            object.__setattr__(made, name, each)
        return made

    def _part(self, name: str, verb: str, value: Any, where: str) -> Any:  # noqa: ANN401 - as `verb` does
        named = f"{where}[{name!r}]" if self._is_dict else f"{where}.{name}"
        return None if value is None else getattr(self.fields[name], verb)(value, named)

    def _must_have_fields(self, given: Mapping[str, Any], where: str) -> None:
        missing = [name for name in self.fields if name in self.required and name not in given]
        more = [name for name in given if name not in self.fields]
        if missing or more:
            what = f"lacks {missing[0]!r}" if missing else f"has {more[0]!r}"
            raise ValueError(f"{where} {what}, as no {self.said} does")

    def _attributes(self, value: Any, where: str) -> dict[str, Any]:  # noqa: ANN401 - an instance
        names = [field.name for field in dataclasses.fields(value) if hasattr(value, field.name)]
        for name in getattr(value, "__dict__", {}):
            is_computed = isinstance(getattr(self.kind, name, None), functools.cached_property)
            if name not in names and not is_computed:
                raise ValueError(f"{where} has the attribute {name!r}, which is no field of it")
        return {name: getattr(value, name) for name in names}


class Model(Form):
    """A pydantic model, which knows how to write and read itself."""

    tokens = frozenset(["dict"])
    standard = False

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 - a class
        self.kind, self.said = kind, kind.__qualname__
        known = "by_name" in inspect.signature(kind.model_validate_json).parameters
        self._by_name = {"by_name": True, "by_alias": True} if known else {}

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        if type(value) is not self.kind:
            raise misfit(value, where, self.said)
        by_alias = not self._by_name  # an older pydantic reads fields by their aliases only
        for round_trip in (False, True):  # with what it computes of its fields, else without
            tree = value.model_dump(mode="json", by_alias=by_alias, round_trip=round_trip)
            if token_of(tree) == "dict" and self._gives(tree, value):
                return tree
        raise ValueError(f"{where} is not the same once it was JSON: {value!r}")

    def _gives(self, tree: Any, value: Any) -> bool:  # noqa: ANN401 - a tree, any value
        try:
            return bool(self._of(tree) == value)
        except ValueError:
            return False

    def _of(self, tree: Any) -> Any:  # noqa: ANN401 - a tree in, any value out
        return self.kind.model_validate_json(json_text(tree), **self._by_name)

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        if not isinstance(tree, dict):
            raise misfit(tree, where, self.said)
        return self._of(tree)


def _is_row(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether a value is a row of items, and not one text or a mapping."""
    kinds = (list, tuple, set, frozenset, collections.deque, range, collections.abc.MappingView)
    return isinstance(value, kinds)


def fixed_fields(kind: Any) -> None:  # noqa: ANN401 - a dataclass
    """Raises UntoldError for a dataclass that takes what it does not keep."""
    for name, field in kind.__dataclass_fields__.items():
        if "InitVar" in str(getattr(field, "type", "")):
            raise UntoldError(
                f"{kind.__qualname__} takes {name!r} as an InitVar, which it does not keep",
                "return its fields as a dict",
            )
