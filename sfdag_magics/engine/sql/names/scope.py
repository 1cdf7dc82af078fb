"""From the table names in a statement's tree to what DuckDB has. Knows scopes; rewrites tables.

A table becomes its physical name under its Snowflake name as alias, so that DuckDB's messages name
what the user typed. A view becomes its query, read with the view's own namespace. What is computed
(INFORMATION_SCHEMA, table functions, earlier results) becomes an Arrow table that is registered for
the statement.
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlglot import exp

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Arguments, Value
from sfdag_magics.engine.sql.names.case_names import tell_cases_apart
from sfdag_magics.engine.sql.names.ctes import bind_ctes, cte_of, put_cte
from sfdag_magics.engine.sql.names.exact_names import refuse_near_names
from sfdag_magics.engine.sql.names.join_columns import join_columns_first, positions
from sfdag_magics.engine.sql.names.lineage import TYPES, Columns, column_types
from sfdag_magics.engine.sql.names.row_objects import spell_out_rows
from sfdag_magics.engine.sql.names.stars import check_stars
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.sqltext.names import identifier_from_sql

#: What a table node keeps when something else takes its place.
_KEPT = ("joins", "laterals", "pivots", "sample")
#: What parentheses behind FROM may hold besides a query: tables that are found by themselves.
_GROUPED = (exp.Table, exp.TableFromRows, exp.Values, exp.Subquery)
#: Marks a table node that DuckDB knows already.
RESOLVED = "resolved"
_WRITING = (exp.Insert, exp.Schema, exp.Update, exp.Delete, exp.Merge)
_TIME_TRAVEL = ("when", "version", "changes")
#: The table function that answers for `FROM @stage/path (FILE_FORMAT => …, PATTERN => …)`.
STAGE_FUNCTION = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """Where unqualified names are looked for."""

    database: str | None
    schema: str | None


class Source(Protocol):
    """What the resolver asks of the statement's session."""

    def table(self, name: QualifiedName) -> ObjectFact | None:
        """The table or view of this name."""

    def given(self, name: str) -> Result | None:
        """The rows a handler put behind this name for one statement."""

    def qualified(self, name: QualifiedName, namespace: Namespace) -> QualifiedName:
        """The name with all three parts."""

    def stored(self, table: ObjectFact) -> str:
        """What DuckDB finds a table's own columns under."""

    def stream(self, stream: ObjectFact) -> tuple[str, Columns]:
        """What DuckDB finds the rows of a stream under, and their columns."""

    def view_query(self, view: ObjectFact) -> exp.Query:
        """A view's query, resolved."""

    def computed(self, name: QualifiedName) -> exp.Query | None:
        """As `rows`, those of a virtual table; None where there is none of that name."""

    def check_called(self, function: str) -> None:
        """Refuse the name of a table function that there is not."""

    def called(self, function: str, arguments: Arguments) -> exp.Query:
        """As `rows`, those of a table function."""

    def rows(self, result: Result) -> exp.Query:
        """A query by which DuckDB finds these rows during the statement."""

    def value(self, node: exp.Expr) -> Value:
        """What a constant expression is."""


def resolve_tables(tree: exp.Expr, namespace: Namespace, source: Source) -> exp.Expr:
    """Point every table in `tree` at what DuckDB has.

    Raises:
        SqlError: a table, database or schema does not exist.
    """
    for table in bind_ctes(tree):
        table.meta[RESOLVED] = True
    for node in list(found_in(tree, exp.TableFromRows, exp.Table)):
        if isinstance(node, exp.TableFromRows):
            _resolve_rows(node, namespace, source)
        elif not isinstance(node, exp.Table) or node.meta.get(RESOLVED):
            continue
        elif isinstance(node.this, exp.Func) and not isinstance(node.this, exp.DynamicIdentifier):
            _resolve_call(node, source)
        elif not isinstance(node.this, _GROUPED):
            _resolve_table(node, namespace, source)
    refuse_near_names(tree)
    join_columns_first(tree)
    positions(tree)
    check_stars(tree)
    spell_out_rows(tree)
    tell_cases_apart(tree)
    for column in found_in(tree, exp.Column):
        column.set("db", None)
        column.set("catalog", None)
    return tree


def table_name(node: exp.Expr, source: Source) -> QualifiedName:
    """The name a table node stands for; IDENTIFIER('…') and TABLE('…') are read as names."""
    if isinstance(node, exp.Table) and isinstance(node.this, exp.DynamicIdentifier):
        return name_from_text(str(source.value(node.this.this)))
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        schema = node.args.get("db")
        if schema is not None and not schema.name:
            schema = exp.to_identifier("PUBLIC")
        return QualifiedName(node.name, schema.name if schema else None, node.catalog or None)
    raise unsupported(f"The table {node.sql(dialect='snowflake')}")


def name_from_text(text: str) -> QualifiedName:
    """The name that a string holds, as IDENTIFIER('db.schema."Table"') has it."""
    parts = _dotted(text)
    if not 1 <= len(parts) <= 3:
        raise SqlError(f"SQL compilation error:\ninvalid identifier '{text}'", code=904)
    name, schema, database = [*parts[::-1], None, None][:3]
    return QualifiedName(str(name), schema, database)


def _dotted(text: str) -> list[str]:
    parts, start, quoted = [], 0, False
    for index, character in enumerate([*text, "."]):
        if character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            parts.append(text[start:index])
            start = index + 1
    try:
        return [identifier_from_sql(part) for part in parts]
    except ValueError as problem:
        raise SqlError(
            f"SQL compilation error:\ninvalid identifier '{text}'", code=904
        ) from problem


