"""Definitions that ship under another name than they are written with: `old = f`, and `f` anew.

Their lines bind the former name in passing. In the notebook their code finds by it what it is now;
so must it in the task, and all other code. Knows names and lines, no values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfdag_magics.bundle.taking.terms.pieces import Item, Made, Written
from sfdag_magics.bundle.taking.used.names_used import global_names


def names_of(item: Item, piece: Written) -> tuple[str, ...]:
    """The names that a piece uses, with its former one where it has another by now."""
    return global_names(piece.text, looked_up=item.overwrites or "")


def needs_its_former(item: Item, name: str, at_once: frozenset[str]) -> bool:
    """Whether lines need what had their name before them, which nothing has any more."""
    return name == item.overwrites and name in at_once


def needed(name: str) -> tuple[str, str]:
    """The problem with that, and what to do."""
    return (
        f"needs the {name!r} that it took the place of, and {name!r} is another by now",
        "give one of them another name",
    )


def put_back(items: Sequence[Item], import_lines: Mapping[str, str]) -> None:
    """Let each former name be what the notebook has: another item, an import, or nothing."""
    made = {item.name for item in items}
    for item in items:
        name = item.overwrites
        if name is not None and name not in made:
            item.pieces.append(Made(lines=(import_lines.get(name, f"del {name}"),)))
