"""What code does, wherever it stands, and the names that it says."""

from __future__ import annotations

import types
from collections.abc import Iterator

from .look import ENCLOSED, hashed

#: Its names, whatever they are to it: what ships in a call of our own has there what it encloses.
#: Not its bytes: what its own cell imports, Python calls otherwise than what another one imported.
_NAMES = ("co_names", "co_varnames", "co_freevars", "co_cellvars")
_COUNTS = ("co_argcount", "co_posonlyargcount", "co_kwonlyargcount")
#: In which `singledispatch` keeps how often a process has told abstract classes of others.
_OF_PROCESS = "cache_token"
#: Arguments, and how it is called. Not where it stands, nor what of the future it was written for.
_OF_CALLS = 0x04 | 0x08 | 0x20 | 0x80 | 0x200


def code_said(code: types.CodeType) -> str:
    """What a code object says and takes."""
    names = sorted(_names_of(code))
    counts = [getattr(code, part) for part in _COUNTS]
    constants = [_constant(each) for each in code.co_consts]
    return hashed(repr((names, counts, code.co_flags & _OF_CALLS, constants)))


def _names_of(code: types.CodeType) -> set[str]:
    """Its names with those of code in it, for which it may do no more than hand one on."""
    own = {name for part in _NAMES for name in getattr(code, part)}
    inner = (each for each in code.co_consts if isinstance(each, types.CodeType))
    return own.union(*map(_names_of, inner))


def _constant(value: object) -> object:
    if isinstance(value, types.CodeType):
        return code_said(value)
    if isinstance(value, tuple):
        return [type(value).__name__, *map(_constant, value)]
    if isinstance(value, frozenset):
        return [type(value).__name__, *sorted(map(repr, value))]
    return type(value).__name__, repr(value)


def names_in(code: types.CodeType) -> set[str]:
    """All names that code says, those in texts as well, and those of code in it."""
    found = set(code.co_names)
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            found |= names_in(each)
        elif type(each) is str and each.isidentifier():
            found.add(each)
    return found


def defaults_of(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    """What a function takes for what it is not given, as parts of it."""
    code, given = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(given) : code.co_argcount]
    for name, value in (*zip(names, given, strict=False), *(function.__kwdefaults__ or {}).items()):
        yield f"({name}=…)", value


def enclosed_by(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    """What a function encloses, as parts of it."""
    cells = function.__closure__ or ()
    is_of_python = function.__globals__.get("__name__") == "functools"
    for name, cell in zip(function.__code__.co_freevars, cells, strict=True):
        if is_of_python and name == _OF_PROCESS:
            continue
        try:
            yield f"{ENCLOSED}{name}", cell.cell_contents
        except ValueError:  # empty
            continue
