"""From an annotation, as it is where the task runs, to the form of its values. Python 3.9.

An annotation may be an alias, `Annotated`, a class of the notebook: what counts is what it is, not
how it is spelled. A type whose values do not travel is refused with what to return instead.
"""

from __future__ import annotations

import collections
import collections.abc
import dataclasses
import decimal
import enum
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from .container_forms import Items, Keyed, Model, Record, Row, fixed_fields
from .forms import Choice, Either, Form, Nothing, UntoldError
from .scalar_forms import scalar_form

_TO_A_TABLE = "write it to a table, a model to the registry, and return its name"
#: What is said of types that people try, by the name of the type.
_INSTEAD = {
    "ndarray": "return x.tolist(), annotated list[float], or write a table and return its name",
    "Series": "return s.to_dict() or s.tolist(), or write a table and return its name",
    "DataFrame": "write it to a table (session.write_pandas, df.write.save_as_table) and return "
    "its name: -> str",
    "Table": "return the table's name: -> str",
    "defaultdict": "return dict(…): what makes its missing values does not travel",
    "range": "return list(…)",
    "Iterator": "return list(…)",
    "Generator": "return list(…)",
    "generator": "return list(…)",
    **dict.fromkeys(("ForwardRef", "str"), "say the type itself, or typing.Any there"),
    "Session": "every task is given its own session",
}
_ROWS: dict[Any, tuple[Any, Callable[[list[Any]], Any]]] = {
    **dict.fromkeys((list, collections.abc.Sequence, collections.abc.Iterable), (list, list)),
    **dict.fromkeys((collections.abc.Collection, collections.abc.MutableSequence), (list, list)),
    **dict.fromkeys((set, collections.abc.Set, collections.abc.MutableSet), (set, set)),
    frozenset: (frozenset, frozenset),
    collections.deque: (collections.deque, collections.deque),
}
_MAPPINGS: dict[Any, Any] = {
    **dict.fromkeys((dict, collections.abc.Mapping, collections.abc.MutableMapping), dict),
    collections.OrderedDict: collections.OrderedDict,
    collections.Counter: collections.Counter,
}
#: `{type variable: what it is here}`.
_Bound = Mapping[Any, Any]


class _NoType:
    """What a bare `object()` is: its own type stands for any."""


class Open(Form):
    """What says no type: values are written as JSON has them, and read as JSON says."""

    kind, said = Any, "typing.Any"

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        kind = type(value)
        if value is None or kind in (bool, int, float, str):
            return value
        if isinstance(value, dict):
            return Keyed(dict, self, self, "dict").write(value, where)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value)]
            return {name: self.write(getattr(value, name), f"{where}.{name}") for name in names}
        if isinstance(value, tuple):
            return [self.write(each, f"{where}[{i}]") for i, each in enumerate(value)]
        return self._form_of(kind, where).write(value, where)

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, JSON's types out
        if isinstance(tree, list):
            return [self.read(each, where) for each in tree]
        if isinstance(tree, dict):
            return {key: self.read(each, where) for key, each in tree.items()}
        return float(tree) if isinstance(tree, decimal.Decimal) else tree

    @staticmethod
    def _form_of(kind: type, where: str) -> Form:
        base = next((b for b in (int, float, list, set, bytes) if issubclass(kind, b)), kind)
        plain = kind if issubclass(kind, enum.Enum) or kind.__module__ == "numpy" else base
        try:
            return form_of(_NoType if plain is object else plain)
        except UntoldError as exc:
            said = f"{kind.__module__}.{kind.__qualname__}"
            raise TypeError(f"{where} is a {said}, which JSON cannot carry: {exc.hint}") from None


def form_of(kind: Any, bound: _Bound = types.MappingProxyType({})) -> Form:  # noqa: ANN401 - any annotation
    """The form of a type's values.

    Raises:
        UntoldError: they do not travel; says what to return instead.
    """
    kind = _bare(kind, bound)
    origin, arguments = typing.get_origin(kind) or kind, typing.get_args(kind)
    if kind in (Any, object):
        return Open()
    if kind in (None, type(None), typing.NoReturn):
        return Nothing()
    if origin is typing.Union or type(kind).__name__ == "UnionType":
        return _either([form_of(each, bound) for each in arguments])
    if origin is typing.Literal:
        return Choice(str(kind), [(each, Open().write(each, "it")) for each in arguments])
    found = _of_parts(kind, origin, arguments, bound)
    if found is None:
        found = _of_class(origin, arguments, bound) if isinstance(origin, type) else None
    if found is None:
        raise UntoldError(f"{_said(kind)}, whose values do not travel", _instead(origin))
    return found


def _either(arms: list[Form]) -> Form:
    return Open() if any(isinstance(arm, Open) for arm in arms) else Either(arms)


