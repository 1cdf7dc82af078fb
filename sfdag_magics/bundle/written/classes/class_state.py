"""A class as it is against a class as it is written: what was changed since, and what cannot be.

Reads class dictionaries and syntax trees; runs no property and no method.
"""

from __future__ import annotations

import abc
import ast
import dataclasses
import enum
import functools
import types
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.modules import is_of_user
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.callables import WRAPPERS, parts_of
from sfdag_magics.bundle.written.cell_texts import names_in
from sfdag_magics.bundle.written.classes.bases import set_since
from sfdag_magics.bundle.written.classes.class_additions import (
    MADE_BY_PYTHON,
    abstract_since,
    given,
    was_added,
)
from sfdag_magics.bundle.written.classes.class_conflicts import conflict_of
from sfdag_magics.bundle.written.classes.field_state import (
    has_other_members,
    makes_values,
    other_field_defaults,
    said_of_members,
)
from sfdag_magics.bundle.written.classes.members import Member, gives_any, members
from sfdag_magics.bundle.written.classes.method_state import method_changes
from sfdag_magics.bundle.written.computed import Computed, Fit, fit
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.functions_in import functions_in
from sfdag_magics.bundle.written.generated_state import ATTRS_FIELDS
from sfdag_magics.bundle.written.made_inside import made_inside
from sfdag_magics.bundle.written.same_code import codes_in, is_reloaded, same_code
from sfdag_magics.light_classes import dataclass

_SLOT = types.MemberDescriptorType
#: What an attribute may be that only names it: `act = str.upper`.
_NAMED = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, type)
#: Methods that are one of a class, or of none, without a decorator.
_IMPLICIT = ("__new__", "__init_subclass__", "__class_getitem__")
#: What a method was made into after its class.
_METHODS = (staticmethod, classmethod, property, type(functools.lru_cache(id)))
_OF_PROPERTY = ("getter", "setter", "deleter")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassState:
    """How a class differs from one of its texts.

    Attributes:
        changed: `{attribute: its value}` to set after the text has run; `Computed` where that
            may make the same.
        removed: attributes to delete after the text has run.
        names: all attributes, of a text that gives as many as its loops go round; else none.
        conflict: what no assignment can make up for, in words; empty where there is none.
    """

    changed: Mapping[str, object]
    removed: tuple[str, ...]
    names: tuple[str, ...]
    conflict: str

    @property
    def distance(self) -> tuple[bool, int]:
        """The smaller, the better the text fits."""
        sure = [each for each in self.changed.values() if not isinstance(each, Computed)]
        return bool(self.conflict), len(sure) + len(self.removed)


def class_state(
    kind: type,
    definition: Definition,
    namespace: Mapping[str, object],
    is_of_notebook: Callable[[object], bool],
) -> ClassState:
    """What is otherwise in `kind` than `definition` makes it."""
    if not isinstance(definition.node, ast.ClassDef):
        raise TypeError(f"{definition.place} is no class")
    written = members(definition.node)
    changed = {
        name: value
        for name, value in vars(kind).items()
        if (
            _is_changed(kind, name, value, written[name], definition, namespace)
            if name in written
            else was_added(kind, name, value, definition, namespace, is_of_notebook)
        )
    }
    changed = given(kind, written, definition, namespace, is_of_notebook) | changed
    seen = made_inside(kind, definition).over(namespace)
    conflict = conflict_of(kind, definition.node, seen) or _conflict_of_members(
        kind, changed, written, definition, namespace
    )
    unsure = _unsure(kind, written, changed, namespace, is_of_notebook)
    if isinstance(kind, enum.EnumMeta) and not conflict:
        changed |= said_of_members(kind, written)
    changed |= unsure
    changed |= abstract_since(kind)
    changed |= other_field_defaults(kind, written, namespace)
    changed |= method_changes(kind, definition, namespace)
    if (bases := set_since(kind, definition.node, seen)) is not None:
        changed["__bases__"] = bases
    own = ClassState(
        changed=changed,
        removed=_removed(kind, written),
        names=tuple(vars(kind)) if type(kind) is type and gives_any(definition.node) else (),
        conflict=conflict,
    )
    inner = {
        name: class_state(value, replace(definition, node=node), namespace, is_of_notebook)
        for name, node in written.items()
        if isinstance(node, ast.ClassDef) and isinstance(value := vars(kind).get(name), type)
    }
    return functools.reduce(_with_inner, inner.items(), own)


