"""What the fields of dataclasses, attrs classes and pydantic models were given, as they keep it.

Reads fields and syntax trees; runs nothing.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.written.classes.field_state import pydantic_fields
from sfdag_magics.bundle.written.classes.members import Member, statements

#: The calls that make a field, as their last name is.
_CALLS = frozenset(("field", "Field", "ib", "attrib", "Factory", "PrivateAttr"))
_MISSING = object()
#: What `@x.validator` adds methods of the class to.
_VALIDATED = ("validator",)


def field_arguments(
    kind: type, name: str, member: Member
) -> Iterator[tuple[str, ast.expr, object]]:
    """`(argument, what is written, what it was)` of the field of this name."""
    if not isinstance(member, ast.expr):
        return
    plain: Mapping[str, Any] = attributes_of(kind).get("__dataclass_fields__", {})
    attrs: Any = attributes_of(kind).get("__attrs_attrs__", ())
    if name in plain:
        yield from _given(member, plain[name], without=("default",))
    for each in attrs:
        if each.name == name:
            yield from _of_attrs(member, each)
    private: Mapping[str, Any] = attributes_of(kind).get("__private_attributes__", {})
    if name in private:
        yield from _of_private(member, private[name])
    if (field := pydantic_fields(kind).get(name)) is not None:
        yield from _given(member, field, without=("default",), more=field.metadata)


def limits_in_hints(kind: type, node: ast.ClassDef) -> Iterator[tuple[str, ast.expr, object]]:
    """`(field and argument, what is written, what it was)` of `Annotated[int, Field(ge=K)]`."""
    models = pydantic_fields(kind)
    for each in statements(node) if models else ():
        if not isinstance(each, ast.AnnAssign) or not isinstance(each.target, ast.Name):
            continue
        name = each.target.id
        for call in ast.walk(each.annotation) if name in models else ():
            if isinstance(call, ast.Call):
                more = (models[name], *models[name].metadata)
                for argument, said, value in _kept(call, more, without=("default",)):
                    yield f"{name}.{argument}", said, value
                yield from _positional(name, call, models[name].metadata)


def _positional(
    name: str, call: ast.Call, limits: Iterable[object]
) -> Iterator[tuple[str, ast.expr, object]]:
    """What `Ge(K)` was given, which is a dataclass."""
    for limit in limits:
        if ast.unparse(call.func).rpartition(".")[2] == type(limit).__name__:
            fields = attributes_of(type(limit)).get("__dataclass_fields__", {})
            for said, argument in zip(call.args, fields, strict=False):
                yield f"{name}.{argument}", said, getattr(limit, argument)


def _of_private(member: ast.expr, field: Any) -> Iterator[tuple[str, ast.expr, object]]:  # noqa: ANN401 - a ModelPrivateAttr
    """Of `_x: int = PrivateAttr(K)`, or of its default alone."""
    call = _call(member)
    given = [member] if call is None else call.args[:1]
    yield from (("default", each, field.default) for each in given)
    yield from _given(member, field)


def _of_attrs(member: ast.expr, field: Any) -> Iterator[tuple[str, ast.expr, object]]:  # noqa: ANN401 - an Attribute
    call = _call(member)
    if call is None:
        yield "default", member, field.default
        return
    factory = getattr(field.default, "factory", _MISSING)
    if factory is _MISSING:
        yield from _given(call, field, without=_VALIDATED)
        return
    said = {each.arg: each.value for each in call.keywords}
    if ast.unparse(call.func).endswith("Factory") and call.args:
        said["factory"] = call.args[0]
    if said.get("factory") is not None:
        yield "factory", said["factory"], factory
    yield from _given(call, field, without=("default", "factory", *_VALIDATED))


def _call(member: ast.expr) -> ast.Call | None:
    if not isinstance(member, ast.Call):
        return None
    return member if ast.unparse(member.func).rpartition(".")[2] in _CALLS else None


def _given(
    member: ast.expr,
    field: Any,  # noqa: ANN401 - of whichever library
    *,
    without: tuple[str, ...] = (),
    more: Any = (),  # noqa: ANN401 - pydantic's limits
) -> Iterator[tuple[str, ast.expr, object]]:
    """The keywords of the call that a field keeps under their own names."""
    if (call := _call(member)) is not None:
        yield from _kept(call, (field, *more), without)


def _kept(
    call: ast.Call, fields: tuple[Any, ...], without: tuple[str, ...]
) -> Iterator[tuple[str, ast.expr, object]]:
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in without:
            continue
        kept = [getattr(each, keyword.arg, _MISSING) for each in fields]
        for value in [each for each in kept if each is not _MISSING][:1]:
            yield keyword.arg, keyword.value, _seen_through(value)


def _seen_through(value: object) -> object:
    """A dict behind a view of it."""
    return dict(value) if isinstance(value, types.MappingProxyType) else value
