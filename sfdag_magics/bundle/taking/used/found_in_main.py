"""Names of the notebook that are found by way of the module `__main__`, in which a task runs too.

By pickled data, which names its classes and functions so, and by modules beside the notebook. Reads
bytes and syntax trees; unpickles nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.taking.used.names_used import attribute_chains
from sfdag_magics.bundle.written.cell_texts import nodes_of, parsed_or_none

_MAIN = "__main__"


def found_in_main(files: Mapping[str, bytes], lines: Iterable[str]) -> frozenset[str]:
    """What modules beside the notebook, and pickled data, ask of `__main__`.

    Args:
        files: those that travel, by their paths.
        lines: what makes the values that ship, a text each.
    """
    texts = [each.decode("utf-8", "replace") for path, each in files.items() if path[-3:] == ".py"]
    asked = (name for text in texts for name in _names_asked_of_main(text))
    return _names_in_pickles(lines).union(asked)


def _names_in_pickles(lines: Iterable[str]) -> frozenset[str]:
    """What pickled data may ask of `__main__` once it is read."""
    trees = [parsed_or_none(line) for line in lines if _MAIN in line]
    return frozenset(
        name
        for tree in trees
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.Constant) and isinstance(node.value, bytes)
        if _MAIN.encode() in node.value
        for name in _globals_in(node.value)
    )


def _globals_in(data: bytes) -> Iterator[str]:
    """The names in a pickle that it looks up in modules; nothing where it is none."""
    import pickletools  # few tasks take bytes that look like a pickle

    last = ""
    try:
        for code, said, _place in pickletools.genops(data):
            last = said if isinstance(said, str) else last
            if code.name in ("GLOBAL", "STACK_GLOBAL"):  # the former says the module as well
                yield last.rpartition(" ")[2].partition(".")[0]
    except Exception:  # noqa: BLE001 - bytes that only look so: it raises whatever it meets
        return


def _names_asked_of_main(text: str) -> Iterator[str]:
    """What a module beside the notebook takes from it: `__main__.LIMIT`."""
    if _MAIN not in text or parsed_or_none(text) is None:
        return
    yield from (chain[0] for chain in attribute_chains(text, _MAIN))
    for node in nodes_of(text):
        match node:
            case ast.ImportFrom(module="__main__", names=names):
                yield from (each.name for each in names)
            case (
                ast.Attribute(value=ast.Subscript(slice=ast.Constant(value="__main__")), attr=name)
                | ast.Attribute(value=ast.Call(args=[ast.Constant(value="__main__")]), attr=name)
            ):
                yield name
            case ast.Import(names=names):
                given = [each.asname for each in names if each.name == _MAIN and each.asname]
                yield from (chain[0] for name in given for chain in attribute_chains(text, name))
