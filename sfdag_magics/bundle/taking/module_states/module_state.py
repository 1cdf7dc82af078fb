"""A module beside the notebook as it is loaded against its file, which is what ships.

Reads the file's text and the module's names; imports nothing, and runs only what computes.
"""

from __future__ import annotations

import ast
import marshal
import sys
import types
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sfdag_magics.bundle.beside import loaded_modules
from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.literals.array_views import is_array
from sfdag_magics.bundle.load_times import LOADED
from sfdag_magics.bundle.taking.module_states.difference import ModuleDifference, shortly
from sfdag_magics.bundle.taking.module_states.enclosed_state import Enclosures
from sfdag_magics.bundle.taking.module_states.made_anew import made_anew
from sfdag_magics.bundle.taking.module_states.module_constants import (
    LARGEST_ARRAY,
    MAYBE,
    SAME,
    attributes_set,
    bound_in_classes,
    filled_names,
    other_constants,
    set_by_name,
)
from sfdag_magics.bundle.taking.terms.alike import is_alike
from sfdag_magics.bundle.taking.terms.roots import Root, roots_of
from sfdag_magics.bundle.taking.used.names_used import assigned_globals
from sfdag_magics.bundle.taking.used.what_ran import WhatRan
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain
from sfdag_magics.bundle.written.cell_texts import CellText
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.bundle.written.classes.class_additions import is_of_a_library
from sfdag_magics.bundle.written.classes.class_state import class_state
from sfdag_magics.bundle.written.classes.members import members
from sfdag_magics.bundle.written.computed import Computed, is_fixed
from sfdag_magics.bundle.written.definitions import Definition, Definitions
from sfdag_magics.bundle.written.evaluated import evaluated
from sfdag_magics.bundle.written.filling import FILLABLE
from sfdag_magics.bundle.written.function_state import function_state
from sfdag_magics.bundle.written.generated_state import generated_changes

#: How that differs of which nobody can tell whether code that ran has changed it.
TOUCHED = "was given to code that may have changed it"
#: Bytes of a compiled file before its code.
_HEADER = 16


def differing_modules(
    modules: Iterable[str], cells: Iterable[str], namespace: Mapping[str, object]
) -> Iterator[ModuleDifference]:
    """What the local ones of these modules have otherwise than their files, as far as loaded.

    Args:
        cells: the texts of a notebook, whose names are `namespace`.
    """
    found = list(loaded_modules(modules))
    if not found:
        return  # what all cells did need not be read, which is asked as each cell is run
    texts = {name: file.read_text("utf-8", "replace") for name, file in found}
    filled: dict[str, set[str]] = {}
    for name, text in texts.items():
        filled.setdefault(name.partition(".")[0], set()).update(filled_names(text))
    ran = WhatRan(cells, texts, namespace)
    enclosures = Enclosures()
    for name, file in found:
        module = sys.modules[name]
        yield from _of_module(module, file, texts[name], filled[name.partition(".")[0]], ran)
        yield from _enclosed(module, file, enclosures)


def _of_module(
    module: types.ModuleType, file: Path, text: str, filled: Container[str], ran: WhatRan
) -> Iterator[ModuleDifference]:
    """What a loaded module has otherwise than its file, functions first.

    Args:
        filled: names of containers that code of its package puts something into.
    """
    written = Definitions(Cells([CellText(filename=str(file), text=text, place=file.name)]))
    anew = {
        each.key: replace(each, is_steady=_is_steady(each, ran))
        for each in made_anew(module, file, text)
    }
    yield from anew.values()
    for each in _lasting_differences(module, file, text, written, filled, ran):
        if each.key not in anew:
            yield each


def _is_steady(difference: ModuleDifference, ran: WhatRan) -> bool:
    """Whether it is what the import made: only the import tells two kernels apart."""
    home, value = difference.module.__name__, difference.value
    *owners, last = difference.name.split(".")
    parts = value if isinstance(value, tuple) else (value,)
    may_change = not all(map(is_fixed, parts))
    asked = {**dict.fromkeys(owners, True), last: may_change}  # a class may set what it has
    return not any(
        ran.bound(home, name) or ran.changed(home, name, value, by_asking=by_asking)
        for name, by_asking in asked.items()
    )


