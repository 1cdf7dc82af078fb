"""What cells told modules for the rest of their process, as notes: a task's was told nothing.

Reads the calls at the top of cells; what they did is not asked.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none

#: How functions begin that tell a module something for the rest of the process.
_TELLING = ("register", "set_", "add_", "enable", "disable", "install")
#: Those whose effect is read and set there (`switches`), and seeds.
_CARRIED = {"set_option", "set_options", "set_config", "set_printoptions", "set_int_max_str_digits"}
_CARRIED |= {"seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything"}


def registered_notes(
    texts: Iterable[str],
    cells: Iterable[CellText],
    modules: Iterable[str],
    namespace: Mapping[str, object],
) -> Iterator[str]:
    """Calls at the top of cells that tell a module something, which only those processes know."""
    tops = {module.partition(".")[0] for module in modules}
    whole = "\n".join(texts)
    for cell in cells:
        for called in _called_at_the_top(cell.text):
            module = as_written(called.value, namespace)
            name = called.attr
            if not is_a(module, types.ModuleType) or name in _CARRIED or name in whole:
                continue
            if module.__name__.partition(".")[0] in tops and name.startswith(_TELLING):
                yield (
                    f"{ast.unparse(called)}(…) in {cell.place} does not count where the task runs: "
                    "call it in the task"
                )


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task, and most tell nothing
def _called_at_the_top(text: str) -> tuple[ast.Attribute, ...]:
    tree = parsed_or_none(text)
    return tuple(_calls(tree.body)) if tree is not None else ()


def _calls(statements: Iterable[ast.stmt]) -> Iterator[ast.Attribute]:
    for node in statements:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute() as called)):
                yield called
