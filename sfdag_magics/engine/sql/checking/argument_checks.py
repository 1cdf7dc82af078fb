"""Arguments of a type that Snowflake's function does not take, where DuckDB would carry on.

Trees with their tables resolved. DuckDB adds truth values up, averages dates and reads a text as
JSON where an ARRAY or OBJECT is wanted; on an account the same call does not compile.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.names.type_rules import argument_of
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.values.types import JSON_TYPES, SqlType

_NUMBERS = """
    AVG MEDIAN STDDEV STDDEV_POP STDDEV_SAMP SUM VARIANCE VAR_POP VAR_SAMP
"""
_HELD = """
    ARRAY_APPEND ARRAY_CAT ARRAY_COMPACT ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_FLATTEN ARRAY_INSERT
    ARRAY_INTERSECTION ARRAY_MAX ARRAY_MIN ARRAY_PREPEND ARRAY_REMOVE ARRAY_REMOVE_AT ARRAY_SIZE
    ARRAY_SLICE ARRAY_SORT ARRAY_TO_STRING GET OBJECT_DELETE OBJECT_INSERT OBJECT_KEYS OBJECT_PICK
"""
#: What is a number, or is read as one.
_TAKEN_FOR_NUMBERS = (SfType.FIXED, SfType.REAL, SfType.TEXT, SfType.VARIANT)
_BINARIES = (exp.DataType.Type.BINARY, exp.DataType.Type.VARBINARY)
_TAKEN_FOR_BYTES = (SfType.BINARY, SfType.TEXT, SfType.VARIANT)
_OF_NUMBERS, _OF_HELD = frozenset(_NUMBERS.split()), frozenset(_HELD.split())


def check_arguments(tree: exp.Expr) -> exp.Expr:
    """The tree, whose functions are given what they take.

    Raises:
        SqlError: one of them is not.
    """
    lineage = Lineage()
    for node in nodes(tree):
        called = node.meta.get(CALLED) if node._meta else None  # noqa: SLF001 - meta makes a dict
        if called in _OF_NUMBERS or called in _OF_HELD:
            kind = _kind_of_first(node, lineage)
            if kind is not None and not _takes(called, kind):
                raise wrong_arguments(called, kind)
        elif isinstance(node, exp.Cast) and node.to.this in _BINARIES:
            _check_bytes(node, lineage.of(node.this))
    return tree


def _check_bytes(cast: exp.Cast, kind: SqlType | None) -> None:
    """Only a text becomes bytes, where it is written so."""
    if kind is not None and kind.kind not in _TAKEN_FOR_BYTES:
        raise SqlError(
            f"SQL compilation error:\ninvalid type [CAST({cast.this.sql(dialect='snowflake')} AS"
            f" BINARY)] for parameter 'TO_BINARY': {kind.sql()} has no bytes, its text has.",
            code=1007,
            sqlstate="22023",
        )


def wrong_arguments(function: str, *kinds: SqlType) -> SqlError:
    """The error for a call whose arguments are of these types."""
    return SqlError(
        f"SQL compilation error:\nInvalid argument types for function '{function}':"
        f" ({', '.join(kind.sql() for kind in kinds)})",
        code=1044,
        sqlstate="42P13",
    )


def _kind_of_first(node: exp.Expr, lineage: Lineage) -> SqlType | None:
    node = node.this if isinstance(node, exp.Window) else node
    first = node.expressions[0] if isinstance(node, exp.Anonymous) and node.expressions else None
    if first is None and isinstance(node.args.get("this"), exp.Expr):
        first = argument_of(node)
    return None if first is None or isinstance(first, exp.Null) else lineage.of(first)


def _takes(function: str, kind: SqlType) -> bool:
    return kind.kind in (_TAKEN_FOR_NUMBERS if function in _OF_NUMBERS else JSON_TYPES)
