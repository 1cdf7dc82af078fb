"""What cells set in modules and classes of others: `np.mean = …`, `pd.Series.double = …`.

Which attributes those are is read in the cells' texts, and for functions and classes of the
notebook in the things themselves; what they are by now, in the things.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import enum
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sfdag_magics.bundle.inspection import (
    as_kept,
    attribute_of,
    attributes_of,
    is_a,
    module_of,
    name_of,
)
from sfdag_magics.bundle.modules import import_of_object, is_local, is_own, is_standard
from sfdag_magics.bundle.own_builtins import as_cells_left_them
from sfdag_magics.bundle.taking.module_states.patched_things import PutThere, module_of_owner
from sfdag_magics.bundle.taking.module_states.set_by_names import (
    may_set_by_names,
    owner_of_names,
    set_by_names,
)
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.cell_texts import parsed_or_none
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.bundle.written.filling import FILLING
from sfdag_magics.bundle.written.functions_in import functions_in
from sfdag_magics.light_classes import dataclass

#: The types of containers whose items a cell may have changed.
FILLED_TYPES = (dict, list, set)
#: What a function has that its `__dict__` does not hold.
_OF_FUNCTIONS = ("__defaults__", "__kwdefaults__", "__code__", "__doc__", "__annotations__")


class _Gone:
    """Stands for an attribute that is not there any more."""


GONE = _Gone()


class _How(enum.Enum):
    """What a line does with an attribute."""

    SET = enum.auto()
    DELETED = enum.auto()
    FILLED = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """An attribute that a cell set.

    Attributes:
        owner: the module, class or object that has it.
        called: what the cell calls the owner.
        module: where the owner is from.
        value: GONE where a cell deleted the attribute.
        place: the cell.
        is_filled: whether the attribute is a container that a cell put something into.
        maker: the module beside the notebook that made the value, if one did.
    """

    owner: Any
    called: str
    module: str
    name: str
    value: object
    place: str
    is_filled: bool = False
    maker: str = ""

    @property
    def said(self) -> str:
        """The attribute as the cell writes it."""
        return f"{self.called}.{self.name}"

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """`(module, path)` of what it may be called: a class may be one of another class."""
        return (self.path, (self.module, self.name))

    @property
    def path(self) -> tuple[str, str]:
        """The module, and the attribute below it: `("m", "CFG.lr")`."""
        named = name_of(self.owner)
        own = is_a(self.owner, types.ModuleType) or not named
        return self.module, self.name if own else f"{named}.{self.name}"


def patches(
    cells: Cells,
    namespace: Mapping[str, object],
    setters: frozenset[str],
    put_there: Iterable[PutThere],
) -> list[Patch]:
    """What cells set in things of others, as it is now; the latest cell is named.

    Args:
        setters: the functions that set what they are told (`setters_of`).
        put_there: functions and classes that are found in things of others.
    """
    found: dict[tuple[int, str], Patch] = {}
    for cell in cells.where(_may_set, setters):
        by_names = set_by_names(cell.text, namespace, setters)
        for node, name, how in (*_set_in(cell.text), *((*each, _How.SET) for each in by_names)):
            owner = _thing_of(node, namespace)
            module = _home_of(owner, node, namespace)
            if (known := found.get((id(owner), name))) is not None and how is _How.SET:
                # What is filled by now was put there first: what an import gives may be no such.
                found[id(owner), name] = dataclasses.replace(known, is_filled=False)
            if not module or known is not None:
                continue
            value = _value_of(owner, name)
            if how is _How.DELETED and value is UNKNOWN and not is_a(owner, types.FunctionType):
                value = GONE
            is_filled = how is _How.FILLED
            counts = is_filled is (type(value) in FILLED_TYPES) or how is _How.SET
            if value is not UNKNOWN and counts and not _is_at_home(value, module, name):
                found[id(owner), name] = Patch(
                    owner=owner,
                    called=ast.unparse(node),
                    module=module,
                    name=name,
                    value=value,
                    place=cell.place,
                    is_filled=is_filled,
                )
    for patch in _patched_things(cells, namespace, put_there):
        found.setdefault((id(patch.owner), patch.name), patch)
    return list(reversed(found.values()))


@lru_cache(maxsize=16_384)  # the cells of a long day: asked as each is run
def _may_set(text: str, setters: frozenset[str]) -> bool:
    """Whether a cell sets anything of something; most define functions."""
    return bool(_set_in(text)) or may_set_by_names(text, setters)


def _patched_things(
    cells: Cells, namespace: Mapping[str, object], put_there: Iterable[PutThere]
) -> Iterator[Patch]:
    """Functions and classes of the user's that were put into things of others by whatever code."""
    here = str(namespace.get("__name__", "__main__"))
    for owner, called, name, value, maker in put_there:
        code = next((each.__code__ for each in functions_in(value)), None)
        file = "" if code is None else code.co_filename
        beside = "" if maker == here else maker
        yield Patch(
            owner=owner,
            called=called,
            module=module_of_owner(owner),
            name=name,
            value=value,
            place=beside or (cells.place_of(file) if file else None) or "a cell",
            maker=beside,
        )


