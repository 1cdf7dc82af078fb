"""What the expressions in a definition were as it ran, as far as what it made keeps them.

A text that runs again computes them anew, with the names as they are by then. What is set behind
a definition is not looked for here. Reads values and syntax trees; runs nothing.
"""

from __future__ import annotations

import ast
import enum
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.cannot_run import cannot_run
from sfdag_magics.bundle.written.cell_texts import names_in
from sfdag_magics.bundle.written.classes.bases import made_bases
from sfdag_magics.bundle.written.classes.field_arguments import field_arguments, limits_in_hints
from sfdag_magics.bundle.written.classes.field_state import made_of, makes_values
from sfdag_magics.bundle.written.classes.members import Member, members, statements
from sfdag_magics.bundle.written.computed import Fit, fit
from sfdag_magics.bundle.written.functions_in import functions_in
from sfdag_magics.bundle.written.hints import other_hints
from sfdag_magics.light_classes import dataclass

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_NOT_KEPT = object()
_IN_SLOTS = (types.MemberDescriptorType, types.GetSetDescriptorType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """An expression of a definition, and what it was when that ran.

    Attributes:
        path: what it is of, for people.
        is_lost: whether the text has no way to make the same, nor another that would do.
    """

    path: str
    node: ast.expr
    value: object
    is_lost: bool = False


def defaults_as_they_ran(
    name: str, function: types.FunctionType, node: _Function, namespace: Mapping[str, object]
) -> list[Ran]:
    """The defaults of a function that its text makes otherwise by now, or may make so."""
    return _others(_defaults(name, function, node), namespace, frozenset())


def hints_as_they_ran(function: types.FunctionType, node: _Function) -> list[Ran]:
    """The annotations of a function, where they were computed as it was made."""
    said = [
        (each.arg, each.annotation) for each in ast.walk(node.args) if isinstance(each, ast.arg)
    ]
    said += [("return", None if isinstance(node, ast.Lambda) else node.returns)]
    kept = function.__annotations__
    return [
        Ran(path=f"the hint of {name}", node=hint, value=kept[name])
        for name, hint in said
        if hint is not None and name in kept and not is_a(kept[name], str)
    ]


def defaults_in(
    function: types.FunctionType, arguments: ast.arguments
) -> list[tuple[ast.expr, object]]:
    """Each default as it is written, with what the function keeps of it."""
    pairs = list(zip(arguments.defaults, function.__defaults__ or (), strict=False))
    named = function.__kwdefaults__ or {}
    for argument, said in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if said is not None and argument.arg in named:
            pairs.append((said, named[argument.arg]))
    return pairs


def class_as_it_ran(
    kind: type,
    node: ast.ClassDef,
    namespace: Mapping[str, object],
    is_lost: Callable[[ast.expr], bool],
) -> Iterator[Ran]:
    """What a class keeps of expressions in its text that are otherwise by now, or may be so.

    Defaults of plain methods and values of attributes are not among them: they can be set. But
    for those that cannot be computed where the text runs, at which it would fail.

    Args:
        is_lost: whether an expression takes what is not there where the text runs.
    """
    written = members(node)
    own = frozenset(written)
    found = [
        *_layout(kind, node, written),
        *_members(kind, written, namespace),
        *_methods(kind, node, written),
        *(
            Ran(path=f"{name}.{key}", node=said, value=value)
            for name, member in written.items()
            for key, said, value in field_arguments(kind, name, member)
        ),
        *(
            Ran(path=path, node=said, value=value)
            for path, said, value in limits_in_hints(kind, node)
        ),
    ]
    yield from _others([part for each in found for part in _parts(each)], namespace, own)
    yield from _failing(kind, node, namespace, is_lost)
    for path, said, value in made_bases(kind, node, namespace):
        yield Ran(path=path, node=said, value=value)
    for said, base in former_bases(kind, node, namespace):
        yield Ran(path="a base", node=said, value=base, is_lost=True)
    for name, hint, value in other_hints(kind, node, namespace):
        yield Ran(path=f"the hint of {name}", node=hint, value=value)
    for name, member in written.items():
        inner = attributes_of(kind).get(name)
        if isinstance(member, ast.ClassDef) and is_a(inner, type):
            yield from class_as_it_ran(inner, member, namespace, is_lost)


def _others(found: list[Ran], namespace: Mapping[str, object], own: frozenset[str]) -> list[Ran]:
    """Those that may be another; what only names attributes of its own class is what these are."""
    return [
        each
        for each in found
        if not (names_in(each.node) and names_in(each.node) <= own)
        and fit(each.node, each.value, namespace) is not Fit.SAME
    ]


def _failing(
    kind: type,
    node: ast.ClassDef,
    namespace: Mapping[str, object],
    is_lost: Callable[[ast.expr], bool],
) -> Iterator[Ran]:
    """Attributes, and defaults of plain methods, that were computed and fail by now."""
    written, found = members(node), list[Ran]()
    for name, said in written.items():
        value = attributes_of(kind).get(name, _NOT_KEPT)
        if isinstance(said, ast.FunctionDef | ast.AsyncFunctionDef) and _is_plain(value):
            for function in functions_in(value):
                found += _defaults(name, function, said)
        elif isinstance(said, ast.expr) and not isinstance(said, ast.Lambda | ast.Name):
            kept = _default_of_field(kind, name) if is_a(value, *_IN_SLOTS) else value
            found.append(Ran(path=name, node=said, value=kept))
    kept_by_it = getattr(kind, "__members__", {}) if isinstance(kind, enum.EnumMeta) else {}
    for each in _others(found, namespace, frozenset(written)):
        if each.value is _NOT_KEPT or each.path in kept_by_it:
            continue
        if cannot_run(each.node, namespace, written) or is_lost(each.node):
            yield replace(each, is_lost=True)


def _default_of_field(kind: type, name: str) -> object:
    """What a field in a slot is by itself, of which the class keeps nothing under its name."""
    own = attributes_of(kind)
    fields = own.get("__dataclass_fields__", {})
    if name in fields:
        return fields[name].default
    of_attrs = {each.name: each.default for each in own.get("__attrs_attrs__", ())}
    return of_attrs.get(name, _NOT_KEPT)


def _parts(ran: Ran) -> list[Ran]:
    """The defaults of a lambda, which itself is what is written."""
    if isinstance(ran.node, ast.Lambda) and isinstance(ran.value, types.FunctionType):
        return _defaults(ran.path, ran.value, ran.node)
    return [ran]


def former_bases(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> list[tuple[ast.expr, type]]:
    """Bases whose names the class itself took, or nothing has any more: `class Net(Net)`.

    Each as it is written, with what it is. One that was defined again is a mistake: see
    `class_conflicts`.
    """
    if len(node.bases) != len(kind.__bases__) or "__total__" in attributes_of(kind):
        return []
    pairs = list(zip(node.bases, kind.__bases__, strict=True))
    named = [(said, base, as_written(said, namespace)) for said, base in pairs]
    former: list[tuple[ast.expr, type]] = [
        (said, base)
        for said, base, now in named
        if isinstance(said, ast.Name) and (said.id == node.name or now is UNKNOWN)
    ]
    others = [(now, base) for said, base, now in named if (said, base) not in former]
    return former if all(now is base or now is UNKNOWN for now, base in others) else []


def _layout(kind: type, node: ast.ClassDef, written: Mapping[str, Member]) -> Iterator[Ran]:
    """What decides how a class is made, and is kept by it: its slots, `total` of a TypedDict."""
    own = attributes_of(kind)
    if isinstance(slots := written.get("__slots__"), ast.expr):
        yield Ran(path="__slots__", node=slots, value=own.get("__slots__"))
    for keyword in node.keywords:
        if keyword.arg == "total" and "__total__" in own:
            yield Ran(path="total", node=keyword.value, value=own["__total__"])


def _members(
    kind: type, written: Mapping[str, Member], namespace: Mapping[str, object]
) -> Iterator[Ran]:
    """The values of an enum's members; `auto()` and its kin know what they are to be."""
    if not isinstance(kind, enum.EnumMeta) or "__new__" in written:
        return
    found: Mapping[str, Any] = kind.__members__
    for name, node in written.items():
        if not isinstance(node, ast.expr) or name not in found or _is_automatic(node, written):
            continue
        if not makes_values(kind):
            yield Ran(path=name, node=node, value=found[name].value)
        elif (given := made_of(found[name].value, node, namespace)) is not None:
            yield Ran(path=name, node=node, value=given)


def _is_automatic(node: ast.expr, written: Mapping[str, Member]) -> bool:
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    return bool(calls) and all(ast.unparse(each.func).endswith("auto") for each in calls)


def _methods(kind: type, node: ast.ClassDef, written: Mapping[str, Member]) -> Iterator[Ran]:
    """Defaults of functions that stand inside of something: a property, a cache, an attribute."""
    nodes: list[_Function] = [
        each
        for each in statements(node)
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for member in written.values():
        inside = ast.walk(member) if isinstance(member, ast.expr) else ()
        nodes += [each for each in inside if isinstance(each, ast.Lambda)]
    for name, value in attributes_of(kind).items():
        for function in () if _is_plain(value) else functions_in(value):
            if (said := _node_of(function, nodes)) is not None:
                yield from _defaults(name, function, said)


def _is_plain(value: object) -> bool:
    """Whether it is a method whose defaults can be set: a def's, and no lambda's."""
    inner = value.__func__ if isinstance(value, staticmethod | classmethod) else value
    return isinstance(inner, types.FunctionType) and inner.__name__ != "<lambda>"


def _node_of(function: types.FunctionType, nodes: list[_Function]) -> _Function | None:
    """Where a function is written; None where two look alike."""
    code = function.__code__
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    called = [each for each in nodes if getattr(each, "name", "<lambda>") == code.co_name]
    alike = [each for each in called if _arguments(each) == arguments]
    at_line = [each for each in alike if _first_line(each) == code.co_firstlineno]
    found = at_line or alike
    return found[0] if len(found) == 1 else None


def _arguments(node: _Function) -> tuple[str, ...]:
    of = node.args
    return tuple(each.arg for each in (*of.posonlyargs, *of.args, *of.kwonlyargs))


def _first_line(node: _Function) -> int:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(each.lineno for each in decorators)])


def _defaults(name: str, function: types.FunctionType, node: _Function) -> list[Ran]:
    if len(node.args.defaults) != len(function.__defaults__ or ()):
        return []
    pairs = defaults_in(function, node.args)
    return [Ran(path=f"a default of {name}", node=said, value=value) for said, value in pairs]
