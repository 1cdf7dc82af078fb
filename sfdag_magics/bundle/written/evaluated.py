"""What a line at the top of a module makes, where making it again does nothing else.

Runs only constructors that compute from what they are given, and classes of the module's own whose
`__init__` does no more than set attributes.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Mapping

from sfdag_magics.bundle.inspection import (
    attribute_of,
    attributes_of,
    bases_of,
    is_a,
    module_of,
    name_of,
)
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.definitions import Definitions

#: Functions and classes that only compute, by the package that they are of.
_COMPUTING: dict[str, frozenset[str]] = {
    package: frozenset(names.split())
    for package, names in (
        ("builtins", "dict list set tuple frozenset range slice int float str bool bytearray"),
        ("collections", "Counter defaultdict deque OrderedDict"),
        ("datetime", "date datetime time timedelta"),
        ("decimal", "Decimal"),
        ("fractions", "Fraction"),
        ("functools", "partial"),
        ("itertools", "count cycle repeat"),
        ("numpy", "array zeros ones full arange eye linspace float64 float32 int64 int32"),
        ("pandas", "DataFrame Series Index Timestamp Timedelta"),
        ("pathlib", "Path PurePath"),
        ("random", "Random"),
        ("re", "compile"),
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
    if is_a(called, type) and module_of(called) == module.__name__:
        return _only_sets_attributes(called, module, written)
    home = module_of(called) if is_a(called, type) else attribute_of(called, "__module__")
    top = str(home).partition(".")[0].lstrip("_")
    return name_of(called) in _COMPUTING.get(top, ())


def _only_sets_attributes(kind: type, module: types.ModuleType, written: Definitions) -> bool:
    """Whether making an instance does no more than that."""
    own = attributes_of(kind)
    if type(kind) is not type or bases_of(kind)[1:] != (object,) or set(_HOOKS) & set(own):
        return False
    if "__dataclass_fields__" in own:
        fields = own["__dataclass_fields__"].values()
        factories = [each.default_factory for each in fields]
        return all(not callable(each) or each in (list, dict, set) for each in factories)
    start = own.get("__init__")
    if start is None:
        return True
    definition = written.of_code(start.__code__) if is_a(start, types.FunctionType) else None
    if definition is None or not isinstance(definition.node, ast.FunctionDef):
        return False
    node = definition.node
    given = frozenset(each.arg for each in (*node.args.args, *node.args.kwonlyargs))
    return all(_sets_one(each, own, given, module, written) for each in node.body)


def _sets_one(
    node: ast.stmt,
    own: Mapping[str, object],
    given: frozenset[str],
    module: types.ModuleType,
    written: Definitions,
) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(), attr=name)], value=value):
            pass
        case ast.AnnAssign(
            target=ast.Attribute(value=ast.Name(), attr=name), value=ast.expr() as value
        ):
            pass
        case _:
            return False
    return name not in own and _only_computes(value, module, written, given)