def accessor_classes(texts: Iterable[str], namespace: Mapping[str, object]) -> list[str]:
    """Classes of the notebook that pandas was told of as accessors, and that texts use as such.

    Their decorators tell it again where they ship.
    """
    pandas = sys.modules.get("pandas")
    kinds = [getattr(pandas, name, object) for name in ("Series", "DataFrame", "Index")]
    told = [(n, vars(kind).get(n)) for kind in kinds for n in getattr(kind, "_accessors", ())]
    used = [
        attribute_of(value, "_accessor")
        for name, value in told
        if any(f"{mark}{name}" in text for text in texts for mark in ".'\"")
    ]
    if not used:
        return []
    return [name for name, value in namespace.items() if any(value is each for each in used)]


def counts(patch: Patch, modules: Iterable[str]) -> bool:
    """Whether a patch may change what a task of these modules does."""
    top = patch.module.partition(".")[0]
    used = {module.partition(".")[0] for module in modules}
    return top in used or (is_standard(top) and top != "sys")


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task, and most set nothing
def _set_in(text: str) -> tuple[tuple[ast.expr, str, _How], ...]:
    """`(owner, attribute, how)` of all that a text assigns, deletes or fills."""
    tree = parsed_or_none(text)
    return tuple(found for node in (ast.walk(tree) if tree else ()) for found in changed_by(node))


def changed_by(node: ast.AST) -> Iterator[tuple[ast.expr, str, _How]]:
    """`(owner, attribute, how)` of what one piece of syntax sets."""
    match node:
        case ast.Attribute(value=owner, attr=name, ctx=ast.Store()):
            yield owner, name, _How.SET
        case ast.Attribute(value=owner, attr=name, ctx=ast.Del()):
            yield owner, name, _How.DELETED
        case ast.Call(func=ast.Name(id="setattr"), args=[owner, ast.Constant(value=str(name)), _]):
            yield owner, name, _How.SET
        case ast.Call(func=ast.Name(id="delattr"), args=[owner, ast.Constant(value=str(name))]):
            yield owner, name, _How.DELETED
        case ast.Subscript(value=held, slice=key, ctx=ast.Store() | ast.Del()):
            yield from _changed_inside(held, [key])
        case ast.Call(
            func=ast.Attribute(value=held, attr="update" | "setdefault" | "pop") as called
        ):
            keys: list[ast.expr] = [ast.Constant(value=each.arg) for each in node.keywords]
            first = [] if called.attr == "update" else node.args[:1]
            yield from _changed_inside(held, [*first, *keys])
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=owner, attr=name), attr=called)):
            if called in FILLING:
                yield owner, name, _How.FILLED


def _changed_inside(held: ast.expr, keys: list[ast.expr]) -> Iterator[tuple[ast.expr, str, _How]]:
    """What is set where items of `held` are: `vars(math)["pi"] = 3`, `keyword.kwlist[0] = "x"`."""
    owners = list(owner_of_names(held))
    for key in keys if owners else ():
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield owners[0], key.value, _How.SET
    if isinstance(held, ast.Attribute) and not owners:
        yield held.value, held.attr, _How.FILLED


def _thing_of(node: ast.expr, namespace: Mapping[str, object]) -> object:
    """What a chain of names is; of modules, classes and functions, whose own code is not run."""
    if not isinstance(node, ast.Attribute):
        return as_written(node, namespace)
    owner = _thing_of(node.value, namespace)
    known = is_a(owner, types.ModuleType, type)
    return attributes_of(owner).get(node.attr, UNKNOWN) if known else as_written(node, namespace)


def _value_of(owner: object, name: str) -> object:
    if is_a(owner, types.FunctionType) and name in _OF_FUNCTIONS:
        # None is what a function has whose text gives it none.
        return UNKNOWN if attribute_of(owner, name) is None else attribute_of(owner, name)
    kept = as_cells_left_them() if owner is builtins else attributes_of(owner)
    return kept[name] if name in kept else _of_class(owner, name)


def _of_class(owner: object, name: str) -> object:
    """What an object of a library keeps in a slot, or answers by a property that can be set."""
    is_one = not is_a(owner, types.ModuleType, type, types.FunctionType)
    if not is_one or is_local(module_of(type(owner))):
        return UNKNOWN
    found = as_kept(type(owner), name)
    if is_a(found, types.MemberDescriptorType):
        return attribute_of(owner, name, UNKNOWN)
    is_set = is_a(found, property) and found.fset is not None
    try:
        return found.__get__(owner) if is_set else UNKNOWN
    except Exception:  # noqa: BLE001 - a library's own code
        return UNKNOWN


def _home_of(owner: object, node: ast.expr, namespace: Mapping[str, object]) -> str:
    """The module that an owner is imported from; empty where it is the notebook's own."""
    if is_a(owner, types.ModuleType, type):
        home = module_of_owner(owner)
    elif is_a(owner, types.FunctionType):
        home = str(owner.__module__)
    elif isinstance(node, ast.Name | ast.Attribute) and owner is not UNKNOWN:
        line = import_of_object(last_name(node), owner)
        home = line.split()[1] if line else ""
    else:
        return ""
    own = home == namespace.get("__name__", "__main__") or is_own(home)
    return "" if own or home not in sys.modules else home


def _is_at_home(value: object, module: str, name: str) -> bool:
    """Whether a function or class is what its own package has under the name.

    A cache is not: it calls itself like the function inside, whoever made it.
    """
    if attribute_of(value, "cache_parameters") is not None:
        return False
    qualified = str(attribute_of(value, "__qualname__", "")).rpartition(".")[2]
    home = str(attribute_of(value, "__module__", "")).partition(".")[0]
    return qualified == name and home == module.partition(".")[0]