def _resolve_table(node: exp.Table, namespace: Namespace, source: Source) -> None:
    for clause in _TIME_TRAVEL:
        if node.args.get(clause) is not None:
            raise unsupported("Time travel (AT, BEFORE, CHANGES)")
    if isinstance(node.this, exp.Var | exp.Literal) and node.this.name.startswith("@"):
        _stage(node, source)
        return
    name = table_name(node, source)
    # plain names are bound already, IDENTIFIER('…') and TABLE('…') are not
    if isinstance(node.this, exp.DynamicIdentifier) and name.schema is None:
        cte = cte_of(node, name.name)
        if cte is not None:
            put_cte(node, cte)
            return
    if name.schema is None and (given := source.given(name.name)) is not None:
        _put_query(node, source.rows(given), name.name)
        return
    full = source.qualified(name, namespace)
    fact = source.table(full)
    if fact is not None and fact.kind == "TABLE":
        node.meta[TYPES] = column_types(fact)
        found = fact.detail["physical"] if _is_written(node) else source.stored(fact)
        _put(node, exp.to_identifier(found, quoted=True), name.name)
    elif fact is not None and fact.kind == "STREAM":
        shown, node.meta[TYPES] = source.stream(fact)
        _put(node, exp.to_identifier(shown, quoted=True), name.name)
    elif fact is not None:
        _put_query(node, source.view_query(fact), name.name)
    else:
        rows = source.computed(full)
        if rows is None:
            raise does_not_exist("Object", name.sql())
        _put_query(node, rows, name.name)


def _is_written(node: exp.Table) -> bool:
    """Whether it is what a statement writes to: that has the hidden columns too."""
    return node.arg_key == "this" and isinstance(node.parent, _WRITING)


def _put(node: exp.Table, this: exp.Expr, name: str) -> None:
    node.set("this", this)
    node.set("db", None)
    node.set("catalog", None)
    node.meta[RESOLVED] = True
    if not node.alias and not isinstance(node.parent, exp.Insert | exp.Schema):
        node.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))


def _put_query(node: exp.Expr, query: exp.Expr, name: str) -> None:
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name, quoted=True))
    subquery = exp.Subquery(this=query, alias=alias)
    for kept in _KEPT:
        if node.args.get(kept):
            subquery.set(kept, node.args[kept])
    node.replace(subquery)


def _stage(node: exp.Table, source: Source) -> None:
    options: dict[str, Value] = {}
    if (file_format := node.args.get("format")) is not None:
        options["FILE_FORMAT"] = (
            file_format.name
            if not isinstance(file_format, exp.Table)
            else file_format.sql(dialect="snowflake")
        )
    if (pattern := node.args.get("pattern")) is not None:
        options["PATTERN"] = pattern.name
    location = node.this.name
    rows = source.called(STAGE_FUNCTION, Arguments(positional=(location,), named=options))
    node.set("format", None)
    node.set("pattern", None)
    _put_query(node, rows, "STAGE")


def _resolve_call(node: exp.Table, source: Source) -> None:
    """`FROM function(…)` without TABLE(); Snowflake knows it for a few only."""
    source.check_called(_function_name(node))
    rows = source.called(_function_name(node), _arguments(node.this, source))
    _put_query(node, rows, _function_name(node).rpartition(".")[2])


def _function_name(node: exp.Table) -> str:
    prefix = f"{node.db.upper()}." if node.db else ""
    return prefix + str(node.this.meta.get(CALLED, node.this.name)).upper()


def _resolve_rows(node: exp.TableFromRows, namespace: Namespace, source: Source) -> None:
    """`TABLE(function(…))`, `TABLE('name')`."""
    inner = node.this
    alias = node.args.get("alias")
    if isinstance(inner, exp.Explode | exp.SplitToTable | exp.Generator):
        return
    if isinstance(inner, exp.Literal | exp.Parameter):
        table = exp.Table(this=exp.DynamicIdentifier(this=inner), alias=alias)
        node.replace(table)
        _resolve_table(table, namespace, source)
        return
    call, name = _called(inner)
    if call is None:
        raise unsupported(f"TABLE({inner.sql(dialect='snowflake')})")
    source.check_called(name)
    rows = source.called(name, _arguments(call, source))
    _put_query(node, rows, name.rpartition(".")[2])


def _called(inner: exp.Expr) -> tuple[exp.Expr | None, str]:
    """The call inside TABLE(…) and its name, `SCHEMA.NAME` where it has a schema."""
    prefix: list[str] = []
    node: exp.Expr | None = inner
    if isinstance(node, exp.Table):
        prefix = [part.name for part in node.parts[:-1]]
        node = node.this
    while isinstance(node, exp.Dot):
        prefix.append(node.this.name)
        node = node.expression
    if node is None or CALLED not in node.meta:
        return None, ""
    schema = prefix[-1:]
    return node, ".".join([*(part.upper() for part in schema), node.meta[CALLED]])


def _arguments(call: exp.Expr, source: Source) -> Arguments:
    positional: list[Value] = []
    named: dict[str, Value] = {}
    given: list[Any] = call.expressions or [
        value for value in call.args.values() if isinstance(value, exp.Expr)
    ]
    for argument in given:
        if isinstance(argument, exp.Kwarg | exp.PropertyEQ):
            named[argument.this.name.upper()] = source.value(argument.expression)
        else:
            positional.append(source.value(argument))
    return Arguments(positional=tuple(positional), named=named)
