"""What `files = !ls` gives: in a task, a plain list of texts. Knows IPython's list by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.taking.used.held_values import held_values
from sfdag_magics.bundle.taking.used.names_used import attribute_chains, global_names
from sfdag_magics.bundle.written.cell_texts import nodes_of

_HOME = "IPython.utils.text"


def line_notes(texts: Iterable[str], namespace: Mapping[str, object]) -> Iterator[str]:
    """Where code that ships asks such a list, or what holds one, for what IPython adds to it."""
    texts = list(texts)
    used = dict.fromkeys(name for text in texts for name in global_names(text))
    for name in used:
        added = _added_in(namespace.get(name))
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


def _added_in(value: object) -> frozenset[str]:
    """The attributes that IPython's lists have, where one is in a value."""
    for each in held_values(value, _may_hold_lists):
        if module_of(type(each)) == _HOME:
            return frozenset(vars(type(each)))
    return frozenset()


def _may_hold_lists(value: object) -> bool:
    return is_a(value, dict, list, tuple) or module_of(type(value)) == "__main__"