def _lasting_differences(
    module: types.ModuleType,
    file: Path,
    text: str,
    written: Definitions,
    filled: Container[str],
    ran: WhatRan,
) -> Iterator[ModuleDifference]:
    """What differs from what each import makes."""
    differs = partial(ModuleDifference, module=module, file=file)
    is_own = partial(_is_own, module, text, filled, ran)
    yield from _of_functions(module, written, differs, is_own)
    told = set[str]()
    for each in _of_other_classes(module, written, differs, is_own):
        told.add(each.name)
        yield each
    for root in _of_classes(module, ran):
        if root.path not in told:
            told.add(root.path)
            yield differs(name=root.path, how=MAYBE, value=root.value, is_maybe=True)
    for name, value, expected, how in other_constants(module, text, written, ran):
        told.add(name)
        if how is SAME:
            continue
        yield differs(
            name=name,
            how=how,
            value=value,
            is_filled=name in filled,
            is_maybe=how is MAYBE,
            is_own=how is not MAYBE and is_own(name, value, expected),
            is_same_type=_is_filled_alike(value, expected)
            or (how is MAYBE and not ran.bound(module.__name__, name)),
        )
    for root in roots_of(module.__name__):
        is_compared = root.path in told or (root.owner is not None and is_plain(root.value))
        if not is_compared and ran.touched(root.path.rpartition(".")[2], root.value):
            yield differs(name=root.path, how=TOUCHED, value=root.value, is_touched=True)


def _of_functions(
    module: types.ModuleType,
    written: Definitions,
    differs: Callable[..., ModuleDifference],
    is_own: Callable[[str, object, object], bool],
) -> Iterator[ModuleDifference]:
    """Functions that are others in the file by now, and what was set on those that are not."""
    for name in _other_functions(module, written):
        how = "is another function in its file by now"
        yield differs(name=name, how=how, is_code=True)
    for name, sets, value, how in _changed_functions(module, written):
        yield differs(
            name=name,
            how=how,
            value=value,
            sets=sets,
            is_own=not sets and is_own(name, value, value),
        )


def _of_other_classes(
    module: types.ModuleType,
    written: Definitions,
    differs: Callable[..., ModuleDifference],
    is_own: Callable[[str, object, object], bool],
) -> Iterator[ModuleDifference]:
    """Classes that are others in the file by now, and what their attributes were set to."""
    for name, value, expected, how in _other_classes(module, written):
        yield differs(
            name=name,
            how=how,
            value=value,
            is_code="." not in name,
            is_own="." in name and is_own(name, value, expected),
            is_same_type=_is_filled_alike(value, expected),
        )


def _of_classes(module: types.ModuleType, ran: WhatRan) -> Iterator[Root]:
    """Things that its classes hold which code that ran may have changed: no text says them."""
    for root in roots_of(module.__name__):
        if root.owner is not None and not is_plain(root.value):
            name = root.path.rpartition(".")[2]
            if ran.changed(module.__name__, name, root.value, by_asking=False):
                yield root


def _is_filled_alike(value: object, expected: object) -> bool:
    """Whether one becomes the other in place: arrays, if they are of one form."""
    forms = [(getattr(e, "shape", None), getattr(e, "dtype", None)) for e in (value, expected)]
    return type(value) is type(expected) and (not is_array(value) or forms[0] == forms[1])


def _is_own(
    module: types.ModuleType,
    text: str,
    filled: Container[str],
    ran: WhatRan,
    path: str,
    value: object,
    expected: object,
) -> bool:
    """Whether the file's own code may have made something what it is, and nothing that ran has."""
    *owners, last = path.split(".")
    if owners:
        sets = last in filled or last in attributes_set(text) or owners[-1] in set_by_name(text)
    else:
        sets = last in filled or last in assigned_globals(text)
    is_unknown = expected is UNKNOWN and bool(owners) and last in bound_in_classes(text)
    if not sets and not is_unknown:
        return False
    home = module.__name__
    return not any(
        ran.bound(home, name) or ran.changed(home, name, held, by_asking=False)
        for name, held in ((last, value), *((owner, vars(module).get(owner)) for owner in owners))
    )


