"""Whether a thing was made in the notebook, by this package, or by somebody else."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import sys
import types
from collections.abc import Mapping

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a, module_of
from sfdag_magics.bundle.modules import import_of_object, is_own
from sfdag_magics.bundle.taking.lines.bench import innermost
from sfdag_magics.bundle.taking.things.made_classes import is_made_by_types
from sfdag_magics.bundle.taking.used.scripts import is_of_script
from sfdag_magics.bundle.written.cell_texts import first_name


class Origin:
    """Tells by the notebook's names where things come from."""

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self._namespace = namespace

    def is_of_notebook(self, value: object) -> bool:
        """See `Bench.is_of_notebook`."""
        if is_a(value, types.FunctionType) and value.__globals__ is self._namespace:
            return True
        inner = innermost(value)
        here = self._namespace.get("__name__", "__main__")
        if is_a(inner, types.FunctionType):
            of_script = is_of_script(inner, self._namespace)
            return inner.__globals__ is self._namespace or inner.__module__ == here or of_script
        if not is_a(inner, type):
            return False
        return module_of(inner) == here or is_made_by_types(inner) or self._is_renamed(inner)

    def _is_renamed(self, kind: type) -> bool:
        """Whether a class of the notebook says that it is of a module, which is not there."""
        members = attributes_of(kind).values() if module_of(kind) not in sys.modules else ()
        return any(
            each.__globals__ is self._namespace or is_of_script(each, self._namespace)
            for each in members
            if is_a(each, types.FunctionType)
        )

    def is_ours(self, decorator: ast.expr) -> bool:
        """See `Bench.is_ours`."""
        value = self._root(decorator)
        module = getattr(value, "__name__" if inspect.ismodule(value) else "__module__", None)
        return isinstance(module, str) and is_own(module)

    def is_foreign(self, decorator: ast.expr) -> bool:
        """See `Bench.is_foreign`."""
        return self.is_of_others(decorator) and not self._is_made_here(_root_name(decorator))

    def is_of_others(self, decorator: ast.expr) -> bool:
        """See `Bench.is_of_others`."""
        value = self._root(decorator)
        of_notebook = self.is_of_notebook(value) or self.is_of_notebook(type(value))
        return not of_notebook and not self.is_ours(decorator)

    def _is_made_here(self, name: str) -> bool:
        """Whether a name is an object that the notebook made, or a method of one."""
        value = self._namespace.get(name)
        owner = attribute_of(value, "__self__", value) if is_a(value, *_BOUND) else value
        if value is None or is_a(owner, types.ModuleType, type, types.FunctionType):
            return False
        if type(owner) is functools.partial and self._adds_nothing(owner):
            return False
        return import_of_object(name, owner) is None and import_of_object(name, value) is None

    def _adds_nothing(self, made: functools.partial[object]) -> bool:
        """Whether it is the function of others that it holds, given what never changes."""
        given = (*made.args, *made.keywords.values())
        return not self.is_of_notebook(made.func) and all(type(each) in _PLAIN for each in given)

    def _root(self, decorator: ast.expr) -> object:
        first = _root_name(decorator)
        return self._namespace.get(first, vars(builtins).get(first))


_PLAIN = (bool, int, float, str, types.NoneType)
_BOUND = (types.MethodType, types.BuiltinMethodType)


def _root_name(decorator: ast.expr) -> str:
    return first_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
