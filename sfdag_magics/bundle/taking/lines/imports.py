"""The import lines of a task's module: of modules, and of what modules give out.

Knows under which name a thing is imported, and not what else a thing could travel as.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Protocol

from sfdag_magics.bundle.inspection import attribute_of, is_a, name_of
from sfdag_magics.bundle.modules import (
    import_of_module,
    import_of_object,
    is_own,
    name_in_module,
)
from sfdag_magics.bundle.taking.lines.given_out import GivenOut
from sfdag_magics.bundle.taking.terms.built_again import BuiltAgain
from sfdag_magics.bundle.taking.terms.names import Names
from sfdag_magics.bundle.taking.terms.read_again import read_again
from sfdag_magics.bundle.taking.used.not_there import check_module


class Importing(Protocol):
    """Is told of import lines."""

    def imported(self, name: str, line: str, module: str) -> None:
        """An import line ships; the name is empty where it is for an expression of ours."""


class Imports:
    """The imports of one task.

    Args:
        namespace: the notebook's names.
        names: those of the task's module.
        again: what is built once more, which needs the imports too.
        listener: told of every line.
        patched: `{(module, name): what a cell put there}`: an import line gives the original.
        given_out: what modules beside the notebook give out.
    """

    def __init__(
        self,
        namespace: Mapping[str, object],
        names: Names,
        again: BuiltAgain,
        listener: Importing,
        patched: Mapping[tuple[str, str], object],
        given_out: GivenOut,
    ) -> None:
        self._namespace = namespace
        self._names = names
        self._again = again
        self._listener = listener
        self._patched = patched
        self._given_out = given_out
        self._by_id: dict[int, str] = {}
        self._kept: list[object] = []  # so that no id is given away again
        self._modules: dict[str, types.ModuleType] = {}

    def module(self, name: str) -> str:
        """Import a module for an expression, under a name of ours where its own means another."""
        top = name.partition(".")[0]
        there = self._namespace.get(top)
        if there is None or (isinstance(there, types.ModuleType) and there.__name__ == top):
            self._import(f"import {name}", name)
            return name
        alias = f"_{name.replace('.', '_')}"
        self._import(f"import {name} as {alias}", name)
        return alias

    def is_given_out(self, value: object) -> bool:
        """Whether a module beside the notebook gives it out, which changes it for all."""
        return self._given_out.has(value)

    def has_a_name(self, value: object) -> bool:
        """Whether a module beside the notebook has it under a name, by which it is imported."""
        return self._given_out.has(value) and self._given_out.place_of(value) is None

    def place_of(self, value: object) -> tuple[object, str] | None:
        """Where in a thing that is given out it is."""
        return self._given_out.place_of(value)

    def give(self, value: object, wanted: str | None) -> bool:
        """Whether an import line gives the value, under this name or one that a part has."""
        if wanted is None:
            return self.named(value) is not None
        line = self._line_of(wanted, value)
        if line is not None:
            self._again.run(line)
            self._listener.imported(wanted, line, line.split()[1])
        return line is not None

    def named(self, value: object) -> str | None:
        """The name under which a part of something is imported, if it can be."""
        if id(value) in self._by_id:
            return self._by_id[id(value)]
        name = name_of(value) or name_in_module(value) or "thing"
        is_taken = self._namespace.get(name, value) is not value or name in self._names
        if is_taken:
            name = self._names.fresh(name)
        line = self._line_of(name, value)
        if line is None:
            return None
        self._import(line, line.split()[1])
        self._names.add(name)
        self._kept.append(value)
        self._by_id[id(value)] = name
        return name

    def bind(self, name: str, module: types.ModuleType, texts: list[str]) -> None:
        """Import a module as a name of the notebook, for these texts.

        Raises:
            Refused: no file makes it.
        """
        if is_own(module.__name__):
            self._listener.imported(name, f"import {module.__name__}", module.__name__)
            return
        check_module(module)
        self._modules[name] = module
        for line in import_of_module(name, module, "\n".join(texts)):
            self._listener.imported(name, line, line.split()[1])

    def bind_submodules(self, texts: list[str]) -> None:
        """Import those that any text reaches through a module's name, once all texts are known."""
        for name, module in self._modules.items():
            self.bind(name, module, texts)

    def _line_of(self, name: str, value: object) -> str | None:
        """The line that imports a value, or what a cell replaced and something still has."""
        if is_a(value, types.FunctionType) and value.__globals__ is self._namespace:
            return None  # `functools.wraps` lets it say that it is of a module
        home, own = attribute_of(value, "__module__"), attribute_of(value, "__qualname__")
        named = type(home) is type(own) is str
        if named and self._patched.get((str(home), str(own)), value) is not value:
            return f"from {home} import {own}{'' if own == name else f' as {name}'}"
        line = import_of_object(name, value, self._patched) or self._given_out.line_of(value, name)
        now = read_again(value) if line is None else None
        return import_of_object(name, now, self._patched) if now is not None else line

    def _import(self, line: str, module: str) -> None:
        self._again.run(line)
        self._listener.imported("", line, module)
