"""A module beside the notebook as it is loaded against its file, which is what ships.

Reads the file's text and the module's names; imports nothing, and runs only what computes.
"""

from __future__ import annotations

import ast
import inspect
import marshal
import sys
import time
import types
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sfdag_magics.bundle.beside import loaded_modules
from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.taking.alike import is_alike
from sfdag_magics.bundle.taking.names_used import attribute_chains, last_name
from sfdag_magics.bundle.taking.patches import FILLING, GONE
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none
from sfdag_magics.bundle.written.class_state import class_state
from sfdag_magics.bundle.written.computed import Computed
from sfdag_magics.bundle.written.definitions import Definition, Definitions
from sfdag_magics.bundle.written.evaluated import evaluated
from sfdag_magics.bundle.written.function_state import function_state
from sfdag_magics.bundle.written.members import members

#: When this process began to compare: what was loaded before is as old files say.
_BEGAN = time.time()
#: Bytes of a compiled file before its code.
_HEADER = 16
#: Bytes of an array that is compared with what the file makes.
_LARGEST_ARRAY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One name of a module that is not what its file says.

    Attributes:
        name: the name in the module, `LR` or `CFG.lr`.
        how: what differs, for people; a value itself only where it is short.
        is_code: whether a function or class differs, which may be called from anywhere.
        is_filled: whether code of the module's own fills it, at its import or later: then what
            the notebook put into it cannot be told.
        value: what it is here, for a line that sets it; UNKNOWN where none does.
        sets: the attribute that such a line sets, where that is not the name.
        is_same_type: whether the file makes a container of the same type, as far as is known.
    """

    module: types.ModuleType
    file: Path
    name: str
    how: str
    is_code: bool = False
    is_filled: bool = False
    value: object = UNKNOWN
    sets: str = ""
    is_same_type: bool = False

    @property
    def place(self) -> str:
        """The path of the attribute that makes the difference."""
        return self.sets or self.name

    @property
    def said_of_carried(self) -> str:
        """The difference, where a line sets it."""
        return f"{self.module.__name__}.{self.name} {self.how}, and is set where the task runs"

    @property
    def said(self) -> str:
        """The difference as a sentence."""
        name = f"{self.module.__name__}.{self.name}"
        if self.is_filled:
            return f"{name} {self.how}; its own code fills it, and nothing that the notebook put in"
        return f"{name} {self.how}, and the file is what ships"


def differing_modules(modules: Iterable[str]) -> Iterator[Difference]:
    """What the local ones of these modules have otherwise than their files, as far as loaded."""
    found = list(loaded_modules(modules))
    filled: dict[str, set[str]] = {}
    for name, file in found:
        filled.setdefault(name.partition(".")[0], set()).update(
            _filled_names(file.read_text("utf-8", "replace"))
        )
    for name, file in found:
        yield from module_differences(sys.modules[name], file, filled[name.partition(".")[0]])


def module_differences(
    module: types.ModuleType, file: Path, filled: Container[str] = ()
) -> Iterator[Difference]:
    """What a loaded module has otherwise than its file, functions first.

    Args:
        filled: names of containers that code of its package puts something into.
    """
    text = file.read_text("utf-8", "replace")
    written = Definitions([CellText(filename=str(file), text=text, place=file.name)])
    for name in _other_functions(module, written):
        how = "is another function in its file by now"
        yield Difference(module=module, file=file, name=name, how=how, is_code=True)
    for name, sets, value, how in _changed_functions(module, written):
        yield Difference(module=module, file=file, name=name, how=how, value=value, sets=sets)
    for name, value, expected, how in _other_classes(module, written):
        yield Difference(
            module=module,
            file=file,
            name=name,
            how=how,
            value=value,
            is_code="." not in name,
            is_same_type=type(value) is type(expected),
        )
    for name, value, expected, how in _other_constants(module, text, written):
        yield Difference(
            module=module,
            file=file,
            name=name,
            how=how,
            value=value,
            is_filled=name in filled,
            is_same_type=type(value) is type(expected),
        )


def was_edited(module: types.ModuleType, file: Path) -> bool:
    """Whether a file may be no longer what was loaded.

    What was loaded is told by what Python compiled then; where it keeps none, by the file's time.
    """
    kept = Path(str(attributes_of(module).get("__cached__")))
    try:
        loaded = marshal.loads(kept.read_bytes()[_HEADER:])  # noqa: S302 - Python's own
        text = file.read_text("utf-8", "replace")
        return bool(loaded != compile(text, str(file), "exec", dont_inherit=True))
    except (OSError, ValueError, EOFError, TypeError, SyntaxError):
        return file.stat().st_mtime > _BEGAN


def is_reached(
    difference: Difference,
    imports: Iterable[str],
    texts: Iterable[str],
    namespace: Mapping[str, object],
) -> bool:
    """Whether what ships uses the name that differs, as far as its text says."""
    if difference.is_filled:
        return False
    module, path = difference.module, difference.name.split(".")
    named = f"from {module.__name__} import {path[0]}"
    if difference.is_code or any(line.startswith(named) for line in imports):
        return True
    package = sys.modules.get(module.__name__.partition(".")[0])
    called = [name for name, value in namespace.items() if value is module or value is package]
    return any(
        list(chain[: len(path)]) == path or list(chain[-len(path) :]) == path
        for text in texts
        for name in called
        for chain in attribute_chains(text, name)
    )


def _other_functions(module: types.ModuleType, written: Definitions) -> Iterator[str]:
    for name, value in vars(module).items():
        own = isinstance(value, types.FunctionType) and value.__globals__ is vars(module)
        if own and written.of_code(value.__code__) is None:
            yield name


def _changed_functions(
    module: types.ModuleType, written: Definitions
) -> Iterator[tuple[str, str, object, str]]:
    """Functions that are as written, with other defaults or attributes."""
    for name, value in vars(module).items():
        if not isinstance(value, types.FunctionType) or value.__globals__ is not vars(module):
            continue
        definition = written.of_code(value.__code__)
        if definition is None or definition.is_nested:
            continue
        state = function_state(value, definition, vars(module))
        how = "has other defaults here than in its file"
        given = {"__defaults__": state.defaults, "__kwdefaults__": state.keyword_defaults}
        for attribute, value in given.items():
            if _is_otherwise(attribute, value, module, written):
                now = value.value if isinstance(value, Computed) else value
                yield name, f"{name}.{attribute}", now, how
        if not definition.decorators:
            for attribute, now in state.attributes.items():
                yield f"{name}.{attribute}", "", now, f"is {_short(now)} here"


def _other_classes(
    module: types.ModuleType, written: Definitions
) -> Iterator[tuple[str, object, object, str]]:
    for name, kind in vars(module).items():
        if not isinstance(kind, type) or kind.__module__ != module.__name__:
            continue
        texts = [each for each in written.of_classes(kind.__name__, None) if not each.is_nested]
        if texts:
            yield from _class(name, kind, texts[0], module, written)


def _class(
    name: str,
    kind: type,
    definition: Definition,
    module: types.ModuleType,
    texts: Definitions,
) -> Iterator[tuple[str, object, object, str]]:
    def is_of_module(value: object) -> bool:
        return getattr(value, "__module__", None) == module.__name__

    state = class_state(kind, definition, vars(module), is_of_module)
    if state.conflict:
        yield name, UNKNOWN, UNKNOWN, "is another class in its file by now"
    written = members(definition.node) if isinstance(definition.node, ast.ClassDef) else {}
    for attribute, value in state.changed.items():
        if not _is_otherwise(attribute, value, module, texts):
            continue
        now = value.value if isinstance(value, Computed) else value
        said = written.get(attribute)
        expected = as_written(said, vars(module)) if isinstance(said, ast.expr) else UNKNOWN
        yield f"{name}.{attribute}", now, expected, f"is {_short(now)} here"


def _is_otherwise(path: str, value: object, module: types.ModuleType, texts: Definitions) -> bool:
    """Whether a value is surely another than a file makes, as far as that only computes."""
    if not isinstance(value, Computed):
        return value is not None
    now: object = value.value
    if path.endswith("__kwdefaults__") and isinstance(now, Mapping):
        now = tuple(now.values())
    parts = now if path.endswith("defaults__") and isinstance(now, tuple) else (now,)
    if len(parts) != len(value.nodes):
        return False
    return any(
        getattr(part, "nbytes", 0) <= _LARGEST_ARRAY
        and (made := evaluated(node, module, texts)) is not UNKNOWN
        and not is_alike(made, part)
        for node, part in zip(value.nodes, parts, strict=True)
    )


def _other_constants(
    module: types.ModuleType, text: str, written: Definitions
) -> Iterator[tuple[str, object, object, str]]:
    for name, said in _constants(text).items():
        expected, now = as_written(said, vars(module)), vars(module).get(name, GONE)
        if now is GONE:
            yield name, now, expected, "is not there any more here"
        elif is_a(now, types.GeneratorType):
            if inspect.getgeneratorstate(now) != inspect.GEN_CREATED:
                yield name, UNKNOWN, expected, "is a generator that was begun here"
        elif is_plain(expected):
            if not same_value(expected, now):
                how = f"is {_short(now)} here and {_short(expected)} in its file"
                yield name, now, expected, how
        elif isinstance(said, ast.Call) and getattr(now, "nbytes", 0) <= _LARGEST_ARRAY:
            expected = evaluated(said, module, written)
            if expected is not UNKNOWN and not is_alike(expected, now):
                yield name, now, expected, "is another here than its file makes"


def _constants(text: str) -> Mapping[str, ast.expr]:
    """What each name at the top of a file is set to last, where one line does."""
    tree = parsed_or_none(text)
    last: dict[str, ast.expr] = {}
    for node in tree.body if tree is not None else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                last[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                last[name] = value
            case _:
                for name in _bound_by(node):
                    last.pop(name, None)
    return last


def _bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds or deletes as it runs, what stands inside of it too."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda():
            return
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from _bound_by(child)


@lru_cache(maxsize=1024)
def _filled_names(text: str) -> frozenset[str]:
    """The names of what code of a file puts something into, or takes something out of."""
    return frozenset(_filled(text))


def _filled(text: str) -> Iterator[str]:
    tree = parsed_or_none(text)
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.Call(func=ast.Attribute(attr=called, value=held)) if called in FILLING:
                yield last_name(held)
            case ast.Subscript(value=held, ctx=ast.Store() | ast.Del()):
                yield last_name(held)


def _short(value: object) -> str:
    if not is_plain(value):
        return f"a {type(value).__name__} of other things"
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__} of {len(text):,} characters"
