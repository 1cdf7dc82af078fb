"""What `files = !ls` gives: in a task, a plain list of texts. Knows IPython's list by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.taking.used.names_used import attribute_chains, global_names
from sfdag_magics.bundle.written.cell_texts import nodes_of

_HOME = "IPython.utils.text"
#: Containers in containers that are looked into.
_DEEP = 4
#: Things of one container that are looked at: what has many more is too large to travel.
_MOST = 10_000


def line_notes(texts: Iterable[str], namespace: Mapping[str, object]) -> Iterator[str]:
    """Where code that ships asks such a list, or what holds one, for what IPython adds to it."""
    texts = list(texts)
    used = dict.fromkeys(name for text in texts for name in global_names(text))
    for name in used:
        added = next(_added_in(namespace.get(name), _DEEP), frozenset())
        own = {chain[0] for text in texts for chain in attribute_chains(text, name)}
        asked = {
            node.attr
            for text in texts
            if added
            for node in nodes_of(text)
            if isinstance(node, ast.Attribute) and node.attr not in vars(list)
        }
        for attribute in sorted((own | asked) & added):
            said = (
                f"{name}.{attribute}"
                if attribute in own
                else f".{attribute} of {name}, or of what it holds,"
            )
            yield (
                f"{said} is not there where the task runs: what a line with ! gave is a plain "
                "list of texts there"
            )


def _added_in(value: object, deep: int) -> Iterator[frozenset[str]]:
    """The attributes that IPython's lists have, of each in a value."""
    if module_of(type(value)) == _HOME:
        yield frozenset(vars(type(value)))
    elif deep and is_a(value, dict, list, tuple):
        held = value.values() if is_a(value, dict) else value
        for each in islice(held, _MOST):
            yield from _added_in(each, deep - 1)
    elif deep and module_of(type(value)) == "__main__":
        for each in attributes_of(value).values():
            yield from _added_in(each, deep - 1)
