"""Members of enums and fields of pydantic models against their text: what it may make otherwise."""

from __future__ import annotations

import ast
import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.written.as_written import (
    UNKNOWN,
    as_written,
    is_plain,
    same_value,
)
from sfdag_magics.bundle.written.cell_texts import names_in
from sfdag_magics.bundle.written.classes.members import Member
from sfdag_magics.bundle.written.computed import (
    Computed,
    Fit,
    fit,
    fixed_value,
    is_fixed,
    made_fixed,
)

#: Where pydantic keeps the fields of a model.
FIELDS = "__pydantic_fields__"
#: The data types of enums whose members are what the text says.
_AS_WRITTEN = (object, int, float, complex, str, bytes, tuple)
#: Where an enum finds its members by their values.
_BY_VALUE = "_value2member_map_"
#: The calls that say how a field is, its default among it.
_FIELDS = ("Field", "field", "ib", "attrib")


def has_other_members(
    kind: enum.EnumMeta, written: Mapping[str, Member], namespace: Mapping[str, object]
) -> bool:
    """Whether the text has more members, or says another value by itself: `date(2026, 1, 2)`.

    What it says by names is what these were as it ran: see `as_it_ran`.
    """
    has_more = any(
        isinstance(node, ast.expr) and not name.startswith("_") and name not in vars(kind)
        for name, node in written.items()
    )
    if has_more and "_ignore_" not in written:
        return True
    outside = {key: value for key, value in namespace.items() if key not in written}
    data_names = {key for key, value in outside.items() if not is_a(value, type)}
    if "__new__" in written:
        return False  # it gives them their values
    pairs = [
        (fixed_value(node, outside), member.value)
        for name, node in written.items()
        if isinstance(node, ast.expr)
        and data_names.isdisjoint(names_in(node))
        and isinstance(member := vars(kind).get(name), enum.Enum)
    ]
    return any(
        made is not UNKNOWN and type(made) is type(now) and repr(made) != repr(now)
        for made, now in pairs
    )


def makes_values(kind: type) -> bool:
    """Whether an enum's values are made of what its text says: `class Day(date, Enum)`."""
    data = attributes_of(kind).get("_member_type_", object) if is_a(kind, enum.EnumMeta) else object
    return data not in _AS_WRITTEN


def made_of(value: Any, node: ast.expr, namespace: Mapping[str, object]) -> object:  # noqa: ANN401 - of any data type
    """What the data type of an enum was given for a member's value: `(2026, 1, 2)` for a date.

    None where the text gives it the same by now, or the type does not tell.
    """
    said = as_written(node, namespace)
    given = said if isinstance(said, tuple) else (said,)
    is_same = is_plain(said) and repr(made_fixed(type(value), given)) == repr(value)
    if is_same or not names_in(node):
        return None
    return given_for(value)


def given_for(value: Any) -> object:  # noqa: ANN401 - of any data type
    """The arguments of which its class makes a value again; None where it does not tell."""
    if dataclasses.is_dataclass(value):
        return tuple(getattr(value, each.name) for each in dataclasses.fields(value) if each.init)
    maker, arguments, *_state = value.__reduce_ex__(4) if is_fixed(value) else (None, ())
    return arguments if maker is type(value) else None


def said_of_members(kind: enum.EnumMeta, written: Mapping[str, Member]) -> dict[str, object]:
    """`{path: value}` of attributes of members, which a cell gave them or their own methods.

    None of members that let nothing be set: those of `class Planets(Planet, Enum)`, a frozen one.
    """
    setting: object = kind.__setattr__
    if setting is not object.__setattr__:
        return {}
    makes_its_own = "__init__" in written or "__new__" in written
    members: Mapping[str, enum.Enum] = kind.__members__
    return {
        f"{name}.{key}": Computed(value=value, nodes=()) if makes_its_own else value
        for name, member in members.items()
        if name == member.name
        for key, value in vars(member).items()
        if not key.startswith("_")
    } | _other_values(kind)


def _other_values(kind: enum.EnumMeta) -> dict[str, object]:
    """Values by which a cell let a member be found that has another one."""
    own: Mapping[str, enum.Enum] = kind.__members__
    members = {id(member) for member in own.values()}
    found: Mapping[object, enum.Enum] = vars(kind).get(_BY_VALUE, {})
    return {
        f"{_BY_VALUE}[{value!r}]": member
        for value, member in found.items()
        if id(member) in members and is_plain(value) and not same_value(value, member.value)
    }


def pydantic_fields(kind: type) -> Mapping[str, Any]:
    """The fields of a model of its own; none where it is no model."""
    return vars(kind).get("model_fields") or vars(kind).get("__pydantic_fields__") or {}


def other_field_defaults(
    kind: type, written: Mapping[str, Member], namespace: Mapping[str, object]
) -> dict[str, Computed]:
    """Defaults of a pydantic model that its text may make otherwise by now."""
    found = {}
    for name, field in pydantic_fields(kind).items():
        node = written.get(name)
        if (
            not isinstance(node, ast.expr)
            or type(field.default).__name__ == "PydanticUndefinedType"
        ):
            continue
        said = default_of(node)
        if fit(said, field.default, namespace) is not Fit.SAME:
            path = f"{FIELDS}[{name!r}].default"
            found[path] = Computed(value=field.default, nodes=(node,))
    return found


def default_of(node: ast.expr) -> ast.expr:
    """The default in `Field(default, ...)` or `field(default=...)`; else the node is it."""
    match node:
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in _FIELDS:
            named = [each.value for each in node.keywords if each.arg == "default"]
            return [*node.args, *named, node][0]
    return node
