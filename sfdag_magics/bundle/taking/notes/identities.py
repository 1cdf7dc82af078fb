"""Numbers that stand for things of this kernel: `id(…)`, and `hash(…)` of texts.

In the task's process the same things have others, so that nothing is found by them.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.used.held_values import held_values
from sfdag_magics.bundle.taking.used.values_used import values_used
from sfdag_magics.bundle.written.cell_texts import nodes_of

#: Things of one container that are looked at: what has more is too large to travel.
_MOST = 1_000_000
#: A number that a hash of a text is at least, almost always; counts and years are smaller.
_LEAST_HASH = 2**40


def kept_ids(
    texts: Iterable[str], taken: Iterable[object], namespace: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """Problems with names that hold ids of things, where code that ships asks for ids."""
    texts, taken = list(texts), list(taken)
    if not _calls("id", texts, namespace):
        return
    ids = {id(each) for each in (*namespace.values(), *taken) if not is_a(each, *_PLAIN)}
    for name, value in values_used(texts, taken, namespace):
        if not ids.isdisjoint(_numbers(value)):
            yield (
                f"takes {name!r} from the notebook, which holds id(…) of things of this kernel: "
                "they have other ids where the task runs",
                "key it by a name or an index, or fill it inside the function",
            )


def hash_notes(
    texts: Iterable[str], taken: Iterable[object], namespace: Mapping[str, object]
) -> Iterator[str]:
    """Notes of names that hold what may be hashes of texts, where code that ships asks for them."""
    texts = list(texts)
    for name, value in (
        values_used(texts, taken, namespace) if _calls("hash", texts, namespace) else ()
    ):
        if any(abs(each) >= _LEAST_HASH for each in _numbers(value)):
            yield (
                f"{name} holds numbers that may be hash(…) of texts, which each process makes "
                "otherwise: let hashlib make them"
            )


#: What nobody asks the id of: equal ones are often the same one.
_PLAIN = (int, float, complex, str, bytes, bool, type(None))


def _calls(name: str, texts: Iterable[str], namespace: Mapping[str, object]) -> bool:
    """Whether one of these texts calls a built-in function."""
    is_built_in = namespace.get(name, vars(builtins)[name]) is vars(builtins)[name]
    return is_built_in and any(
        isinstance(node, ast.Name) and node.id == name
        for text in texts
        if name in text
        for node in nodes_of(text)
    )


def _numbers(value: object) -> Iterator[int]:
    """The integers in containers, and in attributes of objects."""
    for each in held_values(value, _is_opened, _MOST):
        if type(each) is int:
            yield each


def _is_opened(value: object) -> bool:
    return not is_a(value, types.ModuleType, type, types.FunctionType, *_PLAIN)
