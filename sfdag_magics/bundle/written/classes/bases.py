"""The bases of a class as it was made, against expressions that may give others by now.

Reads class dictionaries and syntax trees; runs nothing.
"""

from __future__ import annotations

import abc
import ast
import types
from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of, name_of_class
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.cell_texts import names_in

#: What a name in the call that makes a base may be, as it stays what it is.
_LASTING = (types.ModuleType, type)
_CHOICES = (ast.IfExp, ast.BoolOp)


def made_bases(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> Iterator[tuple[str, ast.expr, object]]:
    """`(what it is, as it is written, what it was)` of bases, and of a metaclass."""
    for said, base in zip(node.bases, _given(kind, node), strict=False):
        if _may_be_other(said, base, namespace):
            yield "a base", said.value if isinstance(said, ast.Starred) else said, base
    for keyword in node.keywords:
        if keyword.arg == "metaclass" and isinstance(keyword.value, _CHOICES):
            yield "its metaclass", keyword.value, type(kind)


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
        case ast.Subscript(value=ast.Name(id=name)):
            table = namespace.get(name)
            return is_a(table, dict) or is_a(table, list) or is_a(table, tuple)
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            owner = namespace.get(name)
            return is_a(owner, type) and attributes_of(owner).get(attr, base) is not base
    return False


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
