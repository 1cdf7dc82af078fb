"""What wrappers of Python's own made of a function of the notebook, which say how they were made.

Knows caches, `singledispatch` and the two decorators of `contextlib`.
"""

from __future__ import annotations

import contextlib
import functools
import types
from typing import Any

from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.lines.registrations import of_function
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.refusals import not_its_definition
from sfdag_magics.bundle.taking.things.made_by_calls import is_made_by_call, take_made_by_call
from sfdag_magics.bundle.written.definitions import Definition

#: Of each, what it makes is a function of its own, of which the given one is the only part.
_WRAPPERS = (
    contextlib.contextmanager,
    contextlib.asynccontextmanager,
    functools.singledispatch,
)


def take_wrapped(
    bench: Bench,
    value: Any,  # noqa: ANN401 - what a call made
    plain: types.FunctionType,
    wanted: str | None,
    definition: Definition,
) -> Item:
    """`fast = functools.lru_cache(slow)`, and what else Python's own wrappers make of a function.

    Whoever called these: a decorator of the notebook may have.

    Raises:
        Refused: it is something else.
    """
    maker = _maker_of(bench, value) if getattr(value, "__wrapped__", None) is plain else ""
    if not maker and is_made_by_call(value, bench.namespace):
        return take_made_by_call(bench, value, wanted)
    if not maker:
        raise not_its_definition(definition.place, is_decorated=bool(definition.decorators))
    item = bench.begin(value, wanted=wanted, base=plain.__name__)
    with bench.inside(item):
        text = f"{maker}({bench.part(plain)})"
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    bench.end(item, value, text)
    bench.after(item, lambda: of_function(bench, item.name, value))
    return item


def _maker_of(bench: Bench, value: Any) -> str:  # noqa: ANN401 - what a call made
    """The wrapper of Python's own that made something; empty where nobody knows it."""
    parameters = getattr(value, "cache_parameters", None)
    if parameters is not None:
        said = ", ".join(f"{key}={given!r}" for key, given in parameters().items())
        return f"{bench.module('functools')}.lru_cache({said})"
    if not isinstance(value, types.FunctionType):
        return ""
    made = [each for each in _WRAPPERS if value.__code__ in each.__code__.co_consts]
    return f"{bench.module(made[0].__module__)}.{made[0].__name__}" if made else ""
