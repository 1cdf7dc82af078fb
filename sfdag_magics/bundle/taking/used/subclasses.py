"""The classes that `Base.__subclasses__()` finds, and no code names: they travel with who asks."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.beside import loaded_modules
from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of, name_of_class
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.used.names_used import global_names
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file

_ASKS = "__subclasses__"
#: What a class calls itself, or those below it, in its methods.
_ITSELF = frozenset({"cls", "__class__", "self.__class__", "type(self)"})


def asked_in_text(text: str, used: Iterable[object], own: str) -> Iterator[type]:
    """The classes that a text may ask; `used` is what its names are, `own` the notebook's module.

    Of classes that are installed none is asked: too many are below them.
    """
    for value in used if _ASKS in text else ():
        if is_a(value, types.ModuleType) and is_local(value.__name__):
            yield from _classes_of(value)
        if is_a(value, type) and (module_of(value) == own or is_local(module_of(value))):
            yield value


def asks_of_a_value(text: str) -> bool:
    """Whether a text asks a class that it does not name: an argument, an attribute of a thing."""
    tree = parsed_or_none(text) if _ASKS in text else None
    named = set(global_names(text)) if tree is not None else set()
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == _ASKS
        and ast.unparse(node.value) not in named | _ITSELF
        for node in (ast.walk(tree) if tree is not None else ())
    )


def classes_in(things: Iterable[object], own: str) -> list[type]:
    """The classes of the notebook and of modules beside it among things."""
    return [
        each
        for each in things
        if is_a(each, type) and (module_of(each) == own or is_local(module_of(each)))
    ]


def asked_in_modules(modules: Iterable[str]) -> Iterator[type]:
    """The classes that modules beside the notebook may ask."""
    for name, file in loaded_modules(modules):
        if _ASKS in (text_of_file(str(file)) or ""):
            yield from _classes_of(sys.modules[name])


def names_below(kinds: Iterable[type], namespace: Mapping[str, object]) -> Iterator[str]:
    """The notebook's names of all that extends these classes."""
    waiting = list(kinds)
    while waiting:
        below: list[type] = type.__subclasses__(waiting.pop())
        waiting += below
        for each in below:
            if namespace.get(name_of_class(each)) is each:
                yield name_of_class(each)


def _classes_of(module: types.ModuleType) -> Iterator[type]:
    for value in attributes_of(module).values():
        if is_a(value, type) and is_local(module_of(value)):
            yield value
