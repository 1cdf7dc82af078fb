"""What functions of modules beside the notebook enclose, and their calls changed since.

A counter, a registry, a flag in a closure: importing the module makes a new one. Reads values and
the modules' texts, and runs only what computes.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.terms.alike import is_alike
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain
from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none, text_of_file
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.bundle.written.definitions import Definitions
from sfdag_magics.bundle.written.evaluated import evaluated
from sfdag_magics.bundle.written.made_around import made_around
from sfdag_magics.light_classes import dataclass

#: Of a variable that no code changes, for all that its text says.
_AS_IT_WAS = object()
#: How many functions deep what one encloses is looked at.
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedState:
    """A variable around a function that is not what it was as the function was made.

    Attributes:
        name: where the function is, below its module.
        variable: what its text calls it.
        place: the path of what holds it.
        is_same_type: whether it was a container of the same type.
    """

    name: str
    variable: str
    place: str
    value: object
    is_same_type: bool


class Enclosures:
    """Looks at each variable once: functions share theirs, and modules share functions."""

    def __init__(self) -> None:
        self._met: set[int] = set()
        self._texts: dict[str, tuple[types.ModuleType, Definitions] | None] = {}

    def changed(self, module: types.ModuleType) -> Iterator[EnclosedState]:
        """What functions and methods of a module enclose and have otherwise by now."""
        for name, value in list(vars(module).items()):
            if is_a(value, type) and module_of(value) == module.__name__:
                for attribute, member in list(attributes_of(value).items()):
                    yield from self._in(name, f"{name}.__dict__[{attribute!r}]", member)
            elif not name.startswith("__"):
                yield from self._in(name, name, value)

    def _in(self, name: str, path: str, value: object, depth: int = 0) -> Iterator[EnclosedState]:
        for place, function in _functions_at(path, value):
            if id(function) in self._met or depth > _DEEPEST:
                continue
            self._met.add(id(function))
            for variable, inner, cell in self._cells(place, function):
                now = cell.cell_contents
                if is_a(now, types.FunctionType):
                    yield from self._in(name, inner, now, depth + 1)
                    continue
                made = self._made(variable, function)
                if made is not _AS_IT_WAS and not is_alike(made, now):
                    yield EnclosedState(
                        name=name,
                        variable=variable,
                        place=inner,
                        value=now,
                        is_same_type=type(made) is type(now),
                    )

    def _cells(
        self, path: str, function: types.FunctionType
    ) -> Iterator[tuple[str, str, types.CellType]]:
        """`(variable, path, cell)` of those that nobody looked at, and that hold something."""
        names = function.__code__.co_freevars
        for index, (name, cell) in enumerate(zip(names, function.__closure__ or (), strict=True)):
            if id(cell) in self._met or name == "__class__" or cell == types.CellType():
                continue
            self._met.add(id(cell))
            yield name, f"{path}.__closure__[{index}].cell_contents", cell

    def _made(self, variable: str, function: types.FunctionType) -> object:
        """What the text makes of a variable; UNKNOWN where only running would tell."""
        home = self._home(function)
        tree = parsed_or_none(next(iter(home[1].cells)).text) if home is not None else None
        if home is None or tree is None:
            return _AS_IT_WAS
        found = made_around(variable, function.__code__, tree)
        if found is None:
            return _AS_IT_WAS
        made: object = UNKNOWN
        if found.first is not None:
            made = as_written(found.first, vars(home[0]))
            made = evaluated(found.first, *home) if made is UNKNOWN else made
        return made if made is not UNKNOWN or found.is_changed else _AS_IT_WAS

    def _home(self, function: types.FunctionType) -> tuple[types.ModuleType, Definitions] | None:
        """The module beside the notebook whose text a function is of."""
        name = str(function.__globals__.get("__name__"))
        if name not in self._texts:
            self._texts[name] = _text_of(sys.modules.get(name), function.__globals__)
        return self._texts[name]


def _text_of(
    module: object, names: dict[str, object]
) -> tuple[types.ModuleType, Definitions] | None:
    if not is_a(module, types.ModuleType) or vars(module) is not names:
        return None
    if not is_local(module.__name__.partition(".")[0]):
        return None
    file = str(names.get("__file__"))
    text = text_of_file(file)
    if text is None:
        return None
    return module, Definitions(Cells([CellText(filename=file, text=text, place=file)]))


def _functions_at(path: str, value: Any) -> Iterator[tuple[str, types.FunctionType]]:  # noqa: ANN401 - of a module
    """The functions that a name of a module leads to, with their paths."""
    if is_a(value, types.FunctionType):
        yield path, value
    elif is_a(value, staticmethod) or is_a(value, classmethod):
        yield from _functions_at(f"{path}.__func__", value.__func__)
    elif is_a(value, property):
        for each in ("fget", "fset", "fdel"):
            yield from _functions_at(f"{path}.{each}", getattr(value, each))
    elif type(value) is dict:
        plain = [(key, item) for key, item in list(value.items()) if is_plain(key)]
        yield from _those_of((f"{path}[{key!r}]", item) for key, item in plain)
    elif type(value) in (list, tuple):
        yield from _those_of((f"{path}[{index}]", item) for index, item in enumerate(value))
    elif callable(value) and not is_a(value, type):
        inner = attributes_of(value).get("__wrapped__")
        yield from _those_of([(f"{path}.__wrapped__", inner)])


def _those_of(pairs: Any) -> Iterator[tuple[str, types.FunctionType]]:  # noqa: ANN401 - of paths and values
    for path, value in pairs:
        if is_a(value, types.FunctionType):
            yield path, value
