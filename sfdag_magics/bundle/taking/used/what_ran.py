"""What code that ran in a notebook may have done to things that it does not make itself.

Cells ran from top to bottom; of functions, those that they call, and those that these call, by
name. Reads texts; runs nothing.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from sfdag_magics.bundle.inspection import is_a, name_of_class
from sfdag_magics.bundle.literals.array_views import is_array, root_of
from sfdag_magics.bundle.taking.terms.parts import deep_parts_of
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.taking.used.touched import ANY, Flow, bound, changes_of, flows_of, touched
from sfdag_magics.bundle.written.cell_texts import parsed_or_none
from sfdag_magics.bundle.written.filling import FILLING
from sfdag_magics.light_classes import dataclass

#: Built-in functions that change nothing of what they are given.
_READING = frozenset(
    (
        *("print", "len", "repr", "str", "type", "isinstance", "issubclass", "id", "hasattr"),
        *("getattr", "vars", "dir", "callable", "bool", "int", "float", "hash", "display"),
        *("list", "tuple", "dict", "set", "sorted", "sum", "min", "max", "any", "all", "format"),
    )
)
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
#: Of a text: what stands in no function.
_TOP = ""
#: What Python calls as a class is made; and as one is called.
_MAKING_CLASSES = ("__init_subclass__", "__set_name__", "__prepare__", "__new__", "__init__")
_MAKING_OBJECTS = ("__new__", "__init__", "__post_init__", "__call__")
_AS_OBJECTS = frozenset(_MAKING_OBJECTS)
_BY_MAKING = frozenset((*_MAKING_CLASSES, *_MAKING_OBJECTS))


@dataclass(frozen=True, slots=True)
class Done:
    """What code does as it runs; `M` is written as `M`, and `m.M` as `.M`.

    Attributes:
        calls: last names of what it calls.
        binds: globals that it binds anew.
        sets: of what it sets or fills a part.
        asks: of what it calls a method, and what it gives to a function: these may do the same.
        changes: of all that it may change, see `touched`.
        flows: what it gives other names to.
    """

    calls: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    flows: frozenset[Flow] = frozenset()

    def __or__(self, other: Done) -> Done:
        return Done(
            self.calls | other.calls,
            self.binds | other.binds,
            self.sets | other.sets,
            self.asks | other.asks,
            self.changes | other.changes,
            self.flows | other.flows,
        )


class WhatRan:
    """What cells did, and the functions of theirs and of modules that they called.

    Args:
        cells: texts of the notebook.
        files: `{module: text}` of those beside it.
        namespace: the notebook's names.
    """

    def __init__(
        self, cells: Iterable[str], files: Mapping[str, str], namespace: Mapping[str, object]
    ) -> None:
        self._namespace = namespace
        own = [_done_in(each) for each in cells]
        of_files = {name: _done_in(text) for name, text in files.items()}
        first = {c for each in own for c in _tops(each).calls}
        classes = (value for name, value in namespace.items() if name in first)
        first |= {name_of_class(each) for each in classes if is_a(each, type)}  # `make = A; make()`
        called = _called([*own, *of_files.values()], first)
        self._cells = _all(_ran(each, {_TOP, *called}) for each in own)
        self._files = {name: _ran(each, called) for name, each in of_files.items()}
        self._everywhere = _all([self._cells, *self._files.values()])

    def bound(self, module: str, name: str) -> bool:
        """Whether a function of a module that ran binds its name anew."""
        return name in self._files.get(module, Done()).binds

    def touched(self, name: str, value: object) -> bool:
        """Whether a thing that a module has under a name may be another than its import made."""
        names = self._touched
        is_named = not names.isdisjoint((ANY, name, f".{name}", bound(name)))
        is_iterator = hasattr(type(value), "__next__")  # a loop moves it
        return is_named or is_iterator or any(n in names for n in self._names_of(value))

    @cached_property
    def _touched(self) -> frozenset[str]:
        return touched(self._everywhere.changes, self._everywhere.flows)

    def _names_of(self, value: object) -> Iterator[str]:
        """The notebook's names of a thing, and of what it holds."""
        held = {id(value), *(id(part) for part, _path in deep_parts_of(value))}
        held |= {id(root_of(value))} if is_array(value) else set()
        for each in held & self._by_id.keys():
            yield from self._by_id[each]

    @cached_property
    def _by_id(self) -> Mapping[int, list[str]]:
        """The notebook's names of what has an id; of an array, of the one that has its memory."""
        found: dict[int, list[str]] = {}
        for name, each in self._namespace.items():
            for one in {id(each), id(root_of(each)) if is_array(each) else id(each)}:
                found.setdefault(one, []).append(name)
        return found

    def changed(self, module: str, name: str, value: object, *, by_asking: bool) -> bool:
        """Whether what a module has under a name may have been changed in place.

        Args:
            by_asking: whether its methods, and functions that it is given to, may do that.
        """
        own = self._files.get(module, Done())
        here = [(n, self._cells) for n in self._names_of(value)]
        named = [(f".{name}", self._everywhere), (name, own), *here]
        return any(n in done.sets or (by_asking and n in done.asks) for n, done in named)


