"""What a line at the top of a module makes, where making it again does nothing else.

Runs only constructors that compute from what they are given, and classes whose `__init__` does no
more than set attributes: of the module's own, and those of others as their files say.
"""

from __future__ import annotations

import abc
import ast
import sys
import types
from collections.abc import Sequence
from functools import lru_cache

from sfdag_magics.bundle.inspection import (
    attribute_of,
    attributes_of,
    bases_of,
    is_a,
    module_of,
    name_of,
)
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.definitions import Definitions

#: Functions and classes that only compute, by the package that they are of.
_COMPUTING: dict[str, frozenset[str]] = {
    package: frozenset(names.split())
    for package, names in (
        ("array", "array"),
        ("builtins", "dict list set tuple frozenset range slice int float str bool bytearray"),
        ("collections", "Counter defaultdict deque OrderedDict UserDict UserList ChainMap"),
        ("datetime", "date datetime time timedelta"),
        ("decimal", "Decimal"),
        ("fractions", "Fraction"),
        ("functools", "partial"),
        ("io", "StringIO BytesIO"),
        ("itertools", "count cycle repeat"),
        (
            "numpy",
            "array zeros ones full arange eye linspace float64 float32 int64 int32 "
            "default_rng RandomState Generator PCG64 MT19937 SeedSequence",
        ),
        ("pandas", "DataFrame Series Index Timestamp Timedelta"),
        ("pathlib", "Path PurePath"),
        ("queue", "Queue LifoQueue PriorityQueue"),
        ("random", "Random"),
        ("re", "compile"),
        ("thread", "allocate_lock lock RLock"),
        ("threading", "Event Lock RLock"),
        ("types", "SimpleNamespace"),
    )
}
_SIMPLE = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp, ast.Call),
    *(ast.operator, ast.unaryop, ast.expr_context, ast.keyword),
)
#: Numbers in a line beyond this may make something large.
_LARGEST = 100_000
#: What a class may say of its own that would run as an instance is made.
_HOOKS = ("__new__", "__setattr__", "__getattribute__", "__post_init__", "__del__")


def evaluated(node: ast.expr, module: types.ModuleType, written: Definitions) -> object:
    """What an expression makes in a module; UNKNOWN where that may do more, or take long."""
    if not _only_computes(node, module, written, frozenset()):
        return UNKNOWN
    code = compile(ast.Expression(body=node), "<written>", "eval")
    try:
        return eval(code, dict(vars(module)))  # noqa: S307 - of these constructors only
    except Exception:  # noqa: BLE001 - names of the line may mean something else by now
        return UNKNOWN


def _only_computes(
    node: ast.AST, module: types.ModuleType, written: Definitions, given: frozenset[str]
) -> bool:
    """Whether an expression does nothing but compute; `given` are the parameters around it."""
    match node:
        case ast.Name(id=name) if name in given:
            return True
        case ast.Name() | ast.Attribute():
            return as_written(node, vars(module)) is not UNKNOWN
        case ast.Constant(value=int(number)) if number > _LARGEST:
            return False
        case ast.BinOp(op=ast.Pow() | ast.LShift()):
            return False
        case ast.Call(func=called):
            if not _is_computing(as_written(called, vars(module)), module, written):
                return False
        case _ if not isinstance(node, _SIMPLE):
            return False
    inside = ast.iter_child_nodes(node)
    return all(_only_computes(each, module, written, given) for each in inside)


def _is_computing(called: object, module: types.ModuleType, written: Definitions) -> bool:
    kind = called if is_a(called, type) else None
    home = module_of(kind) if kind is not None else attribute_of(called, "__module__")
    top = str(home).partition(".")[0].lstrip("_")
    if home != module.__name__ and name_of(called) in _COMPUTING.get(top, ()):
        return True
    return kind is not None and _only_sets_attributes(kind, module, written)


def _only_sets_attributes(kind: type, module: types.ModuleType, written: Definitions) -> bool:
    """Whether making an instance does no more than that."""
    above = [each for each in bases_of(kind) if each is not object]
    own = attributes_of(kind)
    if type(kind) not in (type, abc.ABCMeta):
        return False
    if any(hook in attributes_of(each) for each in above for hook in _HOOKS):
        return False
    if "__dataclass_fields__" in own:
        fields = own["__dataclass_fields__"].values()
        factories = [each.default_factory for each in fields]
        return all(not callable(each) or each in (list, dict, set) for each in factories)
    return _start_only_sets(above, module, written)


def _start_only_sets(above: Sequence[type], module: types.ModuleType, written: Definitions) -> bool:
    """Whether the first `__init__` of these classes does no more than set attributes."""
    found = [each for each in above if "__init__" in attributes_of(each)]
    if not found:
        return True
    start = attributes_of(found[0])["__init__"]
    node = _node_of(start, written) if is_a(start, types.FunctionType) else None
    home = sys.modules.get(module_of(found[0]), module)
    if node is None:
        return False
    given = frozenset(each.arg for each in (*node.args.args, *node.args.kwonlyargs))
    inner = above[above.index(found[0]) + 1 :]

    def does_no_more(statement: ast.stmt) -> bool:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return True
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__")
                ) as call
            ):
                passed = [*call.args, *(each.value for each in call.keywords)]
                computes = all(_only_computes(each, home, written, given) for each in passed)
                return computes and _start_only_sets(inner, module, written)
            case (
                ast.Assign(targets=[ast.Attribute(value=ast.Name(), attr=name)], value=value)
                | ast.AnnAssign(
                    target=ast.Attribute(value=ast.Name(), attr=name), value=ast.expr() as value
                )
            ):
                return _is_kept(name, above) and _only_computes(value, home, written, given)
        return False

    return all(map(does_no_more, node.body))


def _is_kept(name: str, above: Sequence[type]) -> bool:
    """Whether setting an attribute runs no code of its class: it is no property."""
    found = next((each for base in above if (each := attributes_of(base).get(name))), None)
    return is_a(found, types.MemberDescriptorType) or not hasattr(type(found), "__set__")


def _node_of(function: types.FunctionType, written: Definitions) -> ast.FunctionDef | None:
    """The text of a function: of the module's file, or of one that is installed."""
    definition = written.of_code(function.__code__)
    if definition is not None:
        return definition.node if isinstance(definition.node, ast.FunctionDef) else None
    if is_local(str(function.__globals__.get("__name__"))):
        return None
    return _node_in_file(function.__code__)


@lru_cache(maxsize=256)
def _node_in_file(code: types.CodeType) -> ast.FunctionDef | None:
    tree = parsed_or_none(text_of_file(code.co_filename) or "")
    found = (
        node
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.FunctionDef)
        and (node.name, node.lineno) == (code.co_name, code.co_firstlineno)
    )
    return next(found, None)
