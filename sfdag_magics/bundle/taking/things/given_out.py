"""Things of modules beside the notebook that cells took: `from settings import CONFIG`.

Whoever holds one has the same thing as the module and its functions: so it is imported, and never
written out; what it holds is taken out of it. What was changed in it since, `module_states` sets in
place.
"""

from __future__ import annotations

import argparse
import ast
import enum
import sys
import types
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.literals.array_views import is_array, root_of
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.module_states.module_constants import LARGEST_ARRAY
from sfdag_magics.bundle.taking.terms.parts import parts_of
from sfdag_magics.bundle.taking.used.names_used import assigned_globals
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.filling import FILLABLE

#: Classes of Python whose objects are nothing but attributes.
_ONLY_ATTRIBUTES = (types.SimpleNamespace, argparse.Namespace)
#: What is imported as it is, whoever has it.
_BY_NAME = (types.ModuleType, types.FunctionType, type, enum.Enum)


class GivenOut:
    """What the modules that these texts import have under names.

    Args:
        without: `(module, name)` of what cells put there: an import line gives the original.
    """

    def __init__(self, texts: Iterable[str], without: Container[tuple[str, str]]) -> None:
        self._names: dict[int, tuple[str, str]] = {}
        self._parts: dict[int, tuple[object, str]] = {}
        for home in dict.fromkeys(module for text in texts for module in _imported_from(text)):
            for name, value in _lasting(home) if is_local(home) else ():
                if _is_given_out(value, home) and (home, name) not in without:
                    self._names.setdefault(id(value), (home, name))
                    for part, path in parts_of(value):
                        self._parts.setdefault(id(part), (value, path))

    def line_of(self, value: object, name: str) -> str | None:
        """The line that imports `value` as `name`, if one of them has it."""
        found = self._names.get(id(value))
        if found is None:
            return None
        home, own = found
        return f"from {home} import {own}{'' if own == name else f' as {name}'}"

    def has(self, value: object) -> bool:
        """Whether one of them has it, or something that holds it."""
        return id(value) in self._names or id(value) in self._parts

    def write_out(self, value: object) -> None:
        """Let a thing and what it holds be written out all the same."""
        for each in (value, *(part for part, _path in parts_of(value))):
            self._names.pop(id(each), None)
            self._parts.pop(id(each), None)

    def place_of(self, value: object) -> tuple[object, str] | None:
        """What holds it, and where in there it is: `CONFIG` and `['db']`."""
        return None if id(value) in self._names else self._parts.get(id(value))


def is_changed_in_place(value: object) -> bool:
    """Whether lines can let a thing be what it is by now, so that all who hold it see that."""
    return type(value) in (*FILLABLE, *_ONLY_ATTRIBUTES) or is_filled_array(value)


def is_filled_array(value: object) -> bool:
    """Whether it is an array by itself, whose items a line can set."""
    if not is_array(value) or root_of(value) is not value:
        return False
    nbytes: int = value.nbytes
    return nbytes <= LARGEST_ARRAY and value.flags.writeable


def _is_given_out(value: object, home: str) -> bool:
    is_own = module_of(type(value)) == home and not is_a(value, *_BY_NAME)
    return is_own or is_changed_in_place(value)


def _lasting(home: str) -> list[tuple[str, object]]:
    """What a module has under names that no function of its own binds anew."""
    module = attributes_of(sys.modules.get(home))
    text = text_of_file(str(module.get("__file__"))) or ""
    bound = assigned_globals(text) if parsed_or_none(text) is not None else frozenset(module)
    return [(name, value) for name, value in module.items() if name not in bound]


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task
def _imported_from(text: str) -> tuple[str, ...]:
    tree = parsed_or_none(text) if "import" in text else None
    return tuple(name for node in ast.walk(tree) for name in _modules_in(node)) if tree else ()


def _modules_in(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ImportFrom(module=str(name), level=0):
            yield name
        case ast.Import(names=names):
            yield from (each.name for each in names)
