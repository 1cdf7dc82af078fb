"""One parsed statement in Snowflake's SQL to one in DuckDB's. Knows sessions and values, no kinds.

The order matters and is stated once, in `Translator.translated`: constants first (bindings,
variables, session functions), then names, then types, then the rewrites.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError, UnsupportedError

from sfdag_magics.engine.borders.answers import Result, SqlError, unsupported
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Arguments, Bindings, TableFunction, Value
from sfdag_magics.engine.limits.hearing import hearing
from sfdag_magics.engine.sql.checking.argument_checks import check_arguments
from sfdag_magics.engine.sql.checking.unknown_functions import (
    unknown_table_function,
)
from sfdag_magics.engine.sql.names.lineage import Columns, output_types
from sfdag_magics.engine.sql.names.marks import mark_operands
from sfdag_magics.engine.sql.names.recursion import bounded_recursions
from sfdag_magics.engine.sql.names.scope import Namespace, resolve_tables
from sfdag_magics.engine.sql.reading.foreign_syntax import refuse_foreign
from sfdag_magics.engine.sql.reading.nesting import deep_reading
from sfdag_magics.engine.sql.reading.parse import CALLED, expected, parse
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.results.result_rows import query_of_rows
from sfdag_magics.engine.sql.rewriting.groups import with_groups
from sfdag_magics.engine.sql.rewriting.instants.apart import tell_apart_by_instants
from sfdag_magics.engine.sql.rewriting.join_aliases import with_aliases
from sfdag_magics.engine.sql.rewriting.rewrites import rewrite
from sfdag_magics.engine.sql.rewriting.session_formats import in_session_formats
from sfdag_magics.engine.sql.rewriting.text_coercions import convert_texts
from sfdag_magics.engine.sql.rewriting.timestamp_mapping import with_mapped_timestamps
from sfdag_magics.engine.sql.rewriting.variant_coercions import convert_variants
from sfdag_magics.engine.sql.rewriting.weeks import in_session_weeks
from sfdag_magics.engine.sql.rewriting.window_functions import written_out
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.tracked_form import is_tracked, own_columns
from sfdag_magics.engine.sql.streams.reading import (
    ViewQuery,
    columns_shown,
    rows_of_table,
    rows_of_view,
    source_of,
    span_of,
)
from sfdag_magics.engine.sql.streams.view_form import is_joined, with_rows
from sfdag_magics.engine.sql.translating.statement_constants import Constants
from sfdag_magics.engine.sql.translating.translated import (
    Asked,
    Noted,
    Translated,
    registered,
    release,
)
from sfdag_magics.engine.sql.translating.unused_columns import without_unused
from sfdag_magics.engine.sql.values.duck_words import without_duckdb
from sfdag_magics.sqltext import QualifiedName

_DEEPEST_VIEW = 32
#: What sqlglot's functions and our rewrites raise on a form they do not expect.
_NOT_UNDERSTOOD = (
    SqlglotError,
    ValueError,
    AttributeError,
    AssertionError,
    KeyError,
    TypeError,
    IndexError,
)
_DUCKDB = DuckDB()


class Translator:
    """Translates one statement of one session; makes its `scope.Source` as well."""

    def __init__(
        self,
        session: Session,
        bindings: Bindings = (),
        *,
        namespace: Namespace | None = None,
        noted: Noted | None = None,
        views: tuple[str, ...] = (),
        beneath: dict[str, ObjectFact] | None = None,
    ) -> None:
        self.session = session
        self._namespace = namespace or Namespace(database=session.database, schema=session.schema)
        self._noted = noted or Noted()
        self._views = views
        #: Gathers the tables beneath a view by the names that stand for them, where they are asked.
        self._beneath = beneath
        self._constants = Constants(
            session,
            bindings,
            self._noted,
            # Not by methods of this: what knows itself goes with the next collection only.
            computed=partial(_computed, session, bindings, self._namespace),
            qualified=partial(_qualified, session, self._namespace),
        )

    def was_refused(self, error: SqlError) -> bool:
        """Whether an error is what one said that was asked for its rows."""
        return error is self._noted.refused

    # -- the whole way ------------------------------------------------------------------------

    @deep_reading
    def query(self, tree: exp.Expr) -> Translated:
        """A query, with the types of its columns where they come straight from tables."""
        resolved = self.resolved(tree)
        types, reads_nothing = output_types(resolved), _reads_nothing(resolved)
        return replace(self.finished(resolved), types=types, reads_nothing=reads_nothing)

    @deep_reading
    def query_of_prepared(self, prepared: exp.Expr) -> Translated:
        """The same for a query whose constants are put in."""
        resolved = self.resolved_only(prepared)
        types = output_types(resolved)  # before the tree becomes DuckDB's
        return replace(self.finished(resolved), types=types)

    def statement(self, tree: exp.Expr) -> Translated:
        """Any statement DuckDB carries out."""
        return self.finished(self.resolved(tree))

    @deep_reading
    def resolved(self, tree: exp.Expr) -> exp.Expr:
        """The tree with its constants put in and its tables found."""
        return self.resolved_only(self.prepared(tree))

    @deep_reading
    def resolved_only(self, prepared: exp.Expr) -> exp.Expr:
        """A prepared tree with its tables found, and values converted where they are used."""
        return _converted(resolve_tables(prepared, self._namespace, self))

    def finished(self, resolved: exp.Expr) -> Translated:
        """The DuckDB statement of a resolved tree."""
        noted = self._noted
        kept = without_unused(resolved, noted.registered) if noted.asked else {}
        sql = self.generated(resolved)
        return Translated(
            sql=sql,
            parameters={
                name: value for name, value in noted.parameters.items() if f"${name}" in sql
            },
            types=None,
            registered=tuple(noted.registered),
            lent=tuple(noted.lent),
            exact=noted.exact,
            settled=noted.settled and not noted.lent,
            stable=noted.stable,
            for_any_bound=noted.stable and not noted.reads_bound,
            streams=tuple(noted.streams.values()),
            shown=noted.shown,
            asked=tuple(replace(each, kept=kept.get(each.name)) for each in noted.asked),
        )

    @deep_reading
    def prepared(self, tree: exp.Expr) -> exp.Expr:
        """Names upper-cased, functions checked, everything constant put in as a value."""
        for node in hearing(list(nodes(tree))):
            if isinstance(node, exp.Identifier):
                refuse_foreign(node)
                if not node.quoted and not isinstance(node.parent, exp.PropertyEQ):
                    node.set("this", node.name.upper())
                    node.set("quoted", True)  # noqa: FBT003 - sqlglot's signature
                continue
            new = self._constants.put_in(node)
            if new is not None and new is not node:
                if node is tree:
                    tree = new
                else:
                    node.replace(new)
        parameters = self.session.parameters
        weeks = int(parameters["WEEK_START"]), int(parameters["WEEK_OF_YEAR_POLICY"])
        tree = with_mapped_timestamps(tree, str(parameters["TIMESTAMP_TYPE_MAPPING"]))
        return in_session_weeks(tree, *weeks)

    @deep_reading
    def generated(self, tree: exp.Expr) -> str:
        """DuckDB's text of a prepared and resolved tree."""
        kinds = frozenset(type(node) for node in nodes(tree))
        try:
            mark_operands(tree)
            final = in_session_formats(rewrite(tree, kinds), self.session.parameters)
            if exp.With in kinds:
                final = bounded_recursions(final, int(self.session.parameters["MAX_RECURSIONS"]))
            sql = _DUCKDB.generate(final, copy=False, unsupported_level=ErrorLevel.RAISE)
            return self._noted.put_in(sql)
        except UnsupportedError as problem:
            raise unsupported(without_duckdb(str(problem).splitlines()[0]).rstrip(".")) from problem
        except _NOT_UNDERSTOOD as problem:
            raise unsupported(
                f"This use of {_called_names(tree) or 'SQL in this place'}"
            ) from problem

    def evaluated(self, query: exp.Expr) -> Value:
        """The one value of a query, computed by DuckDB now."""
        row = self.evaluated_row(query)
        if len(row) != 1:
            raise _not_single()
        return row[0]

    def evaluated_row(self, query: exp.Expr) -> tuple[Value, ...]:
        """The one row of a query, computed by DuckDB now."""
        translated = self.statement(query)
        self.session.shared.vocabulary.have_for(translated.sql)
        try:
            with self.session.transaction.reading():
                rows: Any = self.session.connection.execute(
                    translated.sql, dict(translated.parameters) or None
                ).fetchmany(2)
        finally:
            release(self.session, translated)
        if len(rows) != 1:
            raise _not_single()
        return tuple(rows[0])

    def value(self, node: exp.Expr) -> Value:
        """See `scope.Source`."""
        return self._constants.value(node)

    # -- scope.Source -------------------------------------------------------------------------

    def table(self, name: QualifiedName) -> ObjectFact | None:
        """See `scope.Source`."""
        fact = self.session.relation(name)
        if fact is not None and fact.detail.get("volatile"):
            self._noted.exact = False
        return fact

    def stored(self, table: ObjectFact) -> str:
        """See `scope.Source`."""
        physical = str(table.detail["physical"])
        if self._beneath is not None:
            name = f"b_{uuid.uuid4().hex}"
            self._beneath[name] = table
            return name
        return self._noted.standing(own_columns(table)) if is_tracked(table) else physical

    def stream(self, stream: ObjectFact) -> tuple[str, Columns]:
        """See `scope.Source`."""
        described, source = source_of(stream, self.session)
        if self._noted.shown is None:
            self._noted.shown = self.session.transaction.shown_changes()
        span = span_of(stream, self.session, self._noted.shown)
        self._noted.stable = False  # what it shows is another with each commit
        self._noted.streams[stream.id] = stream
        if described.is_view:
            rows = rows_of_view(described, source, span, self.rows_beneath(source))
        else:
            rows = rows_of_table(described, source, span)
        return self._noted.standing(rows), columns_shown(source)

    def rows_beneath(self, view: ObjectFact) -> ViewQuery:
        """A view's query with its rows' ids.

        Raises:
            SqlError: its form is none whose changes can be told.
        """
        beneath: dict[str, ObjectFact] = {}
        noted, views = self._noted, self._views
        reader = Translator(self.session, noted=noted, views=views, beneath=beneath)
        with_ids = with_rows(reader.view_query(view))
        joined = is_joined(with_ids)
        text = reader.generated(_converted(with_ids))
        return ViewQuery(text=text, tables=beneath, is_joined=joined)

    @property
    def reads_computed(self) -> bool:
        """Whether it has met rows that are no table's: of virtual tables, functions, streams."""
        return bool(self._noted.registered or self._noted.streams)

    def given(self, name: str) -> Result | None:
        """See `scope.Source`."""
        return self.session.relations.get(name) if not self._views else None

    def qualified(self, name: QualifiedName, namespace: Namespace) -> QualifiedName:
        """See `scope.Source`."""
        return _qualified(self.session, namespace, name)

    def view_query(self, view: ObjectFact) -> exp.Query:
        """See `scope.Source`."""
        if view.id in self._views or len(self._views) >= _DEEPEST_VIEW:
            raise SqlError(
                f"SQL compilation error:\nView definition recursion detected: {view.name}",
                code=2010,
                sqlstate="42601",
            )
        namespace = Namespace(database=view.database, schema=view.schema)
        inner = Translator(
            self.session,
            namespace=namespace,
            noted=self._noted,
            views=(*self._views, view.id),
            beneath=self._beneath,
        )
        tree = resolve_tables(inner.prepared(parse(view.detail["text"])), namespace, inner)
        names = [column["name"] for column in view.detail["columns"]]
        if view.detail.get("renamed"):
            columns = [exp.to_identifier(name, quoted=True) for name in names]
            alias = exp.TableAlias(this=exp.to_identifier("v", quoted=True), columns=columns)
            return exp.select("*").from_(exp.Subquery(this=tree, alias=alias))
        return expected(tree, exp.Query)

    def computed(self, name: QualifiedName) -> exp.Query | None:
        """See `scope.Source`."""

        def answer(_arguments: Arguments, session: Session) -> Result | None:
            return session.shared.computed(name, session)

        return self._asked(answer, Arguments())

    def check_called(self, function: str) -> None:
        """See `scope.Source`."""
        self._table_function(function)

    def called(self, function: str, arguments: Arguments) -> exp.Query:
        """See `scope.Source`."""
        query = self._asked(self._table_function(function), arguments)
        if query is None:
            raise unknown_table_function(function)
        return query

    def _table_function(self, function: str) -> TableFunction:
        functions = self.session.shared.table_functions
        answer = functions.get(function) or functions.get(function.rpartition(".")[2])
        if answer is None:
            raise unknown_table_function(function)
        return answer

    def _asked(
        self, answer: Callable[[Arguments, Session], Result | None], arguments: Arguments
    ) -> exp.Query | None:
        try:
            rows = answer(arguments, self.session)
        except SqlError as refused:
            self._noted.refused = refused
            raise
        if rows is None:
            return None
        query = self.rows(rows)
        name = self._noted.registered[-1]
        asked = Asked(name=name, columns=rows.columns, arguments=arguments, answer=answer)
        self._noted.asked.append(asked)
        return query

    def rows(self, result: Result) -> exp.Query:
        """See `scope.Source`."""
        name = registered(self.session, result)
        self._noted.registered.append(name)
        self._noted.exact = False
        return query_of_rows(name, result)


