"""How a container that is there already is given another content: all who hold it see that.

Makes texts, of copies.
"""

from __future__ import annotations

import collections
import copy

#: The method that fills a container after it was emptied; a list is given its items at once.
_FILLED_BY: dict[type, str] = {dict: "update", set: "update", collections.deque: "extend"}
#: The containers that can be filled.
FILLABLE = frozenset(
    (
        *(list, *_FILLED_BY),
        *(collections.defaultdict, collections.OrderedDict, collections.Counter),
    )
)

#: Methods that change what they are called on.
FILLING = frozenset(
    (
        *("move_to_end", "subtract"),
        *("add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem"),
        *("remove", "reverse", "setdefault", "sort", "update"),
    )
)


def content_of(value: object) -> object:
    """What a container is filled with: not the very thing, which may be imported.

    One that makes missing items keeps its factory, which may be a lambda of its module.
    """
    return dict(value) if isinstance(value, collections.defaultdict) else copy.copy(value)


def filled(place: str, value: object, text: str) -> tuple[str, ...]:
    """Lines that let the container at `place` hold what `text` makes; none for another value."""
    if isinstance(value, list):
        return (f"{place}[:] = {text}",)
    for kind, fill in _FILLED_BY.items():
        if isinstance(value, kind):
            return (f"{place}.clear()", f"{place}.{fill}({text})")
    return ()