def _enclosed(
    module: types.ModuleType, file: Path, enclosures: Enclosures
) -> Iterator[ModuleDifference]:
    for each in enclosures.changed(module):
        now = shortly(each.value, each.variable)
        yield ModuleDifference(
            module=module,
            file=file,
            name=each.name,
            how=f"keeps {each.variable} = {now} here, as its calls left it",
            value=each.value,
            sets=each.place,
            variable=each.variable,
            is_filled=type(each.value) in FILLABLE,
            is_same_type=each.is_same_type,
        )


def was_edited(module: types.ModuleType, file: Path) -> bool:
    """Whether a file may be no longer what was loaded.

    What was loaded is told by what Python compiled then; where it keeps none, by the times of the
    file and of the import.
    """
    kept = Path(str(attributes_of(module).get("__cached__")))
    try:
        loaded = marshal.loads(kept.read_bytes()[_HEADER:])  # noqa: S302 - Python's own
        text = file.read_text("utf-8", "replace")
        return bool(loaded != compile(text, str(file), "exec", dont_inherit=True))
    except (OSError, ValueError, EOFError, TypeError, SyntaxError):
        return file.stat().st_mtime > LOADED.of(module.__name__)


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
                yield f"{name}.{attribute}", "", now, f"is {shortly(now, attribute)} here"


def _other_classes(
    module: types.ModuleType, written: Definitions
) -> Iterator[tuple[str, object, object, str]]:
    for name, kind in vars(module).items():
        if not isinstance(kind, type) or kind.__module__ != module.__name__:
            continue
        texts = [each for each in written.of_classes(kind.__name__, None) if not each.is_nested]
        if texts:
            yield from _class(name, kind, texts, module, written)
        if texts and kind.__bases__ == (tuple,):
            continue
        for path, now in _of_named_tuple(kind, module):
            yield f"{name}.{path}", now, UNKNOWN, f"is {shortly(now, path)} here"


def _of_named_tuple(kind: type, module: types.ModuleType) -> Iterator[tuple[str, object]]:
    """`(path, value)` of what was set in a class that `namedtuple` made, or in one below it."""
    if kind.__bases__ == (tuple,):
        yield from generated_changes(kind, {}).items()
        return
    made = kind.__base__
    is_named = any(made is each for each in vars(module).values())
    if made is not None and made.__bases__ == (tuple,) and not is_named:
        found = generated_changes(made, {}).items()
        yield from ((path, now) for path, now in found if path.partition(".")[0] not in vars(kind))


def _class(
    name: str,
    kind: type,
    definitions: Sequence[Definition],
    module: types.ModuleType,
    texts: Definitions,
) -> Iterator[tuple[str, object, object, str]]:
    def is_of_module(value: object) -> bool:
        return getattr(value, "__module__", None) == module.__name__

    states = [(class_state(kind, each, vars(module), is_of_module), each) for each in definitions]
    state, definition = min(states, key=lambda found: found[0].distance)
    if state.conflict:
        yield name, UNKNOWN, UNKNOWN, "is another class in its file by now"
    written = members(definition.node) if isinstance(definition.node, ast.ClassDef) else {}
    for attribute, value in state.changed.items():
        # Its own lines may have set those of libraries, which no line of the class says.
        is_beyond = attribute not in written and is_of_a_library(value)
        if is_beyond or not _is_otherwise(attribute, value, module, texts):
            continue
        now = value.value if isinstance(value, Computed) else value
        said = written.get(attribute)
        expected = as_written(said, vars(module)) if isinstance(said, ast.expr) else UNKNOWN
        yield f"{name}.{attribute}", now, expected, f"is {shortly(now, attribute)} here"


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
        getattr(part, "nbytes", 0) <= LARGEST_ARRAY
        and (made := evaluated(node, module, texts)) is not UNKNOWN
        and not is_alike(made, part)
        for node, part in zip(value.nodes, parts, strict=True)
    )
