"""Things of modules beside the notebook that cells took: `from settings import CONFIG`.

Whoever holds one has the same thing as the module and its functions: so it is imported, and never
written out; what it holds is taken out of it, and what its classes hold out of these. Of what is as
an import makes it, that goes for all that can change. Of what was changed since, for what
`module_states` sets in place: what it sets anew is written, and the module is given that.
"""

from __future__ import annotations

import argparse
import ast
import enum
import sys
import types
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.literals.array_views import is_array, is_whole, root_of
from sfdag_magics.bundle.taking.module_states.difference import ModuleDifference
from sfdag_magics.bundle.taking.module_states.module_constants import LARGEST_ARRAY
from sfdag_magics.bundle.taking.terms.parts import deep_parts_of, parts_of
from sfdag_magics.bundle.taking.terms.roots import Root, paths_above, roots_of
from sfdag_magics.bundle.taking.used.names_used import assigned_globals
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.filling import FILLABLE

#: Classes of Python whose objects are nothing but attributes.
_ONLY_ATTRIBUTES = (types.SimpleNamespace, argparse.Namespace)
#: What is imported as it is, whoever has it.
_BY_NAME = (types.ModuleType, types.FunctionType, type, enum.Enum)


class Changes:
    """What of modules is no longer what their imports make.

    Args:
        differing: what modules have otherwise than their files, where nobody can tell too.
        set_anew: `(module, path)` of what cells put there: an import line gives the original.
    """

    def __init__(
        self, differing: Iterable[ModuleDifference], set_anew: Collection[tuple[str, str]]
    ) -> None:
        self._set_anew = set_anew
        self._found: dict[tuple[str, str], list[ModuleDifference]] = {}
        for each in differing:
            for path in paths_above(each.name):
                self._found.setdefault((each.module.__name__, path), []).append(each)

    def is_as_imported(self, root: Root) -> bool:
        """Whether nothing that ran has changed it, or anything in it."""
        places = [(root.home, path) for path in paths_above(root.path)]
        of_owner = [each for place in places[:-1] for each in self._found.get(place, ())]
        is_other_class = any(paths_above(root.path)[0] == each.name for each in of_owner)
        return places[-1] not in self._found and not (is_other_class or self.is_set(root))

    def is_set(self, root: Root) -> bool:
        """Whether a cell has put it there."""
        return (root.home, root.path) in self._set_anew

    def is_filled(self, root: Root) -> bool:
        """Whether lines can let what is there by an import be what it is by now."""
        if self.is_set(root) or not is_changed_in_place(root.value):
            return False
        found = self._found.get((root.home, root.path), [])
        return root.owner is None or all(each.is_same_type for each in found)


class GivenOut:
    """What modules beside the notebook have at paths that lines can name.

    Args:
        homes: their names.
        changes: what of them is not as imports make it.
    """

    def __init__(self, homes: Iterable[str], changes: Changes) -> None:
        self._names: dict[int, tuple[str, str]] = {}
        self._parts: dict[int, tuple[object, str]] = {}
        self._left: frozenset[int] = frozenset()
        roots = [root for home in homes for root in roots_of(home)]
        self._anew = {id(root.value) for root in roots if changes.is_set(root)}
        whole, filled = [], []
        changed = _changed_in(roots, changes)
        for root in roots:
            if id(root.value) in self._anew:
                continue
            if changed.isdisjoint(_held_in(root.value)):
                whole.append(root)
            elif _is_given_out(root) if root.owner is None else changes.is_filled(root):
                filled.append(root)
            else:
                self._anew.add(id(root.value))
        for root in filled:
            self._add(root, parts_of(root.value))
        for root in whole:
            if id(root.value) not in self._anew:
                self._add(root, deep_parts_of(root.value))

    def _add(self, root: Root, parts: Iterable[tuple[object, str]]) -> None:
        value = root.value
        if root.owner is None:
            self._names.setdefault(id(value), (root.home, root.path))
            if is_array(value) and is_whole(value):
                self._names.setdefault(id(root_of(value)), (root.home, root.path))
        else:
            self._parts.setdefault(id(value), (root.owner, f".{root.path.partition('.')[2]}"))
        for part, path in parts:
            if id(part) not in self._anew:
                self._parts.setdefault(id(part), (value, path))

    def line_of(self, value: object, name: str) -> str | None:
        """The line that imports `value` as `name`, if one of them has it."""
        if not self.has(value) or id(value) not in self._names:
            return None
        home, own = self._names[id(value)]
        return f"from {home} import {own}{'' if own == name else f' as {name}'}"

    def has(self, value: object) -> bool:
        """Whether one of them has it, or something that holds it."""
        return id(value) not in self._left and (
            id(value) in self._names or id(value) in self._parts
        )

    def but(self, value: object) -> GivenOut:
        """The same where a thing and what it holds are written out."""
        other = GivenOut((), Changes((), ()))
        other._names, other._parts = self._names, self._parts
        other._left = self._left | {id(value), *(id(part) for part, _path in parts_of(value))}
        return other

    def place_of(self, value: object) -> tuple[object, str] | None:
        """What holds it, and where in there it is: `CONFIG` and `['db']`."""
        return None if id(value) in self._names else self._parts.get(id(value))


def _changed_in(roots: Iterable[Root], changes: Changes) -> set[int]:
    """The ids of what is not as imports make it, and of what may have been changed with it.

    Not of what a module has under a name as well and as its import makes it: a registry that was
    filled with it does not change it.
    """
    others = [root for root in roots if not changes.is_as_imported(root)]
    sure = {id(root.value) for root in others}
    named = [
        held
        for root in roots
        if root.owner is None and id(root.value) not in sure
        if sure.isdisjoint(held := _held_in(root.value))
    ]
    held_by_others = set[int]().union(*(_held_in(root.value) for root in others))
    return sure | held_by_others.difference(*named)


def is_changed_in_place(value: object) -> bool:
    """Whether lines can let a thing be what it is by now, so that all who hold it see that."""
    return type(value) in (*FILLABLE, *_ONLY_ATTRIBUTES) or is_filled_array(value)


def is_filled_array(value: object) -> bool:
    """Whether it is an array by itself, whose items a line can set."""
    if not is_array(value) or root_of(value) is not value:
        return False
    nbytes: int = value.nbytes
    return nbytes <= LARGEST_ARRAY and value.flags.writeable


def _held_in(value: object) -> set[int]:
    """The ids of a thing and of all that can change in there."""
    return {id(value), *(id(part) for part, _path in deep_parts_of(value))}


def _is_given_out(root: Root) -> bool:
    is_own = module_of(type(root.value)) == root.home and not is_a(root.value, *_BY_NAME)
    return (is_own or is_changed_in_place(root.value)) and root.path not in _bound_anew(root.home)


@lru_cache(maxsize=1024)
def _bound_anew(home: str) -> frozenset[str]:
    """The names that functions of a module bind anew."""
    module: Mapping[str, object] = attributes_of(sys.modules.get(home))
    text = text_of_file(str(module.get("__file__"))) or ""
    return assigned_globals(text) if parsed_or_none(text) is not None else frozenset(module)


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task
def imported_from(text: str) -> tuple[str, ...]:
    """The modules that a cell imports, or imports from."""
    tree = parsed_or_none(text) if "import" in text else None
    return tuple(name for node in ast.walk(tree) for name in _modules_in(node)) if tree else ()


def _modules_in(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ImportFrom(module=str(name), level=0):
            yield name
        case ast.Import(names=names):
            yield from (each.name for each in names)
