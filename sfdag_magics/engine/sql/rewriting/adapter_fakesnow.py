"""fakesnow's rewrites of Snowflake expressions for DuckDB: which, in what order, and when.

The only file that knows fakesnow, and only its pure functions on trees, and its macros: its
connection, catalogue, SHOW and stages are not used. A rewrite runs only on a tree that has a node
of one of its types, because each walks the whole tree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from sfdag_magics.engine.answers import unsupported
from sfdag_magics.engine.sql.reading.walking import bottom_up
from sfdag_magics.engine.sql.rewriting.fakesnow_modules import macros
from sfdag_magics.engine.sql.rewriting.fakesnow_modules import transforms as fs


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One rewrite and the node types without which it has nothing to do."""

    rewrite: Callable[[exp.Expr], exp.Expr]
    nodes: tuple[type[exp.Expr], ...]

    @property
    def name(self) -> str:
        """What fakesnow calls it."""
        return self.rewrite.__name__


_JSON_PATHS = (exp.JSONExtract, exp.JSONExtractScalar, exp.Bracket)

#: In fakesnow's order, which matters: casts of JSON before their precedence, indices before both.
REWRITES: tuple[Rewrite, ...] = (
    Rewrite(fs.split, (exp.Split,)),
    Rewrite(fs.indices_to_json_extract, (exp.Bracket,)),
    Rewrite(fs.json_extract_cast_as_varchar, _JSON_PATHS),
    Rewrite(fs.json_extract_cased_as_varchar, _JSON_PATHS),
    Rewrite(fs.json_extract_precedence, _JSON_PATHS),
    Rewrite(fs.values_columns, (exp.Values,)),
    Rewrite(fs.to_decimal, (exp.ToNumber,)),
    Rewrite(fs.to_variant, (exp.ToVariant,)),
    Rewrite(fs.object_construct, (exp.StarMap, exp.JSONObject)),
    Rewrite(fs.float_to_double, (exp.DataType,)),
    Rewrite(fs.sample, (exp.TableSample,)),
    Rewrite(fs.array_size, (exp.ArraySize,)),
    Rewrite(fs.array_construct_etc, (exp.Array, exp.ArrayConstructCompact, exp.ArrayConcat)),
    Rewrite(fs.dateadd_date_cast, (exp.DateAdd,)),
    Rewrite(fs.dateadd_string_literal_timestamp_cast, (exp.DateAdd,)),
    Rewrite(fs.datediff_string_literal_timestamp_cast, (exp.DateDiff,)),
    Rewrite(fs.haversine, (exp.Anonymous,)),
    Rewrite(fs.hex_string, (exp.HexString,)),
    Rewrite(fs.alias_in_join, (exp.Join,)),
    Rewrite(fs.alias_in_where, (exp.Anonymous,)),
)


def rewritten(tree: exp.Expr, kinds: frozenset[type[exp.Expr]]) -> exp.Expr:
    """The tree in DuckDB's functions; `kinds` are the node types in it.

    Raises:
        SqlError: fakesnow knows that it cannot do this form of a function.
    """
    present = {base for kind in kinds for base in kind.__mro__}
    for rewrite in REWRITES:
        if present.isdisjoint(rewrite.nodes):
            continue
        try:
            tree = bottom_up(tree, rewrite.rewrite)
        except NotImplementedError as problem:
            raise unsupported(str(problem)) from problem
    return tree


def macro_statements(catalog: str) -> tuple[str, ...]:
    """The DuckDB macros that the rewrites call, for a file known as `catalog`."""
    statements = macros.creation_sql(f"{catalog}.main").split(";\n")
    return tuple(statement for statement in statements if statement.strip())