def _unsure(
    kind: type,
    written: Mapping[str, Member],
    changed: Mapping[str, object],
    namespace: Mapping[str, object],
    is_of_notebook: Callable[[object], bool],
) -> dict[str, Computed]:
    """Attributes that the text computes, and that may be another value than it computes there."""
    inside = {**namespace, **vars(kind)}  # names of a class come first in its text
    return {
        name: Computed(value=_plain_value(kind, name, value), nodes=(node,))
        for name, value in vars(kind).items()
        if name not in changed
        and isinstance(node := written.get(name), ast.expr)
        and _may_be_another(kind, name, value, node, inside, is_of_notebook)
    }


def _removed(kind: type, written: Mapping[str, Member]) -> tuple[str, ...]:
    """What the text gives the class and somebody deleted since."""
    return tuple(
        name
        for name, node in written.items()
        if name not in vars(kind) and _keeps(kind, node) and not _is_field(kind, name, node)
    )


def _conflict_of_members(
    kind: type,
    changed: Mapping[str, object],
    written: Mapping[str, Member],
    definition: Definition,
    namespace: Mapping[str, object],
) -> str:
    """Why an enumeration is not the one of the text, whose members no assignment can change."""
    if not isinstance(kind, enum.EnumMeta):
        return ""
    is_beside = _are_additions(kind, changed, written)
    is_other = has_other_members(kind, written, namespace) or not is_beside
    return f"its members are not those of {definition.place}" if is_other else ""


def _keeps(kind: type, node: Member) -> bool:
    """Whether a class has what its text says, until somebody deletes it."""
    is_method = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    made_by = type(kind)
    keeps_all = made_by in (type, abc.ABCMeta) or is_of_user(module_of(made_by))
    return keeps_all or (isinstance(kind, enum.EnumMeta) and is_method)


def _with_inner(outer: ClassState, found: tuple[str, ClassState]) -> ClassState:
    """A class's state with that of a class inside of it, whose attributes are paths."""
    name, inner = found
    return ClassState(
        changed={**outer.changed, **{f"{name}.{path}": v for path, v in inner.changed.items()}},
        removed=(*outer.removed, *(f"{name}.{path}" for path in inner.removed)),
        names=outer.names,
        conflict=outer.conflict or (inner.conflict and f"of its class {name!r}: {inner.conflict}"),
    )


def _is_changed(
    kind: type,
    name: str,
    value: object,
    node: Member,
    definition: Definition,
    namespace: Mapping[str, object],
) -> bool:
    if isinstance(node, ast.ClassDef):
        return False
    if node is None:
        return is_plain(value)  # data is carried
    if not isinstance(node, ast.expr):
        return _is_another_method(kind, value, node, definition, namespace)
    is_member = isinstance(kind, enum.EnumMeta) and isinstance(value, enum.Enum)
    if is_member and (makes_values(kind) or names_in(node)):
        return False  # see `as_it_ran`
    if _is_second_name(kind, name, value, node, definition, namespace):
        return False
    now = _plain_value(kind, name, value)
    expected = as_written(node, namespace)
    if expected is UNKNOWN:
        plain = is_plain(now) and not isinstance(kind, enum.EnumMeta)
        return plain or _holds_an_older_one(kind, now, node, namespace)
    return (
        not isinstance(now, MADE_BY_PYTHON)
        and not same_value(expected, now)
        and (is_plain(now) or is_plain(expected) or is_a(now, *_NAMED))
    )


def _is_second_name(
    kind: type,
    name: str,
    value: object,
    node: ast.expr,
    definition: Definition,
    namespace: Mapping[str, object],
) -> bool:
    """Whether an attribute is what another one of its class is still: `__radd__ = __add__`."""
    if not isinstance(definition.node, ast.ClassDef) or not isinstance(node, ast.Name):
        return False
    first, own = members(definition.node).get(node.id), vars(kind)
    if first is None or node.id == name or own.get(node.id) is not value:
        return False
    return not _is_changed(kind, node.id, value, first, definition, namespace)


