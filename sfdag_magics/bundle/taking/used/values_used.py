"""What code that ships keeps: names of the notebook, closures, defaults, attributes of classes.

Runs nothing of anybody's.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.inspection import attributes_of, is_a, name_of
from sfdag_magics.bundle.taking.used.names_used import global_names


def values_used(
    texts: Iterable[str], taken: Iterable[object], namespace: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    """Names that ship, with what they hold; what functions and classes keep counts as theirs."""
    names = dict.fromkeys(name for text in texts for name in global_names(text))
    yield from ((name, namespace[name]) for name in names if name in namespace)
    for each in taken:
        if is_a(each, types.FunctionType):
            cells = each.__closure__ or ()
            for name, cell in zip(each.__code__.co_freevars, cells, strict=True):
                yield name, _content_of(cell)
            yield name_of(each), [each.__defaults__, each.__kwdefaults__, attributes_of(each)]
        elif is_a(each, type):
            kept = attributes_of(each).items()
            yield from ((f"{name_of(each)}.{name}", held) for name, held in kept)


def _content_of(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not set yet
        return None
