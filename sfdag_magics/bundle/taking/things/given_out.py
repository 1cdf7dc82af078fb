"""Things of modules beside the notebook that cells took by `from settings import CONFIG`.

Whoever holds one has the same thing as the module and its functions: so it is imported, and never
written out. What was changed in it since, `module_states` sets in place.
"""

from __future__ import annotations

import argparse
import ast
import sys
import types
from collections.abc import Container, Iterable
from functools import lru_cache

from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.used.names_used import assigned_globals
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.filling import FILLABLE

#: Classes of Python whose objects are nothing but attributes.
_ONLY_ATTRIBUTES = (types.SimpleNamespace, argparse.Namespace)


class GivenOut:
    """What the modules that these texts import from have under names.

    Args:
        without: `(module, name)` of what cells put there: an import line gives the original.
    """

    def __init__(self, texts: Iterable[str], without: Container[tuple[str, str]]) -> None:
        self._names: dict[int, tuple[str, str]] = {}
        for home in dict.fromkeys(module for text in texts for module in _imported_from(text)):
            for name, value in _lasting(home) if is_local(home) else ():
                if is_changed_in_place(value) and (home, name) not in without:
                    self._names.setdefault(id(value), (home, name))

    def line_of(self, value: object, name: str) -> str | None:
        """The line that imports `value` as `name`, if one of them has it."""
        found = self._names.get(id(value))
        if found is None:
            return None
        home, own = found
        return f"from {home} import {own}{'' if own == name else f' as {name}'}"

    def has(self, value: object) -> bool:
        """Whether one of them has it."""
        return id(value) in self._names


def is_changed_in_place(value: object) -> bool:
    """Whether lines can let a thing be what it is by now, so that all who hold it see that."""
    return type(value) in (*FILLABLE, *_ONLY_ATTRIBUTES)


def _lasting(home: str) -> list[tuple[str, object]]:
    """What a module has under names that no function of its own binds anew."""
    module = attributes_of(sys.modules.get(home))
    text = text_of_file(str(module.get("__file__"))) or ""
    bound = assigned_globals(text) if parsed_or_none(text) is not None else frozenset(module)
    return [(name, value) for name, value in module.items() if name not in bound]


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task
def _imported_from(text: str) -> tuple[str, ...]:
    tree = parsed_or_none(text) if "import" in text else None
    return tuple(
        node.module
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    )
