"""Methods of things as lines: `thing.method`, or what binds a function by hand."""

from __future__ import annotations

import ast
import sys
import types

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a
from sfdag_magics.bundle.taking.lines.bench import Bench, innermost
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.things.made_by_calls import take_made_by_call
from sfdag_magics.bundle.written.cell_texts import nodes_of
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.functions_in import functions_below


def take_method(
    bench: Bench, value: types.MethodType | types.BuiltinMethodType, wanted: str | None
) -> Item:
    """A method of a thing, with the thing.

    Raises:
        NoExpression: the thing cannot be written.
    """
    item = bench.begin(value, wanted=wanted, base=value.__name__)
    with bench.inside(item):
        text = _bound(bench, value)
    item.pieces.append(Made(lines=(f"{item.name} = {text}",)))
    return bench.end(item, value, text)


def _bound(bench: Bench, value: types.MethodType | types.BuiltinMethodType) -> str:
    """`thing.method`, or what binds a function that the thing's class does not have."""
    owner = bench.part(value.__self__)
    if is_a(value, types.MethodType):
        kind = value.__self__ if is_a(value.__self__, type) else type(value.__self__)
        own = attribute_of(kind, value.__name__)
        if value.__func__ not in (own, attribute_of(own, "__func__")):
            return f"{bench.module('types')}.MethodType({bench.part(value.__func__)}, {owner})"
    return f"{owner}.{value.__name__}"


def _class_with(function: types.FunctionType) -> type | None:
    """The class of a module that has this function as a method; None where none has."""
    found = _class_of(function)
    has_it = found is not None and attributes_of(found).get(function.__name__) is function
    return found if has_it else None


def _class_of(function: types.FunctionType) -> type | None:
    """The class that a function of a module says it is in."""
    first, *rest = function.__qualname__.split(".")[:-1] or [""]
    found = vars(sys.modules.get(function.__module__ or "", _EMPTY)).get(first)
    for name in rest:
        found = attributes_of(found).get(name)
    return found if is_a(found, type) else None


def take_of_class(bench: Bench, function: types.FunctionType, wanted: str | None) -> Item | None:
    """A function that a class of the notebook has by its text: as that has it; None for another.

    Also what a base of others made of one as the class was made, as scikit-learn's do.

    Raises:
        NoExpression: the class cannot be written.
    """
    first, *rest = function.__qualname__.split(".")[:-1] or [""]
    kind: object = bench.namespace.get(first)
    for name in rest:
        kind = attributes_of(kind).get(name)
    if not is_a(kind, type) or not bench.is_of_notebook(kind):
        return None
    plain = function if function.__globals__ is bench.namespace else innermost(function)
    if not is_a(plain, types.FunctionType):
        return None
    name = plain.__code__.co_name
    held = attributes_of(kind).get(name)
    paths = [path for path, each in functions_below(f"[{name!r}]", held) if each is function]
    definition = bench.definitions.of_code(plain.__code__)
    if not paths or definition is None or not (definition.decorators or held is function):
        return None
    if _is_one_of_several(definition):
        return None
    item = bench.begin(function, wanted=wanted, base=name)
    with bench.inside(item):
        text = f"vars({bench.part(kind)}){paths[0]}"
    bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    return bench.end(item, None, text)


def _is_one_of_several(definition: Definition) -> bool:
    """Whether its class has others of its name: the text may make another one by now."""
    nodes = nodes_of(definition.cell.text)
    line: int = definition.node.lineno
    around = [
        node
        for node in nodes
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or line)
    ]
    inside = ast.walk(around[-1]) if around else nodes
    alike = [each for each in inside if getattr(each, "name", "") == definition.name]
    return len(alike) > 1


def take_unbound(bench: Bench, function: types.FunctionType, wanted: str | None) -> Item:
    """A method as its imported class has it: `pd.DataFrame.dropna`, or had it before a cell.

    Raises:
        Refused: no class of a module has it.
    """
    kind = _class_with(function)
    if kind is None:
        return _take_replaced(bench, function, wanted)
    item = bench.begin(function, wanted=wanted, base=function.__name__)
    with bench.inside(item):
        text = f"{bench.part(kind)}.{function.__name__}"
    item.pieces.append(Made(lines=(f"{item.name} = {text}",)))
    return bench.end(item, function, text)


def _take_replaced(bench: Bench, function: types.FunctionType, wanted: str | None) -> Item:
    """`old = Scaler.fit`, of which a cell put another one into the class: taken before that."""
    kind, name = _class_of(function), function.__name__
    code = attribute_of(innermost(function), "__code__")
    is_its_own = is_a(code, types.CodeType) and code.co_qualname == function.__qualname__
    if kind is None or not is_its_own or name not in attributes_of(kind):
        return take_made_by_call(bench, function, wanted)
    item = bench.begin(function, wanted=wanted, base=name)
    with bench.inside(item):
        made = f"vars({bench.part(kind)})[{name!r}]"
    inner = f"getattr({item.name}, '__func__', getattr({item.name}, 'fget', {item.name}))"
    item.pieces.append(Made(lines=(f"{item.name} = {made}", f"{item.name} = {inner}")))
    bench.before_patches(item)
    return bench.end(item, function, made)


_EMPTY = types.ModuleType("empty")
