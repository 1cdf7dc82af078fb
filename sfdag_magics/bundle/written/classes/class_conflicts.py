"""What sets a class apart from its text so that no assignment makes up for it.

Its bases, decorators and fields. Reads class dictionaries and syntax trees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from sfdag_magics.bundle.inspection import attribute_of
from sfdag_magics.bundle.written.as_it_ran import former_bases
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.classes.bases import set_since
from sfdag_magics.bundle.written.classes.members import statements
from sfdag_magics.bundle.written.classes.method_state import other_decorator


def conflict_of(kind: type, node: ast.ClassDef, namespace: Mapping[str, object]) -> str:
    """What differs, in words; empty where nothing does."""
    plain = kind.__bases__ == (object,)
    has_bases = any(as_written(base, namespace) is not object for base in node.bases)
    if has_bases == plain and not (plain and "__orig_bases__" in vars(kind)):
        return "it has other bases there"
    bases = (*kind.__bases__, *attribute_of(kind, "__orig_bases__", ()))
    former = [said for said, _base in former_bases(kind, node, namespace)]
    said_now = [] if set_since(kind, node, namespace) else node.bases
    for base in (each for each in said_now if each not in former):
        expected = as_written(base, namespace)
        is_other = isinstance(expected, type) and expected not in bases
        if expected is kind and _is_named(base, bases):
            continue  # it took the place of its base, which had the name as its text ran
        if is_other and not _has_fields_of(kind, expected):
            return f"its base {ast.unparse(base)!r} was defined again after it"
        if expected is UNKNOWN and isinstance(base, ast.Name):
            return f"its base {base.id!r} is not there any more"
    if other := _other_metaclass(kind, node, namespace):
        return other
    decorator = other_decorator(kind, node, namespace)
    if decorator is not None:
        return f"its decorator {decorator!r} was defined again after it"
    said = {
        each.target.id
        for each in statements(node)
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    bases_fields = [_fields_of(as_written(base, namespace)) for base in node.bases]
    said.update(*bases_fields)
    known = set(vars(kind).get("__annotations__", {}))
    return "its fields are other ones there" if known != said else ""


def _other_metaclass(kind: type, node: ast.ClassDef, namespace: Mapping[str, object]) -> str:
    """What is otherwise in what makes the class, in words; a more special one may be a base's."""
    said = [each.value for each in node.keywords if each.arg == "metaclass"]
    if not said:
        is_ours = type(kind).__module__ == namespace.get("__name__", "__main__")
        is_given = any(type(base) is type(kind) for base in kind.__bases__)
        return "it has no metaclass there" if is_ours and not is_given else ""
    expected, name = as_written(said[0], namespace), ast.unparse(said[0])
    if expected is UNKNOWN and isinstance(said[0], ast.Name):
        return f"its metaclass {name!r} is not there any more"
    is_other = isinstance(expected, type) and not issubclass(type(kind), expected)
    return f"its metaclass {name!r} was defined again after it" if is_other else ""


def _fields_of(kind: object) -> Mapping[str, object]:
    """The fields of a TypedDict, which forgets its bases and has their fields as its own."""
    is_typed = isinstance(kind, type) and kind.__bases__ == (dict,) and "__total__" in vars(kind)
    return vars(kind).get("__annotations__", {}) if is_typed else {}


def _has_fields_of(kind: type, base: object) -> bool:
    """Whether a TypedDict can have been made of another one as that is now."""
    own, inherited = _fields_of(kind), _fields_of(base)
    return bool(own) and inherited.items() <= own.items()


def _is_named(node: ast.expr, bases: Iterable[object]) -> bool:
    """Whether one of these is what its own module calls so: `Net` of `m.Net`."""
    name = node.attr if isinstance(node, ast.Attribute) else ""
    return any(
        isinstance(each, type) and each.__module__ != "__main__" and each.__qualname__ == name
        for each in bases
    )
