"""Classes that a call made and no text says: `namedtuple`, `Enum`, `make_dataclass`, `type`."""

from __future__ import annotations

import abc
import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of, name_of_class
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.lines.since import line_of
from sfdag_magics.bundle.taking.terms.contents import slots_of
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.written.classes.field_state import given_for, makes_values, said_of_members
from sfdag_magics.bundle.written.generated_state import generated_changes

#: What Python puts into every class by itself.
_OF_EACH = frozenset(
    {"__dict__", "__weakref__", "__module__", "__doc__", "__abstractmethods__", "_abc_impl"}
    | {"__firstlineno__", "__static_attributes__", "__qualname__"}
)
_USUAL = ("init", "repr", "eq")
_NOT_USUAL = ("order", "unsafe_hash", "frozen")
_PARAMETERS = (*_USUAL, *_NOT_USUAL)


def is_made_by_types(kind: type) -> bool:
    """Whether `new_class` or `make_dataclass` made a class: it calls itself one of `types`."""
    return module_of(kind) == "types" and vars(types).get(name_of_class(kind)) is not kind


def call_of(bench: Bench, kind: type) -> str:
    """The call that makes the class anew.

    Raises:
        Refused: it was made in a way that nobody knows.
        NoExpression: a part of it cannot be written.
    """
    fields = getattr(kind, "_fields", None)
    if kind.__bases__ == (tuple,) and isinstance(fields, tuple):
        defaults = list(getattr(kind, "_field_defaults", {}).values())
        more = f", defaults={bench.part(defaults)}" if defaults else ""
        head = f"{bench.module('collections')}.namedtuple"
        return f"{head}({name_of_class(kind)!r}, {list(fields)!r}{more})"
    if isinstance(kind, enum.EnumMeta):
        return _enum(bench, kind)
    if typing.is_typeddict(kind):
        hints, total = bench.part(dict(kind.__annotations__)), vars(kind)["__total__"]
        head = f"{bench.module('typing')}.TypedDict"
        return f"{head}({name_of_class(kind)!r}, {hints}, total={total!r})"
    if "__dataclass_params__" in vars(kind):
        return _dataclass(bench, kind)
    if "__pydantic_fields__" in vars(kind):
        return _model(bench, kind)
    return _by_type(bench, kind)


def _model(bench: Bench, kind: Any) -> str:  # noqa: ANN401 - a model of pydantic
    """A generic model of some types, or what `create_model` made."""
    generic = kind.__pydantic_generic_metadata__
    if generic["origin"] is not None:
        return f"{bench.part(generic['origin'])}[{bench.part(generic['args'])}]"
    own = vars(kind).get("__annotations__", {})
    is_plain = not any(is_a(each, types.FunctionType) for each in vars(kind).values())
    if not is_plain or len(kind.__bases__) > 1:
        raise Refused(
            "whose source is not known", "write it with class in a cell and run that cell"
        )
    fields = {name: (hint, kind.__pydantic_fields__[name]) for name, hint in own.items()}
    said = [f"__base__={bench.part(kind.__bases__[0])}", f"__doc__={kind.__doc__!r}"]
    said.append(f"**{bench.part(fields)}")
    head = f"{bench.module('pydantic')}.create_model"
    return f"{head}({name_of_class(kind)!r}, {', '.join(said)})"


def _enum(bench: Bench, kind: enum.EnumMeta) -> str:
    members: dict[str, Any] = {key: kind[key].value for key in kind.__members__}
    if makes_values(kind):
        members = {key: given_for(each) for key, each in members.items()}
        if None in members.values():
            raise NoExpression(kind)
    base = next(each for each in kind.__mro__[1:] if isinstance(each, enum.EnumMeta))
    data = [each for each in kind.__bases__ if each is not base]
    given = [repr(name_of_class(kind)), bench.part(members)]
    if len(data) > 1:
        raise NoExpression(kind)
    given += [f"type={bench.part(each)}" for each in data]
    return f"{bench.part(base)}({', '.join(given)})"


def later_lines(bench: Bench, name: str, kind: type) -> list[str]:
    """What was set on the class since: its functions may know the class itself."""
    given: Mapping[str, object]
    if is_by_type(bench, kind):
        given = {k: v for k, v in vars(kind).items() if isinstance(v, types.FunctionType)}
    elif isinstance(kind, enum.EnumMeta):
        given = said_of_members(kind, {})
    else:
        fields = getattr(kind, "_fields", None) or getattr(kind, "__annotations__", {})
        given = {
            key: each
            for key, each in vars(kind).items()
            if key not in fields and not key.startswith("_")
        }
    set_since = {**given, **generated_changes(kind, {})}
    lines = [
        line for key, each in set_since.items() for line in line_of(bench, f"{name}.{key}", each)
    ]
    return lines + (_texts(name, kind) if kind.__bases__ == (tuple,) else [])


