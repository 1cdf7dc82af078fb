"""Attributes of a class that its text does not have: who gave them, and whether to set them again.

Reads class dictionaries; runs no property and no method.
"""

from __future__ import annotations

import abc
import ast
import sys
import types
import typing
from collections.abc import Callable, Mapping

from sfdag_magics.bundle.inspection import as_kept, attributes_of, bases_of
from sfdag_magics.bundle.modules import is_of_user
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.classes.members import Member, members
from sfdag_magics.bundle.written.computed import Computed
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.functions_in import functions_in
from sfdag_magics.bundle.written.generated_state import GENERATED
from sfdag_magics.bundle.written.same_code import codes_in, same_code

#: Descriptors that Python makes for a class by itself.
MADE_BY_PYTHON = (types.MemberDescriptorType, types.GetSetDescriptorType)
_ABSTRACT = "__abstractmethods__"


def given(
    kind: type,
    written: Mapping[str, Member],
    definition: Definition,
    namespace: Mapping[str, object],
    is_of_notebook: Callable[[object], bool],
) -> dict[str, object]:
    """Attributes that a decorator gave, or a cell since.

    Decorators of the notebook do not ship; those of others give theirs anew.
    """
    if not definition.decorators or type(kind).__setattr__ is not type.__setattr__:
        return {}
    stays = _is_left_out(definition, namespace, is_of_notebook)
    return {
        name: value if stays else Computed(value=value, nodes=())
        for name, value in vars(kind).items()
        if name not in written
        and not (name.startswith("_") and name.endswith("_"))
        and not hasattr(type(value), "__get__")
        and not isinstance(value, type)
        and not type(value).__module__.startswith("_")
    }


def _is_left_out(
    definition: Definition,
    namespace: Mapping[str, object],
    is_of_notebook: Callable[[object], bool],
) -> bool:
    """Whether all decorators are of the notebook."""
    called = [getattr(each, "func", each) for each in definition.decorators]
    return all(is_of_notebook(as_written(each, namespace)) for each in called)


def abstract_since(kind: type) -> dict[str, object]:
    """`{path: value}` where a class says of other methods that they are abstract than it has."""
    said = vars(kind).get(_ABSTRACT)
    if said is None:
        return {}
    inherited = (getattr(base, _ABSTRACT, ()) for base in kind.__bases__)
    names = {*vars(kind), *(name for each in inherited for name in each)}
    found = {
        name
        for name in names
        for function in functions_in(as_kept(kind, name))
        if getattr(function, "__isabstractmethod__", False)
    }
    return {} if found == said else {_ABSTRACT: frozenset(said)}


def was_added(
    kind: type,
    name: str,
    value: object,
    definition: Definition,
    namespace: Mapping[str, object],
    is_of_notebook: Callable[[object], bool],
) -> bool:
    """Whether an attribute that the text does not have was set by a cell.

    Python, enum and pydantic keep theirs under `_x_`; decorators and metaclasses of others add
    functions and descriptors of their own.
    """
    if _is_given_by_typing(kind, name, value, definition):
        return False
    functions = list(functions_in(value))
    if is_of_a_library(value):
        plain = type(kind) in (type, abc.ABCMeta)
        return plain and _is_left_out(definition, namespace, is_of_notebook)
    if functions:
        by_user = all(is_of_notebook(each) and not _is_generated(each) for each in functions)
        return by_user or _is_kept_method(kind, functions, definition)
    if name.startswith("_") and name.endswith("_"):
        return _is_said_otherwise(kind, name, value, definition)
    if is_plain(value) and _is_inherited_too(kind, name, value):
        return False
    if is_plain(value) or is_of_notebook(value) or is_of_notebook(type(value)):
        return True
    made_by_others = type(kind) not in (type, abc.ABCMeta) or bool(definition.decorators)
    inner = type(value).__module__.startswith("_") or isinstance(value, MADE_BY_PYTHON)
    return not made_by_others and not inner and not _made_by_base(kind, value)


def _is_inherited_too(kind: type, name: str, value: object) -> bool:
    """Whether a metaclass of others gave it what a base has as well: a model's `model_config`."""
    if type(kind) in (type, abc.ABCMeta):
        return False
    held = (attributes_of(base) for base in bases_of(kind)[1:])
    return any(name in each and same_value(each[name], value) for each in held)


def _is_given_by_typing(kind: type, name: str, value: object, definition: Definition) -> bool:
    """Whether a protocol, or a tuple with names, was given an attribute for what its text says."""
    if not isinstance(definition.node, ast.ClassDef):
        return False
    said = {
        field: default
        for field, default in members(definition.node).items()
        if field in attributes_of(kind).get("__annotations__", {})
    }
    match name:
        case "_is_protocol" | "_is_runtime_protocol":
            return value is True and typing.Protocol in bases_of(kind)
        case "_fields":
            return value == tuple(attributes_of(kind).get("__annotations__", {}))
        case "_field_defaults" if isinstance(value, dict):
            made = {
                field: as_written(node, {}) if isinstance(node, ast.expr) else UNKNOWN
                for field, node in said.items()
            }
            return same_value(made, value)
    return False


def _made_by_base(kind: type, value: object) -> bool:
    """Whether a base's `__init_subclass__` gives an attribute, as it will over there again.

    scikit-learn's estimators get `set_fit_request` and its kin so: descriptors of its own.
    """
    package = type(value).__module__.partition(".")[0]
    makers = [base for base in kind.__mro__[1:-1] if "__init_subclass__" in vars(base)]
    return hasattr(type(value), "__get__") and any(
        base.__module__.partition(".")[0] == package for base in makers
    )


def _is_kept_method(
    kind: type, functions: list[types.FunctionType], definition: Definition
) -> bool:
    """Whether a method of the text was given another name: `T.old = T.transform`.

    A base of others may have wrapped it, in its own place; nobody else had the class in hands.
    """
    if type(kind) not in (type, abc.ABCMeta) or definition.decorators:
        return False
    written = codes_in(definition.code)
    return any(same_code(each.__code__, code) for each in functions for code in written)


def is_of_a_library(value: object) -> bool:
    """Whether a function, or what holds some, is of libraries that have it under its name."""
    functions = list(functions_in(value))
    return bool(functions) and all(map(_has_a_name, functions))


def _has_a_name(function: types.FunctionType) -> bool:
    """Whether a module of others has a function under its name, as those of `total_ordering`."""
    module = sys.modules.get(function.__module__)
    found = attributes_of(module).get(function.__qualname__)
    return found is function and not is_of_user(function.__module__)


def _is_generated(function: types.FunctionType) -> bool:
    """Whether a decorator of others made a function, or gave it the class's own module."""
    of = function.__globals__.get("__name__", function.__module__)
    return function.__code__.co_filename.startswith(GENERATED) or of != function.__module__


def _is_said_otherwise(kind: type, name: str, value: object, definition: Definition) -> bool:
    """Whether a special attribute without code is another than Python gives the text."""
    made_by_others = type(kind) not in (type, abc.ABCMeta) or bool(definition.decorators)
    if made_by_others or not isinstance(definition.node, ast.ClassDef):
        return False
    if hasattr(kind, "_fields"):
        by_itself = f"{kind.__name__}({', '.join(kind._fields)})"
        written = ast.get_docstring(definition.node, clean=False) or by_itself
        return name == "__doc__" and value != written
    if name == "__doc__":
        return value != ast.get_docstring(definition.node, clean=False)
    if name == "__hash__":
        return value is None and "__eq__" not in vars(kind)
    return name == "__match_args__"
