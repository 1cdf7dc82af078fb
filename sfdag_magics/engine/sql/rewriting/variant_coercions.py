"""A VARIANT beside another type: what Snowflake converts by itself is written out as a CAST.

Works on resolved trees, before any rewrite: what wants a text, a number or a truth value and is
given a VARIANT gets the conversion around it; of a VARIANT and something else, one is converted to
the other's type. DuckDB never has to choose between JSON and what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names.join_types import join_by_one_type
from sfdag_magics.engine.sql.names.lineage import Lineage, holds_json
from sfdag_magics.engine.sql.reading.walking import found_in, nodes
from sfdag_magics.engine.sql.rewriting import variant_positions as positions
from sfdag_magics.engine.sql.values.duck_types import AS_WRITTEN
from sfdag_magics.engine.sql.values.types import JSON_TYPES, SqlType

_Type = exp.DataType.Type
#: To what a VARIANT is converted beside a value of another type, and how.
_BESIDE = {**AS_WRITTEN, SfType.TEXT: _Type.VARCHAR, SfType.FIXED: _Type.DOUBLE}
#: A value that is no number is unlike every number, and no error.
_TRIED = frozenset({_Type.DOUBLE})
Change = tuple[exp.Expr, exp.DType]


def convert_variants(tree: exp.Expr) -> exp.Expr:
    """The resolved tree with a CAST around every VARIANT that stands where it is converted."""
    if not holds_json(tree):
        return tree
    spelled = Lineage()
    for node in list(found_in(tree, exp.SetOperation)):
        _spell_out(node, spelled)
    join_by_one_type(tree, Lineage(), _BESIDE)
    lineage = Lineage()
    changes = [change for node in nodes(tree) for change in _changes(node, lineage)]
    done: set[int] = set()
    for value, wanted in changes:
        if id(value) not in done:
            done.add(id(value))
            _convert(value, wanted)
    return tree


def _spell_out(node: exp.SetOperation, lineage: Lineage) -> None:
    """Name the columns behind a star where only one query of a UNION has a VARIANT."""
    arms = positions.arms_of(node)
    columns = [lineage.columns(arm) or [] for arm in arms]
    if any(len(found) != len(columns[0]) for found in columns):
        return
    kinds = [[kind for _, kind in column] for column in zip(*columns, strict=True)]
    if not any(any(map(_is_variant, kind)) and not all(map(_is_json, kind)) for kind in kinds):
        return
    for arm, found in zip(arms, columns, strict=True):
        if isinstance(arm, exp.Select) and arm.is_star:
            _with_named_columns(arm, [name for name, _ in found])


def _with_named_columns(select: exp.Select, names: Sequence[str]) -> None:
    parent, key, index = select.parent, select.arg_key, select.index
    if parent is None or key is None:
        return
    given = [exp.to_identifier(f"c{number}", quoted=True) for number in range(len(names))]
    items = [
        exp.alias_(exp.column(one.copy()), exp.to_identifier(name, quoted=True))
        for one, name in zip(given, names, strict=True)
    ]
    alias = exp.TableAlias(this=exp.to_identifier("arm", quoted=True), columns=given)
    rows = exp.Subquery(this=select, alias=alias)
    parent.set(key, exp.Select(expressions=items, from_=exp.From(this=rows)), index)


def _convert(value: exp.Expr, wanted: exp.DType) -> None:
    parent, key, index = value.parent, value.arg_key, value.index
    if parent is None or key is None:
        return
    kind = exp.TryCast if wanted in _TRIED and isinstance(parent, positions.COMPARING) else exp.Cast
    if kind is exp.TryCast:
        value = exp.Cast(this=value, to=exp.DataType(this=_Type.VARCHAR))
    parent.set(key, kind(this=value, to=exp.DataType(this=wanted)), index)


def _changes(node: exp.Expr, lineage: Lineage) -> Iterator[Change]:
    for wanted, values in positions.wanted_by(node):
        for value in values:
            if _is_variant(lineage.of(value)):
                yield value, wanted
    for operands in positions.compared_in(node):
        yield from _compared(operands, lineage)
    for branches in positions.branches_of(node):
        yield from _united(branches, lineage)
    if isinstance(node, exp.SetOperation | exp.Values):
        for column in positions.columns_of(node):
            yield from _united(column, lineage)


def _compared(operands: Sequence[exp.Expr], lineage: Lineage) -> Iterator[Change]:
    """All VARIANTs to the type of the others, where they have one; the others to VARIANT."""
    kinds = [(value, lineage.of(value)) for value in operands if not isinstance(value, exp.Null)]
    if not any(_is_variant(kind) for _, kind in kinds):
        return
    others = {kind.kind if kind else None for _, kind in kinds if not _is_json(kind)}
    to = {_BESIDE.get(kind) if kind else None for kind in others}
    if len(to) == 1 and (only := to.pop()) is not None:
        yield from ((value, only) for value, kind in kinds if _is_variant(kind))
    else:
        yield from ((value, _Type.VARIANT) for value, kind in kinds if not _is_json(kind))


def _united(branches: Sequence[exp.Expr], lineage: Lineage) -> Iterator[Change]:
    """What may be a VARIANT is one in every branch."""
    kinds = [(value, lineage.of(value)) for value in branches if not isinstance(value, exp.Null)]
    if any(_is_variant(kind) for _, kind in kinds):
        yield from ((value, _Type.VARIANT) for value, kind in kinds if not _is_json(kind))


def _is_variant(kind: SqlType | None) -> bool:
    return kind is not None and kind.kind is SfType.VARIANT


def _is_json(kind: SqlType | None) -> bool:
    return kind is not None and kind.kind in JSON_TYPES