def _texts(name: str, kind: Any) -> list[str]:  # noqa: ANN401 - a class of `namedtuple`
    """What a tuple with names and its fields say of themselves, where that was set."""
    given = {name: (kind.__doc__, f"{kind.__name__}({', '.join(kind._fields)})")}
    for number, field in enumerate(kind._fields):
        said = getattr(kind, field).__doc__
        given[f"{name}.{field}"] = (said, f"Alias for field number {number}")
    return [f"{path}.__doc__ = {now!r}" for path, (now, was) in given.items() if now != was]


def is_by_type(bench: Bench, kind: type) -> bool:
    """Whether a call of `type`, or of a metaclass of the notebook, can have made a class."""
    is_known = type(kind) in (type, abc.ABCMeta) or bench.is_of_notebook(type(kind))
    plain = is_known and not is_a(kind, enum.EnumMeta) and kind.__bases__ != (tuple,)
    return plain and "__dataclass_params__" not in vars(kind)


def _by_type(bench: Bench, kind: type) -> str:
    if not is_by_type(bench, kind):
        raise Refused(
            "whose source is not known", "write it with class in a cell and run that cell"
        )
    own: dict[str, object] = {
        key: each
        for key, each in vars(kind).items()
        if not isinstance(each, types.FunctionType)
        and not (key in _OF_EACH or key in slots_of(kind))
        and not (key == "__annotations__" and not each)  # which Python makes when it is asked
    }
    own |= {"__doc__": kind.__doc__} if kind.__doc__ else {}
    bases = bench.part(kind.__bases__) if kind.__bases__ != (object,) else "()"
    return f"{bench.part(type(kind))}({name_of_class(kind)!r}, {bases}, {bench.part(own)})"


def _dataclass(bench: Bench, kind: type) -> str:
    made_by_us = {each.name: each for each in dataclasses.fields(kind)}
    params: Any = vars(kind)["__dataclass_params__"]
    if kind.__bases__ != (object,):
        raise NoExpression(kind)
    said = [f"{key}={getattr(params, key)!r}" for key in _PARAMETERS]
    said += ["slots=True"] if "__slots__" in vars(kind) else []
    fields = ", ".join(_field(bench, each) for each in made_by_us.values())
    head = f"{bench.module('dataclasses')}.make_dataclass"
    return f"{head}({name_of_class(kind)!r}, [{fields}], {', '.join(said)})"


def into_dataclass(bench: Bench, name: str, kind: type) -> str | None:
    """The line that makes the fields' functions, where a decorator of the notebook did: else None.

    Raises:
        Refused: it is not Python's own `dataclass` that made them.
    """
    own = attributes_of(kind)
    params = own.get("__dataclass_params__")
    of_pydantic = params is not None and "__pydantic_validator__" in own
    for is_its, maker in ((of_pydantic, "pydantic"), ("__attrs_attrs__" in own, "attrs")):
        if is_its:
            raise Refused(
                f"a class that a decorator of the notebook made one of {maker}",
                f"write the decorator of {maker} above the class itself",
            )
    if params is None:
        return None
    said = [f"{key}=True" for key in _NOT_USUAL if getattr(params, key)]
    said += [f"{key}=False" for key in _USUAL if not getattr(params, key)]
    said += ["slots=True"] if "__slots__" in own else []
    known = own["__dataclass_fields__"]
    fields = [known[key] for key in own.get("__annotations__", ()) if key in known]
    said += ["kw_only=True"] if fields and all(each.kw_only for each in fields) else []
    made = f"{bench.module('dataclasses')}.dataclass({', '.join(said)})({name})"
    return f"if '__dataclass_params__' not in vars({name}): {name} = {made}"


def _field(bench: Bench, field: dataclasses.Field[Any]) -> str:
    given = {"default": field.default, "default_factory": field.default_factory}
    said = [
        f"{key}={bench.part(each)}"
        for key, each in given.items()
        if each is not dataclasses.MISSING
    ]
    said += [f"{key}={getattr(field, key)!r}" for key in ("init", "repr", "hash", "compare")]
    said += [f"kw_only={field.kw_only!r}"]
    made = f"{bench.module('dataclasses')}.field({', '.join(said)})"
    return f"({field.name!r}, {bench.part(field.type)}, {made})"
