"""Things that have a value in each context or thread: they are what they are where the cells run.

A task runs in one thread and one context, which get that value; another one has what it has in the
notebook: the default, or nothing.
"""

from __future__ import annotations

import contextvars
import inspect
import threading
import types
from collections.abc import Callable
from typing import Any

from sfdag_magics.bundle.inspection import as_kept, is_a, name_of_class
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.terms.pieces import Item, Made

_NOTHING = object()
#: What the main thread had when it was last asked, for when a thread of the live view asks; with
#: the thing, so that no id is given away again.
_LAST: dict[int, tuple[object, Any]] = {}


def is_of_context(value: object) -> bool:
    """Whether a thing has a value in each context or thread."""
    return is_a(value, contextvars.ContextVar) or is_a(value, threading.local)


def take_of_context(bench: Bench, value: Any, wanted: str | None) -> Item:  # noqa: ANN401 - of two kinds
    """A thing that has a value in each context or thread.

    Raises:
        NoExpression: its value cannot be written, or it is made anew in each thread of more than
            it says.
    """
    is_variable = is_a(value, contextvars.ContextVar)
    base = value.name if is_variable else name_of_class(type(value)).strip("_").lower()
    item = bench.begin(value, wanted=wanted, base=base)
    make, rest = _variable(bench, value) if is_variable else _local(bench, value)
    with bench.inside(item):
        text = make()
    bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    bench.end(item, None, text)
    bench.after(item, lambda: rest(item.name))
    return item


_Make = tuple[Callable[[], str], Callable[[str], list[str]]]


def _variable(bench: Bench, value: contextvars.ContextVar[object]) -> _Make:
    default = contextvars.Context().run(_value_of, value)
    now = _of_cells(value, lambda: value.get(_NOTHING))

    def make() -> str:
        given = [] if default is _NOTHING else [f"default={bench.part(default)}"]
        return f"{bench.module('contextvars')}.ContextVar({', '.join([repr(value.name), *given])})"

    return make, lambda name: [] if now is _NOTHING else [f"{name}.set({bench.part(now)})"]


def _value_of(variable: contextvars.ContextVar[object]) -> object:
    """What it is in this context; its default counts, which `get` with an argument leaves out."""
    try:
        return variable.get()
    except LookupError:
        return _NOTHING


def _local(bench: Bench, value: threading.local) -> _Make:
    kind = type(value)
    maker = as_kept(kind, "__init__")
    if is_a(maker, types.FunctionType) and not _takes_nothing(maker):
        raise NoExpression(value, "each thread makes it anew, of what it was given here")
    own = _of_cells(value, lambda: dict(threading.local.__getattribute__(value, "__dict__")))

    def make() -> str:
        base = f"{bench.module('threading')}.local"
        return f"{base}()" if kind is threading.local else f"{base}.__new__({bench.part(kind)})"

    def rest(name: str) -> list[str]:
        return [f"vars({name}).update({bench.part(own)})"] if own else []

    return make, rest


def _takes_nothing(maker: types.FunctionType) -> bool:
    code = maker.__code__
    takes_more = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
    return code.co_argcount <= 1 and not code.co_kwonlyargcount and not takes_more


def _of_cells(value: object, read: Callable[[], Any]) -> Any:  # noqa: ANN401 - what it has there
    if threading.current_thread() is threading.main_thread():
        _LAST[id(value)] = value, read()
    elif id(value) not in _LAST:
        raise NoExpression(value, "another thread asks")
    return _LAST[id(value)][1]
