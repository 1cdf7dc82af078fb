"""What cells set in modules and classes of others: `np.mean = …`, `pd.Series.double = …`.

Which attributes those are is read in the cells' texts; what they are by now, in the things.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a, module_of, name_of
from sfdag_magics.bundle.modules import import_of_object, is_own, is_standard
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """An attribute that a cell set.

    Attributes:
        owner: the module, class or object that has it.
        called: what the cell calls the owner.
        module: where the owner is from.
        place: the cell.
    """

    owner: Any
    called: str
    module: str
    name: str
    value: object
    place: str

    @property
    def said(self) -> str:
        """The attribute as the cell writes it."""
        return f"{self.called}.{self.name}"

    @property
    def path(self) -> tuple[str, str]:
        """The module, and the attribute below it: `("m", "CFG.lr")`."""
        named = name_of(self.owner)
        own = is_a(self.owner, types.ModuleType) or not named
        return self.module, self.name if own else f"{named}.{self.name}"


def patches(cells: Iterable[CellText], namespace: Mapping[str, object]) -> list[Patch]:
    """What cells set in things of others, as it is now; the latest cell is named."""
    found: dict[tuple[int, str], Patch] = {}
    for cell in cells:
        for node, name in _set_in(cell.text):
            owner = as_written(node, namespace)
            module = _home_of(owner, node, namespace)
            if not module or (id(owner), name) in found:
                continue
            value = attributes_of(owner).get(name, UNKNOWN)
            if value is not UNKNOWN and not _is_at_home(value, module, name):
                found[id(owner), name] = Patch(
                    owner=owner,
                    called=ast.unparse(node),
                    module=module,
                    name=name,
                    value=value,
                    place=cell.place,
                )
    return list(reversed(found.values()))


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
        if any(f".{name}" in text for text in texts)
    ]
    return [name for name, value in namespace.items() if any(value is each for each in used)]


def counts(patch: Patch, modules: Iterable[str]) -> bool:
    """Whether a patch may change what a task of these modules does."""
    top = patch.module.partition(".")[0]
    used = {module.partition(".")[0] for module in modules}
    return top in used or (is_standard(top) and top != "sys")


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task, and most set nothing
def _set_in(text: str) -> tuple[tuple[ast.expr, str], ...]:
    """`(owner, attribute)` of all that a text assigns."""
    return tuple(_assigned(text))


def _assigned(text: str) -> Iterator[tuple[ast.expr, str]]:
    tree = parsed_or_none(text)
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.Attribute(value=owner, attr=name, ctx=ast.Store()):
                yield owner, name
            case ast.Call(
                func=ast.Name(id="setattr"), args=[owner, ast.Constant(value=str(name)), _]
            ):
                yield owner, name


def _home_of(owner: object, node: ast.expr, namespace: Mapping[str, object]) -> str:
    """The module that an owner is imported from; empty where it is the notebook's own."""
    if is_a(owner, types.ModuleType):
        home = owner.__name__
    elif is_a(owner, type):
        home = module_of(owner)
    elif isinstance(node, ast.Name) and attributes_of(owner):
        line = import_of_object(node.id, owner)
        home = line.split()[1] if line else ""
    else:
        return ""
    own = home == namespace.get("__name__", "__main__") or is_own(home)
    return "" if own or home not in sys.modules else home


def _is_at_home(value: object, module: str, name: str) -> bool:
    """Whether a function or class is what its own package has under the name."""
    qualified = str(attribute_of(value, "__qualname__", "")).rpartition(".")[2]
    home = str(attribute_of(value, "__module__", "")).partition(".")[0]
    return qualified == name and home == module.partition(".")[0]
