"""Calls with arguments that the public functions and classes do not take: told by name.

Python's own words (`got an unexpected keyword argument 'prun'`) name neither what was meant nor
what there is. Knows signatures; nothing of what a call does.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from typing import Any, TypeVar

from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import counted, nearest

_Kind = TypeVar("_Kind", bound=type)
_Call = TypeVar("_Call", bound=Callable[..., Any])
_OWN = "self"


def tells_arguments(kind: _Kind) -> _Kind:
    """The class, of which its making and each public method of its own tell wrong arguments."""
    for name, value in list(vars(kind).items()):
        if inspect.isfunction(value) and not name.startswith("_"):
            setattr(kind, name, told_call(value))
    if "__init__" in vars(kind):
        making: Any = kind.__init__  # type: ignore[misc]  # of the class itself
        kind.__init__ = told_call(making, kind.__name__)  # type: ignore[misc]  # as above
    return kind


def told_call(call: _Call, name: str | None = None) -> _Call:
    """The function, which raises an `InputError` where its arguments are none of its own.

    Args:
        name: what it is called; else by its own name.
    """

    @functools.wraps(call)
    def told(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the call has them
        __tracebackhide__ = True  # IPython's name for frames that say nothing to a person
        try:
            return call(*given, **named)
        except TypeError as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise  # the call began: it is no matter of its arguments
            taken = [*inspect.signature(call).parameters.values()]
            own = [each for each in taken if each.name != _OWN]
            count = len(given) - (len(taken) - len(own))
            raise _wrong(name or call.__name__, own, count, named) from None

    return told  # type: ignore[return-value]  # it is called as the other


def _wrong(
    name: str, taken: Sequence[Parameter], count: int, named: Mapping[str, object]
) -> InputError:
    """Why arguments do not fit.

    Args:
        count: how many were given without a name.
    """
    names = [each.name for each in taken if each.kind is not Parameter.VAR_KEYWORD]
    placed = [each.name for each in taken if each.kind is Parameter.POSITIONAL_OR_KEYWORD]
    if unknown := [each for each in named if each not in names]:
        near = nearest(unknown[0], names)
        said = f"has no argument {unknown[0]!r}{f'; did you mean {near}?' if near else ''}"
    elif count > len(placed):
        most = counted(len(placed), "value") if placed else "no value"
        said = f"takes {most} without a name, and {count} were given"
    elif twice := [each for each in placed[:count] if each in named]:
        said = f"was given {twice[0]} twice"
    else:
        needed = (each.name for each in taken[count:] if each.default is Parameter.empty)
        said = f"needs {', '.join(each for each in needed if each not in named)}"
    return InputError(f"{name} {said}", hint=_as_called(name, taken))


def _as_called(name: str, taken: Sequence[Parameter]) -> str:
    """How it is called: `deploy(graph, prune=…, now=…)`."""
    said = (
        f"**{each.name}"
        if each.kind is Parameter.VAR_KEYWORD
        else f"{each.name}=…"
        if each.kind is Parameter.KEYWORD_ONLY
        else each.name
        for each in taken
    )
    return f"{name}({', '.join(said)})"