def _converted(tree: exp.Expr) -> exp.Expr:
    """A tree whose tables are found, with values converted where they are used."""
    resolved = check_arguments(written_out(with_aliases(with_groups(tree))))
    return tell_apart_by_instants(convert_texts(convert_variants(resolved)))


def _computed(session: Session, bindings: Bindings, namespace: Namespace, query: exp.Expr) -> Value:
    """The value of a part of a statement, which is a statement of its own."""
    return Translator(session, bindings, namespace=namespace).evaluated(query)


def _qualified(session: Session, namespace: Namespace, name: QualifiedName) -> QualifiedName:
    """The full name of what is named there; its schema exists."""
    if name.database is None:
        name = QualifiedName(name.name, name.schema or namespace.schema, namespace.database)
    full = session.resolve(name)
    database, schema = str(full.database), str(full.schema)
    if not session.schema_exists(database, schema):
        kind = "Schema" if session.database_exists(database) else "Database"
        shown = database if kind == "Database" else f"{database}.{schema}"
        raise SqlError(
            f"SQL compilation error:\n{kind} '{shown}' does not exist or not authorized.",
            code=2003,
            sqlstate="02000",
        )
    return full


def _reads_nothing(query: exp.Expr) -> bool:
    return isinstance(query, exp.Select) and query.args.get("from_") is None


def _not_single() -> SqlError:
    return SqlError("SQL compilation error:\nA single value is needed here.", code=90150)


def _called_names(tree: exp.Expr) -> str:
    names = {str(node.meta[CALLED]) for node in nodes(tree) if CALLED in node.meta}
    return ", ".join(sorted(names))
