"""What sort of value it is: data, a thing of its own, or what keeps a function. Runs nothing."""

from __future__ import annotations

import enum
import types

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.literals.not_a_number import is_not_itself
from sfdag_magics.bundle.literals.standard_types import STANDARD_TYPES
from sfdag_magics.bundle.literals.type_forms import is_type_form
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.bundle.written.filling import FILLABLE


def is_data(value: object) -> bool:
    """Whether a value is written out rather than imported from where it is defined."""
    return not callable(value) or type(value) in STANDARD_TYPES or is_type_form(value)


def has_identity(value: object) -> bool:
    """Whether it matters that two names have the same one, and not an equal one."""
    plain = is_a(value, str, bytes, int, float, complex, type(None))
    return not plain or is_not_itself(value) or is_a(value, enum.Enum)


def was_filled(value: object) -> bool:
    """Whether an object keeps things other than data, as one that was told of them: `cli.command`.

    What a decorator of others does once more would not tell it of them again.
    """
    kept = attributes_of(value).values()
    return any(type(each) in FILLABLE and each and not is_plain(each) for each in kept)


def function_inside(value: object) -> types.FunctionType | None:
    """The function that an object which a decorator made keeps: numpy's `vectorize`, numba's."""
    kept = attributes_of(value)
    found = [each for each in kept.values() if is_a(each, types.FunctionType)]
    return found[0] if callable(value) and found else None
