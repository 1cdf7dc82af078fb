"""The bases of a class as it was made, against expressions that may give others by now.

Reads class dictionaries and syntax trees; runs nothing.
"""

from __future__ import annotations

import abc
import ast
import types
import typing
from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of, name_of_class
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.cannot_run import cannot_run
from sfdag_magics.bundle.written.cell_texts import names_in

#: What a name in the call that makes a base may be, as it stays what it is.
_LASTING = (types.ModuleType, type)


def made_bases(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> Iterator[tuple[str, ast.expr, object]]:
    """`(what it is, as it is written, what it was)` of bases, and of a metaclass."""
    found = zip(node.bases, _standing_for_others(kind, _given(kind, node), namespace), strict=False)
    for said, base in found:
        if _may_be_other(said, base, namespace) or _fails(said, namespace):
            yield "a base", said.value if isinstance(said, ast.Starred) else said, base
    for keyword in node.keywords:
        is_its = keyword.arg == "metaclass"
        if is_its and _may_be_other(keyword.value, type(kind), namespace):
            yield "its metaclass", keyword.value, type(kind)


def _fails(said: ast.expr, namespace: Mapping[str, object]) -> bool:
    """Whether the text of a base cannot be computed any more; a name alone is a former base."""
    return not isinstance(said, ast.Name | ast.Starred) and cannot_run(said, namespace)


def _standing_for_others(
    kind: type, given: tuple[object, ...], namespace: Mapping[str, object]
) -> tuple[object, ...]:
    """The bases, those in the place of an object of the notebook that says which it stands for."""
    here = namespace.get("__name__")
    said = [not is_a(each, type) and module_of(type(each)) == here for each in given]
    if not any(said) or len(given) != len(kind.__bases__):
        return given
    pairs = zip(said, given, kind.__bases__, strict=True)
    return tuple(base if is_said else each for is_said, each, base in pairs)


def _given(kind: type, node: ast.ClassDef) -> tuple[object, ...]:
    """What each base in the text was as the class was made; nothing where they are not told."""
    given: tuple[object, ...] = attributes_of(kind).get("__orig_bases__", kind.__bases__)
    several = [i for i, each in enumerate(node.bases) if isinstance(each, ast.Starred)]
    if len(several) == 1:
        start = several[0]
        end = len(given) - (len(node.bases) - start - 1)
        return (*given[:start], given[start:end], *given[end:])
    return given if len(given) == len(node.bases) and not several else ()


def _may_be_other(said: ast.expr, base: object, namespace: Mapping[str, object]) -> bool:
    """Whether running the text of a base could give another class than it gave."""
    now = as_written(said, namespace)
    if not is_a(now, type) and "__mro_entries__" in attributes_of(type(now)):
        return module_of(type(now)) == namespace.get("__name__")
    match said:
        case ast.Starred() | ast.IfExp() | ast.BoolOp():
            return True
        case ast.Call(func=called, args=args):
            maker = as_written(called, namespace)
            is_own = is_a(maker, types.FunctionType) and maker.__globals__ is namespace
            given = [namespace.get(name) for each in args for name in names_in(each)]
            homes = (namespace.get("__name__"), "types")  # the latter of `make_dataclass`
            is_made = is_a(base, type) and module_of(base) in homes
            return is_own or (is_made and not all(is_a(each, *_LASTING) for each in given))
        case ast.Subscript(value=owner, slice=parts):
            table = _held(owner, namespace)
            return is_a(table, dict, list, tuple) or _has_others(parts, base, namespace)
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            holder = namespace.get(name)
            return is_a(holder, type) and attributes_of(holder).get(attr, base) is not base
    return False


def _held(node: ast.expr, namespace: Mapping[str, object]) -> object:
    """What an expression is, also where a class of the notebook has it."""
    if isinstance(node, ast.Attribute):
        owner = _held(node.value, namespace)
        if is_a(owner, type):
            return attributes_of(owner).get(node.attr, UNKNOWN)
    return as_written(node, namespace)


def _has_others(given: ast.expr, base: object, namespace: Mapping[str, object]) -> bool:
    """Whether a generic base was given other types than its text names by now: `Box[K]`.

    A class of the notebook whose cell ran again counts as the same.
    """
    parts = given.elts if isinstance(given, ast.Tuple) else [given]
    metadata = attributes_of(base).get("__pydantic_generic_metadata__") or {}
    was = typing.get_args(base) or metadata.get("args", ())
    here = namespace.get("__name__")
    return len(was) == len(parts) and any(
        isinstance(said, ast.Name)
        and as_written(said, namespace) not in (UNKNOWN, each)
        and not (is_a(each, type) and module_of(each) == here)
        for said, each in zip(parts, was, strict=True)
    )


def set_since(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> tuple[type, ...] | None:
    """The bases that were set on a class after its text had given it others; None where not."""
    expected = [as_written(each, namespace) for each in node.bases]
    told = [each for each in expected if is_a(each, type)]
    is_plain = type(kind) in (type, abc.ABCMeta) and "__orig_bases__" not in attributes_of(kind)
    if not is_plain or not told or len(told) != len(expected) or kind in told:
        return None
    now = {name_of_class(each) for each in kind.__bases__}
    gone = [each for each in told if each not in kind.__bases__]
    # One that was defined again has the name that the text says: that is a mistake.
    was_named = all(
        is_a(said, ast.Name) and name_of_class(each) == said.id and said.id not in now
        for said, each in zip(node.bases, told, strict=True)
        if each in gone
    )
    is_same = tuple(told) == kind.__bases__
    return kind.__bases__ if was_named and not is_same else None
