"""What expressions and columns are where they are, followed to the tables. Reads trees only.

DuckDB forgets VARCHAR(10), tells VARIANT, OBJECT and ARRAY all as JSON, and divides whatever it is
given as DOUBLE. Here a resolved tree is followed from its projections through subqueries and CTEs
to the tables; what an expression makes of its parts is `expression_types`. What is not known has no
type and keeps what DuckDB says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.functions.macros import made_type
from sfdag_magics.engine.sql.names.expression_types import type_of
from sfdag_magics.engine.sql.names.sources import ctes_seen, may_lack_rows, scopes, sources_in
from sfdag_magics.engine.sql.names.value_types import united
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.values.types import (
    JSON_TYPES,
    SqlType,
    number,
    plain,
    type_from_stored,
    varchar,
)

#: Where a resolved table or query of rows keeps its columns: a list of (name, type).
TYPES = "types"

Columns = list[tuple[str, SqlType | None]]

_MADE_BY: Mapping[str, SfType] = {
    "ArrayAgg": SfType.ARRAY,
    "Array": SfType.ARRAY,
    "ArrayConcat": SfType.ARRAY,
    "ArrayUniqueAgg": SfType.ARRAY,
    "ArrayConstructCompact": SfType.ARRAY,
    "Split": SfType.ARRAY,
    "ArrayFilter": SfType.ARRAY,
    "Transform": SfType.ARRAY,
    "ObjectAgg": SfType.OBJECT,
    "StarMap": SfType.OBJECT,
    "Struct": SfType.OBJECT,
    "JSONObject": SfType.OBJECT,
    "ParseJSON": SfType.VARIANT,
    "ToVariant": SfType.VARIANT,
    "JSONExtract": SfType.VARIANT,
    "Bracket": SfType.VARIANT,
}
_FLATTENED: Columns = [
    ("SEQ", number()),
    ("KEY", varchar()),
    ("PATH", varchar()),
    ("INDEX", number()),
    ("VALUE", plain(SfType.VARIANT)),
    ("THIS", plain(SfType.VARIANT)),
]
_SPLIT: Columns = [("SEQ", number()), ("INDEX", number()), ("VALUE", varchar())]
_JSON_NAMES = frozenset(
    {exp.DType.VARIANT, exp.DType.OBJECT, exp.DType.ARRAY, exp.DType.STRUCT, exp.DType.MAP}
)


def column_types(fact: ObjectFact) -> Columns:
    """A table's columns as the catalogue has them."""
    return [
        (
            column["name"],
            replace(type_from_stored(column["type"]), nullable=column.get("nullable", True)),
        )
        for column in fact.detail["columns"]
    ]


def output_types(tree: exp.Expr) -> tuple[SqlType | None, ...] | None:
    """One entry per column of the query, None where unknown; None when not even the number is."""
    columns = Lineage().columns(tree)
    return None if columns is None else tuple(kind for _, kind in columns)


