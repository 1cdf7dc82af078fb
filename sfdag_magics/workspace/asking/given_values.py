"""Values that a person gives for a run, as its configuration can carry them. Asks nobody."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sfdag_magics.bundle.shipped.form_of import Open
from sfdag_magics.errors import InputError


def config_given(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The configuration of a call, as JSON has it.

    Raises:
        InputError: a value is nothing that JSON can carry.
    """
    return {key: as_json(value, f"config[{key!r}]") for key, value in (config or {}).items()}


def as_json(value: Any, where: str) -> Any:  # noqa: ANN401 - any value, JSON's types out
    """A value in JSON's types: a date as its text, a Decimal as a number.

    Raises:
        InputError: JSON cannot carry it; `where` names what.
    """
    try:
        return _finite(Open().write(value, where), where)
    except RecursionError:
        raise InputError(
            f"{where} holds itself, or goes too deep", hint="leave out what leads back to it"
        ) from None
    except (TypeError, ValueError) as error:
        message, _, hint = str(error).rpartition(": ")
        raise InputError(message, hint=hint) from error


def _finite(tree: Any, where: str) -> Any:  # noqa: ANN401 - JSON's types and Decimal in, JSON's out
    """A tree without numbers that JSON itself does not have; a Decimal with a point is a text."""
    match tree:
        case dict():
            return {key: _finite(each, f"{where}[{key!r}]") for key, each in tree.items()}
        case list():
            return [_finite(each, f"{where}[{index}]") for index, each in enumerate(tree)]
        case float() | Decimal() if not math.isfinite(tree):
            said = str(tree).lower()
            raise ValueError(
                f"{where} is {said}, which JSON cannot carry: pass None or leave it out"
            )
        case Decimal():
            return int(tree) if tree.as_tuple().exponent == 0 else str(tree)
    return tree
