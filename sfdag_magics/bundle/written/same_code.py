"""Whether two code objects do the same. Compares compiled code; runs none."""

from __future__ import annotations

import types

_PARTS = (
    "co_code",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_flags",
    "co_exceptiontable",
)

#: What IPython calls the class and the function in which it compiles what was edited.
_RELOADED = "__autoreload_"


def same_code(one: types.CodeType, other: types.CodeType) -> bool:
    """Whether both do the same, wherever they stand and whatever they are called in."""
    return all(getattr(one, part) == getattr(other, part) for part in _PARTS) and _same(
        one.co_consts, other.co_consts
    )


def is_reloaded(code: types.CodeType) -> bool:
    """Whether %autoreload put it into a method: compiled alone, so that its place is not said."""
    return code.co_qualname.startswith(_RELOADED)


def codes_in(code: types.CodeType) -> list[types.CodeType]:
    """All code inside of a code object, each before what is inside of it."""
    inner = [each for each in code.co_consts if isinstance(each, types.CodeType)]
    return [found for each in inner for found in (each, *codes_in(each))]


def _same(one: object, other: object) -> bool:
    """Whether two constants are the same: 1, 1.0 and True differ, and NaN is itself."""
    if isinstance(one, types.CodeType) and isinstance(other, types.CodeType):
        return same_code(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return repr(one) == repr(other)
