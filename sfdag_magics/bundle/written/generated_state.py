"""Functions that a class got for its fields, and the fields: what was set in them since.

`dataclass`, attrs and `namedtuple` make them; no text of the notebook says them.
"""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Collection, Iterator, Mapping
from typing import TypeGuard

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a
from sfdag_magics.bundle.written.as_written import is_plain, same_value
from sfdag_magics.bundle.written.classes.members import Member
from sfdag_magics.bundle.written.computed import Computed

#: Where attrs keeps the fields of a class.
ATTRS_FIELDS = "__attrs_attrs__"
#: File names of code that libraries generate.
GENERATED = ("<string", "<attrs")
_DATACLASS_FIELDS = "__dataclass_fields__"
_MISSING = object()
#: Stands for the default of a field that is made anew for each instance.
_MADE_ANEW = object()
#: Types of what stands for "none" and "made anew" in fields and parameters: dataclasses', attrs'.
_NONE = ("_MISSING_TYPE", "_Nothing")
_ANEW = ("_HAS_DEFAULT_FACTORY_CLASS", *_NONE)


def generated_changes(kind: type, written: Mapping[str, Member]) -> dict[str, object]:
    """`{path: value}` of what was set in what a class got for its fields.

    Args:
        written: what its own text sets.
    """
    own = attributes_of(kind)
    found: dict[str, object] = {}
    for name, value in own.items():
        function = value.__func__ if is_a(value, staticmethod) else value
        if name in written or not is_generated(function):
            continue
        found.update((f"{name}.{key}", each) for key, each in given_since(function))
        if name == maker_of(kind):
            found.update((f"{name}.{key}", each) for key, each in _other_defaults(kind, function))
    return {**found, **_said_of_fields(kind, written)}


def _said_of_fields(kind: type, written: Mapping[str, Member]) -> dict[str, object]:
    """What was said of the fields of a dataclass whose text says nothing of them."""
    own = attributes_of(kind)
    fields = own.get(_DATACLASS_FIELDS, {})
    return {
        f"{_DATACLASS_FIELDS}[{name!r}].metadata": field.metadata
        for name, field in fields.items()
        if name in own.get("__annotations__", {})
        and field.metadata
        and not _says_more(written.get(name))
    }


def _says_more(node: Member) -> bool:
    """Whether the call that makes a field gives it metadata."""
    given = node.keywords if isinstance(node, ast.Call) else ()
    return any(each.arg in ("metadata", None) for each in given)


def is_generated(value: object) -> TypeGuard[types.FunctionType]:
    """Whether a function was made of a text that a library wrote."""
    return is_a(value, types.FunctionType) and value.__code__.co_filename.startswith(GENERATED)


def defaults_by_attribute(kind: type) -> dict[str, object]:
    """`{attribute: the default of its field}` of a dataclass or attrs class, where it is fixed."""
    own = attributes_of(kind)
    found = {name: each.default for name, each in own.get(_DATACLASS_FIELDS, {}).items()}
    found |= {each.name: each.default for each in own.get(ATTRS_FIELDS, ())}
    left_out = (*_NONE, "Factory")
    return {name: each for name, each in found.items() if type(each).__name__ not in left_out}


def got_from_dataclass(kind: type, function: types.FunctionType) -> bool:
    """Whether `dataclass` can have given a class this function, and nobody has changed it since."""
    fields = attributes_of(kind).get(_DATACLASS_FIELDS)
    if fields is None or not is_generated(function):
        return False
    if function.__name__ != maker_of(kind):
        return True
    code = function.__code__
    names = set(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
    taken = {each.name for each in dataclasses.fields(kind) if each.init}
    return taken <= names <= fields.keys() and not dict(_other_defaults(kind, function))


def maker_of(kind: type) -> str:
    """The name of the function that takes a class's fields."""
    return "__new__" if kind.__bases__ == (tuple,) else "__init__"


def given_since(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    """Data that is kept as an attribute of a function, other than of the one that it wraps."""
    copied = attributes_of(attributes_of(function).get("__wrapped__"))
    for name, value in attributes_of(function).items():
        inner = name.startswith("__") and name.endswith("__")
        if not inner and is_plain(value) and copied.get(name, _MISSING) is not value:
            yield name, value


def _other_defaults(kind: type, function: types.FunctionType) -> Iterator[tuple[str, object]]:
    fields = _defaults_of_fields(kind)
    if fields is None:
        return
    code, given = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount]
    # Python looks at the last ones, also where more were set than there are parameters.
    by_position = dict(zip(reversed(names), reversed(given), strict=False))
    named = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    if _are_other(names, by_position, fields):
        yield "__defaults__", _kept_where_made(given)
    by_name: Mapping[str, object] = attribute_of(function, "__kwdefaults__") or {}
    if _are_other(named, by_name, fields):
        yield "__kwdefaults__", _kept_where_made(by_name)


def _kept_where_made(given: tuple[object, ...] | Mapping[str, object]) -> object:
    """Defaults among which are a library's own, which only its text gives."""
    values = given.values() if isinstance(given, Mapping) else given
    return Computed(value=given, nodes=()) if any(map(_is_made_anew, values)) else given


def _defaults_of_fields(kind: type) -> Mapping[str, object] | None:
    """`{parameter: the default of its field}`, where it has one; None where it has no fields."""
    own = attributes_of(kind)
    if kind.__bases__ == (tuple,):
        return own.get("_field_defaults")
    if _DATACLASS_FIELDS not in own and ATTRS_FIELDS not in own:
        return None
    found: dict[str, object] = {}
    for name, field in own.get(_DATACLASS_FIELDS, {}).items():
        is_anew = type(field.default_factory).__name__ not in _NONE
        found[name] = _MADE_ANEW if is_anew else field.default
    for field in own.get(ATTRS_FIELDS, ()):
        is_anew = type(field.default).__name__ == "Factory"
        found[field.alias] = _MADE_ANEW if is_anew else field.default
    return {name: each for name, each in found.items() if type(each).__name__ not in _NONE}


def _are_other(
    names: Collection[str], given: Mapping[str, object], fields: Mapping[str, object]
) -> bool:
    expected = {name: fields[name] for name in names if name in fields}
    return expected.keys() != given.keys() or not all(
        _is_made_anew(each) if expected[name] is _MADE_ANEW else same_value(each, expected[name])
        for name, each in given.items()
    )


def _is_made_anew(value: object) -> bool:
    return type(value).__name__ in _ANEW