def _called(texts: Iterable[Mapping[str, Done]], first: set[str]) -> set[str]:
    """The names of all that runs where these are called; what Python calls by itself, too.

    What makes classes and objects runs where some are made: an import that did so is over.
    """
    calls: dict[str, set[str]] = {}
    for each in texts:
        for name, done in each.items():
            calls.setdefault(name, set()).update(done.calls)
    found: set[str] = set()
    waiting = first | {name for name in calls.keys() - _BY_MAKING if name[:2] == "__"}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= calls.get(name, set()) - found
    return found - {_TOP}


def _tops(text: Mapping[str, Done]) -> Done:
    return text.get(_TOP, Done())


def _ran(text: Mapping[str, Done], called: Container[str]) -> Done:
    return _all(done for name, done in text.items() if name in called)


def _all(done: Iterable[Done]) -> Done:
    found = list(done)
    return Done(*(frozenset().union(*(getattr(e, part) for e in found)) for part in Done.__slots__))


def keeps_state(function: types.FunctionType, text: str) -> bool:
    """Whether a call of a function changes what the next one gives, as far as its text tells.

    Args:
        text: the cell that defines it, and what it calls there.
    """
    functions = _done_in(text)
    called = _called([functions], {function.__code__.co_name})
    done = _ran(functions, {name for name in called if not name.startswith("__")})
    outer = {*function.__code__.co_names, *function.__code__.co_freevars, "self", "cls"}
    return bool(done.binds or done.sets & outer) or "next" in done.calls


@lru_cache(maxsize=16_384)  # the cells of a long day
def _done_in(text: str) -> Mapping[str, Done]:
    """What each function of a text does, by its name; and what stands in none of them."""
    tree = parsed_or_none(text)
    found: dict[str, Done] = {}
    if tree is None:
        return found
    found[_TOP] = _done(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):  # to call it is to call these
            found[node.name] = found.get(node.name, Done()) | Done(calls=_AS_OBJECTS)
        if isinstance(node, _FUNCTIONS):
            inner = [each.name for each in _running(node.body) if isinstance(each, _FUNCTIONS)]
            given = Done(calls=frozenset(inner))  # it may call them, or give them away
            found[node.name] = found.get(node.name, Done()) | _done(node.body) | given
    return found


def _done(body: Iterable[ast.stmt]) -> Done:
    calls, binds, sets, asks = set[str](), set[str](), set[str](), set[str]()
    changes, flows = set[str](), set[Flow]()
    for node in _running(body):
        changes.update(changes_of(node, _READING))
        flows.update(flows_of(node))
        if isinstance(node, _FUNCTIONS | ast.ClassDef):
            calls.update(map(last_name, node.decorator_list))
        match node:
            case ast.ClassDef() | ast.Call(func=ast.Name(id="type"), args=[_, _, _]):
                calls.update(_MAKING_CLASSES)
            case ast.Global(names=names):
                binds.update(names)
            case ast.AugAssign(target=target):
                sets.update(_chain(target))
            case ast.Attribute(value=held, ctx=ast.Store() | ast.Del()):
                sets.update(_chain(held))
            case ast.Subscript(value=held, ctx=ast.Store() | ast.Del()):
                sets.update(_chain(held))
            case ast.Call(func=called, args=args, keywords=keywords):
                calls.add(last_name(called))
                fills = isinstance(called, ast.Attribute) and called.attr in FILLING
                (sets if fills else asks).update(_chain(called))
                if last_name(called) not in _READING:
                    given = [*args, *(each.value for each in keywords)]
                    asks.update(name for each in given for name in _chain(each))
    return Done(
        calls=frozenset(calls),
        binds=frozenset(binds),
        sets=frozenset(sets),
        asks=frozenset(asks),
        changes=frozenset(changes),
        flows=frozenset(flows),
    )


def _running(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """What runs with these, without what stands in functions that they define."""
    for node in nodes:
        yield node
        inside = node.decorator_list if isinstance(node, _FUNCTIONS) else ast.iter_child_nodes(node)
        yield from _running(inside)


def _chain(node: ast.expr) -> Iterator[str]:
    """What an expression goes through: `m`, `.M` and `.x` of `m.M["a"].x`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        if isinstance(node, ast.Attribute):
            yield f".{node.attr}"
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
