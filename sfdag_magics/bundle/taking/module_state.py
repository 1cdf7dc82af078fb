"""A module beside the notebook as it is loaded against its file, which is what ships.

Reads the file's text and the module's names; imports and runs nothing.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none
from sfdag_magics.bundle.written.class_state import class_state
from sfdag_magics.bundle.written.definitions import Definition, Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One name of a module that is not what its file says.

    Attributes:
        name: the name in the module, `LR` or `CFG.lr`.
        said: what differs, for people; the value itself only where it is short.
    """

    name: str
    said: str

    @property
    def top(self) -> str:
        """The module's own name of it."""
        return self.name.partition(".")[0]


def module_differences(module: types.ModuleType, file: Path) -> list[Difference]:
    """What a loaded module has otherwise than its file, functions first."""
    text = file.read_text("utf-8", "replace")
    cell = CellText(filename=str(file), text=text, place=file.name)
    written = Definitions([cell])
    found = [*_functions(module, written), *_classes(module, written)]
    return [*found, *_constants(module, text)]


def _functions(module: types.ModuleType, written: Definitions) -> Iterator[Difference]:
    for name, value in vars(module).items():
        own = isinstance(value, types.FunctionType) and value.__globals__ is vars(module)
        if own and written.of_code(value.__code__) is None:
            yield Difference(name=name, said="is another function in its file by now")


def _classes(module: types.ModuleType, written: Definitions) -> Iterator[Difference]:
    for name, kind in vars(module).items():
        if not isinstance(kind, type) or kind.__module__ != module.__name__:
            continue
        texts = [each for each in written.of_classes(kind.__name__, None) if not each.is_nested]
        if texts:
            yield from _class(name, kind, texts[0], module)


def _class(
    name: str, kind: type, definition: Definition, module: types.ModuleType
) -> Iterator[Difference]:
    def is_of_module(value: object) -> bool:
        return getattr(value, "__module__", None) == module.__name__

    state = class_state(kind, definition, vars(module), is_of_module)
    if state.conflict:
        yield Difference(name=name, said="is another class in its file by now")
    for attribute, value in state.changed.items():
        yield Difference(name=f"{name}.{attribute}", said=_shown(value))


def _constants(module: types.ModuleType, text: str) -> Iterator[Difference]:
    tree = parsed_or_none(text)
    last: dict[str, ast.expr] = {}
    for node in tree.body if tree is not None else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                last[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                last[name] = value
            case ast.AugAssign(target=ast.Name(id=name)):
                last.pop(name, None)
    for name, said in last.items():
        expected, now = as_written(said, vars(module)), vars(module).get(name, UNKNOWN)
        if is_plain(expected) and is_plain(now) and not same_value(expected, now):
            yield Difference(name=name, said=f"{_shown(now)} and {_short(expected)} in its file")


def _shown(value: object) -> str:
    return f"is {_short(value)} here"


def _short(value: object) -> str:
    text = repr(value) if is_plain(value) else f"a {type(value).__name__}"
    return text if len(text) <= 40 else f"a {type(value).__name__} of {len(text):,} characters"