class Lineage:
    """The types in one tree, which must not change meanwhile; remembers what it found."""

    def __init__(self) -> None:
        self._types: dict[int, SqlType | None] = {}
        self._columns: dict[int, Columns | None] = {}
        self._sources: dict[int, dict[str, Columns | None]] = {}

    def of(self, node: exp.Expr) -> SqlType | None:
        """The type of an expression where it is."""
        if id(node) not in self._types:
            self._types[id(node)] = None  # while it is looked for: it may name itself
            self._types[id(node)] = self._type(node)
        return self._types[id(node)]

    def columns(self, query: exp.Expr) -> Columns | None:
        """The columns of a query."""
        if id(query) not in self._columns:
            self._columns[id(query)] = None  # a recursive query reads itself
            self._columns[id(query)] = self._found_columns(query)
        return self._columns[id(query)]

    def _type(self, node: exp.Expr) -> SqlType | None:
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Var) and node.name.startswith("#"):
            return self._numbered(node)
        if isinstance(node, exp.Identifier):
            return plain(SfType.VARIANT) if _is_parameter(node) else None
        if isinstance(node, exp.Anonymous) and CALLED in node.meta:
            made_as = made_type(node.meta[CALLED])
            return plain(made_as) if made_as is not None else None
        if (made := _MADE_BY.get(type(node).__name__)) is not None:
            return plain(made)
        return type_of(node, self.of)

    def seen_from(self, node: exp.Expr) -> Iterator[tuple[exp.Expr, Mapping[str, Columns | None]]]:
        """The queries around an expression, the innermost first, each with what it reads by name.

        Columns are None where they are not known.
        """
        for scope in scopes(node):
            yield scope, self._sources_of(scope)

    # -- columns of expressions ---------------------------------------------------------------

    def _column(self, node: exp.Column) -> SqlType | None:
        """Of the innermost query around it that has a column of this name."""
        for scope in scopes(node):
            sources = self._sources_of(scope)
            wanted = [node.table] if node.table else list(sources)
            kinds = [
                kind
                for name in wanted
                for column, kind in sources.get(name) or []
                if column == node.name
            ]
            if kinds:  # a column that two tables were joined by is found twice
                return kinds[0] if len(set(kinds)) == 1 else None
            if any(columns is None for columns in sources.values()):
                return None
            for item in scope.expressions if isinstance(scope, exp.Select) else ():
                if not node.table and item.alias == node.name and isinstance(item, exp.Alias):
                    return self.of(item.this)
        return None

    def _numbered(self, node: exp.Var) -> SqlType | None:
        """`$1`: of the columns of all that stands behind FROM, in order."""
        columns: Columns = []
        scope = next(scopes(node), None)
        for source in self._sources_of(scope).values() if scope is not None else ():
            if source is None:
                return None
            columns += source
        index = int(node.name[1:]) - 1
        return columns[index][1] if index < len(columns) else None

    # -- columns of queries -------------------------------------------------------------------

    def _found_columns(self, query: exp.Expr) -> Columns | None:
        if (made := query.meta.get(TYPES) if query._meta else None) is not None:  # noqa: SLF001 - meta makes a dict
            return list(made)
        if isinstance(query, exp.Subquery):
            return None if _is_group(query) else self.columns(query.this)
        if isinstance(query, exp.SetOperation):
            first = self.columns(query.left)
            self._columns[id(query)] = first  # what a recursive part reads of itself
            second = self.columns(query.right)
            by_name = bool(query.args.get("by_name"))
            return _united_by_name(first, second) if by_name else _united(first, second)
        if isinstance(query, exp.Values):
            return self._values(query)
        if isinstance(query, exp.Table):
            return self.source(query)
        if isinstance(query, exp.Select):
            return self._selected(query)
        if isinstance(query, exp.Lateral | exp.TableFromRows):
            return _taken_apart(query.this)
        return None

    def _values(self, values: exp.Values) -> Columns:
        rows = [
            row.expressions if isinstance(row, exp.Tuple) else [row] for row in values.expressions
        ]
        return [
            (
                f"COLUMN{index}",
                united([self.of(item) for item in items if not isinstance(item, exp.Null)]),
            )
            for index, items in enumerate(zip(*rows, strict=False), start=1)
        ]

    def _selected(self, select: exp.Select) -> Columns | None:
        sources = self._sources_of(select)
        found: Columns = []
        for item in select.expressions:
            star = item if isinstance(item, exp.Star) else item.find(exp.Star)
            if isinstance(star, exp.Star) and isinstance(item, exp.Star | exp.Column):
                expanded = self._expanded(item, star, sources)
                if expanded is None or (isinstance(item, exp.Star) and _merges(select, star)):
                    return None
                found.extend(expanded)
            else:
                found.append((item.alias_or_name, self.of(item.unalias())))
        return found

    def _expanded(
        self, item: exp.Expr, star: exp.Star, sources: Mapping[str, Columns | None]
    ) -> Columns | None:
        wanted = [item.table] if isinstance(item, exp.Column) and item.table else list(sources)
        left_out = {name.name for name in star.args.get("except_") or []}
        renamed = {pair.this.name: pair.alias for pair in star.args.get("rename") or []}
        replaced = {pair.alias: self.of(pair.this) for pair in star.args.get("replace") or []}
        is_kept = _like(star.args.get("ilike"))
        found: Columns = []
        for name in wanted:
            columns = sources.get(name)
            if columns is None:
                return None
            found.extend(
                (renamed.get(column, column), replaced.get(column, kind))
                for column, kind in columns
                if column not in left_out and is_kept(column)
            )
        return found

    # -- what is behind FROM ------------------------------------------------------------------

    def _sources_of(self, scope: exp.Expr) -> dict[str, Columns | None]:
        if id(scope) not in self._sources:
            self._sources[id(scope)] = {}
            self._sources[id(scope)] = self._found_sources(scope)
        return self._sources[id(scope)]

    def _found_sources(self, scope: exp.Expr) -> dict[str, Columns | None]:
        sources: dict[str, Columns | None] = {}
        for index, node in enumerate(sources_in(scope)):
            sources[node.alias_or_name or f" {index}"] = self.source(node)
            for join in node.args.get("joins") or []:
                sources[join.this.alias_or_name] = self.source(join.this)
        if may_lack_rows(scope):
            return {name: _nullable(columns) for name, columns in sources.items()}
        return sources

    def source(self, node: exp.Expr) -> Columns | None:
        """The columns of what stands behind FROM or JOIN."""
        if node.args.get("pivots"):
            return None
        alias = node.args.get("alias")
        if isinstance(node, exp.Table) and TYPES not in node.meta:
            return _renamed(self._cte(node), alias)
        if isinstance(node, exp.Table):
            return _renamed(list(node.meta[TYPES]), alias)
        return _renamed(self.columns(node), alias)

    def column_names(self, source: exp.Expr) -> list[str] | None:
        """The names of those columns; None where they are not known."""
        columns = self.source(source)
        return None if columns is None else [name for name, _ in columns]

    def _cte(self, table: exp.Table) -> Columns | None:
        """The columns of the WITH that a name stands for."""
        child: exp.Expr = table
        parent = table.parent
        while parent is not None:
            for cte in ctes_seen(parent, child):
                if cte.alias == table.name:
                    return _renamed(self.columns(cte.this), cte.args.get("alias"))
            child, parent = parent, parent.parent
        return None


