"""Names that a function reads before it gives them a value, which Python finds out when it runs.

`df = df.dropna()` works in a cell and fails in a function, where `df` is the function's own from
its first line on. Reads syntax trees; says only what is certain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from sfdag_magics.bundle.written.names_given import names_given, own_names

#: Behind one of these, what follows may not be reached.
_LEAVES = (ast.Return, ast.Raise)


def too_early(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    namespace: Mapping[str, object],
    *,
    lines_above: int,
) -> Iterator[tuple[str, str]]:
    """What is wrong and what to do, for each name that is read before it has a value."""
    for name, line in _first_reads(node.body, set(own_names(node))):
        hint = (
            f"give what it makes of the notebook's {name} another name, such as new_{name}"
            if name in namespace
            else f"give {name} a value above"
        )
        yield (
            f"reads {name!r} in line {line + lines_above}, before it gives it a value: in a "
            "function, a name that it assigns is its own from the first line on",
            hint,
        )


def _first_reads(body: Sequence[ast.stmt], own: set[str]) -> Iterator[tuple[str, int]]:
    waiting = set(own)
    for statement in _in_turn(body):
        inside = list(ast.walk(statement))
        # `:=` may do so in time.
        waiting -= {each.target.id for each in inside if isinstance(each, ast.NamedExpr)}
        for read in _reads_first(statement):
            if read.id in waiting:
                waiting.discard(read.id)
                yield read.id, read.lineno
        if any(isinstance(each, _LEAVES) for each in inside):
            return
        waiting -= names_given(statement)


def _in_turn(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run one after the other, those in `with` blocks as well.

    And those in loops: as they go round first, they have what stands above.
    """
    for statement in body:
        if isinstance(statement, ast.With):
            head: ast.stmt = ast.With(items=statement.items, body=[])
            yield ast.copy_location(head, statement)
            yield from _in_turn(statement.body)
        elif isinstance(statement, ast.For | ast.While):
            if isinstance(statement, ast.For):
                head = ast.For(target=statement.target, iter=statement.iter, body=[], orelse=[])
            else:
                head = ast.While(test=statement.test, body=[], orelse=[])
            yield ast.copy_location(head, statement)
            yield from _in_turn(_reached(statement.body))
            yield statement  # which gives all its names
        else:
            yield statement


def _reached(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """What a loop reaches whenever it begins a round: up to what may begin the next one."""
    ends = (number for number, each in enumerate(body) if _may_jump(each))
    return body[: next(ends, len(body))]


def _may_jump(statement: ast.stmt) -> bool:
    return any(isinstance(each, ast.Continue | ast.Break) for each in ast.walk(statement))


def _reads_first(statement: ast.stmt) -> Iterator[ast.Name]:
    """The names that a statement reads in any case, before it gives any a value."""
    match statement:
        case ast.AugAssign(target=ast.Name() as target, value=value):
            yield target
            yield from _read_in(value)
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute() as target], value=value):
            yield from (*_read_in(value), *_read_in(target))
        case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Expr(value=value):
            yield from _read_in(value)
        case ast.AnnAssign(value=ast.expr() as value) | ast.Return(value=ast.expr() as value):
            yield from _read_in(value)
        case ast.For(iter=value) | ast.If(test=value) | ast.While(test=value):
            yield from _read_in(value)
        case ast.With(items=[first, *_]):
            yield from _read_in(first.context_expr)


def _read_in(node: ast.AST) -> Iterator[ast.Name]:
    """Names that an expression reads whatever their values are, but those that it gives itself."""
    match node:
        case ast.Name(ctx=ast.Load()):
            yield node
        case ast.Lambda() | ast.NamedExpr():
            return
        case ast.IfExp(test=first) | ast.BoolOp(values=[first, *_]):
            yield from _read_in(first)
        case ast.Compare(left=left, comparators=[right, *_]):
            yield from (*_read_in(left), *_read_in(right))
        case (
            ast.ListComp(generators=[first, *_])
            | ast.SetComp(generators=[first, *_])
            | ast.DictComp(generators=[first, *_])
            | ast.GeneratorExp(generators=[first, *_])
        ):
            yield from _read_in(first.iter)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _read_in(child)
