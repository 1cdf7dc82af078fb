"""The names that lines which ship use or may use, and which of them may be missing over there."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sfdag_magics.bundle.taking.terms.pieces import Item, Written
from sfdag_magics.bundle.taking.used import former_names
from sfdag_magics.bundle.taking.used.names_in_texts import possible_names, prepared_names
from sfdag_magics.bundle.taking.used.names_used import guarded_names, without_annotations
from sfdag_magics.bundle.taking.used.not_there import not_there


def names_of_piece(
    item: Item,
    piece: Written,
    namespace: Mapping[str, object],
    is_tried: Callable[[str], bool],
    noted: Callable[[str], None],
) -> Iterator[tuple[str, bool]]:
    """`(name, whether it may be missing)` of all that a piece uses or may use.

    Args:
        namespace: the notebook's names.
        is_tried: whether cells import a name where they can, and may go on without.
        noted: told what may surprise.
    """
    plain = replace(piece, text=without_annotations(piece.text))
    needed = set(former_names.names_of(item, plain))
    evaluated = "annotations" not in piece.futures
    guarded = guarded_names(piece.text)
    prepared = prepared_names(piece.text, namespace)
    as_in_its_cell = replace(piece, text=piece.original or piece.text)
    written = former_names.names_of(item, as_in_its_cell)
    for name in former_names.names_of(item, piece):
        if name not in written and name not in namespace:
            continue  # of what was put in, which is taken already: a module
        if name in guarded and not_there(name, namespace) is not None:
            place = f"{piece.place}, line {piece.first_line}"
            noted(f"{place}: {name!r} is not there in the task: its `except NameError` answers")
            continue
        # Where annotations are not evaluated, a name only they use may be missing.
        is_known = name in namespace or hasattr(builtins, name)
        # a cell tried to import it and goes on without: `try: import torch`
        has_failed = not is_known and is_tried(name)
        may_miss = name in guarded or name in prepared or has_failed
        yield name, may_miss or (not evaluated and name not in needed)
    yield from ((name, True) for name in sorted(possible_names(piece.text, namespace)))
