"""Functions of the notebook below `@Timer()` or `@timed(3)`: contexts that are decorators.

What `contextlib` makes of them keeps the function and the context; it is made so once more.
"""

from __future__ import annotations

import contextlib
import types
from typing import Any

from sfdag_magics.bundle.inspection import attribute_of, is_a
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.refusals import Refused

_KINDS = (contextlib.ContextDecorator, contextlib.AsyncContextDecorator)


def is_below_context(value: object) -> bool:
    """Whether a function is what a context made of another one."""
    return _base_of(value) is not None


def take_below_context(bench: Bench, value: Any, wanted: str | None) -> Item:  # noqa: ANN401 - a function
    """A function as its context makes it of the one that is written.

    Raises:
        NoExpression: the context cannot be written.
        Refused: what makes the context is another thing by now.
    """
    item = bench.begin(value, wanted=wanted, base=value.__name__, written=value.__name__)
    kept = _enclosed(value)
    base = _base_of(value)
    with bench.inside(item):
        module = bench.module("contextlib")
        plain, context = bench.part(kept["func"]), _context(bench, kept["self"], value)
        text = f"{module}.{getattr(base, '__name__', '')}.__call__({context}, {plain})"
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    return bench.end(item, value, text)


def _base_of(value: object) -> type | None:
    if not is_a(value, types.FunctionType):
        return None
    made_by = {base: base.__dict__["__call__"].__code__.co_consts for base in _KINDS}
    return next((base for base, inner in made_by.items() if value.__code__ in inner), None)


def _enclosed(function: types.FunctionType) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells}


def _context(bench: Bench, context: Any, below: types.FunctionType) -> str:  # noqa: ANN401 - of any class
    """The context: an object of a class, or a call of a generator that never began."""
    if not is_a(context, contextlib._GeneratorContextManagerBase):  # noqa: SLF001 - their base
        return bench.part(context)
    maker = bench.namespace.get(context.func.__name__)
    if attribute_of(maker, "__wrapped__") is not context.func:
        name = context.func.__name__
        said = f"a function below a context of {name!r}, and {name!r} is another one by now"
        raise Refused(said, f"run the cell of {below.__name__} again")
    given = [*map(bench.part, context.args)]
    given += [f"{name}={bench.part(each)}" for name, each in context.kwds.items()]
    return f"{bench.part(maker)}({', '.join(given)})"