def _bare(kind: Any, bound: _Bound) -> Any:  # noqa: ANN401 - any annotation
    """What an annotation is below aliases, `Annotated`, NewType, Required and type variables."""
    while True:
        if isinstance(kind, typing.TypeVar):
            several = kind.__constraints__
            within = typing.Union[several] if several else kind.__bound__  # noqa: UP007 - Python 3.9
            kind = bound.get(kind, within or Any)
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        elif hasattr(kind, "__metadata__"):
            kind = kind.__origin__
        elif type(kind).__name__ == "TypeAliasType":
            kind = kind.__value__
        elif getattr(typing.get_origin(kind), "_name", "") in ("Required", "NotRequired", "Final"):
            kind = typing.get_args(kind)[0]
        else:
            return kind


def _of_parts(kind: Any, origin: Any, arguments: Any, bound: _Bound) -> Form | None:  # noqa: ANN401 - any annotation
    try:
        is_row, is_mapping = origin in _ROWS, origin in _MAPPINGS
    except TypeError:  # not hashable
        return None
    if is_row:
        plain, made = _ROWS[origin]
        item = form_of(arguments[0], bound) if arguments else Open()
        said = "collections.deque" if plain is collections.deque else plain.__name__
        return Items(plain, made, item, said)
    if is_mapping:
        made = _MAPPINGS[origin]
        key = form_of(arguments[0], bound) if arguments else Open()
        last = int if made is collections.Counter else arguments[1] if arguments else Any
        said = "dict" if made is dict else f"collections.{made.__name__}"
        return Keyed(made, key, form_of(last, bound), said)
    if origin is tuple and not (arguments or typing.get_origin(kind)):
        return Items(tuple, tuple, Open(), "tuple")
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return Items(tuple, tuple, form_of(arguments[0], bound), "tuple")
    if origin is tuple:
        inside = () if arguments == ((),) else arguments
        return Row(tuple, lambda: tuple(form_of(each, bound) for each in inside))
    return scalar_form(origin)


def _of_class(kind: Any, arguments: Any, bound: _Bound) -> Form | None:  # noqa: ANN401 - a class
    if issubclass(kind, enum.Enum):
        return _of_enum(kind)
    inner = dict(zip(getattr(kind, "__parameters__", ()), arguments)) or bound  # noqa: B905 - Python 3.9

    def fields() -> dict[str, Form]:
        hints = hints_of(kind, extras=True)
        names = dict.fromkeys([*hints, *getattr(kind, "__annotations__", {})])
        return {name: form_of(hints.get(name, Any), inner) for name in names}

    if dataclasses.is_dataclass(kind):
        fixed_fields(kind)
        names = [field.name for field in dataclasses.fields(kind)]
        made = Record(kind, lambda: {n: fields().get(n, Open()) for n in names}, frozenset())
        if arguments:
            made.said += f"[{', '.join(form_of(each, bound).said for each in arguments)}]"
        return made
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return Row(kind, lambda: tuple(fields().get(name, Open()) for name in kind._fields))
    if issubclass(kind, dict) and hasattr(kind, "__total__"):
        return Record(kind, fields, frozenset(getattr(kind, "__required_keys__", ())))
    return Model(kind) if hasattr(kind, "model_validate_json") else None


def _of_enum(kind: Any) -> Form:  # noqa: ANN401 - an enum
    """By the members' values where these are JSON's own, else by their names."""
    plain = all(type(each.value) in (bool, int, float, str) for each in kind)
    is_text = issubclass(kind, str)
    pairs = [(e, str.__str__(e) if is_text else e.value if plain else e.name) for e in kind]
    return Choice(kind.__qualname__, pairs, kind)


def _said(kind: Any) -> str:  # noqa: ANN401 - any annotation
    name = getattr(kind, "__qualname__", None) if not typing.get_args(kind) else None
    module = getattr(kind, "__module__", "builtins").partition(".")[0]
    return str(kind) if name is None else name if module == "builtins" else f"{module}.{name}"


def _instead(kind: Any) -> str:  # noqa: ANN401 - a type
    names = [each.__name__ for each in getattr(kind, "__mro__", (type(kind),))]
    return next((_INSTEAD[name] for name in names if name in _INSTEAD), _TO_A_TABLE)


def hints_of(function: Any, *, extras: bool = False) -> dict[str, Any]:  # noqa: ANN401 - a function or class
    """`{parameter: its type}`, as far as the names in its annotations are there."""
    if type(function) is types.FunctionType and not (function.__annotations__ or vars(function)):
        return {}
    try:
        return typing.get_type_hints(function, include_extras=extras)
    except Exception:  # noqa: BLE001 - an annotation is the user's code; the others are read
        return _hints_one_by_one(function)


def _hints_one_by_one(function: Any) -> dict[str, Any]:  # noqa: ANN401 - the user's function
    found: dict[str, Any] = {}
    names = getattr(function, "__globals__", {})
    for name, kind in getattr(function, "__annotations__", {}).items():
        alone = types.SimpleNamespace(__annotations__={name: kind})
        try:
            found.update(typing.get_type_hints(alone, globalns=names))
        except Exception:  # noqa: BLE001, S112 - this one says nothing
            continue
    return found
