"""The elements that a map gives its tasks: each travels as JSON, and arrives as it was. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from json import dumps  # as it is now: a cell may put its own in the module

from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import shortly
from sfdag_magics.graph.names import counted, key_of
from sfdag_magics.graph.rules import MAX_CHILDREN
from sfdag_magics.light_classes import dataclass

#: So much of an element is shown in an error.
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Which element of a map a task is of.

    Attributes:
        map: the map's name, by which a task below receives all results.
        place: from 1, in the order of the results.
        parameter: what receives it; empty of a task of which only what is deployed tells.
        text: the element as JSON; empty as well.
    """

    map: str
    place: int
    parameter: str = ""
    text: str = ""


def elements_of(name: str, over: object) -> dict[str, str]:
    """`{what the task is called behind the map's name: its element as JSON}`, in order.

    Args:
        name: the map's.
        over: a list, whose elements are numbered from 1, or a dict, whose keys are names.

    Raises:
        InputError: it is neither, is empty or too long, or an element would arrive as another.
    """
    pairs = _pairs(name, over)
    if not pairs:
        raise InputError(
            f"map {name}: its list is empty: there would be no task, and nothing for who reads "
            f"{name}",
            hint="a list of one element or more, or leave the map out",
        )
    if len(pairs) > MAX_CHILDREN:
        raise InputError(
            f"map {name}: its list has {counted(len(pairs), 'element')}, and as many tasks would "
            f"stand below one: Snowflake's limit is {MAX_CHILDREN}",
            hint="a map over batches: [all[n:n + 20] for n in range(0, len(all), 20)]",
        )
    _check_apart(name, pairs)
    return {key: _json_text(name, where, value) for where, key, value in pairs}


def _pairs(name: str, over: object) -> list[tuple[str, str, object]]:
    """`(what it is called in errors, how its task is called, the element)`."""
    if isinstance(over, Mapping):
        for key in over:
            if not isinstance(key, str):
                raise InputError(
                    f"map {name}: {shortly(key)} is a key of its dict, by which no task can be "
                    "called",
                    hint="a text that can end a name, as in {'de': …}; or a list",
                )
        return [(f"element {key!r}", key, value) for key, value in over.items()]
    if isinstance(over, Sequence) and not isinstance(over, str | bytes | bytearray):
        return [(f"element {n}", str(n), value) for n, value in enumerate(over, 1)]
    raise InputError(
        f"map {name}: it goes over a list or a dict, not {shortly(over)}", hint=_way(over)
    )


def _way(over: object) -> str:
    if isinstance(over, str):
        return "a list of texts: ['…']; text.split() makes one"
    if isinstance(over, set | frozenset):
        return "a set has no order, and results do: sorted(…)"
    if hasattr(over, "tolist"):
        return ".tolist() of it"
    if hasattr(over, "__next__"):
        return "list(…) of it: an iterator is empty once it was looked at"
    return "list(…) of it"


def _check_apart(name: str, pairs: Sequence[tuple[str, str, object]]) -> None:
    known: dict[str, str] = {}
    for _, key, _ in pairs:
        other = known.setdefault(key_of(key), key)
        if other != key:
            raise InputError(
                f"map {name}: its dict has the keys {other!r} and {key!r}, which are one name to "
                "Snowflake",
                hint="keys that differ in more than case",
            )


def _what(value: object) -> str:
    """A value in a few words."""
    said = shortly(value)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _json_text(name: str, where: str, value: object) -> str:
    try:
        text = dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"map {name}: {where} is {_what(value)}, which JSON cannot carry: {error}",
            hint="texts, numbers, lists and dicts; a date as its text, which a parameter that is "
            "annotated as date reads; of much data the name of a table",
        ) from error
    if (otherwise := _otherwise(value, json.loads(text))) is not None:
        raise InputError(
            f"map {name}: {where} has {otherwise}",
            hint="give it as JSON has it: a list for a tuple, texts as keys",
        )
    return text


def _otherwise(value: object, read: object) -> str | None:
    """What of it would arrive as another thing; a number of a library is a number."""
    if isinstance(value, Mapping) and isinstance(read, dict):
        for key in value:
            if key not in read:
                return f"the key {shortly(key)}, which would arrive as a text"
        pairs = [(each, read[key]) for key, each in value.items()]
    elif isinstance(value, list) and isinstance(read, list):
        pairs = list(zip(value, read, strict=True))
    elif isinstance(value, tuple):
        return "a tuple, which would arrive as a list"
    else:
        return None if value == read else f"{_what(value)}, which would arrive as {_what(read)}"
    found = (_otherwise(*pair) for pair in pairs)
    return next((each for each in found if each is not None), None)
