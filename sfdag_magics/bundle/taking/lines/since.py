"""What a text may make otherwise than it is: as it is now, for only running the text would tell.

What cannot be written is what the text makes of it over there, and that is said.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Mapping
from dataclasses import replace

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.ways_out import described
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.bundle.written.computed import Computed


def line_of(bench: Bench, path: str, value: object) -> list[str]:
    """The line that makes `path` what it is now; none where what its text makes has to do.

    Raises:
        NoExpression: it cannot be written, and the text makes another.
    """
    if not isinstance(value, Computed):
        return [f"{path} = {bench.part(value)}"]
    now: object = value.value
    if path.endswith((".__defaults__", ".__kwdefaults__")):
        text = _defaults(bench, path, value)
    else:
        text = bench.part(now) if travels(bench, path, value) else None
    return [] if text is None else [f"{path} = {text}"]


def _defaults(bench: Bench, path: str, value: Computed) -> str | None:
    """Defaults one by one, as one that cannot be written is what the text makes it."""
    given = value.value
    pairs = list(given.items() if isinstance(given, Mapping) else enumerate(_items(given)))
    goes = [travels(bench, f"{path}[{key!r}]", replace(value, value=each)) for key, each in pairs]
    if not any(goes):
        return None
    parts = [
        bench.part(each) if is_written else f"{path}[{key!r}]"
        for (key, each), is_written in zip(pairs, goes, strict=True)
    ]
    if isinstance(given, Mapping):
        return (
            f"{{{', '.join(f'{key!r}: {part}' for key, part in zip(given, parts, strict=True))}}}"
        )
    return f"({', '.join(parts)},)"


def _items(given: object) -> tuple[object, ...]:
    return given if isinstance(given, tuple) else ()


def travels(bench: Bench, path: str, value: Computed) -> bool:
    """Whether a value is written as it is; said where it is not, and is not one of a kind."""
    now = value.value
    if is_plain(now):
        return True
    if _is_one_of_a_kind(now):
        return False
    if bench.can_travel(now):
        return True
    if value.nodes:
        made = ", ".join(map(_short, value.nodes))
        bench.note(
            f"{path} is made anew where the task runs, by {made}: {described(now)}, which cannot "
            "be shipped as it is here"
        )
    return False


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _is_one_of_a_kind(value: object) -> bool:
    """Whether a value stands for itself: a module has it, and its own class is of that module."""
    home = sys.modules.get(module_of(type(value)))
    named = vars(home).values() if home is not None and module_of(type(value)) != "__main__" else ()
    is_code = is_a(value, type) or is_a(value, types.BuiltinFunctionType)
    return not is_code and any(each is value for each in named)
