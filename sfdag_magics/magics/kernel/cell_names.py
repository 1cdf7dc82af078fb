"""Names that the kernel still has and no cell of the notebook gives any more.

A cell that was run, edited and run again, or deleted, leaves behind what it gave before. Knows the
texts of cells by the ids that a front end gives them; without ids nothing is known to be gone.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import CodeType, FunctionType


class CellNames:
    """Which cell gave which names. One thread."""

    def __init__(self) -> None:
        #: `{cell: all its texts that were run, the last one last}`; None for one without an id.
        self._texts: dict[str | None, list[str]] = {}
        self._deleted: set[str] = set()

    def ran(self, cell_id: str | None, text: str) -> None:
        """A cell is run; one that was deleted is back, as after an undo."""
        texts = self._texts.setdefault(cell_id, [])
        if text in texts:
            texts.remove(text)
        texts.append(text)
        self._deleted.discard(cell_id or "")

    def gone(self, cell_ids: Iterable[str]) -> None:
        """Cells were deleted."""
        self._deleted.update(cell_ids)

    def left(self, names: Iterable[str]) -> list[str]:
        """Those of the names that cells gave and none gives any more."""
        return [name for name in names if self._is_left(name)]

    def _is_left(self, name: str) -> bool:
        gave = [
            cell for cell, texts in self._texts.items() if any(name in _given(t) for t in texts)
        ]
        return bool(gave) and not any(self._gives(cell, name) for cell in gave)

    def _gives(self, cell: str | None, name: str) -> bool:
        if cell is None:
            return True
        return cell not in self._deleted and name in _given(self._texts[cell][-1])


@lru_cache(maxsize=4096)
def _given(text: str) -> frozenset[str]:
    """The names that a cell binds at its top; of one that cannot be read none."""
    try:
        code = compile(text, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return frozenset()
    stores = (each for each in dis.get_instructions(code) if each.opname.startswith("STORE_"))
    return frozenset(str(each.argval) for each in stores if each.opname != "STORE_ATTR")


def names_behind(function: object, variables: Mapping[str, object]) -> list[str]:
    """The global names that a function uses, those of the functions that it calls among them."""
    found: dict[str, None] = {}
    left = [function]
    while left:
        code = getattr(left.pop(), "__code__", None)
        for name in _used(code) if isinstance(code, CodeType) else ():
            if name in variables and name not in found:
                found[name] = None
                if isinstance(variables[name], FunctionType):
                    left.append(variables[name])
    return list(found)


def _used(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _used(inner)