def holds_json(tree: exp.Expr) -> bool:
    """Whether any value in a resolved tree may be a VARIANT, an OBJECT or an ARRAY."""
    return any(_is_json(node) for node in nodes(tree))


def _is_json(node: exp.Expr) -> bool:
    if isinstance(node, exp.DataType):
        return node.this in _JSON_NAMES
    if isinstance(node, exp.Explode) or type(node).__name__ in _MADE_BY:
        return True
    if isinstance(node, exp.Anonymous) and CALLED in node.meta:
        return made_type(node.meta[CALLED]) in JSON_TYPES
    columns = node.meta.get(TYPES) or () if node._meta else ()  # noqa: SLF001 - meta makes a dict
    return any(kind is not None and kind.kind in JSON_TYPES for _, kind in columns)


def _is_parameter(node: exp.Identifier) -> bool:
    """Whether it is what a lambda calls an element of the array it goes through."""
    lambda_ = node.find_ancestor(exp.Lambda)
    while lambda_ is not None:
        if any(node.name == parameter.name for parameter in lambda_.expressions):
            return True
        lambda_ = lambda_.find_ancestor(exp.Lambda)
    return False


def _taken_apart(call: exp.Expr) -> Columns | None:
    if isinstance(call, exp.Explode):
        return list(_FLATTENED)
    return list(_SPLIT) if isinstance(call, exp.SplitToTable) else None


def _nullable(columns: Columns | None) -> Columns | None:
    if columns is None:
        return None
    return [
        (name, replace(kind, nullable=True) if kind is not None else None) for name, kind in columns
    ]


def _united(left: Columns | None, right: Columns | None) -> Columns | None:
    if left is None or right is None or len(left) != len(right):
        return None
    return [
        (name, united([kind, other])) for (name, kind), (_, other) in zip(left, right, strict=True)
    ]


def _united_by_name(left: Columns | None, right: Columns | None) -> Columns | None:
    """Those of the first query, and those that only the second one has."""
    if left is None or right is None:
        return None
    first, second = dict(left), dict(right)
    both = [(name, united([kind, second.get(name, kind)])) for name, kind in left]
    return [*both, *(column for column in right if column[0] not in first)]


def _is_group(node: exp.Subquery) -> bool:
    """Whether these are parentheses around joins."""
    is_query = isinstance(node.this, exp.Select | exp.SetOperation)
    return not is_query and bool(node.this.args.get("joins"))


def _merges(select: exp.Select, star: exp.Star) -> bool:
    """Whether a star has columns of joins by name, which are there once, among the others."""
    left_out = {name.name for name in star.args.get("except_") or []}
    for join in select.args.get("joins") or []:
        if join.method == "NATURAL" and not left_out:
            return True
        if any(column.name not in left_out for column in join.args.get("using") or []):
            return True
    return False


def _renamed(columns: Columns | None, alias: exp.Expr | None) -> Columns | None:
    names = [column.name for column in alias.args.get("columns") or []] if alias else []
    if columns is None or not names:
        return columns
    if len(names) > len(columns):
        return None
    given = [(name, kind) for name, (_, kind) in zip(names, columns, strict=False)]
    return given + columns[len(names) :]


def _like(pattern: exp.Expr | None) -> Callable[[str], bool]:
    """Whether a name matches `* ILIKE pattern`."""
    if pattern is None:
        return lambda _name: True
    parts = (
        {"%": ".*", "_": "."}.get(character, re.escape(character)) for character in pattern.name
    )
    matches = re.compile("".join(parts), re.IGNORECASE | re.DOTALL).fullmatch
    return lambda name: matches(name) is not None
