"""Code of files that `%run` ran: it is the notebook's, but sees the names that its own run made.

`%run` gives the notebook a copy of those names. As long as both have the same things behind them,
the file's functions travel like those of a cell. Runs nothing.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.taking.used.names_used import global_names
from sfdag_magics.bundle.written.as_written import same_value
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.generated_state import is_generated

_MISSING = object()


def is_of_script(function: types.FunctionType, namespace: Mapping[str, object]) -> bool:
    """Whether a function of another namespace than the notebook's is of a file that it ran.

    `%run` takes the name out of that namespace when the file has run; with `-n` the file's code
    says that it is of a module, which is not there.
    """
    here = namespace.get("__name__", "__main__")
    is_here = function.__module__ == here or (
        function.__module__ not in sys.modules and "__file__" in function.__globals__
    )
    return is_here and function.__globals__.get("__name__", here) == here


def files_of(namespace: Mapping[str, object], cells: Container[str]) -> list[str]:
    """The files whose functions and classes are the notebook's: `%run` read them, or Python.

    Args:
        cells: file names of code that are no files.
    """
    named = {
        function.__code__.co_filename
        for value in list(namespace.values())
        for function in functions_of(value)
        if function.__globals__ is namespace or is_of_script(function, namespace)
    }
    return sorted(name for name in named if name not in cells and Path(name).is_file())


def check_same_names(
    value: object, definition: Definition, namespace: Mapping[str, object]
) -> None:
    """See that what a file's code uses is what the notebook has by the same names.

    Raises:
        Refused: something else has such a name by now, or nothing.
    """
    for function in functions_of(value):
        own = function.__globals__
        if own is namespace or is_generated(function) or not is_of_script(function, namespace):
            continue
        for name in global_names(ast.unparse(definition.node)):
            there, here = own.get(name, _MISSING), namespace.get(name, _MISSING)
            if there is not _MISSING and not same_value(there, here):
                what = "nothing" if here is _MISSING else "something else"
                raise Refused(
                    f"which uses the {name!r} of {Path(function.__code__.co_filename).name}, "
                    f"and the notebook has {what} by that name now",
                    "run that file again, or give one of the two another name",
                )


def file_of(function: types.FunctionType) -> str | None:
    """The name of the file that a function was read from, if it was one."""
    path = Path(function.__code__.co_filename)
    return path.name if path.is_file() else None


def functions_of(value: object) -> Iterator[types.FunctionType]:
    """A function, or the methods of a class; runs nothing of the thing's own."""
    for member in attributes_of(value).values() if is_a(value, type) else (value,):
        inner: object = member
        if is_a(member, staticmethod) or is_a(member, classmethod):
            inner = member.__func__
        elif is_a(member, property):
            inner = member.fget
        if is_a(inner, types.FunctionType):
            yield inner