def _are_additions(
    kind: enum.EnumMeta, changed: Iterable[str], written: Mapping[str, Member]
) -> bool:
    """Whether what was changed in an enum is beside its members: a method may be another one."""
    known: Container[str] = kind.__members__
    methods = (ast.FunctionDef, ast.AsyncFunctionDef)
    return not any(
        name in known or (name in written and not isinstance(written[name], methods))
        for name in changed
    )


def _may_be_another(
    kind: type,
    name: str,
    value: object,
    node: ast.expr,
    namespace: Mapping[str, object],
    is_of_notebook: Callable[[object], bool],
) -> bool:
    """Whether an attribute that is set by running something may be another one over there."""
    if name.startswith("_") and name.endswith("_"):
        return False
    if type(kind).__setattr__ is not type.__setattr__ or isinstance(value, _SLOT):
        return False
    now = _plain_value(kind, name, value)
    if is_a(now, types.FunctionType, *WRAPPERS):
        is_own = all(map(is_of_notebook, functions_in(now)))
    else:
        is_own = is_of_notebook(type(now)) or not hasattr(type(now), "__get__")
    return is_own and fit(node, now, namespace) is not Fit.SAME


def _holds_an_older_one(
    kind: type, value: object, node: ast.expr, namespace: Mapping[str, object]
) -> bool:
    """Whether `staticmethod(conv)` in a class was given what `conv` is no longer."""
    named = names_in(node)
    return any(
        function.__globals__ is namespace
        and (name := function.__name__) in named
        and namespace.get(name) is not function
        and function not in functions_in(vars(kind).get(name))
        for function in functions_in(value)
    )


def _plain_value(kind: type, name: str, value: object) -> object:
    """The value behind a class attribute: of an enum's member, of a field's default."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, MADE_BY_PYTHON):
        field = getattr(kind, "__dataclass_fields__", {}).get(name)
        default = getattr(field, "default", dataclasses.MISSING)
        return value if default is dataclasses.MISSING else default
    return vars(kind).get("_field_defaults", {}).get(name, value)


def _is_field(kind: type, name: str, node: Member) -> bool:
    """Whether a name of the text is kept as a field, or its value is one's own matter."""
    taken = {each.name for each in vars(kind).get(ATTRS_FIELDS, ())}
    return name in getattr(kind, "__annotations__", {}) or name in taken or node is None


def _is_another_method(
    kind: type,
    value: object,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    definition: Definition,
    namespace: Mapping[str, object],
) -> bool:
    """Whether a method is another one than its lines make, as far as it shows its code."""
    if node.decorator_list or node.name in _IMPLICIT:
        shows_none = _wraps(node, namespace) and not any(functions_in(value))
        return shows_none or _is_another_function(value, definition)
    if isinstance(value, types.FunctionType) and value.__globals__ is namespace:
        return not any(
            (code.co_firstlineno == node.lineno or is_reloaded(value.__code__))
            and same_code(value.__code__, code)
            for code in codes_in(definition.code)
        )
    by_others = type(kind) not in (type, abc.ABCMeta) or bool(definition.decorators)
    shows_none = not by_others and not any(functions_in(value))
    return shows_none or isinstance(value, _METHODS) or _is_another_function(value, definition)


def _wraps(node: ast.FunctionDef | ast.AsyncFunctionDef, namespace: Mapping[str, object]) -> bool:
    """Whether decorators are Python's own that keep the function they are given."""
    return all(
        (isinstance(each, ast.Attribute) and each.attr in _OF_PROPERTY)
        or any(as_written(each, namespace) is kind for kind in WRAPPERS)
        for each in node.decorator_list
    )


def _is_another_function(value: object, definition: Definition) -> bool:
    """Whether what a decorator made shows code, and none of the text's."""
    written = codes_in(definition.code)
    parts = parts_of(value) if isinstance(value, property) else [value]
    shown = [functions for each in parts if (functions := list(functions_in(each)))]
    return not all(
        any(same_code(each.__code__, code) for each in functions for code in written)
        for functions in shown
    )
